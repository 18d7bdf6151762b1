"""When something happened, against bounds and uncertainty."""

from __future__ import annotations

from datetime import datetime

import pytest
from made_evidence import START, at, limit

from conformance.judgement.finding import State
from conformance.judgement.judged import Judged
from conformance.judgement.timing import Window, happened_within, instant


def judged(
    seconds: float | None,
    low: float | None = None,
    high: float | None = 15.0,
    uncertainty: float = 0.1,
    **evidence: int,
) -> Judged:
    window = Window(START, "the start", low, high)
    moment = None if seconds is None else at(seconds)
    return happened_within("Response 1", moment, window, uncertainty, limit(), **evidence)


@pytest.mark.parametrize(
    ("seconds", "state"),
    [
        (0.0, State.PASS),
        (14.9, State.PASS),
        (14.91, State.INCONCLUSIVE),
        (15.0, State.INCONCLUSIVE),
        (15.1, State.INCONCLUSIVE),
        (15.2, State.FAIL),
        (None, State.FAIL),
    ],
)
def test_an_upper_bound_is_decided_only_beyond_the_uncertainty(seconds: float | None, state: State) -> None:
    assert judged(seconds).state is state


@pytest.mark.parametrize(
    ("seconds", "state"),
    [(-2.2, State.FAIL), (-2.05, State.INCONCLUSIVE), (-1.9, State.PASS), (500.0, State.PASS)],
)
def test_a_lower_bound_is_decided_only_beyond_the_uncertainty(seconds: float, state: State) -> None:
    assert judged(seconds, low=-2.0, high=None).state is state


def test_an_uncertainty_as_wide_as_the_window_never_decides_what_lies_inside() -> None:
    assert judged(0.5, low=0.0, high=1.0, uncertainty=2.0).state is State.INCONCLUSIVE


def test_in_virtual_time_the_bound_itself_passes() -> None:
    assert judged(15.0, uncertainty=0.0).state is State.PASS


def test_the_finding_tells_measurement_bounds_limit_and_margin() -> None:
    found = judged(16.0, low=-2.0, exchange=7)
    assert found.timing is not None
    assert (found.timing.measured_s, found.timing.not_before_s, found.timing.not_after_s) == (16.0, -2.0, 15.0)
    assert found.limit is not None
    assert found.limit.name == "response_deadline"
    assert found.exchanges == (7,)
    assert found.expected == "Response 1 from -2 s to +15 s after the start"
    assert found.observed == "+16.000 s (± 0.100 s), 1.000 s too late"


@pytest.mark.parametrize(
    ("measured", "told"),
    [(-3.0, "1.000 s too early"), (10.0, "5.000 s from the nearest bound"), (15.5, "0.500 s too late")],
)
def test_the_margin_says_on_which_side_of_its_bounds_a_moment_lies(measured: float, told: str) -> None:
    assert judged(measured, low=-2.0, uncertainty=0.0).observed.endswith(f", {told}")


def test_what_never_came_says_so_and_has_no_measurement() -> None:
    found = judged(None)
    assert found.observed == "never"
    assert found.timing is not None
    assert found.timing.measured_s is None


@pytest.mark.parametrize("seconds", [10**12, -(10**12), 2**63 - 1, -(2**63)])
def test_a_time_beyond_the_calendar_is_its_nearest_end(seconds: int) -> None:
    nearest = instant(seconds)
    assert isinstance(nearest, datetime)
    assert (nearest.year == 9999) is (seconds > 0)
    assert (nearest.year == 2) is (seconds < 0)


def test_a_time_is_counted_from_1970_in_utc() -> None:
    assert instant(int(START.timestamp())) == START
