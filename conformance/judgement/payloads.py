"""Checks on what a body holds: schema, kind of document, identifiers, list counts (IEEE 2030.5 clauses 6 and 10)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from conformance.judgement.finding import State
from conformance.judgement.judged import Judged, passed_if
from conformance.wire.exchange import Exchange, Side
from conformance.wire.parser import Malformed
from conformance.wire.payload import Node, read
from conformance.wire.schema import Validator


def body_of(exchange: Exchange) -> bytes:
    """Return the subject's body: the answer of a server, the request of a client."""
    return exchange.response_body if exchange.side is Side.CLIENT else exchange.request_body


def schema_valid(exchange: Exchange, validator: Validator) -> Judged:
    """Judge the subject's body against the schema; every error becomes a line of the detail."""
    report = validator.validate(body_of(exchange))
    observed = "valid" if report.valid else f"{len(report.problems)} errors; first: {report.problems[0].message}"
    detail = tuple(f"line {problem.line}: {problem.message}" for problem in (*report.problems, *report.notes))
    expected = f"a body valid under {report.edition.title}"
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


def list_counts(exchange: Exchange, listing: Node) -> Judged:
    """Judge ``results`` against the entries shown, and ``all`` against ``results``."""
    shown = len(listing.children())
    results, of_all = listing.integer_attribute("results"), listing.integer_attribute("all")
    good = results == shown and of_all is not None and of_all >= shown
    observed = f"results={results} all={of_all}, {shown} entries shown"
    expected = f"results={shown} and all at least {shown}"
    return Judged("list_counts", passed_if(good), expected, observed, (exchange.number,))


def whole_list(exchanges: Sequence[int], name: str, declared: int | None, entries: int) -> Judged:
    """Judge ``all`` against what paging to the end brought."""
    good = declared == entries
    observed = f"all={declared}, {entries} entries in all pages"
    return Judged("whole_list", passed_if(good), f"{name} with all={entries}", observed, tuple(exchanges))


def within_ratings(exchange: Exchange, pairs: Mapping[str, tuple[float | None, float | None]]) -> Judged:
    """Judge settings against ratings, each ``name: (setting, rating)`` in one unit; unknown ones are not compared."""
    known = {name: pair for name, pair in pairs.items() if None not in pair}
    above = [f"{name}: {have} over {may}" for name, (have, may) in known.items() if have and may and have > may]
    if not known:
        state, observed = State.INCONCLUSIVE, "no setting whose rating is known"
    else:
        state, observed = passed_if(not above), "; ".join(above) or f"{', '.join(known)} within the ratings"
    return Judged("within_ratings", state, "every setting at most its rating", observed, (exchange.number,))
