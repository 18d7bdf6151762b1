"""What a server tells of an event's state over time (``EventStatus``, IEEE 2030.5-2018, 12.1.3).

Sightings are made in the server's own time, since events run on it. Around each change a tolerance applies, within
which both states are right; with a randomized start the change may come anywhere in the range.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from math import inf

from conformance.judgement.finding import State
from conformance.judgement.judged import Judged, limit_used, passed_if
from conformance.vocabulary.event import CurrentStatus
from conformance.vocabulary.limits import Limit

CANCELLATIONS = (CurrentStatus.CANCELLED, CurrentStatus.CANCELLED_WITH_RANDOMIZATION)
Status = int | None
ABSENT: Status = None


@dataclass(frozen=True, slots=True)
class Sighting:
    """An event as one GET showed it: the server's time and the exchange, ``currentStatus`` and its ``dateTime``.

    ``status`` is ``None`` when the event was not in its list.
    """

    at_s: float
    exchange: int
    status: Status
    since_s: int | None = None


@dataclass(frozen=True, slots=True)
class Course:
    """What an event's states must be, in seconds of the server's time.

    ``earliest_s`` and ``latest_s`` bound the start (equal without randomization), ``end_s`` and ``last_end_s`` the
    end. ``cancelled`` is when the operator was asked to cancel it and when it was done. ``may_be_superseded`` allows
    the server to tell of a supersession instead.
    """

    what: str
    created_s: int
    earliest_s: int
    latest_s: int
    end_s: int
    last_end_s: int
    cancelled: tuple[float, float] | None = None
    may_be_superseded: bool = False

    def allowed(self, at_s: float, tolerance_s: float) -> frozenset[Status]:
        """Return the states that are right at a moment."""
        allowed: set[Status] = set()
        if at_s < self.latest_s + tolerance_s:
            allowed.add(CurrentStatus.SCHEDULED)
        if at_s > self.earliest_s - tolerance_s:
            allowed.add(CurrentStatus.ACTIVE)
        if at_s > self.end_s - tolerance_s:
            allowed.add(ABSENT)
        if self.may_be_superseded:
            allowed |= {CurrentStatus.SUPERSEDED} | ({ABSENT} if at_s > self.latest_s else set())
        return frozenset(self._after_cancelling(allowed, at_s, tolerance_s))

    def _after_cancelling(self, allowed: set[Status], at_s: float, tolerance_s: float) -> set[Status]:
        if self.cancelled is None or at_s < self.cancelled[0] - tolerance_s:
            return allowed
        ended: set[Status] = set(CANCELLATIONS)
        if at_s > self.end_s - tolerance_s:
            ended.add(ABSENT)
        return ended if at_s > self.cancelled[1] + tolerance_s else allowed | ended

    def dated(self, status: int) -> tuple[float, float] | None:
        """Return the span in which a status may have begun; ``None`` when it is not known."""
        if status == CurrentStatus.SCHEDULED:
            return self.created_s, self.earliest_s
        if status == CurrentStatus.ACTIVE:
            return self.earliest_s, self.latest_s
        return self.cancelled if status in CANCELLATIONS else None


def states_over_time(course: Course, sightings: Sequence[Sighting], tolerance: Limit) -> Judged:
    """Judge every state seen; without one before the start and one after it nothing is decided.

    Once it was seen as cancelled an event may leave its list: nobody goes by its absence any more (EVENT.026).
    """
    expected = f"{course.what}: {_expected(course)}"
    ended_s = min((seen.at_s for seen in sightings if seen.status in CANCELLATIONS), default=inf)
    wrong = [
        seen
        for seen in sightings
        if seen.status not in course.allowed(seen.at_s, tolerance.value)
        and not (seen.status is ABSENT and course.cancelled and seen.at_s > ended_s)
    ]
    observed = "; ".join(f"{_told(seen, course)}" for seen in wrong[:3]) or f"right at {len(sightings)} sightings"
    state = passed_if(not wrong)
    if not wrong and not _whole(course, sightings):
        state, observed = State.INCONCLUSIVE, "not seen both before its start and while it ran"
    numbers = tuple(dict.fromkeys(seen.exchange for seen in wrong or sightings))
    detail = tuple(_told(seen, course) for seen in sightings)
    return Judged("event_states", state, expected, observed, numbers, detail=detail, limit=limit_used(tolerance))


def _whole(course: Course, sightings: Sequence[Sighting]) -> bool:
    stopped_s = course.cancelled[1] if course.cancelled else course.end_s
    if stopped_s < course.earliest_s:
        return any(seen.at_s > stopped_s for seen in sightings)
    before = any(seen.at_s < course.earliest_s for seen in sightings)
    during = any(course.latest_s <= seen.at_s < course.end_s for seen in sightings)
    return before and during


def states_dated(course: Course, sightings: Iterable[Sighting], tolerance: Limit) -> Judged:
    """Judge ``dateTime`` of every state seen: it must be the moment at which the state began."""
    expected = f"{course.what}: dateTime is when the status began"
    seen_spans = [(seen, course.dated(seen.status)) for seen in sightings if seen.status is not None]
    known = [(seen, span) for seen, span in seen_spans if span is not None]
    wrong = [
        seen
        for seen, (first, last) in known
        if seen.since_s is None or not first - tolerance.value <= seen.since_s <= last + tolerance.value
    ]
    state = passed_if(not wrong) if known else State.INCONCLUSIVE
    observed = "; ".join(_dating(seen, course) for seen in wrong[:3]) or f"right at {len(known)} sightings"
    numbers = tuple(dict.fromkeys(seen.exchange for seen in wrong or [seen for seen, _ in known]))
    return Judged("event_states_dated", state, expected, observed, numbers, limit=limit_used(tolerance))


def _expected(course: Course) -> str:
    running = f"0 until its start at {_clock(course.earliest_s)}, 1 until its end at {_clock(course.end_s)}"
    if course.cancelled:
        return f"2 or 3 once it is cancelled, {running} before"
    return f"{running}, or 4 once it is superseded" if course.may_be_superseded else running


def _told(seen: Sighting, course: Course) -> str:
    shown = "not listed" if seen.status is None else f"{seen.status} ({_name(seen.status)})"
    return f"{shown} at {_clock(seen.at_s)}, {seen.at_s - course.earliest_s:+.0f} s from its start"


def _name(status: int) -> str:
    return CurrentStatus(status).name.replace("_", " ").lower() if status in set(CurrentStatus) else "reserved"


def _dating(seen: Sighting, course: Course) -> str:
    since = "no dateTime" if seen.since_s is None else f"dated {seen.since_s - course.earliest_s:+d} s from its start"
    return f"{_name(seen.status or 0)}, {since}"


def _clock(at_s: float) -> str:
    return f"{datetime.fromtimestamp(at_s, UTC):%H:%M:%S}"
