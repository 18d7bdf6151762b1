"""Cadence over windows: misses, what is forgiven, silence until the end, bursts, and the uncertainty at the bounds."""

from __future__ import annotations

import pytest
from made_evidence import at

from conformance.judgement.cadence import Leniency, Rate, in_cadence, never_faster
from conformance.judgement.finding import State
from conformance.judgement.judged import Judged
from conformance.judgement.polling import Occurrence

LENIENCY = Leniency(late_factor=1.5, misses=1, span=5, burst=6, burst_span=3, same_factor=0.1)
EVERY_MINUTE = Rate("GET DERControlList", 60.0)


def seen(*seconds: float) -> list[Occurrence]:
    return [Occurrence(at(second), number) for number, second in enumerate(seconds, start=1)]


def judged(*seconds: float, until: float = 600, uncertainty: float = 0.0) -> Judged:
    return in_cadence(EVERY_MINUTE, seen(*seconds), at(until), LENIENCY, uncertainty)


def test_polls_at_the_rate_pass() -> None:
    assert judged(*range(0, 601, 60)).state is State.PASS


def test_a_client_that_polls_once_and_stops_fails() -> None:
    found = judged(0)
    assert found.state is State.FAIL
    assert found.observed.endswith("until the end of the window")


def test_a_client_that_never_polls_fails() -> None:
    assert (judged().state, judged().observed) == (State.FAIL, "never")


def test_one_miss_in_five_intervals_is_forgiven_and_a_second_one_is_not() -> None:
    assert judged(*(second for second in range(0, 601, 60) if second != 120)).state is State.PASS
    assert judged(*(second for second in range(0, 601, 60) if second not in (120, 240))).state is State.FAIL


def test_two_misses_further_apart_than_five_intervals_are_forgiven() -> None:
    kept = (second for second in range(0, 1201, 60) if second not in (120, 900))
    assert judged(*kept, until=1200).state is State.PASS


def test_two_intervals_missed_in_a_row_fail() -> None:
    assert judged(*(second for second in range(0, 601, 60) if second not in (120, 180))).state is State.FAIL


@pytest.mark.parametrize(("late_s", "state"), [(89.9, State.PASS), (90.1, State.PASS)])
def test_a_late_poll_alone_is_at_most_one_miss(late_s: float, state: State) -> None:
    assert judged(0, late_s, *range(150, 601, 60)).state is state


@pytest.mark.parametrize(("gap_s", "state"), [(149.8, State.PASS), (150.0, State.INCONCLUSIVE), (150.2, State.FAIL)])
def test_a_gap_astride_two_and_a_half_intervals_is_inconclusive(gap_s: float, state: State) -> None:
    later = range(200, 601, 60)
    assert judged(0, gap_s, *later, uncertainty=0.1).state is state


def test_falling_behind_slowly_fails_although_no_gap_is_a_miss() -> None:
    found = judged(*range(0, 1201, 85), until=1200)
    assert found.state is State.FAIL
    assert "longest gap 85.00 s" in found.observed


def test_twice_as_fast_as_asked_passes_and_is_told_of() -> None:
    found = judged(*range(0, 601, 25))
    assert found.state is State.PASS
    assert "more traffic than asked for" in found.detail[0]


def test_the_pages_of_a_poll_count_as_one() -> None:
    pages = (second + page for second in range(0, 601, 60) for page in (0.0, 0.5, 1.0))
    assert judged(*pages).detail == ()


def test_a_window_too_short_for_the_rate_decides_nothing() -> None:
    assert judged(0, until=200).state is State.NOTE


@pytest.mark.parametrize(("gap_s", "state"), [(60, State.PASS), (56, State.PASS), (54, State.FAIL)])
def test_a_floor_is_kept_but_for_the_slack(gap_s: float, state: State) -> None:
    assert never_faster(EVERY_MINUTE, seen(0, gap_s, 180), LENIENCY, 5.0).state is state


def test_a_floor_cannot_be_judged_by_a_single_poll() -> None:
    assert never_faster(EVERY_MINUTE, seen(0), LENIENCY, 5.0).state is State.INCONCLUSIVE
