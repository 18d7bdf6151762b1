"""Puts the values of an inverter function (BASIC-004 to BASIC-014) on offer: each curve is added to the program."""

from __future__ import annotations

from conformance.catalogue import inverter_functions
from conformance.roles.utility.der_curve import DERCurve
from conformance.roles.utility.der_program import DERProgram
from conformance.roles.utility.modes import Modes


def on_offer(program: DERProgram, modes: inverter_functions.Modes) -> Modes:
    """Return modes for a control or a default of a program; curves are published in it and linked to."""
    return {
        name: _published(program, value) if isinstance(value, inverter_functions.Curve) else value
        for name, value in modes.items()
    }


def _published(program: DERProgram, curve: inverter_functions.Curve) -> DERCurve:
    return program.add_curve(
        curve.curve_type,
        curve.points,
        x_multiplier=curve.x_multiplier,
        y_multiplier=curve.y_multiplier,
        y_ref_type=curve.y_ref_type,
        open_loop_tms=curve.open_loop_tms,
        autonomous_vref_enable=curve.autonomous_vref_enable,
        autonomous_vref_time_constant=curve.autonomous_vref_time_constant,
    )
