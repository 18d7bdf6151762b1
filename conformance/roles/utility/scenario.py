"""Scenarios with a name: what the CSIP test procedures set up again and again (F-REG, F-TOPO1, one control).

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

ALL_RESPONSES = 7
"""``responseRequired``: received, started and completed, user."""


def registered_last(utility: Utility, lfdi: str, *, pin: int = TEST_PIN, post_rate_s: int | None = None) -> EndDevice:
    """Set up F-REG: three EndDevices, the subject's with the oldest changedTime, so that it comes last.

    Only the subject's has a FunctionSetAssignmentsListLink; the subject sees all three.
    """
    now = utility.now()
    for age, neighbour in enumerate(NEIGHBOURS, start=1):
        changed_at = now - timedelta(hours=age)
        utility.register(neighbour, changed_at=changed_at, seen_by=(lfdi,), has_assignments=False)
    changed_at = now - timedelta(days=1)
    return utility.register(lfdi, pin=pin, changed_at=changed_at, post_rate_s=post_rate_s)


def topology_1(utility: Utility, device: EndDevice) -> Mapping[str, DERProgram]:
    """Set up F-TOPO1: one assignment with a program at each of seven levels. Returns the programs by level."""
    assignment = utility.assign(device, description="Topology")
    return {
        level: utility.add_program(assignment, primacy=primacy, description=level)
        for level, primacy in TOPOLOGY_1.items()
    }


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
