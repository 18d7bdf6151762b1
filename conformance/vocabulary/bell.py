"""Waking whoever waits for a change, in one event loop."""

from __future__ import annotations

import asyncio


class Bell:
    """Any number of tasks wait; one ring wakes all that wait at that moment."""

    def __init__(self) -> None:
        self._waiting: set[asyncio.Future[None]] = set()

    async def wait(self) -> None:
        """Wait for the next ring."""
        waiter = asyncio.get_running_loop().create_future()
        self._waiting.add(waiter)
        try:
            await waiter
        finally:
            self._waiting.discard(waiter)

    def ring(self) -> None:
        """Wake them."""
        for waiter in self._waiting:
            if not waiter.done():
                waiter.set_result(None)
