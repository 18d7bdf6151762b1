"""What was asked of the plant behind a client under test, and checks on it: evidence of grade W+S.

Responses tell what a client says about a control; the plant tells what it did. A :class:`Plant` is the reference
client's simulator, or whatever else watches the southbound side of a client. Without one the effect of a control was
not observed, and every check here says just that, as a note: the checks on the wire stand alone.

Only what must be there is judged: other modes may be in force beside those asked for. Instants carry the uncertainty
of the observation, and what is astride a bound is inconclusive.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from conformance.judgement.finding import State
from conformance.judgement.judged import Judged, limit_used
from conformance.judgement.plant_modes import Curve, Modes, Value, holds, local, tighter, told
from conformance.judgement.timing import Window, happened_within
from conformance.vocabulary.limits import Limit
from conformance.vocabulary.verdict import Grade

__all__ = [
    "Change",
    "Curve",
    "Default",
    "Modes",
    "Plant",
    "Span",
    "Value",
    "became",
    "gave_way",
    "holds",
    "in_force",
    "never_in_force",
    "told",
    "took_effect",
]


class Default(Protocol):
    """A default on offer."""

    @property
    def modes(self) -> Modes:
        """Its modes."""

    @property
    def settings(self) -> Mapping[str, int]:
        """The settings that only a default has, such as ``setGradW``."""


@dataclass(frozen=True, slots=True)
class Change:
    """What was asked of the plant from an instant on, by element name."""

    at: datetime
    in_force: Mapping[str, Value]


class Plant(Protocol):
    """The plant behind a client, as its simulator or its southbound side shows it."""

    @property
    def uncertainty_s(self) -> float:
        """How far off the instant of a change may be, in seconds."""

    @property
    def seen_until(self) -> datetime:
        """The end of the observation."""

    @property
    def exact(self) -> bool:
        """True when each mode is seen by its own name; False for registers, in which several modes end."""

    def shows(self, mode: str) -> bool:
        """Say whether a mode, by its local name, can be seen at all."""

    def in_force(self, at: datetime) -> Mapping[str, Value]:
        """Return what was asked of the plant at an instant; nothing before the observation began."""

    def changes(self) -> Sequence[Change]:
        """Return every change, oldest first; the first one begins the observation."""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time with a name, such as ``Span(control.start, control.end, "event 1")``."""

    start: datetime
    end: datetime
    label: str

    def less(self, at_each_end: timedelta) -> Span:
        """Return the span without some time at each end."""
        return Span(self.start + at_each_end, self.end - at_each_end, self.label)


def in_force(plant: Plant | None, modes: Modes, span: Span, settling: Limit, uncertainty_s: float) -> Judged:
    """Judge that modes were in force during a span, but for the time the plant may take at each end."""
    seen = _shown(plant, modes)
    expected = f"{told(seen or modes)} in force during {span.label}"
    if plant is None or (modes and not seen):
        return _not_observed("in_force", plant, expected)
    return _judge("in_force", plant, seen, span.less(settling.duration), settling, uncertainty_s, expected, wanted=True)


def never_in_force(
    plant: Plant | None, modes: Modes, span: Span, uncertainty_s: float, settling: Limit | None = None
) -> Judged:
    """Judge that modes were at no time in force together during a span, or for no longer than ``settling``.

    Choose modes that nothing else asks for at that time: what is in force does not tell who asked for it.
    """
    expected = f"{told(modes)} not in force during {span.label}"
    if plant is None or _shown(plant, modes) != modes:
        return _not_observed("never_in_force", plant, expected)
    return _judge("never_in_force", plant, modes, span, settling, uncertainty_s, expected, wanted=False)


def took_effect(
    plant: Plant | None, modes: Modes, window: Window, limit: Limit, uncertainty_s: float, *, after: datetime
) -> Judged:
    """Judge when modes came into force, first after an instant, against a window."""
    what = f"{told(modes)} comes into force"
    return _turned("took_effect", plant, modes, window, limit, uncertainty_s, what, after=after, wanted=True)


def gave_way(
    plant: Plant | None, modes: Modes, window: Window, limit: Limit, uncertainty_s: float, *, after: datetime
) -> Judged:
    """Judge when modes ceased to be in force, first after an instant, against a window."""
    what = f"{told(modes)} is given up"
    return _turned("gave_way", plant, modes, window, limit, uncertainty_s, what, after=after, wanted=False)


def became(plant: Plant, modes: Modes, after: datetime, *, wanted: bool = True) -> datetime | None:
    """Return the first change after an instant at which modes come into force, or cease to be when not ``wanted``."""
    held = holds(plant.in_force(after), modes, exact=plant.exact)
    for change in plant.changes():
        if change.at > after:
            now = holds(change.in_force, modes, exact=plant.exact)
            if now != held and now == wanted:
                return change.at
            held = now
    return None


