"""The network of real TCP sockets; the streams themselves are in :mod:`conformance.wire.socket_stream`."""

from __future__ import annotations

import asyncio
import errno
import ipaddress
import os
import socket
from collections.abc import Awaitable, Callable

from conformance.vocabulary.clock import Clock
from conformance.wire.network import ByteStream
from conformance.wire.socket_stream import stream_of
from conformance.wire.stream_server import StreamTasks

_BACKLOG = 512
_PAUSE_S = 0.1


class SocketNetwork:
    """Real sockets on the running loop."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    async def connect(self, host: str, port: int) -> ByteStream:
        """Open a connection, trying each address of the host. Raises ``OSError``."""
        failure: OSError | None = None
        for family, address in await _addresses(host, port):
            try:
                return await self._connect(family, address)
            except OSError as error:
                failure = error
        raise failure or OSError(errno.EADDRNOTAVAIL, f"{host} has no address")

    async def _connect(self, family: int, address: tuple[str, int]) -> ByteStream:
        sock = socket.socket(family, socket.SOCK_STREAM)
        try:
            sock.setblocking(False)
            await asyncio.get_running_loop().sock_connect(sock, address)
            return stream_of(sock, self._clock)
        except BaseException:
            sock.close()
            raise

    async def listen(self, host: str, port: int, on_stream: Callable[[ByteStream], Awaitable[None]]) -> SocketListening:
        """Bind and accept. Raises ``OSError`` when the port is in use."""
        family, address = (await _addresses(host, port))[0]
        sock = socket.socket(family, socket.SOCK_STREAM)
        try:
            sock.setblocking(False)
            if os.name == "posix":  # elsewhere the option would let two programs share a port
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            sock.bind(address)
            sock.listen(_BACKLOG)
        except BaseException:
            sock.close()
            raise
        return SocketListening(sock, self._clock, on_stream)


async def _addresses(host: str, port: int) -> list[tuple[int, tuple[str, int]]]:
    try:
        version = ipaddress.ip_address(host).version
    except ValueError:
        # Only a name needs the resolver, which the loop asks in a thread.
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
        return [(family, (str(address[0]), int(address[1]))) for family, _, _, _, address in found]
    return [(socket.AF_INET6 if version == 6 else socket.AF_INET, (host, port))]


class SocketListening:
    """A bound TCP address."""

    def __init__(self, sock: socket.socket, clock: Clock, on_stream: Callable[[ByteStream], Awaitable[None]]) -> None:
        self._sock = sock
        self._clock = clock
        self._tasks = StreamTasks(on_stream)
        self._loop = asyncio.get_running_loop()
        self._accepting: asyncio.Task[None] | None = None
        self._paused: asyncio.TimerHandle | None = None
        self.host, self.port = str(sock.getsockname()[0]), int(sock.getsockname()[1])
        try:
            self._loop.add_reader(sock, self._on_acceptable)
        except NotImplementedError:  # the proactor loop of Windows
            self._accepting = self._loop.create_task(self._accept(), name=f"accept {self.port}")

    def _on_acceptable(self) -> None:
        try:
            sock, _ = self._sock.accept()
        except (BlockingIOError, InterruptedError, ConnectionError):
            return
        except OSError as error:
            if error.errno not in (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM):
                raise
            self._pause()
        else:
            self._start(sock)

    def _start(self, sock: socket.socket) -> None:
        try:
            stream = stream_of(sock, self._clock)
        except OSError:
            sock.close()  # gone before it was looked at; nothing of it is known
        else:
            self._tasks.start(stream)

    def _pause(self) -> None:
        """Out of descriptors: leave those who wait in the backlog until some connection has closed."""
        self._loop.remove_reader(self._sock)
        self._paused = self._loop.call_later(_PAUSE_S, self._loop.add_reader, self._sock, self._on_acceptable)

    async def _accept(self) -> None:
        while True:
            sock, _ = await self._loop.sock_accept(self._sock)
            self._start(sock)

    async def close(self) -> None:
        """Stop accepting and wait for the handlers under way to end."""
        if self._paused:
            self._paused.cancel()
        if self._accepting:
            self._accepting.cancel()
            await asyncio.wait([self._accepting])
        elif self._sock.fileno() >= 0:
            self._loop.remove_reader(self._sock)
        self._sock.close()
        await self._tasks.ended()
