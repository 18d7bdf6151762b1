"""TCP connections as byte streams.

The sockets are the harness's own, so that the kernel's receive stamp is read where there is one (Linux,
SO_TIMESTAMPNS): it tells when bytes came, however late this process looks. Back-pressure is the kernel's: what
is not asked for is not read.
"""

from __future__ import annotations

import asyncio
import errno
import socket
import struct
import sys
from datetime import UTC, datetime, timedelta

from conformance.vocabulary.clock import Clock
from conformance.wire.exchange import Moment
from conformance.wire.network import ByteStream

_CHUNK = 64 * 1024
_STAMP_OPTION = 35  # SO_TIMESTAMPNS of Linux; the socket module does not name it
_STAMP = struct.Struct("@ll")
_STAMP_ROOM = socket.CMSG_SPACE(_STAMP.size) if hasattr(socket, "CMSG_SPACE") else 0
KERNEL_STAMPS = sys.platform.startswith("linux")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


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
