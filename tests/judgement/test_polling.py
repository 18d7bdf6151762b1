"""Polls and posts over a window, the silence at its end included."""

from __future__ import annotations

import pytest
from made_evidence import at, limit

from conformance.judgement.finding import State
from conformance.judgement.judged import Judged
from conformance.judgement.polling import Cadence, Occurrence, kept_up

EVERY_MINUTE = Cadence("GET DeviceCapability", 60, 11, limit(60, "dcap_poll_rate"))


def judged(*seconds: float, until: float = 240, uncertainty: float = 0.1) -> Judged:
    seen = [Occurrence(at(second), number) for number, second in enumerate(seconds, start=1)]
    return kept_up(EVERY_MINUTE, seen, at(until), uncertainty)


def test_polling_at_the_rate_passes() -> None:
    assert judged(0, 60, 120, 180, 239).state is State.PASS


def test_polling_later_than_the_rate_within_the_tolerance_passes() -> None:
    assert judged(0, 70, 140, 210).state is State.PASS


def test_polling_once_and_then_never_again_fails_by_the_silence() -> None:
    found = judged(0)
    assert found.state is State.FAIL
    assert found.observed.endswith("until the end of the window")
    assert found.exchanges == (1,)


def test_never_polling_fails() -> None:
    found = judged()
    assert (found.state, found.observed) == (State.FAIL, "never")


def test_stopping_half_way_fails() -> None:
    assert judged(0, 60, 120).state is State.FAIL


def test_one_long_gap_in_the_middle_fails_and_is_shown_by_its_two_exchanges() -> None:
    found = judged(0, 60, 180, 240)
    assert found.state is State.FAIL
    assert found.exchanges == (2, 3)
    assert "longest gap 120.00 s" in found.observed
    assert found.timing is not None
    assert (found.timing.measured_s, found.timing.not_after_s) == (120.0, 71.0)


@pytest.mark.parametrize("gap", [70.95, 71.0, 71.05])
def test_a_gap_astride_the_bound_is_inconclusive(gap: float) -> None:
    assert judged(0, gap, gap + 60, gap + 120, until=gap + 180).state is State.INCONCLUSIVE


def test_faster_than_asked_passes_with_a_note() -> None:
    found = judged(0, 20, 40, 60, 120, 180, 239)
    assert found.state is State.PASS
    assert found.detail[0].startswith("3 gaps were shorter than half the rate")


def test_the_pages_of_one_poll_are_not_too_fast() -> None:
    assert judged(0, 0.2, 0.4, 60, 60.2, 120, 180, 239).detail == ()


def test_polling_at_exactly_the_rate_has_no_note() -> None:
    assert judged(0, 60, 120, 180, 240).detail == ()
