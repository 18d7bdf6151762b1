"""A SunSpec device as checks of grade W+S see it: what its master's writes asked for, and when.

A master writes a set-point in several steps, such as the switch before the figure. What lasted for less than
``STEADY_S`` was such a step, so it is passed over; the last write gives the instant.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from conformance.judgement.plant import Change, Value
from conformance.judgement.power import PowerSample
from conformance.reference.observed_plant import SimulatedPlant
from conformance.reference.sunspec.device import Der
from conformance.vocabulary.clock import Clock

STEADY_S = 0.5


class SouthboundPlant:
    """The plant behind a gateway. The observation ends when it is closed."""

    uncertainty_s = 0.0
    exact = False

    def __init__(self, device: Der, clock: Clock) -> None:
        self.device = device
        self._clock = clock
        self._closed: datetime | None = None

    @property
    def seen_until(self) -> datetime:
        """Now, or the end of the observation."""
        return self._closed or self._clock.now()

    def shows(self, mode: str) -> bool:
        """Say whether the registers can stand for a mode."""
        return mode in self.device.shown

    def changes(self) -> tuple[Change, ...]:
        """Return every change that lasted."""
        return steady(self.device.changes(self.seen_until), timedelta(seconds=STEADY_S))

    def in_force(self, at: datetime) -> Mapping[str, Value]:
        """Return what the plant was asked for at an instant."""
        past = [change for change in self.changes() if change.at <= at]
        return past[-1].in_force if past else {}

    def powers(self) -> Sequence[PowerSample]:
        """Return the powers of the site: what the meter at the connection point sees, too."""
        self.device.settle(self.seen_until)
        return SimulatedPlant(self.device.site, self._clock).powers()

    def charges_pct(self) -> Mapping[str, float]:
        """Return how full the battery is now."""
        self.device.settle(self.seen_until)
        self.device.site.advance(self.seen_until)
        charge = self.device.site.telemetry().state_of_charge_pct
        return {} if charge is None else {"battery": charge}

    def close(self) -> None:
        """End the observation."""
        self._closed = self.seen_until


def steady(changes: Sequence[Change], shortest: timedelta) -> tuple[Change, ...]:
    """Leave out the changes that the next one followed sooner than ``shortest``; the first one always stays."""
    kept = [one for one, following in itertools.pairwise(changes) if following.at - one.at >= shortest]
    lasting = [*changes[:1], *(one for one in kept if one is not changes[0]), *changes[-1:]]
    return tuple(
        one for number, one in enumerate(lasting) if number == 0 or one.in_force != lasting[number - 1].in_force
    )
