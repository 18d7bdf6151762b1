"""The test server's listener: mutual TLS and HTTP/1.1 on a network, every exchange recorded.

Several connections at once, kept alive, pipelined requests answered in order. An idle connection is never closed
unless the limits say so. A handshake that fails is recorded as a connection with its error.
"""

from __future__ import annotations

import asyncio
import errno
import os
import ssl
from collections.abc import Callable

from conformance.vocabulary.clock import Clock
from conformance.vocabulary.errors import HarnessError, UsageError, explain
from conformance.wire.exchange import Side
from conformance.wire.limits import WireLimits
from conformance.wire.network import ByteStream, Listening, Network
from conformance.wire.recorder import Recorder
from conformance.wire.server_connection import Handler, ServerConnection, Serving
from conformance.wire.tls import StreamBroken, TlsStream
from conformance.wire.tls_context import again

_SESSIONS_KEPT = 512  # about 15 KB each


class Listener:
    """A bound test server. Made by :meth:`start`."""

    def __init__(self, context: ssl.SSLContext, serving: Serving) -> None:
        self._context = context
        self._serving = serving
        self._listening: Listening | None = None
        self._live: dict[TlsStream, asyncio.Task[None]] = {}
        self._closing = False
        self._accepted = 0
        self._faults: list[Exception] = []

    @classmethod
    async def start(
        cls,
        network: Network,
        clock: Clock,
        context: ssl.SSLContext,
        handler: Handler,
        recorder: Recorder,
        host: str = "127.0.0.1",
        port: int = 0,
        limits: WireLimits | None = None,
        on_harness_error: Callable[[Exception], None] | None = None,
    ) -> Listener:
        """Bind and serve.

        Args:
            network: sockets or pipes.
            clock: for all times.
            context: the server side's TLS.
            handler: answers one request; what it raises is a fault of the harness.
            recorder: takes connections and exchanges.
            host: the address to bind.
            port: the port; 0 takes a free one.
            limits: bounds on what a client may make the server hold.
            on_harness_error: told of each fault of the handler; without it, :meth:`close` raises the first one.

        Raises:
            UsageError: the port is in use, or may not be bound.
        """
        listener = cls(context, Serving(handler, recorder, clock, limits or WireLimits(), lambda fault: None))
        listener._serving.on_harness_error = on_harness_error or listener._faults.append
        try:
            listener._listening = await network.listen(host, port, listener._on_stream)
        except OSError as error:
            raise UsageError(_cannot_bind(host, port, error)) from error
        return listener

    @property
    def host(self) -> str:
        """The bound address."""
        return self._bound.host

    @property
    def port(self) -> int:
        """The bound port."""
        return self._bound.port

    @property
    def _bound(self) -> Listening:
        if self._listening is None:
            raise HarnessError("the listener was not started")
        return self._listening

    def use(self, handler: Handler, recorder: Recorder) -> None:
        """Go over to another test case without dropping a connection; open ones are recorded there as they stand."""
        self._serving.handler, self._serving.recorder = handler, recorder
        for tls in self._live:
            tls.record_to(recorder)

    async def _on_stream(self, stream: ByteStream) -> None:
        if self._closing:
            return
        self._accepted += 1
        if self._accepted % _SESSIONS_KEPT == 0:
            self._context = again(self._context)
        tls = TlsStream(stream, self._context, Side.SERVER, self._serving.recorder, self._serving.clock)
        self._live[tls] = _current_task()
        try:
            await self._serve(tls)
        except asyncio.CancelledError:
            if not self._stopped():
                raise
        except Exception as fault:  # of the harness itself, such as a full disk: it must not vanish with this task
            self._serving.on_harness_error(fault)
        finally:
            del self._live[tls]

    async def _serve(self, tls: TlsStream) -> None:
        try:
            await tls.handshake(self._serving.limits.handshake)
            await ServerConnection(tls, self._serving).serve()
        except StreamBroken:
            return  # the stream has recorded why
        except asyncio.CancelledError:
            await tls.close()
            raise
        finally:
            tls.abandon()

    def _stopped(self) -> bool:
        return self._closing

    async def drop_connections(self) -> None:
        """Close every open connection in good order; go on listening."""
        for tls in tuple(self._live):
            await tls.close()

    async def close(self) -> None:
        """Stop listening, close every connection, wait until all is recorded; then raise a fault not yet reported."""
        self._closing = True
        for task in self._live.values():
            task.cancel()
        await self._bound.close()
        if self._faults:
            raise HarnessError(f"answering a request failed: {self._faults[0]}") from self._faults[0]


def _current_task() -> asyncio.Task[None]:
    task = asyncio.current_task()
    if task is None:
        raise HarnessError("a stream is handled outside a task")
    return task


def _cannot_bind(host: str, port: int, error: OSError) -> str:
    taken = error.errno == errno.EADDRINUSE
    seen = "another program uses it" if taken else (os.strerror(error.errno) if error.errno else str(error))
    do = "stop that program, or choose another port (0 takes a free one)" if taken else "choose another address or port"
    return explain(f"Listening on {host}:{port}", "a free port that may be bound", seen, do)
