"""Documents as small trees whose nodes know their type, and how they are written as XML.

For the generator and the mutator: what they make must be able to break every rule, so nothing is checked here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from xml.sax.saxutils import escape, quoteattr

from conformance.wire.schema.model import IEEE, XS, XSI, Edition, local, namespace

FOREIGN = "urn:example:vendor"
PREFIXES = {XS: "xs", XSI: "xsi", FOREIGN: "vendor", "http://www.w3.org/XML/1998/namespace": "xml"}


class Kind(StrEnum):
    """What is the matter with a document."""

    VALID = "valid"
    MISSING_REQUIRED = "missing required"
    WRONG_ORDER = "wrong order"
    DUPLICATE = "duplicate"
    OUT_OF_RANGE = "out of range"
    WRONG_PATTERN = "wrong pattern"
    TOO_LONG = "too long"
    UNKNOWN_ELEMENT = "unknown element"
    WRONG_NAMESPACE = "wrong namespace"
    WRONG_TYPE = "wrong type"
    WRONG_CONTENT = "wrong content"
    ATTRIBUTE_FAULT = "attribute fault"


@dataclass(slots=True)
class Node:
    """An element with its type in the model (empty for elements the schema does not know).

    ``stands_for`` is the type named by ``xsi:type``, in Clark notation; a node that has one is of that type.
    """

    tag: str
    type: str = ""
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[Node] = field(default_factory=list)
    text: str = ""
    stands_for: str | None = None

    def copy(self) -> Node:
        """Return a deep copy."""
        below = [child.copy() for child in self.children]
        return Node(self.tag, self.type, dict(self.attributes), below, self.text, self.stands_for)

    def walk(self) -> Iterator[Node]:
        """Yield this node and all below it, in document order."""
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(frozen=True, slots=True)
class Sample:
    """One document for a validator: what is wrong with it, where, and its bytes.

    ``kind`` tells how it was made. A mutant may happen to be legal: two elements of one name change places unnoticed.
    """

    kind: Kind
    about: str
    xml: bytes


@dataclass(frozen=True, slots=True)
class Document:
    """A valid document of an edition, as a tree."""

    edition: Edition
    root: Node

    @property
    def xml(self) -> bytes:
        """The document's bytes."""
        return serialise(self.root)


def serialise(root: Node, prefix: str = "") -> bytes:
    """Write a document; names of IEEE 2030.5 carry the prefix, or without one theirs is the default namespace."""
    used = {IEEE: prefix} | {name: _prefix(name) for name in sorted(_namespaces(root) - {IEEE, ""})}
    declared = "".join(
        f' xmlns{":" if short else ""}{short}="{name}"' for name, short in used.items() if short != "xml"
    )
    text = "".join(_write(root, used, "" if prefix else IEEE, declared))
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}'.encode()


def _namespaces(root: Node) -> set[str]:
    names = {name for node in root.walk() for name in (node.tag, *node.attributes, node.stands_for or "")}
    return {namespace(name) for name in names} | ({XSI} if any(node.stands_for for node in root.walk()) else set())


def _prefix(name: str) -> str:
    return PREFIXES.get(name) or "csipaus" + re.sub(r"\W+", "-", name.removeprefix("https://csipaus.org/ns"))


def _write(node: Node, used: dict[str, str], default: str, declared: str = "") -> Iterator[str]:
    home = namespace(node.tag)
    prefix = used.get(home, "")
    if not prefix and home != default:
        # Only names without a namespace, and what stands below them, need the default namespace changed on the way.
        declared = declared.replace(f' xmlns="{default}"', "") + f' xmlns="{home}"'
        default = home
    name = f"{prefix}:{local(node.tag)}" if prefix else local(node.tag)
    yield f"<{name}{declared}{_attributes(node, used)}"
    if node.children or node.text:
        yield f">{escape(node.text)}"
        for child in node.children:
            yield from _write(child, used, default)
        yield f"</{name}>"
    else:
        yield "/>"


def _attributes(node: Node, used: dict[str, str]) -> str:
    values = dict(node.attributes)
    if node.stands_for:
        values[f"{{{XSI}}}type"] = _qname(node.stands_for, used)
    return "".join(_attribute(name, value, used) for name, value in values.items())


def _attribute(name: str, value: str, used: dict[str, str]) -> str:
    home = namespace(name)
    if home and not used.get(home):  # the default namespace does not hold for attributes
        return f' xmlns:own="{home}" own:{local(name)}={quoteattr(value)}'
    return f" {_qname(name, used)}={quoteattr(value)}"


def _qname(name: str, used: dict[str, str]) -> str:
    prefix = used.get(namespace(name), "")
    return f"{prefix}:{local(name)}" if prefix else local(name)
