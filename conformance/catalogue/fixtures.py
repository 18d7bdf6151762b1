"""Fixtures: what the procedures find set up before their first step, as packs declare it under ``fixtures``.

F-REG says which EndDevices there are; F-TOPO1 to 3, F-CTRL and F-EVT which programs lie in which groups, and how urgent
each is (SunSpec CTP 1.3, figures 1 to 3). A pack may replace one by its utility's own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise

from conformance.catalogue.event_rules import EVENTS, SP, SY
from conformance.catalogue.pack import Pack, Row, read_chain
from conformance.catalogue.pack_layers import merged_rows, refused

LEAST_LEVELS = 4
"""BASIC-003 replaces the four most urgent levels of a topology by others."""


@dataclass(frozen=True, slots=True)
class Group:
    """A FunctionSetAssignments by its description, and its programs with their primacy, the least urgent first.

    ``outside`` tells a group of programs that are no level of the topology.
    """

    name: str
    programs: Mapping[str, int]
    outside: bool = False


@dataclass(frozen=True, slots=True)
class Topology:
    """Programs in groups, as a procedure finds them."""

    name: str
    source: str
    groups: tuple[Group, ...]

    @property
    def programs(self) -> Mapping[str, int]:
        """All programs with their primacy, group by group."""
        return {name: primacy for group in self.groups for name, primacy in group.programs.items()}

    @property
    def told(self) -> str:
        """The groups with their programs, in words."""
        return "; ".join(
            f"{group.name}: {', '.join(f'{name} {primacy}' for name, primacy in group.programs.items())}"
            for group in self.groups
        )

    @property
    def levels(self) -> tuple[str, ...]:
        """The levels of the topology from the system down to the service point."""
        return tuple(name for group in self.groups if not group.outside for name in group.programs)


@dataclass(frozen=True, slots=True)
class Registered:
    """F-REG: how long ago the subject's EndDevice changed, and those of its neighbours, which it sees as well."""

    source: str
    subject: timedelta
    neighbours: tuple[timedelta, ...]


@dataclass(frozen=True, slots=True)
class Fixtures:
    """The fixtures of a profile."""

    registered: Registered
    topologies: Mapping[str, Topology]

    def __getitem__(self, name: str) -> Topology:
        """Return a topology by its name, such as ``F-TOPO1``."""
        return self.topologies[name]


REGISTERED, ANY = "F-REG", 0
SHAPES: Mapping[str, tuple[int, int]] = {
    "F-TOPO1": (1, 0),
    "F-TOPO2": (ANY, 0),
    "F-TOPO3": (ANY, 1),
    "F-CTRL": (1, 1),
    EVENTS: (1, 0),
}
"""How many groups the procedures have in a topology and outside of it."""


def merged_fixtures(chain: Sequence[Pack]) -> Fixtures:
    """Return the fixtures of a chain of packs, the lowest first.

    Raises:
        UsageError: one is not of the form that the procedures rest on, or replaces another one without saying so.
    """
    rows, top = {**_standard().fixtures, **merged_rows(chain, "fixtures")}, chain[-1]
    topologies = {name: _topology(top, name, row) for name, row in rows.items() if name != REGISTERED}
    return Fixtures(_registered(rows[REGISTERED]), topologies)


def standard_fixtures() -> Fixtures:
    """Return the fixtures as the procedures have them."""
    return merged_fixtures([_standard()])


def _standard() -> Pack:
    return read_chain("harness")[0]


def _registered(row: Row) -> Registered:
    changed = row["changed_s_ago"]
    assert isinstance(changed, Mapping)
    neighbours = tuple(timedelta(seconds=int(ago)) for ago in changed["neighbours"])
    return Registered(str(row["source"]), timedelta(seconds=int(changed["subject"])), neighbours)


def _topology(pack: Pack, name: str, row: Row) -> Topology:
    groups = row["groups"]
    assert isinstance(groups, list)
    made = [
        Group(str(one["name"]), {str(key): int(value) for key, value in one["programs"].items()}, "outside" in one)
        for one in groups
    ]
    found = Topology(name, str(row["source"]), tuple(made))
    for expected, good in _rules(found):
        if not good:
            raise refused(pack, f"fixtures: {name}", expected, found.told, "correct its groups")
    return found


def _rules(topology: Topology) -> Iterator[tuple[str, bool]]:
    """Yield what the procedures rest on, in words, and whether a topology has it."""
    inside, outside = SHAPES[topology.name]
    groups, levels = topology.groups, topology.levels
    beside = sum(group.outside for group in groups)
    yield f"{outside or 'no'} group outside the topology", beside == outside
    yield f"{inside} group in the topology", inside in (ANY, len(groups) - beside)
    if topology.name == EVENTS:
        yield "the programs SY and SP", levels == (SY, SP)
    else:
        yield f"at least {LEAST_LEVELS} levels", len(levels) >= LEAST_LEVELS
    primacies = [topology.programs[level] for level in levels]
    yield "a smaller primacy at each further level", all(one > other for one, other in pairwise(primacies))
    yield "programs of different names", sum(len(group.programs) for group in groups) == len(topology.programs)
