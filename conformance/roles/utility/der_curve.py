"""A curve that controls and defaults can link to (``DERCurve``, IEEE 2030.5-2018, 10.10)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lxml import etree

from conformance.roles.utility.paging import Entry
from conformance.wire.payload import element

Points = Sequence[tuple[int, int]]

MOST_POINTS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class DERCurve:
    """One curve: up to ten points (x, y), with the powers of ten they are multiplied by."""

    path: str
    mrid: str
    description: str | None
    creation_time: int
    curve_type: int
    points: tuple[tuple[int, int], ...]
    x_multiplier: int = 0
    y_multiplier: int = 0
    y_ref_type: int = 0
    open_loop_tms: int | None = None
    autonomous_vref_enable: bool | None = None
    autonomous_vref_time_constant: int | None = None

    def write(self) -> etree._Element:
        """Write the ``DERCurve``."""
        return element(
            "DERCurve",
            element("mRID", self.mrid),
            _optional("description", self.description),
            _optional("autonomousVRefEnable", self.autonomous_vref_enable),
            _optional("autonomousVRefTimeConstant", self.autonomous_vref_time_constant),
            element("creationTime", self.creation_time),
            *(element("CurveData", element("xvalue", x), element("yvalue", y)) for x, y in self.points),
            element("curveType", self.curve_type),
            _optional("openLoopTms", self.open_loop_tms),
            element("xMultiplier", self.x_multiplier),
            element("yMultiplier", self.y_multiplier),
            element("yRefType", self.y_ref_type),
            href=self.path,
        )

    def entry(self) -> Entry:
        """Return the curve as a list entry: newest first, then mRID descending."""
        return Entry((-self.creation_time, -int(self.mrid, 16)), self.write, self.creation_time)


def _optional(name: str, value: str | int | None) -> etree._Element | None:
    return None if value is None else element(name, value)
