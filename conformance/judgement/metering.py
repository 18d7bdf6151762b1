"""Do posted averages show what flowed where they say they were measured (CSIP-AUS ALL-06; grade W+S)?

Where the plant is observed its powers give the mean over each interval, at the site's meter and at the DER: energy over
time. A reading of another size has the wrong role, the wrong scale or the wrong meter. The sign is judged by itself:
import is positive at the site and injection at the DER, and ``flowDirection`` reverse turns it (GEN-01, LOA-01).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise

from conformance.catalogue.pack_values import Value
from conformance.catalogue.reading_words import is_vehicle
from conformance.judgement.finding import State
from conformance.judgement.judged import Judged, limit_used, passed_if
from conformance.judgement.power import WATT, Powered, PowerSample, reversed_mrids
from conformance.judgement.ramps import Observed
from conformance.judgement.readings import Came, Series, mirrored_series
from conformance.vocabulary.limits import Limit
from conformance.vocabulary.mrid import is_mrid, normal_mrid
from conformance.vocabulary.verdict import Grade
from conformance.wire.exchange import Exchange

SHIFT_S, SHIFTS = 0.25, 4
"""How finely, and how far, the start of an interval is searched for: times are whole seconds."""
PLACES: dict[str, Callable[[PowerSample], float]] = {
    "site": lambda sample: sample.site_w,
    "der": lambda sample: sample.der_w,
}
"""What flows at each place that a role names."""


@dataclass(frozen=True, slots=True)
class Average:
    """A mean of active power that was told, signed as CSIP-AUS has it, and the exchange that told it."""

    value_w: float
    start: datetime
    end: datetime
    exchange: int


@dataclass(frozen=True, slots=True)
class Accuracy:
    """How far off an average may be: some watts, or a share of the largest power that flowed; the larger counts."""

    error: Limit
    share: Limit


def averages(posts: Sequence[Exchange], place: str, since: datetime, ahead: timedelta) -> tuple[Average, ...]:
    """Return the averages of the active power of a place, all phases together, whose interval began after an instant.

    Several usage points of one place tell of its parts, so nothing is returned then.
    """
    turned, total = frozenset(_normal(reversed_mrids(posts))), total_of(posts, place)
    if total is None:
        return ()
    found = (_average(it, total, turned, ahead) for it in total.values if it.start is not None)
    return tuple(it for it in found if it.start >= since and it.end > it.start)


def total_of(posts: Iterable[Exchange], place: str) -> Series | None:
    """Return the active power of a place, all phases together; several usage points of one place tell of its parts."""
    totals = [it for it in mirrored_series(posts) if it.place == place and _is_total(it) and it.values]
    return totals[0] if len(totals) == 1 else None


def right_size(told: Sequence[Average], place: str, plant: object, accuracy: Accuracy) -> Judged:
    """Judge the size of averages against the plant's own mean at their place, whatever their sign."""
    expected = f"averages of the {NAMES[place]}'s power as large as what flowed there"
    if (undecided := _undecided("right_size", told, plant, expected, accuracy)) is not None:
        return undecided
    assert isinstance(plant, Powered)
    samples, other = plant.powers(), next(name for name in PLACES if name != place)
    worst = max(told, key=lambda it: _off(it, samples, place, size=True))
    off_w, allowed_w = _off(worst, samples, place, size=True), _allowed(samples, accuracy)
    observed = f"{len(told)} averages; the worst tells {worst.value_w:.0f} W, {off_w:.0f} W off"
    if off_w > allowed_w >= _off(worst, samples, other, size=True):
        observed += f", which is what flowed at the {NAMES[other]}"
    return _judged("right_size", passed_if(off_w <= allowed_w), expected, observed, worst, accuracy)


def right_sign(told: Sequence[Average], place: str, plant: object, accuracy: Accuracy) -> Judged:
    """Judge the sign of averages of the right size against the way that power flowed."""
    expected = f"{'import' if place == 'site' else 'injection'} positive in averages of the {NAMES[place]}'s power"
    if (undecided := _undecided("right_sign", told, plant, expected, accuracy)) is not None:
        return undecided
    assert isinstance(plant, Powered)
    samples = plant.powers()
    allowed_w = _allowed(samples, accuracy)
    fitting = [it for it in told if _off(it, samples, place, size=True) <= allowed_w < abs(it.value_w)]
    wrong = [it for it in fitting if _off(it, samples, place, size=False) > allowed_w]
    if not fitting:
        observed = "no average that is large enough, and of the right size"
        return Judged("right_sign", State.NOTE, expected, observed, limit=limit_used(accuracy.error))
    observed = f"{len(wrong)} of {len(fitting)} have the other sign"
    return _judged("right_sign", passed_if(not wrong), expected, observed, (wrong or fitting)[-1], accuracy)


