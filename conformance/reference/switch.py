"""A course that is turned by hand: sun, load or vehicle as an operator arranges them while the simulation runs."""

from __future__ import annotations

import math

SOON_S = 1e-3
"""A turn takes effect this long after the instant that the simulation has reached, so that nothing past changes."""


class Switch:
    """The level set last; every turn is remembered, so that energies stay exact."""

    def __init__(self, level: float) -> None:
        self._steps: list[tuple[float, float]] = [(-math.inf, level)]

    def turn(self, level: float, at_s: float) -> None:
        """Set the level from an instant on, in seconds since the simulation began."""
        self._steps.append((at_s + SOON_S, level))

    def value(self, at_s: float) -> float:
        """Return the level at an instant."""
        return next(level for since, level in reversed(self._steps) if since <= at_s)

    def next_change(self, after_s: float) -> float:
        """Return the first turn after an instant; infinite if there is none yet."""
        return next((since for since, _ in self._steps if since > after_s), math.inf)
