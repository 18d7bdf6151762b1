"""The systematic corpus: for every type, every single step to the edge of what is valid, and over it.

Random documents find few wrong repeat counts and limits; this finds them all. For each type there are valid documents
(every optional child and attribute alone and together, every count, every edge of every value, every derived type,
unknown elements and attributes where the edition lets them through) and mutants in the classes of :class:`Kind`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from random import Random

from conformance.wire.schema.document import FOREIGN, Kind, Node, Sample
from conformance.wire.schema.generator import STRANGER, FullMaker, Maker, derived
from conformance.wire.schema.hosts import Host, hosts
from conformance.wire.schema.model import IEEE, XSI, Attribute, Child, Model, Particle, Wildcard, local
from conformance.wire.schema.mutator import UNKNOWN, XML_LANG, in_namespace, other_case
from conformance.wire.schema.values import illegal, legal

Probe = tuple[Kind, str, Node]
MANY = 3
"""How often an element without an upper limit is repeated."""


def probes(model: Model, types: Iterable[str] | None = None, share: float = 1.0, seed: int = 0) -> Iterator[Sample]:
    """Yield the corpus of some types (all, if none are named), or a random share of it.

    A share is taken of the types and again of each one's probes, so that a small share takes little time.
    """
    random = Random(seed)
    found = hosts(model)
    part = share**0.5
    for name in found if types is None else types:
        if name in found and random.random() < part:
            for kind, about, node in _Prober(model, found[name]).all():
                if random.random() < part:
                    yield Sample(kind, f"{local(name)}: {about}", found[name].fill(node))


class _Prober:
    """Makes the probes of one type."""

    def __init__(self, model: Model, host: Host) -> None:
        self._model = model
        self._host = host
        self._places = model.particles(host.type)
        self._attributes = (*model.attributes(host.type), *self._root_attributes())
        self._maker = Maker(model)
        self._groups: list[Sequence[Node]] = [self._maker.fill(place) for place in self._places]
        self._least = replace(self._maker.element(host.tag, host.type), stands_for=host.stands_for)
        self._full = replace(FullMaker(model).element(host.tag, host.type), stands_for=host.stands_for)
        self._text_type = model.value_type(host.type)

    def all(self) -> Iterator[Probe]:
        yield Kind.VALID, "the least", self._least
        yield Kind.VALID, "everything once", self._full
        for index, place in enumerate(self._places):
            yield from self._counts(index, place)
            yield from self._order(index)
            if isinstance(place, Child):
                yield from self._names(index, place)
                yield from self._types(index, place)
                yield from self._values(index, place)
            else:
                yield from self._wild(index, place)
        yield from self._own_type()
        yield from self._text()
        yield from self._attribute_values()
        yield from self._strange_attributes()
        yield from self._strange_elements()
        if self._host.is_root:
            yield from self._strange_root()

    def _root_attributes(self) -> tuple[Attribute, ...]:
        return self._model.roots[self._host.tag].attributes if self._host.is_root else ()

    def _with(self, index: int, nodes: Sequence[Node]) -> Node:
        """The least element, but with these in one place."""
        groups = [*self._groups[:index], nodes, *self._groups[index + 1 :]]
        return replace(self._least, children=[node for group in groups for node in group])

    def _counts(self, index: int, place: Particle) -> Iterator[Probe]:
        name = local(place.tag) if isinstance(place, Child) else "wildcard"
        one = self._maker.one(place)
        most = place.most if place.most is not None else MANY
        for number in sorted({place.least, 1, most} - {0}):
            yield Kind.VALID, f"{name} {number} times", self._with(index, [one] * number)
        if place.least:
            yield Kind.MISSING_REQUIRED, f"without {name}", self._with(index, [one] * (place.least - 1))
            rest = [child for child in self._full.children if child.tag != one.tag]
            yield Kind.MISSING_REQUIRED, f"full without {name}", replace(self._full, children=rest)
        if place.most is not None:
            yield Kind.DUPLICATE, f"{name} {place.most + 1} times", self._with(index, [one] * (place.most + 1))

    def _order(self, index: int) -> Iterator[Probe]:
        below = self._full.children
        if index + 1 < len(below):
            swapped = [*below[:index], below[index + 1], below[index], *below[index + 2 :]]
            yield Kind.WRONG_ORDER, f"child {index + 1} after the next", replace(self._full, children=swapped)
        others = below[:index] + below[index + 1 :]
        for where, children in (("first", [below[index], *others]), ("last", [*others, below[index]])):
            if len(others) > 1 and children != below:
                yield Kind.WRONG_ORDER, f"child {index + 1} {where}", replace(self._full, children=children)

    def _names(self, index: int, place: Child) -> Iterator[Probe]:
        one = self._maker.one(place)
        for uri in (FOREIGN, "", IEEE, "https://csipaus.org/ns", "http://ieee.org/2030.5"):
            moved = replace(one, tag=in_namespace(uri)(place.tag))
            if moved.tag == place.tag:
                continue
            yield Kind.WRONG_NAMESPACE, f"{local(place.tag)} in {uri or 'none'}", self._with(index, [moved])
        for tag in (other_case(place.tag), place.tag + "x"):
            yield Kind.UNKNOWN_ELEMENT, f"{local(tag)} for {place.tag}", self._with(index, [replace(one, tag=tag)])

    def _types(self, index: int, place: Child) -> Iterator[Probe]:
        name = local(place.tag)
        for other in derived(self._model, place.type):
            node = replace(self._maker.element(place.tag, other), stands_for=other)
            yield Kind.VALID, f"{name} as {local(other)}", self._with(index, [node])
        one = self._maker.one(place)
        for other in self._alien_types(place.type):
            yield Kind.WRONG_TYPE, f"{name} as {other}", self._with(index, [replace(one, stands_for=other)])
        stuffed = replace(one, children=[Node("stuffing")])
        yield Kind.WRONG_CONTENT, f"an element in {name}", self._with(index, [stuffed])
        if self._model.value_type(place.type) is None:
            yield Kind.WRONG_CONTENT, f"text in {name}", self._with(index, [replace(one, text="stray")])
        for attribute, value in STRANGE_ATTRIBUTES:
            node = replace(one, attributes={**one.attributes, attribute: value})
            yield self._strange(place.type, attribute), f"{attribute} on {name}", self._with(index, [node])

    def _values(self, index: int, place: Child) -> Iterator[Probe]:
        value_type = self._model.value_type(place.type)
        if value_type is None:
            return
        one, name = self._maker.one(place), local(place.tag)
        texts = [(Kind.VALID, text) for text in legal(self._model, value_type)]
        for kind, text in [*texts, *illegal(self._model, value_type)]:
            what = Kind.VALID if not text and place.default is not None else kind
            yield what, f"{name} is {text[:40]!r}", self._with(index, [replace(one, text=text)])

    def _wild(self, index: int, place: Wildcard) -> Iterator[Probe]:
        known = next(iter(self._model.roots))
        other = place.namespace == "##other"
        yield Kind.VALID if other else Kind.WRONG_NAMESPACE, "a foreign element", self._with(index, [Node(STRANGER)])
        yield Kind.WRONG_NAMESPACE, "an element without namespace", self._with(index, [Node("reading")])
        node = self._maker.root(known)
        yield Kind.UNKNOWN_ELEMENT if other else Kind.VALID, f"{local(known)} in a slot", self._with(index, [node])
        bad = replace(node, children=[Node(UNKNOWN[2])])
        yield Kind.WRONG_CONTENT, f"a faulty {local(known)} in a slot", self._with(index, [bad])

    def _own_type(self) -> Iterator[Probe]:
        anonymous = bool(self._root_attributes())
        for other in self._alien_types(self._host.type):
            if anonymous or not self._model.derives(other, self._host.declared):
                yield Kind.WRONG_TYPE, f"as {other}", replace(self._least, stands_for=other)
        if self._host.is_root and not anonymous:
            for other in derived(self._model, self._host.declared):
                node = replace(self._maker.element(self._host.tag, other), stands_for=other)
                yield Kind.VALID, f"root as {local(other)}", node
        named = replace(self._least, stands_for=self._host.type)
        yield Kind.WRONG_TYPE if anonymous else Kind.VALID, "with its own xsi:type", named

    def _alien_types(self, type_name: str) -> list[str]:
        """The base types, some unrelated types, one that does not exist, and the same name in a wrong namespace."""
        related = {*self._model.ancestry(type_name), *derived(self._model, type_name)}
        unrelated = [name for name in [*self._model.complex, *self._model.simple] if name not in related]
        chosen = Random(type_name).sample(unrelated, 2)
        return [
            *self._model.ancestry(type_name)[1:],
            *chosen,
            f"{{{IEEE}}}NoSuchType",
            in_namespace(FOREIGN)(type_name),
        ]

    def _text(self) -> Iterator[Probe]:
        if self._text_type is None:
            for text in ("stray", "0"):
                yield Kind.WRONG_CONTENT, f"text {text}", replace(self._least, text=text)
            yield Kind.VALID, "blanks", replace(self._full, text="\n  ") if self._full.children else self._least
            return
        for text in legal(self._model, self._text_type):
            yield Kind.VALID, f"text {text[:40]!r}", replace(self._least, text=text)
        for kind, text in illegal(self._model, self._text_type):
            what = Kind.VALID if not text and self._host.default is not None else kind
            yield what, f"text {text[:40]!r}", replace(self._least, text=text)

    def _attribute_values(self) -> Iterator[Probe]:
        for each in self._attributes:
            for text in legal(self._model, each.type):
                attributes = {**self._least.attributes, each.name: text}
                yield Kind.VALID, f"{each.name}={text[:40]!r}", replace(self._least, attributes=attributes)
            for _, text in illegal(self._model, each.type):
                attributes = {**self._least.attributes, each.name: text}
                yield Kind.ATTRIBUTE_FAULT, f"{each.name}={text[:40]!r}", replace(self._least, attributes=attributes)
            if each.required:
                attributes = {name: text for name, text in self._least.attributes.items() if name != each.name}
                yield Kind.ATTRIBUTE_FAULT, f"without {each.name}", replace(self._least, attributes=attributes)

    def _strange_attributes(self) -> Iterator[Probe]:
        for name, value in STRANGE_ATTRIBUTES:
            if name not in {each.name for each in self._attributes}:
                node = replace(self._least, attributes={**self._least.attributes, name: value})
                yield self._strange(self._host.type, name), f"attribute {name}", node

    def _strange(self, type_name: str, attribute: str) -> Kind:
        known = {each.name for each in self._model.attributes(type_name)}
        free = self._model.any_attribute(type_name) and attribute != f"{{{XSI}}}nil"
        return Kind.VALID if free or attribute in known else Kind.ATTRIBUTE_FAULT

    def _strange_elements(self) -> Iterator[Probe]:
        below = self._full.children
        for position in range(len(below) + 1):
            for tag in UNKNOWN:
                children = [*below[:position], Node(tag), *below[position:]]
                yield Kind.UNKNOWN_ELEMENT, f"{tag} at {position + 1}", replace(self._full, children=children)

    def _strange_root(self) -> Iterator[Probe]:
        for uri in ("http://ieee.org/2030.5", FOREIGN, ""):
            moved = replace(self._least, tag=in_namespace(uri)(self._host.tag))
            yield Kind.WRONG_NAMESPACE, f"root in {uri or 'none'}", moved
        for tag in (other_case(self._host.tag), self._host.tag + "x"):
            yield Kind.UNKNOWN_ELEMENT, f"root {tag}", replace(self._least, tag=tag)


STRANGE_ATTRIBUTES = (
    ("noSuchAttribute", "1"),
    ("schemaVer", "2.1"),
    ("href", "/a"),
    (f"{{{FOREIGN}}}noSuchAttribute", "1"),
    (f"{{{IEEE}}}href", "/a"),
    (XML_LANG, "en"),
    (f"{{{XSI}}}nil", "true"),
)
"""Attributes that few types know, with a value that is good for none or for the one that does."""
