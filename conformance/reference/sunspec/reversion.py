"""What a SunSpec device does by itself when a set-point was given for a time only (models 704 and 123).

A function has a switch, a time after which it reverts (0: never), and what its points become then. The time begins anew
with each write to the function. A master may end a control so, in place of a write at the end.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from conformance.reference.sunspec.registers import Place, RegisterMap


@dataclass(frozen=True, slots=True, eq=False)
class Reversion:
    """A function: its model, its switch, its time, its points, and what they revert to: a number or another point."""

    model: int
    switch: str
    time: str
    reverts: Mapping[str, str | int] = field(default_factory=dict)
    begins: tuple[str, ...] = ()

    def place(self, name: str) -> Place:
        """Return a point of the function."""
        return self.model, name


REVERSIONS = (
    Reversion(
        704,
        "WMaxLimPctEna",
        "WMaxLimPctRvrtTms",
        {"WMaxLimPct": "WMaxLimPctRvrt", "WMaxLimPctEna": "WMaxLimPctEnaRvrt"},
    ),
    Reversion(
        704,
        "WSetEna",
        "WSetRvrtTms",
        {"WSet": "WSetRvrt", "WSetPct": "WSetPctRvrt", "WSetEna": "WSetEnaRvrt"},
        ("WSetMod",),
    ),
    Reversion(
        704,
        "VarSetEna",
        "VarSetRvrtTms",
        {"VarSet": "VarSetRvrt", "VarSetPct": "VarSetPctRvrt", "VarSetEna": "VarSetEnaRvrt"},
        ("VarSetMod",),
    ),
    Reversion(
        704,
        "PFWInjEna",
        "PFWInjRvrtTms",
        {"PFWInj.PF": "PFWInjRvrt.PF", "PFWInj.Ext": "PFWInjRvrt.Ext", "PFWInjEna": "PFWInjEnaRvrt"},
    ),
    Reversion(
        704,
        "PFWAbsEna",
        "PFWAbsRvrtTms",
        {"PFWAbs.PF": "PFWAbsRvrt.PF", "PFWAbs.Ext": "PFWAbsRvrt.Ext", "PFWAbsEna": "PFWAbsEnaRvrt"},
    ),
    Reversion(123, "WMaxLim_Ena", "WMaxLimPct_RvrtTms", {"WMaxLim_Ena": 0}, ("WMaxLimPct",)),
    Reversion(123, "OutPFSet_Ena", "OutPFSet_RvrtTms", {"OutPFSet_Ena": 0}, ("OutPFSet",)),
    Reversion(123, "Conn", "Conn_RvrtTms", {"Conn": 1}),
)


class Reversions:
    """The functions of a device that will revert, and when."""

    def __init__(self, registers: RegisterMap) -> None:
        self._registers = registers
        self._due: dict[Reversion, datetime] = {}

    def written(self, place: Place, at: datetime) -> None:
        """Take note of a write: the time of its function begins anew."""
        for one in REVERSIONS:
            if one.model == place[0] and place[1] in (*one.reverts, *one.begins, one.switch, one.time):
                self._begin(one, at)

    def next(self) -> datetime | None:
        """Return when a function reverts next."""
        return min(self._due.values(), default=None)

    def revert(self, at: datetime) -> tuple[Place, ...]:
        """Let the functions that are due revert; return the points that changed."""
        due = [one for one, instant in self._due.items() if instant <= at]
        for one in due:
            del self._due[one]
        return tuple(place for one in due for place in self._reverted(one))

    def _begin(self, one: Reversion, at: datetime) -> None:
        time_s = self._registers.get(one.place(one.time)) or 0.0
        on = self._registers.get(one.place(one.switch)) == (0 if one.switch == "Conn" else 1)
        self._due.pop(one, None)
        if on and time_s > 0:
            self._due[one] = at + timedelta(seconds=time_s)

    def _reverted(self, one: Reversion) -> list[Place]:
        """Return the points that changed; a point to revert to that was never given leaves things as they are."""
        changed = []
        for name, target in one.reverts.items():
            value = target if isinstance(target, int) else self._registers.get(one.place(target))
            fallen = 0 if value is None and name == one.switch else value
            if fallen is not None and fallen != self._registers.get(one.place(name)):
                self._registers.put(one.place(name), fallen)
                changed.append(one.place(name))
        return changed
