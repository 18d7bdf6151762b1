"""What is measured, and how readings are written: usage points that are mirrored, each with its quantities."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from documents import made, new_mrid

GRID_DECIVOLTS, GRID_CENTIHERTZ = 2403, 6001
AVERAGE = 2
WATT, HERTZ = 38, 33


@dataclass(frozen=True)
class Quantity:
    """What is measured, in the codes of ReadingType; an average is told with its interval."""

    name: str
    uom: int
    multiplier: int
    qualifier: int
    kind: int
    phase: int = 0

    def reading_type(self) -> ET.Element:
        """Write the ReadingType; power that is given to the grid is reverse, and positive."""
        return made(
            "ReadingType",
            ("accumulationBehaviour", 12),
            ("commodity", 1),
            ("dataQualifier", self.qualifier),
            ("flowDirection", 19 if self.qualifier == AVERAGE else 0),
            ("kind", self.kind),
            ("phase", self.phase),
            ("powerOfTenMultiplier", self.multiplier),
            ("uom", self.uom),
        )


METERS = {
    "powers": (Quantity("real power", WATT, 0, AVERAGE, 37), Quantity("reactive power", 63, 0, AVERAGE, 37)),
    "grid": (Quantity("frequency", HERTZ, -2, 0, 0), Quantity("voltage", 29, -1, 0, 0, 129)),
}
"""Two usage points, each with its quantities."""


class Meter:
    """A usage point that is mirrored: its own identifiers, where the server keeps it, and what was averaged so far."""

    def __init__(self, quantities: Sequence[Quantity]) -> None:
        self.mrid, self.quantities = new_mrid(), {new_mrid(): it for it in quantities}
        self.address: str | None = None
        self.since_s = 0
        self.samples: list[int] = []

    def usage_point(self, name: str, lfdi: str) -> ET.Element:
        """Write it, down to what it measures."""
        return made(
            "MirrorUsagePoint",
            ("mRID", self.mrid),
            ("description", name),
            ("roleFlags", "0049"),
            ("serviceCategoryKind", 0),
            ("status", 1),
            ("deviceLFDI", lfdi),
            *(reading_of(mrid, it.reading_type()) for mrid, it in self.quantities.items()),
        )

    def readings(self, now_s: int, without: int | None) -> list[ET.Element]:
        """Write what is measured now, a document each, leaving out one uom; averages begin anew."""
        period = made("timePeriod", ("duration", now_s - self.since_s), ("start", self.since_s))
        mean = round(sum(self.samples) / max(len(self.samples), 1))
        self.since_s, self.samples = now_s, []
        return [
            self._reading(mrid, it, mean, period, now_s) for mrid, it in self.quantities.items() if it.uom != without
        ]

    def _reading(self, mrid: str, what: Quantity, mean: int, period: ET.Element, now_s: int) -> ET.Element:
        if what.qualifier == AVERAGE:
            reading = made("Reading", ("value", mean if what.uom == WATT else 0))
            return reading_of(mrid, made("MirrorReadingSet", ("mRID", new_mrid()), period, reading))
        value = (GRID_CENTIHERTZ if what.uom == HERTZ else GRID_DECIVOLTS) + secrets.randbelow(3)
        moment = made("timePeriod", ("duration", 0), ("start", now_s))
        return reading_of(mrid, made("Reading", moment, ("value", value)))


def reading_of(mrid: str, inside: ET.Element) -> ET.Element:
    """Write a MirrorMeterReading."""
    return made("MirrorMeterReading", ("mRID", mrid), inside)
