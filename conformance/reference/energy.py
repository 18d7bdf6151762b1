"""The meters of a simulated site: running integrals over pieces, and what they show at an instant.

Within a piece every power is linear, and those of the site and of the DER keep their signs, so the integrals are exact.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from conformance.reference.plant import Grid
from conformance.reference.telemetry import Counters


@dataclass(frozen=True, slots=True)
class Piece:
    """Energies of a stretch of time, in watt-seconds; the DER's reactive power is fixed, or follows its power."""

    duration_s: float
    pv_ws: float
    battery_ws: float
    evse_ws: float
    load_ws: float
    load_vars: float
    fixed_var: float | None
    var_per_watt: float

    @property
    def der_ws(self) -> float:
        """What the DER injected."""
        return self.pv_ws + self.battery_ws

    @property
    def site_ws(self) -> float:
        """What the site imported."""
        return self.load_ws + self.evse_ws - self.der_ws

    @property
    def der_vars(self) -> float:
        """The DER's reactive energy."""
        return self.der_ws * self.var_per_watt if self.fixed_var is None else self.fixed_var * self.duration_s


def counted(before: Counters, at: datetime, piece: Piece, grid: Grid, frequency_hz: float) -> Counters:
    """Return the counters after one more piece, which ends at an instant."""
    volt_s = grid.nominal_v * piece.duration_s - grid.rise_v_per_w * piece.site_ws
    return Counters(
        at=at,
        elapsed_s=before.elapsed_s + piece.duration_s,
        imported_ws=before.imported_ws + max(0.0, piece.site_ws),
        exported_ws=before.exported_ws + max(0.0, -piece.site_ws),
        der_injected_ws=before.der_injected_ws + max(0.0, piece.der_ws),
        der_absorbed_ws=before.der_absorbed_ws + max(0.0, -piece.der_ws),
        pv_ws=before.pv_ws + piece.pv_ws,
        battery_ws=before.battery_ws + piece.battery_ws,
        evse_ws=before.evse_ws + piece.evse_ws,
        load_ws=before.load_ws + piece.load_ws,
        site_vars=before.site_vars + piece.load_vars - piece.der_vars,
        der_vars=before.der_vars + piece.der_vars,
        volt_s=before.volt_s + volt_s,
        hertz_s=before.hertz_s + frequency_hz * piece.duration_s,
    )
