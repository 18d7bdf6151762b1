"""A site with PV, battery, EVSE and load behind one meter: deterministic, without I/O and without a clock.

:meth:`Site.advance` moves the site to an instant. Between two break points every power changes linearly, so
energies, ramps and the state of charge are exact. Every change of set-points leaves a :class:`TracePoint`; every
break point leaves a :class:`PowerPoint`, so that checks of grade W+S can read what the plant did, and when.
"""

from __future__ import annotations

import math
from collections import deque
from datetime import datetime, timedelta

from conformance.reference.motion import TINY, Motion, snapped, until_energy
from conformance.reference.plant import Battery, Evse, Grid, Load, Pv
from conformance.reference.setpoints import Room, Setpoints, dispatch, var_per_watt
from conformance.reference.telemetry import WATT_SECONDS_PER_WATT_HOUR, Counters, Telemetry
from conformance.reference.trace import PowerPoint, TracePoint

_POWER_POINTS_KEPT = 100_000


class Site:
    """The plant of one reference device.

    ``lag_s`` is how long the plant takes before it begins to follow new set-points. ``frequency_hz`` and
    ``alarms`` may be set by a scenario at any time.
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
        self.pv, self.battery, self.evse = pv, battery, evse
        self.load = load or Load()
        self.grid = grid or Grid()
        self.lag_s = lag_s
        self.frequency_hz = self.grid.frequency_hz
        self._t = 0.0
        self._asked = self._setpoints = Setpoints()
        self._pending: list[tuple[float, TracePoint]] = []
        self._trace: list[TracePoint] = [TracePoint(start, start, self._setpoints)]
        self._power_trace: deque[PowerPoint] = deque(maxlen=_POWER_POINTS_KEPT)
        self._stored_wh = battery.stored_wh if battery else 0.0
        self._vehicle_wh = evse.stored_wh if evse else 0.0
        self._pv, self._battery, self._evse = Motion(), Motion(), Motion()
        self._counters = Counters(start)
        self._aim()
        self._pv.power_w, self._battery.power_w, self._evse.power_w = self._rest()
        self._aim()
        self._note()

    @property
    def at(self) -> datetime:
        """The instant the site has been advanced to."""
        return self.start + timedelta(seconds=self._t)

    @property
    def rated_w(self) -> float:
        """The most the DER can inject: PV and battery together."""
        return (self.pv.rated_w if self.pv else 0.0) + (self.battery.max_discharge_w if self.battery else 0.0)

    @property
    def rated_charge_w(self) -> float:
        """The most the battery can absorb."""
        return self.battery.max_charge_w if self.battery else 0.0

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
        return tuple(self._power_trace)

    @property
    def counters(self) -> Counters:
        """The meters' running integrals, for averages over a period."""
        return self._counters

    def ask(self, setpoints: Setpoints) -> None:
        """Give the plant new set-points now; they take effect after the response lag."""
        if setpoints == self._asked:
            return
        self._asked = setpoints
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
            self._t = reached_s
            self._turn()

    def telemetry(self) -> Telemetry:
        """Return every value at this instant."""
        counters, site_w = self._counters, self._site_w()
        return Telemetry(
            at=self.at,
            site_w=site_w,
            site_var=self._load_var() - self._der_var(),
            der_w=self._der_w(),
            der_var=self._der_var(),
            pv_w=self._pv.power_w,
            battery_w=self._battery.power_w,
            evse_w=self._evse.power_w,
            load_w=self._load_w(),
            voltages_v=(self._voltage(),) * self.grid.phases,
            evse_voltages_v=(self._voltage(),) * (self.evse.phases if self.evse else 0),
            frequency_hz=self.frequency_hz,
            imported_wh=counters.imported_ws / WATT_SECONDS_PER_WATT_HOUR,
            exported_wh=counters.exported_ws / WATT_SECONDS_PER_WATT_HOUR,
            state_of_charge_pct=100.0 * self._stored_wh / self.battery.capacity_wh if self.battery else None,
            vehicle_charge_pct=100.0 * self._vehicle_wh / self.evse.capacity_wh if self.evse else None,
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
        battery, evse = self.battery, self.evse
        hungry = evse is not None and evse.plugged.value(self._t) > 0 and self._vehicle_wh < evse.capacity_wh - TINY
        return Room(
            sun_w=self.pv.rated_w * self.pv.sun.value(self._t) if self.pv else 0.0,
            load_w=self._load_w(),
            vehicle_w=evse.max_w if evse and hungry else 0.0,
            charge_w=battery.max_charge_w if battery and self._stored_wh < battery.capacity_wh - TINY else 0.0,
            discharge_w=battery.max_discharge_w if battery and self._stored_wh > battery.floor_wh + TINY else 0.0,
            self_consumption=battery is not None and battery.self_consumption,
        )

    # How it moves on

    def _rest(self) -> tuple[float, float, float]:
        wanted = dispatch(self._setpoints, self._room())
        return wanted.pv_w, wanted.battery_w, wanted.evse_w

    def _turn(self) -> None:
        """Take up what is due and aim at the new targets."""
        while self._pending and self._pending[0][0] <= self._t + TINY:
            _, point = self._pending.pop(0)
            self._setpoints = point.setpoints
            self._trace.append(point)
        self._aim()
        self._note()

    def _aim(self) -> None:
        room = self._room()
        wanted = dispatch(self._setpoints, room)
        connected = self._setpoints.connected
        self._arrivals = (
            self._pv.towards(wanted.pv_w, 0.0, room.sun_w, self._rate(self.pv.rated_w if self.pv else 0.0)),
            self._battery.towards(
                wanted.battery_w,
                -room.charge_w if connected else 0.0,
                room.discharge_w if connected else 0.0,
                self._rate(max(self.battery.max_charge_w, self.battery.max_discharge_w) if self.battery else 0.0),
            ),
            self._evse.towards(wanted.evse_w, 0.0, room.vehicle_w, math.inf),
        )

    def _rate(self, rated_w: float) -> float:
        if self._setpoints.grad_w <= 0 or not self._setpoints.connected or rated_w <= 0:
            return math.inf
        return self._setpoints.grad_w / 10000.0 * rated_w

    def _next_break(self) -> float:
        """Return the next instant at which a slope or a target may change."""
        courses = [self.load.power_w.next_change(self._t)]
        courses += [self.pv.sun.next_change(self._t)] if self.pv else []
        courses += [self.evse.plugged.next_change(self._t)] if self.evse else []
        waits = [*self._arrivals, self._until_battery_bound(), self._until_vehicle_full(), self._until_zero()]
        pending = [due for due, _ in self._pending[:1]]
        soonest = min([*courses, *pending, self._t + min(waits)])
        return max(soonest, self._t + TINY)

    def _until_battery_bound(self) -> float:
        if self.battery is None:
            return math.inf
        down_ws = (self._stored_wh - self.battery.floor_wh) * WATT_SECONDS_PER_WATT_HOUR
        up_ws = (self.battery.capacity_wh - self._stored_wh) * WATT_SECONDS_PER_WATT_HOUR
        power, slope = self._battery.power_w, self._battery.slope
        return min(until_energy(power, slope, down_ws), until_energy(-power, -slope, up_ws))

    def _until_vehicle_full(self) -> float:
        if self.evse is None:
            return math.inf
        room_ws = (self.evse.capacity_wh - self._vehicle_wh) * WATT_SECONDS_PER_WATT_HOUR
        return until_energy(self._evse.power_w, 0.0, room_ws)

    def _until_zero(self) -> float:
        slope = -(self._pv.slope + self._battery.slope)
        wait = -self._site_w() / slope if slope else math.inf
        return wait if wait > TINY else math.inf

    def _pass(self, duration_s: float) -> None:
        """Integrate over a piece within which every power is linear and the site's power keeps its sign."""
        load_ws, load_var = self._load_w() * duration_s, self._load_var()
        fixed_var = self._setpoints.fixed_var if self._setpoints.connected else None
        pv_ws, battery_ws = self._pv.passed(duration_s), self._battery.passed(duration_s)
        evse_ws = self._evse.passed(duration_s)
        site_ws = load_ws + evse_ws - pv_ws - battery_ws
        by_factor = (pv_ws + battery_ws) * self._der_var_per_watt()
        der_vars = by_factor if fixed_var is None else fixed_var * duration_s
        self._store(battery_ws, evse_ws)
        before = self._counters
        self._counters = Counters(
            at=self.start + timedelta(seconds=self._t + duration_s),
            elapsed_s=before.elapsed_s + duration_s,
            imported_ws=before.imported_ws + max(0.0, site_ws),
            exported_ws=before.exported_ws + max(0.0, -site_ws),
            pv_ws=before.pv_ws + pv_ws,
            battery_ws=before.battery_ws + battery_ws,
            evse_ws=before.evse_ws + evse_ws,
            load_ws=before.load_ws + load_ws,
            site_vars=before.site_vars + load_var * duration_s - der_vars,
            der_vars=before.der_vars + der_vars,
            volt_s=before.volt_s + self.grid.nominal_v * duration_s - self.grid.rise_v_per_w * site_ws,
            hertz_s=before.hertz_s + self.frequency_hz * duration_s,
        )

    def _store(self, battery_ws: float, evse_ws: float) -> None:
        if self.battery is not None:
            stored = self._stored_wh - battery_ws / WATT_SECONDS_PER_WATT_HOUR
            self._stored_wh = snapped(stored, min(self.battery.floor_wh, self._stored_wh), self.battery.capacity_wh)
        if self.evse is not None:
            stored = self._vehicle_wh + evse_ws / WATT_SECONDS_PER_WATT_HOUR
            self._vehicle_wh = snapped(stored, 0.0, self.evse.capacity_wh)

    def _note(self) -> None:
        point = PowerPoint(
            self.at, self._site_w(), self._der_w(), self._pv.power_w, self._battery.power_w, self._evse.power_w
        )
        if self._power_trace and self._power_trace[-1].at == point.at:
            self._power_trace.pop()
        self._power_trace.append(point)
