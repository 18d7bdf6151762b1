"""What the registers of a SunSpec site show: identity, ratings and settings once, readings whenever a master looks."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from conformance.reference.simulator import Site
from conformance.reference.sunspec.registers import Place, RegisterMap
from conformance.reference.telemetry import WATT_SECONDS_PER_WATT_HOUR, Telemetry

Readings = Iterator[tuple[Place, float | str | None]]

SCALES: Mapping[Place, int] = {
    **{(703, name): -2 for name in ("V_SF", "Hz_SF")},
    **{(701, name): 0 for name in ("W_SF", "VA_SF", "Var_SF", "TotWh_SF", "TotVarh_SF")},
    **{(701, "A_SF"): -2, (701, "V_SF"): -1, (701, "Hz_SF"): -2, (701, "PF_SF"): -3, (701, "Tmp_SF"): -1},
    **{(702, name): 0 for name in ("W_SF", "VA_SF", "Var_SF", "S_SF")},
    **{(702, "PF_SF"): -3, (702, "V_SF"): -1, (702, "A_SF"): -2},
    **{(704, "PF_SF"): -3, (704, "WMaxLimPct_SF"): -2, (704, "WSet_SF"): 0, (704, "WSetPct_SF"): -2},
    **{(704, "VarSet_SF"): 0, (704, "VarSetPct_SF"): -2, (713, "WH_SF"): 0, (713, "Pct_SF"): -1},
    **{(103, "A_SF"): -2, (103, "V_SF"): -1, (103, "W_SF"): 0, (103, "Hz_SF"): -2, (103, "VA_SF"): 0},
    **{(103, "VAr_SF"): 0, (103, "PF_SF"): -1, (103, "WH_SF"): 0, (103, "Tmp_SF"): -1, (103, "DCW_SF"): 0},
    **{(120, f"{name}_SF"): 0 for name in ("WRtg", "VARtg", "VArRtg", "WHRtg", "MaxChaRte", "MaxDisChaRte")},
    **{(120, "ARtg_SF"): -1, (120, "PFRtg_SF"): -2},
    **{(121, f"{name}_SF"): 0 for name in ("WMax", "VRef", "VRefOfs", "VMinMax", "VAMax", "VArMax")},
    **{(122, "WAval_SF"): 0, (122, "VArAval_SF"): 0},
    **{(123, "WMaxLimPct_SF"): -2, (123, "OutPFSet_SF"): -3, (123, "VArPct_SF"): -2},
    **{(203, "A_SF"): -2, (203, "V_SF"): -1, (203, "Hz_SF"): -2, (203, "W_SF"): 0, (203, "VA_SF"): 0},
    **{(203, "VAR_SF"): 0, (203, "PF_SF"): -1, (203, "TotWh_SF"): 0},
}
"""The exponents of ten by which the registers count. Percentages have two decimals, as in IEEE 2030.5."""

PHASES = 3
RUNNING, STANDBY, OFF = 3, 7, 0
OLD_MPPT, OLD_STANDBY, OLD_OFF = 4, 8, 1
PV, PV_AND_STORAGE = 4, 82
"""``DERTyp`` of model 120, which has no number for storage alone."""
CONTROLS = 0b1111
"""``CtrlModes`` of model 702: limit and set-point of active power, reactive power, power factor."""
PERCENT = 100.0


def identity(registers: RegisterMap, name: str, unit: int) -> None:
    """Put what the device is into model 1."""
    shown: dict[str, float | str] = {
        "Mn": "csip-conformance",
        "Md": name,
        "Vr": "1",
        "SN": f"simulated-{unit}",
        "DA": unit,
    }
    for point, value in shown.items():
        registers.put((1, point), value)
    registers.put((1, "DA"), unit)


def ratings(registers: RegisterMap, site: Site) -> None:
    """Put ratings and the settings at the start, which are the ratings, and no set-point in force."""
    for place, value in (*_ratings(site), *_at_rest()):
        if place in registers:
            registers.put(place, value)


def _ratings(site: Site) -> Readings:
    rated_w, charge_w, discharge_w = site.rated_w, site.rated_charge_w, site.rated_discharge_w
    nominal_v = site.grid.nominal_v
    rated_a = rated_w / (nominal_v * PHASES)
    powers = {"WMax": rated_w, "VAMax": rated_w, "VarMaxInj": rated_w * 0.44, "VarMaxAbs": rated_w * 0.44}
    if site.battery is not None:
        powers |= {"WChaRteMax": charge_w, "WDisChaRteMax": discharge_w}
        powers |= {"VAChaRteMax": charge_w, "VADisChaRteMax": discharge_w}
    volts = {"VNom": nominal_v, "VMax": nominal_v * 1.1, "VMin": nominal_v * 0.88, "AMax": rated_a}
    for name, value in (powers | volts).items():
        yield (702, f"{name}Rtg"), value
        yield (702, name), value
    yield (702, "CtrlModes"), CONTROLS
    yield (120, "DERTyp"), PV if site.battery is None else PV_AND_STORAGE
    yield from (((120, name), rated_w) for name in ("WRtg", "VARtg"))
    yield from (((120, f"VArRtgQ{quadrant}"), rated_w * 0.44) for quadrant in range(1, 5))
    yield from (((120, f"PFRtgQ{quadrant}"), 0.9) for quadrant in range(1, 5))
    yield (120, "ARtg"), rated_a
    yield from (((121, name), rated_w) for name in ("WMax", "VAMax"))
    yield from (((121, name), value) for name, value in (("VRef", nominal_v), ("VRefOfs", 0)))
    if site.battery is not None:
        yield (120, "WHRtg"), site.battery.capacity_wh
        yield from (((120, "MaxChaRte"), charge_w), ((120, "MaxDisChaRte"), discharge_w))
        yield (713, "WHRtg"), site.battery.capacity_wh


def _at_rest() -> Readings:
    switches = ("PFWInjEna", "PFWAbsEna", "WMaxLimPctEna", "WSetEna", "VarSetEna")
    yield from (((704, name), 0) for switch in switches for name in (switch, f"{switch}Rvrt"))
    yield from (((704, switch.replace("Ena", "RvrtTms")), 0) for switch in switches)
    yield from (((704, name), PERCENT) for name in ("WMaxLimPct", "WMaxLimPctRvrt"))
    yield from (((704, name), 0) for name in ("WSetMod", "WSet", "WSetPct", "VarSetMod", "VarSet", "VarSetPct"))
    yield from (((704, f"{name}.PF"), 1.0) for name in ("PFWInj", "PFWAbs"))
    yield from (((704, f"{name}.Ext"), 0) for name in ("PFWInj", "PFWAbs"))
    yield from (((703, name), value) for name, value in (("ES", 1), ("ESDlyTms", 300), ("ESRndTms", 0)))
    yield from (((703, name), value) for name, value in (("ESVHi", 106.0), ("ESVLo", 91.7)))
    yield from (((123, name), value) for name, value in (("Conn", 1), ("WMaxLimPct", PERCENT), ("OutPFSet", 1.0)))
    yield from (((123, name), 0) for name in ("WMaxLim_Ena", "OutPFSet_Ena", "VArPct_Ena"))
    yield from (((123, f"{name}_RvrtTms"), 0) for name in ("Conn", "WMaxLimPct", "OutPFSet", "VArPct"))


def der_readings(registers: RegisterMap, site: Site) -> None:
    """Put the readings of the DER at the instant the site has been advanced to."""
    seen = site.telemetry()
    for place, value in (*_new_models(site, seen), *_old_models(site, seen), *_storage(site, seen)):
        if place in registers:
            registers.put(place, value)


def _new_models(site: Site, seen: Telemetry) -> Readings:
    apparent_va, volts = math.hypot(seen.der_w, seen.der_var), seen.voltages_v[0]
    connected = site.setpoints.connected
    counted = site.counters
    yield from (((701, "ACType"), 2), ((701, "St"), int(connected)), ((701, "ConnSt"), int(connected)))
    yield (701, "InvSt"), (RUNNING if seen.der_w else STANDBY) if connected else OFF
    yield from (((701, name), 0) for name in ("Alrm", "DERMode"))
    whole = {"W": seen.der_w, "VA": apparent_va, "Var": seen.der_var, "A": apparent_va / volts}
    for name, value in whole.items():
        yield (701, name), value
        yield from (((701, f"{name}L{phase}"), value / PHASES) for phase in range(1, PHASES + 1))
    factor = seen.der_w / apparent_va if apparent_va else 1.0
    yield from (((701, name), factor) for name in ("PF", "PFL1", "PFL2", "PFL3"))
    yield from (((701, name), volts) for name in ("LNV", "VL1", "VL2", "VL3"))
    yield from (((701, name), volts * math.sqrt(3)) for name in ("LLV", "VL1L2", "VL2L3", "VL3L1"))
    yield (701, "Hz"), seen.frequency_hz
    yield (701, "TotWhInj"), counted.der_injected_ws / WATT_SECONDS_PER_WATT_HOUR
    yield (701, "TotWhAbs"), counted.der_absorbed_ws / WATT_SECONDS_PER_WATT_HOUR


def _old_models(site: Site, seen: Telemetry) -> Readings:
    apparent_va, volts = math.hypot(seen.der_w, seen.der_var), seen.voltages_v[0]
    connected = site.setpoints.connected
    yield from (((103, name), apparent_va / volts / PHASES) for name in ("AphA", "AphB", "AphC"))
    yield from (((103, name), value) for name, value in (("A", apparent_va / volts), ("W", seen.der_w)))
    yield from (((103, name), volts) for name in ("PhVphA", "PhVphB", "PhVphC"))
    yield from (((103, name), value) for name, value in (("Hz", seen.frequency_hz), ("VA", apparent_va)))
    yield from (((103, "VAr"), seen.der_var), ((103, "DCW"), seen.der_w), ((103, "TmpCab"), 25.0))
    yield (103, "PF"), PERCENT * (seen.der_w / apparent_va if apparent_va else 1.0)
    yield (103, "WH"), site.counters.der_injected_ws / WATT_SECONDS_PER_WATT_HOUR
    yield (103, "St"), (OLD_MPPT if seen.der_w else OLD_STANDBY) if connected else OLD_OFF
    yield from (((103, name), 0) for name in ("Evt1", "Evt2"))
    state = 0b111 if connected else 0b001
    yield from (((122, "PVConn"), state if site.pv else 0), ((122, "StorConn"), state if site.battery else 0))
    yield from (((122, "ECPConn"), int(connected)), ((122, "WAval"), site.rated_w))


def _storage(site: Site, seen: Telemetry) -> Readings:
    if site.battery is not None and seen.state_of_charge_pct is not None:
        yield (713, "SoC"), seen.state_of_charge_pct
        yield (713, "WHAvail"), seen.state_of_charge_pct / PERCENT * site.battery.capacity_wh
        yield from (((713, "SoH"), PERCENT), ((713, "Sta"), 0))


def meter_readings(registers: RegisterMap, site: Site) -> None:
    """Put the readings of the site meter: import is positive."""
    seen = site.telemetry()
    apparent_va, volts = math.hypot(seen.site_w, seen.site_var), seen.voltages_v[0]
    sign = -1.0 if seen.site_w < 0 else 1.0
    for name, value in {"W": seen.site_w, "VA": apparent_va, "VAR": seen.site_var}.items():
        registers.put((203, name), value)
        for phase in "ABC":
            registers.put((203, f"{name}ph{phase}"), value / PHASES)
    for name in ("AphA", "AphB", "AphC"):
        registers.put((203, name), sign * apparent_va / volts / PHASES)
    for name in ("PhV", "PhVphA", "PhVphB", "PhVphC"):
        registers.put((203, name), volts)
    for name in ("PPV", "PhVphAB", "PhVphBC", "PhVphCA"):
        registers.put((203, name), volts * math.sqrt(3))
    for name in ("PF", "PFphA", "PFphB", "PFphC"):
        registers.put((203, name), PERCENT * (seen.site_w / apparent_va if apparent_va else 1.0))
    registers.put((203, "A"), sign * apparent_va / volts)
    registers.put((203, "Hz"), seen.frequency_hz)
    registers.put((203, "TotWhImp"), seen.imported_wh)
    registers.put((203, "TotWhExp"), seen.exported_wh)
    registers.put((203, "Evt"), 0)
