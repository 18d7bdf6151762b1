"""How long something takes from a named start to a named stop, such as a control from its publication to the plant.

A start or a stop is an instant with its name, what shows it and how sure that is. Which start counts is the profile's
word (``clock_start``), and so is which stop (``clock_stop``). Where it names none, the stop is what was observed: the
plant (grade W+S), or else what the client says (grade W), which is weaker and told as such.
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

STOPS: Mapping[str, str] = {
    "received": "the control reaches the client",
    "response_1": "Response 1 comes",
    "response_2": "Response 2 comes",
    "setpoint": "the plant is asked for it",
    "meter": "the power obeys",
}
"""The words of ``clock_stop`` for a person."""


@dataclass(frozen=True, slots=True)
class Instant:
    """When something happened, or ``None`` if it never did; ``exchange`` shows it, ``grade`` says how well.

    ``unseen`` says why it could not be observed, where it could not; then ``at`` tells nothing.
    """

    what: str
    at: datetime | None
    exchange: int | None = None
    grade: Grade = Grade.WIRE
    unseen: str = ""


def stop_of(candidates: Sequence[Instant]) -> Instant:
    """Return the instant to stop the clock at: the best graded of those that were observed, the first of equals."""
    order = (Grade.WIRE_AND_METER, Grade.WIRE_AND_SIMULATOR, Grade.WIRE, Grade.DOCUMENT)
    return min(candidates, key=lambda candidate: order.index(candidate.grade))


def delivered(
    starts: Mapping[str, datetime],
    clock_start: str,
    stop: Instant,
    limit: LimitUsed,
    uncertainty_s: float,
    *,
    named: bool = False,
) -> Judged:
    """Judge the time from a named start to a stop against a limit in seconds.

    A start or a stop that was not observed, such as a notification that was never sent, leaves it undecided. What never
    stopped fails. A measured value whose uncertainty straddles the limit is inconclusive. ``named`` says that the
    profile names this stop: then the word of the client, if that is what it names, is what was asked for.
    """
    begun = starts.get(clock_start or ANY_START)
    label = STARTS.get(clock_start or ANY_START, clock_start)
    if begun is None or stop.unseen:
        missing = stop.unseen if begun is not None else f"{label} was not observed"
        expected = f"{stop.what} within {limit.value:g} s after {label}"
        return Judged("delivered", State.INCONCLUSIVE, expected, missing, limit=limit)
    evidence = {} if stop.exchange is None else {"exchange": stop.exchange}
    window = Window(begun, label, None, limit.value)
    judged = happened_within(stop.what, stop.at, window, uncertainty_s, None, **evidence)
    weak = stop.grade is Grade.WIRE and not named
    weaker = ("by the word of the client only: its plant was not observed",) if weak else ()
    return replace(judged, kind="delivered", limit=limit, grade=stop.grade, detail=weaker)


ANY_START = "exposed"
"""The start of a duration whose source names none: the client can know of it from then on."""
