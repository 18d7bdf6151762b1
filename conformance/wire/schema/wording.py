"""Words for problems: where an element stands, and how names, values and places are shown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from lxml import etree

from conformance.wire.schema.model import IEEE, Child, Particle, local
from conformance.wire.schema.report import Problem, ProblemKind

SHOWN_CHARACTERS = 60
SHOWN_NAMES = 8


@dataclass(frozen=True, slots=True)
class Spot:
    """An element with the way that leads to it. ``step`` is its part of the path, such as ``DERControl[3]``."""

    element: etree._Element
    step: str
    parent: Spot | None = None

    @property
    def path(self) -> str:
        """The path from the root, such as ``/DERControlList/DERControl[3]``."""
        steps, spot = [], self
        while True:
            steps.append(spot.step)
            if spot.parent is None:
                return "/" + "/".join(reversed(steps))
            spot = spot.parent

    @property
    def name(self) -> str:
        """The element's name as messages show it."""
        return shown_name(self.element)

    @property
    def line(self) -> int:
        """The line of the element's start tag."""
        return int(self.element.sourceline or 0)

    def problem(self, kind: ProblemKind, found: str, expected: str, message: str, below: str = "") -> Problem:
        """Make a problem of this element, or of something ``below`` it, such as ``/@href``."""
        return Problem(self.path + below, self.line, found, expected, message, kind)


class Children:
    """The children of an element; their places in the path are worked out when they are asked for."""

    def __init__(self, parent: Spot) -> None:
        self._parent = parent
        self.elements = list(parent.element)
        names: dict[str, str] = {}
        self.tags = [names.setdefault(tag, tag) for tag in (str(child.tag) for child in self.elements)]
        self._totals = Counter(self.tags)
        self._positions: list[int] = []

    def spot(self, number: int) -> Spot:
        """Return a child by its number, from 0, with its place in the path."""
        element, tag = self.elements[number], self.tags[number]
        step = shown_name(element)
        if self._totals[tag] > 1:
            step += f"[{self._position(number)}]"
        return Spot(element, step, self._parent)

    def _position(self, number: int) -> int:
        if not self._positions:
            seen: Counter[str] = Counter()
            for tag in self.tags:
                seen[tag] += 1
                self._positions.append(seen[tag])
        return self._positions[number]


def short_path(spot: Spot) -> str:
    """Return the name with that of the parent before it, as messages show an element."""
    return spot.name if spot.parent is None else f"{spot.parent.name}/{spot.name}"


def shown_name(element: etree._Element) -> str:
    """Return the local name, with the document's prefix if the element is not of the base namespace."""
    name = etree.QName(element)
    foreign = name.namespace not in (IEEE, None) and element.prefix
    return f"{element.prefix}:{name.localname}" if foreign else name.localname


def shown_text(text: str) -> str:
    """Return a value in quotes, shortened if it is long."""
    flat = " ".join(text.split()) if "\n" in text else text
    if len(flat) <= SHOWN_CHARACTERS:
        return f'"{flat}"'
    return f'"{flat[: SHOWN_CHARACTERS - 3]}..." ({len(text)} characters)'


def shown_place(place: Particle) -> str:
    """Name a place for an element."""
    if isinstance(place, Child):
        return local(place.tag)
    return "an element of another namespace" if place.namespace == "##other" else "an element of this namespace"


def one_of(places: Sequence[Particle]) -> str:
    """List what may come next; the last is marked if it must come."""
    if not places:
        return "nothing more"
    names = [f"{shown_place(place)}{' (required)' if place.least else ''}" for place in places]
    if len(names) > SHOWN_NAMES:
        names = [*names[: SHOWN_NAMES - 1], f"or {len(names) - SHOWN_NAMES + 1} others up to {names[-1]}"]
    return ", ".join(names)


def element_path(element: etree._Element) -> str:
    """Return the path of an element, written as :attr:`Spot.path`."""
    spot = Spot(element, "")
    for one in reversed([element, *element.iterancestors()]):
        spot = Spot(one, shown_name(one) + _position(one), spot if one.getparent() is not None else None)
    return spot.path


def _position(element: etree._Element) -> str:
    if element.getparent() is None:
        return ""
    tag = str(element.tag)
    before = len(list(element.itersiblings(tag, preceding=True)))
    alone = before == 0 and next(element.itersiblings(tag), None) is None
    return "" if alone else f"[{before + 1}]"
