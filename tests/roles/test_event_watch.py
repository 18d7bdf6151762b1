"""Which answers show a control, and what may be said of draws."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from conformance.judgement.finding import State
from conformance.roles.event_watch import drawn_by_chance, shows
from conformance.roles.utility import DERControl, Utility
from conformance.roles.utility.scenario import fifteen_assignments, offer_topology
from conformance.roles.utility.schedules import RANDOMIZED, TEN_PROGRAMS, schedule
from conformance.vocabulary.clock import VirtualClock, VirtualTimeLoop
from conformance.vocabulary.limits import Limit
from conformance.wire.exchange import Exchange, Moment, Side

START = datetime(2030, 1, 1, tzinfo=UTC)
LFDI = "A1B2C3D4E5F60718293A4B5C6D7E8F9001122334"
CHANCE = Limit("randomization_chance", 0.0001, "1", "ours")


@pytest.fixture
def utility() -> Utility:
    loop = VirtualTimeLoop()
    made = Utility(VirtualClock(START, loop))
    loop.close()
    return made


def exchange_with(body: bytes) -> Exchange:
    now = Moment(START, 0.0)
    return Exchange(1, "c", 1, Side.SERVER, "GET", "/x", b"", (), b"", now, now, status=200, response_body=body)


def control_of(utility: Utility) -> DERControl:
    offered = schedule(utility, utility.assign(utility.register(LFDI)), TEN_PROGRAMS)
    return offered.publish(timedelta(minutes=1))[0]


def listed(control: DERControl, status: int) -> bytes:
    return (
        '<DERControlList xmlns="urn:ieee:std:2030.5:ns"><DERControl><mRID>'
        f"{control.mrid.lower()}</mRID><EventStatus><currentStatus>{status}</currentStatus></EventStatus>"
        "</DERControl></DERControlList>"
    ).encode()


def test_a_list_shows_a_control_in_whatever_casing_and_its_status(utility: Utility) -> None:
    control = control_of(utility)
    assert shows(control)(exchange_with(listed(control, 1)))
    assert shows(control, 1)(exchange_with(listed(control, 1)))
    assert not shows(control, 2)(exchange_with(listed(control, 1)))
    assert not shows(control)(exchange_with(b"<DERControlList/>"))
    assert not shows(control)(exchange_with(b""))


@pytest.mark.parametrize(
    ("offsets", "state"),
    [
        ([0, 0, 0, 0], State.FAIL),
        ([30, 30, -30, -30], State.FAIL),
        ([31, 29, -30, -32], State.FAIL),
        ([30, 30, -30, -18], State.PASS),
        ([0, 30, 0, -30], State.PASS),
        ([30], State.PASS),
        ([17, 3, -24, -9], State.PASS),
        ([0, 0, -8, 0], State.PASS),
        ([], State.PASS),
    ],
)
def test_only_improbable_draws_suggest_that_nothing_is_drawn(offsets: list[float], state: State) -> None:
    bounds = [30, 30, -30, -30][: len(offsets)]
    assert drawn_by_chance(offsets, bounds, CHANCE).state is state


def test_the_best_program_of_a_schedule_holds_the_default(utility: Utility) -> None:
    offered = schedule(utility, utility.assign(utility.register(LFDI)), RANDOMIZED)
    with_default = [program for program in offered.programs if program.default]
    assert [program.primacy for program in with_default] == [3]
    second = offered.publish(timedelta(minutes=1))[1]
    assert (second.randomize_start_s, second.randomize_duration_s) == (30, 30)
    assert second.start == START + timedelta(minutes=6)


def test_topologies_have_a_program_for_each_node(utility: Utility) -> None:
    device = utility.register(LFDI)
    assert len([*offer_topology(utility, device, "F-TOPO2")]) == len(device.assignments) == 7
    other = utility.register(LFDI[::-1])
    assert len([*offer_topology(utility, other, "F-CTRL")]) == 8
    assert [len(group.programs) for group in other.assignments] == [7, 1]


def test_of_fifteen_assignments_the_last_two_have_programs(utility: Utility) -> None:
    device = utility.register(LFDI)
    programs = fifteen_assignments(utility, device)
    ordered = sorted(device.assignments, key=lambda group: int(group.mrid, 16), reverse=True)
    assert [group.shows_programs for group in ordered] == [False] * 13 + [True] * 2
    assert int(programs["best"].mrid, 16) > int(programs["twin"].mrid, 16)
    assert programs["best"].primacy == min(program.primacy for program in programs.values())
