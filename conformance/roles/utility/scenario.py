"""Scenarios with a name: what the CSIP test procedures set up again and again.

F-REG, F-TOPO1 to 3 and F-CTRL are data of the profile; the functions put them into a
:class:`~conformance.roles.utility.utility.Utility`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
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

BRANCH = 4
"""How many levels BASIC-003 replaces, from the feeder down."""

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
    now, fixture = utility.now(), utility.fixtures.registered
    for neighbour, ago in zip(NEIGHBOURS, fixture.neighbours, strict=True):
        utility.register(neighbour, changed_at=now - ago, seen_by=(lfdi,), has_assignments=False)
    return utility.register(lfdi, pin=pin, changed_at=now - fixture.subject, post_rate_s=post_rate_s)


def registered_between(utility: Utility, lfdi: str, *, pin: int = TEST_PIN) -> EndDevice:
    """Set up the devices of BASIC-001: the subject's between two that it sees, which have assignments of their own."""
    now = utility.now()
    for neighbour, age in zip(NEIGHBOURS, (timedelta(hours=1), timedelta(days=1)), strict=True):
        other = utility.register(neighbour, changed_at=now - age, seen_by=(lfdi,))
        utility.add_program(other, primacy=1)
    return utility.register(lfdi, pin=pin, changed_at=now - timedelta(hours=2))


@dataclass(frozen=True, slots=True)
class Levels:
    """The programs of a topology from its top down to the service point, and those outside it."""

    programs: tuple[DERProgram, ...]
    outside: tuple[DERProgram, ...] = ()

    def __iter__(self) -> Iterator[DERProgram]:
        """Yield all programs, the least urgent of the topology first."""
        return iter((*self.programs, *self.outside))

    @property
    def top(self) -> DERProgram:
        """The program of the whole system, the least urgent level."""
        return self.programs[0]

    @property
    def transformer(self) -> DERProgram:
        """The program one level above the service point."""
        return self.programs[-2]

    @property
    def service_point(self) -> DERProgram:
        """The most urgent program."""
        return self.programs[-1]


def offer_topology(utility: Utility, device: EndDevice, name: str) -> Levels:
    """Set up a topology as the profile declares it, ``F-TOPO1`` to ``F-TOPO3`` or ``F-CTRL``."""
    inside: list[DERProgram] = []
    outside: list[DERProgram] = []
    for group in utility.fixtures[name].groups:
        assignment = utility.assign(device, description=group.name)
        for node, primacy in group.programs.items():
            program = utility.add_program(assignment, primacy=primacy, description=node)
            (outside if group.outside else inside).append(program)
    return Levels(tuple(inside), tuple(outside))


def swap_branch(utility: Utility, device: EndDevice, levels: Levels) -> Levels:
    """Replace the feeder of F-TOPO3 and all below it by others, as urgent by the fixture, as BASIC-003 does."""
    gone, topology = levels.programs[-BRANCH:], utility.fixtures["F-TOPO3"]
    made = []
    for node in topology.levels[-BRANCH:]:
        assignment = utility.assign(device, description=f"New {node}")
        made.append(utility.add_program(assignment, primacy=topology.programs[node], description=f"New {node}"))
    for program in gone:
        holding = [assignment for assignment in device.assignments if program in assignment.programs]
        utility.remove_program(program)
        for assignment in holding:
            utility.unassign(assignment)
    return Levels(tuple(made))


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
