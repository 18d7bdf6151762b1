"""Scenarios with a name: what the CSIP test procedures set up again and again (F-REG, F-TOPO1 to 3, fifteen FSAs).

The tables are data; the functions put them into a :class:`~conformance.roles.utility.utility.Utility`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from conformance.roles.utility.der_control import DERControl
from conformance.roles.utility.der_program import DERProgram
from conformance.roles.utility.end_device import TEST_PIN, EndDevice
from conformance.roles.utility.function_set_assignments import FunctionSetAssignments
from conformance.roles.utility.modes import Modes
from conformance.roles.utility.registration import Registration
from conformance.roles.utility.utility import Utility

NEIGHBOURS = ("7A1D5E0C93B24F68A0C1D2E3F405162738495A6B", "C46B8F2075E94D1BB3A7968574635241302F1E0D")
"""LFDIs of two devices that are not the subject."""

TOPOLOGY_1: Mapping[str, int] = {
    "System": 10,
    "Subtransmission": 9,
    "Substation": 8,
    "Feeder": 7,
    "Segment": 6,
    "Transformer": 5,
    "Service point": 4,
}
"""The seven levels of CORE-010's figure with the primacy of the program at each."""

TOPOLOGY_2: Mapping[str, int] = {
    "A1": 10,
    "A1-B1": 9,
    "A1-B1-C1": 8,
    "A1-B1-C1-D1": 7,
    "A1-B1-C1-D1-E1": 6,
    "A1-B1-C1-D1-E1-F1": 5,
    "A1-B1-C1-D1-E1-F1-G1": 4,
}
"""The nodes of BASIC-002's figure from the system down to inverter A, with the primacy of the program at each."""

INVERTER_B = "A1-B1-C1-D1-E1-F1-G2"
"""The node of the figure's other inverter, which is not the subject's."""

GROUP_Z, GROUP_Z_PRIMACY = "Group-Z", 11
"""The program outside the topology in BASIC-003's figure; its primacy, the least of all, is ours."""

FIFTEEN = 15
"""How many assignments CORE-011 sets up, and how many a client must cope with (CSIP P27)."""

ALL_RESPONSES = 7
"""``responseRequired``: received, started and completed, user."""


def registered_last(
    utility: Utility,
    lfdi: str,
    *,
    pin: int = TEST_PIN,
    post_rate_s: int | None = None,
) -> EndDevice:
    """Set up F-REG: three EndDevices, the subject's with the oldest changedTime, so that it comes last.

    The subject sees all three. Only its own has a FunctionSetAssignmentsListLink.
    """
    now = utility.now()
    for age, neighbour in enumerate(NEIGHBOURS, start=1):
        changed_at = now - timedelta(hours=age)
        utility.register(neighbour, changed_at=changed_at, seen_by=(lfdi,), has_assignments=False)
    changed_at = now - timedelta(days=1)
    return utility.register(lfdi, pin=pin, changed_at=changed_at, post_rate_s=post_rate_s)


def registered_between(utility: Utility, lfdi: str, *, pin: int = TEST_PIN) -> EndDevice:
    """Set up the devices of BASIC-001: the subject's between two that it sees, which have assignments of their own."""
    now = utility.now()
    for neighbour, age in zip(NEIGHBOURS, (timedelta(hours=1), timedelta(days=1)), strict=True):
        other = utility.register(neighbour, changed_at=now - age, seen_by=(lfdi,))
        utility.add_program(other, primacy=1)
    return utility.register(lfdi, pin=pin, changed_at=now - timedelta(hours=2))


def topology_1(utility: Utility, device: EndDevice) -> Mapping[str, DERProgram]:
    """Set up F-TOPO1: one assignment with a program at each of seven levels. Returns the programs by level."""
    assignment = utility.assign(device, description="Topology")
    return {
        level: utility.add_program(assignment, primacy=primacy, description=level)
        for level, primacy in TOPOLOGY_1.items()
    }


def topology_2(utility: Utility, device: EndDevice) -> Mapping[str, DERProgram]:
    """Set up F-TOPO2: seven assignments with a program each. Returns the programs by node."""
    return {
        node: utility.add_program(utility.assign(device, description=node), primacy=primacy, description=node)
        for node, primacy in TOPOLOGY_2.items()
    }


