"""Whether readings can be what was measured: active power against the plant (W+S), frequency by itself (CSIP G23).

CSIP leaves open whether a reading is a mean or a sample, and which way counts positive. So a reading of power is wrong
only if power of that size flowed at no moment of its interval, nor shortly before, nor until it arrived.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from conformance.catalogue.reading_words import UOMS
from conformance.judgement.charge import Nameplate
from conformance.judgement.finding import State
from conformance.judgement.judged import Judged, limit_used, passed_if
from conformance.judgement.metering import NAMES, PLACES, Accuracy, total_of
from conformance.judgement.plant import Span
from conformance.judgement.power import Powered, PowerSample, pieces_of
from conformance.judgement.readings import Series, mirrored_series
from conformance.vocabulary.limits import Limit
from conformance.vocabulary.verdict import Grade
from conformance.wire.exchange import Exchange


@dataclass(frozen=True, slots=True)
class _Told:
    """A size of power in watts, the time in which it may have flowed, and the exchange that told it."""

    size_w: float
    span: Span
    exchange: int


def flowed(
    posts: Sequence[Exchange], place: str, plant: object, ahead: timedelta, accuracy: Accuracy, slack: Limit
) -> Judged:
    """Judge that the power told of a place, ``site`` or ``der``, flowed there; ``ahead`` is the server's time.

    ``slack`` is how old a value may be when its interval begins. Without an observed plant a note is left.
    """
    expected = f"readings of the {NAMES[place]}'s power that are of a size that flowed there"
    samples = plant.powers() if isinstance(plant, Powered) else ()
    if not samples:
        observed = "the powers were not observed: no simulator and no meter behind this client"
        return Judged("flowed", State.NOTE, expected, observed)
    told = [it for it in _told(total_of(posts, place), ahead, slack.duration) if it.span.start >= samples[0].at]
    if not told:
        observed = "no reading over a time that was observed, or several meters of one place"
        return Judged("flowed", State.NOTE, expected, observed)
    allowed_w = _allowed_w(plant, samples, accuracy)
    off = [it for it in told if _off_w(it, samples, place) > allowed_w]
    observed = f"{len(off)} of {len(told)} are not{_worst(off, samples, place)}"
    numbers = tuple(dict.fromkeys(it.exchange for it in off or told))
    limit, grade = limit_used(accuracy.error), Grade.WIRE_AND_SIMULATOR
    return Judged("flowed", passed_if(not off), expected, observed, numbers, limit=limit, grade=grade)


def frequency_told(posts: Sequence[Exchange], least: Limit, most: Limit) -> Judged:
    """Judge that what is told as a frequency can be one of a grid; zero, as a dead line has it, is not looked at."""
    series = [one for one in mirrored_series(posts) if one.uom == UOMS["Hz"]]
    told = [(came.in_units(one.multiplier), came.exchange) for one in series for came in one.values if came.value]
    expected = f"a frequency from {least.value:g} to {most.value:g} Hz"
    if not told:
        return Judged("frequency_told", State.NOTE, expected, "none that is not zero")
    wrong = [(hertz, number) for hertz, number in told if not least.value <= hertz <= most.value]
    shown = [hertz for hertz, _ in wrong or told]
    observed = f"{len(wrong)} of {len(told)} outside; {min(shown):g} to {max(shown):g} Hz"
    numbers = tuple(dict.fromkeys(number for _, number in wrong or told))
    return Judged("frequency_told", passed_if(not wrong), expected, observed, numbers, limit=limit_used(most))


def _told(series: Series | None, ahead: timedelta, slack: timedelta) -> list[_Told]:
    found: list[_Told] = []
    if series is None:
        return found
    for came in series.values:
        if came.start is None or came.value is None:
            continue
        start = came.start - ahead
        end = max(start + timedelta(seconds=came.length_s), came.at)
        size_w = abs(came.in_units(series.multiplier))
        found.append(_Told(size_w, Span(min(start, came.at) - slack, end, "the interval"), came.exchange))
    return found


def _allowed_w(plant: object, samples: Sequence[PowerSample], accuracy: Accuracy) -> float:
    """Return by how much a reading may be off; the share is one of the rating, or of a larger power that flowed."""
    rated_w = plant.ratings()["W"] if isinstance(plant, Nameplate) else 0.0
    largest_w = max(abs(of(sample)) for of in PLACES.values() for sample in samples)
    return max(accuracy.error.value, max(rated_w, largest_w) * accuracy.share.value / 100)


def _off_w(told: _Told, samples: Sequence[PowerSample], place: str) -> float:
    """Return how far a size lies beyond all that flowed in its time."""
    least, most = _sizes(samples, place, told.span.start, told.span.end)
    return max(0.0, told.size_w - most, least - told.size_w)


def _sizes(samples: Sequence[PowerSample], place: str, start: datetime, end: datetime) -> tuple[float, float]:
    """Return the least and the largest size of a power over a time; one whose sign turns passes zero."""
    flows = [PLACES[place](it) for piece in pieces_of(samples, Span(start, end, "")) for it in piece]
    sizes = [abs(it) for it in flows]
    turns = min(flows) < 0 < max(flows)
    return (0.0 if turns else min(sizes)), max(sizes)


def _worst(off: Sequence[_Told], samples: Sequence[PowerSample], place: str) -> str:
    if not off:
        return ""
    worst = max(off, key=lambda it: _off_w(it, samples, place))
    least, most = _sizes(samples, place, worst.span.start, worst.span.end)
    return f"; the worst tells {worst.size_w:.0f} W where {least:.0f} to {most:.0f} W flowed"
