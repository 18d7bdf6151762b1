"""The state of an event over time, as a server has to tell it (IEEE 2030.5-2018, 12.1.3).

An event is scheduled until its earliest possible start (the start less a negative randomization), then active; it is
cancelled when the utility says so, and superseded when another event of the same program with exactly the same controls
takes over. It stays in its list until its last possible end, since a randomizing client may still run it. Times are
seconds since 1970 (``TimeType``).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from conformance.vocabulary.event import CurrentStatus


@dataclass(frozen=True, slots=True)
class Timing:
    """When an event was made and when it is to run. Randomizations are bounds in seconds, negative or positive."""

    created: int
    start: int
    duration_s: int
    randomize_start_s: int = 0
    randomize_duration_s: int = 0

    @property
    def end(self) -> int:
        """The specified end."""
        return self.start + self.duration_s

    @property
    def earliest_start(self) -> int:
        """The earliest start that randomization allows."""
        return self.start + min(0, self.randomize_start_s)

    @property
    def last_end(self) -> int:
        """The last end that randomization allows."""
        return self.end + max(0, self.randomize_start_s) + max(0, self.randomize_duration_s)


@dataclass(frozen=True, slots=True)
class State:
    """A status and since when it holds."""

    status: CurrentStatus
    since: int


@dataclass(frozen=True, slots=True)
class Rival:
    """Another event of the same program with the same controls: its timing, and when it was cancelled, if it was."""

    timing: Timing
    cancelled_at: int | None = None


def superseding(timing: Timing, rivals: Iterable[Rival]) -> Rival | None:
    """Return the first newer rival that overlaps the event and was not cancelled before it could start."""
    newer = (
        rival
        for rival in rivals
        if rival.timing.created > timing.created
        and rival.timing.earliest_start < timing.end
        and timing.start < rival.timing.end
        and (rival.cancelled_at is None or rival.cancelled_at > rival.timing.earliest_start)
    )
    return min(newer, key=lambda rival: rival.timing.earliest_start, default=None)


def state_at(now: int, timing: Timing, ended: State | None = None, rival: Rival | None = None) -> State:
    """Return the state of an event.

    Args:
        now: the moment asked for.
        timing: when the event runs.
        ended: a cancellation or a superseding that the utility declared.
        rival: the event that takes over, from :func:`superseding`.
    """
    ends = [ended] if ended else []
    if rival:
        ends.append(State(CurrentStatus.SUPERSEDED, max(rival.timing.created, rival.timing.earliest_start)))
    past = [end for end in ends if end.since <= now]
    if past:
        return min(past, key=lambda end: end.since)
    if now >= timing.earliest_start:
        return State(CurrentStatus.ACTIVE, max(timing.created, timing.earliest_start))
    return State(CurrentStatus.SCHEDULED, timing.created)
