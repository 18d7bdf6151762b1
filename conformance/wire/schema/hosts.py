"""The shortest document in which a type occurs, with a hole where its element goes."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from conformance.wire.schema.document import Node, serialise
from conformance.wire.schema.generator import Maker, derived
from conformance.wire.schema.model import Child, Model


@dataclass(frozen=True, slots=True, eq=False)
class Host:
    """The place of a type: the root element, or the element above it with the hole among its children.

    ``tag`` is the element's name there, ``type`` the type under probe, ``stands_for`` that same type where only
    ``xsi:type`` brings it in; ``declared`` is what the place declares and ``default`` what an empty element means.
    """

    tag: str
    type: str
    stands_for: str | None
    declared: str
    default: str | None
    root: Node
    parent: Node | None
    hole: int

    def fill(self, node: Node) -> bytes:
        """Return the document with an element in the hole."""
        if self.parent is None:
            return serialise(node)
        self.parent.children[self.hole] = node
        return serialise(self.root)

    @property
    def is_root(self) -> bool:
        """Tell whether the element is the whole document."""
        return self.parent is None


@dataclass(frozen=True, slots=True)
class _Step:
    tag: str
    type: str
    stands_for: str | None
    declared: str
    default: str | None = None
    above: _Step | None = None
    index: int = 0  # of the place, among the particles of the step above


@cache
def hosts(model: Model) -> dict[str, Host]:
    """Return a host for each complex type that a document can contain."""
    return {name: _build(model, step) for name, step in _reach(model).items()}


def _reach(model: Model) -> dict[str, _Step]:
    found: dict[str, _Step] = {}
    queue: deque[_Step] = deque()
    for root in model.roots.values():
        queue.append(_Step(root.tag, root.type, None, root.type))
    for root in model.roots.values():
        if not root.attributes:
            queue.extend(_Step(root.tag, name, name, root.type) for name in derived(model, root.type)[1:])
    while queue:
        step = queue.popleft()
        if step.type in model.complex and step.type not in found:
            found[step.type] = step
            queue.extend(_below(model, step))
    return found


def _below(model: Model, step: _Step) -> Iterator[_Step]:
    places = [(i, place) for i, place in enumerate(model.particles(step.type)) if isinstance(place, Child)]
    for index, place in places:
        yield _Step(place.tag, place.type, None, place.type, place.default, step, index)
    for index, place in places:
        for name in derived(model, place.type)[1:]:
            yield _Step(place.tag, name, name, place.type, place.default, step, index)


def _build(model: Model, step: _Step) -> Host:
    """Make the least elements along the way up to the root."""
    maker = Maker(model)
    node = hole = Node(step.tag, step.type, stands_for=step.stands_for)
    parent: Node | None = None
    below, above = step, step.above
    while above is not None:
        holder = maker.element(above.tag, above.type)
        holder.stands_for = above.stands_for
        holder.children = maker.children(above.type, {below.index: [node]})
        parent = parent or holder
        node, below, above = holder, above, above.above
    index = next(i for i, child in enumerate(parent.children) if child is hole) if parent else 0
    return Host(step.tag, step.type, step.stands_for, step.declared, step.default, node, parent, index)
