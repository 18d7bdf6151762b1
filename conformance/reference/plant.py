"""The equipment of a site and the courses of sun, load and vehicle: immutable descriptions without state.

Signs: generation and discharge are positive for :class:`Pv` and :class:`Battery`, consumption is positive for
:class:`Load` and :class:`Evse`. Courses are step functions of the seconds since the simulation began, so that
every energy can be integrated exactly.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol


class Course(Protocol):
    """A value that changes in steps."""

    def value(self, at_s: float) -> float:
        """Return the value from this instant on."""

    def next_change(self, after_s: float) -> float:
        """Return the first instant after the given one at which the value may change; infinite if never."""


@dataclass(frozen=True, slots=True)
class Constant:
    """The same value for ever."""

    level: float

    def value(self, at_s: float) -> float:
        """Return the level."""
        return self.level

    def next_change(self, after_s: float) -> float:
        """Return infinity."""
        return math.inf


@dataclass(frozen=True, slots=True)
class Steps:
    """Levels from given instants on: pairs of seconds and level, in order; the first holds before it, too."""

    steps: tuple[tuple[float, float], ...]

    def value(self, at_s: float) -> float:
        """Return the level of the last step that has begun."""
        return next((level for since, level in reversed(self.steps) if since <= at_s), self.steps[0][1])

    def next_change(self, after_s: float) -> float:
        """Return when the next step begins."""
        return next((since for since, _ in self.steps if since > after_s), math.inf)


@dataclass(frozen=True, slots=True)
class Pulses:
    """``high`` for ``on_s`` seconds, then ``low`` for ``off_s`` seconds, and again.

    Pulses shorter than a sampling period tell a meter that integrates from one that samples.
    """

    high: float
    low: float
    on_s: float
    off_s: float

    def value(self, at_s: float) -> float:
        """Return high within the first ``on_s`` seconds of each period."""
        _, phase = self._split(at_s)
        return self.high if phase < self.on_s else self.low

    def next_change(self, after_s: float) -> float:
        """Return the next edge."""
        period, phase = self._split(after_s)
        start = period * (self.on_s + self.off_s)
        return start + (self.on_s if phase < self.on_s else self.on_s + self.off_s)

    def _split(self, at_s: float) -> tuple[int, float]:
        length = self.on_s + self.off_s
        period = math.floor(at_s / length + 1e-9)
        return period, max(0.0, at_s - period * length)


@dataclass(frozen=True, slots=True)
class Pv:
    """A photovoltaic generator; ``sun`` is the share of the rating that the sun allows, 0 to 1."""

    rated_w: float = 5000.0
    sun: Course = Constant(0.8)


@dataclass(frozen=True, slots=True)
class Battery:
    """A battery without losses. ``floor_wh`` is the energy below which it is never discharged.

    With ``self_consumption`` it balances the site when no control says otherwise; else it rests.
    """

    capacity_wh: float = 10000.0
    stored_wh: float = 5000.0
    max_charge_w: float = 5000.0
    max_discharge_w: float = 5000.0
    floor_wh: float = 1000.0
    self_consumption: bool = False


@dataclass(frozen=True, slots=True)
class Evse:
    """A charging station on one or three phases with a vehicle; ``plugged`` is 1 while the vehicle is connected."""

    max_w: float = 7000.0
    phases: int = 3
    capacity_wh: float = 60000.0
    stored_wh: float = 30000.0
    plugged: Course = Constant(1.0)


@dataclass(frozen=True, slots=True)
class Load:
    """Everything at the site that cannot be controlled, and its power factor (inductive)."""

    power_w: Course = Constant(1000.0)
    power_factor: float = 1.0


@dataclass(frozen=True, slots=True)
class Grid:
    """The supply; the voltage (to neutral) rises with each watt exported."""

    nominal_v: float = 240.0
    rise_v_per_w: float = 0.0005
    frequency_hz: float = 60.0
    phases: int = 1


class Equipment:
    """What a site has beside its loads, and what that is rated for."""

    def __init__(self, pv: Pv | None, battery: Battery | None, evse: Evse | None) -> None:
        self.pv, self.battery, self.evse = pv, battery, evse

    @property
    def rated_w(self) -> float:
        """The most the DER can inject: PV and battery together."""
        return (self.pv.rated_w if self.pv else 0.0) + (self.battery.max_discharge_w if self.battery else 0.0)

    @property
    def rated_charge_w(self) -> float:
        """The most the battery can absorb."""
        return self.battery.max_charge_w if self.battery else 0.0

    @property
    def rated_discharge_w(self) -> float:
        """The most the battery can inject."""
        return self.battery.max_discharge_w if self.battery else 0.0

    @property
    def members(self) -> tuple[str, ...]:
        """The DER that can be switched on and off."""
        return tuple(name for name, there in (("pv", self.pv), ("battery", self.battery)) if there)
