"""Versions of CSIP-AUS on offer in the well-known document, of which a client may take only its own (SDVN-01)."""

from __future__ import annotations

from dataclasses import dataclass

from conformance.roles.utility.utility import Utility
from conformance.roles.utility.version_discovery import serve_versions
from conformance.wire.schema.editions import EXTENSION_NAMESPACES

NO_EDITION = "https://csipaus.org/ns/v99.99"
"""The namespace of a version that does not exist."""
MALFORMED = "null"


@dataclass(frozen=True, slots=True)
class OfferedVersions:
    """The entry of the client's own version, and the paths that it must leave alone."""

    own: str
    others: frozenset[str]


def offer_versions(utility: Utility) -> OfferedVersions:
    """Offer the utility's version at a fresh path, beside one that does not exist, one that is malformed, and known
    ones without any path. The usual entry still answers, so that a client that goes there is seen."""
    own, strange, malformed = (utility.fresh_path("dcap") for _ in range(3))
    utility.entrance.open_at(own)
    known: dict[str, list[str]] = {namespace: [] for namespace in EXTENSION_NAMESPACES.values()}
    spoken = utility.extension.namespace
    serve_versions(utility, {NO_EDITION: [strange], MALFORMED: [malformed], **known, spoken: [own]})
    return OfferedVersions(own, frozenset({strange, malformed, utility.entry_path}))
