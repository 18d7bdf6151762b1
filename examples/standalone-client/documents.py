"""How documents are read and written: elements by name, links, poll rates, identifiers."""

from __future__ import annotations

import secrets
import urllib.parse
from xml.etree import ElementTree as ET

NAMESPACE = "urn:ieee:std:2030.5:ns"
PEN = 0x00007ED9
"""The number for examples: the end of every mRID made here, and the vendor of what it logs."""
USUAL_RATE_S = 900


def tag(name: str) -> str:
    """Return the name of an element in the namespace of the standard."""
    return f"{{{NAMESPACE}}}{name}"


def made(name: str, *inside: ET.Element | tuple[str, object] | None) -> ET.Element:
    """Make an element from elements and from pairs of a name and a value, in order."""
    node = ET.Element(tag(name))
    for one in inside:
        if isinstance(one, tuple):
            ET.SubElement(node, tag(one[0])).text = str(one[1])
        elif one is not None:
            node.append(one)
    return node


def text(node: ET.Element | None, path: str, otherwise: str = "") -> str:
    """Return the text at a path of names, or what stands for it."""
    found = None if node is None else node.find("/".join(map(tag, path.split("/"))))
    return (found.text or "").strip() if found is not None else otherwise


def number(node: ET.Element | None, path: str, otherwise: int = 0) -> int:
    """Return the whole number at a path of names."""
    return int(text(node, path) or otherwise)


def new_mrid() -> str:
    """Return an mRID of one's own, in lower case."""
    return f"{secrets.token_hex(12)}{PEN:08x}"


def rate(node: ET.Element, otherwise_s: float = USUAL_RATE_S) -> float:
    """Return the pollRate of a resource in seconds."""
    given = int(node.get("pollRate", "0"))
    return given if given > 0 else otherwise_s


def linked(node: ET.Element, base: str, name: str) -> str | None:
    """Return where a link leads, seen from the resource it stands in."""
    found = node.find(tag(name))
    return None if found is None else urllib.parse.urljoin(base, found.get("href", ""))


def modes_of(control: ET.Element | None) -> dict[str, ET.Element]:
    """Return the modes that a control or a default asks for, by name."""
    base = None if control is None else control.find(tag("DERControlBase"))
    return {it.tag.partition("}")[2]: it for it in base if "opMod" in it.tag} if base is not None else {}
