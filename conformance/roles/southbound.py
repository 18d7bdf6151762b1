"""The plant behind a client under test, where the harness plays it: a simulated site, as SunSpec devices."""

from __future__ import annotations

from dataclasses import dataclass

PARTS = ("pv", "battery", "load")


@dataclass(frozen=True, slots=True)
class SouthboundSite:
    """Where the site listens (port 0: any free one), its units, its parts, and the seconds it takes to follow."""

    host: str = "127.0.0.1"
    port: int = 0
    unit: int = 1
    meter_unit: int = 240
    lag_s: float = 0.0
    parts: tuple[str, ...] = PARTS

    @property
    def told(self) -> str:
        """The site in words, for the record."""
        return f"a simulated SunSpec site: {', '.join(self.parts)}, lag {self.lag_s:g} s"
