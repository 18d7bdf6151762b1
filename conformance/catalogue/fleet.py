"""The fleet of SunSpec CTP 1.3 (figures 15 and 16): nodes of the grid, four inverters, a program at each node."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from conformance.catalogue.offers import GroupOffer, ProgramOffer

INVERTERS = ("EDA1", "EDA2", "EDB1", "EDB2")

GRID: Mapping[str, tuple[int, tuple[str, ...]]] = {
    "SY": (10, INVERTERS),
    "ST": (9, INVERTERS),
    "SS": (8, INVERTERS),
    "FDA": (7, INVERTERS[:2]),
    "FDB": (7, INVERTERS[2:]),
    "SGA": (6, INVERTERS[:2]),
    "SGB": (6, INVERTERS[2:]),
    "TFA": (5, INVERTERS[:2]),
    "TFB": (5, INVERTERS[2:]),
    "SPA1": (4, INVERTERS[:1]),
    "SPA2": (4, INVERTERS[1:2]),
    "SPB1": (4, INVERTERS[2:3]),
    "SPB2": (4, INVERTERS[3:]),
}
"""By node: the primacy of its program, and the inverters below it."""


@dataclass(frozen=True, slots=True)
class FleetNode:
    """A node: a group with its program, and the names of the inverters below it."""

    offer: GroupOffer
    below: tuple[str, ...]


def fleet_nodes() -> Iterator[FleetNode]:
    """Return the nodes from the system down."""
    for node, (primacy, below) in GRID.items():
        yield FleetNode(GroupOffer(name=node, programs=[ProgramOffer(name=node, primacy=primacy)]), below)
