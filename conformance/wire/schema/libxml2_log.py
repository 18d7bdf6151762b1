"""Puts libxml2's own error log into problems: the fallback where the explainer has nothing to say.

That happens only with an official copy which differs from the fact tables.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from lxml import etree

from conformance.wire.schema.report import Problem, ProblemKind
from conformance.wire.schema.wording import element_path

_NAMESPACE = re.compile(r"\{[^}]*\}")
MOST_PROBLEMS = 500


def libxml2_problems(root: etree._Element, log: Iterable[etree._LogEntry]) -> tuple[Problem, ...]:
    """Return a problem for each entry of an error log, with the path in names; never none."""
    problems = [_problem(root, entry) for entry, _ in zip(log, range(MOST_PROBLEMS), strict=False)]
    if problems:
        return tuple(problems)
    message = "the schema rejects the document without saying why"
    return (Problem(f"/{etree.QName(root).localname}", 1, "", "", message, ProblemKind.SCHEMA),)


def _problem(root: etree._Element, entry: etree._LogEntry) -> Problem:
    message = _NAMESPACE.sub("", entry.message)
    return Problem(_named_path(root, entry), entry.line, message, "", message, ProblemKind.SCHEMA)


def _named_path(root: etree._Element, entry: etree._LogEntry) -> str:
    if not entry.path:
        return f"/{etree.QName(root).localname}"
    found = root.getroottree().xpath(entry.path, namespaces={key: uri for key, uri in root.nsmap.items() if key})
    element = next((one for one in found if isinstance(one, etree._Element)), None) if isinstance(found, list) else None
    return entry.path if element is None else element_path(element)
