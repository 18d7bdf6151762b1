"""The schedules of SunSpec CTP 1.3 BASIC-016 to BASIC-026 (fixture F-EVT): two programs, their defaults, their events.

Data only, for both sides. Starts are counted from the moment at which the first event is published, in units of
the limit ``event_minute``, so that a dry run can shorten them. The print of BASIC-023 and BASIC-026 leaves open from
where the later event's start is counted; the length of a recorded campaign fits only this reading.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

Value = int | bool | Mapping[str, int | bool]
Modes = Mapping[str, Value]

SY, SP = "SY", "SP"
"""The programs: system (less urgent) and service point (more urgent)."""

EVENTS = "F-EVT"
"""The fixture that says how urgent each of them is."""


@dataclass(frozen=True, slots=True)
class EventPlan:
    """One event: its program, start and length in units, its modes; ``late`` is published once the first one runs."""

    program: str
    starts: int
    lasts: int
    modes: Modes
    late: bool = False


@dataclass(frozen=True, slots=True)
class EventRule:
    """One procedure: the defaults by program (a program without one has an empty default) and the events in order."""

    defaults: Mapping[str, Modes]
    events: tuple[EventPlan, ...] = field(default_factory=tuple)

    @property
    def programs(self) -> tuple[str, ...]:
        """The programs there are."""
        return tuple(self.defaults)

    @property
    def units(self) -> int:
        """The length of the whole schedule, in units."""
        return max((event.starts + event.lasts for event in self.events), default=0)


def power_factor(displacement: int, *, absorbing: bool = False) -> Modes:
    """Return a fixed power factor in thousandths; ``absorbing`` reactive power (under-excited), or injecting it."""
    return {"opModFixedPFInjectW": {"displacement": displacement, "excitation": absorbing, "multiplier": -3}}


_SY_EVENT, _SP_EVENT = power_factor(900), power_factor(860)
# The procedures leave the sign of these events open; BASIC-008 prints one only, so the other one is tried here. By IEEE
# 1547-2018 a plant of category A need absorb no more than a quarter of its rating, which is a factor of 0.968.
_SY_SECOND = power_factor(970, absorbing=True)
_SP_POWER = {"opModFixedW": 6000}
_ONE_DEFAULT = {SY: power_factor(950)}
_BOTH = {SY: power_factor(950), SP: power_factor(970)}
# The procedure wants each program's default back after its own event; which of two defaults governs a mode that both
# hold is a matter of priority. With the same power factor in both, either reading asks for the same.
_INDEPENDENT = {SY: power_factor(950), SP: {**power_factor(950), "opModFixedW": 5000}}

EVENT_RULES: Mapping[str, EventRule] = {
    "BASIC-016": EventRule(_BOTH),
    "BASIC-017": EventRule({SY: {}}, (EventPlan(SY, 2, 1, _SY_EVENT),)),
    "BASIC-018": EventRule(_ONE_DEFAULT, (EventPlan(SY, 2, 1, _SY_EVENT),)),
    "BASIC-019": EventRule(_ONE_DEFAULT, (EventPlan(SY, 2, 1, _SY_EVENT), EventPlan(SY, 4, 1, _SY_SECOND))),
    "BASIC-020": EventRule(_BOTH, (EventPlan(SY, 2, 1, _SY_EVENT), EventPlan(SP, 4, 1, _SP_EVENT))),
    "BASIC-021": EventRule(_BOTH, (EventPlan(SY, 2, 2, _SY_EVENT), EventPlan(SP, 3, 1, _SP_EVENT))),
    "BASIC-022": EventRule(_BOTH, (EventPlan(SP, 2, 2, _SP_EVENT), EventPlan(SY, 3, 2, _SY_EVENT))),
    "BASIC-023": EventRule(_BOTH, (EventPlan(SY, 1, 4, _SY_EVENT), EventPlan(SP, 2, 2, _SP_EVENT, late=True))),
    "BASIC-024": EventRule(_INDEPENDENT, (EventPlan(SY, 2, 2, _SY_EVENT), EventPlan(SP, 3, 1, _SP_POWER))),
    "BASIC-025": EventRule(_INDEPENDENT, (EventPlan(SP, 2, 2, _SP_POWER), EventPlan(SY, 3, 2, _SY_EVENT))),
    "BASIC-026": EventRule(_INDEPENDENT, (EventPlan(SY, 1, 4, _SY_EVENT), EventPlan(SP, 2, 2, _SP_POWER, late=True))),
}
"""By id."""
