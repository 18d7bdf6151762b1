"""Do posted averages show the energy that flowed (AS/NZS 61000.4.30 as networks cite it; MirrorMeterReading.method)?

Short pulses of a load tell a meter that integrates from one that samples too rarely: the mean over an interval is known
from the plant, and samples that fall between the pulses, or upon them, miss it. What behaves like integration passes.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol, runtime_checkable

from conformance.judgement.finding import LimitUsed, State
from conformance.judgement.intervals import Interval
from conformance.judgement.judged import Judged, passed_if
from conformance.judgement.timing import instant
from conformance.vocabulary.limits import Limit
from conformance.vocabulary.verdict import Grade

WATT, AT_THE_SITE = 38, 0x02
"""The uom of active power, and the bit of roleFlags for the point where the premises are metered."""


@runtime_checkable
class Metered(Protocol):
    """A plant whose power at the site is known over time."""

    def mean_site_w(self, start: datetime, end: datetime) -> float | None:
        """Return the mean active power that the site drew between two instants; ``None`` where it was not observed."""


def site_power(seen: Sequence[Interval], since: datetime, ahead: timedelta) -> tuple[Interval, ...]:
    """Return the averages of the site's active power whose interval began after an instant."""
    chosen = (it for it in seen if it.uom == WATT and it.role & AT_THE_SITE and it.value is not None)
    return tuple(it for it in chosen if instant(it.start_s) - ahead >= since)


def shows_the_mean(
    seen: Sequence[Interval], plant: object, ahead: timedelta, swing_w: float, error: Limit, limit: LimitUsed
) -> Judged:
    """Judge averages of the site's power against the plant's own mean over the same interval.

    ``swing_w`` is how far the load swings: the share of it that ``error`` gives, in percent, is granted. Only the size
    is compared, since whether import or export is positive differs. Times are whole seconds, so the mean is that of
    the best interval within one second of the one given.
    """
    expected = f"averages within {error.value:g} % of {swing_w:g} W of the mean that flowed"
    if not isinstance(plant, Metered):
        observed = "the site's power was not observed: no simulator and no meter behind this client"
        return Judged("shows_the_mean", State.NOTE, expected, observed, limit=limit)
    off = [(distance, it) for it in seen if (distance := _distance(it, plant, ahead)) is not None]
    if not off:
        observed = "no average of the site's active power over an interval that was observed"
        return Judged("shows_the_mean", State.INCONCLUSIVE, expected, observed, limit=limit)
    worst, item = max(off, key=lambda pair: pair[0])
    observed = f"{len(off)} averages; the worst is {worst:.0f} W off: {item.value:.0f} W for {item.length_s} s"
    return Judged(
        "shows_the_mean",
        passed_if(worst <= swing_w * error.value / 100),
        expected,
        observed,
        (item.exchange,),
        limit=limit,
        grade=Grade.WIRE_AND_SIMULATOR,
    )


def _distance(item: Interval, plant: Metered, ahead: timedelta) -> float | None:
    """Return the smallest distance of a value from the mean of an interval that the whole seconds may stand for."""
    start, length = instant(item.start_s) - ahead, timedelta(seconds=item.length_s)
    shifts = (timedelta(seconds=step * SHIFT_S) for step in range(-SHIFTS, SHIFTS + 1))
    means = (plant.mean_site_w(start + shift, start + shift + length) for shift in shifts)
    distances = [abs(abs(item.value or 0.0) - abs(mean)) for mean in means if mean is not None]
    return min(distances, default=None)


SHIFT_S, SHIFTS = 0.25, 4
"""How finely, and how far, the start of an interval is searched for: one second each way."""
