"""The well-known document in which a server tells which versions of CSIP-AUS it speaks, and where each is entered.

It is JSON at ``/.well-known/csipaus``: by namespace, the paths of DeviceCapability. It comes with CSIP-AUS 1.3; by the
public definitions a client that finds its version there enters by that path and by no other.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from conformance.roles.utility.server import Handler, Server
from conformance.wire.csipaus import SCHEMA_VERSIONS, WELL_KNOWN
from conformance.wire.messages import Answer, Request

KIND = "VersionDiscovery"
"""The kind of resource the document is logged as."""


@dataclass(slots=True)
class VersionDiscovery:
    """Serves the document. ``entries`` are the entry paths by namespace, and may be changed at any time."""

    entries: Mapping[str, Sequence[str]]

    def __call__(self, request: Request, handler: Handler) -> Answer:
        """Answer a GET of the document; everything else goes on."""
        if request.path != WELL_KNOWN:
            return handler(request)
        if request.method not in ("GET", "HEAD"):
            return Answer(405, (("Allow", "GET, HEAD"),), resource=KIND)
        versions = {namespace: {"dcap": list(paths)} for namespace, paths in self.entries.items()}
        body = json.dumps({SCHEMA_VERSIONS: versions}).encode()
        shown = body if request.method == "GET" else b""
        return Answer(200, (("Content-Type", "application/json"),), shown, resource=KIND)


def serve_versions(server: Server, entries: Mapping[str, Sequence[str]] | None = None) -> VersionDiscovery:
    """Let a server tell its versions: by default its own one, entered where it is entered anyway."""
    discovery = VersionDiscovery(entries or {server.extension.namespace: [server.entry_path]})
    server.interposers.append(discovery)
    return discovery
