"""Sockets: kernel stamps, resets, half-closes, back-pressure, names, and the plain kind for other systems."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from wire_rig import Rig, run_real

from conformance.wire import socket_stream
from conformance.wire.network import ByteStream


@pytest.fixture(params=[True, False], ids=["stamped", "plain"], autouse=True)
def stamped(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    wanted = bool(request.param)
    if wanted and not socket_stream.KERNEL_STAMPS:
        pytest.skip("this system has no kernel receive stamps")
    monkeypatch.setattr(socket_stream, "KERNEL_STAMPS", wanted)
    return wanted


def with_pair(test: Callable[[Rig, ByteStream, ByteStream], Awaitable[None]]) -> None:
    async def body(rig: Rig) -> None:
        near, far = await rig.pair()
        try:
            await test(rig, near, far)
        finally:
            near.close()

    run_real(body)


def test_bytes_arrive_with_the_kernels_stamp_where_there_is_one(stamped: bool) -> None:
    async def test(rig: Rig, near: ByteStream, far: ByteStream) -> None:
        before = rig.clock.now()
        await near.send(b"hello")
        data, moment = await far.receive()
        assert data == b"hello"
        assert (moment.kernel is not None) is stamped
        if moment.kernel is not None:
            assert before - timedelta(milliseconds=1) <= moment.kernel <= moment.wall

    with_pair(test)


def test_both_wait_for_each_other_over_several_turns() -> None:
    async def test(rig: Rig, near: ByteStream, far: ByteStream) -> None:
        async def echo() -> None:
            for _ in range(20):
                await far.send((await far.receive())[0])

        echoing = asyncio.create_task(echo())
        for number in range(20):
            await near.send(bytes([number]))
            assert (await near.receive())[0] == bytes([number])
        await echoing

    with_pair(test)


def test_a_sender_waits_while_the_peer_does_not_read() -> None:
    size = 20_000_000

    async def test(rig: Rig, near: ByteStream, far: ByteStream) -> None:
        sending = asyncio.create_task(near.send(bytes(size)))
        got = len((await far.receive())[0])
        assert not sending.done()
        while got < size:
            got += len((await far.receive())[0])
        await sending
        assert got == size

    with_pair(test)


def test_a_reset_is_a_reset() -> None:
    async def test(rig: Rig, near: ByteStream, far: ByteStream) -> None:
        near.reset()
        near.reset()
        with pytest.raises(ConnectionResetError):
            await far.receive()

    with_pair(test)


def test_half_a_close_lets_the_other_half_go_on() -> None:
    async def test(rig: Rig, near: ByteStream, far: ByteStream) -> None:
        await near.send_eof()
        assert (await far.receive())[0] == b""
        assert (await far.receive())[0] == b""
        await far.send(b"still here")
        assert (await near.receive())[0] == b"still here"

    with_pair(test)


def test_a_stream_closed_here_says_so() -> None:
    async def test(rig: Rig, near: ByteStream, far: ByteStream) -> None:
        near.close()
        await near.send_eof()
        with pytest.raises(ConnectionAbortedError):
            await near.send(b"x")
        with pytest.raises(ConnectionAbortedError):
            await near.receive()

    with_pair(test)


def test_whoever_waits_on_a_stream_that_is_closed_here_is_told(stamped: bool) -> None:
    if not stamped:
        pytest.skip("the plain kind is closed only after its reader was cancelled")

    async def test(rig: Rig, near: ByteStream, far: ByteStream) -> None:
        waiting = asyncio.create_task(near.receive())
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        near.close()
        with pytest.raises(ConnectionAbortedError):
            await waiting

    with_pair(test)


def test_nagle_is_off() -> None:
    async def test(rig: Rig, near: ByteStream, far: ByteStream) -> None:
        assert isinstance(near, socket_stream.SocketStream)
        assert near._sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)

    with_pair(test)


def test_a_name_is_resolved_and_an_unbound_port_refuses() -> None:
    async def ignore(stream: ByteStream) -> None:
        stream.close()

    async def test(rig: Rig) -> None:
        listening = await rig.network.listen("127.0.0.1", 0, ignore)
        stream = await rig.network.connect("localhost", listening.port)
        assert stream.remote.endswith(f":{listening.port}")
        stream.close()
        await listening.close()
        with pytest.raises(OSError, match=r"refused|111|61"):
            await rig.network.connect("127.0.0.1", listening.port)

    run_real(test)


def test_a_port_in_use_is_an_os_error() -> None:
    async def ignore(stream: ByteStream) -> None:
        stream.close()

    async def test(rig: Rig) -> None:
        listening = await rig.network.listen("127.0.0.1", 0, ignore)
        with pytest.raises(OSError, match="in use"):
            await rig.network.listen("127.0.0.1", listening.port, ignore)
        await listening.close()

    run_real(test)
