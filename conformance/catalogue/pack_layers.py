"""Laying packs on one another: a value of an upper layer takes the place of the one below it, and says how.

The direction is proven here: what is said to tighten must be tighter, what is said to relax looser; a relaxation and a
waiver say why. A layer that changes a value without declaring what it does is refused, so that nothing changes unseen.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from conformance.catalogue.demands import PRESENCES, Bound, Demand, Figure, demand_of, told
from conformance.catalogue.pack import Pack, Row
from conformance.catalogue.pack_values import Kind, Phase, Question, SourceGrade, Value, When, narrowest
from conformance.vocabulary.errors import UsageError, explain
from conformance.vocabulary.verdict import Grade, Level

TAKEN = ("unit", "clock_start", "clock_stop")
"""What a row that changes a value need not repeat."""


CLOCK_STARTS = ("created", "exposed", "notified", "received", "event_start", "effective_start")
"""What a duration may be counted from, the earliest first."""
CLOCK_STOPS = ("received", "response_1", "response_2", "setpoint", "meter")
"""What a duration may be counted to, the earliest first."""


def merged_values(chain: Sequence[Pack]) -> dict[str, Value]:
    """Return the values of a chain of packs, lowest first, by key. Raises ``UsageError`` for an unproven override."""
    values: dict[str, Value] = {}
    questions: dict[str, Question] = {}
    for pack in chain:
        questions |= pack.questions
        lower = dict(values)
        for name, rows in pack.values.items():
            for row in rows:
                for value in _spread(lower, _value(pack, name, row, questions)):
                    _lay(values, lower, pack, value)
    return values


def merged_required(chain: Sequence[Pack]) -> dict[str, tuple[str, ...]]:
    """Return the tests that a chain requires, by kind of subject. Raises ``UsageError`` for a removal of nothing."""
    required: dict[str, tuple[str, ...]] = {}
    for pack in chain:
        for subject, ids in pack.required.items():
            required[subject] = tuple(dict.fromkeys((*required.get(subject, ()), *ids)))
        for row in pack.not_required:
            subject, test = str(row["subject"]), str(row["test"])
            if test not in required.get(subject, ()):
                raise refused(
                    pack, f"not_required: {test}", "a test that a lower layer requires", "none does", "remove it"
                )
            required[subject] = tuple(id for id in required[subject] if id != test)
    return required


def merged_promotions(chain: Sequence[Pack]) -> dict[str, str]:
    """Return the reason of each promotion that stands. Raises ``UsageError`` for a withdrawal of nothing."""
    reasons: dict[str, str] = {}
    for pack in chain:
        for row in pack.promote:
            requirement = str(row["requirement"])
            if row.get("kind", Kind.ADD) != Kind.REMOVE:
                reasons[requirement] = str(row["reason"])
            elif requirement not in reasons:
                what = f"promote: {requirement}"
                raise refused(pack, what, "a promotion of a lower layer", "none", "remove the row")
            else:
                del reasons[requirement]
    return reasons


def merged_rows(chain: Sequence[Pack], part: str) -> dict[str, Row]:
    """Return the limits, policies or fixtures of a chain; one that is there already needs ``kind: replace``."""
    rows: dict[str, Row] = {}
    for pack in chain:
        parts = {"limits": pack.limits, "policies": pack.policies, "fixtures": pack.fixtures}
        for name, row in parts[part].items():
            kind, expected = str(row.get("kind", "add")), "replace" if name in rows else "add"
            if kind != expected:
                raise refused(pack, f"{part}: {name}", f"kind: {expected}", f"kind: {kind}", "say what is meant")
            rows[name] = row
    return rows


def proof_against(kind: Kind, demand: Demand, below: Figure, figure: Figure) -> str | None:
    """Return why a figure does not tighten or relax the one below it, or ``None`` if it does, or need not."""
    if kind not in (Kind.TIGHTEN, Kind.RELAX):
        return None
    direction = tighter(demand, below, figure)
    if direction is None:
        return f"{told(below, demand.unit)} and {told(figure, demand.unit)} cannot be compared; say kind: replace"
    wanted = direction if kind is Kind.TIGHTEN else not direction
    if wanted and below != figure:
        return None
    what = "the same as" if below == figure else "tighter than" if direction else "looser than"
    return f"{told(figure, demand.unit)} is {what} {told(below, demand.unit)} ({demand.bound})"


def tighter(demand: Demand, below: Figure, figure: Figure) -> bool | None:
    """Return whether a figure asks for more than another one; ``None`` where neither asks for more."""
    if isinstance(below, float) and isinstance(figure, float) and demand.bound in (Bound.MAX, Bound.MIN):
        return figure < below if demand.bound is Bound.MAX else figure > below
    if demand.bound in (Bound.ALLOWED, Bound.ALL) and below is not None and figure is not None:
        return _tighter_set(demand.bound, _set(below), _set(figure))
    if demand.bound is Bound.PRESENCE and below in PRESENCES and figure in PRESENCES:
        return _tighter_presence(PRESENCES.index(str(below)), PRESENCES.index(str(figure)))
    return None


def refused(pack: Pack, what: str, expected: str, seen: str, do: str) -> UsageError:
    """Return the error for a row of a pack that cannot stand."""
    return UsageError(explain(f"loading the profile {pack.path}, {what}", expected, seen, do))


def _tighter_set(bound: Bound, below: frozenset[str], figure: frozenset[str]) -> bool | None:
    if not (below <= figure or figure <= below):
        return None
    return figure < below if bound is Bound.ALLOWED else figure > below


def _tighter_presence(below: int, figure: int) -> bool | None:
    """From optional upwards is tighter; between required and forbidden nothing is."""
    forbidden = PRESENCES.index("forbidden")
    if forbidden in (below, figure) and 0 not in (below, figure):
        return None
    return figure > below


def _set(figure: Figure) -> frozenset[str]:
    return frozenset(figure) if isinstance(figure, tuple) else frozenset([str(figure)])


def _lay(values: dict[str, Value], lower: Mapping[str, Value], pack: Pack, new: Value) -> None:
    below = lower.get(new.key) or _wider(lower, new)
    if new.key in values and values[new.key].pack == pack.id:
        raise refused(pack, f"values: {new.key}", "one row for each phase, role and type", "two", "keep one")
    _must_declare(pack, new, below, lower)
    if new.kind is Kind.REMOVE:
        del values[new.key]
        return
    new = _complete(pack, new, below)
    if below is not None and (why := _unproven(new, below)):
        do = f"say kind: {_fitting(new, below)}, or correct the value"
        raise refused(pack, f"values: {new.key}", f"a value that does {new.kind}", why, do)
    values[new.key] = new


def _spread(lower: Mapping[str, Value], new: Value) -> Iterable[Value]:
    """Return one value for each variant below, if a row names no phase, role or type: it is about all of them."""
    variants = [value for value in lower.values() if value.name == new.name]
    if new.narrowness or not variants:
        return [new]
    return [replace(new, phase=value.phase, roles=value.roles, der=value.der) for value in variants]


def _unproven(new: Value, below: Value) -> str | None:
    """Return why a value is not what its kind says; a clock that runs elsewhere must agree with the direction."""
    if why := proof_against(new.kind, new.demand, below.figure, new.figure):
        return why
    if new.kind not in (Kind.TIGHTEN, Kind.RELAX):
        return None
    asks_less = 1 if new.kind is Kind.TIGHTEN else -1
    if asks_less * _apart(CLOCK_STARTS, new.clock_start, below.clock_start) > 0:
        return f"its clock starts at {new.clock_start}, that below at {below.clock_start}; say kind: replace"
    if asks_less * _apart(CLOCK_STOPS, new.clock_stop, below.clock_stop) < 0:
        return f"its clock stops at {new.clock_stop}, that below at {below.clock_stop}; say kind: replace"
    return None


def _apart(order: Sequence[str], new: str, below: str) -> int:
    """Return by how many places one instant comes after another; none where one of them is not named."""
    return order.index(new) - order.index(below) if new and below else 0


def _wider(lower: Mapping[str, Value], new: Value) -> Value | None:
    """Return the value below that held for all that a new, narrower one is about: the narrowest of them."""
    held = [
        value
        for value in lower.values()
        if value.name == new.name
        and value.phase in (None, new.phase)
        and (not value.roles or (new.roles and set(new.roles) <= set(value.roles)))
        and (not value.der or (new.der and set(new.der) <= set(value.der)))
    ]
    return narrowest(held)


def _must_declare(pack: Pack, new: Value, below: Value | None, lower: Mapping[str, Value]) -> None:
    """Refuse a row that does not say what it does to the value below, or does it to nothing."""
    what = f"values: {new.key}"
    if below is None and new.kind is not Kind.ADD:
        others = [key for key, value in lower.items() if value.name == new.name]
        seen = f"none; there are {', '.join(others)}" if others else "no value of that name"
        raise refused(pack, what, f"a value below it to {new.kind}", seen, "say kind: add, or name its phase and roles")
    if below is not None and new.kind is Kind.ADD:
        seen = f"{below.sentence} in {below.pack} ({below.source})"
        raise refused(pack, what, "a declared kind", seen, f"say kind: {_fitting(new, below)}")
    if below is not None and new.kind is Kind.REMOVE and below.key != new.key:
        raise refused(pack, what, f"the whole of {below.key}", "a part of it", f"remove {below.key}, or waive the part")


def _fitting(new: Value, below: Value) -> Kind:
    if new.figure == below.figure:
        return Kind.REPLACE
    direction = tighter(new.demand, below.figure, new.figure)
    return Kind.REPLACE if direction is None else Kind.TIGHTEN if direction else Kind.RELAX


def _complete(pack: Pack, new: Value, below: Value | None) -> Value:
    """Take from below what need not be repeated, and see that a number has the unit of its demand."""
    if below is not None:
        taken = {name: getattr(new, name) or getattr(below, name) for name in TAKEN}
        if new.kind is Kind.WAIVE:
            taken |= {"figure": below.figure, "requirement": below.requirement}
        new = replace(new, **taken, below=below)
    unit = new.demand.unit
    if isinstance(new.figure, float) and new.unit != unit:
        seen = f"unit: {new.unit}" if new.unit else "no unit"
        raise refused(pack, f"values: {new.key}", f"unit: {unit}", seen, "correct the unit")
    return replace(new, unit=unit)


def _value(pack: Pack, name: str, row: Row, questions: Mapping[str, Question]) -> Value:
    if demand_of(name) is None:
        raise refused(pack, f"values: {name}", "a name of the vocabulary", name, "see profiles/README.md")
    phase, figure = row.get("phase"), _figure(row.get("value"))
    _must_be_words_of(pack, name, figure)
    return Value(
        name=name,
        figure=figure,
        unit=str(row.get("unit", "")),
        source=str(row["source"]),
        grade=SourceGrade(str(row.get("grade", SourceGrade.PRIMARY))),
        pack=pack.id,
        kind=Kind(str(row.get("kind", Kind.ADD))),
        clause=str(row.get("clause", "")),
        phase=Phase(str(phase)) if phase else None,
        roles=tuple(sorted(_names(row.get("roles")))),
        der=tuple(sorted(_names(row.get("der")))),
        clock_start=str(row.get("clock_start", "")),
        clock_stop=str(row.get("clock_stop", "")),
        evidence=Grade(str(row.get("evidence", Grade.WIRE))),
        level=Level(str(row.get("level", Level.MUST))),
        requirement=str(row.get("requirement", "")),
        note=" ".join(str(row[key]) for key in ("reason", "note") if key in row),
        question=_question(pack, name, row, questions),
        when=_condition(pack, name, row),
    )


def _must_be_words_of(pack: Pack, name: str, figure: Figure) -> None:
    """Refuse a word that a demand with a closed set of them does not have."""
    demand = demand_of(name)
    words = (figure,) if isinstance(figure, str) else figure if isinstance(figure, tuple) else ()
    if demand is None or not demand.choices:
        return
    for word in words:
        if word not in demand.choices:
            near = difflib.get_close_matches(word, demand.choices, n=1)
            do = f"perhaps {near[0]} is meant" if near else "see csip profile names"
            raise refused(pack, f"values: {name}", f"of {', '.join(demand.choices)}", word, do)


def _condition(pack: Pack, name: str, row: Row) -> When | None:
    """Return the condition of a row; only what is conditional has one."""
    when = row.get("when")
    if not isinstance(when, Mapping):
        return None
    if row.get("value") != "conditional":
        seen = f"value: {row.get('value')}"
        raise refused(pack, f"values: {name}", "when beside value: conditional only", seen, "leave when out")
    return When(**{str(key): str(word) for key, word in when.items()})


def _question(pack: Pack, name: str, row: Row, questions: Mapping[str, Question]) -> Question | None:
    wanted = row.get("question")
    if wanted is None:
        return None
    if wanted not in questions:
        known = ", ".join(questions) or "none is asked"
        raise refused(pack, f"values: {name}", "a question of this pack or one below", f"{wanted} ({known})", "ask it")
    return questions[str(wanted)]


def _figure(value: object) -> Figure:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, list):
        return _names(value)
    return float(str(value))


def _names(value: object) -> tuple[str, ...]:
    return tuple(str(item) for item in value) if isinstance(value, Iterable) and not isinstance(value, str) else ()