def _shown(plant: Plant | None, modes: Modes) -> Modes:
    """Return those of some modes that a plant can show."""
    return {name: value for name, value in modes.items() if plant is not None and plant.shows(local(name))}


def _judge(
    kind: str,
    plant: Plant,
    modes: Modes,
    span: Span,
    settling: Limit | None,
    uncertainty_s: float,
    expected: str,
    *,
    wanted: bool,
) -> Judged:
    granted_s = settling.value if settling is not None and not wanted else 0.0
    state, observed = _decide(plant, modes, span, uncertainty_s, granted_s, wanted=wanted)
    grade, limit = Grade.WIRE_AND_SIMULATOR, limit_used(settling)
    return Judged(kind, state, expected, observed, detail=_course(plant, span), limit=limit, grade=grade)


def _decide(
    plant: Plant, modes: Modes, span: Span, uncertainty_s: float, granted_s: float, *, wanted: bool
) -> tuple[State, str]:
    """Fail for a breach longer than what is granted and the uncertainty at both ends; a shorter one is inconclusive."""
    if span.start >= span.end:
        return State.INCONCLUSIVE, "the span is too short to judge"
    if missing := _unseen(plant, span):
        return State.INCONCLUSIVE, missing
    against = [part for part in _parts(plant, span) if holds(part.in_force, modes, exact=plant.exact) != wanted]
    breaches = [part for part in against if part.length_s > granted_s]
    if not breaches:
        return State.PASS, "as expected throughout"
    worst = max(breaches, key=lambda part: part.length_s)
    since = (worst.start - span.start).total_seconds()
    seen = {name: value for name, value in worst.in_force.items() if name in set(map(local, modes))}
    observed = f"{told(seen)} for {worst.length_s:.3f} s from {since:+.3f} s (± {uncertainty_s:.3f} s)"
    long = [part for part in breaches if part.length_s > granted_s + 2 * uncertainty_s]
    if long and wanted and not plant.exact and all(tighter(part.in_force, modes) for part in long):
        return State.INCONCLUSIVE, f"{observed}: a tighter limit, which something else may have asked for"
    return (State.FAIL if long else State.INCONCLUSIVE), observed


def _turned(
    kind: str,
    plant: Plant | None,
    modes: Modes,
    window: Window,
    limit: Limit,
    uncertainty_s: float,
    what: str,
    *,
    after: datetime,
    wanted: bool,
) -> Judged:
    seen = _shown(plant, modes)
    if plant is None or not seen:
        return _not_observed(kind, plant, what)
    modes = seen
    moment, grade = became(plant, modes, after, wanted=wanted), Grade.WIRE_AND_SIMULATOR
    if moment is None and (undecided := _too_little(plant, modes, window, after, wanted=wanted)):
        return Judged(kind, State.INCONCLUSIVE, what, undecided, limit=limit_used(limit), grade=grade)
    timed = happened_within(what, moment, window, uncertainty_s, limit)
    return Judged(
        kind, timed.state, timed.expected, timed.observed, limit=timed.limit, timing=timed.timing, grade=grade
    )


def _too_little(plant: Plant, modes: Modes, window: Window, after: datetime, *, wanted: bool) -> str | None:
    """Say why a turn that was not seen proves nothing: it lies before, or may come later."""
    if holds(plant.in_force(after), modes, exact=plant.exact) == wanted:
        return "already so when the observation was to begin"
    end = window.start + timedelta(seconds=window.not_after_s or 0.0)
    return "the observation of the plant ended before" if plant.seen_until < end else None


def _not_observed(kind: str, plant: Plant | None, expected: str) -> Judged:
    observed = "the effect was not observed: no simulator and no southbound observation behind this client"
    if plant is not None:
        observed = "the effect was not observed: the southbound side has no register for it"
    return Judged(kind, State.NOTE, expected, observed)


def _unseen(plant: Plant, span: Span) -> str | None:
    changes = plant.changes()
    if not changes or changes[0].at > span.start:
        return "the observation of the plant began later"
    return "the observation of the plant ended before" if plant.seen_until < span.end else None


@dataclass(frozen=True, slots=True)
class _Part:
    start: datetime
    end: datetime
    in_force: Mapping[str, Value]

    @property
    def length_s(self) -> float:
        return (self.end - self.start).total_seconds()


def _parts(plant: Plant, span: Span) -> Iterator[_Part]:
    """Cut a span at every change; what lasted no time at all is left out."""
    cuts = [span.start, *(it.at for it in plant.changes() if span.start < it.at < span.end), span.end]
    for start, end in itertools.pairwise(cuts):
        if start < end:
            yield _Part(start, end, plant.in_force(start))


def _course(plant: Plant, span: Span) -> tuple[str, ...]:
    parts = _parts(plant, span)
    return tuple(f"{(it.start - span.start).total_seconds():+.1f} s: {told(it.in_force)}" for it in parts)
