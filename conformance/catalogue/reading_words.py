"""The words by which packs name readings: ``site.W``, ``der.V.A``, ``V``: where, what, and on which phase.

Codes are those of IEEE 2030.5-2018: UomType, PhaseCode, DataQualifierType, RoleFlagsType.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

UOMS: Mapping[str, int] = {"A": 5, "V": 29, "Hz": 33, "W": 38, "VA": 61, "var": 63, "Wh": 72}
"""Quantities by ``uom``."""
PLACES = ("site", "der", "fleet")
"""The whole site at its connection point, the equipment behind it, all members of an aggregator's fleet."""
PHASES: Mapping[str, frozenset[int]] = {
    "A": frozenset({128, 129}),
    "B": frozenset({64, 65}),
    "C": frozenset({32, 33}),
}
"""A phase by its codes, alone and to neutral."""
QUALIFIERS: Mapping[str, frozenset[int]] = {
    "unspecified": frozenset({0}),
    "average": frozenset({2}),
    "maximum": frozenset({8}),
    "minimum": frozenset({9}),
    "normal": frozenset({12}),
}
"""What a reading says it is, by ``dataQualifier``."""

PREMISES, VEHICLE, GENERATOR, SUBMETER = 0x02, 0x04, 0x08, 0x40
"""Bits of ``roleFlags``: premises aggregation point, electric vehicle, DER, submeter."""


@dataclass(frozen=True, slots=True)
class ReadingWord:
    """A reading that is demanded; ``place`` and ``phase`` are empty where any will do."""

    word: str
    quantity: str
    place: str = ""
    phase: str = ""

    @property
    def uom(self) -> int | None:
        """The unit; ``None`` for a quantity that is not known here."""
        return UOMS.get(self.quantity)


def reading_word(word: str) -> ReadingWord:
    """Read a word such as ``der.V.A``."""
    parts = word.split(".")
    place = parts.pop(0) if parts[0] in PLACES else ""
    quantity = parts.pop(0) if parts else ""
    return ReadingWord(word, quantity, place, ".".join(parts))


def place_of(role_flags: int | None) -> str:
    """Return which place the ``roleFlags`` of a usage point tell: ``site``, ``der``, or neither."""
    flags = role_flags or 0
    if flags & PREMISES:
        return "site"
    return "der" if flags & (GENERATOR | VEHICLE | SUBMETER) else ""


def is_vehicle(role_flags: int | None) -> bool:
    """Say whether a usage point is that of an electric vehicle or its charging station."""
    return bool((role_flags or 0) & VEHICLE)
