"""What a device asks of its plant, and how the plant shares it among its parts.

:class:`Setpoints` is the sum of all controls in force; :func:`dispatch` turns it, with what sun, load, battery and
vehicle allow at the instant, into the powers that the parts move towards. Pure functions. Limits of the whole site
follow the definitions of CSIP-AUS (import, export, generation and load limits, storage target).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class PowerFactor:
    """A displacement power factor, 0 to 1; ``absorbing`` when the DER absorbs reactive power (under-excited)."""

    displacement: float
    absorbing: bool = True


ModeValue = bool | int | float | str | PowerFactor
"""The value of one mode: a number, a switch, a power factor, or the address of a curve."""


@dataclass(frozen=True, slots=True)
class Setpoints:
    """Everything controls and defaults ask for; ``None`` means no such wish. Injection and discharge are positive.

    ``grad_w`` is the ramp rate in hundredths of a percent of the rated power per second (``setGradW``); 0 means
    as fast as can be. ``ramp_s`` is the time that the change to these set-points shall take (``rampTms``), in place of
    that rate. ``curves`` names the curves in force, as pairs of mode and address. ``modes`` are all modes asked
    for by element name, also those that this plant has no part for: what an observer of its inputs would see.
    The charge and discharge limits are settings of the battery, which hold beside all other wishes.
    """

    energize: bool = True
    connect: bool = True
    max_w: float | None = None
    fixed_w: float | None = None
    storage_target_w: float | None = None
    import_limit_w: float | None = None
    export_limit_w: float | None = None
    generation_limit_w: float | None = None
    load_limit_w: float | None = None
    charge_limit_w: float | None = None
    discharge_limit_w: float | None = None
    power_factor: PowerFactor | None = None
    fixed_var: float | None = None
    grad_w: int = 10000
    ramp_s: float | None = None
    curves: tuple[tuple[str, str], ...] = ()
    modes: Mapping[str, ModeValue] = field(default_factory=dict)

    @property
    def connected(self) -> bool:
        """True when the DER may exchange power at all."""
        return self.energize and self.connect


@dataclass(frozen=True, slots=True)
class Places:
    """Which limits hold at the connection point, with all that the site draws beside what is under control."""

    export: bool = True
    imports: bool = True
    generation: bool = False
    load: bool = True


@dataclass(frozen=True, slots=True)
class Room:
    """What is possible at an instant, in watts, all positive; where limits hold; whether storage charges unasked."""

    sun_w: float = 0.0
    load_w: float = 0.0
    vehicle_w: float = 0.0
    charge_w: float = 0.0
    discharge_w: float = 0.0
    self_consumption: bool = False
    charging: bool = False
    places: Places = Places()


@dataclass(frozen=True, slots=True)
class Wanted:
    """The powers that the parts move towards: discharge and generation positive, EVSE positive when charging."""

    pv_w: float
    battery_w: float
    evse_w: float

    @property
    def der_w(self) -> float:
        """Injection of PV and battery."""
        return self.pv_w + self.battery_w


def dispatch(asked: Setpoints, room: Room) -> Wanted:
    """Share the set-points among PV, battery and EVSE; limits win over targets, curtailment meets PV first."""
    wanted, at = _unlimited(asked, room), room.places
    wanted = _within_load(wanted, room, asked.load_limit_w)
    wanted = _less_injection(wanted, wanted.der_w - _or_infinite(asked.max_w))
    for limit, outside in ((asked.generation_limit_w, at.generation), (asked.export_limit_w, at.export)):
        drawn_w = room.load_w + wanted.evse_w if outside else 0.0
        wanted = _less_injection(wanted, wanted.der_w - drawn_w - _or_infinite(limit))
    given_w = wanted.der_w - room.load_w if at.imports else min(0.0, wanted.battery_w)
    return _less_import(wanted, wanted.evse_w - given_w - _or_infinite(asked.import_limit_w))


def _or_infinite(limit: float | None) -> float:
    return math.inf if limit is None else limit


def _clamp(value: float, low: float, high: float) -> float:
    return max(low, min(high, value))


def _unlimited(asked: Setpoints, room: Room) -> Wanted:
    if not asked.connected:
        return Wanted(0.0, 0.0, room.vehicle_w)
    if asked.storage_target_w is not None:
        return Wanted(room.sun_w, _battery(asked.storage_target_w, room), room.vehicle_w)
    if asked.fixed_w is not None:
        pv_w = min(room.sun_w, max(0.0, asked.fixed_w))
        return Wanted(pv_w, _battery(asked.fixed_w - pv_w, room), room.vehicle_w)
    unasked = -room.charge_w if room.charging else 0.0
    balance = room.load_w + room.vehicle_w - room.sun_w if room.self_consumption else unasked
    return Wanted(room.sun_w, _battery(balance, room), room.vehicle_w)


def _battery(target_w: float, room: Room) -> float:
    return _clamp(target_w, -room.charge_w, room.discharge_w)


def _within_load(wanted: Wanted, room: Room, limit: float | None) -> Wanted:
    left = max(0.0, _or_infinite(limit) - (room.load_w if room.places.load else 0.0))
    evse_w = min(wanted.evse_w, left)
    return Wanted(wanted.pv_w, max(wanted.battery_w, evse_w - left), evse_w)


def _less_injection(wanted: Wanted, excess_w: float) -> Wanted:
    if excess_w <= 0:
        return wanted
    pv_w = max(0.0, wanted.pv_w - excess_w)
    left = excess_w - (wanted.pv_w - pv_w)
    battery_w = max(min(0.0, wanted.battery_w), wanted.battery_w - left)
    return Wanted(pv_w, battery_w, wanted.evse_w)


def _less_import(wanted: Wanted, excess_w: float) -> Wanted:
    if excess_w <= 0:
        return wanted
    battery_w = min(max(0.0, wanted.battery_w), wanted.battery_w + excess_w)
    left = excess_w - (battery_w - wanted.battery_w)
    return Wanted(wanted.pv_w, battery_w, max(0.0, wanted.evse_w - left))


def var_per_watt(power_factor: float) -> float:
    """Return the size of the reactive power that goes with a watt."""
    return math.tan(math.acos(max(0.01, min(1.0, power_factor))))
