"""The values in force: which of them hold for a subject, in a phase, and what breaking one costs in this run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from conformance.catalogue.demands import Bound
from conformance.catalogue.pack_values import Effect, Kind, Phase, SourceGrade, Value, narrowest
from conformance.vocabulary.verdict import Level


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
        return narrowest(value for value in self.values() if value.name == name and _holds(value, phase, role, der))

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
