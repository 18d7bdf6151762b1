"""Schedules of the national procedures of Australia on the test server: long ones, scaled ones, ramps."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from conformance.roles.observed_client import Matcher, response_in
from conformance.roles.utility.der_control import DERControl
from conformance.roles.utility.der_program import DERProgram
from conformance.roles.utility.modes import Modes
from conformance.roles.utility.scenario import ALL_RESPONSES
from conformance.vocabulary.limits import Limits
from conformance.wire.exchange import Exchange

SITE_LIMITS = ("opModImpLimW", "opModExpLimW")
SCALED = ((0, 20_000), (2, 30), (1, 400))
"""Multiplier and value of three limits: 20 kW, 3 kW and 4 kW."""
STEP_W, STEPS = 1000, 10


def both_ways(value: int, multiplier: int = 0) -> Modes:
    """Return the same limit on import and export at the connection point."""
    return {mode: {"multiplier": multiplier, "value": value} for mode in SITE_LIMITS}


def minute_by_minute(program: DERProgram, limits: Limits) -> list[DERControl]:
    """Publish the controls of the long schedule, each of another limit, back to back."""
    modes = [both_ways(STEP_W * (1 + number % STEPS)) for number in range(limits.minute_controls.count)]
    return one_after_the_other(program, modes, limits.control_lead.duration, limits.minute_control.duration)


def scaled_limits(program: DERProgram, limits: Limits) -> list[DERControl]:
    """Publish three controls with limits of three multipliers, back to back."""
    modes = [both_ways(value, multiplier) for multiplier, value in SCALED]
    return one_after_the_other(program, modes, limits.control_lead.duration, limits.scaled_control.duration)


def one_after_the_other(
    program: DERProgram, modes: Sequence[Modes], lead: timedelta, length: timedelta
) -> list[DERControl]:
    """Publish controls of the same length, back to back, the first one after a lead."""
    return [
        program.add_control(
            chosen,
            starts_in=lead + number * length,
            duration=length,
            response_required=ALL_RESPONSES,
            description=f"control {number + 1}",
        )
        for number, chosen in enumerate(modes)
    ]


def tells_ramp(grad_w: int) -> Matcher:
    """Match a PUT of DERSettings that shows a ``setGradW``."""

    def matching(put: Exchange) -> bool:
        document = response_in(put)
        return document is not None and document.integer("setGradW") == grad_w

    return matching
