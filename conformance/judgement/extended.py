"""Elements of CSIP-AUS in what a subject serves: in the namespace that the profile demands."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from conformance.catalogue.pack_values import Value
from conformance.judgement.judged import Judged, passed_if
from conformance.wire.csipaus import SCHEMA_VERSIONS
from conformance.wire.exchange import Exchange
from conformance.wire.parser import Malformed
from conformance.wire.payload import SEP, Node, read

INVALID_REQUEST = 1
"""``reasonCode``: the values of a request are not valid."""


def in_namespace(value: Value, nodes: Iterable[Node | None], *exchanges: int) -> Judged:
    """Judge whether elements are there, each in the namespace demanded."""
    wrong = [
        "an element is missing" if node is None else f"{node.name} in {node.namespace or 'none'}"
        for node in nodes
        if node is None or node.namespace not in value.words
    ]
    observed = "; ".join(sorted(set(wrong))) or "all of them"
    return Judged("in_namespace", passed_if(not wrong), value.sentence, observed, exchanges)


def has_reason(exchange: Exchange, code: int = INVALID_REQUEST) -> Judged:
    """Judge whether a refusal says why: an Error with a ``reasonCode``."""
    try:
        error = read(exchange.response_body)
    except Malformed:
        error = None
    seen = None if error is None or error.name != "Error" else error.integer("reasonCode")
    observed = "no Error" if seen is None else f"reasonCode {seen}"
    return Judged("has_reason", passed_if(seen == code), f"an Error of reasonCode {code}", observed, (exchange.number,))


def versions_in(exchange: Exchange) -> dict[str, tuple[str, ...]] | None:
    """Return the entry paths by namespace of a version discovery document; ``None`` for what is no such document."""
    try:
        told = json.loads(exchange.response_body)
    except ValueError:
        return None
    versions = told.get(SCHEMA_VERSIONS) if isinstance(told, dict) else None
    if exchange.status != 200 or not isinstance(versions, dict):
        return None
    return {str(namespace): tuple(_paths(entry)) for namespace, entry in versions.items()}


def _paths(entry: object) -> Iterator[str]:
    paths = entry.get("dcap") if isinstance(entry, dict) else None
    yield from (path for path in paths if isinstance(path, str)) if isinstance(paths, list) else ()


def extension_elements(node: Node) -> tuple[Node, ...]:
    """Return the elements below a node that are not the base standard's."""
    found = [child for child in node.children() if child.namespace != SEP]
    return (*found, *(each for child in node.children() for each in extension_elements(child)))
