"""Checks on mirrored readings (IEEE 2030.5-2018, 10.11; CSIP G23, G25; CTP BASIC-029)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from conformance.judgement.finding import State
from conformance.judgement.judged import Judged, limit_used, passed_if
from conformance.judgement.polling import Occurrence
from conformance.judgement.timing import EPOCH
from conformance.vocabulary.limits import Limit
from conformance.vocabulary.mrid import same_mrid
from conformance.wire.exchange import Exchange
from conformance.wire.parser import Malformed
from conformance.wire.payload import Node, read

QUANTITIES: Mapping[int, str] = {38: "real power", 63: "reactive power", 33: "frequency", 29: "voltage"}
"""What CSIP G23 asks for, by uom."""


@dataclass(frozen=True, slots=True)
class Mirrored:
    """One reading of one quantity; ``timed`` says whether it, its set or its MirrorMeterReading carries a time.

    ``period`` is from the earliest to the latest of these times, in seconds since 1970; ``at`` is when the reading
    came.
    """

    uom: int | None
    exchange: int
    timed: bool
    at: datetime = EPOCH
    period: tuple[int, int] = (0, 0)


def mirrored(posts: Iterable[Exchange]) -> tuple[Mirrored, ...]:
    """Return the readings in posted bodies that have a value.

    Each has the uom that its mRID was defined with, in any earlier post.
    """
    uoms: dict[str, int | None] = {}
    found: list[Mirrored] = []
    for post in posts:
        for mirror in _mirrors(post):
            mrid = mirror.hexadecimal("mRID") or ""
            reading_type = mirror.child("ReadingType")
            if reading_type is not None:
                uoms[mrid] = reading_type.integer("uom")
            for reading, of_set in _readings(mirror):
                if reading.integer("value") is None:
                    continue
                told = [it for node in (reading, of_set, mirror) if node is not None and (it := _period(node))]
                period = (min(start for start, _ in told), max(end for _, end in told)) if told else None
                arrived, timed = post.request_first.wall, period is not None
                found.append(Mirrored(uoms.get(mrid), post.number, timed, arrived, period or (0, 0)))
    return tuple(found)


def defined(posts: Iterable[Exchange]) -> set[int]:
    """Return the uoms of all ReadingTypes in posted bodies."""
    types = (mirror.child("ReadingType") for post in posts for mirror in _mirrors(post))
    return {uom for node in types if node is not None and (uom := node.integer("uom")) is not None}


def all_quantities(what: str, seen: Iterable[int | None], exchanges: Sequence[int]) -> Judged:
    """Judge whether every quantity is among those seen."""
    present = set(seen)
    missing = [f"{name} (uom {uom})" for uom, name in QUANTITIES.items() if uom not in present]
    expected = f"{what} for {', '.join(QUANTITIES.values())}"
    observed = f"none for {', '.join(missing)}" if missing else "all there"
    return Judged("all_quantities", passed_if(not missing), expected, observed, tuple(exchanges))


def all_timed(readings: Sequence[Mirrored]) -> Judged:
    """Judge whether each reading has a time, its own or one around it; without any reading nothing is decided."""
    if not readings:
        return Judged("all_timed", State.INCONCLUSIVE, "a time for each reading", "no reading at all")
    bare = [reading for reading in readings if not reading.timed]
    observed = f"{len(bare)} of {len(readings)} readings without a time"
    numbers = tuple(dict.fromkeys(reading.exchange for reading in bare or readings))
    return Judged("all_timed", passed_if(not bare), "a time for each reading", observed, numbers)


def times_move(readings: Sequence[Mirrored], window_s: float, error: Limit) -> Judged:
    """Judge whether the times of readings are those at which they were measured.

    None may lie after its arrival, the last of each quantity not before the window that ends with it, and of three or
    more that came one after the other not all may have one time. Without any time nothing is decided.
    """
    timed = [it for it in readings if it.timed]
    expected = f"times of measurement, at most {error.value:g} s after the arrival, that move on"
    if not timed:
        return Judged("times_move", State.INCONCLUSIVE, expected, "no time at all", limit=limit_used(error))
    early = [it for it in timed if it.period[0] > it.at.timestamp() + error.value]
    by_unit = [[it for it in timed if it.uom == uom] for uom in dict.fromkeys(it.uom for it in timed)]
    old = [it[-1] for it in by_unit if it[-1].period[1] < it[-1].at.timestamp() - window_s - error.value]
    stuck = [it[-1] for it in by_unit if len({one.at for one in it}) > 2 and len({one.period for one in it}) == 1]
    parts = ((early, "to come when they arrived"), (old, "long past"), (stuck, "the same ever again"))
    observed = "; ".join(f"{len(found)} {what}" for found, what in parts if found) or "so"
    numbers = tuple(dict.fromkeys(it.exchange for it in (*early, *old, *stuck)))
    good = not (early or old or stuck)
    return Judged("times_move", passed_if(good), expected, observed, numbers, limit=limit_used(error))


def occurrences(readings: Iterable[Mirrored], uom: int) -> tuple[Occurrence, ...]:
    """Return when readings of a unit came."""
    return tuple(Occurrence(it.at, it.exchange) for it in readings if it.uom == uom)


def _period(node: Node) -> tuple[int, int] | None:
    """Return the time that a reading, a set or a mirror tells, beginning and end."""
    period = node.child("timePeriod")
    start_s = node.integer("lastUpdateTime") if period is None else period.integer("start")
    length_s = (period.integer("duration") or 0) if period else 0
    return None if start_s is None else (start_s, start_s + length_s)


def _mirrors(post: Exchange) -> Iterator[Node]:
    try:
        root = read(post.request_body)
    except Malformed:
        return
    yield from (root,) if root.name == "MirrorMeterReading" else _below(root, "MirrorMeterReading")


def _below(root: Node, name: str) -> Iterator[Node]:
    return (Node(xml) for xml in root.xml.iter(f"{{{root.namespace}}}{name}"))


def _readings(mirror: Node) -> Iterator[tuple[Node, Node | None]]:
    """Yield the readings of a MirrorMeterReading, its own one and those of its sets, each with its set."""
    yield from ((reading, None) for reading in mirror.children("Reading"))
    for reading_set in mirror.children("MirrorReadingSet"):
        yield from ((reading, reading_set) for reading in reading_set.children("Reading"))


def reads_back(exchange: Exchange, point: Node, mrid: str, value: int) -> Judged:
    """Judge whether a MirrorUsagePoint shows a posted value; a server that shows no values there leaves it undecided.

    The standard also knows other places for mirrored values, which are not looked at.
    """
    mirrors = (mirror for mirror in point.children("MirrorMeterReading") if same_mrid(mirror.text("mRID") or "", mrid))
    shown = [reading.integer("value") for mirror in mirrors for reading, _ in _readings(mirror)]
    state = passed_if(value in shown) if shown else State.INCONCLUSIVE
    observed = f"{', '.join(map(str, shown))}" if shown else "no reading of that mRID is shown"
    return Judged("reads_back", state, f"the value {value} that was posted", observed, (exchange.number,))
