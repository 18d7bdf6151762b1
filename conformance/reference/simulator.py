"""A site with PV, battery, EVSE and load behind one meter: deterministic, without I/O and without a clock.

:meth:`Site.advance` moves the site to an instant. Between two break points every power changes linearly, so
energies, ramps and the state of charge are exact. Every change of set-points leaves a :class:`TracePoint`; every
break point leaves a :class:`PowerPoint`, so that checks of grade W+S can read what the plant did, and when.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import datetime, timedelta

from conformance.reference.energy import Piece, counted
from conformance.reference.motion import TINY, Motion
from conformance.reference.plant import Battery, Equipment, Evse, Grid, Load, Pv
from conformance.reference.setpoints import Places, Room, Setpoints, dispatch, var_per_watt
from conformance.reference.stores import NOTHING, Store
from conformance.reference.telemetry import WATT_SECONDS_PER_WATT_HOUR, Counters, Telemetry
from conformance.reference.trace import PowerPoint, PowerTrace, TracePoint


class Site(Equipment):
    """The plant of one reference device.

    ``lag_s`` is how long the plant takes before it begins to follow new set-points. ``frequency_hz`` and ``blind``,
    the quantities for which it has no sensor (``Hz``), may be set by a scenario at any time. ``off`` are the DER that
    are switched off (``pv``, ``battery``); :meth:`switch` changes them. ``isolated`` are they all when their switch to
    the grid is open. ``listeners`` are told of set-points as they are asked for. ``haste`` is how much
    faster than asked the plant moves along its ramps: a flaw. ``places`` is where its limits hold, and ``charging``
    whether the battery charges while nothing else is asked of it.
    """

    def __init__(
        self,
        start: datetime,
        pv: Pv | None = None,
        battery: Battery | None = None,
        evse: Evse | None = None,
        load: Load | None = None,
        grid: Grid | None = None,
        lag_s: float = 0.0,
    ) -> None:
        self.start = start
        super().__init__(pv, battery, evse)
        self.load = load or Load()
        self.grid = grid or Grid()
        self.lag_s = lag_s
        self.frequency_hz = self.grid.frequency_hz
        self.blind: set[str] = set()
        self.off: frozenset[str] = frozenset()
        self.isolated = False
        self.haste = 1.0
        self.places = Places()
        self.charging = False
        self.listeners: list[Callable[[Setpoints], None]] = []
        self._t = 0.0
        self._asked = self._setpoints = Setpoints()
        self._ramp_until_s = 0.0
        self._pending: list[tuple[float, TracePoint]] = []
        self._trace: list[TracePoint] = [TracePoint(start, start, self._setpoints)]
        self._powers = PowerTrace()
        self._store = Store(battery.stored_wh, battery.capacity_wh, battery.floor_wh) if battery else NOTHING
        self._vehicle = Store(evse.stored_wh, evse.capacity_wh) if evse else NOTHING
        self._pv, self._battery, self._evse = Motion(), Motion(), Motion()
        self._counters = Counters(start)
        self._aim()
        self._pv.power_w, self._battery.power_w, self._evse.power_w = self._rest()
        self._aim()
        self._note(self.at)

    @property
    def at(self) -> datetime:
        """The instant the site has been advanced to."""
        return self.start + timedelta(seconds=self._t)

    @property
    def setpoints(self) -> Setpoints:
        """The set-points in effect."""
        return self._setpoints

    @property
    def trace(self) -> tuple[TracePoint, ...]:
        """Every set of set-points that took effect, oldest first."""
        return tuple(self._trace)

    @property
    def power_trace(self) -> tuple[PowerPoint, ...]:
        """The powers at every break point, oldest first; the last 100 000."""
        return self._powers.points

    @property
    def counters(self) -> Counters:
        """The meters' running integrals, for averages over a period."""
        return self._counters

    def switch(self, off: frozenset[str]) -> None:
        """Switch these DER off, and all others on, at the instant the site has been advanced to."""
        self.off = off
        self.rearranged()

    def rearranged(self) -> None:
        """Take up what was changed from outside, such as the load, at the instant the site has been advanced to."""
        self._turn()

    def ask(self, setpoints: Setpoints) -> None:
        """Give the plant new set-points now; they take effect after the response lag."""
        if setpoints == self._asked:
            return
        self._asked = setpoints
        for listener in self.listeners:
            listener(setpoints)
        due_s = self._t + self.lag_s
        point = TracePoint(self.start + timedelta(seconds=due_s), self.at, setpoints)
        self._pending.append((due_s, point))
        self._turn()

    def advance(self, to: datetime | timedelta) -> None:
        """Let time pass up to an instant, or for a duration. An instant in the past changes nothing."""
        end_s = self._t + to.total_seconds() if isinstance(to, timedelta) else (to - self.start).total_seconds()
        while end_s - self._t > TINY:
            reached_s = min(end_s, self._next_break())
            self._pass(reached_s - self._t)
            self._note(self.start + timedelta(seconds=reached_s))
            self._t = reached_s
            self._turn()

    def telemetry(self) -> Telemetry:
        """Return every value at this instant."""
        counters, voltage = self._counters, self._voltage()
        phases = self.evse.phases if self.evse else 0
        return Telemetry(
            at=self.at,
            site_w=self._site_w(),
            site_var=self._load_var() - self._der_var(),
            der_w=self._der_w(),
            der_var=self._der_var(),
            pv_w=self._pv.power_w,
            battery_w=self._battery.power_w,
            evse_w=self._evse.power_w,
            load_w=self._load_w(),
            voltages_v=(voltage,) * self.grid.phases,
            evse_voltages_v=(voltage,) * phases,
            evse_currents_a=tuple(self._evse.power_w / phases / voltage for _ in range(phases)),
            evse_phases_w=tuple(self._evse.power_w / phases for _ in range(phases)),
            frequency_hz=self.frequency_hz,
            imported_wh=counters.imported_ws / WATT_SECONDS_PER_WATT_HOUR,
            exported_wh=counters.exported_ws / WATT_SECONDS_PER_WATT_HOUR,
            state_of_charge_pct=self._store.charge_pct if self.battery else None,
            vehicle_charge_pct=self._vehicle.charge_pct if self.evse else None,
        )

    # What is going on at this instant

    def _load_w(self) -> float:
        return self.load.power_w.value(self._t)

    def _load_var(self) -> float:
        return self._load_w() * var_per_watt(self.load.power_factor)

    def _der_w(self) -> float:
        return self._pv.power_w + self._battery.power_w

    def _der_var(self) -> float:
        if self._setpoints.fixed_var is not None:
            return self._setpoints.fixed_var if self._setpoints.connected else 0.0
        return self._der_w() * self._der_var_per_watt()

    def _der_var_per_watt(self) -> float:
        factor = self._setpoints.power_factor
        if factor is None:
            return 0.0
        return var_per_watt(factor.displacement) * (-1.0 if factor.absorbing else 1.0)

    def _site_w(self) -> float:
        return self._load_w() + self._evse.power_w - self._der_w()

    def _voltage(self) -> float:
        return self.grid.nominal_v - self.grid.rise_v_per_w * self._site_w()

    def _room(self) -> Room:
        battery, evse, able = self.battery, self.evse, "battery" not in self.off
        hungry = evse is not None and evse.plugged.value(self._t) > 0 and self._vehicle.has_room
        charge_w = _least(self.rated_charge_w, self._setpoints.charge_limit_w)
        discharge_w = _least(self.rated_discharge_w, self._setpoints.discharge_limit_w)
        return Room(
            sun_w=self.pv.rated_w * self.pv.sun.value(self._t) if self.pv and "pv" not in self.off else 0.0,
            load_w=self._load_w(),
            vehicle_w=evse.max_w if evse and hungry else 0.0,
            charge_w=charge_w if able and self._store.has_room else 0.0,
            discharge_w=discharge_w if able and self._store.has_energy else 0.0,
            self_consumption=battery is not None and battery.self_consumption,
            charging=self.charging,
            places=self.places,
        )

    # How it moves on

    def _rest(self) -> tuple[float, float, float]:
        wanted = dispatch(self._setpoints, self._room())
        return wanted.pv_w, wanted.battery_w, wanted.evse_w

    def _turn(self) -> None:
        """Take up what is due and aim at the new targets."""
        while self._pending and self._pending[0][0] <= self._t + TINY:
            due_s, point = self._pending.pop(0)
            self._setpoints = point.setpoints
            self._ramp_until_s = due_s + (point.setpoints.ramp_s or 0.0)
            self._trace.append(point)
        self._aim()
        self._note(self.at)

    def _aim(self) -> None:
        room = self._room()
        wanted = dispatch(self._setpoints, room)
        connected = self._setpoints.connected
        self._pv.keep(0.0, room.sun_w)
        self._battery.keep(-room.charge_w if connected else 0.0, room.discharge_w if connected else 0.0)
        self._evse.keep(0.0, room.vehicle_w)
        pv_gap_w, battery_gap_w = abs(wanted.pv_w - self._pv.power_w), abs(wanted.battery_w - self._battery.power_w)
        share = self._rate(pv_gap_w + battery_gap_w) / max(pv_gap_w + battery_gap_w, TINY)
        self._arrivals = (
            self._pv.towards(wanted.pv_w, share * pv_gap_w if pv_gap_w else math.inf),
            self._battery.towards(wanted.battery_w, share * battery_gap_w if battery_gap_w else math.inf),
            self._evse.towards(wanted.evse_w, math.inf),
        )

    def _rate(self, gap_w: float) -> float:
        """Return how fast PV and battery together move over a gap, in watts per second; each takes its share of it."""
        left_s = self._ramp_until_s - self._t
        if left_s > TINY and self._setpoints.connected:
            return gap_w / left_s * self.haste
        if self._setpoints.grad_w <= 0 or not self._setpoints.connected:
            return math.inf
        return self._setpoints.grad_w / 10000.0 * self.rated_w * self.haste

    def _next_break(self) -> float:
        """Return the next instant at which a slope or a target may change."""
        courses = [self.load.power_w.next_change(self._t)]
        courses += [self.pv.sun.next_change(self._t)] if self.pv else []
        courses += [self.evse.plugged.next_change(self._t)] if self.evse else []
        waits = [*self._arrivals, self._store.until_bound(self._battery), *self._until_signs_change()]
        waits.append(self._vehicle.until_full(self._evse.power_w))
        pending = [due for due, _ in self._pending[:1]]
        soonest = min([*courses, *pending, self._t + min(waits)])
        return max(soonest, self._t + TINY)

    def _until_signs_change(self) -> tuple[float, float]:
        """Return the seconds until the power of the site, and that of the DER, pass zero."""
        slope = self._pv.slope + self._battery.slope
        return _until_zero(self._site_w(), -slope), _until_zero(self._der_w(), slope)

    def _pass(self, duration_s: float) -> None:
        """Integrate over a piece within which every power is linear and no sign changes."""
        load_ws, load_vars = self._load_w() * duration_s, self._load_var() * duration_s
        piece = Piece(
            duration_s,
            self._pv.passed(duration_s),
            self._battery.passed(duration_s),
            self._evse.passed(duration_s),
            load_ws,
            load_vars,
            self._setpoints.fixed_var if self._setpoints.connected else None,
            self._der_var_per_watt(),
        )
        if self.battery is not None:
            self._store.give(piece.battery_ws)
        if self.evse is not None:
            self._vehicle.give(-piece.evse_ws)
        at = self.start + timedelta(seconds=self._t + duration_s)
        self._counters = counted(self._counters, at, piece, self.grid, self.frequency_hz)

    def _note(self, at: datetime) -> None:
        site_w, der_w = self._site_w(), self._der_w()
        parts_w = self._pv.power_w, self._battery.power_w, self._evse.power_w
        self._powers.add(PowerPoint(at, site_w, der_w, *parts_w))


def _least(rated_w: float, limit_w: float | None) -> float:
    return rated_w if limit_w is None else min(rated_w, limit_w)


def _until_zero(power_w: float, slope: float) -> float:
    wait = -power_w / slope if slope else math.inf
    return wait if wait > TINY else math.inf
