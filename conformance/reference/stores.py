"""What holds energy at a site: a battery above its floor, or the battery of a vehicle."""

from __future__ import annotations

import math

from conformance.reference.motion import TINY, Motion, snapped, until_energy
from conformance.reference.telemetry import WATT_SECONDS_PER_WATT_HOUR


class Store:
    """An energy between a floor and a capacity, in watt-hours; a power out of it is positive.

    What begins below its floor is charged as it comes, and never discharged.
    """

    def __init__(self, stored_wh: float, capacity_wh: float, floor_wh: float = 0.0) -> None:
        self.stored_wh = stored_wh
        self.capacity_wh = capacity_wh
        self.floor_wh = floor_wh

    @property
    def charge_pct(self) -> float:
        """The state of charge in percent of the capacity."""
        return 100.0 * self.stored_wh / self.capacity_wh

    @property
    def has_room(self) -> bool:
        """True while it can be charged."""
        return self.stored_wh < self.capacity_wh - TINY

    @property
    def has_energy(self) -> bool:
        """True while it can be discharged."""
        return self.stored_wh > self.floor_wh + TINY

    def give(self, energy_ws: float) -> None:
        """Take an energy out of it; a negative one is put in."""
        left_wh = self.stored_wh - energy_ws / WATT_SECONDS_PER_WATT_HOUR
        self.stored_wh = snapped(left_wh, min(self.floor_wh, self.stored_wh), self.capacity_wh)

    def until_bound(self, out: Motion) -> float:
        """Return the seconds until a power out of it has emptied or filled it; infinite if it never does."""
        down_ws = (self.stored_wh - self.floor_wh) * WATT_SECONDS_PER_WATT_HOUR
        return min(until_energy(out.power_w, out.slope, down_ws), self.until_full(-out.power_w, -out.slope))

    def until_full(self, power_w: float, slope: float = 0.0) -> float:
        """Return the seconds until a power into it has filled it; infinite if it never does."""
        return until_energy(power_w, slope, (self.capacity_wh - self.stored_wh) * WATT_SECONDS_PER_WATT_HOUR)


NOTHING = Store(0.0, math.inf)
"""Stands in where there is neither battery nor vehicle: it is never charged, since nothing charges it."""
