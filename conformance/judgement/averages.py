"""Do posted averages show the energy that flowed (AS/NZS 61000.4.30 as networks cite it; MirrorMeterReading.method)?

Short pulses of a load tell a meter that integrates from one that samples too rarely: the mean over an interval is known
from the plant, and samples that fall between the pulses, or upon them, miss it. What behaves like integration passes.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from conformance.judgement.finding import State
from conformance.judgement.intervals import Interval
from conformance.judgement.judged import Judged, limit_used, passed_if
from conformance.judgement.power import AT_THE_SITE, WATT, Powered, PowerSample
from conformance.judgement.timing import instant
from conformance.vocabulary.limits import Limit
from conformance.vocabulary.verdict import Grade


def site_power(seen: Sequence[Interval], since: datetime, ahead: timedelta) -> tuple[Interval, ...]:
    """Return the averages of the site's active power whose interval began after an instant."""
    powers = (it for it in seen if it.uom == WATT and it.role & AT_THE_SITE and it.is_total)
    chosen = (it for it in powers if it.value is not None and it.length_s > 0)
    return tuple(it for it in chosen if instant(it.start_s) - ahead >= since)


def shows_the_mean(seen: Sequence[Interval], plant: object, ahead: timedelta, swing_w: float, error: Limit) -> Judged:
    """Judge averages of the site's power against the plant's own mean over the same interval.

    ``swing_w`` is how far the load swings: the share of it that ``error`` gives, in percent, is granted. Only the size
    is compared, since whether import or export is positive differs. Times are whole seconds, so the mean is that of
    the best interval within one second of the one given.
    """
    limit = limit_used(error)
    expected = f"averages within {error.value:g} % of {swing_w:g} W of the mean that flowed"
    if not isinstance(plant, Powered):
        observed = "the site's power was not observed: no simulator and no meter behind this client"
        return Judged("shows_the_mean", State.NOTE, expected, observed, limit=limit)
    samples = plant.powers()
    off = [(distance, it) for it in seen if (distance := _distance(it, samples, ahead)) is not None]
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


def mean_site_w(samples: Sequence[PowerSample], start: datetime, end: datetime) -> float | None:
    """Return the mean of the site's power, held from each sample to the next; ``None`` where it was not observed."""
    if not samples or samples[0].at > start or samples[-1].at < end or end <= start:
        return None
    first = max(0, bisect_right(samples, start, key=lambda sample: sample.at) - 1)
    energy_ws = 0.0
    for one, other in pairwise(samples[first:]):
        if one.at >= end:
            break
        energy_ws += one.site_w * (min(other.at, end) - max(one.at, start)).total_seconds()
    return energy_ws / (end - start).total_seconds()


def _distance(item: Interval, samples: Sequence[PowerSample], ahead: timedelta) -> float | None:
    """Return the smallest distance of a value from the mean of an interval that the whole seconds may stand for."""
    start, length = instant(item.start_s) - ahead, timedelta(seconds=item.length_s)
    shifts = (timedelta(seconds=step * SHIFT_S) for step in range(-SHIFTS, SHIFTS + 1))
    means = (mean_site_w(samples, start + shift, start + shift + length) for shift in shifts)
    distances = [abs(abs(item.value or 0.0) - abs(mean)) for mean in means if mean is not None]
    return min(distances, default=None)


SHIFT_S, SHIFTS = 0.25, 4
"""How finely, and how far, the start of an interval is searched for: one second each way."""
