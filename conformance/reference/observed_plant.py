"""The reference client's plant as checks of grade W+S see it: what its simulator's trace says it was asked for."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from datetime import datetime

from conformance.judgement.plant import Change, Value
from conformance.judgement.power import PowerSample
from conformance.reference.client_documents import apparent_va, reactive_var
from conformance.reference.client_reading import LIMITS, POWERS
from conformance.reference.setpoints import ModeValue, PowerFactor
from conformance.reference.simulator import Site
from conformance.vocabulary.clock import Clock


class SimulatedPlant:
    """A simulated site, exact to the instant."""

    uncertainty_s = 0.0
    exact = True

    def __init__(self, site: Site, clock: Clock) -> None:
        self._site = site
        self._clock = clock

    @property
    def seen_until(self) -> datetime:
        """Now: the simulation never stops."""
        return self._clock.now()

    def shows(self, mode: str) -> bool:
        """Say that every mode can be seen."""
        return True

    def changes(self) -> tuple[Change, ...]:
        """Return every set of set-points that took effect."""
        self._site.advance(self._clock.now())
        return tuple(Change(point.at, _on_the_wire(point.setpoints.modes)) for point in self._site.trace)

    def powers(self) -> tuple[PowerSample, ...]:
        """Return the powers at every break point, and now."""
        self._site.advance(self._clock.now())
        now = self._site.telemetry()
        past = tuple(
            PowerSample(it.at, it.site_w, it.der_w, it.evse_w + max(0.0, -it.battery_w), it.battery_w)
            for it in self._site.power_trace
        )
        managed_w = now.evse_w + max(0.0, -now.battery_w)
        return (*past, PowerSample(now.at, now.site_w, now.der_w, managed_w, now.battery_w))

    def charges_pct(self) -> dict[str, float]:
        """Return how full battery and vehicle are now."""
        self._site.advance(self._clock.now())
        now = self._site.telemetry()
        shown = {"battery": now.state_of_charge_pct, "vehicle": now.vehicle_charge_pct}
        return {name: pct for name, pct in shown.items() if pct is not None}

    def station_phases_w(self, start: datetime, end: datetime) -> tuple[float, ...]:
        """Return the mean power of each phase of the charging station over an interval; between points it is linear."""
        self._site.advance(self._clock.now())
        points = [(it.at, it.evse_w) for it in self._site.power_trace]
        points.append((self._site.at, self._site.telemetry().evse_w))
        phases = self._site.evse.phases if self._site.evse else 1
        return (mean(points, start, end) / phases,) * phases

    def ratings(self) -> dict[str, float]:
        """Return the ratings of all DER together."""
        site = self._site
        var = reactive_var(site)
        return {"W": site.rated_w, "VA": apparent_va(site), "var": var, "varNeg": -var}

    def in_force(self, at: datetime) -> Mapping[str, Value]:
        """Return what the plant was asked for at an instant."""
        past = [change for change in self.changes() if change.at <= at]
        return past[-1].in_force if past else {}


def mean(points: Sequence[tuple[datetime, float]], start: datetime, end: datetime) -> float:
    """Return the mean of a course that is linear between points, in order, over an interval."""
    area = 0.0
    for (since, before), (until, after) in itertools.pairwise(points):
        low, high, length = max(since, start), min(until, end), (until - since).total_seconds()
        if high <= low or not length:
            continue
        slope = (after - before) / length
        middle = low + (high - low) / 2
        area += (before + slope * (middle - since).total_seconds()) * (high - low).total_seconds()
    return area / max((end - start).total_seconds(), 1e-9)


def _on_the_wire(modes: Mapping[str, ModeValue]) -> dict[str, Value]:
    return {name: _value(name, value) for name, value in modes.items()}


def _value(name: str, value: ModeValue) -> Value:
    if isinstance(value, PowerFactor):
        return {"displacement": value.displacement, "excitation": value.absorbing}
    if name == "opModFreqDroop" and isinstance(value, str):
        members = (member.split("=") for member in value.split())
        return {member: int(number) for member, number in members}
    if name in (*POWERS, *LIMITS, "opModFixedVar") and not isinstance(value, str):
        return {"value": value}
    return value