def topology_3(utility: Utility, device: EndDevice, *, grouped: bool = False) -> Mapping[str, DERProgram]:
    """Set up F-TOPO3: F-TOPO2 and the program Group-Z. Returns the programs by node.

    ``grouped`` puts them into two assignments, topology and non-topology, as F-CTRL has them.
    """
    if grouped:
        topology = utility.assign(device, description="Topology")
        programs = {
            node: utility.add_program(topology, primacy=primacy, description=node)
            for node, primacy in TOPOLOGY_2.items()
        }
    else:
        programs = dict(topology_2(utility, device))
    outside = utility.assign(device, description="Non-topology")
    return programs | {GROUP_Z: utility.add_program(outside, primacy=GROUP_Z_PRIMACY, description=GROUP_Z)}


def swap_branch(
    utility: Utility, device: EndDevice, programs: Mapping[str, DERProgram], old: str, new: str
) -> Mapping[str, DERProgram]:
    """Replace a node of F-TOPO3 and all below it by another node with the same primacies, as BASIC-003 does.

    Returns the new programs by node.
    """
    gone = {node: program for node, program in programs.items() if node.startswith(old)}
    made = {
        node: utility.add_program(utility.assign(device, description=node), primacy=primacy, description=node)
        for node, primacy in ((new + node.removeprefix(old), program.primacy) for node, program in gone.items())
    }
    for program in gone.values():
        holding = [assignment for assignment in device.assignments if program in assignment.programs]
        utility.remove_program(program)
        for assignment in holding:
            utility.unassign(assignment)
    return made


def fifteen_assignments(utility: Utility, device: EndDevice) -> Mapping[str, DERProgram]:
    """Set up CORE-011: fifteen assignments, of which only the last but one and the last in list order have programs.

    A client that goes through them by mRID comes to the last but one: with three programs, ``best``, ``twin`` (of
    the same primacy, but a smaller mRID) and ``worse``. One that takes the programs of all together prefers ``best`` as
    well, since ``other`` in the last assignment has a larger primacy.
    """
    made = [utility.assign(device, description=f"Group {number}") for number in range(1, FIFTEEN + 1)]
    *bare, chosen, last = sorted(made, key=lambda assignment: int(assignment.mrid, 16), reverse=True)
    for assignment in bare:
        assignment.shows_programs = False
    twins = [utility.add_program(chosen, primacy=1) for _ in range(2)]
    twin, best = sorted(twins, key=lambda program: int(program.mrid, 16))
    worse, other = utility.add_program(chosen, primacy=2), utility.add_program(last, primacy=3)
    return {"best": best, "twin": twin, "worse": worse, "other": other}


@dataclass(frozen=True, slots=True)
class OneProgram:
    """A single program in a single assignment of the subject."""

    assignment: FunctionSetAssignments
    program: DERProgram


def one_program(utility: Utility, lfdi: str, *, primacy: int = 1, pin: int = TEST_PIN) -> OneProgram:
    """Offer the subject a single program: registered beforehand, or as soon as it registers itself."""
    known = utility.device(lfdi)
    if known is None and utility.registration is Registration.OUT_OF_BAND:
        known = utility.register(lfdi, pin=pin)
    assignment = utility.assign([known] if known else [], description="Topology")
    if known is None:
        utility.on_registration = lambda device: device.assignments.append(assignment)
    return OneProgram(assignment, utility.add_program(assignment, primacy=primacy, description="Service point"))


@dataclass(frozen=True, slots=True)
class OneControl:
    """A single program with a default and one control."""

    assignment: FunctionSetAssignments
    program: DERProgram
    control: DERControl


def one_control(
    utility: Utility,
    lfdi: str,
    modes: Modes,
    *,
    starts_in: timedelta,
    duration: timedelta,
    default: Modes | None = None,
    response_required: int | None = ALL_RESPONSES,
    pin: int = TEST_PIN,
) -> OneControl:
    """Offer the subject a single program with one control, and a default if ``default`` gives its modes."""
    offered = one_program(utility, lfdi, pin=pin)
    if default is not None:
        offered.program.set_default(default)
    control = offered.program.add_control(
        modes, starts_in=starts_in, duration=duration, response_required=response_required
    )
    return OneControl(offered.assignment, offered.program, control)
