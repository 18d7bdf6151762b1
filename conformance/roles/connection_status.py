"""What a client says in DERStatus of its connection (``genConnectStatus``, ``storConnectStatus``; IEEE 2030.5)."""

from __future__ import annotations

from datetime import datetime

from conformance.roles.observed_client import Matcher, arrival, response_in
from conformance.wire.exchange import Exchange

CONNECTED, AVAILABLE, OPERATING = 1, 2, 4
"""The bits of ConnectStatusType."""
OFF, OPERATIONAL = 1, 2
"""Figures of ``operationalModeStatus``."""
STATUSES = ("genConnectStatus", "storConnectStatus")
"""A DER that only stores tells the second one."""


def connection_bits(put: Exchange) -> int | None:
    """Return the bits that a PUT of DERStatus shows; ``None`` where it tells none."""
    document = response_in(put)
    shown = [document.child(name) for name in STATUSES] if document is not None else []
    value = next((node.hexadecimal("value") for node in shown if node is not None), None)
    try:
        return None if value is None else int(value, 16)
    except ValueError:
        return None


def operation_is(mode: int, since: datetime | None = None) -> Matcher:
    """Match a PUT of DERStatus with an ``operationalModeStatus``; one from an instant on, if that is given."""

    def matching(put: Exchange) -> bool:
        document = response_in(put)
        shown = document.child("operationalModeStatus") if document is not None else None
        in_time = since is None or arrival(put) >= since
        return in_time and shown is not None and shown.integer("value") == mode

    return matching


def connection_is(bits: int, *, on: bool, since: datetime | None = None) -> Matcher:
    """Match a PUT of DERStatus with all of some bits set, or none; one from an instant on, if that is given."""

    def matching(put: Exchange) -> bool:
        shown = connection_bits(put)
        in_time = since is None or arrival(put) >= since
        return in_time and shown is not None and shown & bits == (bits if on else 0)

    return matching
