"""Cadence of polls and posts over a window: missed ones, and more traffic than asked for.

A gap of more than one and a half intervals is a miss; so is each further interval of it. Misses are forgiven up to so
many in five intervals; so is falling behind as slowly as that. The silence until the end of the window counts like any
gap, so that a client that polls once and stops misses all that was due. Faster than asked is legal and told.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from conformance.judgement.finding import LimitUsed, State, Timing
from conformance.judgement.judged import Judged
from conformance.judgement.polling import Occurrence
from conformance.vocabulary.limits import Limits


@dataclass(frozen=True, slots=True)
class Leniency:
    """What is forgiven: a gap up to ``late_factor`` intervals, ``misses`` in ``span`` intervals; ``burst`` requests in
    ``burst_span`` intervals are told of. Requests within ``same_factor`` of an interval count as one (pages, parts)."""

    late_factor: float
    misses: int
    span: int
    burst: int
    burst_span: int
    same_factor: float

    @classmethod
    def of(cls, limits: Limits) -> Leniency:
        """Return the leniency that a run's limits give."""
        return cls(
            limits["cadence_late_share"].value / 100,
            limits["cadence_misses"].count,
            limits["cadence_span"].count,
            limits["cadence_burst"].count,
            limits["cadence_burst_span"].count,
            limits["cadence_same_share"].value / 100,
        )


@dataclass(frozen=True, slots=True)
class Rate:
    """How often something is due: ``what``, and seconds from one to the next; ``limit`` names where that comes from."""

    what: str
    every_s: float
    limit: LimitUsed | None = None


def in_cadence(
    rate: Rate, seen: Sequence[Occurrence], until: datetime, leniency: Leniency, uncertainty_s: float
) -> Judged:
    """Judge occurrences, in order, from the first of them to the end of the window.

    A window too short to hold a miss after what is forgiven decides nothing, and is told of.
    """
    expected = _expected(rate, leniency)
    once = _merged(seen, rate.every_s * leniency.same_factor)
    if not once:
        return Judged("in_cadence", State.FAIL, expected, "never", limit=rate.limit)
    window_s = (until - once[0].at).total_seconds()
    if window_s < rate.every_s * (leniency.late_factor + leniency.misses + 1):
        short = f"{len(once)} times; the window of {window_s:g} s is too short for this rate"
        return Judged("in_cadence", State.NOTE, expected, short, limit=rate.limit)
    surely = _too_many(once, until, rate, leniency, -uncertainty_s)
    maybe = _too_many(once, until, rate, leniency, uncertainty_s)
    state = State.FAIL if surely else State.INCONCLUSIVE if maybe else State.PASS
    longest_s, where = _longest(once, until)
    return Judged(
        "in_cadence",
        state,
        expected,
        f"{len(once)} times in {window_s:g} s; longest gap {longest_s:.2f} s (± {uncertainty_s:.3f} s)"
        + (", until the end of the window" if where == len(once) - 1 else ""),
        tuple(item.exchange for item in once[where : where + 2]),
        detail=_told_of_bursts(once, rate, leniency),
        limit=rate.limit,
        timing=Timing(
            once[where].at,
            rate.what,
            "the next one",
            None,
            rate.every_s * leniency.late_factor,
            longest_s,
            uncertainty_s,
        ),
    )


def never_faster(rate: Rate, seen: Sequence[Occurrence], leniency: Leniency, slack_s: float) -> Judged:
    """Judge that no two occurrences are closer than the rate, but for some seconds of slack."""
    once = _merged(seen, rate.every_s * leniency.same_factor)
    gaps = [(later.at - earlier.at).total_seconds() for earlier, later in itertools.pairwise(once)]
    expected = f"{rate.what} no more often than every {rate.every_s:g} s"
    if not gaps:
        return Judged("never_faster", State.INCONCLUSIVE, expected, f"{len(once)} times only", limit=rate.limit)
    shortest = min(gaps)
    where = gaps.index(shortest)
    state = State.PASS if shortest >= rate.every_s - slack_s else State.FAIL
    numbers = tuple(item.exchange for item in once[where : where + 2])
    return Judged("never_faster", state, expected, f"shortest gap {shortest:.2f} s", numbers, limit=rate.limit)


def _expected(rate: Rate, leniency: Leniency) -> str:
    return (
        f"{rate.what} every {rate.every_s:g} s, at most {leniency.misses} missed in {leniency.span} intervals"
        f" (a gap over {rate.every_s * leniency.late_factor:g} s is a miss)"
    )


def _merged(seen: Sequence[Occurrence], within_s: float) -> list[Occurrence]:
    """Return the first of each group of requests that belong together."""
    first: list[Occurrence] = []
    for item in sorted(seen, key=lambda it: it.at):
        if not first or (item.at - first[-1].at).total_seconds() > within_s:
            first.append(item)
    return first


def _too_many(
    seen: Sequence[Occurrence], until: datetime, rate: Rate, leniency: Leniency, uncertainty_s: float
) -> bool:
    """Say whether more was missed than is forgiven, with every gap longer by the uncertainty."""
    return _misses_crowd(seen, until, rate, leniency, uncertainty_s) or _falls_behind(
        seen, until, rate, leniency, uncertainty_s
    )


def _misses_crowd(
    seen: Sequence[Occurrence], until: datetime, rate: Rate, leniency: Leniency, uncertainty_s: float
) -> bool:
    """Say whether any stretch of so many intervals holds more misses than are forgiven."""
    missed: list[datetime] = []
    for earlier, later in itertools.pairwise([*(item.at for item in seen), until]):
        gap_s = (later - earlier).total_seconds() + uncertainty_s
        count = max(0, math.ceil(gap_s / rate.every_s - leniency.late_factor - TINY))
        missed += [earlier + timedelta(seconds=rate.every_s * number) for number in range(1, count + 1)]
    span = timedelta(seconds=rate.every_s * leniency.span)
    return any(missed[later] - missed[later - leniency.misses] < span for later in range(leniency.misses, len(missed)))


def _falls_behind(
    seen: Sequence[Occurrence], until: datetime, rate: Rate, leniency: Leniency, uncertainty_s: float
) -> bool:
    """Say whether fewer came than were due, by more than is forgiven for the whole window; the last may be late."""
    window_s = (until - seen[0].at).total_seconds() + uncertainty_s
    due = math.floor(window_s / rate.every_s - (leniency.late_factor - 1) - TINY)
    return due - (len(seen) - 1) > max(leniency.misses, due * leniency.misses // leniency.span)


def _longest(seen: Sequence[Occurrence], until: datetime) -> tuple[float, int]:
    moments = [*(item.at for item in seen), until]
    gaps = [(later - earlier).total_seconds() for earlier, later in itertools.pairwise(moments)]
    longest_s = max(gaps)
    return longest_s, gaps.index(longest_s)


def _told_of_bursts(seen: Sequence[Occurrence], rate: Rate, leniency: Leniency) -> tuple[str, ...]:
    span = timedelta(seconds=rate.every_s * leniency.burst_span)
    most = max(sum(item.at <= other.at < item.at + span for other in seen) for item in seen)
    if most <= leniency.burst:
        return ()
    return (f"up to {most} times in {leniency.burst_span} intervals: legal, but more traffic than asked for",)


TINY = 1e-9
"""Rounding of shares of an interval."""
