"""The server's time as the client knows it (IEEE 2030.5-2018, Time function set; TIME.001)."""

from __future__ import annotations

from conformance.vocabulary.clock import Clock


class ServerTime:
    """The client's clock, corrected to the server's.

    ``currentTime`` has whole seconds and takes time to travel, so each reading gives an interval for the offset; the
    offset in use moves only as far as it must. What comes out never jitters while both clocks run evenly.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._offset_s = 0.0

    @property
    def offset_s(self) -> float:
        """Seconds that the server is ahead of the client's own clock."""
        return self._offset_s

    def now_s(self) -> float:
        """Return the server's time in seconds since 1970, to the millisecond."""
        return round(self._clock.now().timestamp() + self._offset_s, 3)

    def read(self, current_s: int, asked_s: float, answered_s: float) -> None:
        """Take a reading, asked for and answered at two instants of the client's own clock."""
        low, high = current_s - answered_s, current_s + 1 - asked_s
        if not low <= self._offset_s <= high:
            self._offset_s = low if self._offset_s < low else high
