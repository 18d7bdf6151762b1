"""Checks on what a body holds: schema, kind of document, whole lists (IEEE 2030.5 clauses 6 and 10)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lxml import etree

from conformance.judgement.finding import State
from conformance.judgement.judged import Judged, passed_if
from conformance.wire.exchange import Exchange, Side
from conformance.wire.parser import Malformed
from conformance.wire.payload import Node, read
from conformance.wire.schema import Validator, title


def body_of(exchange: Exchange) -> bytes:
    """Return the subject's body: the answer of a server, the request of a client."""
    return exchange.response_body if exchange.side is Side.CLIENT else exchange.request_body


def schema_valid(exchange: Exchange, validator: Validator) -> Judged:
    """Judge the subject's body against the schema; every error becomes a line of the detail."""
    report = validator.validate(body_of(exchange))
    observed = "valid" if report.valid else f"{len(report.problems)} errors; first: {report.problems[0].message}"
    detail = tuple(f"line {problem.line}: {problem.message}" for problem in (*report.problems, *report.notes))
    expected = f"a body valid under {title(report.edition)}"
    return Judged("schema_valid", passed_if(report.valid), expected, observed, (exchange.number,), detail=detail)


def document_is(exchange: Exchange, name: str) -> Judged:
    """Judge the kind of document: the root element's name."""
    try:
        seen = read(body_of(exchange)).name
    except Malformed as error:
        seen = f"not a document: {error.reason}"
    return Judged("document_is", passed_if(seen == name), name, seen, (exchange.number,))


def has_value(exchange: Exchange, what: str, seen: object, wanted: object) -> Judged:
    """Judge one value for equality."""
    shown = "absent" if seen is None else str(seen)
    return Judged(
        "has_value", passed_if(seen == wanted), f"{what} is {wanted}", f"{what} is {shown}", (exchange.number,)
    )


def has_elements(exchange: Exchange, node: Node, names: Sequence[str]) -> Judged:
    """Judge whether an element holds all the children asked for."""
    missing = [name for name in names if node.child(name) is None]
    expected = f"{node.name} with {', '.join(names)}"
    observed = f"without {', '.join(missing)}" if missing else "all there"
    return Judged("has_elements", passed_if(not missing), expected, observed, (exchange.number,))


@dataclass(frozen=True, slots=True)
class Entries:
    """A list read to its end: ``all`` as declared, the entries counted, and the exchanges that brought them."""

    name: str
    declared: int | None
    count: int
    exchanges: tuple[int, ...]


def whole_list(listing: Entries, beyond: Exchange) -> Judged:
    """Judge ``all`` against what paging to the end brought, and that nothing comes behind."""
    behind = len(_entries(beyond) or ())
    good = listing.declared == listing.count and not behind
    observed = f"all={listing.declared}, {listing.count} entries in all pages, {behind} behind them"
    expected = f"{listing.name} with all={listing.count + behind} and that many entries"
    return Judged("whole_list", passed_if(good), expected, observed, (*listing.exchanges, beyond.number))


def at_most(exchange: Exchange, limit: int) -> Judged:
    """Judge that a page holds no more entries than asked for; without a document nothing is decided."""
    entries = _entries(exchange)
    if entries is None:
        return Judged("at_most", State.INCONCLUSIVE, f"at most {limit}", "not a document", (exchange.number,))
    shown = len(entries)
    return Judged("at_most", passed_if(shown <= limit), f"at most {limit}", f"{shown} entries", (exchange.number,))


def all_different(exchanges: Sequence[Exchange]) -> Judged:
    """Judge that pages of one entry, from different starts within the list, each bring another entry.

    Fewer than two pages prove nothing and are a note; a page that is not a document leaves it undecided.
    """
    pages = [_entries(exchange) for exchange in exchanges]
    entries = [etree.tostring(entry.xml, method="c14n") for page in pages for entry in page or ()]
    different = len(set(entries)) == len(entries) and all(pages)
    state = State.INCONCLUSIVE if None in pages else passed_if(different)
    observed = f"{len(set(entries))} different entries in {len(pages)} pages"
    numbers = tuple(exchange.number for exchange in exchanges)
    state = state if len(pages) > 1 else State.NOTE
    return Judged("all_different", state, "another entry from each start", observed, numbers)


def _entries(exchange: Exchange) -> tuple[Node, ...] | None:
    """Return the entries of a list, or ``None`` when there is no document."""
    try:
        return read(body_of(exchange)).children()
    except Malformed:
        return None
