"""Checks on what a client mirrors by the words of a pack: where, what, on which phase, and what is left out.

A usage point tells by its ``roleFlags`` where it measures; one that tells neither site nor DER leaves open what is
demanded of a place. A quantity is defined by a ReadingType and counts once a reading of it has come.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Protocol, runtime_checkable
from urllib.parse import urlsplit

from conformance.catalogue.pack_values import Value
from conformance.catalogue.reading_words import (
    PHASES,
    QUALIFIERS,
    UOMS,
    ReadingWord,
    is_vehicle,
    place_of,
    reading_word,
)
from conformance.judgement.finding import State
from conformance.judgement.judged import Judged, passed_if
from conformance.judgement.reading_times import Period, timed_readings
from conformance.vocabulary.mrid import is_mrid, normal_mrid
from conformance.vocabulary.verdict import Grade
from conformance.wire.exchange import Exchange
from conformance.wire.messages import header
from conformance.wire.parser import Malformed
from conformance.wire.payload import Node, read

MIRRORED = ("MirrorUsagePointList", "MirrorUsagePoint")
"""Where readings are posted: within a whole usage point, or to one that is there."""


@runtime_checkable
class Station(Protocol):
    """A plant with a charging station whose phases are observed."""

    def station_phases_w(self, start: datetime, end: datetime) -> Sequence[float]:
        """Return the mean power of each phase over an interval."""


@dataclass(frozen=True, slots=True)
class Came:
    """One reading that came: when, what it says, in which exchange, and the interval it is about."""

    at: datetime
    value: int | None
    exchange: int
    start: datetime | None = None
    length_s: float = 0.0

    def in_units(self, multiplier: int) -> float:
        """Return the value in its unit."""
        return float((self.value or 0) * 10.0**multiplier)


@dataclass(frozen=True, slots=True)
class Series:
    """One quantity that is mirrored: its mRID, what its ReadingType says, and the usage point it belongs to.

    ``values`` are the readings that came; ``multiplier`` is the power of ten, ``interval_s`` the intervalLength.
    """

    mrid: str
    role_flags: int | None = None
    uom: int | None = None
    phase: int | None = None
    qualifier: int | None = None
    multiplier: int = 0
    interval_s: int = 0
    defined: bool = False
    values: tuple[Came, ...] = ()

    @property
    def quantity(self) -> tuple[int | None, int | None, int]:
        """What is measured, and where: roles, unit and phase."""
        return self.role_flags, self.uom, self.phase or 0

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
    numbers = tuple(one.values[-1].exchange for one in came)
    return Judged("readings", state, f"readings of {', '.join(state_of)}", observed or "all came", numbers)


def qualifiers_kept(value: Value, seen: Sequence[Series]) -> Judged:
    """Judge what the readings say they are; energy and other running totals are no averages and not looked at.

    Where a quantity comes as it is demanded it may come in other ways besides, such as its maximum.
    """
    allowed = frozenset(code for word in value.words for code in QUALIFIERS.get(word, ()))
    looked_at = [one for one in seen if one.defined and one.uom not in TOTALS]
    kept = {one.quantity for one in looked_at if (one.qualifier or 0) in allowed}
    wrong = [one for one in looked_at if one.quantity not in kept]
    state = passed_if(not wrong) if looked_at else State.INCONCLUSIVE
    observed = ", ".join(f"{one.mrid} has dataQualifier {one.qualifier or 0}" for one in wrong)
    numbers = tuple(one.values[-1].exchange for one in wrong if one.values)
    return Judged("qualifiers", state, f"dataQualifier {' or '.join(value.words)}", observed or "all so", numbers)


TOTALS = (71, 72, 73)
"""The uoms of running totals: VAh, Wh, varh."""


def left_out(value: Value, seen: Sequence[Series], lost: ReadingWord, since: datetime) -> Judged:
    """Judge that a quantity that cannot be measured is reported no more from an instant on, neither zero nor stale.

    What was measured before may come late, once: a reading of an interval that began before, and is new.
    """
    of_it = [one for one in seen if one.uom == lost.uom]
    after = ((one, it) for one in of_it for it in one.values if it.at > since)
    told = [(it.exchange, it.value) for one, it in after if not _late(it, one, since)]
    observed = f"{len(told)} readings, of {', '.join(sorted({str(shown) for _, shown in told}))}" if told else "none"
    numbers = tuple(number for number, _ in told)
    return Judged(
        "left_out", passed_if(not told), f"no reading of {lost.word}, which cannot be measured", observed, numbers
    )


def _late(it: Came, one: Series, since: datetime) -> bool:
    """Say whether a reading is about an interval before an instant, of which none came before."""
    if it.start is None or not it.length_s or it.start > since:
        return False
    return all(other.start != it.start for other in one.values if other.at < it.at)


def station_total(value: Value, seen: Sequence[Series], plant: object, tolerance_pct: float) -> Judged | None:
    """Judge the total power of a charging station against the sum of its phases at the plant, over each interval.

    ``None`` where the demand is not about charging stations, the plant is not observed, or none was mirrored.
    """
    stations = [one for one in seen if is_vehicle(one.role_flags) and one.uom == UOMS["W"] and not one.phase]
    told = [(one.multiplier, came) for one in stations for came in one.values if came.start is not None]
    if value.der != ("evse",) or not told or not isinstance(plant, Station):
        return None
    shown = [(came.in_units(multiplier), _at_plant(plant, came), came.exchange) for multiplier, came in told]
    off = [(total, phases) for total, phases, _ in shown if abs(total - phases) > abs(phases) * tolerance_pct / 100 + 1]
    observed = "; ".join(f"{total:g} W, its phases {phases:g} W" for total, phases in off) or f"{len(shown)} agree"
    numbers = tuple(number for _, _, number in shown)
    expected = "a total that is the sum of the phases of the charging station"
    return Judged("station_total", passed_if(not off), expected, observed, numbers, grade=Grade.WIRE_AND_SIMULATOR)


def _at_plant(plant: Station, came: Came) -> float:
    start = came.start or came.at
    return sum(plant.station_phases_w(start, start + timedelta(seconds=came.length_s)))


def carries_readings(post: Exchange) -> bool:
    """Say whether a POST brings readings: to a usage point, or to the list of them within a whole usage point."""
    root = _document(post)
    if root is None or root.name != "MirrorUsagePoint":
        return post.resource == "MirrorUsagePoint"
    return any(True for mirror in _mirrors(root) for _ in timed_readings(mirror, 0))


def usage_point_of(post: Exchange) -> str:
    """Return the address of the usage point that a POST made, or that it went to."""
    root = _document(post)
    made = header(post.response_headers, "Location") if root and root.name == "MirrorUsagePoint" else None
    return urlsplit(made or post.target).path


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
            interval_s=number("intervalLength") or 0,
            defined=True,
        )
    came = tuple(_came(reading, period, post) for reading, period in timed_readings(mirror, known.interval_s))
    return replace(known, role_flags=role_flags, values=(*known.values, *came))


def _came(reading: Node, period: Period | None, post: Exchange) -> Came:
    start = None if period is None else datetime.fromtimestamp(period[0], UTC)
    length_s = 0.0 if period is None else float(period[1])
    return Came(post.request_first.wall, reading.integer("value"), post.number, start, length_s)


def _document(post: Exchange) -> Node | None:
    try:
        return read(post.request_body)
    except Malformed:
        return None


def _mirrors(root: Node) -> tuple[Node, ...]:
    return (root,) if root.name == "MirrorMeterReading" else root.children("MirrorMeterReading")


def _mrid(mirror: Node) -> str:
    text = mirror.text("mRID") or ""
    return normal_mrid(text) if is_mrid(text) else text


def _flags(root: Node) -> int | None:
    try:
        return int(root.text("roleFlags") or "", 16)
    except ValueError:
        return None
