"""Documents of a DER that speaks CSIP-AUS, as the harness sends them to a server under test.

The elements of the extension come last, in its namespace; which of them there are follows from its edition.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from lxml import etree

from conformance.wire.csipaus import extension_in
from conformance.wire.payload import element, write

STORED_WH, FLOOR_WH = 13500, 1350
"""What the battery holds, and what it keeps."""
CHARGE_W = 5000


@dataclass(frozen=True, slots=True)
class Told:
    """What a DER tells of itself: ``kind`` is its DERType, ``modes`` the bits of its limits in two digits."""

    kind: int
    watts: int
    modes: str
    gradient: int


FIRST_TOLD, SECOND_TOLD = Told(4, 10000, "03", 1000), Told(5, 11000, "04", 1100)
"""What S-ALL-10 has told, and then told otherwise."""


def capability(namespace: str, told: Told) -> bytes:
    """Return a DERCapability with all modes of the extension."""
    base = (
        element("modesSupported", "00000000"),
        _power("rtgMaxChargeRateW", CHARGE_W),
        _power("rtgMaxDischargeRateW", CHARGE_W),
        _power("rtgMaxVA", told.watts),
        _power("rtgMaxW", told.watts),
        _power("rtgMaxWh", STORED_WH),
        element("type", told.kind),
    )
    return write(element("DERCapability", *base, *_added(namespace, "DERCapability", told)))


def settings(namespace: str, told: Told, updated: datetime, *, dated: bool = True) -> bytes:
    """Return DERSettings with all modes of the extension, and the energy floor; undated they break the schema."""
    base = (
        element("setGradW", told.gradient),
        _power("setMaxChargeRateW", CHARGE_W),
        _power("setMaxDischargeRateW", CHARGE_W),
        _power("setMaxW", told.watts),
        _power("setMaxWh", STORED_WH),
        element("updatedTime", int(updated.timestamp())) if dated else None,
    )
    return write(element("DERSettings", *base, *_added(namespace, "DERSettings", told)))


def _added(namespace: str, to: str, told: Told) -> list[etree._Element]:
    extension = extension_in(namespace)
    values: Mapping[str, etree._Element] = {
        name: extension.written(name, told.modes)
        for name in ("doeModesSupported", "doeModesEnabled", "vppModesSupported", "vppModesEnabled")
    }
    floor = extension.written("setMinWh", element("multiplier", 0), element("value", FLOOR_WH))
    made = {**values, "setMinWh": floor}
    return [made[name] for name in extension.elements.get(to, ()) if name in made]


def _power(name: str, value: int) -> etree._Element:
    return element(name, element("multiplier", 0), element("value", value))
