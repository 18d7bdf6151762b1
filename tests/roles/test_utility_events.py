"""The state of an event over time, and how long it stays listed."""

from datetime import timedelta

import pytest

from conformance.roles.utility import CurrentStatus, DERProgram, Utility
from conformance.roles.utility.event_status import Rival, State, Timing, state_at, superseding
from conformance.roles.utility.scenario import one_control, one_program
from conformance.vocabulary.errors import UsageError
from tests.visitor import LFDI, START, START_S, HandClock, UtilityVisitor

MINUTE = timedelta(minutes=1)
LIMIT = {"opModMaxLimW": 5000}


def offered() -> tuple[HandClock, UtilityVisitor, DERProgram]:
    clock = HandClock()
    utility = Utility(clock)
    return clock, UtilityVisitor(utility), one_program(utility, LFDI).program


def shown(visitor: UtilityVisitor, program: DERProgram) -> list[tuple[int | None, int | None]]:
    """Status and its date, relative to the start, of each listed event."""
    states = [control.child("EventStatus") for control in visitor.get(f"{program.controls_path}?l=255").children()]
    return [(state.integer("currentStatus"), (state.integer("dateTime") or 0) - START_S) for state in states if state]


def test_an_event_is_scheduled_then_active_then_gone() -> None:
    clock, visitor, program = offered()
    program.add_control(LIMIT, starts_in=2 * MINUTE, duration=MINUTE)
    assert shown(visitor, program) == [(0, 0)]
    clock.forward(119)
    assert shown(visitor, program) == [(0, 0)]
    clock.forward(1)
    assert shown(visitor, program) == [(1, 120)]
    clock.forward(59)
    assert shown(visitor, program) == [(1, 120)]
    clock.forward(2)
    assert shown(visitor, program) == [(1, 120)], "a client that is a moment behind must not see it vanish"
    clock.forward(1)
    assert shown(visitor, program) == []


def test_an_event_that_begins_at_once_was_never_scheduled() -> None:
    clock, visitor, program = offered()
    clock.forward(5)
    program.add_control(LIMIT, start=START, duration=MINUTE)
    assert shown(visitor, program) == [(1, 5)]


def test_randomization_moves_the_active_state_forward_and_keeps_the_event_listed() -> None:
    clock, visitor, program = offered()
    program.add_control(LIMIT, starts_in=2 * MINUTE, duration=MINUTE, randomize_start_s=-30, randomize_duration_s=20)
    clock.forward(90)
    assert shown(visitor, program) == [(1, 90)]
    clock.forward(109)
    assert shown(visitor, program) == [(1, 90)]
    clock.forward(3)
    assert shown(visitor, program) == []


@pytest.mark.parametrize("after_s", [0, 130])
@pytest.mark.parametrize("randomized", [False, True])
def test_a_cancelled_event_stays_until_its_end(after_s: int, randomized: bool) -> None:
    clock, visitor, program = offered()
    control = program.add_control(LIMIT, starts_in=2 * MINUTE, duration=MINUTE)
    clock.forward(after_s)
    control.cancel(randomized=randomized)
    clock.forward(45)
    assert shown(visitor, program) == [(3 if randomized else 2, after_s)]
    clock.forward(180)
    assert shown(visitor, program) == []
    assert visitor.send("GET", control.path).status == 404


def test_the_first_ending_counts() -> None:
    clock, _, program = offered()
    control = program.add_control(LIMIT, duration=10 * MINUTE)
    control.cancel()
    clock.forward(10)
    control.supersede()
    assert control.state == State(CurrentStatus.CANCELLED, START_S)


def test_a_newer_event_with_the_same_controls_supersedes_at_its_start() -> None:
    clock, visitor, program = offered()
    program.add_control(LIMIT, duration=10 * MINUTE)
    clock.forward(60)
    program.add_control({"opModMaxLimW": 1000}, starts_in=2 * MINUTE, duration=MINUTE)
    assert shown(visitor, program) == [(1, 0), (0, 60)]
    older = visitor.get(f"{program.controls_path}?l=1").children()[0].child("EventStatus")
    assert older is not None
    assert older.boolean("potentiallySuperseded") is True
    assert older.integer("potentiallySupersededTime") == START_S + 60
    clock.forward(120)
    assert shown(visitor, program) == [(4, 180), (1, 180)]


def test_an_event_with_other_controls_supersedes_nothing() -> None:
    clock, visitor, program = offered()
    program.add_control(LIMIT, duration=10 * MINUTE)
    clock.forward(1)
    program.add_control({"opModFixedW": 5000}, duration=10 * MINUTE)
    assert shown(visitor, program) == [(1, 0), (1, 1)]


def test_a_rival_cancelled_before_its_start_takes_nothing_over() -> None:
    timing = Timing(created=0, start=0, duration_s=600)
    rival = Timing(created=10, start=100, duration_s=100)
    assert superseding(timing, [Rival(rival, cancelled_at=50)]) is None
    found = superseding(timing, [Rival(rival, cancelled_at=150)])
    assert state_at(200, timing, rival=found) == State(CurrentStatus.SUPERSEDED, 100)


def test_a_declared_superseding_shows_at_once() -> None:
    clock, visitor, program = offered()
    control = program.add_control(LIMIT, duration=10 * MINUTE)
    clock.forward(7)
    control.supersede()
    assert shown(visitor, program) == [(4, 7)]


