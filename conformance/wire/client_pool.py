"""The test client's connections to its server: opened when needed, kept alive, used again."""

from __future__ import annotations

import asyncio
import ipaddress
import ssl
from collections.abc import Callable
from datetime import timedelta

from conformance.vocabulary.clock import Clock
from conformance.wire.client_connection import ClientConnection
from conformance.wire.exchange import Connection, Moment, Side
from conformance.wire.failure_words import failure_words
from conformance.wire.limits import WireLimits
from conformance.wire.network import ByteStream, Network
from conformance.wire.recorder import Recorder
from conformance.wire.tls import StreamBroken, TlsStream

_TURNS = 3  # of the loop: what the system holds already gets through the reader
_LATE_REFUSAL_S = 0.5


Vet = Callable[[Connection], str | None]
"""Looks at a connection whose handshake is done; what it says against it, if anything, closes it unused."""


class NotConnected(StreamBroken):
    """No connection came about; ``connection`` is its record, if one was tried."""

    def __init__(self, words: str, connection: Connection | None = None) -> None:
        super().__init__(words)
        self.connection = connection


class ClientPool:
    """At most ``connections`` at once; further requests wait for one to be given back."""

    def __init__(
        self,
        network: Network,
        clock: Clock,
        context: ssl.SSLContext,
        host: str,
        port: int,
        recorder: Recorder,
        limits: WireLimits,
        connections: int,
        vet: Vet | None = None,
    ) -> None:
        self.host, self.port = host, port
        self._vet = vet
        self._network, self._clock, self._context = network, clock, context
        self._recorder, self._limits = recorder, limits
        self._free = asyncio.Semaphore(connections)
        self._idle: list[ClientConnection] = []

    async def take(self, within: timedelta, fresh: bool = False) -> ClientConnection:
        """Return a connection for one exchange, a new one if need be or if wanted. Raises :class:`NotConnected`."""
        until = self._clock.monotonic() + within.total_seconds()
        try:
            async with asyncio.timeout(within.total_seconds()):
                await self._free.acquire()
        except TimeoutError:
            raise NotConnected(f"no connection of the harness was free within {within.total_seconds():g} s") from None
        try:
            kept = None if fresh else await self._kept()
            return kept or await self._opened(until - self._clock.monotonic())
        except BaseException:
            self._free.release()
            raise

    async def _kept(self) -> ClientConnection | None:
        for _ in range(_TURNS if self._idle else 0):
            await asyncio.sleep(0)
        while self._idle:
            connection = self._idle.pop()
            if connection.usable:
                return connection
            await connection.close()
        return None

    async def _opened(self, left_s: float) -> ClientConnection:
        return ClientConnection(await self._shaken_hands(left_s), self._clock, self._limits)

    async def give_back(self, connection: ClientConnection, answered: bool, keep: bool = True) -> None:
        """Keep a connection that can be used again; end another one, at once if its answer was not complete."""
        try:
            if keep and connection.usable:
                self._idle.append(connection)
            elif answered:
                await connection.close()
            else:
                connection.abandon()
        finally:
            self._free.release()

    async def handshake_only(self, within: timedelta) -> Connection:
        """Shake hands on a connection of its own, close it, return its record."""
        try:
            tls = await self._shaken_hands(within.total_seconds())
        except NotConnected as error:
            if error.connection is None:
                raise
            return error.connection
        if tls.facts().version == "TLSv1.3":
            await _late_refusal(tls)
        await tls.close()
        return tls.facts()

    async def _shaken_hands(self, left_s: float) -> TlsStream:
        until = self._clock.monotonic() + left_s
        stream = await self._connected(left_s)
        name = None if _is_address(self.host) else self.host
        tls = TlsStream(stream, self._context, Side.CLIENT, self._recorder, self._clock, name)
        left = min(self._limits.handshake, timedelta(seconds=max(0.0, until - self._clock.monotonic())))
        try:
            await tls.handshake(left)
        except StreamBroken as error:
            raise NotConnected(str(error), tls.facts()) from error
        if self._vet is not None and (reason := self._vet(tls.facts())) is not None:
            await tls.close()
            raise NotConnected(reason, tls.facts())
        return tls

    async def _connected(self, left_s: float) -> ByteStream:
        opened = Moment.now(self._clock)
        words = "the harness gave up connecting"
        limit = asyncio.timeout(left_s)
        try:
            async with limit:
                return await self._network.connect(self.host, self.port)
        except OSError as error:
            words = f"no connection within {left_s:g} s" if limit.expired() else failure_words(error)
            raise NotConnected(words, self._record_unconnected(opened, words)) from error
        except asyncio.CancelledError:
            self._record_unconnected(opened, words)
            raise

    def _record_unconnected(self, opened: Moment, words: str) -> Connection:
        number, recorder = self._recorder.next_connection(), self._recorder
        remote, closed = f"{self.host}:{self.port}", Moment.now(self._clock)
        connection = Connection(number, recorder.case, Side.CLIENT, remote, opened, closed, error=words)
        recorder.connection(connection)
        return connection

    async def close_idle(self) -> None:
        """Close the connections that are kept."""
        while self._idle:
            await self._idle.pop().close()

    async def close(self) -> None:
        """Close what is kept; what is under way ends with its exchange."""
        await self.close_idle()


async def _late_refusal(tls: TlsStream) -> None:
    """Give a TLS 1.3 server the time to refuse our certificate; silence means that it has not."""
    try:
        async with asyncio.timeout(_LATE_REFUSAL_S):
            await tls.read()
    except TimeoutError:
        return
    except StreamBroken:
        return  # recorded by the stream


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
