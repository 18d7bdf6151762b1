"""Elements and attributes of foreign namespaces: found, named, and taken out before the rest is judged.

A CSIP server may carry elements of CSIP-AUS or of its maker. The schema of 2030.5-2018 has no room for them, that of
2030.5-2023 has some; the profile says whether they are tolerated, noted or left to the schema.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from lxml import etree

from conformance.wire.schema.editions import OUTDATED_NAMESPACES, XML, name_namespace, own_namespaces
from conformance.wire.schema.model import IEEE, XS, XSI, Edition
from conformance.wire.schema.report import Problem, ProblemKind
from conformance.wire.schema.wording import element_path, shown_name

MOST_NOTES = 500

_DECLARED = re.compile(rb"""xmlns(?::[^\s=]+)?\s*=\s*["']([^"']*)["']""")


class Extensions(StrEnum):
    """What to do with elements and attributes of foreign namespaces.

    ``TOLERATE`` takes them out silently and judges the rest, ``NOTE`` also reports them as notes, ``REFUSE`` gives
    the verdict of the schema as it stands (which in 2030.5-2023 still has room for some).
    """

    TOLERATE = "tolerate"
    NOTE = "note"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class Foreign:
    """A foreign element, or a foreign attribute of an element of ours (``attribute`` is then its tag)."""

    element: etree._Element
    attribute: str | None = None


def may_hold_foreign(body: bytes, edition: Edition) -> bool:
    """Tell quickly whether a body declares a namespace that is not the edition's own.

    A body in an encoding other than an extension of ASCII may hold anything.
    """
    if b"\0" in body or (b"encoding" in body[:100] and b"UTF-8" not in body[:100].upper()):
        return True
    usual = {uri.encode() for uri in own_namespaces(edition)} | {XSI.encode(), XS.encode()}
    return any(uri not in usual for uri in _DECLARED.findall(body))


def find_foreign(root: etree._Element, edition: Edition) -> tuple[Foreign, ...]:
    """Return what is foreign to an edition, outermost elements only, in document order.

    Elements in no namespace and in outdated namespaces are mistakes, not extensions. The root itself is never foreign.
    """
    ours = own_namespaces(edition) | set(OUTDATED_NAMESPACES) | {""}
    found: list[Foreign] = []
    inside: set[etree._Element] = set()
    for element in root.iter(etree.Element):
        parent = element.getparent()
        if parent is not None and parent in inside:
            inside.add(element)
        elif parent is not None and etree.QName(element).namespace not in (*ours, None):
            if _is_room(parent):
                inside.add(element)
                found.append(Foreign(element))
        else:
            found.extend(Foreign(element, str(name)) for name in element.attrib if _is_foreign_attribute(str(name)))
    return tuple(found)


def _is_room(parent: etree._Element) -> bool:
    """An element inside a value is no extension of anything."""
    return not (parent.text or "").strip()


def _is_foreign_attribute(name: str) -> bool:
    if not name.startswith("{"):
        return False
    return name[1:].partition("}")[0] not in (IEEE, XSI, XML)


def take_out(foreign: tuple[Foreign, ...]) -> None:
    """Remove foreign elements (not the text after them) and attributes from their tree."""
    for one in foreign:
        if one.attribute is not None:
            del one.element.attrib[one.attribute]
        elif (parent := one.element.getparent()) is not None:
            _keep_tail(one.element, parent)
            parent.remove(one.element)


def _keep_tail(element: etree._Element, parent: etree._Element) -> None:
    tail = element.tail or ""
    if not tail.strip():
        return
    before = element.getprevious()
    if before is None:
        parent.text = (parent.text or "") + tail
    else:
        before.tail = (before.tail or "") + tail


def notes_on(foreign: tuple[Foreign, ...]) -> tuple[Problem, ...]:
    """Describe what is foreign in the words of problems, at most :data:`MOST_NOTES` and a remark."""
    notes = [_note(one) for one in foreign[:MOST_NOTES]]
    if len(foreign) > MOST_NOTES:
        message = f"only {MOST_NOTES} of {len(foreign)} extensions are shown"
        notes.append(Problem("/", 0, "", "", message, ProblemKind.UNSHOWN))
    return tuple(notes)


def _note(foreign: Foreign) -> Problem:
    element = foreign.element
    path = element_path(element)
    line = int(element.sourceline or 0)
    if foreign.attribute is not None:
        name = etree.QName(foreign.attribute)
        shown = f"@{name.localname}"
        message = f"`{shown_name(element)}/{shown}` is an extension in {name_namespace(name.namespace or '')}"
        return Problem(f"{path}/{shown}", line, shown, "", message, ProblemKind.FOREIGN)
    shown = shown_name(element)
    uri = etree.QName(element).namespace or ""
    after = " and elements of 2030.5 follow it" if _base_follows(element) else ""
    message = f"`{_parent_name(element)}/{shown}` is an extension in {name_namespace(uri)}{after}"
    return Problem(path, line, shown, "", message, ProblemKind.FOREIGN)


def _parent_name(element: etree._Element) -> str:
    parent = element.getparent()
    return "" if parent is None else shown_name(parent)


def _base_follows(element: etree._Element) -> bool:
    return any(True for _ in element.itersiblings(f"{{{IEEE}}}*"))
