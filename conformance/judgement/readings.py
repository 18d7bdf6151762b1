"""Checks on what a client mirrors by the words of a pack: where, what, on which phase, and what is left out.

A usage point tells by its ``roleFlags`` where it measures; one that tells neither site nor DER leaves open what is
demanded of a place. A quantity is defined by a ReadingType and counts once a reading of it has come.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlsplit

from conformance.catalogue.pack_values import Value
from conformance.catalogue.reading_words import PHASES, QUALIFIERS, ReadingWord, is_vehicle, place_of, reading_word
from conformance.judgement.finding import State
from conformance.judgement.judged import Judged, passed_if
from conformance.vocabulary.mrid import is_mrid, normal_mrid
from conformance.wire.exchange import Exchange
from conformance.wire.messages import header
from conformance.wire.parser import Malformed
from conformance.wire.payload import Node, read


@dataclass(frozen=True, slots=True)
class Series:
    """One quantity that is mirrored: its mRID, what its ReadingType says, and the usage point it belongs to.

    ``values`` are the readings that came, each with its instant and its exchange; ``multiplier`` is the power of ten.
    """

    mrid: str
    role_flags: int | None = None
    uom: int | None = None
    phase: int | None = None
    qualifier: int | None = None
    multiplier: int = 0
    defined: bool = False
    values: tuple[tuple[datetime, int | None, int], ...] = ()

    @property
    def place(self) -> str:
        """``site``, ``der``, or nothing where the usage point does not tell."""
        return place_of(self.role_flags)


def mirrored_series(posts: Iterable[Exchange]) -> tuple[Series, ...]:
    """Return everything that was mirrored by POSTs and PUTs of usage points and readings, in the order it came."""
    series: dict[str, Series] = {}
    flags: dict[str, int | None] = {}
    for post in posts:
        root = _document(post)
        if root is None:
            continue
        if root.name == "MirrorUsagePoint":
            flags[usage_point_of(post)] = _flags(root)
        for mirror in _mirrors(root):
            known = series.get(_mrid(mirror), Series(_mrid(mirror)))
            series[known.mrid] = _extended(known, mirror, flags.get(usage_point_of(post), known.role_flags), post)
    return tuple(series.values())


def readings_kept(value: Value, seen: Sequence[Series]) -> Judged:
    """Judge whether every reading that is demanded came; one of a place that nobody tells is left open."""
    words = [reading_word(word) for word in value.words]
    came = [one for one in _concerned(value, seen) if one.values]
    state_of = {word.word: _found(word, came) for word in words}
    missing = [word for word, found in state_of.items() if found is State.FAIL]
    open_ = [word for word, found in state_of.items() if found is State.INCONCLUSIVE]
    state = State.FAIL if missing else State.INCONCLUSIVE if open_ else State.PASS
    observed = "; ".join(
        part
        for part in (
            f"no reading of {', '.join(missing)}" if missing else "",
            f"{', '.join(open_)} at a usage point whose roleFlags name no place" if open_ else "",
        )
        if part
    )
    numbers = tuple(one.values[-1][2] for one in came)
    return Judged("readings", state, f"readings of {', '.join(state_of)}", observed or "all came", numbers)


def qualifiers_kept(value: Value, seen: Sequence[Series]) -> Judged:
    """Judge what the readings say they are; energy and other running totals are no averages and not looked at."""
    allowed = frozenset(code for word in value.words for code in QUALIFIERS.get(word, ()))
    looked_at = [one for one in seen if one.defined and one.uom != WATT_HOURS]
    wrong = [one for one in looked_at if (one.qualifier or 0) not in allowed]
    state = passed_if(not wrong) if looked_at else State.INCONCLUSIVE
    observed = ", ".join(f"{one.mrid} has dataQualifier {one.qualifier or 0}" for one in wrong)
    return Judged("qualifiers", state, f"dataQualifier {' or '.join(value.words)}", observed or "all so")


def left_out(value: Value, seen: Sequence[Series], lost: ReadingWord, since: datetime) -> Judged:
    """Judge that a quantity that cannot be measured is reported no more from an instant on, neither zero nor stale."""
    told = [(number, shown) for one in seen if one.uom == lost.uom for at, shown, number in one.values if at > since]
    observed = f"{len(told)} readings, of {', '.join(sorted({str(shown) for _, shown in told}))}" if told else "none"
    numbers = tuple(number for number, _ in told)
    return Judged(
        "left_out", passed_if(not told), f"no reading of {lost.word}, which cannot be measured", observed, numbers
    )


def phases_sum(value: Value, seen: Sequence[Series], tolerance_share: float) -> Judged:
    """Judge that a total power equals the sum of its phases where all three are mirrored beside it.

    ``tolerance_share`` is the difference, in percent of the total, that rounding and the time between may make.
    """
    sums = list(_totals(_concerned(value, seen)))
    off = [(total, phases) for total, phases in sums if abs(total - phases) > abs(total) * tolerance_share / 100 + 1]
    state = passed_if(not off) if sums else State.NOTE
    observed = "; ".join(f"{total:g} W in all, {phases:g} W on its phases" for total, phases in off)
    return Judged("phases_sum", state, "a total equals the sum of its phases", observed or f"{len(sums)} totals agree")


def usage_point_of(post: Exchange) -> str:
    """Return the address of the usage point that a POST made, or that it went to."""
    root = _document(post)
    made = header(post.response_headers, "Location") if root and root.name == "MirrorUsagePoint" else None
    return urlsplit(made or post.target).path


WATT_HOURS = 72
THREE_PHASES = frozenset({224})
"""``phase`` of what is measured on all three; 0 and none mean the same."""


def _found(word: ReadingWord, came: Sequence[Series]) -> State:
    fitting = [one for one in came if one.uom == word.uom and _on_phase(one, word.phase)]
    if any(not word.place or one.place == word.place for one in fitting):
        return State.PASS
    return State.INCONCLUSIVE if any(not one.place for one in fitting) else State.FAIL


def _on_phase(one: Series, phase: str) -> bool:
    return not phase or (one.phase or 0) in PHASES.get(phase, frozenset())


def _concerned(value: Value, seen: Sequence[Series]) -> Sequence[Series]:
    """A demand on charging stations alone is about their usage points, if there are such."""
    vehicles = [one for one in seen if is_vehicle(one.role_flags) or one.place == "site"]
    only_vehicles = value.der == ("evse",) and any(is_vehicle(one.role_flags) for one in vehicles)
    return vehicles if only_vehicles else seen


def _totals(seen: Sequence[Series]) -> Iterator[tuple[float, float]]:
    """Yield each total power with the sum of its phases, of the same usage point and instant."""
    powers = [one for one in seen if one.uom == reading_word("W").uom]
    for flags in {one.role_flags for one in powers}:
        here = [one for one in powers if one.role_flags == flags]
        totals = [one for one in here if not one.phase or one.phase in THREE_PHASES]
        split = [next((one for one in here if (one.phase or 0) in codes), None) for codes in PHASES.values()]
        if len(totals) == 1 and all(one is not None for one in split):
            columns = zip(*(one.values for one in (totals[0], *split) if one is not None), strict=False)
            yield from (_sum(column) for column in columns)


def _sum(column: Sequence[tuple[datetime, int | None, int]]) -> tuple[float, float]:
    total, *phases = (float(shown or 0) for _, shown, _ in column)
    return total, sum(phases)


def _extended(known: Series, mirror: Node, role_flags: int | None, post: Exchange) -> Series:
    """Return a series with what one more MirrorMeterReading tells of it."""
    made = mirror.child("ReadingType")
    if made is not None:
        number = made.integer
        known = replace(
            known,
            uom=number("uom"),
            phase=number("phase"),
            qualifier=number("dataQualifier"),
            multiplier=number("powerOfTenMultiplier") or 0,
            defined=True,
        )
    came = tuple((post.request_first.wall, reading.integer("value"), post.number) for reading in _readings(mirror))
    return replace(known, role_flags=role_flags, values=(*known.values, *came))


def _document(post: Exchange) -> Node | None:
    try:
        return read(post.request_body)
    except Malformed:
        return None


def _mirrors(root: Node) -> tuple[Node, ...]:
    return (root,) if root.name == "MirrorMeterReading" else root.children("MirrorMeterReading")


def _readings(mirror: Node) -> Iterator[Node]:
    yield from mirror.children("Reading")
    for one in mirror.children("MirrorReadingSet"):
        yield from one.children("Reading")


def _mrid(mirror: Node) -> str:
    text = mirror.text("mRID") or ""
    return normal_mrid(text) if is_mrid(text) else text


def _flags(root: Node) -> int | None:
    try:
        return int(root.text("roleFlags") or "", 16)
    except ValueError:
        return None
