"""Values: what a utility demands, each with its unit, source, clause and grade, and what breaking it costs.

They are apart from limits, the harness's own figures: a limit says how long the harness waits and what its test peers
ask for, and is nobody's requirement.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
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
    def sentence(self) -> str:
        """The demand in words: ``DERControl.delivery at most 300 s from exposed``."""
        if self.figure is None:
            return f"{self.key} is not known"
        clock = f" from {self.clock_start}" if self.clock_start else ""
        condition = f" where {self.when.told}" if self.when else ""
        return f"{self.key} {SAID[self.demand.bound]} {told(self.figure, self.unit)}{clock}{condition}"


@dataclass(frozen=True, slots=True)
class Whom:
    """Whom the values are put to: the ``role`` declared, all DER ``types`` declared, and the phase of the site's life.

    An empty role, and no type at all, mean any. ``pen`` is the private enterprise number of the maker, where declared.
    """

    role: str = ""
    types: tuple[str, ...] = ()
    phase: Phase = Phase.NORMAL
    pen: int | None = None

    @property
    def told(self) -> str:
        """Who it is, in words: ``a device with pv, storage``."""
        article = "an" if self.role.startswith("a") else "a"
        types = f" with {', '.join(self.types)}" if self.types else ""
        phase = f" in the {self.phase} phase" if self.phase is not Phase.NORMAL else ""
        return f"{article} {self.role or 'subject'}{types}{phase}"


ROLES = ("device", "aggregator")
"""What a client can be declared to be."""

DER_TYPES = ("pv", "storage", "evse", "load")
"""The kinds of DER that can be declared."""


class Values(Mapping[str, Value]):
    """The values in force, by key, and which of them fail a test.

    ``fails_from`` is the weakest grade that fails outright; ``primary`` unless the one who runs the harness raised it.
    ``whom`` is the subject they are put to.
    """

    def __init__(
        self,
        values: Iterable[Value] = (),
        fails_from: SourceGrade = SourceGrade.PRIMARY,
        whom: Whom = Whom(),
    ) -> None:
        self._values = {value.key: value for value in values}
        self.fails_from = fails_from
        self.whom = whom

    def __getitem__(self, key: str) -> Value:
        """Return a value by its key."""
        return self._values[key]

    def __iter__(self) -> Iterator[str]:
        """Iterate over the keys."""
        return iter(self._values)

    def __len__(self) -> int:
        """Return how many values there are."""
        return len(self._values)

    def find(self, name: str, phase: Phase | None = None, role: str = "", der: str = "") -> Value | None:
        """Return the value that holds for a phase, role and DER type: of several, the one that says most about it.

        A value that names phases, roles or types holds for no others. Without a phase or a role it is that of ``whom``;
        without a type it is the first of ``whom``'s that has one.
        """
        types = (der,) if der else self.whom.types or ("",)
        found = (self._for(name, phase or self.whom.phase, role or self.whom.role, one) for one in types)
        return next((value for value in found if value is not None), None)

    def holding(self, name: str, phase: Phase | None = None) -> tuple[Value, ...]:
        """Return what holds for the subject: the value of each DER type it declares, each value once."""
        found = [self.find(name, phase, der=one) for one in self.whom.types or ("",)]
        return tuple(dict.fromkeys(value for value in found if value is not None))

    def of(self, resource: str, phase: Phase | None = None) -> tuple[Value, ...]:
        """Return what holds for the subject of all demands on elements of a resource."""
        names = dict.fromkeys(
            value.name
            for value in self.values()
            if value.name.startswith(f"{resource}.") and value.demand.bound is Bound.PRESENCE
        )
        return tuple(value for name in names for value in self.holding(name, phase))

    def _for(self, name: str, phase: Phase, role: str, der: str) -> Value | None:
        fitting = [value for value in self.values() if value.name == name and _holds(value, phase, role, der)]
        return max(fitting, key=lambda value: value.narrowness, default=None)

    def named(self, key: str) -> Value | None:
        """Return the value of a key; or the one that holds for ``name@phase``, or for a name in the normal phase."""
        name, _, phase = key.partition("@")
        return self._values.get(key) or self.find(name, Phase(phase) if phase in list(Phase) else None)

    def effect(self, value: Value) -> Effect:
        """Return what breaking a value costs in this run."""
        if value.level is not Level.MUST:
            return Effect.WARN
        order = list(SourceGrade)
        if order.index(value.grade) <= order.index(self.fails_from):
            return Effect.FAIL
        return Effect.PROVISIONAL if value.grade is SourceGrade.SECOND_HAND else Effect.WARN

    def ladder(self, value: Value) -> tuple[Value, ...]:
        """Return a value, and those it tightened that a better source makes cost more to break.

        A tightening of a weak source frees nobody from what stood below: 72 events by hearsay are warned of, and the 24
        of the guide still fail.
        """
        steps = [value]
        while steps[-1].kind is Kind.TIGHTEN and steps[-1].below is not None:
            steps.append(steps[-1].below)
        costs = [list(Effect).index(self.effect(step)) for step in steps]
        return tuple(step for at, step in enumerate(steps) if all(costs[at] < cost for cost in costs[:at]))

    def raised(self, fails_from: SourceGrade) -> Values:
        """Return the same values with another grade as the weakest that fails outright."""
        return Values(self.values(), fails_from, self.whom)

    def put_to(self, whom: Whom) -> Values:
        """Return the same values, put to another subject."""
        return Values(self.values(), self.fails_from, whom)

    def having(self, value: Value) -> Values:
        """Return the same values with one in the place of that of its key."""
        return Values((self._values | {value.key: value}).values(), self.fails_from, self.whom)

    def without(self, key: str) -> Values:
        """Return the same values without one."""
        return Values((value for value in self.values() if value.key != key), self.fails_from, self.whom)


def _holds(value: Value, phase: Phase, role: str, der: str) -> bool:
    fits_role = not value.roles or not role or role in value.roles
    fits_der = not value.der or not der or der in value.der
    return value.phase in (None, phase) and fits_role and fits_der


SAID = {
    Bound.MAX: "at most",
    Bound.MIN: "at least",
    Bound.EQUAL: "is",
    Bound.ALLOWED: "only",
    Bound.ALL: "all of",
    Bound.PRESENCE: "is",
}
"""A bound in words."""
