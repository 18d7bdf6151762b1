"""Byte streams in memory: no sockets, no threads, the same order in every run, and no time passes in them.

One :class:`PipeNetwork` is one machine: a port is bound or it is not, whatever name the machine is called by.
Made for :class:`~conformance.vocabulary.clock.VirtualTimeLoop`; works on any loop.
"""

from __future__ import annotations

import errno
from collections.abc import Awaitable, Callable

from conformance.vocabulary.bell import Bell
from conformance.vocabulary.clock import Clock
from conformance.wire.exchange import Moment
from conformance.wire.network import ByteStream
from conformance.wire.stream_server import StreamTasks

_FIRST_PORT = 49152  # as for real ephemeral ports
_ROOM = 256 * 1024  # bytes one direction holds before the sender must wait


class PipeNetwork:
    """A network within this process."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._listening: dict[int, PipeListening] = {}
        self._next_port = _FIRST_PORT

    async def connect(self, host: str, port: int) -> ByteStream:
        """Open a stream. Raises ``ConnectionRefusedError`` when nothing listens there."""
        listening = self._listening.get(port)
        if listening is None:
            raise ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused")
        there, back = _Lane(self._clock), _Lane(self._clock)
        listening.accept(PipeStream(f"{listening.host}:{self._new_port()}", incoming=there, outgoing=back))
        return PipeStream(f"{host}:{port}", incoming=back, outgoing=there)

    async def listen(self, host: str, port: int, on_stream: Callable[[ByteStream], Awaitable[None]]) -> PipeListening:
        """Accept streams on a port; 0 takes the next free one. Raises ``OSError`` when it is in use."""
        port = port or self._new_port()
        if port in self._listening:
            raise OSError(errno.EADDRINUSE, "Address already in use")
        listening = PipeListening(host, port, on_stream, lambda: self._listening.pop(port, None))
        self._listening[port] = listening
        return listening

    def _new_port(self) -> int:
        port, self._next_port = self._next_port, self._next_port + 1
        return port


class PipeListening:
    """A bound port of a pipe network."""

    def __init__(
        self, host: str, port: int, on_stream: Callable[[ByteStream], Awaitable[None]], unbind: Callable[[], object]
    ) -> None:
        self.host = host
        self.port = port
        self._unbind = unbind
        self._tasks = StreamTasks(on_stream)

    def accept(self, stream: ByteStream) -> None:
        """Handle a new stream."""
        self._tasks.start(stream)

    async def close(self) -> None:
        """Stop accepting and wait for the handlers under way to end."""
        self._unbind()
        await self._tasks.ended()


class _Lane:
    """One direction. Bytes sent before a reset can still be read, as with TCP on Linux."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._bytes = bytearray()
        self._arrived = Moment.now(clock)
        self._bell = Bell()
        self.ended = False
        self.broken = False

    def end(self, broken: bool = False) -> None:
        """No more bytes: in good order, or broken off."""
        self.ended, self.broken = True, self.broken or broken
        self._bell.ring()

    async def put(self, data: bytes) -> None:
        """Add bytes, waiting while there is no room."""
        view = memoryview(data)
        while view:
            if self.ended:
                raise ConnectionResetError(errno.ECONNRESET, "Connection reset by peer")
            if room := _ROOM - len(self._bytes):
                self._bytes += view[:room]
                view = view[room:]
                self._arrived = Moment.now(self._clock)
                self._bell.ring()
            else:
                await self._bell.wait()

    async def take(self) -> tuple[bytes, Moment]:
        """Return all that is there, waiting while there is nothing."""
        while not self._bytes:
            if self.broken:
                raise ConnectionResetError(errno.ECONNRESET, "Connection reset by peer")
            if self.ended:
                return b"", Moment.now(self._clock)
            await self._bell.wait()
        data = bytes(self._bytes)
        self._bytes.clear()
        self._bell.ring()
        return data, self._arrived


class PipeStream:
    """One end of a pair of lanes."""

    def __init__(self, remote: str, incoming: _Lane, outgoing: _Lane) -> None:
        self.remote = remote
        self._incoming = incoming
        self._outgoing = outgoing
        self._closed = False

    async def receive(self) -> tuple[bytes, Moment]:
        """Return the next bytes; none at the end. Raises ``ConnectionError``."""
        data, moment = await self._open(self._incoming).take()
        self._open(self._incoming)
        return data, moment

    async def send(self, data: bytes) -> None:
        """Write all bytes, waiting while the peer does not read. Raises ``ConnectionError``."""
        await self._open(self._outgoing).put(data)

    async def send_eof(self) -> None:
        """Say that no more bytes will come."""
        self._outgoing.end()

    def close(self) -> None:
        """Close; twice is fine. What the peer sends from now on breaks."""
        self._end(broken=False)

    def reset(self) -> None:
        """Close so that the peer sees a reset."""
        self._end(broken=True)

    def _end(self, broken: bool) -> None:
        if not self._closed:
            self._closed = True
            self._outgoing.end(broken)
            self._incoming.end()

    def _open(self, lane: _Lane) -> _Lane:
        if self._closed:
            raise ConnectionAbortedError(errno.ECONNABORTED, "the harness has closed this connection")
        return lane
