"""How a client of CSIP-AUS 1.3 finds the way in: by the well-known document that tells a server's versions."""

from __future__ import annotations

from datetime import timedelta

from conformance.reference.client_session import NotServed, Session
from conformance.vocabulary.clock import Clock
from conformance.wire.csipaus import SCHEMA_VERSIONS, WELL_KNOWN

PAUSE = timedelta(seconds=30)


async def find_entry(session: Session, clock: Clock, namespace: str) -> str | None:
    """Return the path of DeviceCapability for a version; ``None`` where the server has no such document.

    While the server does not answer, it is asked again.
    """
    while True:
        try:
            return _entry_in(await session.get_json(WELL_KNOWN, "VersionDiscovery"), namespace)
        except NotServed as failure:
            if failure.final:
                return None
        await clock.wait(PAUSE)


def _entry_in(document: object, namespace: str) -> str | None:
    versions = document.get(SCHEMA_VERSIONS) if isinstance(document, dict) else None
    own = versions.get(namespace) if isinstance(versions, dict) else None
    paths = own.get("dcap") if isinstance(own, dict) else None
    return next((path for path in paths if isinstance(path, str)), None) if isinstance(paths, list) else None
