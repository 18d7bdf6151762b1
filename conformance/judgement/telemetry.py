"""Checks on mirrored readings (IEEE 2030.5-2018, 10.11; CSIP G23, G25; CTP BASIC-029)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from conformance.judgement.finding import State
from conformance.judgement.judged import Judged, passed_if
from conformance.vocabulary.mrid import same_mrid
from conformance.wire.exchange import Exchange
from conformance.wire.parser import Malformed
from conformance.wire.payload import Node, read

QUANTITIES: Mapping[int, str] = {38: "real power", 63: "reactive power", 33: "frequency", 29: "voltage"}
"""What CSIP G23 asks for, by uom."""


@dataclass(frozen=True, slots=True)
class Mirrored:
    """One reading of one quantity; ``timed`` says whether it, its set or its MirrorMeterReading carries a time."""

    uom: int | None
    exchange: int
    timed: bool


def mirrored(posts: Iterable[Exchange]) -> tuple[Mirrored, ...]:
    """Return the readings in posted bodies, each with the uom that its mRID was defined with, in any earlier post."""
    uoms: dict[str, int | None] = {}
    found: list[Mirrored] = []
    for post in posts:
        for mirror in _mirrors(post):
            mrid = mirror.hexadecimal("mRID") or ""
            reading_type = mirror.child("ReadingType")
            if reading_type is not None:
                uoms[mrid] = reading_type.integer("uom")
            timed_by_mirror = mirror.child("lastUpdateTime") is not None
            for reading, timed_by_set in _readings(mirror):
                timed = timed_by_mirror or timed_by_set or reading.child("timePeriod") is not None
                found.append(Mirrored(uoms.get(mrid), post.number, timed))
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


def _mirrors(post: Exchange) -> Iterator[Node]:
    try:
        root = read(post.request_body)
    except Malformed:
        return
    yield from (root,) if root.name == "MirrorMeterReading" else _below(root, "MirrorMeterReading")


def _below(root: Node, name: str) -> Iterator[Node]:
    return (Node(xml) for xml in root.xml.iter(f"{{{root.namespace}}}{name}"))


def _readings(mirror: Node) -> Iterator[tuple[Node, bool]]:
    """Yield the readings of a MirrorMeterReading, its own one and those of its sets, and whether a set times them."""
    yield from ((reading, False) for reading in mirror.children("Reading"))
    for reading_set in mirror.children("MirrorReadingSet"):
        timed = reading_set.child("timePeriod") is not None
        yield from ((reading, timed) for reading in reading_set.children("Reading"))


def reads_back(exchange: Exchange, point: Node, mrid: str, value: int) -> Judged:
    """Judge whether a MirrorUsagePoint shows a posted value; a server that shows no values there leaves it undecided.

    The standard also knows other places for mirrored values, which are not looked at.
    """
    mirrors = (mirror for mirror in point.children("MirrorMeterReading") if same_mrid(mirror.text("mRID") or "", mrid))
    shown = [reading.integer("value") for mirror in mirrors for reading, _ in _readings(mirror)]
    state = passed_if(value in shown) if shown else State.INCONCLUSIVE
    observed = f"{', '.join(map(str, shown))}" if shown else "no reading of that mRID is shown"
    return Judged("reads_back", state, f"the value {value} that was posted", observed, (exchange.number,))
