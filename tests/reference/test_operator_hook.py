"""The web hook in front of the reference server's operator, over a real socket."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import timedelta

import pytest

from conformance.catalogue.instructions import order
from conformance.reference.operator_hook import serve_hook
from conformance.roles.operator import Done, HookOperator, Outcome

DEADLINE = timedelta(seconds=10)


async def performs(instruction: str, values: Mapping[str, str]) -> str:
    if instruction == "remove_group":
        raise ValueError("no such group")
    return f"{instruction} {values['program']}"


def told(*, group: str = "", program: str = "") -> Outcome:
    given = order("remove_group", group=group) if group else order("remove_program", program=program)

    async def play() -> Outcome:
        async with await serve_hook(performs, 0) as server:
            port = server.sockets[0].getsockname()[1]
            return await HookOperator(f"http://127.0.0.1:{port}/").perform(given, DEADLINE)

    return asyncio.run(play())


def test_an_instruction_that_is_carried_out_is_told_so() -> None:
    assert told(program="SP 1") == Outcome(Done.DONE, "200 remove_program SP 1")


def test_an_instruction_that_cannot_be_carried_out_is_told_with_the_reason() -> None:
    assert told(group="G") == Outcome(Done.FAILED, "409 ValueError: no such group")


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"rubbish\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}",
        b"POST / HTTP/1.1\r\nHost: x\r\n",
    ],
)
def test_what_is_no_instruction_is_answered_400(request_bytes: bytes) -> None:
    async def play() -> bytes:
        async with await serve_hook(performs, 0) as server:
            reader, writer = await asyncio.open_connection("127.0.0.1", server.sockets[0].getsockname()[1])
            writer.write(request_bytes)
            writer.write_eof()
            answer = await reader.read()
            writer.close()
            return answer

    assert asyncio.run(play()).startswith(b"HTTP/1.1 400 ")
