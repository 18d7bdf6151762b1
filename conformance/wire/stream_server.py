"""The tasks that handle accepted streams, one each; shared by sockets and pipes."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from conformance.wire.network import ByteStream


class StreamTasks:
    """Runs ``on_stream`` for each stream and knows when all have ended.

    An exception of a handler is a fault of the harness; it goes to the loop's exception handler.
    """

    def __init__(self, on_stream: Callable[[ByteStream], Awaitable[None]]) -> None:
        self._on_stream = on_stream
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self, stream: ByteStream) -> None:
        """Handle a stream in a task of its own."""
        task = asyncio.get_running_loop().create_task(self._handle(stream), name=f"stream {stream.remote}")
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    async def _handle(self, stream: ByteStream) -> None:
        try:
            await self._on_stream(stream)
        finally:
            stream.close()

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            task.get_loop().call_exception_handler(
                {"message": "handling a stream failed", "exception": error, "task": task}
            )

    async def ended(self) -> None:
        """Wait for the handlers under way."""
        while self._tasks:
            await asyncio.wait(self._tasks)
