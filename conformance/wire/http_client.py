"""The test client's way to a server: httpx for the requests, the harness's own TLS and bytes below.

What a server does wrong is never an exception: an :class:`~conformance.wire.exchange.Exchange` carries it in plain
words. No redirect is followed, nothing is decompressed, no environment proxy is used, no cookie is kept.
"""

from __future__ import annotations

import re
import ssl
from datetime import timedelta

import httpx

from conformance.vocabulary.clock import Clock
from conformance.vocabulary.errors import HarnessError, UsageError, explain
from conformance.wire.attempt import Asked
from conformance.wire.client_pool import ClientPool, Vet
from conformance.wire.client_transport import ASKED, TARGET, ClientTransport
from conformance.wire.exchange import Connection, Exchange
from conformance.wire.limits import WireLimits
from conformance.wire.messages import Answer, Headers, NoAnswer
from conformance.wire.network import Network
from conformance.wire.recorder import Recorder


class HttpClient:
    """A client of one server, with one identity. Use as an async context manager, or call :meth:`aclose`."""

    def __init__(
        self,
        network: Network,
        clock: Clock,
        context: ssl.SSLContext,
        host: str,
        port: int,
        recorder: Recorder,
        limits: WireLimits | None = None,
        connections: int = 1,
        vet: Vet | None = None,
    ) -> None:
        """Prepare; nothing is sent yet. At most ``connections`` are open at once, kept alive and used again.

        ``vet`` may refuse a server that TLS has accepted.
        Raises ``UsageError`` for a host that cannot stand in an address.
        """
        limits = limits or WireLimits()
        self._pool = ClientPool(network, clock, context, host, port, recorder, limits, connections, vet)
        self._transport = ClientTransport(self._pool, recorder, clock, limits)
        self._origin = _origin(host, port)

    async def exchange(
        self,
        method: str,
        target: str,
        headers: Headers = (),
        body: bytes = b"",
        resource: str | None = None,
        *,
        deadline: timedelta,
    ) -> Exchange:
        """Send a request and return what came of it, recorded.

        ``Host`` and ``Content-Length`` are added where missing; headers keep their casing. ``deadline`` covers
        connecting, the handshake and the answer to its last byte.

        Raises:
            UsageError: the request itself is not proper HTTP/1.1; :meth:`raw` sends such things.
        """
        asked = Asked(resource, deadline)
        request = httpx.Request(
            method,
            self._origin,
            headers=[(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers],
            content=body or None,
            extensions={TARGET: target.encode("latin-1"), ASKED: asked},
        )
        try:
            # Not by way of httpx's own client: it does nothing here but look for cookies, at every answer.
            await self._transport.handle_async_request(request)
        except httpx.LocalProtocolError as error:
            raise UsageError(
                explain(f"Sending {method} {target}", "a proper HTTP/1.1 request", str(error), "use raw() to send it")
            ) from error
        except httpx.HTTPError as error:
            # The transport has recorded what happened.
            if asked.exchange is None:
                raise HarnessError(f"sending {method} {target} failed within the harness: {error}") from error
        if asked.exchange is None:
            raise HarnessError(f"sending {method} {target} left no record")
        return asked.exchange

    async def raw(self, data: bytes, deadline: timedelta, resource: str | None = None) -> Exchange:
        """Send bytes made by hand on a new connection, close it, and return what came of it, recorded."""
        return await self._transport.raw(data, Asked(resource, deadline))

    async def handshake_only(self, deadline: timedelta) -> Connection:
        """Open a connection of its own, shake hands, close, and return what was seen; never raises for the server.

        In TLS 1.3 a server refuses a certificate only after the handshake, so a short while is waited for that.
        """
        return await self._pool.handshake_only(deadline)

    async def fresh(self) -> None:
        """Close the kept connections: the next exchange opens a new one."""
        await self._pool.close_idle()

    async def aclose(self) -> None:
        """Close all connections."""
        await self._pool.close()

    async def __aenter__(self) -> HttpClient:
        return self

    async def __aexit__(self, *reason: object) -> None:
        await self.aclose()


def _origin(host: str, port: int) -> httpx.URL:
    text = f"https://[{host}]:{port}/" if ":" in host else f"https://{host}:{port}/"
    try:
        url = httpx.URL(text)
    except httpx.InvalidURL as error:
        raise UsageError(_no_host(host, str(error))) from error
    if not re.fullmatch(r"[\w.:%-]+", host):
        raise UsageError(_no_host(host, "characters that belong into no host name"))
    return url


def _no_host(host: str, seen: str) -> str:
    return explain(f"Addressing the server {host!r}", "a host name or an IP address", seen, "mend the server's address")


class HttpSender:
    """Carries a device core's requests over an :class:`HttpClient`."""

    def __init__(self, client: HttpClient, deadline: timedelta) -> None:
        self._client = client
        self._deadline = deadline

    async def send(
        self, method: str, target: str, body: bytes = b"", headers: Headers = (), resource: str | None = None
    ) -> Answer:
        """Send one request and return its answer. Raises ``NoAnswer``."""
        exchange = await self._client.exchange(method, target, headers, body, resource, deadline=self._deadline)
        if exchange.status is None or exchange.error is not None:
            raise NoAnswer(exchange.error or "no answer came")
        return Answer(exchange.status, exchange.response_headers, exchange.response_body, resource)
