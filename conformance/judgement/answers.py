"""Checks on the Responses of a client by the codes that a pack allows (IEEE 2030.5-2018, 10.2.3.3 table of codes)."""

from __future__ import annotations

from collections.abc import Sequence

from conformance.catalogue.pack_values import Value, When
from conformance.judgement.finding import State
from conformance.judgement.judged import Judged, passed_if
from conformance.wire.exchange import Exchange
from conformance.wire.parser import Malformed
from conformance.wire.payload import read


def statuses_kept(value: Value, posts: Sequence[Exchange]) -> Judged:
    """Judge that a client answers with no other codes than those allowed; without any Response nothing is decided."""
    allowed = frozenset(int(code) for code in value.words if code.isdecimal())
    seen = {post.number: _status(post) for post in posts}
    wrong = {number: status for number, status in seen.items() if status not in allowed}
    state = passed_if(not wrong) if seen else State.INCONCLUSIVE
    codes = sorted({str(status) for status in (wrong or seen).values()})
    observed = f"{', '.join(codes)}{' besides' if wrong else ''}" if seen else "no Response at all"
    expected = f"Responses with status {', '.join(map(str, sorted(allowed)))}"
    return Judged("statuses", state, expected, observed, tuple(wrong or seen))


def _status(post: Exchange) -> int | None:
    try:
        return read(post.request_body).integer("status")
    except Malformed:
        return None


def function_set_kept(value: Value, posts: Sequence[Exchange], how: str) -> Judged:
    """Judge whether a function set is used where there was cause: required or forbidden; else it is noted.

    The test server offers all of them, so what is conditional upon that is required.
    """
    observed = f"{len(posts)} times" if posts else "never"
    offered = value.when is not None and value.when == When(server="offers")
    figure = "required" if value.figure == "conditional" and offered else value.figure
    wanted = {"required": bool(posts), "forbidden": not posts}.get(str(figure))
    state = State.NOTE if wanted is None else passed_if(wanted)
    expected = f"{value.name} is {value.figure}: {how}"
    return Judged("function_set", state, expected, observed, tuple(post.number for post in posts))
