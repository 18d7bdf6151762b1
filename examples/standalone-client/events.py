"""The rules of controls: when an event runs, which one wins, how it ends, and what the plant is asked for by all."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from xml.etree import ElementTree as ET

from documents import modes_of, number, text
from plant import Plant

USUAL_CONTROL_RATE_S = 600
DECIDED_AHEAD_S = 4
"""How long before its start an event is looked at once more, and given up if a better one is known by then."""
RECEIVED, STARTED, COMPLETED, CANCELLED, SUPERSEDED, EXPIRED = 1, 2, 3, 6, 7, 254


@dataclass(eq=False)
class Program:
    """A DERProgram, with what stands in force where no event does."""

    address: str
    mrid: str
    primacy: int = 0
    rate_s: float = USUAL_CONTROL_RATE_S
    default: ET.Element | None = None


@dataclass(eq=False)
class Event:
    """A DERControl, with the numbers it has drawn and how far it has come: ``waiting``, ``running`` or ``over``."""

    program: Program
    address: str
    node: ET.Element
    drawn: tuple[float, float] = field(default_factory=lambda: (random.random(), random.random()))
    seen_s: float = 0
    state: str = "waiting"
    lost: set[str] = field(default_factory=set)
    stops_s: float | None = None
    looked_again: bool = False

    @property
    def mrid(self) -> str:
        """Its mRID, in lower case."""
        return text(self.node, "mRID").lower()

    @property
    def modes(self) -> dict[str, ET.Element]:
        """The modes it asks for."""
        return modes_of(self.node)

    @property
    def said_s(self) -> tuple[int, int]:
        """Start and end as published."""
        start = number(self.node, "interval/start")
        return start, start + number(self.node, "interval/duration")

    @property
    def start_s(self) -> float:
        """The start with the part of randomizeStart that it has drawn; seen too late, that part is waited from then."""
        drawn, said = self.drawn[0] * number(self.node, "randomizeStart"), self.said_s[0]
        return self.seen_s + abs(drawn) if self.seen_s > said else said + drawn

    @property
    def end_s(self) -> float:
        """The end: of the length drawn; after a late begin as published, and the part of randomizeDuration."""
        start, end = self.said_s
        length = self.drawn[1] * number(self.node, "randomizeDuration")
        return length + (end if self.seen_s > start else self.start_s + end - start)

    @property
    def server_status(self) -> int:
        """The currentStatus last read."""
        return number(self.node, "EventStatus/currentStatus")

    def better_than(self, other: Event) -> bool:
        """Say which one wins where both name a mode."""
        mine, its = (it.program.primacy for it in (self, other))
        new, old = (number(it.node, "creationTime") for it in (self, other))
        return (-mine, new, self.mrid) > (-its, old, other.mrid)

    def overlaps(self, other: Event) -> bool:
        """Say whether both would ever run at the same time."""
        return self.said_s[0] < other.said_s[1] and other.said_s[0] < self.said_s[1]


Answer = Callable[[Event, int], None]


class Events:
    """All events that are known, and what they come to at a moment."""

    def __init__(self, answer: Answer, look_again: Callable[[Event], None], plant: Plant) -> None:
        self._answer, self._look_again, self._plant = answer, look_again, plant
        self._known: dict[str, Event] = {}
        self.programs: dict[str, Program] = {}
        self.lock = threading.RLock()

    def read(self, program: Program, node: ET.Element, address: str, now_s: float) -> None:
        """Take an event as it reads now."""
        mrid = text(node, "mRID").lower()
        with self.lock:
            if known := self._known.get(mrid):
                known.node, known.address, known.program = node, address, program
                return
            event = self._known[mrid] = Event(program, address, node, seen_s=now_s)
            if now_s >= event.said_s[1]:
                event.state = "over"
                self._answer(event, EXPIRED)
            elif event.server_status not in (2, 3):
                self._answer(event, RECEIVED)

    def forget(self, program: Program) -> None:
        """Drop a program and those of its events that have not begun."""
        with self.lock:
            self.programs.pop(program.address, None)
            for mrid, event in tuple(self._known.items()):
                if event.program is program and event.state == "waiting":
                    del self._known[mrid]

    def step(self, now_s: float) -> None:
        """Let time pass: the best event first, so that one which begins is seen by those it supersedes."""
        for event in [it for it in self._known.values() if it.state == "waiting" and not it.looked_again]:
            if event.start_s - DECIDED_AHEAD_S <= now_s < event.end_s:
                event.looked_again = True
                self._look_again(event)
        with self.lock:
            alive = [it for it in self._known.values() if it.state != "over"]
            alive.sort(key=lambda it: (-it.program.primacy, number(it.node, "creationTime"), it.mrid), reverse=True)
            for event in alive:
                (self._wait if event.state == "waiting" else self._run)(event, alive, now_s)
            self._in_force(alive)

    def _wait(self, event: Event, alive: Sequence[Event], now_s: float) -> None:
        rivals = [it for it in alive if it.state != "over" and it.better_than(event) and it.overlaps(event)]
        lost = {mode for it in rivals for mode in event.modes.keys() & (it.modes.keys() - it.lost)}
        ahead_s = event.start_s - now_s
        if event.server_status in (2, 3):
            self._end(event, CANCELLED)
        elif event.server_status == 4 or (lost == event.modes.keys() != set() and ahead_s <= DECIDED_AHEAD_S):
            self._end(event, SUPERSEDED)
        elif now_s >= event.end_s:
            self._end(event, EXPIRED)
        elif ahead_s <= 0:
            event.state = "running"
            self._answer(event, STARTED)
            self._run(event, alive, now_s)

    def _run(self, event: Event, alive: Sequence[Event], now_s: float) -> None:
        for rival in alive:
            if rival.state == "running" and rival.better_than(event):
                event.lost |= event.modes.keys() & (rival.modes.keys() - rival.lost)
        if event.server_status in (2, 3) and event.stops_s is None:
            bound = max(abs(number(event.node, it)) for it in ("randomizeStart", "randomizeDuration"))
            event.stops_s = now_s + (random.random() * bound if event.server_status == 3 else 0)
        if event.lost == event.modes.keys() != set() or event.server_status == 4:
            self._end(event, SUPERSEDED)
        elif event.stops_s is not None and now_s >= event.stops_s:
            self._end(event, CANCELLED)
        elif now_s >= self._ends_s(event, alive):
            self._end(event, COMPLETED)

    def _ends_s(self, event: Event, alive: Sequence[Event]) -> float:
        """No gap opens before an event of the same modes that follows directly: its start is this one's end."""
        for other in alive:
            follows = other.said_s[0] == event.said_s[1] and other.modes.keys() & event.modes.keys()
            if other.state == "waiting" and follows and other.server_status not in (2, 3):
                return max(event.end_s, other.start_s)
        return event.end_s

    def _end(self, event: Event, how: int) -> None:
        event.state = "over"
        self._answer(event, how)

    def _in_force(self, alive: Sequence[Event]) -> None:
        """Ask the plant for the defaults, the best program last, and over them for what runs, the best event last."""
        modes: dict[str, ET.Element] = {}
        gradient = 10000
        for program in sorted(self.programs.values(), key=lambda it: (-it.primacy, it.mrid)):
            modes |= modes_of(program.default)
            gradient = number(program.default, "setGradW", gradient)
        for event in reversed([it for it in alive if it.state == "running"]):
            modes |= {name: node for name, node in event.modes.items() if name not in event.lost}
        self._plant.ask(modes, gradient)
