"""Schedules of the CSIP test procedures: which programs hold which controls, when, and with what (CTP 1.3, chapter 6).

The tables are data for both roles: times are in printed minutes, which a limit turns into seconds, and set-points are
ours where the procedures leave them open. :func:`schedule` puts a table into a utility.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from conformance.roles.utility.der_control import DERControl
from conformance.roles.utility.der_curve import DERCurve
from conformance.roles.utility.der_program import Default, DERProgram
from conformance.roles.utility.function_set_assignments import FunctionSetAssignments
from conformance.roles.utility.modes import CURVE_TYPES, Modes, ModeValue, Structure
from conformance.roles.utility.scenario import ALL_RESPONSES
from conformance.roles.utility.utility import Utility


def power_factor(thousandths: int) -> Structure:
    """Return the value of opModFixedPFInjectW for a displacement, such as 950 for 0.95."""
    return {"displacement": thousandths, "excitation": False, "multiplier": -3}


@dataclass(frozen=True, slots=True, kw_only=True)
class CurveShape:
    """A curve as data; x in hundredths of a percent of the nominal voltage where multipliers are -2."""

    points: tuple[tuple[int, int], ...]
    x_multiplier: int = -2
    y_multiplier: int = -2
    y_ref_type: int = 0
    open_loop_tms: int | None = None

    def put(self, program: DERProgram, mode: str) -> DERCurve:
        """Add the curve to a program, of the type that a mode links to."""
        return program.add_curve(
            CURVE_TYPES[mode],
            self.points,
            x_multiplier=self.x_multiplier,
            y_multiplier=self.y_multiplier,
            y_ref_type=self.y_ref_type,
            open_loop_tms=self.open_loop_tms,
        )


PERCENT_OF_MAX_W, PERCENT_OF_MAX_VAR = 1, 2
"""``DERUnitRefType``: what the y values of a curve are a percentage of."""

VOLT_VAR_4 = CurveShape(
    points=((9200, 3000), (9670, 0), (10300, 0), (10700, -3000)), y_ref_type=PERCENT_OF_MAX_VAR, open_loop_tms=1000
)
VOLT_WATT_3 = CurveShape(
    points=((10000, 10000), (10600, 10000), (11000, 0)), y_ref_type=PERCENT_OF_MAX_W, open_loop_tms=1000
)
VOLT_VAR_10 = CurveShape(
    points=(
        (9000, 4400),
        (9200, 3000),
        (9400, 1700),
        (9670, 0),
        (10000, 0),
        (10300, 0),
        (10450, -1000),
        (10600, -2000),
        (10700, -3000),
        (11000, -4400),
    ),
    y_ref_type=PERCENT_OF_MAX_VAR,
    open_loop_tms=1000,
)
VOLT_WATT_10 = CurveShape(
    points=(
        (10000, 10000),
        (10200, 10000),
        (10400, 10000),
        (10500, 10000),
        (10550, 8750),
        (10600, 7500),
        (10650, 6250),
        (10700, 5000),
        (10800, 2500),
        (10900, 0),
    ),
    y_ref_type=PERCENT_OF_MAX_W,
    open_loop_tms=1000,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """One control of a schedule, in a program of its own. Times are in printed minutes from publication.

    ``curves`` are modes that link to a curve, beside the ``modes`` that act immediately.
    """

    name: str
    primacy: int
    starts_in: float
    lasts: float
    modes: Mapping[str, ModeValue] = field(default_factory=dict)
    curves: Mapping[str, CurveShape] = field(default_factory=dict)
    randomize_start: float = 0.0
    randomize_duration: float = 0.0


IDLE_MODES: Modes = {"opModMaxLimW": 9000, "opModFixedPFInjectW": power_factor(950)}
"""What the default of these schedules asks for."""

IMMEDIATE_AND_CURVE = (
    Planned(
        name="control",
        primacy=4,
        starts_in=3,
        lasts=2,
        modes={"opModFixedPFInjectW": power_factor(900)},
        curves={"opModVoltVar": VOLT_VAR_10},
    ),
)
"""CORE-012: one control with an immediate and a curve mode."""

TEN_PROGRAMS = tuple(
    Planned(
        name=f"control {number}",
        primacy=number,
        starts_in=number,
        lasts=0.5,
        modes={"opModFixedPFInjectW": power_factor(880 + 5 * number)},
    )
    for number in range(1, 11)
)
"""CORE-013: ten programs with a control each, one after the other."""

RANDOMIZED = (
    Planned(name="event 1", primacy=7, starts_in=3, lasts=2, modes={"opModFixedPFInjectW": power_factor(920)}),
    Planned(
        name="event 2",
        primacy=5,
        starts_in=6,
        lasts=1,
        curves={"opModVoltVar": VOLT_VAR_4},
        randomize_start=0.5,
        randomize_duration=0.5,
    ),
    Planned(
        name="event 3",
        primacy=3,
        starts_in=9,
        lasts=3,
        curves={"opModVoltWatt": VOLT_WATT_3},
        randomize_start=-0.5,
        randomize_duration=-0.5,
    ),
)
"""CORE-021: three events, two of them randomized (primacies as in a recorded campaign)."""

ANSWERED = (
    Planned(name="event 1", primacy=7, starts_in=3, lasts=2, modes={"opModFixedPFInjectW": power_factor(920)}),
    Planned(name="event 2", primacy=5, starts_in=6, lasts=1, curves={"opModVoltVar": VOLT_VAR_10}),
    Planned(name="event 3", primacy=3, starts_in=9, lasts=3, curves={"opModVoltWatt": VOLT_WATT_10}),
)
"""CORE-022: the same without randomization; the utility cancels event 1 while it runs."""

RIVALS = (
    Planned(
        name="control 1",
        primacy=4,
        starts_in=2,
        lasts=1,
        modes={"opModMaxLimW": 6000},
        curves={"opModVoltVar": VOLT_VAR_4},
    ),
    Planned(name="control 2", primacy=5, starts_in=2, lasts=1, modes={"opModMaxLimW": 5000}),
    Planned(
        name="control 3",
        primacy=6,
        starts_in=2,
        lasts=1,
        modes={"opModMaxLimW": 4000},
        curves={"opModVoltVar": VOLT_VAR_10},
    ),
)
"""CORE-023: three controls with one start. The print contradicts itself; the first must have the lowest primacy."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """A table put into a utility: the programs in the table's order; the best of them holds the default."""

    plan: tuple[Planned, ...]
    programs: tuple[DERProgram, ...]
    modes: tuple[Modes, ...]
    default: Default

    def publish(self, minute: timedelta, response_required: int | None = ALL_RESPONSES) -> tuple[DERControl, ...]:
        """Add the controls now, in the table's order; ``minute`` is how long a printed minute lasts."""
        rows = zip(self.plan, self.programs, self.modes, strict=True)
        return tuple(_publish(planned, program, modes, minute, response_required) for planned, program, modes in rows)


