"""Whether a server shows what a client put there: element by element, in whichever order and namespace prefix.

Numbers are compared as numbers, hexadecimal without regard to leading zeros and letter case.
"""

from __future__ import annotations

from conformance.judgement.judged import Judged, passed_if
from conformance.wire.exchange import Exchange
from conformance.wire.parser import Malformed
from conformance.wire.payload import Node, quantity, read


def echoes(put: Exchange, shown: Exchange) -> Judged:
    """Judge that a GET shows every element of a PUT, with its value and in its namespace."""
    sent = read(put.request_body)
    try:
        seen: Node | None = read(shown.response_body)
    except Malformed:
        seen = None
    wrong = ["no document"] if seen is None else [text for child in sent.children() if (text := _wrong(child, seen))]
    numbers = (put.number, shown.number)
    expected = f"{sent.name} as it was put"
    return Judged("echoes", passed_if(not wrong), expected, "; ".join(wrong) or "as it was put", numbers)


def _wrong(sent: Node, seen: Node) -> str:
    """Say what is wrong with an element; nothing if it is as it was sent."""
    found = next((child for child in seen.children(sent.name) if child.namespace == sent.namespace), None)
    if found is None:
        other = seen.child(sent.name)
        return f"no {sent.name}" if other is None else f"{sent.name} in {other.namespace or 'no namespace'}"
    if sent.child("multiplier") is not None:
        return "" if quantity(found) == quantity(sent) else f"{sent.name} is {quantity(found)}, not {quantity(sent)}"
    if sent.children():
        return "" if found.text("value") == sent.text("value") else f"{sent.name} is {found.text('value')}"
    same = _plain(found.content) == _plain(sent.content)
    return "" if same else f"{sent.name} is {found.content or 'empty'}, not {sent.content}"


def _plain(text: str) -> str:
    return text.strip().upper().lstrip("0") or "0"
