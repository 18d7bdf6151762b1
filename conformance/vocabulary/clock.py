"""One clock for everything: real time for real subjects, virtual time for the reference peers.

Both clocks belong to a running asyncio loop. Under :class:`VirtualTimeLoop` a wait takes no time: when
nothing is left to do, the loop's time jumps to the next timer. Durations always come from the
monotonic side; wall times are aware UTC datetimes.
"""

from __future__ import annotations

import asyncio
import selectors
import time
from datetime import UTC, datetime, timedelta
from typing import Protocol

TICK_S = 1e-6
"""The least time that a clock can be told to wait; less would be no wait at all."""


class Clock(Protocol):
    """Time as every part of the harness sees it."""

    @property
    def virtual(self) -> bool:
        """True when waiting costs no real time."""

    def now(self) -> datetime:
        """Return the wall time, aware and in UTC."""

    def monotonic(self) -> float:
        """Return seconds from an arbitrary start; never goes back."""

    async def wait(self, duration: timedelta) -> None:
        """Wait for a duration; zero or less returns after one turn of the loop."""

    async def wait_until(self, moment: datetime) -> None:
        """Wait until the wall time has come."""


class RealClock:
    """The machine's clock."""

    virtual = False

    def now(self) -> datetime:
        """Return the wall time, aware and in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Return seconds from an arbitrary start; never goes back."""
        return time.monotonic()

    async def wait(self, duration: timedelta) -> None:
        """Wait for a duration."""
        await asyncio.sleep(max(0.0, duration.total_seconds()))

    async def wait_until(self, moment: datetime) -> None:
        """Wait until the wall time has come; a wall clock set back makes it wait on."""
        while (left := (moment - self.now()).total_seconds()) > 0:
            await asyncio.sleep(left)


class VirtualClock:
    """The time of a :class:`VirtualTimeLoop`, counted from a chosen wall time."""

    virtual = True

    def __init__(self, start: datetime, loop: asyncio.AbstractEventLoop) -> None:
        self._start = start
        self._loop = loop
        self._offset = loop.time()

    def now(self) -> datetime:
        """Return the virtual wall time, aware and in UTC."""
        return self._start + timedelta(seconds=self.monotonic())

    def monotonic(self) -> float:
        """Return virtual seconds since the clock was made."""
        return self._loop.time() - self._offset

    async def wait(self, duration: timedelta) -> None:
        """Wait for a virtual duration."""
        await asyncio.sleep(max(0.0, duration.total_seconds()))

    async def wait_until(self, moment: datetime) -> None:
        """Wait until the virtual wall time has come."""
        await self.wait(moment - self.now())


class _JumpingSelector(selectors.DefaultSelector):
    """Never blocks: instead of waiting for a timer it moves the loop's time to it."""

    jumped = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready: list[tuple[selectors.SelectorKey, int]] = super().select(0)
        if ready or timeout == 0:
            return ready
        if timeout is None:
            return list(super().select(None))
        self.jumped += timeout
        return ready


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """An event loop in which waiting takes no time. For work without sockets and threads."""

    def __init__(self) -> None:
        self._jumping = _JumpingSelector()
        super().__init__(self._jumping)

    def time(self) -> float:
        """Return the virtual time in seconds."""
        return self._jumping.jumped
