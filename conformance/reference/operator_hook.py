"""A web hook in front of the reference server's operator, as the maker of a server would write one.

``csip.toml`` of a run against it says ``way = "hook"`` and this address. Bound to the loopback only: it has no TLS.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping

import h11

Perform = Callable[[str, Mapping[str, str]], Awaitable[str]]
LARGEST = 1 << 20


async def serve_hook(perform: Perform, port: int, host: str = "127.0.0.1") -> asyncio.Server:
    """Take instructions by POST: 200 with what was done, 409 with the reason why not."""

    async def on_connection(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        parser = h11.Connection(h11.SERVER, max_incomplete_event_size=LARGEST)
        try:
            status, text = await _answer(perform, await _body(parser, reader))
        except (h11.RemoteProtocolError, ConnectionError, ValueError, KeyError, TypeError, AttributeError) as error:
            status, text = 400, f"not an instruction: {error}"
        body = text.encode()
        head = f"HTTP/1.1 {status} -\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode()
        writer.write(head + body)
        await writer.drain()
        writer.close()

    return await asyncio.start_server(on_connection, host, port)


async def _body(parser: h11.Connection, reader: asyncio.StreamReader) -> bytes:
    pieces: list[bytes] = []
    while True:
        event = parser.next_event()
        if event is h11.NEED_DATA:
            parser.receive_data(await reader.read(1 << 16))
        elif isinstance(event, h11.Data):
            pieces.append(bytes(event.data))
            if sum(map(len, pieces)) > LARGEST:
                raise ValueError("the body is too large")
        elif isinstance(event, h11.EndOfMessage):
            return b"".join(pieces)
        elif not isinstance(event, h11.Request):
            raise ConnectionError("the request ended before its body")


async def _answer(perform: Perform, body: bytes) -> tuple[int, str]:
    told = json.loads(body)
    instruction, values = str(told["instruction"]), {str(name): str(value) for name, value in told["values"].items()}
    try:
        return 200, await perform(instruction, values)
    except Exception as error:  # whatever keeps an instruction from being done is the answer to it
        return 409, f"{type(error).__name__}: {error}"
