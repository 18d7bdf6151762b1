"""How late the event loop itself is: the uncertainty of every time the harness measures.

A task wakes every 50 ms and notes by how much it overslept. A duration is as uncertain as the loop was late between its
ends; what has no ends is as uncertain as the worst of the test case's window.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Iterator
from datetime import datetime, timedelta

from conformance.vocabulary.clock import Clock

PERIOD_S = 0.05
LEAST_UNCERTAINTY_S = 0.01
SLACK = timedelta(seconds=2 * PERIOD_S)
SPELLS_KEPT = 10_000


class LagWindow:
    """The lag while one test case runs: the worst, in seconds, and each spell of it."""

    def __init__(self) -> None:
        self.worst_s = 0.0
        self._spells: deque[tuple[datetime, float]] = deque(maxlen=SPELLS_KEPT)

    def note(self, at: datetime, lag_s: float) -> None:
        """Take a lag that ended at a moment."""
        self.worst_s = max(self.worst_s, lag_s)
        if lag_s > LEAST_UNCERTAINTY_S:
            self._spells.append((at, lag_s))

    def uncertainty_s(self, *moments: datetime) -> float:
        """Return the uncertainty of a time measured between moments, or anywhere in the window if none are given."""
        if not moments or len(self._spells) == SPELLS_KEPT:
            return max(LEAST_UNCERTAINTY_S, self.worst_s)
        since, until = min(moments) - SLACK, max(moments) + SLACK
        near = (lag for at, lag in self._spells if since <= at and at - timedelta(seconds=lag) <= until)
        return max(near, default=LEAST_UNCERTAINTY_S)


class ExactWindow(LagWindow):
    """A window in virtual time, where nothing is ever late."""

    def uncertainty_s(self, *moments: datetime) -> float:
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
            now = self._clock.now()
            for window in self._windows:
                window.note(now, lag)

    @contextlib.contextmanager
    def window(self) -> Iterator[LagWindow]:
        """Open a window for one test case."""
        window = ExactWindow() if self._clock.virtual else LagWindow()
        self._windows.add(window)
        try:
            yield window
        finally:
            self._windows.discard(window)