def accurate(value: Value, told: Sequence[Average], place: str, plant: object, allowed_w: float) -> Judged:
    """Judge how far averages are off what flowed, by a demand on meters; behind registers a miss is undecided."""
    expected = f"{value.sentence}: averages of the {NAMES[place]}'s power within {allowed_w:g} W"
    if (undecided := _unmeasured("accurate", told, plant, expected)) is not None:
        return undecided
    assert isinstance(plant, Powered)
    samples = plant.powers()
    off_w, worst = max(((_off(it, samples, place, size=True), it) for it in told), key=lambda pair: pair[0])
    missed = State.FAIL if not isinstance(plant, Observed) or plant.exact else State.INCONCLUSIVE
    state = State.PASS if off_w <= allowed_w else missed
    observed = f"{len(told)} averages; the worst tells {worst.value_w:.0f} W, {off_w:.0f} W off"
    return Judged("accurate", state, expected, observed, (worst.exchange,), grade=Grade.WIRE_AND_SIMULATOR)


NAMES = {"site": "site", "der": "DER"}


def _undecided(kind: str, told: Sequence[Average], plant: object, expected: str, accuracy: Accuracy) -> Judged | None:
    undecided = _unmeasured(kind, told, plant, expected)
    return replace(undecided, limit=limit_used(accuracy.error)) if undecided is not None else None


def _unmeasured(kind: str, told: Sequence[Average], plant: object, expected: str) -> Judged | None:
    if not isinstance(plant, Powered):
        observed = "the powers were not observed: no simulator and no meter behind this client"
        return Judged(kind, State.NOTE, expected, observed)
    samples = plant.powers()
    if not told or not samples or samples[0].at > min(it.start for it in told) - timedelta(seconds=SHIFTS * SHIFT_S):
        observed = "no average over an interval that was observed, or several meters of one place"
        return Judged(kind, State.NOTE, expected, observed)
    return None


def _judged(kind: str, state: State, expected: str, observed: str, item: Average, accuracy: Accuracy) -> Judged:
    numbers, limit = (item.exchange,), limit_used(accuracy.error)
    return Judged(kind, state, expected, observed, numbers, limit=limit, grade=Grade.WIRE_AND_SIMULATOR)


def _allowed(samples: Sequence[PowerSample], accuracy: Accuracy) -> float:
    largest_w = max(abs(of(sample)) for of in PLACES.values() for sample in samples)
    return max(accuracy.error.value, largest_w * accuracy.share.value / 100)


def _off(item: Average, samples: Sequence[PowerSample], place: str, *, size: bool) -> float:
    """Return how far an average is off the best mean that its whole seconds may stand for."""
    shifts = (timedelta(seconds=step * SHIFT_S) for step in range(-SHIFTS, SHIFTS + 1))
    means = [mean_w(samples, PLACES[place], item.start + shift, item.end + shift) for shift in shifts]
    if size:
        return min(abs(abs(item.value_w) - abs(mean)) for mean in means)
    return min(abs(item.value_w - mean) for mean in means)


def mean_w(samples: Sequence[PowerSample], of: Callable[[PowerSample], float], start: datetime, end: datetime) -> float:
    """Return the mean of a power over an interval: linear between samples, and held after the last one."""
    energy_ws, last = 0.0, samples[-1]
    for one, other in pairwise(samples):
        low, high, length_s = max(one.at, start), min(other.at, end), (other.at - one.at).total_seconds()
        if high > low and length_s > 0:
            middle = (low + (high - low) / 2 - one.at).total_seconds() / length_s
            energy_ws += (of(one) + (of(other) - of(one)) * middle) * (high - low).total_seconds()
    energy_ws += of(last) * max(0.0, (end - max(last.at, start)).total_seconds())
    return energy_ws / (end - start).total_seconds()


def _is_total(series: Series) -> bool:
    return series.uom == WATT and not series.phase and not is_vehicle(series.role_flags)


def _average(came: Came, series: Series, turned: Collection[str], ahead: timedelta) -> Average:
    start = (came.start or came.at) - ahead
    sign = -1.0 if series.mrid in turned else 1.0
    end = start + timedelta(seconds=came.length_s)
    return Average(sign * came.in_units(series.multiplier), start, end, came.exchange)


def _normal(mrids: Iterable[str]) -> Iterator[str]:
    yield from (normal_mrid(mrid) if is_mrid(mrid) else mrid for mrid in mrids)
