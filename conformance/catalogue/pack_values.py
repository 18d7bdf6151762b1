"""A value: what a utility demands, with its unit, source, clause and grade, and the words for what breaking it costs.

Values are apart from limits, the harness's own figures: a limit says how long the harness waits and what its test peers
ask for, and is nobody's requirement.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from conformance.catalogue.demands import Bound, Demand, Figure, demand_of, told
from conformance.vocabulary.errors import HarnessError
from conformance.vocabulary.limits import Limit
from conformance.vocabulary.verdict import Grade, Level


class SourceGrade(StrEnum):
    """How far the source of a value can be trusted, best first."""

    PRIMARY = "primary"
    """Read in the document that binds."""
    SECOND_HAND = "second-hand"
    """Read in somebody else's account of it: code, a digest, a test definition."""
    SEED = "seed"
    """From experience in production, without a document."""
    GENERAL_KNOWLEDGE = "general-knowledge"
    """Known, but seen in no document."""
    PROPOSAL = "proposal"
    """Ours; no utility asked for it."""


class Effect(StrEnum):
    """What breaking a value costs."""

    FAIL = "fail"
    PROVISIONAL = "provisional"
    """Fails, and says that the value wants confirming."""
    WARN = "warn"


class Kind(StrEnum):
    """What a layer does to the layers below it."""

    ADD = "add"
    TIGHTEN = "tighten"
    RELAX = "relax"
    REPLACE = "replace"
    REMOVE = "remove"
    WAIVE = "waive"


class Phase(StrEnum):
    """The stage in the life of a site; a value without one holds in all of them."""

    REGISTRATION = "registration"
    COMMISSIONING = "commissioning"
    NORMAL = "normal"
    EMERGENCY = "emergency"
    COMMS_LOSS = "comms_loss"


@dataclass(frozen=True, slots=True)
class Question:
    """What to ask, and whom."""

    id: str
    ask: str
    text: str


@dataclass(frozen=True, slots=True)
class When:
    """The condition of an element that is ``conditional``: where all that is named here holds, it is required.

    ``element`` is another element of the same resource that is there, ``mode`` a mode that the DER claims in
    ``modesSupported`` and the like, ``der`` the kind of DER that its ``type`` tells, ``server`` what the server does:
    ``offers`` it, by a link; empty where it does not matter.
    """

    element: str = ""
    mode: str = ""
    der: str = ""
    server: str = ""

    @property
    def told(self) -> str:
        """The condition in words."""
        words = {
            "element": f"{self.element} is there",
            "mode": f"{self.mode} is claimed",
            "der": f"it is {self.der}",
            "server": f"the server {self.server} it",
        }
        return " and ".join(text for name, text in words.items() if getattr(self, name))


@dataclass(frozen=True, slots=True)
class Value:
    """One demand as a pack makes it.

    ``roles`` (``server``, ``device``, ``aggregator``) and ``der`` (``pv``, ``storage``, ``evse``, ``load``) are empty
    where all are meant. ``kind`` is what its layer ``pack`` did, ``below`` the value that stood there before.
    ``requirement`` is the row of the register it is argued from, if there is one. A ``waived`` value is not judged.
    ``when`` is the condition of what is ``conditional``, where it can be judged.
    """

    name: str
    figure: Figure
    unit: str
    source: str
    grade: SourceGrade
    pack: str
    kind: Kind
    clause: str = ""
    phase: Phase | None = None
    roles: tuple[str, ...] = ()
    der: tuple[str, ...] = ()
    clock_start: str = ""
    clock_stop: str = ""
    evidence: Grade = Grade.WIRE
    level: Level = Level.MUST
    requirement: str = ""
    note: str = ""
    question: Question | None = None
    when: When | None = None
    below: Value | None = field(default=None, repr=False, compare=False)

    @property
    def key(self) -> str:
        """Name and applicability; one pack has one value of each key: ``MirrorUsagePoint.postRate@normal``."""
        phase = f"@{self.phase}" if self.phase else ""
        whom = f"[{','.join((*self.roles, *self.der))}]" if self.roles or self.der else ""
        return f"{self.name}{phase}{whom}"

    @property
    def was(self) -> Figure:
        """The figure of the value below, if there is one."""
        return None if self.below is None else self.below.figure

    @property
    def narrowness(self) -> int:
        """By how many of phase, role and DER type it is narrowed."""
        return bool(self.phase) + bool(self.roles) + bool(self.der)

    def narrower(self, other: Value) -> bool:
        """Say whether this value is about less than another one: narrowed by more, or to a part of the same."""
        if self.narrowness != other.narrowness:
            return self.narrowness > other.narrowness
        pairs = ((set(self.roles), set(other.roles)), (set(self.der), set(other.der)))
        return all(bool(own) == bool(its) and own <= its for own, its in pairs) and any(own < its for own, its in pairs)

    @property
    def argued_from(self) -> str:
        """The requirement that findings on this value name."""
        return self.requirement or f"{self.pack}:{self.key}"

    @property
    def waived(self) -> bool:
        """True when a layer holds nobody to it."""
        return self.kind is Kind.WAIVE

    @property
    def demand(self) -> Demand:
        """What the name means."""
        demand = demand_of(self.name)
        if demand is None:
            raise HarnessError(f"the vocabulary has no demand {self.name}")
        return demand

    @property
    def number(self) -> float:
        """The figure as a number; asking for it where there is none is a fault of the test case."""
        if not isinstance(self.figure, float):
            raise HarnessError(f"{self.key} is {told(self.figure, self.unit)}, not a number")
        return self.figure

    @property
    def words(self) -> tuple[str, ...]:
        """The figure as a set of words, a single word as a set of one."""
        if isinstance(self.figure, str):
            return (self.figure,)
        if not isinstance(self.figure, tuple):
            raise HarnessError(f"{self.key} is {told(self.figure, self.unit)}, not words")
        return self.figure

    @property
    def limit(self) -> Limit:
        """The figure as checks take it, with its source and grade."""
        return Limit(self.name, self.number, self.unit, self.cited, self.note, default=self.number)

    @property
    def cited(self) -> str:
        """Source, clause and grade."""
        return f"{self.source}{' ' if self.clause else ''}{self.clause} ({self.grade})"

    @property
    def clock(self) -> str:
        """What a duration is counted from and to, in words; empty where nothing is named."""
        start = f" from {self.clock_start}" if self.clock_start else ""
        return f"{start} to {self.clock_stop}" if self.clock_stop else start

    @property
    def sentence(self) -> str:
        """The demand in words: ``DERControl.delivery at most 300 s from exposed``."""
        if self.figure is None:
            return f"{self.key} is not known"
        condition = f" where {self.when.told}" if self.when else ""
        return f"{self.key} {SAID[self.demand.bound]} {told(self.figure, self.unit)}{self.clock}{condition}"


def narrowest(values: Iterable[Value]) -> Value | None:
    """Return the value that is about the least, the first of equals; ``None`` if there is none."""
    found: Value | None = None
    for value in values:
        if found is None or value.narrower(found):
            found = value
    return found


SAID = {
    Bound.MAX: "at most",
    Bound.MIN: "at least",
    Bound.EQUAL: "is",
    Bound.ALLOWED: "only",
    Bound.ALL: "all of",
    Bound.PRESENCE: "is",
}
"""A bound in words."""
