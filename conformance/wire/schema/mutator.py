"""Breaks valid documents at random places: ``mutants(document, seed)`` yields one mutant of each way there is.

A way that finds nothing to break in a document is left out. Some mutants are legal by chance (two elements of one name
swapped, an unknown element where 2023 has a wildcard): their kind says what was done, not what the verdict must be.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random

from conformance.wire.schema.document import FOREIGN, Document, Kind, Node, Sample, serialise
from conformance.wire.schema.facts import read_model
from conformance.wire.schema.model import IEEE, XSI, Child, Model, local, namespace
from conformance.wire.schema.values import illegal

XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
UNKNOWN = (f"{{{IEEE}}}noSuchElement", f"{{{FOREIGN}}}noSuchElement", "noSuchElement")

Break = Callable[[Model, Node, Random], str | None]
Link = tuple[Node, int]
"""A parent and the index of one of its children."""


def mutants(document: Document, seed: int = 0) -> Iterator[Sample]:
    """Yield a mutant of each way of breaking a document that finds a place in it."""
    model, whole = read_model(document.edition), document.xml
    for number, (kind, way) in enumerate(WAYS):
        random = Random(f"{seed} {number}")
        root = document.root.copy()
        if (about := way(model, root, random)) is not None and (xml := serialise(root)) != whole:
            yield Sample(kind, about, xml)


def place_of(model: Model, parent: Node, tag: str) -> Child | None:
    """Return the place of a child of that name in its parent's type, None for elements the type does not name."""
    if parent.type not in model.complex:
        return None
    places = (place for place in model.particles(parent.type) if isinstance(place, Child))
    return next((place for place in places if place.tag == tag), None)


def _links(root: Node) -> list[Link]:
    return [(node, index) for node in root.walk() for index in range(len(node.children))]


def _pick(links: list[Link], random: Random) -> Link | None:
    return random.choice(links) if links else None


def _drop_child(model: Model, root: Node, random: Random) -> str | None:
    def needed(link: Link) -> bool:
        parent, index = link
        place = place_of(model, parent, parent.children[index].tag)
        return place is not None and place.least == sum(child.tag == place.tag for child in parent.children)

    if (link := _pick([link for link in _links(root) if needed(link)], random)) is None:
        return None
    return f"{local(link[0].children.pop(link[1]).tag)} left out of {local(link[0].tag)}"


def _swap(model: Model, root: Node, random: Random) -> str | None:
    links = [(node, index) for node, index in _links(root) if node.children[index].tag != node.children[index - 1].tag]
    if (link := _pick([link for link in links if link[1] > 0], random)) is None:
        return None
    below, index = link[0].children, link[1]
    below[index - 1], below[index] = below[index], below[index - 1]
    return f"{local(below[index - 1].tag)} before {local(below[index].tag)}"


def _move(model: Model, root: Node, random: Random) -> str | None:
    if (link := _pick([link for link in _links(root) if len(link[0].children) > 1], random)) is None:
        return None
    node = link[0].children.pop(link[1])
    link[0].children.insert(random.randint(0, len(link[0].children)), node)
    return f"{local(node.tag)} moved"


def _repeat(model: Model, root: Node, random: Random) -> str | None:
    def bounded(link: Link) -> bool:
        place = place_of(model, link[0], link[0].children[link[1]].tag)
        return place is not None and place.most is not None

    if (link := _pick([link for link in _links(root) if bounded(link)], random)) is None:
        return None
    parent, index = link
    node = parent.children[index]
    place = place_of(model, parent, node.tag)
    most = place.most if place and place.most else 1
    parent.children[index:index] = [node.copy() for _ in range(most)]
    return f"{local(node.tag)} repeated in {local(parent.tag)}"


def _value(kind: Kind) -> Break:
    def spoil(model: Model, root: Node, random: Random) -> str | None:
        found = [
            (node, text)
            for node in root.walk()
            if node.type and (value_type := model.value_type(node.type))
            for what, text in illegal(model, value_type)
            if what is kind
        ]
        if not found:
            return None
        node, text = random.choice(found)
        node.text = text
        return f"{local(node.tag)} is {text[:40]!r}"

    return spoil


def _attribute_value(model: Model, root: Node, random: Random) -> str | None:
    found = [
        (node, each.name, text)
        for node in root.walk()
        if node.type in model.complex
        for each in model.attributes(node.type)
        for _, text in illegal(model, each.type)
    ]
    if not found:
        return None
    node, name, text = random.choice(found)
    node.attributes[name] = text
    return f"{name} of {local(node.tag)} is {text[:40]!r}"


def _drop_attribute(model: Model, root: Node, random: Random) -> str | None:
    found = [
        (node, each.name)
        for node in root.walk()
        if node.type in model.complex
        for each in model.attributes(node.type)
        if each.required
    ]
    if not found:
        return None
    node, name = random.choice(found)
    del node.attributes[name]
    return f"{name} left out of {local(node.tag)}"


def _extra_attribute(name: str, value: str) -> Break:
    def add(model: Model, root: Node, random: Random) -> str | None:
        node = random.choice(list(root.walk()))
        node.attributes[name] = value
        return f"{name} added to {local(node.tag)}"

    return add


