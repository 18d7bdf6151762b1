"""CSIP-AUS as the peers speak it: which elements an edition adds to which type, and in which namespace.

Everything comes from the schema facts, so that a new edition needs no word here. The bits of ``doeModesSupported`` and
its kin go by the names of the elements; the words of both published schemas have bits 0 and 1 the other way round.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache

from lxml import etree

from conformance.wire.payload import Content, element
from conformance.wire.schema.editions import EXTENSION_NAMESPACES
from conformance.wire.schema.facts import read_model
from conformance.wire.schema.model import IEEE, Child, Edition, local, namespace

EXTENDED = ("DERControlBase", "DERCapability", "DERSettings", "EndDevice")
"""The types of IEEE 2030.5 that CSIP-AUS appends elements to."""

DOE_BITS = {"opModExpLimW": 0, "opModImpLimW": 1, "opModGenLimW": 2, "opModLoadLimW": 3}
"""Limits by their bit in ``doeModesSupported`` and ``doeModesEnabled``."""
VPP_BITS = {"opModStorageTargetW": 0}
"""Storage modes by their bit in ``vppModesSupported`` and ``vppModesEnabled``."""

WELL_KNOWN = "/.well-known/csipaus"
"""Where a server tells which versions it speaks (RFC 8615)."""
SCHEMA_VERSIONS = "supportedSchemaVersions"
"""The member of that document which maps a namespace to its entry points, under ``dcap``."""


@dataclass(frozen=True, slots=True)
class Extension:
    """The extension of one edition: its namespace, and the elements it adds by type, in the schema's order.

    :data:`NONE` is that of plain IEEE 2030.5: no namespace and no element.
    """

    namespace: str = ""
    elements: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)

    def __bool__(self) -> bool:
        """Say whether there is an extension at all."""
        return bool(self.namespace)

    def adds(self, name: str, to: str) -> bool:
        """Say whether an element is among those added to a type."""
        return name in self.elements.get(to, ())

    def written(self, name: str, *content: Content, **attributes: str | int | None) -> etree._Element:
        """Write an element of the extension."""
        return element(name, *content, namespace=self.namespace, **attributes)

    def ordered(self, names: Iterable[str], to: str) -> list[str]:
        """Return those of the names that the extension adds to a type, in the schema's order."""
        wanted = set(names)
        return [name for name in self.elements.get(to, ()) if name in wanted]


NONE = Extension()


def extension_of(edition: str) -> Extension:
    """Return what an edition adds; nothing for one of IEEE 2030.5 itself. Raises ``ValueError`` for an unknown one."""
    return _extension(Edition(edition))


def extension_in(uri: str) -> Extension:
    """Return the extension of a namespace; one that no edition has takes the elements of the oldest."""
    for edition, known in EXTENSION_NAMESPACES.items():
        if known == uri:
            return _extension(edition)
    return Extension(uri, _extension(next(iter(EXTENSION_NAMESPACES))).elements)


@cache
def _extension(edition: Edition) -> Extension:
    uri = EXTENSION_NAMESPACES.get(edition)
    if uri is None:
        return NONE
    complex_types = read_model(edition).complex
    added = {
        name: tuple(
            local(place.tag)
            for place in complex_types[f"{{{IEEE}}}{name}"].own_particles
            if isinstance(place, Child) and namespace(place.tag) == uri
        )
        for name in EXTENDED
    }
    return Extension(uri, added)
