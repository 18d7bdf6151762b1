"""How fast power moved from one level to another: by the plant (grade W+S), and by the client's own readings (grade W).

A ramp bounds how far power may move between any two instants: the rate times the time between them. ``setGradW`` gives
the rate as a share of the rating, ``rampTms`` the time for the whole move (IEEE 2030.5-2018 10.10, CSIP-AUS ALL-25).
A DER that follows a load to hold the site's export moves without a ramp, so what breaks the rate must do so both at
the DER and at the site. Loads under control, such as a charging station, are held to no ramp: ``setGradW`` is a rate
of what the DER puts out, and the public procedures leave it to a witness how loads follow theirs. Readings are
averages: a jump shows in them only where their interval is short beside the ramp.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Protocol, runtime_checkable

from conformance.judgement.finding import State
from conformance.judgement.intervals import Interval
from conformance.judgement.judged import Judged, limit_used, passed_if
from conformance.judgement.plant import Span
from conformance.judgement.power import Powered, PowerSample, pieces_of, read_flows, within
from conformance.vocabulary.limits import Limit
from conformance.vocabulary.verdict import Grade
from conformance.wire.exchange import Exchange

Points = Sequence[tuple[datetime, float]]


@runtime_checkable
class Observed(Protocol):
    """A plant that tells whether it is seen itself, or by the registers of a device that may have a ramp of its own."""

    @property
    def exact(self) -> bool:
        """False for registers: that a simulated device jumps does not tell what a real one would have done."""


@dataclass(frozen=True, slots=True)
class Ramp:
    """A move of the DER's power, injection positive, that may go no faster than a rate in watts per second.

    ``move_w`` is how far it goes, upwards if it is positive; ``excess`` is the share of the rate that may be exceeded,
    in percent, ``step`` the seconds that a stair may take in place of a slope, and ``tolerance`` the error of a power.
    """

    rate_w_s: float
    move_w: float
    excess: Limit
    step: Limit
    tolerance: Limit

    def allowed_w(self, over_s: float) -> float:
        """Return how far power may move within some seconds."""
        return self.rate_w_s * (1 + self.excess.value / 100) * (over_s + self.step.value) + self.tolerance.value

    @property
    def words(self) -> str:
        """What is expected."""
        return f"power {'rises' if self.move_w > 0 else 'falls'} by at most {self.rate_w_s:g} W in a second"


@dataclass(frozen=True, slots=True)
class _Steepest:
    """The move that comes closest to breaking a rate, or breaks it most: its size, its time, and what was allowed."""

    moved_w: float
    over_s: float
    allowed_w: float

    @property
    def excess_w(self) -> float:
        return self.moved_w - self.allowed_w


def ramped(plant: object, ramp: Ramp, span: Span, uncertainty_s: float) -> Judged:
    """Judge that the DER's power moved no faster than a ramp during a span; a plant that is not observed leaves a note.

    What moves the other way, such as a cloud or the sun after it, makes a breach undecided, as does too small a move,
    and as does a device behind registers, which may be told no ramp because it has its own.
    """
    expected, limit = f"{ramp.words} during {span.label}", limit_used(ramp.excess)
    if not isinstance(plant, Powered):
        observed = "the powers were not observed: no simulator and no meter behind this client"
        return Judged("ramped", State.NOTE, expected, observed, limit=limit)
    pieces = list(pieces_of(plant.powers(), span))
    if span.start >= span.end or not pieces:
        return Judged("ramped", State.INCONCLUSIVE, expected, "the span is too short to judge", limit=limit)
    samples = [sample for piece in pieces for sample in piece]
    at_der, at_site = (_steepest(_points(samples, of, ramp), ramp) for of in (_injected, _exported))
    worst = min(at_der, at_site, key=lambda it: it.excess_w)
    state = _state(worst, samples, ramp, 2 * uncertainty_s)
    if state is State.FAIL and isinstance(plant, Observed) and not plant.exact:
        state = State.INCONCLUSIVE
    observed = f"{worst.moved_w:.0f} W in {worst.over_s:.1f} s, where {worst.allowed_w:.0f} W are allowed"
    if worst.excess_w <= 0:
        observed = f"nowhere faster, {_moved_w(samples, ramp):.0f} W in all"
    return Judged(
        "ramped",
        state,
        expected,
        f"{observed} (± {uncertainty_s:.3f} s)" if state is not State.INCONCLUSIVE else f"{observed}: undecided",
        limit=limit,
        grade=Grade.WIRE_AND_SIMULATOR,
    )


def told_ramped(posts: Sequence[Exchange], ramp: Ramp, span: Span, ahead: timedelta) -> Judged:
    """Judge the client's readings of the DER's power around a move; a note where they are too coarse for its ramp."""
    expected, limit = f"{ramp.words} around {span.label} (the client's own word)", limit_used(ramp.excess)
    flows = (it for it in read_flows("opModGenLimW", posts) if within(it, span, ahead))
    inside = sorted(flows, key=lambda it: it.start_s)
    pairs = [(one, other) for one, other in pairwise(inside) if one.length_s == other.length_s]
    shown = [(one, other) for one, other in pairs if abs(ramp.move_w) > ramp.allowed_w(other.start_s - one.start_s)]
    if not shown:
        observed = f"{len(inside)} readings: too few, or too long for a jump to show in them"
        return Judged("told_ramped", State.NOTE, expected, observed, limit=limit)
    sign = 1.0 if ramp.move_w > 0 else -1.0

    def over(pair: tuple[Interval, Interval]) -> float:
        one, other = pair
        return sign * ((other.value or 0) - (one.value or 0)) - ramp.allowed_w(other.start_s - one.start_s)

    one, other = max(shown, key=over)
    observed = f"{len(inside)} readings; at worst from {one.value:.0f} W to {other.value:.0f} W"
    numbers = tuple(dict.fromkeys((one.exchange, other.exchange)))
    return Judged("told_ramped", passed_if(over((one, other)) <= 0), expected, observed, numbers, limit=limit)


def _injected(sample: PowerSample) -> float:
    return sample.der_w


def _exported(sample: PowerSample) -> float:
    return -sample.site_w


def _points(samples: Sequence[PowerSample], of: Callable[[PowerSample], float], ramp: Ramp) -> Points:
    """Return a course, turned so that the move goes upwards."""
    sign = 1.0 if ramp.move_w > 0 else -1.0
    return [(sample.at, sign * of(sample)) for sample in samples]


def _steepest(points: Points, ramp: Ramp) -> _Steepest:
    """Return the rise that exceeds its rate most. Between points a course is linear, so the worst ends are points."""
    rate, began = ramp.rate_w_s * (1 + ramp.excess.value / 100), points[0][0]
    lowest = points[0]
    worst = _Steepest(0.0, 0.0, ramp.allowed_w(0.0))

    def above(point: tuple[datetime, float]) -> float:
        return point[1] - rate * (point[0] - began).total_seconds()

    for point in points:
        moved, over_s = point[1] - lowest[1], (point[0] - lowest[0]).total_seconds()
        found = _Steepest(moved, over_s, ramp.allowed_w(over_s))
        worst = found if found.excess_w > worst.excess_w else worst
        lowest = point if above(point) <= above(lowest) else lowest
    return worst


def _state(worst: _Steepest, samples: Sequence[PowerSample], ramp: Ramp, uncertain_s: float) -> State:
    points = _points(samples, _injected, ramp)
    if worst.excess_w <= 0:
        return State.PASS if _moved_w(samples, ramp) > ramp.allowed_w(0.0) else State.INCONCLUSIVE
    fell = max(points[0][1] - min(level for _, level in points), 0.0)
    doubtful = worst.moved_w <= ramp.allowed_w(worst.over_s + uncertain_s) or fell > ramp.tolerance.value
    return State.INCONCLUSIVE if doubtful else State.FAIL


def _moved_w(samples: Sequence[PowerSample], ramp: Ramp) -> float:
    points = _points(samples, _injected, ramp)
    return max(level for _, level in points) - points[0][1]
