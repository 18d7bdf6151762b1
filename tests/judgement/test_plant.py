"""What the plant shows: in force, never in force, when it turned, and all that is not observed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from made_evidence import START, at, limit

from conformance.judgement.finding import State
from conformance.judgement.plant import (
    Change,
    Modes,
    Plant,
    Span,
    Value,
    became,
    gave_way,
    holds,
    in_force,
    never_in_force,
    took_effect,
)
from conformance.judgement.timing import Window
from conformance.vocabulary.verdict import Grade

SETTLING = limit(5)
HALF: Modes = {"opModMaxLimW": 5000}


@dataclass(frozen=True)
class Watched:
    """A plant with a script: pairs of seconds and what holds from then on."""

    script: tuple[tuple[float, Mapping[str, Value]], ...]
    until_s: float = 1000.0
    uncertainty_s: float = 0.0
    exact: bool = True
    hidden: tuple[str, ...] = ()

    @property
    def seen_until(self) -> datetime:
        return at(self.until_s)

    def shows(self, mode: str) -> bool:
        return mode not in self.hidden

    def changes(self) -> tuple[Change, ...]:
        return tuple(Change(at(second), modes) for second, modes in self.script)

    def in_force(self, at: datetime) -> Mapping[str, Value]:
        past = [change for change in self.changes() if change.at <= at]
        return past[-1].in_force if past else {}


@dataclass(frozen=True)
class Curve:
    path: str


def obeying(start: float = 100, end: float = 160) -> Watched:
    return Watched(((0, {}), (start, {"opModMaxLimW": 5000, "opModEnergize": True}), (end, {})))


def during(start: float = 100, end: float = 160) -> Span:
    return Span(at(start), at(end), "the control")


def state(plant: Plant | None, span: Span | None = None, uncertainty_s: float = 0.0) -> State:
    return in_force(plant, HALF, span or during(), SETTLING, uncertainty_s).state


def test_a_plant_that_obeys_passes_with_grade_w_s() -> None:
    judged = in_force(obeying(), HALF, during(), SETTLING, 0.0)
    assert (judged.state, judged.grade) == (State.PASS, Grade.WIRE_AND_SIMULATOR)


def test_without_observation_there_is_only_a_note_on_the_wire_grade() -> None:
    judged = in_force(None, HALF, during(), SETTLING, 0.0)
    assert (judged.state, judged.grade) == (State.NOTE, Grade.WIRE)
    assert "not observed" in judged.observed


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [(104, 156, State.PASS), (98, 170, State.PASS), (107, 160, State.FAIL), (100, 150, State.FAIL)],
)
def test_the_plant_may_settle_at_both_ends(start: float, end: float, expected: State) -> None:
    assert state(obeying(start, end)) is expected


def test_what_lies_within_the_uncertainty_is_inconclusive() -> None:
    assert state(obeying(107, 160), uncertainty_s=2.0) is State.INCONCLUSIVE
    assert state(obeying(117, 160), uncertainty_s=2.0) is State.FAIL


def test_a_short_lapse_in_the_middle_fails() -> None:
    lapse = Watched(((0, {}), (100, {"opModMaxLimW": 5000}), (130, {}), (131, {"opModMaxLimW": 5000})))
    assert state(lapse) is State.FAIL


def test_two_changes_at_one_instant_are_no_lapse() -> None:
    at_once = Watched(((0, {}), (100, {"opModMaxLimW": 5000}), (130, {}), (130, {"opModMaxLimW": 5000})))
    assert state(at_once) is State.PASS


def test_what_was_not_seen_from_start_to_end_is_inconclusive() -> None:
    assert state(Watched(((120, {"opModMaxLimW": 5000}),))) is State.INCONCLUSIVE
    assert state(Watched(obeying().script, until_s=140)) is State.INCONCLUSIVE
    assert state(obeying(), during(100, 108)) is State.INCONCLUSIVE


def test_a_superseded_control_that_ran_for_a_moment_is_found() -> None:
    assert never_in_force(obeying(120, 123), HALF, during(), 0.0).state is State.FAIL
    assert never_in_force(obeying(170, 180), HALF, during(), 0.0).state is State.PASS


@pytest.mark.parametrize(
    ("start", "expected"), [(101, State.PASS), (99, State.PASS), (95, State.FAIL), (130, State.FAIL)]
)
def test_the_start_of_the_effect_is_judged_against_a_window(start: float, expected: State) -> None:
    window = Window(at(100), "its start", -2, 5)
    assert took_effect(obeying(start), HALF, window, SETTLING, 0.0, after=at(10)).state is expected


def test_an_effect_that_never_comes_fails_and_one_that_may_still_come_is_inconclusive() -> None:
    window, idle = Window(at(100), "its start", -2, 5), ((0.0, {}),)
    assert took_effect(Watched(idle), HALF, window, SETTLING, 0.0, after=at(10)).state is State.FAIL
    assert (
        took_effect(Watched(idle, until_s=101), HALF, window, SETTLING, 0.0, after=at(10)).state is State.INCONCLUSIVE
    )
    assert took_effect(obeying(5), HALF, window, SETTLING, 0.0, after=at(10)).state is State.INCONCLUSIVE


def test_the_end_of_the_effect_is_judged_against_a_window() -> None:
    window = Window(at(120), "the cancellation was read", None, 5)
    assert gave_way(obeying(100, 122), HALF, window, SETTLING, 0.0, after=at(110)).state is State.PASS
    assert gave_way(obeying(100, 160), HALF, window, SETTLING, 0.0, after=at(110)).state is State.FAIL


def test_a_turn_is_found_after_an_instant_only() -> None:
    plant = Watched(((0, {}), (10, HALF_SEEN), (20, {}), (30, HALF_SEEN)))
    assert became(plant, HALF, at(0)) == at(10)
    assert became(plant, HALF, at(15)) == at(30)
    assert became(plant, HALF, at(40)) is None


HALF_SEEN: Mapping[str, Value] = {"opModMaxLimW": 5000}
FACTOR = {"displacement": 950, "excitation": False, "multiplier": -3}


@pytest.mark.parametrize(
    ("wanted", "seen", "same"),
    [
        (FACTOR, {"displacement": 0.95, "excitation": False}, True),
        (FACTOR, {"displacement": 95, "excitation": False, "multiplier": -2}, True),
        (FACTOR, {"displacement": 0.95, "excitation": True}, False),
        (FACTOR, {"displacement": 0.9, "excitation": False}, False),
        (FACTOR, 950, False),
        ({"value": 2, "multiplier": 3}, {"value": 2000}, True),
        ({"value": 3000, "refType": 2}, {"value": 3000}, True),
        ({"dBOF": 36, "kOF": 50}, {"dBOF": 36, "kOF": 51}, False),
        (5000, 5000.0, True),
        (5000, 5001, False),
        (True, False, False),
        (Curve("/c/1"), "/c/1", True),
        (Curve("/c/1"), "https://server:1/c/1", True),
        (Curve("/c/1"), "/c/2", False),
        (Curve("/c/1"), 5, False),
        ("/c/1", "/c/1", True),
    ],
)
def test_values_are_compared_by_their_meaning(wanted: Value | Curve, seen: Value, same: bool) -> None:
    assert holds({"mode": seen}, {"{urn:any}mode": wanted}) is same
    assert not holds({}, {"mode": wanted})


def test_other_modes_beside_those_asked_for_are_no_matter() -> None:
    assert holds({"opModMaxLimW": 5000, "opModEnergize": True}, HALF)
    assert START + timedelta(0) == at(0)


def behind_registers(limit: Value, hidden: tuple[str, ...] = ()) -> Watched:
    return Watched(((0, {}), (100, {"opModMaxLimW": limit}), (160, {})), exact=False, hidden=hidden)


@pytest.mark.parametrize(
    ("limit", "expected"),
    [(5000, State.PASS), (4990, State.PASS), (4000, State.INCONCLUSIVE), (6000, State.FAIL), (10000, State.FAIL)],
)
def test_registers_round_and_a_tighter_limit_in_them_proves_nothing(limit: Value, expected: State) -> None:
    assert state(behind_registers(limit)) is expected


def test_a_mode_that_no_register_shows_is_not_judged() -> None:
    plant = behind_registers(5000, hidden=("opModExpLimW",))
    both: Modes = {"opModMaxLimW": 5000, "opModExpLimW": {"value": 1000}}
    export: Modes = {"opModExpLimW": {"value": 1000}}
    assert in_force(plant, both, during(), SETTLING, 0.0).state is State.PASS
    assert in_force(plant, export, during(), SETTLING, 0.0).state is State.NOTE
    assert never_in_force(plant, both, during(), 0.0).state is State.NOTE
    window = Window(at(100), "its start", -2, 5)
    assert took_effect(plant, export, window, SETTLING, 0.0, after=at(10)).state is State.NOTE
