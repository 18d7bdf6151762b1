"""In what order test cases run in their lanes, and how long that takes by the limits.

The rule: longest case first, cases of one length in catalogue order, each in the lane that is free first; then the
serial cases, one at a time. So a run in many lanes ends soon after its longest case. What a case takes is at most the
sum of the limits it names; a subject that is quick, or slow to start, changes the times but never the verdicts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from conformance.catalogue.test_case import TestCase
from conformance.vocabulary.limits import Limits


@dataclass(frozen=True, slots=True)
class Turn:
    """When a case runs: its lane (from 1), and seconds from the start of the run."""

    case: TestCase
    lane: int
    starts_s: float
    ends_s: float


def expected_s(case: TestCase, limits: Limits) -> float:
    """Return how long a case takes at most, in seconds. Raises ``KeyError`` for a limit that the profile lacks."""
    return sum(limits[name].value for name in case.duration)


def longest_first(cases: Sequence[TestCase], limits: Limits) -> list[TestCase]:
    """Return the cases in the order in which they take their lanes: those side by side, then the serial ones."""
    beside = [case for case in cases if not case.serial]
    return [*sorted(beside, key=lambda case: -expected_s(case, limits)), *(case for case in cases if case.serial)]


def schedule(cases: Sequence[TestCase], limits: Limits, lanes: int) -> tuple[Turn, ...]:
    """Return the turns of the cases of one kind of subject in so many lanes, in the order they start."""
    free = [0.0] * lanes
    turns: list[Turn] = []
    for case in longest_first(cases, limits):
        if case.serial:
            free = [max(free)] * lanes
        lane = free.index(min(free))
        start, free[lane] = free[lane], free[lane] + expected_s(case, limits)
        turns.append(Turn(case, lane + 1, start, free[lane]))
    return tuple(turns)