def schedule(
    utility: Utility, assignment: FunctionSetAssignments, plan: Sequence[Planned], default: Modes = IDLE_MODES
) -> Schedule:
    """Put the programs of a table with their curves into an assignment, and a default into the best of them."""
    programs = tuple(
        utility.add_program(assignment, primacy=planned.primacy, description=planned.name) for planned in plan
    )
    modes = tuple(_modes(planned, program) for planned, program in zip(plan, programs, strict=True))
    best = min(programs, key=lambda program: program.primacy)
    return Schedule(tuple(plan), programs, modes, best.set_default(default))


def _modes(planned: Planned, program: DERProgram) -> Modes:
    curves = {mode: shape.put(program, mode) for mode, shape in planned.curves.items()}
    return {**planned.modes, **curves}


def _publish(
    planned: Planned, program: DERProgram, modes: Modes, minute: timedelta, response_required: int | None
) -> DERControl:
    shift_s, stretch_s = (_whole_s(minute * part) for part in (planned.randomize_start, planned.randomize_duration))
    return program.add_control(
        modes,
        starts_in=minute * planned.starts_in,
        duration=minute * planned.lasts,
        response_required=response_required,
        randomize_start_s=shift_s or None,
        randomize_duration_s=stretch_s or None,
        description=planned.name,
    )


def _whole_s(duration: timedelta) -> int:
    return int(duration.total_seconds())
