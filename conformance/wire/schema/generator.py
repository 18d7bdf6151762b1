"""Makes valid documents of an edition from its model: the least, the fullest, and random ones.

``generate(edition, seed)`` is an endless stream over all root elements. The same seed gives the same documents.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import cycle
from random import Random

from conformance.wire.schema.document import FOREIGN, Document, Node
from conformance.wire.schema.facts import read_model
from conformance.wire.schema.model import IEEE, Attribute, Child, Edition, Model, Particle, Wildcard
from conformance.wire.schema.values import legal

STRANGER = f"{{{FOREIGN}}}reading"
NEWCOMER = f"{{{IEEE}}}laterAddition"
RANDOM_DEPTH = 5


def generate(edition: Edition, seed: int) -> Iterator[Document]:
    """Yield random valid documents without end, the root elements in turn."""
    model, random = read_model(edition), Random(seed)
    for tag in cycle(model.roots):
        yield Document(edition, RandomMaker(model, random).root(tag))


class Maker:
    """Makes the least element of a type: what is required and nothing else."""

    def __init__(self, model: Model) -> None:
        self.model = model

    def root(self, tag: str) -> Node:
        """Return the root element of a document."""
        root = self.model.roots[tag]
        node = self.element(tag, root.type)
        node.attributes |= self.attributes(root.attributes)
        return node

    def element(self, tag: str, type_name: str) -> Node:
        """Return an element of a type, under a name of one's choice."""
        node = Node(tag, type_name, self.attributes(self.model.attributes(type_name)))
        node.children = self.children(type_name)
        if value_type := self.model.value_type(type_name):
            node.text = self.text(value_type)
        return node

    def children(self, type_name: str, chosen: Mapping[int, Sequence[Node]] | None = None) -> list[Node]:
        """Return the children of a type in order; ``chosen`` replaces those of the place with that index."""
        wanted = chosen or {}
        places = enumerate(self.model.particles(type_name))
        return [node for index, place in places for node in wanted.get(index, self.fill(place))]

    def fill(self, place: Particle) -> list[Node]:
        """Return as many elements as are put in a place."""
        return [self.one(place) for _ in range(self.count(place))]

    def one(self, place: Particle) -> Node:
        """Return one element for a place; for a wildcard, one that the schema does not know."""
        if isinstance(place, Child):
            return self.element(place.tag, place.type)
        return Node(STRANGER if place.namespace == "##other" else NEWCOMER)

    def count(self, place: Particle) -> int:
        """Return how many elements are put in a place."""
        return place.least

    def attributes(self, declared: Sequence[Attribute]) -> dict[str, str]:
        """Return the attributes to set."""
        return {each.name: legal(self.model, each.type)[0] for each in declared if each.required}

    def text(self, value_type: str) -> str:
        """Return a text of a simple type."""
        return legal(self.model, value_type)[0]


class FullMaker(Maker):
    """Makes elements with everything optional, down to a depth; below it, the least."""

    def __init__(self, model: Model, depth: int = 2) -> None:
        super().__init__(model)
        self._depth = depth

    def count(self, place: Particle) -> int:
        """Return one, or the least number below the depth."""
        return max(1, place.least) if self._depth > 0 else place.least

    def element(self, tag: str, type_name: str) -> Node:
        """Return an element of a type, one step deeper."""
        self._depth -= 1
        try:
            return super().element(tag, type_name)
        finally:
            self._depth += 1

    def attributes(self, declared: Sequence[Attribute]) -> dict[str, str]:
        """Return all attributes."""
        return {each.name: legal(self.model, each.type)[0] for each in declared}


class RandomMaker(Maker):
    """Makes random elements: options, counts, values at the edges, derived types, unknown elements where legal."""

    def __init__(self, model: Model, random: Random) -> None:
        super().__init__(model)
        self._random = random
        self._depth = 0

    def root(self, tag: str) -> Node:
        """Return the root element, sometimes of a derived type where that is legal."""
        root = self.model.roots[tag]
        if root.attributes or self._random.random() < 0.8:
            return super().root(tag)
        return self._substitute(tag, root.type)

    def element(self, tag: str, type_name: str) -> Node:
        """Return an element of a type, one step deeper; with unknown attributes where the type lets them through."""
        self._depth += 1
        try:
            node = super().element(tag, type_name)
        finally:
            self._depth -= 1
        if self.model.any_attribute(type_name) and self._random.random() < 0.1:
            node.attributes["remark"] = "x"
        return node

    def one(self, place: Particle) -> Node:
        """Return one element for a place, sometimes of a derived type, sometimes empty for its default."""
        if isinstance(place, Wildcard):
            return self._unknown(place)
        if self._random.random() < 0.2:
            return self._substitute(place.tag, place.type)
        node = super().one(place)
        if place.default is not None and self._random.random() < 0.2:
            node.text = ""
        return node

    def count(self, place: Particle) -> int:
        """Return a random number, smaller the deeper the element is."""
        if self._depth >= RANDOM_DEPTH or self._random.random() < 0.15 * self._depth:
            return place.least
        most = max(place.least, 1) + 2 if place.most is None else min(place.most, place.least + 10)
        return self._random.randint(place.least, most)

    def attributes(self, declared: Sequence[Attribute]) -> dict[str, str]:
        """Return the required attributes and some of the others, with random values."""
        chosen = (each for each in declared if each.required or self._random.random() < 0.4)
        return {each.name: self._random.choice(legal(self.model, each.type)) for each in chosen}

    def text(self, value_type: str) -> str:
        """Return a random text out of the edges of the type."""
        return self._random.choice(legal(self.model, value_type))

    def _substitute(self, tag: str, type_name: str) -> Node:
        chosen = self._random.choice(derived(self.model, type_name))
        node = self.element(tag, chosen)
        if chosen != type_name or self._random.random() < 0.3:
            node.stands_for = chosen
        return node

    def _unknown(self, place: Wildcard) -> Node:
        if place.namespace == "##other":
            return Node(STRANGER, attributes={"kind": "x"}, text=self._random.choice(("", "1", "two")))
        if self._random.random() < 0.5:
            return Node(NEWCOMER)
        return Maker(self.model).root(self._random.choice(list(self.model.roots)))


@cache
def derived(model: Model, type_name: str) -> tuple[str, ...]:
    """Return the types that may stand for a type through ``xsi:type``, itself first.

    No type of the base standard is abstract. A built-in type of XML Schema has no substitutes here.
    """
    candidates = [*model.complex, *model.simple]
    return (type_name, *(name for name in candidates if name != type_name and model.derives(name, type_name)))
