"""Delivery from a named start to a named stop, at the limit and astride it."""

from __future__ import annotations

import pytest
from made_evidence import at

from conformance.judgement.delivery import Instant, delivered, stop_of
from conformance.judgement.finding import LimitUsed, State
from conformance.vocabulary.verdict import Grade

FIFTEEN = LimitUsed("DERControl.actuation", 15.0, "s", "a handbook")
STARTS = {"created": at(0), "exposed": at(0), "received": at(20), "effective_start": at(30)}


@pytest.mark.parametrize(
    ("lag_s", "state"),
    [(14.9, State.PASS), (15.1, State.FAIL), (15.0, State.INCONCLUSIVE), (14.97, State.INCONCLUSIVE)],
)
def test_the_measured_value_counts_only_when_it_lies_wholly_on_one_side(lag_s: float, state: State) -> None:
    stop = Instant("the plant follows", at(30 + lag_s), grade=Grade.WIRE_AND_SIMULATOR)
    found = delivered(STARTS, "effective_start", stop, FIFTEEN, 0.05)
    assert found.state is state
    assert found.grade is Grade.WIRE_AND_SIMULATOR


def test_the_clock_starts_where_the_profile_says() -> None:
    stop = Instant("the plant follows", at(32))
    assert delivered(STARTS, "received", stop, FIFTEEN, 0.0).state is State.PASS
    assert delivered(STARTS, "created", stop, FIFTEEN, 0.0).state is State.FAIL


def test_what_never_stops_fails() -> None:
    found = delivered(STARTS, "exposed", Instant("the plant follows", None), FIFTEEN, 0.0)
    assert (found.state, found.observed) == (State.FAIL, "never")


def test_a_start_that_was_not_observed_decides_nothing() -> None:
    found = delivered(STARTS, "notified", Instant("the plant follows", at(1)), FIFTEEN, 0.0)
    assert (found.state, found.observed) == (State.INCONCLUSIVE, "its notification was not observed")


def test_the_plant_is_believed_before_the_client_even_if_it_never_moved() -> None:
    said, seen = Instant("it runs", at(1), 7), Instant("it runs", None, grade=Grade.WIRE_AND_SIMULATOR)
    assert stop_of([said, seen]) is seen


def test_a_stop_that_nobody_could_observe_decides_nothing() -> None:
    found = delivered(STARTS, "exposed", Instant("the power obeys", None, unseen="no meter"), FIFTEEN, 0.0, named=True)
    assert (found.state, found.observed) == (State.INCONCLUSIVE, "no meter")


def test_the_word_of_the_client_is_what_is_asked_for_where_the_profile_names_it() -> None:
    found = delivered(STARTS, "exposed", Instant("Response 1", at(3), 7), FIFTEEN, 0.0, named=True)
    assert (found.state, found.detail) == (State.PASS, ())


def test_the_word_of_the_client_alone_is_told_as_weaker() -> None:
    found = delivered(STARTS, "exposed", Instant("Response 2", at(3), 7), FIFTEEN, 0.0)
    assert (found.state, found.grade, found.exchanges) == (State.PASS, Grade.WIRE, (7,))
    assert "its plant was not observed" in found.detail[0]
