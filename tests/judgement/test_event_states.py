"""States of events over time, and their dates."""

from __future__ import annotations

from dataclasses import replace

import pytest

from conformance.judgement.event_states import Course, Sighting, states_dated, states_over_time
from conformance.judgement.finding import State
from conformance.vocabulary.limits import Limit

TOLERANCE = Limit("event_status_tolerance", 10, "s", "ours")
PLAIN = Course("control", created_s=0, earliest_s=120, latest_s=120, end_s=180, last_end_s=180)
RANDOM = Course("random", created_s=0, earliest_s=90, latest_s=120, end_s=150, last_end_s=210)
CANCELLED = replace(PLAIN, cancelled=(140.0, 142.0))
CANCELLED_EARLY = replace(PLAIN, cancelled=(20.0, 22.0))
OUTRANKED = replace(PLAIN, may_be_superseded=True)


def seen(*states: tuple[float, int | None]) -> list[Sighting]:
    return [Sighting(at, number, status, 0) for number, (at, status) in enumerate(states, start=1)]


@pytest.mark.parametrize(
    ("course", "states"),
    [
        (PLAIN, [(1, 0), (109, 0), (131, 1), (169, 1), (191, None)]),
        (PLAIN, [(109, 0), (131, 1), (191, 1)]),
        (PLAIN, [(109, 0), (115, 1), (125, 0), (131, 1), (175, None)]),
        (RANDOM, [(79, 0), (100, 0), (110, 1), (131, 1), (150, None), (200, 1)]),
        (CANCELLED, [(109, 0), (131, 1), (153, 2), (170, 3), (191, None)]),
        (CANCELLED, [(109, 0), (131, 1), (145, 1), (153, 2)]),
        (CANCELLED_EARLY, [(10, 0), (40, 2)]),
        (CANCELLED_EARLY, [(10, 0), (40, 2), (60, None), (131, None)]),
        (OUTRANKED, [(109, 0), (131, 4), (191, None)]),
        (OUTRANKED, [(109, 0), (131, 1), (191, None)]),
        (OUTRANKED, [(10, 4), (131, None)]),
    ],
)
def test_states_that_fit_the_time_pass(course: Course, states: list[tuple[float, int | None]]) -> None:
    assert states_over_time(course, seen(*states), TOLERANCE).state is State.PASS


@pytest.mark.parametrize(
    ("course", "states"),
    [
        (PLAIN, [(109, 1), (131, 1)]),
        (CANCELLED_EARLY, [(10, 0), (40, 2), (131, 1)]),
        (CANCELLED_EARLY, [(10, 0), (40, None), (60, 2)]),
        (PLAIN, [(109, 0), (131, 0)]),
        (PLAIN, [(109, 0), (131, None)]),
        (PLAIN, [(109, None), (131, 1)]),
        (PLAIN, [(109, 0), (131, 4)]),
        (PLAIN, [(109, 0), (131, 2)]),
        (PLAIN, [(109, 0), (131, 1), (191, 0)]),
        (PLAIN, [(109, 0), (131, 5)]),
        (CANCELLED, [(109, 0), (131, 1), (153, 1)]),
        (CANCELLED, [(109, 0), (131, 1), (153, None)]),
        (CANCELLED_EARLY, [(40, 0), (131, 1)]),
        (OUTRANKED, [(109, 0), (131, 2)]),
    ],
)
def test_states_that_do_not_fit_the_time_fail(course: Course, states: list[tuple[float, int | None]]) -> None:
    judged = states_over_time(course, seen(*states), TOLERANCE)
    assert judged.state is State.FAIL
    assert len(judged.detail) == len(states)


@pytest.mark.parametrize("states", [[], [(109, 0)], [(131, 1)], [(191, None)]])
def test_a_course_that_was_not_seen_whole_is_not_decided(states: list[tuple[float, int | None]]) -> None:
    assert states_over_time(PLAIN, seen(*states), TOLERANCE).state is State.INCONCLUSIVE


@pytest.mark.parametrize(
    ("course", "at_s", "status", "since_s", "state"),
    [
        (PLAIN, 109, 0, 0, State.PASS),
        (PLAIN, 109, 0, 60, State.PASS),
        (PLAIN, 131, 1, 120, State.PASS),
        (PLAIN, 131, 1, 129, State.PASS),
        (PLAIN, 131, 1, 0, State.FAIL),
        (PLAIN, 131, 1, None, State.FAIL),
        (RANDOM, 131, 1, 90, State.PASS),
        (RANDOM, 131, 1, 120, State.PASS),
        (CANCELLED, 153, 2, 141, State.PASS),
        (CANCELLED, 153, 2, 120, State.FAIL),
        (OUTRANKED, 131, 4, 5, State.INCONCLUSIVE),
        (PLAIN, 191, None, None, State.INCONCLUSIVE),
    ],
)
def test_a_status_is_dated_when_it_began(
    course: Course, at_s: float, status: int | None, since_s: int | None, state: State
) -> None:
    assert states_dated(course, [Sighting(at_s, 1, status, since_s)], TOLERANCE).state is state
