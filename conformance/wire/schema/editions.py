"""The editions a document can be judged by, their names for people, and the namespaces we can put a name to.

Namespaces: IEEE 2030.5-2018 and -2023 share one; each version of CSIP-AUS has its own (TS 5573 and its drafts).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from conformance.wire.schema.model import IEEE, XS, XSI, Edition

XML = "http://www.w3.org/XML/1998/namespace"

TITLES: Mapping[Edition, str] = MappingProxyType(
    {
        Edition.IEEE_2018: "IEEE 2030.5-2018",
        Edition.IEEE_2023: "IEEE 2030.5-2023",
        Edition.CSIP_AUS_1_2: "CSIP-AUS 1.2",
        Edition.CSIP_AUS_1_3_BETA_STORAGE: "CSIP-AUS 1.3 beta (storage)",
        Edition.CSIP_AUS_1_3: "CSIP-AUS 1.3",
    }
)
"""The name of each edition as a person writes it."""

EXTENSION_NAMESPACES: Mapping[Edition, str] = MappingProxyType(
    {
        Edition.CSIP_AUS_1_2: "https://csipaus.org/ns",
        Edition.CSIP_AUS_1_3_BETA_STORAGE: "https://csipaus.org/ns/v1.3-beta/storage",
        Edition.CSIP_AUS_1_3: "https://csipaus.org/ns/v1.3",
    }
)
"""The namespace an edition adds to that of IEEE 2030.5."""

OUTDATED_NAMESPACES: Mapping[str, str] = MappingProxyType(
    {
        "http://ieee.org/2030.5": "the pre-2018 namespace",
        "http://zigbee.org/sep": "the namespace of SEP 2 drafts, older than IEEE 2030.5",
    }
)
"""Namespaces of the base standard that a document must not use any more."""

_NAMED: Mapping[str, str] = MappingProxyType(
    {
        IEEE: "the namespace of IEEE 2030.5-2018 and -2023",
        **OUTDATED_NAMESPACES,
        **{uri: f"the namespace of {TITLES[edition]}" for edition, uri in EXTENSION_NAMESPACES.items()},
        XS: "the namespace of XML Schema itself",
        XSI: "the namespace for instances of XML Schema",
        XML: "the namespace of XML itself",
    }
)


def title(edition: Edition) -> str:
    """Return the name of an edition as a person writes it."""
    return TITLES[edition]


def own_namespaces(edition: Edition) -> frozenset[str]:
    """Return the namespaces whose elements an edition defines."""
    extension = EXTENSION_NAMESPACES.get(edition)
    return frozenset({IEEE, extension} if extension else {IEEE})


def name_namespace(uri: str) -> str:
    """Say in words which namespace this is, to follow the words "it is in"; the bare address if it is unknown."""
    if not uri:
        return "no namespace"
    return f"{uri} (this is {_NAMED[uri]})" if uri in _NAMED else uri
