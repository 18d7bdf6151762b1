"""Linear motion: a power that ramps towards its target, and when it will have moved a given energy."""

from __future__ import annotations

import math
from dataclasses import dataclass

TINY = 1e-7
"""Seconds, watts or watt-seconds below this are nothing."""


@dataclass(slots=True)
class Motion:
    """A power on its way: its value now and its slope in watts per second."""

    power_w: float = 0.0
    slope: float = 0.0

    def keep(self, low_w: float, high_w: float) -> None:
        """Stay within physical bounds."""
        self.power_w = max(low_w, min(high_w, self.power_w))

    def towards(self, wanted_w: float, rate: float) -> float:
        """Set the slope for a target; return the seconds until it is reached."""
        gap = wanted_w - self.power_w
        if math.isinf(rate) or abs(gap) <= TINY * (1.0 + 2.0 * rate):
            self.power_w, self.slope = wanted_w, 0.0
            return math.inf
        self.slope = math.copysign(rate, gap)
        return abs(gap) / rate

    def passed(self, duration_s: float) -> float:
        """Let time pass; return the energy in watt-seconds."""
        energy = self.power_w * duration_s + 0.5 * self.slope * duration_s * duration_s
        self.power_w += self.slope * duration_s
        return energy


def snapped(value: float, low: float, high: float) -> float:
    """Keep a value within bounds, and put it on a bound it has all but reached."""
    near = 1e-6
    if abs(value - low) < near:
        return low
    return high if abs(value - high) < near else max(low, min(high, value))


def until_energy(power_w: float, slope: float, energy_ws: float) -> float:
    """Return the seconds until a linear power has delivered an energy; infinite if it never does."""
    if energy_ws <= 0:
        return math.inf
    if abs(slope) < TINY:
        return energy_ws / power_w if power_w > TINY else math.inf
    discriminant = power_w * power_w + 2.0 * slope * energy_ws
    if discriminant < 0:
        return math.inf
    roots = [(-power_w + sign * math.sqrt(discriminant)) / slope for sign in (1.0, -1.0)]
    return min((root for root in roots if root > TINY), default=math.inf)
