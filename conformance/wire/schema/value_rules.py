"""Beyond the schema: value rules as data, and the one pass over a document that puts them.

Every rule has an id of ours and a source. What the schema already rejects is not judged again: a rule is silent where
the value it needs is absent or is not of its type.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime

from lxml import etree

from conformance.vocabulary.verdict import Level
from conformance.wire.payload import Node
from conformance.wire.schema.content_rules import CONTENT_RULES
from conformance.wire.schema.identifier_rules import IDENTIFIER_RULES
from conformance.wire.schema.model import IEEE
from conformance.wire.schema.number_rules import NUMBER_RULES
from conformance.wire.schema.rating_rules import RATING_RULE, check_ratings
from conformance.wire.schema.value_rule import (
    Circumstances,
    Observation,
    Subject,
    ValueFinding,
    ValueRule,
    judged_apart,
)
from conformance.wire.schema.wording import element_path, shown_name

__all__ = [
    "RULES",
    "Circumstances",
    "ValueFinding",
    "ValueRule",
    "check_encoding",
    "check_ratings",
    "check_values",
]

MOST_FINDINGS = 500


ENCODING_RULE = ValueRule(
    "VAL.DOCUMENT.UTF8",
    "A document is XML 1.0 in UTF-8.",
    Level.MUST,
    "IEEE 2030.5-2018, GEN.051: the XML form",
    frozenset(),
    judged_apart,
)
"""Put to the bytes of a body, by :func:`check_encoding`."""

RULES: tuple[ValueRule, ...] = (*IDENTIFIER_RULES, *NUMBER_RULES, *CONTENT_RULES, RATING_RULE, ENCODING_RULE)
"""All rules, for the requirement register and for reports."""


def _by_name(subject: Subject, rules: Iterable[ValueRule]) -> dict[str, tuple[ValueRule, ...]]:
    index: dict[str, tuple[ValueRule, ...]] = {}
    for rule in rules:
        for name in rule.on if rule.subject is subject else ():
            index[name] = (*index.get(name, ()), rule)
    return index


_BY_ELEMENT = _by_name(Subject.ELEMENT, RULES)
_BY_ATTRIBUTE = _by_name(Subject.ATTRIBUTE, RULES)


def check_values(
    root: Node, now: datetime | None = None, circumstances: Circumstances | None = None
) -> tuple[ValueFinding, ...]:
    """Return the breaches of value rules in a document, in its order, at most :data:`MOST_FINDINGS`.

    ``now`` is the server's time at which the document was made, aware; without it no rule about time is put.
    ``circumstances`` carries the profile's choices; its ``now`` gives way to the argument.
    """
    chosen = circumstances or Circumstances()
    if now is not None:
        chosen = replace(chosen, now=now)
    found: list[ValueFinding] = []
    for element in root.xml.iter(etree.Element):
        found.extend(_check_element(Node(element), chosen))
        if len(found) >= MOST_FINDINGS:
            break
    return tuple(found[:MOST_FINDINGS])


def _check_element(node: Node, circumstances: Circumstances) -> Iterator[ValueFinding]:
    for rule in _rules_for(node):
        for observation in rule.observe(node, circumstances):
            yield _finding(rule, node, observation)


def _rules_for(node: Node) -> Iterator[ValueRule]:
    names = (node.name, node.xsi_type() or "")
    yield from dict.fromkeys(rule for name in names for rule in _BY_ELEMENT.get(name, ()))
    if node.namespace == IEEE:
        for attribute in node.xml.attrib:
            yield from _BY_ATTRIBUTE.get(str(attribute), ())


def _finding(rule: ValueRule, node: Node, observation: Observation) -> ValueFinding:
    below = f"/{observation.below}" if observation.below else ""
    line = _line(node, observation.below)
    parent = node.xml.getparent()
    shown = node.name if below or parent is None else f"{shown_name(parent)}/{node.name}"
    message = f"`{shown}{below}` is {observation.found}; expected {observation.expected}"
    return ValueFinding(rule, element_path(node.xml) + below, line, observation.found, observation.expected, message)


def _line(node: Node, below: str) -> int:
    """Return the line of what an observation speaks of: a child further down, or the element itself."""
    for name in below.split("/"):
        child = node.child(name) if name else None
        if child is None:
            break
        node = child
    return node.line


def check_encoding(body: bytes) -> tuple[ValueFinding, ...]:
    """Return a finding if a body that XML parsers accept is not what 2030.5 exchanges: XML 1.0 in UTF-8."""
    found = _encoding_fault(body)
    if found is None:
        return ()
    expected = "XML 1.0 in UTF-8"
    return (ValueFinding(ENCODING_RULE, "/", 1, found, expected, f"the document is {found}; expected {expected}"),)


def _encoding_fault(body: bytes) -> str | None:
    if body.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in body[:8]:
        return "in UTF-16 or UTF-32"
    try:
        body.decode("utf-8")
    except UnicodeDecodeError as fault:
        return f"not UTF-8 (byte {fault.start})"
    head, closed, _ = body[:200].partition(b"?>")
    if not closed or b"<?xml" not in head:
        return None
    declared = head.decode("utf-8", "replace").lower().replace("'", '"')
    if 'version="1.0"' not in declared.replace(" ", ""):
        return "declared as another version of XML than 1.0"
    encoding = declared.partition("encoding")[2].partition('"')[2].partition('"')[0]
    return None if encoding in ("", "utf-8", "us-ascii", "ascii") else f"declared as {encoding}"
