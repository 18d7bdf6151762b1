"""The server's time as the client knows it (IEEE 2030.5-2018, Time function set; TIME.001)."""

from __future__ import annotations

from conformance.vocabulary.clock import Clock

DAY_S = 86400.0
EXACT_FOR_S = 4 * 3600.0
"""How long a clock is taken to be exact after a reading of Time."""


class ServerTime:
    """The client's clock, corrected to the server's.

    ``currentTime`` has whole seconds and takes time to travel, so each reading gives an interval for the offset; the
    offset in use moves only as far as it must. What comes out never jitters while both clocks run evenly.

    The client's own clock loses ``drift_s`` in a day. What it loses in the first hours after a reading is left out:
    a client that reads Time as often as others is exact.
    """

    def __init__(self, clock: Clock, drift_s: float = 0.0) -> None:
        self._clock = clock
        self._offset_s = 0.0
        self._drift_s = drift_s
        self._read_at = clock.monotonic()

    @property
    def offset_s(self) -> float:
        """Seconds that the server is ahead of the client's own clock."""
        return self._offset_s

    def now_s(self) -> float:
        """Return the server's time in seconds since 1970, to the millisecond."""
        alone_s = max(0.0, self._clock.monotonic() - self._read_at - EXACT_FOR_S)
        return round(self._clock.now().timestamp() + self._offset_s - self._drift_s * alone_s / DAY_S, 3)

    def read(self, current_s: int, asked_s: float, answered_s: float) -> None:
        """Take a reading, asked for and answered at two instants of the client's own clock."""
        self._read_at = self._clock.monotonic()
        low, high = current_s - answered_s, current_s + 1 - asked_s
        if not low <= self._offset_s <= high:
            self._offset_s = low if self._offset_s < low else high
