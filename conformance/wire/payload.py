"""Reading and writing 2030.5 documents.

:class:`Node` reads one element by local names, without caring for prefixes. :func:`element` writes one; the caller
gives the children in the order of the schema. Values are read leniently: what is absent or malformed is ``None``,
since judging a value is the work of the schema and of checks.
"""

from __future__ import annotations

from fractions import Fraction
from urllib.parse import urljoin

from lxml import etree

from conformance.wire.parser import parse

SEP = "urn:ieee:std:2030.5:ns"
XSI = "http://www.w3.org/2001/XMLSchema-instance"

_ANY_NAMESPACE = "{*}"

Content = etree._Element | str | int | None


class Node:
    """One element of a document, read by local names."""

    __slots__ = ("xml",)

    def __init__(self, xml: etree._Element) -> None:
        self.xml = xml

    @property
    def name(self) -> str:
        """The local name."""
        return str(self.xml.tag).rpartition("}")[2]

    @property
    def namespace(self) -> str:
        """The namespace, empty if none."""
        return etree.QName(self.xml).namespace or ""

    @property
    def line(self) -> int:
        """The line in the document, from 1."""
        return int(self.xml.sourceline or 0)

    @property
    def content(self) -> str:
        """The element's own text without surrounding blanks."""
        return (self.xml.text or "").strip()

    @property
    def href(self) -> str | None:
        """The ``href`` attribute, as an address."""
        return self.address("href")

    def address(self, name: str) -> str | None:
        """Return an attribute that refers to a resource; if relative, by the document's own address where known."""
        value, base = self.attribute(name), self.xml.base
        return resolved(base, value) if value and base else value

    def attribute(self, name: str) -> str | None:
        """Return an attribute without namespace."""
        value = self.xml.get(name)
        return None if value is None else str(value)

    def children(self, name: str | None = None) -> tuple[Node, ...]:
        """Return the child elements, or those of one local name."""
        return tuple(map(Node, self.xml.iterchildren("*" if name is None else _ANY_NAMESPACE + name)))

    def child(self, name: str) -> Node | None:
        """Return the first child of that local name."""
        found = next(self.xml.iterchildren(_ANY_NAMESPACE + name), None)
        return None if found is None else Node(found)

    def text(self, name: str) -> str | None:
        """Return a child's text."""
        found = self.child(name)
        return None if found is None else found.content

    def integer(self, name: str) -> int | None:
        """Return a child's text as an integer; ``None`` if absent or not one."""
        return integer(self.text(name))

    def integer_attribute(self, name: str) -> int | None:
        """Return an attribute as an integer; ``None`` if absent or not one."""
        return integer(self.attribute(name))

    def boolean(self, name: str) -> bool | None:
        """Return a child's text as ``xs:boolean``; ``None`` if absent or not one."""
        return {"true": True, "1": True, "false": False, "0": False}.get(self.text(name) or "")

    def hexadecimal(self, name: str) -> str | None:
        """Return a child's text in upper case, for comparing hexBinary values."""
        text = self.text(name)
        return None if text is None else text.upper()

    def link(self, name: str) -> str | None:
        """Return the ``href`` of a child such as ``TimeLink``."""
        found = self.child(name)
        return None if found is None else found.href

    def xsi_type(self) -> str | None:
        """Return the local name given by ``xsi:type``."""
        value = self.xml.get(f"{{{XSI}}}type")
        return None if value is None else str(value).rpartition(":")[2]


def integer(text: str | None) -> int | None:
    """Return a text as an integer; ``None`` if there is none or it is not one."""
    try:
        return None if text is None else int(text)
    except ValueError:
        return None


def quantity(node: Node | None) -> Fraction | None:
    """Return ``value``, or else ``displacement``, times ten to ``multiplier``: exact, in the base unit.

    ``None`` if a part is missing or fits no integer type; what is out of all reason is left to the schema.
    """
    if node is None:
        return None
    number = node.integer("displacement" if node.child("value") is None else "value")
    power = node.integer("multiplier")
    if number is None or power is None or abs(number) > LARGEST_INT64 or abs(power) > LARGEST_INT8:
        return None
    return number * Fraction(10) ** power


LARGEST_INT8, LARGEST_INT64 = 2**7 - 1, 2**63 - 1


def read(body: bytes, address: str | None = None) -> Node:
    """Return the root of a body that came from an address, a path or a URI, if that is known.

    Raises :class:`~conformance.wire.parser.Malformed`.
    """
    root = parse(body)
    if address:
        root.getroottree().docinfo.URL = address
    return Node(root)


def resolved(base: str, href: str) -> str:
    """Return a reference in what came from ``base`` (RFC 3986, 5); what is no URI stays as it is."""
    try:
        return urljoin(base, href.strip())
    except ValueError:  # such as an address with half a bracket
        return href


def element(name: str, *content: Content, namespace: str = SEP, **attributes: str | int | None) -> etree._Element:
    """Make an element; ``None`` among content or attributes is left out, booleans become true and false."""
    made = etree.Element(f"{{{namespace}}}{name}", nsmap={None: namespace})
    for key, value in attributes.items():
        if value is not None:
            made.set(key, _written(value))
    for item in content:
        if isinstance(item, etree._Element):
            made.append(item)
        elif item is not None:
            made.text = _written(item)
    return made


def _written(value: str | int) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def write(root: etree._Element) -> bytes:
    """Return the document as UTF-8 with a declaration (XML 1.0, as 2030.5 wants)."""
    etree.cleanup_namespaces(root)
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True)