def test_events_are_listed_by_start_then_newest_first() -> None:
    clock, visitor, program = offered()
    late = program.add_control(LIMIT, starts_in=9 * MINUTE, duration=MINUTE)
    older = program.add_control({"opModFixedW": 1}, start=START + 5 * MINUTE, duration=MINUTE)
    clock.forward(10)
    newer = program.add_control({"opModConnect": True}, start=START + 5 * MINUTE, duration=MINUTE)
    listed = [node.href for node in visitor.get(f"{program.controls_path}?l=9").children()]
    assert listed == [newer.path, older.path, late.path]


def test_an_event_that_vanishes_is_gone_at_once() -> None:
    _, visitor, program = offered()
    control = program.add_control(LIMIT, duration=MINUTE)
    program.remove(control)
    assert shown(visitor, program) == []
    assert visitor.send("GET", control.path).status == 404


def test_the_utility_may_live_ahead_of_its_clock() -> None:
    _clock, visitor, program = offered()
    program.add_control(LIMIT, starts_in=30 * MINUTE, duration=MINUTE)
    visitor.utility.ahead = timedelta(minutes=30)
    assert shown(visitor, program)[0][0] == 1
    assert visitor.follow("TimeLink").integer("currentTime") == START_S + 1800


def test_a_control_asks_for_responses_only_if_told_to() -> None:
    clock = HandClock()
    utility = Utility(clock)
    made = one_control(utility, LFDI, LIMIT, starts_in=2 * MINUTE, duration=MINUTE, default={"opModMaxLimW": 9000})
    silent = made.program.add_control({"opModFixedW": 1}, duration=MINUTE)
    visitor = UtilityVisitor(utility)
    asking = visitor.get(made.control.path)
    assert (asking.attribute("responseRequired"), asking.attribute("replyTo")) == ("07", made.control.reply_to)
    assert visitor.get(silent.path).attribute("replyTo") is None


@pytest.mark.parametrize(
    "modes",
    [
        {"opModMaxLimw": 1},
        {"opModVoltVar": 3},
        {"opModFixedPFInjectW": {"displacement": 950}},
        {"opModConnect": {"value": 1}},
    ],
)
def test_a_misspelt_mode_or_a_wrong_value_is_refused(modes: dict[str, int]) -> None:
    _, _, program = offered()
    with pytest.raises(UsageError, match="correct the scenario"):
        program.add_control(modes, duration=MINUTE)
    with pytest.raises(UsageError):
        program.set_default(modes)


def test_a_misspelt_setting_of_a_default_is_refused() -> None:
    _, _, program = offered()
    with pytest.raises(UsageError, match="setGradW"):
        program.set_default(setGradw=1)


def test_curves_structures_and_settings_are_written_validly() -> None:
    _, visitor, program = offered()
    curve = program.add_curve(
        11,
        [(9200, 3000), (9670, 0), (10300, 0), (10700, -3000)],
        x_multiplier=-2,
        y_multiplier=-2,
        y_ref_type=4,
        open_loop_tms=10,
        autonomous_vref_enable=False,
        autonomous_vref_time_constant=0,
        description="BASIC-006",
    )
    program.set_default({"opModVoltVar": curve}, setSoftGradW=200, setGradW=10000, setESHighVolt=110)
    program.add_control(
        {
            "rampTms": 100,
            "opModVoltVar": curve,
            "opModTargetW": {"value": 3000, "multiplier": 0},
            "opModFreqDroop": {"dBOF": 36, "dBUF": 36, "kOF": 50, "kUF": 50, "openLoopTms": 500},
            "opModFixedPFInjectW": {"displacement": 950, "excitation": False, "multiplier": -3},
            "opModFixedVar": {"refType": 3, "value": -20},
            "opModEnergize": True,
        },
        duration=MINUTE,
        category="00000010",
        description="all kinds",
    )
    everything = visitor.walk()
    assert everything[curve.path].text("curveType") == "11"
    assert len(everything[curve.path].children("CurveData")) == 4
    assert everything[program.default_path].text("setGradW") == "10000"


def test_modes_of_another_namespace_follow_the_standards_own() -> None:
    _, _visitor, program = offered()
    name = "{https://csipaus.org/ns}opModExpLimW"
    control = program.add_control({name: {"multiplier": 0, "value": 1500}, "opModConnect": True}, duration=MINUTE)
    base = next(node.tag for node in control.write().iter("{*}DERControlBase"))
    written = control.write().find(base)
    assert written is not None
    assert [child.tag for child in written] == ["{urn:ieee:std:2030.5:ns}opModConnect", name]


def test_more_than_ten_points_are_refused() -> None:
    _, _, program = offered()
    with pytest.raises(UsageError, match="1 to 10 points"):
        program.add_curve(11, [(x, 0) for x in range(11)])


def test_a_withdrawn_default_has_no_link() -> None:
    _, visitor, program = offered()
    program.set_default(LIMIT)
    assert visitor.get(program.path).link("DefaultDERControlLink") == program.default_path
    program.clear_default()
    assert visitor.get(program.path).link("DefaultDERControlLink") is None
    assert visitor.send("GET", program.default_path).status == 404
