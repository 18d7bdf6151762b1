"""The simulated plant: how its power follows what is asked of it, and what it tells of itself."""

from __future__ import annotations

import threading
import time
from xml.etree import ElementTree as ET

from attendance import say
from documents import made, number

RATING_W = 6000
SKY_W = 5100


class Plant:
    """A photovoltaic inverter: what is asked of it by mode, and where its power has got to."""

    def __init__(self) -> None:
        self.modes: dict[str, ET.Element] = {}
        self.gradient = 10000
        self.alarm = self.switched_off = self.blind = False
        self.changed = threading.Event()
        self._watts, self._at = 0.0, time.monotonic()
        self._lock = threading.Lock()

    def ask(self, modes: dict[str, ET.Element], gradient: int) -> None:
        """Ask for modes, all others being free, and for a ramp in hundredths of a percent per second."""
        asked = {name: ET.tostring(node) for name, node in modes.items()}
        if asked != {name: ET.tostring(node) for name, node in self.modes.items()} or gradient != self.gradient:
            say(f"plant: {', '.join(f'{name} {_told(node)}' for name, node in modes.items()) or 'free'}; {gradient}")
            self.watts()
            self.modes, self.gradient = modes, gradient
            self.changed.set()

    @property
    def connected(self) -> bool:
        """Whether it may be on the grid."""
        held = (self.modes.get(name) for name in ("opModConnect", "opModEnergize"))
        return not self.switched_off and not any(it is not None and it.text in ("false", "0") for it in held)

    def watts(self) -> int:
        """Return the active power now: it moves along the ramp, and falls at once when it is disconnected."""
        with self._lock:
            now = time.monotonic()
            reach = max(self.gradient, 1) / 10000 * RATING_W * (now - self._at)
            self._at = now
            goal = self._goal()
            self._watts += max(-reach, min(reach, goal - self._watts)) if self.connected else -self._watts
            return round(self._watts)

    def _goal(self) -> float:
        goal = float(SKY_W)
        if (fixed := self.modes.get("opModFixedW")) is not None:
            goal = min(goal, int(fixed.text or 0) / 10000 * RATING_W)
        if (target := self.modes.get("opModTargetW")) is not None:
            goal = min(goal, number(target, "value") * 10.0 ** number(target, "multiplier"))
        if (limit := self.modes.get("opModMaxLimW")) is not None:
            goal = min(goal, int(limit.text or 0) / 10000 * RATING_W)
        return max(goal, 0.0)


def _told(node: ET.Element) -> str:
    return node.get("href") or "/".join((it.text or "").strip() for it in node.iter() if (it.text or "").strip())


def amount(name: str, value: int, multiplier: int = 0) -> ET.Element:
    """Write a power: multiplier and value."""
    return made(name, ("multiplier", multiplier), ("value", value))


def power_factor(name: str, thousandths: int) -> ET.Element:
    """Write a power factor."""
    return made(name, ("displacement", thousandths), ("multiplier", -3))


def capability() -> ET.Element:
    """Write the nameplate."""
    return made(
        "DERCapability",
        ("modesSupported", "07fffffc"),
        amount("rtgMaxVA", 66, 2),
        amount("rtgMaxVar", 26, 2),
        amount("rtgMaxVarNeg", -26, 2),
        amount("rtgMaxW", RATING_W // 100, 2),
        power_factor("rtgMinPFOverExcited", 850),
        power_factor("rtgMinPFUnderExcited", 850),
        ("type", 4),
    )


def settings(now_s: int, gradient: int) -> ET.Element:
    """Write the settings."""
    return made(
        "DERSettings",
        ("setGradW", gradient),
        amount("setMaxVA", 66, 2),
        amount("setMaxVar", 26, 2),
        amount("setMaxVarNeg", -26, 2),
        amount("setMaxW", RATING_W // 100, 2),
        power_factor("setMinPFOverExcited", 850),
        power_factor("setMinPFUnderExcited", 850),
        ("updatedTime", now_s),
    )


def status(now_s: int, plant: Plant) -> ET.Element:
    """Write the status."""

    def since(name: str, value: object) -> ET.Element:
        return made(name, ("dateTime", now_s), ("value", value))

    on = plant.connected
    held_back = {"opModFixedW", "opModTargetW", "opModMaxLimW"} & set(plant.modes)
    return made(
        "DERStatus",
        ("alarmStatus", "00000002" if plant.alarm else "00000000"),
        since("genConnectStatus", "07" if on else "02"),
        since("inverterStatus", (5 if held_back else 4) if on else 8),
        since("localControlModeStatus", 1),
        since("manufacturerStatus", "ok"),
        since("operationalModeStatus", 2 if on else 1),
        ("readingTime", now_s),
    )


def availability(now_s: int) -> ET.Element:
    """Write what could be had beyond what is given."""
    return made("DERAvailability", ("readingTime", now_s), amount("statVarAvail", 26, 2), amount("statWAvail", SKY_W))
