"""Intervals of posted readings: where they begin, how long they are, what they are stamped with, when they arrive.

An interval is the ``timePeriod`` of a reading, or what the set around it says of it; its times are the server's, which
the client follows. Only what the profile demands of intervals is judged, and a reading without one decides nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from conformance.judgement.finding import LimitUsed, State
from conformance.judgement.judged import Judged, passed_if
from conformance.judgement.reading_times import timed_readings
from conformance.judgement.readings import usage_point_of
from conformance.judgement.timing import Window, happened_within, instant
from conformance.wire.exchange import Exchange
from conformance.wire.parser import Malformed
from conformance.wire.payload import Node, read

EXTREMES = (8, 9)
"""``dataQualifier`` of a maximum and a minimum."""
POST_RATE = "postRate"
"""The word of an alignment to multiples of the rate in force."""


@dataclass(frozen=True, slots=True)
class Interval:
    """One reading over time: ``uom``, ``role`` (``roleFlags``), ``phase`` and ``qualifier`` as defined, ``value`` in
    the unit itself; start, length and stamp (``lastUpdateTime``) in seconds of the server's time, ``None`` where the
    client gives none."""

    mrid: str
    uom: int | None
    role: int
    value: float | None
    start_s: int
    length_s: int
    stamp_s: int | None
    arrived: datetime
    exchange: int
    phase: int = 0
    qualifier: int = 0

    @property
    def end_s(self) -> int:
        """The end of the interval."""
        return self.start_s + self.length_s

    @property
    def is_total(self) -> bool:
        """Whether it is of all phases together, and no extreme of its interval."""
        return not self.phase and self.qualifier not in EXTREMES


@dataclass(frozen=True, slots=True)
class _Kind:
    uom: int | None
    multiplier: int
    role: int
    phase: int = 0
    qualifier: int = 0
    interval_s: int = 0


def whole_intervals(seen: Sequence[Interval]) -> tuple[Interval, ...]:
    """Return the intervals without what is legal beside them.

    That is a reading of a moment where the same quantity also comes over intervals, and the first interval of a series
    if it is cut short by the client's own start.
    """
    over_time = {_quantity(it) for it in seen if it.length_s > 0}
    kept = [it for it in seen if it.length_s > 0 or _quantity(it) not in over_time]
    series: dict[str, list[Interval]] = {}
    for item in kept:
        series.setdefault(item.mrid, []).append(item)
    cut = [some[0] for some in series.values() if _is_cut_short(some)]
    return tuple(it for it in kept if it not in cut)


def _quantity(item: Interval) -> tuple[int | None, int, int]:
    return item.uom, item.role, item.phase


def _is_cut_short(series: Sequence[Interval]) -> bool:
    """Say whether the first interval ends where a longer one begins."""
    first, *later = series
    after = next((it for it in later if it.start_s != first.start_s), None)
    return after is not None and 0 < first.length_s < after.length_s and first.end_s == after.start_s


def intervals(posts: Iterable[Exchange]) -> tuple[Interval, ...]:
    """Return all readings with a time period in posted bodies, each with what its mRID was defined as before."""
    kinds: dict[str, _Kind] = {}
    roles: dict[str, int] = {}
    found: list[Interval] = []
    for post in posts:
        root = _document(post)
        if root is None:
            continue
        place = usage_point_of(post)
        if flags := root.hexadecimal("roleFlags"):
            roles[place] = int(flags, 16)
        for mirror in _mirrors(root):
            mrid = mirror.hexadecimal("mRID") or ""
            known = kinds.get(mrid, _Kind(None, 0, 0))
            kinds[mrid] = _kind(mirror, roles.get(place, known.role)) or known
            found += _of_mirror(mirror, mrid, kinds[mrid], post)
    return tuple(found)


def aligned(
    seen: Sequence[Interval], allowed: Sequence[str], post_rate_s: int, limit: LimitUsed | None = None
) -> Judged:
    """Judge that intervals begin on whole multiples, in UTC, of a length that is allowed.

    An interval that has one of the lengths allowed begins on multiples of that one; any other on those of any.
    """
    lengths = [post_rate_s if word == POST_RATE else int(word) for word in allowed]
    expected = f"intervals that begin on multiples of {' or '.join(f'{length} s' for length in lengths)} in UTC"
    return _every("aligned", seen, expected, limit, lambda it: not _begins_well(it, lengths), _start)


def whole(
    seen: Sequence[Interval], multiple_s: float, limit: LimitUsed | None = None, asked_s: float | None = None
) -> Judged:
    """Judge that the length of every interval is a multiple of some seconds, and not zero.

    A client that was asked for a post rate, ``asked_s``, that is no such multiple cannot keep to both.
    """
    expected = f"intervals as long as a multiple of {multiple_s:g} s"
    if asked_s is not None and asked_s % multiple_s:
        return Judged("whole", State.INCONCLUSIVE, expected, f"a postRate of {asked_s:g} s was asked for", limit=limit)
    return _every("whole", seen, expected, limit, lambda it: it.length_s <= 0 or bool(it.length_s % multiple_s), _start)


def stamped_at_the_end(seen: Sequence[Interval], limit: LimitUsed | None = None) -> Judged:
    """Judge that no reading is stamped before its interval ended; one that carries no stamp is not judged."""
    expected = "lastUpdateTime not before the end of the interval"
    stamped = [it for it in seen if it.stamp_s is not None]
    return _every("stamped", stamped, expected, limit, lambda it: (it.stamp_s or 0) < it.end_s, _stamp)


def posted_in_time(
    seen: Sequence[Interval], ahead: timedelta, limit: LimitUsed, uncertainty_s: float, early_s: float
) -> Judged:
    """Judge the post that came latest after the end of its interval; ``ahead`` is how far the server's time is ahead.

    The newest interval of each post counts: a post may bring older ones as well.
    """
    newest: dict[int, Interval] = {}
    for item in seen:
        if item.exchange not in newest or item.end_s > newest[item.exchange].end_s:
            newest[item.exchange] = item
    if not newest:
        expected = f"readings posted within {limit.value:g} s after their interval"
        return Judged("posted_in_time", State.INCONCLUSIVE, expected, NONE, limit=limit)
    late = {item.exchange: item.arrived - (instant(item.end_s) - ahead) for item in newest.values()}
    worst = max(newest.values(), key=lambda it: abs(late[it.exchange]))
    window = Window(instant(worst.end_s) - ahead, "the end of its interval", -early_s, limit.value)
    judged = happened_within("readings are posted", worst.arrived, window, uncertainty_s, None, exchange=worst.exchange)
    return Judged(
        "posted_in_time",
        judged.state,
        judged.expected,
        f"{judged.observed}; the latest of {len(newest)} posts",
        judged.exchanges,
        limit=limit,
        timing=judged.timing,
    )


NONE = "no reading with a time period"


def _every(
    kind: str,
    seen: Sequence[Interval],
    expected: str,
    limit: LimitUsed | None,
    breaks: Callable[[Interval], bool],
    told: Callable[[Interval], str],
) -> Judged:
    if not seen:
        return Judged(kind, State.INCONCLUSIVE, expected, NONE, limit=limit)
    wrong = [it for it in seen if breaks(it)]
    observed = f"{len(wrong)} of {len(seen)} do not: {told(wrong[0])}" if wrong else f"all {len(seen)} do"
    numbers = tuple(dict.fromkeys(it.exchange for it in (wrong or seen)))
    return Judged(kind, passed_if(not wrong), expected, observed, numbers, limit=limit)


def _begins_well(item: Interval, lengths: Sequence[int]) -> bool:
    own = [length for length in lengths if length == item.length_s]
    return any(item.start_s % length == 0 for length in own or lengths if length > 0)


def _start(item: Interval) -> str:
    return f"{instant(item.start_s):%H:%M:%S} for {item.length_s} s"


def _stamp(item: Interval) -> str:
    return f"stamped {instant(item.stamp_s or 0):%H:%M:%S}, {_start(item)}"


def _document(post: Exchange) -> Node | None:
    try:
        return read(post.request_body)
    except Malformed:
        return None


def _mirrors(root: Node) -> Iterator[Node]:
    yield from (root,) if root.name == "MirrorMeterReading" else root.children("MirrorMeterReading")


def _kind(mirror: Node, role: int) -> _Kind | None:
    given = mirror.child("ReadingType")
    if given is None:
        return None
    number = given.integer
    multiplier, phase, qualifier = (number(name) or 0 for name in ("powerOfTenMultiplier", "phase", "dataQualifier"))
    return _Kind(number("uom"), multiplier, role, phase, qualifier, number("intervalLength") or 0)


def _of_mirror(mirror: Node, mrid: str, kind: _Kind, post: Exchange) -> Iterator[Interval]:
    stamp_s = mirror.integer("lastUpdateTime")
    for reading, period in timed_readings(mirror, kind.interval_s):
        if period is None:
            continue
        start_s, length_s = period
        number = reading.integer("value")
        value = None if number is None else number * 10.0**kind.multiplier
        arrived = post.request_first.kernel or post.request_first.wall
        told = (value, start_s, length_s, stamp_s, arrived, post.number)
        yield Interval(mrid, kind.uom, kind.role, *told, kind.phase, kind.qualifier)
