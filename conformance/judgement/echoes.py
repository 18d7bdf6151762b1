"""Whether a server shows what a client put there: element by element, in whichever order and namespace prefix.

Numbers are compared as numbers, hexadecimal without regard to leading zeros and letter case.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from conformance.judgement.judged import Judged, passed_if
from conformance.vocabulary.mrid import same_mrid
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


def mirrors_as_posted(posts: Iterable[Exchange], shown: Exchange) -> Judged:
    """Judge that a MirrorUsagePoint is shown as it was posted: its device, the types of its readings, their intervals.

    ``posts`` are the usage point and its readings. What is not shown is not judged: the standard has other places too.
    """
    posted, seen = list(posts), read(shown.response_body)
    wrong = [text for post in posted for text in _mirror_problems(read(post.request_body), seen)]
    numbers = (*(post.number for post in posted), shown.number)
    told = "; ".join(wrong) or "as it was posted"
    return Judged("mirrors_as_posted", passed_if(not wrong), f"{seen.name} as it was posted", told, numbers)


def _mirror_problems(sent: Node, seen: Node) -> Iterator[str]:
    if sent.name == "MirrorUsagePoint" and sent.hexadecimal("deviceLFDI") != seen.hexadecimal("deviceLFDI"):
        yield f"deviceLFDI is {seen.text('deviceLFDI') or 'absent'}"
    for mirror in sent.children("MirrorMeterReading") if sent.name == "MirrorUsagePoint" else (sent,):
        mrid = mirror.text("mRID") or ""
        for found in seen.children("MirrorMeterReading"):
            if same_mrid(found.text("mRID") or "", mrid):
                yield from _type_problems(mirror.child("ReadingType"), found.child("ReadingType"))
                yield from _interval_problems(mirror.child("Reading"), found)


def _type_problems(sent: Node | None, seen: Node | None) -> Iterator[str]:
    if sent is None or seen is None:
        return
    for part in sent.children():
        if (seen.integer(part.name) or 0) != (sent.integer(part.name) or 0):
            yield f"{part.name} is {seen.text(part.name) or 'absent'}, not {part.content}"


def _interval_problems(sent: Node | None, seen: Node) -> Iterator[str]:
    """Compare the interval of a reading with those shown of the same value; one without an interval tells nothing."""
    wanted = None if sent is None else _interval(sent)
    if sent is None or wanted is None:
        return
    inside = [
        *seen.children("Reading"),
        *(one for kept in seen.children("MirrorReadingSet") for one in kept.children("Reading")),
    ]
    same = [_interval(one) for one in inside if one.integer("value") == sent.integer("value")]
    if same and None not in same and wanted not in same:
        yield f"the reading {sent.text('value')} is of {same[0]}, not of {wanted}"


def _interval(reading: Node) -> str | None:
    period = reading.child("timePeriod")
    return None if period is None else f"{period.text('duration')} s from {period.text('start')}"


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
