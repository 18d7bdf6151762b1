"""What httpx sends over: the harness's own TLS, with h11 for the grammar of HTTP/1.1.

Each exchange has a parser of its own, which also writes the request; so the bytes recorded are the bytes sent.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import h11
import httpx

from conformance.vocabulary.clock import Clock
from conformance.wire.attempt import Asked, Attempt
from conformance.wire.client_connection import ClientConnection
from conformance.wire.client_pool import ClientPool, NotConnected
from conformance.wire.exchange import Exchange, Moment
from conformance.wire.http_head import take_apart
from conformance.wire.limits import WireLimits
from conformance.wire.recorder import Recorder

TARGET, ASKED = "target", "csip_asked"  # extensions of the httpx request
STALE = "the server ended the kept connection without an answer; sent again on a new one"

_REPEATABLE = frozenset({"GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE"})  # RFC 9110 9.2.2


class ClientTransport(httpx.AsyncBaseTransport):
    """Carries one request at a time per connection and records what came of it."""

    def __init__(self, pool: ClientPool, recorder: Recorder, clock: Clock, limits: WireLimits) -> None:
        self._pool, self._recorder, self._clock, self._limits = pool, recorder, clock, limits

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request that :class:`~conformance.wire.http_client.HttpClient` made.

        Raises ``httpx.LocalProtocolError`` when it is not proper HTTP, ``httpx.TransportError`` when there is no
        complete answer; what happened is in the exchange either way.
        """
        asked: Asked = request.extensions[ASKED]
        method, target = request.method, request.extensions[TARGET]
        headers, body = request.headers.raw, await request.aread()

        def begin() -> tuple[Attempt, h11.Connection]:
            parser = h11.Connection(h11.CLIENT, max_incomplete_event_size=self._limits.header_bytes)
            data = _request_bytes(parser, method, target, headers, body)
            names = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in headers)
            now = Moment.now(self._clock)
            return Attempt(method, target.decode("latin-1"), names, body, data, now, now), parser

        try:
            exchange = await self._run(begin, asked)
        except h11.LocalProtocolError as error:
            raise httpx.LocalProtocolError(str(error), request=request) from error
        if exchange.status is None or exchange.error is not None:
            raise httpx.TransportError(exchange.error or "no answer", request=request)
        pairs = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in exchange.response_headers]
        return httpx.Response(exchange.status, headers=pairs, stream=httpx.ByteStream(exchange.response_body))

    async def raw(self, data: bytes, asked: Asked) -> Exchange:
        """Send bytes as they are on a connection of their own.

        The answer is read as that to a GET, or to a HEAD if it is one.
        """
        asked.alone = True

        def begin() -> tuple[Attempt, h11.Connection]:
            parser = h11.Connection(h11.CLIENT, max_incomplete_event_size=self._limits.header_bytes)
            _request_bytes(parser, "HEAD" if data.startswith(b"HEAD ") else "GET", b"/", [(b"Host", b"-")], b"")
            seen, now = take_apart(data), Moment.now(self._clock)
            return Attempt(seen.method, seen.target, seen.headers, seen.body, data, now, now), parser

        return await self._run(begin, asked)

    async def _run(self, begin: Callable[[], tuple[Attempt, h11.Connection]], asked: Asked) -> Exchange:
        until = self._clock.monotonic() + asked.deadline.total_seconds()
        exchange = None
        while exchange is None or exchange.error == STALE:
            attempt, parser = begin()
            exchange = asked.exchange = await self._try(attempt, parser, asked, until)
        return exchange

    async def _try(self, attempt: Attempt, parser: h11.Connection, asked: Asked, until: float) -> Exchange:
        """Make one attempt and record it."""
        connection: ClientConnection | None = None
        try:
            connection = await self._pool.take(asked.deadline, asked.alone)
            reused = connection.used
            limit = asyncio.timeout(max(0.0, until - self._clock.monotonic()))
            try:
                async with limit:
                    await connection.run(attempt, parser)
            except TimeoutError:
                attempt.fail(f"no complete answer within {asked.deadline.total_seconds():g} s; {attempt.progress()}")
            if reused and connection.ended and not attempt.response and attempt.method in _REPEATABLE:
                attempt.error = STALE
        except NotConnected as error:
            attempt.connection = error.connection.number if error.connection else 0
            attempt.fail(str(error))
        except asyncio.CancelledError:
            attempt.fail(f"the harness stopped waiting; {attempt.progress()}")
            raise
        finally:
            try:
                exchange = attempt.recorded(self._recorder, asked.resource)
            finally:
                if connection is not None:
                    await self._pool.give_back(connection, attempt.complete, keep=not asked.alone)
        return exchange


def _request_bytes(
    parser: h11.Connection, method: str, target: bytes, headers: list[tuple[bytes, bytes]], body: bytes
) -> bytes:
    written = parser.send(h11.Request(method=method, target=target, headers=headers)) or b""
    if body:
        written += parser.send(h11.Data(data=body)) or b""
    return written + (parser.send(h11.EndOfMessage()) or b"")
