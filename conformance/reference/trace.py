"""What the simulated site did, and when: the evidence that checks of grade W+S read."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from datetime import datetime

from conformance.reference.setpoints import Setpoints

POINTS_KEPT = 100_000


@dataclass(frozen=True, slots=True)
class TracePoint:
    """Set-points that took effect at ``at``; ``asked_at`` is earlier by the plant's response lag."""

    at: datetime
    asked_at: datetime
    setpoints: Setpoints


@dataclass(frozen=True, slots=True)
class PowerPoint:
    """The powers at a break point, linear up to the next one; signs as in :class:`Telemetry`."""

    at: datetime
    site_w: float
    der_w: float
    pv_w: float
    battery_w: float
    evse_w: float


class PowerTrace:
    """The last powers at break points; a jump shows as two at one instant, those before it and those after it."""

    def __init__(self) -> None:
        self._points: deque[PowerPoint] = deque(maxlen=POINTS_KEPT)

    @property
    def points(self) -> tuple[PowerPoint, ...]:
        """The powers, oldest first."""
        return tuple(self._points)

    def add(self, point: PowerPoint) -> None:
        """Add the powers at an instant."""
        past = self._points
        if past and past[-1] == point:
            return
        if len(past) > 1 and past[-1].at == past[-2].at == point.at:
            past.pop()
        past.append(point)
