"""Bounds on what one peer may make the wire hold or wait for.

These protect the harness. They are no requirements of the standard and never decide a verdict.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class WireLimits:
    """Sizes in bytes; ``idle`` is how long a listener keeps a silent connection (``None``: for ever).

    ``handshake`` bounds the TLS handshake; ``linger`` bounds the wait for a peer to take a refusal in before the
    connection is closed on it.
    """

    header_bytes: int = 64 * 1024
    body_bytes: int = 16 * 1024 * 1024
    handshake: timedelta = timedelta(seconds=10)
    linger: timedelta = timedelta(seconds=1)
    idle: timedelta | None = None
