"""Byte streams over TCP.

The sockets are the harness's own, so that the kernel's receive stamp is read where there is one (Linux,
SO_TIMESTAMPNS): it tells when bytes came, however late this process looks. Back-pressure is the kernel's: what
is not asked for is not read.
"""

from __future__ import annotations

import asyncio
import errno
import ipaddress
import os
import socket
import struct
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

from conformance.vocabulary.clock import Clock
from conformance.wire.exchange import Moment
from conformance.wire.network import ByteStream
from conformance.wire.stream_server import StreamTasks

_CHUNK = 64 * 1024
_BACKLOG = 512
_PAUSE_S = 0.1
_STAMP_OPTION = 35  # SO_TIMESTAMPNS of Linux; the socket module does not name it
_STAMP = struct.Struct("@ll")
_STAMP_ROOM = socket.CMSG_SPACE(_STAMP.size) if hasattr(socket, "CMSG_SPACE") else 0
KERNEL_STAMPS = sys.platform.startswith("linux")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


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


def stream_of(sock: socket.socket, clock: Clock) -> ByteStream:
    """Wrap a connected, non-blocking socket; with kernel stamps where the system has them."""
    sock.setblocking(False)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if not KERNEL_STAMPS:
        return SocketStream(sock, clock)
    sock.setsockopt(socket.SOL_SOCKET, _STAMP_OPTION, 1)
    return StampedSocketStream(sock, clock)


class SocketStream:
    """A TCP connection on any system and any loop, without kernel stamps."""

    def __init__(self, sock: socket.socket, clock: Clock) -> None:
        self._sock = sock
        self._clock = clock
        self._loop = asyncio.get_running_loop()
        host, port = sock.getpeername()[:2]
        self.remote = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"

    async def receive(self) -> tuple[bytes, Moment]:
        """Return the next bytes; none at the end. Raises ``ConnectionError``."""
        self._must_be_open()
        data = await self._loop.sock_recv(self._sock, _CHUNK)
        return data, Moment.now(self._clock)

    async def send(self, data: bytes) -> None:
        """Write all bytes. Raises ``ConnectionError``."""
        self._must_be_open()
        try:
            sent = self._sock.send(data)
        except (BlockingIOError, InterruptedError):
            sent = 0
        if sent < len(data):
            await self._loop.sock_sendall(self._sock, memoryview(data)[sent:])

    async def send_eof(self) -> None:
        """Shut the writing half; harmless when the connection is gone already."""
        if self._sock.fileno() >= 0:
            try:
                self._sock.shutdown(socket.SHUT_WR)
            except OSError as error:
                if error.errno not in (errno.ENOTCONN, errno.EINVAL, errno.ECONNRESET, errno.EPIPE):
                    raise

    def close(self) -> None:
        """Close; twice is fine."""
        self._sock.close()

    def reset(self) -> None:
        """Close with a TCP reset: lingering for no time at all makes the kernel send one."""
        if self._sock.fileno() >= 0:
            self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close()

    def _must_be_open(self) -> None:
        if self._sock.fileno() < 0:
            raise ConnectionAbortedError(errno.ECONNABORTED, "the harness has closed this connection")


class StampedSocketStream(SocketStream):
    """A TCP connection whose received bytes carry the kernel's stamp (Linux)."""

    def __init__(self, sock: socket.socket, clock: Clock) -> None:
        super().__init__(sock, clock)
        self._watched = False
        self._waiter: asyncio.Future[None] | None = None

    async def receive(self) -> tuple[bytes, Moment]:
        """Return the next bytes; none at the end. Raises ``ConnectionError``."""
        while True:
            self._must_be_open()
            if self._watched:  # the loop tells when there is something, so asking first would be a wasted call
                await self._readable()
                self._must_be_open()
            try:
                data, ancillary, _, _ = self._sock.recvmsg(_CHUNK, _STAMP_ROOM)
            except (BlockingIOError, InterruptedError):
                self._watch()
                continue
            return data, Moment.now(self._clock, _kernel_stamp(ancillary))

    def _watch(self) -> None:
        if not self._watched:
            self._loop.add_reader(self._sock, self._on_readable)
            self._watched = True

    async def _readable(self) -> None:
        self._waiter = self._loop.create_future()
        try:
            await self._waiter
        finally:
            self._waiter = None

    def _on_readable(self) -> None:
        if self._waiter is None:
            self._unwatch()  # nobody reads now: the bytes stay in the kernel, which slows the peer down
        elif not self._waiter.done():
            self._waiter.set_result(None)

    def _unwatch(self) -> None:
        if self._watched:
            self._loop.remove_reader(self._sock)
            self._watched = False

    def close(self) -> None:
        """Close; whoever waits in ``receive`` gets ``ConnectionAbortedError``."""
        self._unwatch()
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)
        super().close()


def _kernel_stamp(ancillary: list[tuple[int, int, bytes]]) -> datetime | None:
    for level, kind, data in ancillary:
        if level == socket.SOL_SOCKET and kind == _STAMP_OPTION and len(data) >= _STAMP.size:
            seconds, nanoseconds = _STAMP.unpack_from(data)
            return _EPOCH + timedelta(seconds=seconds, microseconds=nanoseconds // 1000)
    return None
