"""Profile packs: what is required, by which figures, from which source.

A profile is a pack with all it inherits from, laid on one another. Its ``values`` are what a utility demands, its
``limits`` the harness's own figures; it selects test cases, records the choices made where the procedures are
ambiguous, and may promote a SHOULD. ``profiles/README.md`` tells how to write one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from conformance.catalogue.demands import Bound
from conformance.catalogue.fixtures import Fixtures, merged_fixtures
from conformance.catalogue.pack import Contradiction, Evidence, Pack, Row, pack_names, read_chain
from conformance.catalogue.pack_cells import Cell
from conformance.catalogue.pack_layers import merged_promotions, merged_required, merged_rows, merged_values, refused
from conformance.catalogue.pack_values import Kind, Question, SourceGrade, Value
from conformance.catalogue.requirement import Requirement
from conformance.catalogue.test_case import TestCase
from conformance.catalogue.values_in_force import Values, Whom
from conformance.vocabulary.errors import HarnessError
from conformance.vocabulary.limits import Limit, Limits
from conformance.vocabulary.verdict import Level


@dataclass(frozen=True, slots=True)
class Policy:
    """A choice made where the requirement's text leaves one: the choice, its source and a note.

    ``cases`` are the test cases that rest on it as a whole, by id, or by key where only the one of a client or of a
    server does; others name it where a check uses it.
    """

    name: str
    choice: str
    source: str
    note: str
    cases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Promotion:
    """A SHOULD that this profile treats as a MUST, and why."""

    requirement: str
    reason: str


@dataclass(frozen=True, slots=True)
class Profile:
    """A pack, loaded. ``edition`` is the schema edition, ``required`` the test ids by subject kind.

    ``chain`` are the packs it is made of, the lowest first; ``questions``, ``contradictions`` and ``evidence`` are
    those of all of them, ``set_aside`` the required tests and the promotions that a layer dropped, in words,
    ``procedures`` the published procedures whose test cases apply, ``declared`` what is known of the subjects, by
    kind, and ``cells`` the statements that the packs take up one by one.
    """

    id: str
    title: str
    version: str
    edition: str
    scope: str
    sources: tuple[tuple[str, str], ...]
    required: Mapping[str, tuple[str, ...]]
    limits: Limits
    policies: Mapping[str, Policy]
    promotions: Mapping[str, Promotion]
    fixtures: Fixtures
    values: Values = field(default_factory=Values)
    chain: tuple[Pack, ...] = ()
    questions: Mapping[str, Question] = field(default_factory=dict)
    contradictions: tuple[Contradiction, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    set_aside: tuple[str, ...] = ()
    declared: Mapping[str, Whom] = field(default_factory=dict)
    procedures: tuple[str, ...] = ()
    cells: tuple[Cell, ...] = ()

    def meets(self, case: TestCase) -> tuple[str, ...]:
        """Return the required ids that a test case meets, by its id or by an alias; none, if it is not required."""
        return tuple(name for name in self.required.get(case.subject, ()) if name in case.names)

    @property
    def parent(self) -> Profile:
        """The profile without its topmost layer; asking for that of the lowest one is a fault of the caller."""
        if len(self.chain) < 2:
            raise HarnessError(f"{self.id} rests on no other pack")
        return profile_of(self.chain[:-1])

    def failing_from(self, grade: SourceGrade) -> Profile:
        """Return the same profile with values of that grade, and better ones, failing a test outright."""
        return replace(self, values=self.values.raised(grade))

    def declared_as(self, declared: Mapping[str, Whom]) -> Profile:
        """Return the same profile for subjects whose roles and DER types are declared, by kind of subject."""
        return replace(self, declared=declared)

    def put_to(self, subject: str) -> Profile:
        """Return the same profile with its values put to a kind of subject, as that is declared.

        A client of which nothing is declared is taken for a device with any kind of DER.
        """
        whom = self.declared.get(subject, Whom(role="server" if subject == "server" else "device"))
        return replace(self, values=self.values.put_to(whom))

    @property
    def eased(self) -> tuple[str, ...]:
        """What this profile asks less of than the packs below it, in words, with the reason."""
        values = (value for value in self.values.values() if value.kind in (Kind.RELAX, Kind.WAIVE))
        return (
            *(f"{value.pack} {EASED[value.kind]} {value.key}: {value.note} ({value.source})" for value in values),
            *self.set_aside,
        )

    def requirements(self) -> dict[str, Requirement]:
        """Return a row for each value that no row of the register covers, so that findings can name it."""
        rungs = (rung for value in self.values.values() for rung in self.values.ladder(value))
        own = (value for value in rungs if not value.requirement)
        return {value.argued_from: _requirement(value) for value in own}


def profile_names() -> list[str]:
    """Return the names of the packs that come with the harness."""
    return pack_names()


def load_profile(name_or_path: str) -> Profile:
    """Load a shipped pack by name, or any pack by path, with all it inherits from.

    Raises:
        UsageError: no such pack, not readable, not of the published form, or an override that is not what it says.
    """
    return profile_of(read_chain(name_or_path))


def profile_of(chain: tuple[Pack, ...]) -> Profile:
    """Lay packs on one another, the lowest first. Raises ``UsageError`` for an override that is not what it says."""
    pack, values = chain[-1], Values(merged_values(chain).values())
    return Profile(
        id=pack.id,
        title=pack.title,
        version=pack.version,
        edition=_edition(chain),
        scope=pack.scope,
        sources=tuple(dict(source for layer in reversed(chain) for source in layer.sources).items()),
        required=merged_required(chain),
        limits=_limits(chain, values),
        policies={name: _policy(name, row) for name, row in merged_rows(chain, "policies").items()},
        fixtures=merged_fixtures(chain),
        promotions={name: Promotion(name, why) for name, why in merged_promotions(chain).items()},
        values=values,
        chain=chain,
        questions={id: question for layer in chain for id, question in layer.questions.items()},
        contradictions=tuple(item for layer in chain for item in layer.contradictions),
        evidence=tuple(item for layer in chain for item in layer.evidence),
        set_aside=tuple(told for layer in chain for told in _set_aside(layer)),
        procedures=tuple(dict.fromkeys(name for layer in chain for name in layer.procedures)),
        cells=tuple(cell for layer in chain for cell in layer.cells),
    )


def _set_aside(layer: Pack) -> Iterator[str]:
    yield from (_dropped(layer, row) for row in layer.not_required)
    for row in layer.promote:
        if row.get("kind") == Kind.REMOVE:
            yield f"{layer.id} no longer promotes {row['requirement']}: {row['reason']}"


def _dropped(layer: Pack, row: Row) -> str:
    verb = EASED[Kind(str(row["kind"]))]
    return f"{layer.id} {verb} {row['subject']}/{row['test']}: {row['reason']} ({row['source']})"


def _edition(chain: Sequence[Pack]) -> str:
    editions = [layer.edition for layer in chain if layer.edition]
    if not editions:
        raise refused(chain[-1], "edition", "a schema edition here or below", "none", "name one")
    return editions[-1]


def _limits(chain: Sequence[Pack], values: Values) -> Limits:
    return Limits({name: _limit(chain, name, row, values) for name, row in merged_rows(chain, "limits").items()})


def _limit(chain: Sequence[Pack], name: str, row: Row, values: Values) -> Limit:
    if "follows" in row:
        return _followed(chain[-1], name, row, values)
    value = float(str(row["value"]))
    return Limit(name, value, str(row["unit"]), str(row["source"]), str(row.get("note", "")), default=value)


def _followed(pack: Pack, name: str, row: Row, values: Values) -> Limit:
    key = str(row["follows"])
    value = values.named(key)
    if value is None or not isinstance(value.figure, float):
        seen = "no such value" if value is None else value.sentence
        raise refused(
            pack, f"limits: {name}", f"a value {key} with a number", seen, "give the limit a value of its own"
        )
    return replace(value.limit, name=name, note=str(row.get("note", f"as {key} of {value.pack}")))


def _policy(name: str, row: Row) -> Policy:
    cases = row.get("cases", [])
    assert isinstance(cases, list)
    return Policy(name, str(row["choice"]), str(row["source"]), str(row["note"]), tuple(map(str, cases)))


def _requirement(value: Value) -> Requirement:
    optional = value.demand.bound is Bound.PRESENCE and value.figure == "optional"
    level = Level.MAY if optional or value.waived else value.level
    cited = f"{value.cited}{'; ' if value.note else ''}{value.note}"
    return Requirement(value.argued_from, value.sentence, level, _who(value.roles), cited)


def _who(roles: tuple[str, ...]) -> str:
    clients = [role for role in roles if role != "server"]
    if not roles or (clients and "server" in roles):
        return "both"
    return "server" if not clients else "aggregator" if clients == ["aggregator"] else "client"


EASED = {Kind.RELAX: "relaxes", Kind.WAIVE: "waives", Kind.REMOVE: "removes"}
"""What easing is called."""
