"""Explains the children of one element against the sequence its type prescribes.

2030.5 knows sequences only. Every mistake among the children is found, not just the first: what is missing, what is
there too often, what does not belong, and the fewest elements that would have to move to bring the rest in order.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from conformance.wire.schema.model import Child, Particle, namespace


@dataclass(frozen=True, slots=True)
class Layout:
    """The places for children of a type, in order, with an index by tag and what must or may not be too often."""

    places: tuple[Particle, ...]
    by_tag: Mapping[str, int]
    wildcard: int | None
    required: tuple[int, ...] = ()

    @classmethod
    def of(cls, places: tuple[Particle, ...]) -> Layout:
        """Build the index. No type of 2030.5 names an element twice or has two wildcards."""
        by_tag = {place.tag: index for index, place in enumerate(places) if isinstance(place, Child)}
        wildcard = next((index for index, place in enumerate(places) if not isinstance(place, Child)), None)
        return cls(places, by_tag, wildcard, tuple(index for index, place in enumerate(places) if place.least))

    def place(self, tag: str, target: str) -> int | None:
        """Return the index of the place for a tag; ``target`` is the namespace of the schema."""
        if tag in self.by_tag or self.wildcard is None:
            return self.by_tag.get(tag)
        place = self.places[self.wildcard]
        if isinstance(place, Child):
            return None
        wants_target = place.namespace == "##targetNamespace"
        return self.wildcard if namespace(tag) and (namespace(tag) == target) == wants_target else None


@dataclass(frozen=True, slots=True)
class Missing:
    """A required child that is not there, with the children (by number) between which it belongs."""

    place: Particle
    after: int | None
    before: int | None


@dataclass(frozen=True, slots=True)
class Misplaced:
    """A child in the wrong order: it must move before, or after, another one."""

    child: int
    before: int | None
    after: int | None


@dataclass(frozen=True, slots=True)
class SequenceFaults:
    """Everything wrong among the children; children are given by their number, from 0.

    ``unknown`` pairs each child that does not belong with the place reached before it (-1: none yet).
    """

    missing: tuple[Missing, ...] = ()
    misplaced: tuple[Misplaced, ...] = ()
    repeated: tuple[int, ...] = ()
    unknown: tuple[tuple[int, int], ...] = ()
    places: Mapping[int, int] = field(default_factory=dict)


def explain_sequence(layout: Layout, tags: Sequence[str], target: str) -> SequenceFaults:
    """Return every fault among children with these tags; ``places`` of the answer maps known children to places."""
    found = [layout.place(tag, target) for tag in tags]
    places = {child: place for child, place in enumerate(found) if place is not None}
    if len(places) == len(found) and _is_sound(layout, list(places.values())):
        return SequenceFaults(places=places)
    repeated = _repeated(layout, places)
    counted = [child for child in places if child not in repeated]
    kept = _longest_ordered(layout, counted, places)
    return SequenceFaults(
        missing=tuple(_missing(layout, places, kept)),
        misplaced=tuple(_misplaced(counted, places, kept)),
        repeated=tuple(sorted(repeated)),
        unknown=tuple(_unknown(found, kept)),
        places=places,
    )


def _is_sound(layout: Layout, found: list[int]) -> bool:
    """Tell quickly whether nothing at all is wrong, which is so for most elements of most documents."""
    counts = Counter(found)
    return (
        all(one <= other for one, other in pairwise(found))
        and all(counts[index] >= layout.places[index].least for index in layout.required)
        and all((most := layout.places[index].most) is None or count <= most for index, count in counts.items())
    )


def _repeated(layout: Layout, places: Mapping[int, int]) -> set[int]:
    seen: Counter[int] = Counter()
    repeated = set()
    for child, place in places.items():
        seen[place] += 1
        most = layout.places[place].most
        if most is not None and seen[place] > most:
            repeated.add(child)
    return repeated


def _longest_ordered(layout: Layout, children: Sequence[int], places: Mapping[int, int]) -> dict[int, int]:
    """Return the most children that stand in order, with their places.

    Where there is a choice, the earliest is kept, as libxml2 does, unless it got ahead of a child that must come.
    """
    kept: dict[int, int] = {}
    last, reached = -1, -1
    for level in _levels(children, places):
        fitting = [child for child in level if child > last and places[child] >= reached]
        required = [child for child in fitting if layout.places[places[child]].least]
        last = required[-1] if required else fitting[0]
        kept[last] = reached = places[last]
    return kept


def _levels(children: Sequence[int], places: Mapping[int, int]) -> list[list[int]]:
    """Group children by how many, counting themselves, can follow in order; the most come first.

    Within a group places go down, so that each child of a group may take the same step of the longest order.
    """
    levels: list[list[int]] = []
    tails: list[int] = []
    for child in reversed(children):
        key = -places[child]
        at = bisect_right(tails, key)
        tails[at : at + 1] = [key]
        if at == len(levels):
            levels.append([])
        levels[at].append(child)
    return [level[::-1] for level in reversed(levels)]


def _missing(layout: Layout, places: Mapping[int, int], kept: Mapping[int, int]) -> list[Missing]:
    counts = Counter(places.values())
    absent = [index for index in layout.required if counts[index] < layout.places[index].least]
    if not absent:
        return []
    children, reached = list(kept), list(kept.values())
    found = []
    for index in absent:
        at = bisect_right(reached, index)
        after = children[at - 1] if at else None
        before = children[at] if at < len(children) else None
        found.append(Missing(layout.places[index], after, before))
    return found


def _misplaced(counted: Sequence[int], places: Mapping[int, int], kept: Mapping[int, int]) -> list[Misplaced]:
    if len(kept) == len(counted):
        return []
    children, reached = list(kept), list(kept.values())
    found = []
    for child in (child for child in counted if child not in kept):
        later = bisect_right(reached, places[child])
        if later < len(children) and children[later] < child:
            found.append(Misplaced(child, before=children[later], after=None))
        else:
            found.append(Misplaced(child, before=None, after=children[bisect_left(reached, places[child]) - 1]))
    return found


def _unknown(found: Sequence[int | None], kept: Mapping[int, int]) -> list[tuple[int, int]]:
    unknown, reached = [], -1
    for child, place in enumerate(found):
        if place is None:
            unknown.append((child, reached))
        reached = kept.get(child, reached)
    return unknown
