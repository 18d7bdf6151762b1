"""The schedules of the CSIP test procedures as offers for a server under test: what to have made, and who wins.

The tables are those that the test server plays too: :mod:`conformance.catalogue.event_rules` and
:mod:`conformance.roles.utility.schedules`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta

from conformance.catalogue.event_rules import EVENTS, EventPlan, EventRule
from conformance.catalogue.fixtures import Fixtures, Topology
from conformance.catalogue.inverter_functions import Curve, InverterFunction, Modes
from conformance.catalogue.offers import ControlOffer, DefaultOffer, GroupOffer, ProgramOffer
from conformance.roles.held_control import HeldControl
from conformance.roles.utility.modes import CURVE_TYPES
from conformance.roles.utility.scenario import FIFTEEN
from conformance.roles.utility.schedules import Planned

IDLE: Modes = {"opModFixedPFInjectW": {"displacement": 950, "excitation": False, "multiplier": -3}}
"""What defaults hold where the procedures leave it open."""


def plain_default() -> DefaultOffer:
    """Return a default of the value that the procedures use by way of example."""
    return DefaultOffer(modes=IDLE)


def event_group(rule: EventRule, fixtures: Fixtures) -> GroupOffer:
    """Return the programs of BASIC-016 to BASIC-026 in one group, with the defaults that the rule gives them."""
    (group,) = fixtures[EVENTS].groups
    programs = [
        ProgramOffer(name=name, primacy=group.programs[name], default=DefaultOffer(modes=modes) if modes else None)
        for name, modes in rule.defaults.items()
    ]
    return GroupOffer(name=group.name, programs=programs)


def event_offer(plan: EventPlan, number: int, minute: timedelta, elapsed: timedelta = timedelta(0)) -> ControlOffer:
    """Return an event of a rule; ``elapsed`` is the time since the first event was published."""
    starts_in = timedelta(seconds=round((minute * plan.starts - elapsed).total_seconds()))
    return ControlOffer(
        name=f"{plan.program}{number}", modes=plan.modes, starts_in=starts_in, duration=minute * plan.lasts
    )


def planned_group(plan: Iterable[Planned]) -> GroupOffer:
    """Return a program for each row of a schedule, in one group; the best of them has a default."""
    rows = list(plan)
    best = min(rows, key=lambda row: row.primacy)
    programs = [
        ProgramOffer(name=f"P{row.name}"[:20], primacy=row.primacy, default=plain_default() if row is best else None)
        for row in rows
    ]
    return GroupOffer(name="Schedule", programs=programs)


def planned_offer(row: Planned, minute: timedelta, *, responses: bool = True) -> ControlOffer:
    """Return the control of a row."""
    curves = {
        mode: Curve(
            curve_type=CURVE_TYPES[mode],
            points=shape.points,
            x_multiplier=shape.x_multiplier,
            y_multiplier=shape.y_multiplier,
            y_ref_type=shape.y_ref_type,
            open_loop_tms=shape.open_loop_tms,
        )
        for mode, shape in row.curves.items()
    }
    shift_s, stretch_s = (
        int((minute * part).total_seconds()) for part in (row.randomize_start, row.randomize_duration)
    )
    return ControlOffer(
        name=row.name,
        modes={**_as_modes(row.modes), **curves},
        starts_in=minute * row.starts_in,
        duration=minute * row.lasts,
        responses=responses,
        randomize_start_s=shift_s or None,
        randomize_duration_s=stretch_s or None,
    )


def _as_modes(modes: Mapping[str, object]) -> Modes:
    return {name: value for name, value in modes.items() if isinstance(value, int | Mapping)}


def topology_groups(topology: Topology, service_point: DefaultOffer | None = None) -> tuple[GroupOffer, ...]:
    """Return the groups of a topology, with a default of the service point's program if one is given."""
    last = topology.levels[-1]
    return tuple(
        GroupOffer(
            name=group.name,
            programs=[
                ProgramOffer(name=node, primacy=primacy, default=service_point if node == last else None)
                for node, primacy in group.programs.items()
            ],
        )
        for group in topology.groups
    )


def fifteen_groups() -> tuple[GroupOffer, ...]:
    """Return CORE-011's fifteen groups: the first three have a program, the others no DERProgramListLink."""
    holders = [GroupOffer(name=f"G{n}", programs=[ProgramOffer(name=f"P{n}", primacy=n)]) for n in range(1, 4)]
    return (*holders, *(GroupOffer(name=f"G{n}", programs=None) for n in range(4, FIFTEEN + 1)))


def function_default(function: InverterFunction) -> DefaultOffer:
    """Return the default of BASIC-004 to BASIC-014."""
    return DefaultOffer(modes=function.default, settings=function.default_settings)


def outranked(held: HeldControl, others: Iterable[HeldControl]) -> HeldControl | None:
    """Return an event of a better program that overlaps in time and in modes: it is in force in the other's stead."""
    course = held.course
    better = (
        other
        for other in others
        if other.program.offer.primacy < held.program.offer.primacy
        and other.offer.modes.keys() & held.offer.modes.keys()
        and other.course.earliest_s < course.end_s
        and course.earliest_s < other.course.end_s
    )
    return next(better, None)