def _unknown(tag: str) -> Break:
    def add(model: Model, root: Node, random: Random) -> str | None:
        node = random.choice(list(root.walk()))
        node.children.insert(random.randint(0, len(node.children)), Node(tag))
        return f"{tag} added to {local(node.tag)}"

    return add


def _known_elsewhere(model: Model, root: Node, random: Random) -> str | None:
    node = random.choice(list(root.walk()))
    stranger = Node(random.choice(list(model.roots)))
    node.children.insert(random.randint(0, len(node.children)), stranger)
    return f"{local(stranger.tag)} added to {local(node.tag)}"


def _rename(change: Callable[[str], str]) -> Break:
    def rename(model: Model, root: Node, random: Random) -> str | None:
        if (link := _pick(_links(root), random)) is None:
            return None
        node = link[0].children[link[1]]
        node.tag = change(node.tag)
        return f"child of {local(link[0].tag)} renamed to {node.tag}"

    return rename


def _rename_root(change: Callable[[str], str]) -> Break:
    def rename(model: Model, root: Node, random: Random) -> str | None:
        root.tag = change(root.tag)
        return f"root renamed to {root.tag}"

    return rename


def _wrong_type(model: Model, root: Node, random: Random) -> str | None:
    node = random.choice(list(root.walk()))
    node.stands_for = random.choice([f"{{{IEEE}}}NoSuchType", *model.complex])
    return f"{local(node.tag)} claims to be {local(node.stands_for)}"


def _base_type(model: Model, root: Node, random: Random) -> str | None:
    found = [node for node in root.walk() if node.type and len(model.ancestry(node.type)) > 1]
    if not found:
        return None
    node = random.choice(found)
    node.stands_for = model.ancestry(node.type)[1]
    return f"{local(node.tag)} claims to be its base {local(node.stands_for)}"


def _text(model: Model, root: Node, random: Random) -> str | None:
    found = [node for node in root.walk() if node.type in model.complex and not model.value_type(node.type)]
    if not found:
        return None
    node = random.choice(found)
    node.text = "stray"
    return f"text in {local(node.tag)}"


def in_namespace(uri: str) -> Callable[[str], str]:
    """Return a function that moves a name to a namespace; to none if it is empty."""
    return lambda tag: f"{{{uri}}}{local(tag)}" if uri else local(tag)


def other_case(tag: str) -> str:
    """Return a name with its first letter in the other case."""
    name = local(tag)
    return f"{{{namespace(tag)}}}{name[0].swapcase()}{name[1:]}"


WAYS: tuple[tuple[Kind, Break], ...] = (
    (Kind.MISSING_REQUIRED, _drop_child),
    (Kind.WRONG_ORDER, _swap),
    (Kind.WRONG_ORDER, _move),
    (Kind.DUPLICATE, _repeat),
    (Kind.OUT_OF_RANGE, _value(Kind.OUT_OF_RANGE)),
    (Kind.WRONG_PATTERN, _value(Kind.WRONG_PATTERN)),
    (Kind.TOO_LONG, _value(Kind.TOO_LONG)),
    *((Kind.UNKNOWN_ELEMENT, _unknown(tag)) for tag in UNKNOWN),
    (Kind.UNKNOWN_ELEMENT, _known_elsewhere),
    (Kind.UNKNOWN_ELEMENT, _rename(other_case)),
    (Kind.UNKNOWN_ELEMENT, _rename_root(lambda tag: tag + "x")),
    (Kind.WRONG_NAMESPACE, _rename(in_namespace(FOREIGN))),
    (Kind.WRONG_NAMESPACE, _rename(in_namespace(""))),
    (Kind.WRONG_NAMESPACE, _rename(in_namespace("https://csipaus.org/ns"))),
    (Kind.WRONG_NAMESPACE, _rename_root(in_namespace("http://ieee.org/2030.5"))),
    (Kind.WRONG_NAMESPACE, _rename_root(in_namespace(""))),
    (Kind.WRONG_TYPE, _wrong_type),
    (Kind.WRONG_TYPE, _base_type),
    (Kind.WRONG_CONTENT, _text),
    (Kind.ATTRIBUTE_FAULT, _drop_attribute),
    (Kind.ATTRIBUTE_FAULT, _attribute_value),
    (Kind.ATTRIBUTE_FAULT, _extra_attribute("noSuchAttribute", "1")),
    (Kind.ATTRIBUTE_FAULT, _extra_attribute(f"{{{FOREIGN}}}noSuchAttribute", "1")),
    (Kind.ATTRIBUTE_FAULT, _extra_attribute(f"{{{IEEE}}}href", "/a")),
    (Kind.ATTRIBUTE_FAULT, _extra_attribute("schemaVer", "2.1")),
    (Kind.ATTRIBUTE_FAULT, _extra_attribute(XML_LANG, "en")),
    (Kind.ATTRIBUTE_FAULT, _extra_attribute(f"{{{XSI}}}nil", "true")),
)
"""Every way of breaking a document, with its kind."""
