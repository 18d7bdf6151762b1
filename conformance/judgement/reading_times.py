"""Readings of a posted MirrorMeterReading, each with its time: its own, or by its place in the set it is in.

Several readings of a set that have no time of their own follow each other by localID, each as long as the
intervalLength of their ReadingType.
"""

from __future__ import annotations

from collections.abc import Iterator

from conformance.wire.payload import Node

Period = tuple[int, int]
"""Start and length in seconds, by the server's time."""


def timed_readings(mirror: Node, interval_s: int) -> Iterator[tuple[Node, Period | None]]:
    """Yield each reading with its period; ``interval_s`` is the intervalLength, 0 if there is none."""
    yield from ((reading, _period(reading)) for reading in mirror.children("Reading"))
    for group in mirror.children("MirrorReadingSet"):
        around, several = _period(group), group.children("Reading")
        for place, reading in enumerate(sorted(several, key=_local_id)):
            yield reading, _period(reading) or _within(around, place, len(several), interval_s)


def _within(around: Period | None, place: int, count: int, interval_s: int) -> Period | None:
    """Return the period by the place in a set; nothing where several do not say how long each is."""
    if around is None or count == 1:
        return around
    return (around[0] + place * interval_s, interval_s) if interval_s else None


def _period(node: Node) -> Period | None:
    period = node.child("timePeriod")
    start_s, length_s = (None, None) if period is None else (period.integer("start"), period.integer("duration"))
    return None if start_s is None or length_s is None else (start_s, length_s)


def _local_id(reading: Node) -> int:
    try:
        return int(reading.text("localID") or "0", 16)
    except ValueError:
        return 0
