"""A recorder that keeps nothing: what an embedded peer sees is not evidence."""

from __future__ import annotations

from conformance.wire.exchange import Connection, Exchange


class SilentRecorder:
    """Numbers and forgets."""

    case = "reference"

    def __init__(self) -> None:
        self._connections = 0
        self._exchanges = 0

    def next_connection(self) -> int:
        """Return the next number."""
        self._connections += 1
        return self._connections

    def next_exchange(self) -> int:
        """Return the next number."""
        self._exchanges += 1
        return self._exchanges

    def connection(self, connection: Connection) -> None:
        """Forget a connection."""

    def exchange(self, exchange: Exchange) -> None:
        """Forget an exchange."""
