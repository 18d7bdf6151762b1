"""How long something takes from a named start to a named stop, such as a control from its publication to the plant.

A start or a stop is an instant with its name, what shows it and how sure that is. Which start counts is the profile's
word (``clock_start``); which stop, what was observed: the plant (grade W+S), or else what the client says (grade W),
which is weaker and told as such.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from conformance.judgement.finding import LimitUsed, State
from conformance.judgement.judged import Judged
from conformance.judgement.timing import Window, happened_within
from conformance.vocabulary.verdict import Grade

STARTS: Mapping[str, str] = {
    "created": "its creation",
    "exposed": "its first exposure",
    "notified": "its notification",
    "received": "its first reading",
    "event_start": "its start",
    "effective_start": "its effective start",
}
"""The words of ``clock_start`` for a person."""


@dataclass(frozen=True, slots=True)
class Instant:
    """When something happened, or ``None`` if it never did; ``exchange`` shows it, ``grade`` says how well."""

    what: str
    at: datetime | None
    exchange: int | None = None
    grade: Grade = Grade.WIRE


def stop_of(candidates: Sequence[Instant]) -> Instant:
    """Return the instant to stop the clock at: the best graded of those that were observed, the first of equals."""
    order = (Grade.WIRE_AND_METER, Grade.WIRE_AND_SIMULATOR, Grade.WIRE, Grade.DOCUMENT)
    return min(candidates, key=lambda candidate: order.index(candidate.grade))


def delivered(
    starts: Mapping[str, datetime], clock_start: str, stop: Instant, limit: LimitUsed, uncertainty_s: float
) -> Judged:
    """Judge the time from a named start to a stop against a limit in seconds.

    A start that was not observed, such as a notification that was never sent, leaves it undecided. What never stopped
    fails. A measured value whose uncertainty straddles the limit is inconclusive.
    """
    begun = starts.get(clock_start or ANY_START)
    label = STARTS.get(clock_start or ANY_START, clock_start)
    if begun is None:
        expected = f"{stop.what} within {limit.value:g} s after {label}"
        return Judged("delivered", State.INCONCLUSIVE, expected, f"{label} was not observed", limit=limit)
    evidence = {} if stop.exchange is None else {"exchange": stop.exchange}
    window = Window(begun, label, None, limit.value)
    judged = happened_within(stop.what, stop.at, window, uncertainty_s, None, **evidence)
    weaker = () if stop.grade is not Grade.WIRE else ("by the word of the client only: its plant was not observed",)
    return replace(judged, kind="delivered", limit=limit, grade=stop.grade, detail=weaker)


ANY_START = "exposed"
"""The start of a duration whose source names none: the client can know of it from then on."""
