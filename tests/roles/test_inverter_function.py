"""The values of BASIC-004 to BASIC-014 as a utility offers them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from conformance.catalogue.inverter_functions import INVERTER_FUNCTIONS
from conformance.roles.utility import Utility
from conformance.roles.utility.der_curve import DERCurve
from conformance.roles.utility.inverter_function import on_offer
from conformance.roles.utility.modes import CURVE_TYPES
from conformance.roles.utility.scenario import offer_topology, registered_between, registered_last, swap_branch
from conformance.vocabulary.clock import VirtualClock, VirtualTimeLoop
from conformance.wire.payload import write
from conformance.wire.schema import Edition, Validator

LFDI = "A1B2C3D4E5F60718293A4B5C6D7E8F9001122334"
VALIDATOR = Validator(Edition("2030.5-2018"))


@pytest.fixture
def utility() -> Utility:
    loop = VirtualTimeLoop()
    made = Utility(VirtualClock(datetime(2030, 1, 1, tzinfo=UTC), loop))
    loop.close()
    return made


@pytest.mark.parametrize("id", sorted(INVERTER_FUNCTIONS))
def test_every_function_is_offered_in_valid_documents(utility: Utility, id: str) -> None:
    values = INVERTER_FUNCTIONS[id]
    program = utility.add_program(utility.assign(utility.register(LFDI)), primacy=1)
    program.set_default(on_offer(program, values.default), **values.default_settings)  # type: ignore[arg-type]
    control = program.add_control(on_offer(program, values.test), duration=timedelta(minutes=1))
    documents = [control.write(), program._write_default(), *(curve.write() for curve in program.curves)]
    assert [VALIDATOR.validate(write(it)).problems for it in documents] == [()] * len(documents)


@pytest.mark.parametrize("id", sorted(INVERTER_FUNCTIONS))
def test_every_curve_has_the_type_of_its_mode(utility: Utility, id: str) -> None:
    values = INVERTER_FUNCTIONS[id]
    program = utility.add_program(utility.assign(utility.register(LFDI)), primacy=1)
    offered = [*on_offer(program, values.default).items(), *on_offer(program, values.test).items()]
    curves = [(name, value) for name, value in offered if isinstance(value, DERCurve)]
    assert [curve.curve_type for _, curve in curves] == [CURVE_TYPES[name] for name, _ in curves]
    assert len(program.curves) == len(curves)


def test_a_swapped_branch_keeps_its_primacies_and_the_old_one_is_gone(utility: Utility) -> None:
    device = registered_last(utility, LFDI)
    programs = offer_topology(utility, device, "F-TOPO3")
    feeder = programs.programs[3]
    made = swap_branch(utility, device, programs)
    nodes = ("A1-B1-C1-D1", "A1-B1-C1-D1-E1", "A1-B1-C1-D1-E1-F1", "A1-B1-C1-D1-E1-F1-G1")
    assert [(one.description, one.primacy) for one in made] == [
        (f"New {node}", primacy) for node, primacy in zip(nodes, (7, 6, 5, 4), strict=True)
    ]
    held = [assignment.description for assignment in device.assignments]
    assert held == ["A1", "A1-B1", "A1-B1-C1", "Non-topology", *(f"New {node}" for node in nodes)]
    assert feeder not in utility.programs


def test_neighbours_on_both_sides_have_assignments_of_their_own(utility: Utility) -> None:
    device = registered_between(utility, LFDI)
    others = [it for it in utility.devices if it is not device]
    by_change = sorted(utility.devices, key=lambda it: it.changed_at)
    assert by_change.index(device) == 1
    assert [len(it.assignments) for it in others] == [1, 1]
    assert all(it.has_assignments for it in others)
