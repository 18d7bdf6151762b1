"""What a master's writes mean: set-points for the site, and modes of IEEE 2030.5 for checks.

Several modes end in one register: a limit in percent and one in watts are both ``WMaxLimPct``. So every mode that a
register can stand for is shown, with the figure that follows; a limit that is not set is shown at its loosest.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from conformance.judgement.plant import Value
from conformance.reference.setpoints import PowerFactor, Setpoints
from conformance.reference.sunspec.registers import Place, RegisterMap

ON = 1
PERCENT_OF_W, PERCENT_OF_VAR, PERCENT_AVAILABLE, PERCENT_OF_VA, VARS = range(5)
"""``VarSetMod`` of model 704: what a reactive set-point is given in."""
HUNDREDTHS = 100.0
FULL = 100.0

SHARED_POINTS: tuple[tuple[Place, Place], ...] = (
    ((123, "WMaxLimPct"), (704, "WMaxLimPct")),
    ((123, "WMaxLim_Ena"), (704, "WMaxLimPctEna")),
    ((121, "WMax"), (702, "WMax")),
    ((121, "VAMax"), (702, "VAMax")),
)
"""Points of both generations of models that are one thing in the device: who writes one of them has written both."""

SHOWN = frozenset(
    {
        "opModConnect",
        "opModEnergize",
        "opModFixedPFAbsorbW",
        "opModFixedPFInjectW",
        "opModFixedVar",
        "opModFixedW",
        "opModGenLimW",
        "opModMaxLimW",
        "opModTargetVar",
        "opModTargetW",
    }
)
"""The modes that these registers can stand for. Limits at the connection point, loads and curves are none of them."""
STORAGE_SHOWN = SHOWN | {"opModStorageTargetW"}
"""The same of a device that is nothing but storage: there the set-point is the storage's."""


@dataclass(frozen=True, slots=True)
class Commands:
    """What the registers ask for, in watts, vars and percent of the setting WMax; ``None`` where nothing is asked.

    ``absorbing`` of the factor is unknown where it was given by model 123, whose sign devices read differently.
    """

    connected: bool
    max_w: float
    limit_pct: float
    fixed_w: float | None
    fixed_var: float | None
    var_max: float
    inject: tuple[float, bool | None] | None
    absorb: tuple[float, bool | None] | None
    charge_w: float | None
    discharge_w: float | None
    ramp_pct_s: float | None

    @property
    def limit_w(self) -> float:
        """The most the device may inject."""
        return self.max_w * self.limit_pct / FULL


def commands(registers: RegisterMap) -> Commands:
    """Return what the registers of a DER ask for."""
    max_w = registers.get((702, "WMax")) or registers.get((121, "WMax")) or 0.0
    return Commands(
        connected=registers.get((703, "ES")) != 0 and registers.get((123, "Conn")) != 0,
        max_w=max_w,
        limit_pct=_limit(registers),
        fixed_w=_fixed_w(registers, max_w),
        fixed_var=_fixed_var(registers, max_w),
        var_max=registers.get((702, "VarMaxInj")) or max_w,
        inject=_factor(registers, "PFWInj") or _old_factor(registers),
        absorb=_factor(registers, "PFWAbs"),
        charge_w=registers.get((702, "WChaRteMax")),
        discharge_w=registers.get((702, "WDisChaRteMax")),
        ramp_pct_s=registers.get((704, "WRmp")),
    )


def setpoints_for(asked: Commands) -> Setpoints:
    """Return the set-points that move the site."""
    factor = None if asked.inject is None else PowerFactor(asked.inject[0], asked.inject[1] is not False)
    return Setpoints(
        energize=asked.connected,
        max_w=asked.limit_w,
        fixed_w=asked.fixed_w,
        power_factor=factor,
        fixed_var=asked.fixed_var,
        charge_limit_w=asked.charge_w,
        discharge_limit_w=asked.discharge_w,
        grad_w=round((asked.ramp_pct_s or 0.0) * HUNDREDTHS),
    )


def modes_for(asked: Commands, *, storage_only: bool) -> dict[str, Value]:
    """Return the modes that the registers stand for, as on the wire; powers without a multiplier."""
    found: dict[str, Value | None] = {
        "opModConnect": asked.connected,
        "opModEnergize": asked.connected,
        "opModMaxLimW": asked.limit_pct * HUNDREDTHS,
        "opModGenLimW": {"value": asked.limit_w},
        "opModFixedPFInjectW": _factor_value(asked.inject),
        "opModFixedPFAbsorbW": _factor_value(asked.absorb),
    }
    if asked.fixed_w is not None:
        found["opModFixedW"] = _share(asked.fixed_w, asked.max_w if asked.fixed_w >= 0 else asked.charge_w)
        found["opModTargetW"] = {"value": asked.fixed_w}
        found["opModStorageTargetW"] = {"value": asked.fixed_w} if storage_only else None
    if asked.fixed_var is not None:
        found["opModFixedVar"] = {"value": _share(asked.fixed_var, asked.var_max) or 0.0}
        found["opModTargetVar"] = {"value": asked.fixed_var}
    return {name: value for name, value in found.items() if value is not None}


def _limit(registers: RegisterMap) -> float:
    for switch, point in (((704, "WMaxLimPctEna"), (704, "WMaxLimPct")), ((123, "WMaxLim_Ena"), (123, "WMaxLimPct"))):
        if registers.get(switch) == ON:
            return registers.get(point) or 0.0
    return FULL


def _fixed_w(registers: RegisterMap, max_w: float) -> float | None:
    if registers.get((704, "WSetEna")) != ON:
        return None
    if registers.get((704, "WSetMod")) == ON:
        return registers.get((704, "WSet"))
    share = registers.get((704, "WSetPct"))
    return None if share is None else share / FULL * max_w


def _fixed_var(registers: RegisterMap, max_w: float) -> float | None:
    if registers.get((704, "VarSetEna")) != ON:
        return None
    mode = registers.get((704, "VarSetMod"))
    if mode == VARS:
        return registers.get((704, "VarSet"))
    whole = {
        PERCENT_OF_W: max_w,
        PERCENT_OF_VA: registers.get((702, "VAMax")),
    }.get(int(mode or 0), registers.get((702, "VarMaxInj")))
    share = registers.get((704, "VarSetPct"))
    return None if share is None or whole is None else share / FULL * whole


def _factor(registers: RegisterMap, name: str) -> tuple[float, bool | None] | None:
    factor = registers.get((704, f"{name}.PF"))
    if registers.get((704, f"{name}Ena")) != ON or factor is None:
        return None
    return factor, registers.get((704, f"{name}.Ext")) == ON


def _old_factor(registers: RegisterMap) -> tuple[float, bool | None] | None:
    factor = registers.get((123, "OutPFSet"))
    return None if registers.get((123, "OutPFSet_Ena")) != ON or factor is None else (abs(factor), None)


def _factor_value(factor: tuple[float, bool | None] | None) -> Mapping[str, float] | None:
    if factor is None:
        return None
    return {"displacement": factor[0]} | ({} if factor[1] is None else {"excitation": factor[1]})


def _share(part: float, whole: float | None) -> float | None:
    return part / whole * FULL * HUNDREDTHS if whole else None
