"""Byte streams: real sockets, or pipes in memory that also work in virtual time.

TLS and HTTP are the harness's own work above a :class:`ByteStream`, so the same code runs on both.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol

from conformance.wire.exchange import Moment


class ByteStream(Protocol):
    """An ordered, two-way stream of bytes."""

    @property
    def remote(self) -> str:
        """Return the peer's address, ``host:port``."""

    async def receive(self) -> tuple[bytes, Moment]:
        """Return the next bytes and when they came; no bytes at the end. Raises ``ConnectionResetError``."""

    async def send(self, data: bytes) -> None:
        """Write all bytes, waiting while the peer does not read. Raises ``ConnectionError`` when it is gone."""

    async def send_eof(self) -> None:
        """Say that no more bytes will come."""

    def close(self) -> None:
        """Close in the ordinary way; may be called twice."""

    def reset(self) -> None:
        """Close with a TCP reset."""


class Listening(Protocol):
    """A bound address that accepts streams until closed."""

    @property
    def host(self) -> str:
        """The bound address."""

    @property
    def port(self) -> int:
        """The bound port, also when 0 was asked for."""

    async def close(self) -> None:
        """Stop accepting and wait for the handlers under way to end."""


class Network(Protocol):
    """Makes streams."""

    async def connect(self, host: str, port: int) -> ByteStream:
        """Open a stream. Raises ``OSError`` (``ConnectionRefusedError`` and so on)."""

    async def listen(self, host: str, port: int, on_stream: Callable[[ByteStream], Awaitable[None]]) -> Listening:
        """Accept streams; each is handled by a task of its own. Raises ``OSError`` when the port is in use."""
