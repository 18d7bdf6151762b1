"""What the tests of the wire share: certificates made once, and a server with a client in virtual or real time."""

from __future__ import annotations

import asyncio
import atexit
import shutil
import ssl
import tempfile
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

from conformance.vocabulary.clock import Clock, RealClock, VirtualClock, VirtualTimeLoop
from conformance.wire.certificates import Fault, Pki
from conformance.wire.device_identity import IdentityFiles
from conformance.wire.exchange import Connection, Exchange
from conformance.wire.http_client import HttpClient
from conformance.wire.http_server import Listener
from conformance.wire.limits import WireLimits
from conformance.wire.messages import Answer, BrokenAnswer, Request
from conformance.wire.network import ByteStream, Listening, Network
from conformance.wire.pipes import PipeNetwork
from conformance.wire.sockets import SocketNetwork
from conformance.wire.tls_context import client_context, server_context

START = datetime(2030, 5, 1, 12, 0, tzinfo=UTC)
DEADLINE = timedelta(seconds=30)
XML = (("Content-Type", "application/sep+xml"),)

Result = TypeVar("Result")


@lru_cache
def pki() -> tuple[Pki, Path]:
    """One tree of test authorities for all tests of the wire; the folder goes with the process."""
    folder = Path(tempfile.mkdtemp(prefix="wire-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Pki.create(), folder


def files(name: str, fault: Fault | None = None) -> IdentityFiles:
    """An identity by its name, sound or with a fault, made at its first use."""
    return _files(name, fault)


@lru_cache
def _files(name: str, fault: Fault | None) -> IdentityFiles:
    made, folder = pki()
    identity = made.faulty(fault, name, ["127.0.0.1"]) if fault else made.device(name, hosts=["127.0.0.1"])
    return identity.write(folder, name)


@lru_cache
def server_tls() -> ssl.SSLContext:
    made = files("server")
    return server_context(made.chain, made.key, made.root)


@lru_cache
def client_tls() -> ssl.SSLContext:
    made = files("client")
    return client_context(made.chain, made.key, made.root)


@dataclass
class MemoryRecorder:
    """A recorder that keeps everything."""

    case: str = "TEST-001"
    exchanges: list[Exchange] = field(default_factory=list)
    stored: list[Connection] = field(default_factory=list)
    _connection: int = 0
    _exchange: int = 0

    def next_connection(self) -> int:
        self._connection += 1
        return self._connection

    def next_exchange(self) -> int:
        self._exchange += 1
        return self._exchange

    def connection(self, connection: Connection) -> None:
        self.stored.append(connection)

    def exchange(self, exchange: Exchange) -> None:
        self.exchanges.append(exchange)

    @property
    def last(self) -> Connection:
        """The connection stored last."""
        return self.stored[-1]


async def hello(request: Request) -> Answer:
    return Answer(200, XML, b"<DeviceCapability/>", "DeviceCapability")


Handler = Callable[[Request], Awaitable[Answer | BrokenAnswer]]


@dataclass
class Rig:
    """A network, a clock, and recorders for both sides."""

    network: Network
    clock: Clock
    served: MemoryRecorder = field(default_factory=MemoryRecorder)
    asked: MemoryRecorder = field(default_factory=MemoryRecorder)
    limits: WireLimits = field(default_factory=WireLimits)
    bound: list[Listening] = field(default_factory=list)
    over: asyncio.Event = field(default_factory=asyncio.Event)

    async def listen(
        self, handler: Handler = hello, context: ssl.SSLContext | None = None, limits: WireLimits | None = None
    ) -> Listener:
        tls = context or server_tls()
        return await Listener.start(self.network, self.clock, tls, handler, self.served, limits=limits or self.limits)

    def client(self, port: int, context: ssl.SSLContext | None = None, connections: int = 1) -> HttpClient:
        tls = context or client_tls()
        return HttpClient(
            self.network, self.clock, tls, "127.0.0.1", port, self.asked, self.limits, connections=connections
        )

    async def peer(self, behave: Callable[[ByteStream], Awaitable[None]]) -> int:
        """Serve raw streams with ``behave`` until the test is over."""
        self.bound.append(await self.network.listen("127.0.0.1", 0, behave))
        return self.bound[-1].port

    async def pair(self) -> tuple[ByteStream, ByteStream]:
        """Return the two ends of a stream."""
        accepted: asyncio.Future[ByteStream] = asyncio.get_running_loop().create_future()

        async def keep(stream: ByteStream) -> None:
            accepted.set_result(stream)
            await self.over.wait()

        port = await self.peer(keep)
        return await self.network.connect("127.0.0.1", port), await accepted

    async def run(self, test: Callable[[Rig], Coroutine[None, None, Result]]) -> Result:
        """Run a test and take down what it bound."""
        try:
            return await test(self)
        finally:
            self.over.set()
            for listening in self.bound:
                await listening.close()


def run_virtual(test: Callable[[Rig], Coroutine[None, None, Result]]) -> Result:
    """Run a test over pipes in virtual time."""
    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        clock = VirtualClock(START, runner.get_loop())
        return runner.run(Rig(PipeNetwork(clock), clock).run(test))


def run_real(test: Callable[[Rig], Coroutine[None, None, Result]]) -> Result:
    """Run a test over loopback sockets in real time."""
    clock = RealClock()
    return asyncio.run(Rig(SocketNetwork(clock), clock).run(test))
