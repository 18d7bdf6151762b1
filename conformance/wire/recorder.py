"""Where connections and exchanges are handed in as they happen."""

from __future__ import annotations

from typing import Protocol

from conformance.wire.exchange import Connection, Exchange


class Recorder(Protocol):
    """Takes what was recorded; gives out the numbers. One recorder per test case."""

    case: str

    def next_connection(self) -> int:
        """Return the number of a new connection, from 1 in each run."""

    def next_exchange(self) -> int:
        """Return the number of a new exchange, from 1 in each run."""

    def connection(self, connection: Connection) -> None:
        """Store a connection; called when the handshake ended, and again, complete, when it closed."""

    def exchange(self, exchange: Exchange) -> None:
        """Store an exchange as soon as it is complete or has failed."""
