"""One kept-alive connection of the test client, read all the time.

Reading also between exchanges shows at once when the server closes or says something unasked, so that a dead
connection is not used again and the record has the true time of its end.
"""

from __future__ import annotations

import asyncio
from collections import deque

import h11

from conformance.vocabulary.clock import Clock
from conformance.vocabulary.identity import lfdi_of
from conformance.wire.attempt import Attempt
from conformance.wire.exchange import Moment
from conformance.wire.limits import WireLimits
from conformance.wire.tls import StreamBroken, TlsStream

_READ_AHEAD = 256 * 1024


class ClientConnection:
    """A connection whose handshake is done."""

    def __init__(self, tls: TlsStream, clock: Clock, limits: WireLimits) -> None:
        self.tls = tls
        self.used = False
        self.lfdi = lfdi_of(tls.own_certificate) if tls.own_certificate else ""
        self._clock = clock
        self._limits = limits
        self._keep = True
        self._chunks: deque[tuple[bytes, Moment]] = deque()
        self._waiting_bytes = 0
        self._ended = False
        self._broken: StreamBroken | None = None
        self._changed = asyncio.Event()
        self._pump = asyncio.get_running_loop().create_task(self._read_always(), name=f"connection {tls.number}")

    @property
    def usable(self) -> bool:
        """True when another exchange may go over it."""
        return self._keep and not self._ended and not self._chunks and not self.tls.closed

    @property
    def ended(self) -> bool:
        """True when the server, or the network, has ended it."""
        return self._ended

    async def _read_always(self) -> None:
        try:
            while not self._ended:
                data, moment = await self.tls.read()
                self._ended = not data
                if data:
                    self._chunks.append((data, moment))
                    self._waiting_bytes += len(data)
                self._changed.set()
                await self._room()
        except StreamBroken as error:
            self._broken, self._ended = error, True
            self._changed.set()
        if not self._chunks:
            await self.tls.close()  # also records when and how the server ended it

    async def _room(self) -> None:
        while self._waiting_bytes >= _READ_AHEAD:
            self._changed.clear()
            await self._changed.wait()

    async def _next(self) -> bytes:
        """Return the next bytes, none at the end. Raises ``StreamBroken``."""
        while not self._chunks:
            if self._broken:
                raise self._broken
            if self._ended:
                return b""
            self._changed.clear()
            await self._changed.wait()
        data, self._moment = self._chunks.popleft()
        self._waiting_bytes -= len(data)
        self._changed.set()
        return data

    async def run(self, attempt: Attempt, parser: h11.Connection) -> None:
        """Send the request and take in the answer, step by step into ``attempt``, as its errors are too."""
        attempt.connection, attempt.peer_lfdi = self.tls.number, self.lfdi
        self._keep = False
        attempt.first = attempt.last = Moment.now(self._clock)
        unsent = await self._send(attempt)
        try:
            await self._answer(attempt, parser)
        except h11.RemoteProtocolError as error:
            attempt.fail(f"the answer is not proper HTTP/1.1: {error}; it began with {bytes(attempt.response[:40])!r}")
        except StreamBroken as error:
            attempt.fail(f"{unsent or error}; {attempt.progress()}")
        self.used = True
        self._keep = attempt.complete and parser.our_state is parser.their_state is h11.DONE and attempt.error is None

    async def _send(self, attempt: Attempt) -> str | None:
        """Send; a failure is told only if no answer comes, since a server may refuse early and close."""
        try:
            await self.tls.write(attempt.request)
        except StreamBroken as error:
            return f"the request could not be sent in full: {error}"
        finally:
            attempt.last = Moment.now(self._clock)
        return None

    async def _answer(self, attempt: Attempt, parser: h11.Connection) -> None:
        while True:
            event = parser.next_event()
            if isinstance(event, h11.Response):
                _note_head(event, attempt)
                self._check_declared(event, attempt)
            elif isinstance(event, h11.Data):
                attempt.response_body += event.data
            elif isinstance(event, h11.EndOfMessage):
                attempt.complete = True
                return _note_surplus(parser, attempt)
            elif event is h11.NEED_DATA:
                await self._more(attempt, parser)
            elif event is h11.PAUSED:
                return attempt.fail("the server wants to go over to another protocol")

    def _check_declared(self, event: h11.Response, attempt: Attempt) -> None:
        declared = next((int(value) for name, value in event.headers if name == b"content-length"), 0)
        if declared > self._limits.body_bytes and attempt.method != "HEAD":
            most = self._limits.body_bytes
            raise StreamBroken(f"the body is too large: {declared} bytes are announced, at most {most} are read")

    async def _more(self, attempt: Attempt, parser: h11.Connection) -> None:
        data = await self._next()
        if not data:
            if not attempt.response:
                raise StreamBroken("the server closed the connection without an answer")
            parser.receive_data(b"")
            return
        attempt.response_first = attempt.response_first or self._moment
        attempt.response_last = self._moment
        attempt.response += data
        parser.receive_data(data)
        most = self._limits.body_bytes
        if len(attempt.response_body) > most or len(attempt.response) > 2 * most + self._limits.header_bytes:
            raise StreamBroken(f"the body is too large: at most {most} bytes are read")

    async def close(self) -> None:
        """Close in good order; twice is fine."""
        self._pump.cancel()
        await asyncio.wait([self._pump])
        await self.tls.close()
        if not self._pump.cancelled():
            self._pump.result()  # a fault of the harness must not vanish

    def abandon(self) -> None:
        """Close at once: whatever still comes is not wanted."""
        self._pump.cancel()
        self.tls.reset()


def _note_head(event: h11.Response, attempt: Attempt) -> None:
    attempt.status, attempt.reason = event.status_code, bytes(event.reason).decode("latin-1")
    attempt.response_headers = tuple(
        (name.decode("latin-1"), value.decode("latin-1")) for name, value in event.headers.raw_items()
    )


def _note_surplus(parser: h11.Connection, attempt: Attempt) -> None:
    surplus = len(parser.trailing_data[0])
    if surplus:
        attempt.fail(f"{surplus} bytes follow the end of the answer")
