"""How late the event loop itself is: the uncertainty of every time the harness measures.

A task wakes every 50 ms and notes by how much it overslept; each open window keeps the worst it saw.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator

from conformance.vocabulary.clock import Clock

PERIOD_S = 0.05
LEAST_UNCERTAINTY_S = 0.01


class LagWindow:
    """The worst lag, in seconds, since the window was opened."""

    def __init__(self) -> None:
        self.worst_s = 0.0

    @property
    def uncertainty_s(self) -> float:
        """The uncertainty of a time measured in this window."""
        return max(LEAST_UNCERTAINTY_S, self.worst_s)


class ExactWindow(LagWindow):
    """A window in virtual time, where nothing is ever late."""

    @property
    def uncertainty_s(self) -> float:
        """No uncertainty."""
        return 0.0


class LagMonitor:
    """Measures the loop's lag while it runs; in virtual time there is none."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._windows: set[LagWindow] = set()

    async def run(self) -> None:
        """Measure until cancelled."""
        while not self._clock.virtual:
            before = self._clock.monotonic()
            await asyncio.sleep(PERIOD_S)
            lag = max(0.0, self._clock.monotonic() - before - PERIOD_S)
            for window in self._windows:
                window.worst_s = max(window.worst_s, lag)

    @contextlib.contextmanager
    def window(self) -> Iterator[LagWindow]:
        """Open a window for one test case."""
        window = ExactWindow() if self._clock.virtual else LagWindow()
        self._windows.add(window)
        try:
            yield window
        finally:
            self._windows.discard(window)
