"""The event rules: what runs, what yields, and what is answered, instant by instant."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.reference.schedule import Ability, advance, effective_times, is_required, most, never
from conformance.reference.schedule_facts import (
    CurrentStatus,
    KnownControl,
    KnownDefault,
    KnownProgram,
    Participation,
    ResponseStatus,
)

PF, FIXED, LIMIT, VOLT_VAR = "opModFixedPFInjectW", "opModFixedW", "opModMaxLimW", "opModVoltVar"
MODES = frozenset({PF, FIXED, LIMIT, VOLT_VAR})
SOUND = Ability(MODES, never)


def control(
    mrid: str, start: int, duration: int, *modes: str, created: int = 0, status: int = 0, rs: int = 0, rd: int = 0
) -> KnownControl:
    return KnownControl(
        mrid,
        start,
        duration,
        dict.fromkeys(modes or (LIMIT,), 1),
        created,
        status,
        rs,
        rd,
        response_required=7,
    )


def program(mrid: str, primacy: int, *controls: KnownControl, default: Mapping[str, int] | None = None) -> KnownProgram:
    return KnownProgram(mrid, primacy, controls, KnownDefault(default) if default else None)


class Device:
    """Steps through time as a client does: at what it learns, and at each instant it was told."""

    def __init__(self, ability: Ability = SOUND) -> None:
        self.ability = ability
        self.past: Mapping[str, Participation] = {}
        self.programs: tuple[KnownProgram, ...] = ()
        self.now = 0.0
        self.told: list[tuple[float, str, int]] = []
        self.history: list[tuple[float, dict[str, str]]] = []

    def learn(self, *programs: KnownProgram) -> Device:
        self.programs = programs
        self._turn()
        return self

    def until(self, instant: float) -> Device:
        while (due := self.outcome.next_s) is not None and due <= instant:
            self.now = due
            self._turn()
        self.now = instant
        self._turn()
        return self

    def _turn(self) -> None:
        self.outcome = advance(self.programs, self.past, self.now, self.ability)
        self.past = self.outcome.participations
        self.told += [(owed.at_s, owed.control.mrid, int(owed.status)) for owed in self.outcome.owed]
        self.history.append((self.now, dict(self.outcome.by_control)))

    def answers(self, mrid: str) -> list[tuple[float, int]]:
        return [(at, status) for at, about, status in self.told if about == mrid]


def statuses(device: Device, mrid: str) -> list[int]:
    return [status for _, status in device.answers(mrid)]


def test_a_control_is_received_started_and_completed_each_at_its_moment() -> None:
    device = Device().learn(program("P", 1, control("A", 120, 60))).until(300)
    assert device.answers("A") == [(0, 1), (120, 2), (180, 3)]


def test_the_default_holds_before_and_after_a_control() -> None:
    device = Device().learn(program("P", 1, control("A", 120, 60), default={LIMIT: 50, PF: 9}))
    assert device.outcome.in_force == {LIMIT: 50, PF: 9}
    assert device.until(120).outcome.in_force == {LIMIT: 1, PF: 9}
    assert device.outcome.by_control == {LIMIT: "A"}
    assert device.until(180).outcome.in_force == {LIMIT: 50, PF: 9}


def test_the_best_programs_default_wins_mode_by_mode() -> None:
    device = Device().learn(program("B", 2, default={LIMIT: 20, PF: 2}), program("A", 1, default={LIMIT: 10}))
    assert device.outcome.in_force == {LIMIT: 10, PF: 2}


def test_programs_of_equal_primacy_rank_by_the_larger_mrid() -> None:
    device = Device().learn(program("0A", 1, default={LIMIT: 10}), program("0B", 1, default={LIMIT: 20}))
    assert device.outcome.in_force == {LIMIT: 20}


def test_known_ahead_the_worse_control_never_starts_even_if_it_would_begin_first() -> None:
    device = Device().learn(program("5", 10, control("A", 120, 120)), program("9", 4, control("B", 180, 60)))
    device.until(400)
    assert statuses(device, "A") == [1, 7]
    assert device.answers("A")[1][0] < 120
    assert device.answers("B") == [(0, 1), (180, 2), (240, 3)]


def test_a_superseded_control_is_not_taken_up_again() -> None:
    device = Device().learn(program("5", 10, control("A", 180, 120)), program("9", 4, control("B", 120, 120)))
    device.until(400)
    assert statuses(device, "A") == [1, 7]
    assert all("A" not in holders.values() for _, holders in device.history)


def test_a_running_control_yields_when_the_better_one_starts() -> None:
    worse = program("5", 10, control("A", 60, 240))
    device = Device().learn(worse).until(90).learn(worse, program("9", 4, control("B", 180, 60, created=90)))
    assert device.until(170).outcome.by_control == {LIMIT: "A"}
    device.until(400)
    assert device.answers("A") == [(0, 1), (60, 2), (180, 7)]
    assert device.answers("B") == [(90, 1), (180, 2), (240, 3)]


def test_independent_modes_run_side_by_side() -> None:
    device = Device().learn(program("5", 10, control("A", 120, 120, PF)), program("9", 4, control("B", 180, 60, FIXED)))
    assert device.until(200).outcome.by_control == {PF: "A", FIXED: "B"}
    device.until(400)
    assert statuses(device, "A") == statuses(device, "B") == [1, 2, 3]


def test_a_control_keeps_the_modes_that_nobody_contests() -> None:
    device = Device().learn(
        program("5", 10, control("A", 100, 100, LIMIT, VOLT_VAR)), program("9", 4, control("B", 100, 50, LIMIT))
    )
    assert device.until(120).outcome.by_control == {LIMIT: "B", VOLT_VAR: "A"}
    assert device.until(160).outcome.by_control == {VOLT_VAR: "A"}
    assert statuses(device.until(300), "A") == [1, 2, 3]


def test_of_three_with_one_start_only_the_best_runs() -> None:
    device = Device().learn(
        program("1", 1, control("A", 120, 60, LIMIT, VOLT_VAR)),
        program("2", 2, control("B", 120, 60, LIMIT)),
        program("3", 3, control("C", 120, 60, LIMIT, VOLT_VAR)),
    )
    device.until(300)
    assert (statuses(device, "A"), statuses(device, "B"), statuses(device, "C")) == ([1, 2, 3], [1, 7], [1, 7])


def test_a_loser_that_will_not_run_supersedes_nothing() -> None:
    device = Device().learn(
        program("A", 10, control("A", 0, 100)),
        program("B", 5, control("B", 50, 100)),
        program("C", 1, control("C", 120, 80)),
    )
    device.until(300)
    assert (statuses(device, "A"), statuses(device, "B"), statuses(device, "C")) == ([1, 2, 3], [1, 7], [1, 2, 3])


def test_at_equal_primacy_the_newer_control_wins() -> None:
    device = Device().learn(program("P", 1, control("A", 100, 60, created=10), control("B", 100, 60, created=20)))
    device.until(300)
    assert (statuses(device, "A"), statuses(device, "B")) == ([1, 7], [1, 2, 3])


def test_another_programs_supersession_may_be_answered_14_before_the_start() -> None:
    ability = replace(SOUND, superseded_unstarted=ResponseStatus.ABORTED_BY_OTHER_PROGRAM)
    device = Device(ability).learn(program("5", 10, control("A", 120, 60)), program("9", 4, control("B", 120, 60)))
    assert statuses(device, "A") == [1, 14]


@pytest.mark.parametrize(("when", "expected"), [(60, [1, 6]), (150, [1, 2, 6])])
def test_a_cancelled_control_ends_at_once_and_is_answered_6(when: int, expected: list[int]) -> None:
    device = Device().learn(program("P", 1, control("A", 120, 60))).until(when)
    device.learn(program("P", 1, control("A", 120, 60, status=CurrentStatus.CANCELLED)))
    assert device.outcome.in_force == {}
    device.until(300)
    assert statuses(device, "A") == expected


def test_cancellation_with_randomization_stays_within_the_larger_bound() -> None:
    ability = Ability(MODES, lambda _mrid, purpose: 0.5 if purpose == "cancel" else 0.0)
    device = Device(ability).learn(program("P", 1, control("A", 100, 600, rs=-20, rd=60))).until(200)
    device.learn(program("P", 1, control("A", 100, 600, rs=-20, rd=60, status=3)))
    assert device.outcome.by_control == {LIMIT: "A"}
    device.until(500)
    assert device.answers("A") == [(0, 1), (100, 2), (230, 6)]


def test_a_control_first_seen_as_cancelled_is_left_alone() -> None:
    device = Device().learn(program("P", 1, control("A", 120, 60, status=2))).until(300)
    assert device.told == []


def test_a_control_superseded_by_the_server_ends_and_is_answered_7() -> None:
    device = Device().learn(program("P", 1, control("A", 0, 600))).until(100)
    device.learn(program("P", 1, control("A", 0, 600, status=4)))
    assert device.answers("A") == [(0, 1), (0, 2), (100, 7)]


def test_a_control_that_vanishes_from_its_list_runs_on() -> None:
    device = Device().learn(program("P", 1, control("A", 100, 100))).until(120).learn(program("P", 1)).until(300)
    assert device.answers("A") == [(0, 1), (100, 2), (200, 3)]


def test_a_control_of_a_program_no_longer_assigned_is_dropped() -> None:
    device = Device().learn(program("P", 1, control("A", 100, 100), control("B", 300, 100))).until(120).learn()
    assert device.outcome.in_force == {}
    assert statuses(device.until(500), "A") == [1, 2, 14]
    assert statuses(device, "B") == [1]


def test_an_expired_control_is_answered_254_only() -> None:
    device = Device()
    device.now = 1000
    assert statuses(device.learn(program("P", 1, control("A", 100, 100))), "A") == [254]


def test_a_control_without_a_mode_of_the_device_is_answered_252() -> None:
    device = Device().learn(program("P", 1, control("A", 100, 100, "opModWattPF"))).until(300)
    assert statuses(device, "A") == [1, 252]


def test_a_late_control_starts_now_and_keeps_its_end() -> None:
    device = Device()
    device.now = 150
    device.learn(program("P", 1, control("A", 100, 100))).until(300)
    assert device.answers("A") == [(150, 1), (150, 2), (200, 3)]


def test_a_late_control_still_randomizes_its_start() -> None:
    ability = Ability(MODES, lambda _mrid, purpose: 0.5)
    assert effective_times(control("A", 100, 100, rs=-30, rd=10), 150, ability) == (165, 205)


@pytest.mark.parametrize(
    ("rs", "rd", "start", "end"), [(30, 0, 130, 190), (-30, 0, 70, 130), (0, 30, 100, 190), (0, -30, 100, 130)]
)
def test_randomization_moves_start_and_end_by_its_sign(rs: int, rd: int, start: float, end: float) -> None:
    moved = effective_times(control("A", 100, 60, rs=rs, rd=rd), 0, Ability(MODES, most))
    assert moved == pytest.approx((start, end))


@pytest.mark.parametrize("bound", [30, -30])
def test_back_to_back_controls_meet_whatever_the_randomization(bound: int) -> None:
    ability = Ability(MODES, lambda mrid, purpose: 0.5 if (mrid, purpose) == ("B", "start") else 0.0)
    device = Device(ability).learn(program("P", 1, control("A", 100, 60), control("B", 160, 60, rs=bound))).until(400)
    meeting = 160 + bound / 2
    assert device.answers("A") == [(0, 1), (100, 2), (meeting, 3)]
    assert device.answers("B")[1] == (meeting, 2)


@pytest.mark.parametrize(
    ("required", "status", "wanted"),
    [
        (0, ResponseStatus.RECEIVED, False),
        (1, ResponseStatus.RECEIVED, True),
        (1, ResponseStatus.STARTED, False),
        (2, ResponseStatus.COMPLETED, True),
        (4, ResponseStatus.CANCELLED, False),
    ],
)
def test_response_required_decides_which_responses_are_wanted(
    required: int, status: ResponseStatus, wanted: bool
) -> None:
    assert is_required(replace(control("A", 0, 1), response_required=required), status) is wanted


def rows(draw_controls: Iterable[tuple[int, int, int, int, int]]) -> tuple[KnownProgram, ...]:
    programs: dict[int, list[KnownControl]] = {}
    for index, (primacy, start, duration, rs, mode) in enumerate(draw_controls):
        modes = [name for bit, name in enumerate(sorted(MODES)) if mode >> bit & 1]
        programs.setdefault(primacy, []).append(control(f"{index:02X}", start, duration, *modes, rs=rs, created=index))
    return tuple(program(f"F{primacy}", primacy, *controls) for primacy, controls in programs.items())


@settings(max_examples=150, deadline=None)
@given(
    drawn=st.lists(
        st.tuples(
            st.integers(1, 3), st.integers(0, 300), st.integers(1, 200), st.integers(-40, 40), st.integers(1, 15)
        ),
        max_size=8,
    ),
    chance=st.floats(0, 0.999),
)
def test_whatever_comes_every_control_ends_and_answers_once(
    drawn: list[tuple[int, int, int, int, int]], chance: float
) -> None:
    device = Device(Ability(MODES, lambda _mrid, _purpose: chance)).learn(*rows(drawn)).until(2000)
    assert all(row.finished for row in device.past.values())
    for mrid in device.past:
        told = statuses(device, mrid)
        assert told in ([1, 2, 3], [1, 7], [1, 2, 7], [1, 254])
        times = [at for at, _ in device.answers(mrid)]
        assert times == sorted(times)
