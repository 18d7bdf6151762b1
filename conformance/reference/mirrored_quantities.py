"""What the client mirrors of each of its meters: by the words of a pack, or else what CSIP asks for (G23)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from conformance.catalogue.reading_words import QUALIFIERS, ReadingWord
from conformance.reference.reporting_conduct import ReportingConduct
from conformance.reference.simulator import Site
from conformance.reference.telemetry import Averages

WATT, VAR, VOLT, HERTZ, VOLT_AMPERE, WATT_HOUR = 38, 63, 29, 33, 61, 72
PHASES = {"A": 128, "B": 64, "C": 32}
NOW = "now"
"""How the name ends of what is read at a moment, not over an interval."""
STORED = "stored_wh"
"""The energy in the battery, at an instant; CSIP-AUS wants it of storage."""
SHOWN: dict[str, tuple[int, int, str]] = {
    "W": (WATT, 0, "{meter}_w"),
    "var": (VAR, 0, "{meter}_var"),
    "V": (VOLT, -1, "voltage_v"),
    "Hz": (HERTZ, -2, "frequency_hz"),
    "Wh": (WATT_HOUR, 0, STORED),
}
"""What a meter can show: unit, power of ten, and where it comes from."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """One value to mirror: its unit, its power of ten, where it comes from, and its phase (0: all)."""

    name: str
    uom: int
    multiplier: int
    source: str
    phase: int = 0
    qualifier: int = 2

    @property
    def sense(self) -> str:
        """The sensor it needs: the quantity without its phase."""
        return self.name.partition(" ")[0]

    def value(self, means: Averages) -> int:
        """Return the mean as the whole number that is sent."""
        return round(float(getattr(means, self.source)) / 10.0**self.multiplier)


def quantities(meter: str, phases: int = 1) -> tuple[Quantity, ...]:
    """Return what CSIP wants mirrored (G23) of a meter; an EVSE on three phases shows the voltage of each."""
    split = [f"V.{name}" for name in PHASES] if meter == "evse" and phases == len(PHASES) else ["V"]
    words = [ReadingWord(word, *_parts(word)) for word in ("W", "var", *split, "Hz")]
    return tuple(quantity for word in words for quantity in _quantity(meter, word, "average"))


def mirrored_quantities(meter: str, site: Site, reports: ReportingConduct) -> tuple[Quantity, ...]:
    """Return what is mirrored of a meter; a word without a place is shown at every meter that the others name."""
    if reports.readings is None:
        return quantities(meter, site.evse.phases if site.evse else 1)
    words = [one.word for one in reports.readings if one.meter == meter or not one.word.place]
    wanted = [quantity for word in words for quantity in _quantity(meter, word, reports.qualifier)]
    return tuple(one for one in dict.fromkeys(wanted) if one.source != STORED or site.battery)


def more_quantities(meter: str) -> tuple[Quantity, ...]:
    """Return what nobody asks for: the power of one phase, which need not be that of all, and the voltage now."""
    one_phase = Quantity("W A", WATT, 0, f"{meter}_w", PHASES["A"])
    return one_phase, Quantity(f"V {NOW}", VOLT, -1, "voltage_v", qualifier=0)


def swapped(quantity: Quantity) -> Quantity:
    """Return a quantity with the source of another: active and reactive power, voltage and frequency change places."""
    sources = {"voltage_v": "frequency_hz", "frequency_hz": "voltage_v"}
    meter, _, unit = quantity.source.rpartition("_")
    other = {"w": "var", "var": "w"}.get(unit)
    return replace(quantity, source=f"{meter}_{other}" if other else sources.get(quantity.source, quantity.source))


def meters_of(reports: ReportingConduct, usual: tuple[str, ...]) -> tuple[str, ...]:
    """Return the meters that the words of a pack name, or else the usual ones."""
    if reports.readings is None:
        return usual
    named = (one.meter for one in reports.readings if one.word.place)
    return tuple(dict.fromkeys(named)) or usual


def _parts(word: str) -> tuple[str, str, str]:
    quantity, _, phase = word.partition(".")
    return quantity, "", phase


def _quantity(meter: str, word: ReadingWord, qualifier: str) -> Iterator[Quantity]:
    if word.quantity in SHOWN:
        uom, multiplier, source = SHOWN[word.quantity]
        code = 0 if uom == WATT_HOUR else min(QUALIFIERS[qualifier])
        name = f"{word.quantity} {word.phase}".strip()
        yield Quantity(name, uom, multiplier, source.format(meter=meter), PHASES.get(word.phase, 0), code)
