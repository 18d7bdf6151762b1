"""What the simulated site did, and when: the evidence that checks of grade W+S read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from conformance.reference.setpoints import Setpoints


@dataclass(frozen=True, slots=True)
class TracePoint:
    """Set-points that took effect at ``at``; ``asked_at`` is earlier by the plant's response lag."""

    at: datetime
    asked_at: datetime
    setpoints: Setpoints


@dataclass(frozen=True, slots=True)
class PowerPoint:
    """The powers just after a break point, linear up to the next one; signs as in :class:`Telemetry`."""

    at: datetime
    site_w: float
    der_w: float
    pv_w: float
    battery_w: float
    evse_w: float
