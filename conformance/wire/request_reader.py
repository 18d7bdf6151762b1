"""Requests off a TLS stream, one after the other, pipelined or not, with their exact bytes (RFC 9112).

h11 parses. What it refuses is not lost: the bytes and the reason become an exchange with an error.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import h11

from conformance.wire.exchange import Moment
from conformance.wire.http_head import take_apart
from conformance.wire.limits import WireLimits
from conformance.wire.tls import StreamBroken, TlsStream


@dataclass(slots=True)
class Incoming:
    """One request as it came. With an ``error``, ``status`` is the answer to give; 0 means that none can be given."""

    first: Moment
    last: Moment
    raw: bytearray = field(default_factory=bytearray)
    method: str = ""
    target: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    keep_alive: bool = False
    error: str | None = None
    status: int = 0


class _Refused(Exception):
    def __init__(self, status: int, words: str) -> None:
        super().__init__(words)
        self.status = status


class RequestReader:
    """Reads the requests of one connection; ``pending`` is the one of which only a part has come."""

    def __init__(self, tls: TlsStream, limits: WireLimits) -> None:
        self._tls = tls
        self._limits = limits
        self._rest = b""
        self._moment = tls.opened
        self.pending: Incoming | None = None

    async def next(self, go_on: Callable[[], Awaitable[None]]) -> Incoming | None:
        """Return the next request, or ``None`` when the connection has ended between two of them.

        ``go_on`` is called when the client waits for a 100 Continue. Raises ``StreamBroken`` when the connection
        failed between two requests; when it failed within one, that request has the error.
        """
        parser = h11.Connection(h11.SERVER, max_incomplete_event_size=self._limits.header_bytes)
        if not self._rest and not await self._first_bytes():
            return None
        incoming = self.pending = Incoming(self._moment, self._moment, bytearray(self._rest))
        parser.receive_data(self._rest)
        try:
            await self._parse(parser, incoming, go_on)
        except h11.RemoteProtocolError as error:
            self._refuse(incoming, error.error_status_hint or 400, f"the request is not proper HTTP/1.1: {error}")
        except _Refused as error:
            self._refuse(incoming, error.status, str(error))
        except StreamBroken as error:
            self._refuse(incoming, 0, f"the request is incomplete: {error}")
        self._rest = parser.trailing_data[0] if incoming.error is None else b""
        if self._rest:
            del incoming.raw[-len(self._rest) :]
        self.pending = None
        return incoming

    async def _first_bytes(self) -> bool:
        try:
            if idle := self._limits.idle:
                async with asyncio.timeout(idle.total_seconds()):
                    self._rest, self._moment = await self._tls.read()
            else:
                self._rest, self._moment = await self._tls.read()
        except TimeoutError:
            return False
        return bool(self._rest)

    async def _parse(self, parser: h11.Connection, incoming: Incoming, go_on: Callable[[], Awaitable[None]]) -> None:
        pieces: list[bytes] = []
        size = 0
        while True:
            event = parser.next_event()
            if isinstance(event, h11.Request):
                self._head(event, incoming)
            elif event is h11.NEED_DATA:
                if parser.they_are_waiting_for_100_continue:
                    await go_on()
                    # The parser has no way to be told but by the answer itself; what it returns was written just now.
                    parser.send(h11.InformationalResponse(status_code=100, headers=[]))
                await self._more(parser, incoming)
            elif isinstance(event, h11.Data):
                pieces.append(bytes(event.data))
                size += len(event.data)
                self._check_size(size)
            else:  # the end: nothing else can come before it
                incoming.body = b"".join(pieces)
                return

    async def _more(self, parser: h11.Connection, incoming: Incoming) -> None:
        data, self._moment = await self._tls.read()
        if not data:
            raise _Refused(0, f"the request is incomplete: the peer closed after {len(incoming.raw)} bytes")
        incoming.raw += data
        incoming.last = self._moment
        parser.receive_data(data)

    def _head(self, event: h11.Request, incoming: Incoming) -> None:
        incoming.method, incoming.target = event.method.decode("latin-1"), event.target.decode("latin-1")
        incoming.headers = tuple(
            [(name.decode("latin-1"), value.decode("latin-1")) for name, value in event.headers.raw_items()]
        )
        incoming.keep_alive = event.http_version >= b"1.1"
        for name, value in event.headers:
            if name == b"connection":
                incoming.keep_alive = incoming.keep_alive and b"close" not in value.lower()
            elif name == b"content-length":
                self._check_size(int(value))

    def _check_size(self, size: int) -> None:
        if size > self._limits.body_bytes:
            raise _Refused(413, f"the request's body is larger than {self._limits.body_bytes} bytes")

    def _refuse(self, incoming: Incoming, status: int, words: str) -> None:
        incoming.status, incoming.error, incoming.keep_alive = status, words, False
        if not incoming.method:
            seen = take_apart(bytes(incoming.raw))
            incoming.method, incoming.target, incoming.headers = seen.method, seen.target, seen.headers
        if not incoming.body:
            incoming.body = take_apart(bytes(incoming.raw)).body
