"""The registers of one SunSpec device, as a pure map: models one after the other behind ``SunS``, then the end model.

Numbers are put and got in their units; the map applies the scale factors. A value that is not known is the type's
"not implemented". The map answers at 40000, and at 0 and 50000, where some masters look as well.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from conformance.reference.sunspec.models import Model, Point, model

BASE = 40000
BASES = (BASE, 50000, 0)
SUNS = (0x5375, 0x6E53)
END = (0xFFFF, 0)
WORD = 16
_UNKNOWN_SCALE = -0x8000

Place = tuple[int, str]
"""A point: the model's number and the point's name."""


class IllegalAddress(LookupError):
    """Registers that the device does not have, or that a master may not write."""


@dataclass(frozen=True, slots=True)
class PointWrite:
    """A point that a master wrote: its first register's address (from 40000), and its registers before and after."""

    address: int
    place: Place
    old: tuple[int, ...]
    new: tuple[int, ...]


class RegisterMap:
    """The registers of a device with some models, in their order; ``scales`` are exponents by point."""

    def __init__(self, numbers: Sequence[int], scales: Mapping[Place, int]) -> None:
        self._registers = list(SUNS)
        self._starts: dict[int, int] = {}
        self._points: dict[int, Place] = {}
        for number in numbers:
            self._add(model(number))
        self._registers += END
        for (number, name), exponent in scales.items():
            if number in self._starts:
                self._store((number, name), exponent)

    def __contains__(self, place: Place) -> bool:
        return place[0] in self._starts and place[1] in model(place[0]).points

    def put(self, place: Place, value: float | str | None) -> None:
        """Set a point, in its unit; a number beyond the register's range becomes the nearest one in it."""
        point = self._point(place)
        if isinstance(value, str):
            self._keep(place, _words_of_text(value, point.size))
        elif value is None:
            self._store(place, _not_implemented(point))
        else:
            low, high = _range(point)
            self._store(place, max(low, min(high, round(value / 10.0 ** self._exponent(place)))))

    def get(self, place: Place) -> float | None:
        """Return a point's number in its unit; ``None`` when it is not implemented or not in this device."""
        if place not in self:
            return None
        raw = self._raw(place)
        return None if raw == _not_implemented(self._point(place)) else _scaled(raw, self._exponent(place))

    def address(self, place: Place) -> int:
        """Return the address of a point's first register."""
        return BASE + self._starts[place[0]] + self._point(place).offset

    def read(self, address: int, count: int) -> list[int]:
        """Return registers. Raises ``IllegalAddress``."""
        start = self._offset(address, count)
        return self._registers[start : start + count]

    def write(self, address: int, words: Sequence[int]) -> tuple[PointWrite, ...]:
        """Write registers as a master does, all or none; return the points it touched. Raises ``IllegalAddress``."""
        start = self._offset(address, len(words))
        places = list(dict.fromkeys(self._points.get(start + number) for number in range(len(words))))
        touched = [place for place in places if place is not None and self._point(place).writable]
        if len(touched) < len(places):
            raise IllegalAddress(f"register {address} and those after it cannot all be written")
        before = {place: self._words(place) for place in touched}
        self._registers[start : start + len(words)] = words
        return tuple(PointWrite(self.address(place), place, before[place], self._words(place)) for place in touched)

    def places(self) -> Iterator[Place]:
        """Yield every point of the device."""
        for number in self._starts:
            yield from ((number, name) for name in model(number).points)

    def _add(self, added: Model) -> None:
        start = self._starts[added.number] = len(self._registers)
        self._registers += [added.number, added.length, *([0] * added.length)]
        for point in added.points.values():
            place = added.number, point.name
            self._points |= dict.fromkeys(range(start + point.offset, start + point.offset + point.size), place)
            self._store(place, _not_implemented(point))

    def _offset(self, address: int, count: int) -> int:
        for base in BASES:
            if base <= address and address - base + count <= len(self._registers):
                return address - base
        raise IllegalAddress(f"registers {address} to {address + count - 1}")

    def _point(self, place: Place) -> Point:
        return model(place[0]).points[place[1]]

    def _words(self, place: Place) -> tuple[int, ...]:
        start, point = self._starts[place[0]], self._point(place)
        return tuple(self._registers[start + point.offset : start + point.offset + point.size])

    def _keep(self, place: Place, words: Sequence[int]) -> None:
        first = self._starts[place[0]] + self._point(place).offset
        self._registers[first : first + len(words)] = words

    def _store(self, place: Place, raw: int) -> None:
        self._keep(place, words_of(raw, self._point(place).size))

    def _raw(self, place: Place) -> int:
        point = self._point(place)
        return number_in(self._words(place), signed=_signed(point))

    def _exponent(self, place: Place) -> int:
        scale = self._point(place).scale
        exponent = 0 if scale is None else self._raw((place[0], scale))
        return 0 if exponent == _UNKNOWN_SCALE else exponent


def number_in(words: Sequence[int], *, signed: bool) -> int:
    """Return the number in registers, the most significant one first."""
    return int.from_bytes(b"".join(word.to_bytes(2, "big") for word in words), "big", signed=signed)


def words_of(raw: int, size: int) -> list[int]:
    """Return a number as so many registers, the most significant one first; a negative one in two's complement."""
    return [raw >> WORD * number & 0xFFFF for number in reversed(range(size))]


def _scaled(raw: int, exponent: int) -> float:
    """Return a number with as few digits as its registers have: 0.95, not 0.9500000000000001."""
    return raw * 10.0**exponent if exponent >= 0 else raw / 10.0**-exponent


def _signed(point: Point) -> bool:
    return point.kind.startswith("i") or point.kind in ("sf", "pad")


def _range(point: Point) -> tuple[int, int]:
    """Return the numbers a point can hold; the one that says "not implemented" is left out."""
    bits = WORD * point.size
    if _signed(point):
        return 1 - (1 << bits - 1), (1 << bits - 1) - 1
    return 0, (1 << bits) - (1 if point.kind.startswith("a") else 2)


def _not_implemented(point: Point) -> int:
    bits = WORD * point.size
    if _signed(point):
        return -(1 << bits - 1)
    return 0 if point.kind[0] in "as" else (1 << bits) - 1


def _words_of_text(text: str, size: int) -> list[int]:
    padded = text.encode("ascii", "replace")[: 2 * size].ljust(2 * size, b"\0")
    return [int.from_bytes(padded[number : number + 2], "big") for number in range(0, 2 * size, 2)]
