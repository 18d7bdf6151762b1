"""Pipes: streams in memory that behave as TCP does, and let no time pass."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from wire_rig import START, Rig, run_virtual

from conformance.wire.network import ByteStream


def with_pair(test: Callable[[Rig, ByteStream, ByteStream], Awaitable[None]]) -> None:
    async def body(rig: Rig) -> None:
        await test(rig, *await rig.pair())

    run_virtual(body)


def test_bytes_arrive_in_order_with_their_moment() -> None:
    async def test(rig: Rig, near: ByteStream, far: ByteStream) -> None:
        await rig.clock.wait(timedelta(seconds=5))
        await near.send(b"one ")
        await near.send(b"two")
        data, moment = await far.receive()
        assert data == b"one two"
        assert moment.wall == START + timedelta(seconds=5)
        assert moment.kernel is None

    with_pair(test)


def test_a_sender_waits_while_the_peer_does_not_read() -> None:
    async def test(rig: Rig, near: ByteStream, far: ByteStream) -> None:
        sending = asyncio.create_task(near.send(bytes(1_000_000)))
        await rig.clock.wait(timedelta(seconds=1))
        assert not sending.done()
        got = 0
        while got < 1_000_000:
            got += len((await far.receive())[0])
        await sending
        assert got == 1_000_000

    with_pair(test)


def test_half_a_close_lets_the_other_half_go_on() -> None:
    async def test(rig: Rig, near: ByteStream, far: ByteStream) -> None:
        await near.send_eof()
        assert (await far.receive())[0] == b""
        await far.send(b"still here")
        assert (await near.receive())[0] == b"still here"

    with_pair(test)


def test_a_reset_comes_after_the_bytes_before_it() -> None:
    async def test(rig: Rig, near: ByteStream, far: ByteStream) -> None:
        await near.send(b"last words")
        near.reset()
        assert (await far.receive())[0] == b"last words"
        with pytest.raises(ConnectionResetError):
            await far.receive()

    with_pair(test)


def test_sending_to_a_peer_that_closed_is_a_reset() -> None:
    async def test(rig: Rig, near: ByteStream, far: ByteStream) -> None:
        far.close()
        assert (await near.receive())[0] == b""
        with pytest.raises(ConnectionResetError):
            await near.send(b"anybody?")

    with_pair(test)


def test_whoever_waits_on_a_stream_that_is_closed_here_is_told() -> None:
    async def test(rig: Rig, near: ByteStream, far: ByteStream) -> None:
        waiting = asyncio.create_task(near.receive())
        await asyncio.sleep(0)
        near.close()
        near.close()
        with pytest.raises(ConnectionAbortedError):
            await waiting
        with pytest.raises(ConnectionAbortedError):
            await near.send(b"x")

    with_pair(test)


def test_an_unbound_port_refuses() -> None:
    async def test(rig: Rig) -> None:
        with pytest.raises(ConnectionRefusedError):
            await rig.network.connect("127.0.0.1", 1)

    run_virtual(test)


def test_a_port_is_bound_once_and_free_again_after_closing() -> None:
    async def ignore(stream: ByteStream) -> None:
        stream.close()

    async def test(rig: Rig) -> None:
        first = await rig.network.listen("127.0.0.1", 8443, ignore)
        with pytest.raises(OSError, match="in use"):
            await rig.network.listen("127.0.0.1", 8443, ignore)
        await first.close()
        again = await rig.network.listen("127.0.0.1", 8443, ignore)
        assert again.port == 8443

    run_virtual(test)


def test_two_runs_hand_out_the_same_ports() -> None:
    async def ignore(stream: ByteStream) -> None:
        stream.close()

    async def test(rig: Rig) -> list[int]:
        return [(await rig.network.listen("127.0.0.1", 0, ignore)).port for _ in range(3)]

    assert run_virtual(test) == run_virtual(test)


def test_closing_waits_for_handlers_under_way() -> None:
    ended: list[str] = []

    async def slow(stream: ByteStream) -> None:
        await stream.receive()
        ended.append("handler")

    async def test(rig: Rig) -> None:
        listening = await rig.network.listen("127.0.0.1", 0, slow)
        stream = await rig.network.connect("127.0.0.1", listening.port)
        closing = asyncio.create_task(listening.close())
        await rig.clock.wait(timedelta(seconds=3))
        assert not closing.done()
        stream.close()
        await closing
        assert ended == ["handler"]

    run_virtual(test)
