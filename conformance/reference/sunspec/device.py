"""One SunSpec device of a simulated site: a unit with registers, which a master reads and writes.

Everything happens at an instant that the caller gives, so the device needs no clock of its own. Each write is recorded:
the southbound evidence.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from conformance.judgement.plant import Change, Value
from conformance.reference.simulator import Site
from conformance.reference.sunspec import readings
from conformance.reference.sunspec.commands import (
    SHARED_POINTS,
    SHOWN,
    STORAGE_SHOWN,
    commands,
    modes_for,
    setpoints_for,
)
from conformance.reference.sunspec.models import DER_MODELS, METER_MODELS
from conformance.reference.sunspec.registers import IllegalAddress, Place, PointWrite, RegisterMap
from conformance.reference.sunspec.reversion import Reversions

DER_UNIT, METER_UNIT = 1, 240


@dataclass(frozen=True, slots=True)
class RegisterWrite:
    """A point that a master wrote: when, at which unit and address, its registers before and after."""

    at: datetime
    unit: int
    write: PointWrite

    @property
    def told(self) -> str:
        """The write in words, such as ``704.WMaxLimPct 10000 -> 4000``."""
        old, new = (" ".join(map(str, words)) for words in (self.write.old, self.write.new))
        return f"{self.write.place[0]}.{self.write.place[1]} {old} -> {new}"


class Device:
    """What a Modbus server asks of a unit."""

    def __init__(self, unit: int, registers: RegisterMap) -> None:
        self.unit = unit
        self.registers = registers

    def read(self, address: int, count: int, at: datetime) -> list[int]:
        """Return registers as they are at an instant. Raises ``IllegalAddress``."""
        return self.registers.read(address, count)

    def write(self, address: int, words: Sequence[int], at: datetime) -> None:
        """Take a master's write. Raises ``IllegalAddress``."""
        raise IllegalAddress(f"unit {self.unit} takes no writes")


class Meter(Device):
    """The meter at the connection point."""

    def __init__(self, site: Site, unit: int = METER_UNIT, models: Sequence[int] = METER_MODELS) -> None:
        super().__init__(unit, RegisterMap(models, readings.SCALES))
        self._site = site
        readings.identity(self.registers, "Simulated site meter", unit)

    def read(self, address: int, count: int, at: datetime) -> list[int]:
        """Return registers as they are at an instant. Raises ``IllegalAddress``."""
        self._site.advance(at)
        readings.meter_readings(self.registers, self._site)
        return super().read(address, count, at)


class Der(Device):
    """The inverter of a site, with its storage. ``told`` is called with every write."""

    def __init__(
        self,
        site: Site,
        unit: int = DER_UNIT,
        models: Sequence[int] = DER_MODELS,
        told: Callable[[RegisterWrite], None] | None = None,
    ) -> None:
        super().__init__(unit, RegisterMap(_with_storage(models, site), readings.SCALES))
        self.site = site
        self.shown = SHOWN if site.pv else STORAGE_SHOWN
        self._told = told
        self._writes: list[RegisterWrite] = []
        self._reversions = Reversions(self.registers)
        readings.identity(self.registers, "Simulated inverter", unit)
        readings.ratings(self.registers, site)
        self._changes = [Change(site.start, self._modes())]
        self._obey(site.start)

    @property
    def writes(self) -> tuple[RegisterWrite, ...]:
        """Every write of a master, oldest first."""
        return tuple(self._writes)

    def changes(self, until: datetime) -> tuple[Change, ...]:
        """Return what was asked of the plant, as modes, at the instants at which it took it up."""
        self.settle(until)
        return tuple(self._changes)

    def read(self, address: int, count: int, at: datetime) -> list[int]:
        """Return registers as they are at an instant. Raises ``IllegalAddress``."""
        self.settle(at)
        self.site.advance(at)
        readings.der_readings(self.registers, self.site)
        return super().read(address, count, at)

    def write(self, address: int, words: Sequence[int], at: datetime) -> None:
        """Take a master's write: record it, and move the site. Raises ``IllegalAddress``."""
        self.settle(at)
        for one in self.registers.write(address, words):
            self._writes.append(RegisterWrite(at, self.unit, one))
            if self._told is not None:
                self._told(self._writes[-1])
            self._share(one.place)
            self._reversions.written(one.place, at)
        self._obey(at)

    def settle(self, at: datetime) -> None:
        """Let everything happen that is due by an instant."""
        while (due := self._reversions.next()) is not None and due <= at:
            for place in self._reversions.revert(due):
                self._share(place)
            self._obey(due)

    def _share(self, place: Place) -> None:
        """Give a point's value to its twin in the models of the other generation."""
        for pair in SHARED_POINTS:
            twin = pair[1] if place == pair[0] else pair[0]
            if place in pair and twin in self.registers:
                self.registers.put(twin, self.registers.get(place))

    def _obey(self, at: datetime) -> None:
        self.site.advance(at)
        self.site.ask(setpoints_for(commands(self.registers)))
        modes = self._modes()
        if modes != self._changes[-1].in_force:
            self._changes.append(Change(at + timedelta(seconds=self.site.lag_s), modes))

    def _modes(self) -> Mapping[str, Value]:
        return modes_for(commands(self.registers), storage_only=self.site.pv is None)


def _with_storage(models: Sequence[int], site: Site) -> list[int]:
    """Leave out the storage's model where there is none."""
    return [number for number in models if number != 713 or site.battery is not None]
