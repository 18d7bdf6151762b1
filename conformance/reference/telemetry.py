"""What the meters of the simulated site show: instants, and exact averages between two instants.

Active power is integrated piece by piece, never sampled. The site meter counts import as positive, the DER meter
counts injection as positive.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

WATT_SECONDS_PER_WATT_HOUR = 3600.0


@dataclass(frozen=True, slots=True)
class Telemetry:
    """All values at one instant; states of charge in percent, ``None`` without battery or vehicle.

    The voltages, currents and powers of the EVSE are those of its phases, one or three.
    """

    at: datetime
    site_w: float
    site_var: float
    der_w: float
    der_var: float
    pv_w: float
    battery_w: float
    evse_w: float
    load_w: float
    voltages_v: tuple[float, ...]
    evse_voltages_v: tuple[float, ...]
    evse_currents_a: tuple[float, ...]
    evse_phases_w: tuple[float, ...]
    frequency_hz: float
    imported_wh: float
    exported_wh: float
    state_of_charge_pct: float | None
    vehicle_charge_pct: float | None


@dataclass(frozen=True, slots=True)
class Counters:
    """Running integrals since the simulation began, in watt-seconds, var-seconds and volt-seconds."""

    at: datetime
    elapsed_s: float = 0.0
    imported_ws: float = 0.0
    exported_ws: float = 0.0
    der_injected_ws: float = 0.0
    der_absorbed_ws: float = 0.0
    pv_ws: float = 0.0
    battery_ws: float = 0.0
    evse_ws: float = 0.0
    load_ws: float = 0.0
    site_vars: float = 0.0
    der_vars: float = 0.0
    volt_s: float = 0.0
    hertz_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Averages:
    """Means over a period, by integration."""

    start: datetime
    end: datetime
    site_w: float
    site_var: float
    der_w: float
    der_var: float
    evse_w: float
    load_w: float
    voltage_v: float
    frequency_hz: float
    evse_var: float = 0.0
    """A charging station draws no reactive power."""


def average(before: Counters, after: Counters) -> Averages | None:
    """Return the means between two states of the counters, or ``None`` when no time has passed."""
    elapsed = after.elapsed_s - before.elapsed_s
    if elapsed <= 0:
        return None
    imported = after.imported_ws - before.imported_ws
    exported = after.exported_ws - before.exported_ws
    return Averages(
        start=before.at,
        end=after.at,
        site_w=(imported - exported) / elapsed,
        site_var=(after.site_vars - before.site_vars) / elapsed,
        der_w=(after.pv_ws - before.pv_ws + after.battery_ws - before.battery_ws) / elapsed,
        der_var=(after.der_vars - before.der_vars) / elapsed,
        evse_w=(after.evse_ws - before.evse_ws) / elapsed,
        load_w=(after.load_ws - before.load_ws) / elapsed,
        voltage_v=(after.volt_s - before.volt_s) / elapsed,
        frequency_hz=(after.hertz_s - before.hertz_s) / elapsed,
    )
