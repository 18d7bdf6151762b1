"""What a server under test served: an exchange with its document, a list to its end, and where its links point."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from urllib.parse import quote, urlsplit

from conformance.judgement.payloads import Entries
from conformance.judgement.timing import instant
from conformance.vocabulary.errors import PreconditionNotMet
from conformance.wire.exchange import Exchange
from conformance.wire.messages import header
from conformance.wire.parser import Malformed
from conformance.wire.payload import Node, read, resolved

PAGING = re.compile(r"[sl]=\d+")


@dataclass(frozen=True)
class Reading:
    """An exchange together with the document it brought."""

    exchange: Exchange

    @property
    def received_at(self) -> datetime:
        """When the first byte of the answer came (UTC); of the request, if none came."""
        moment = self.exchange.response_first or self.exchange.request_last
        return moment.kernel or moment.wall

    @cached_property
    def document(self) -> Node | None:
        """The root of the answer's body, or ``None`` when there is no well-formed one."""
        try:
            return read(self.exchange.response_body, self.exchange.target)
        except Malformed:
            return None

    @property
    def ahead(self) -> timedelta | None:
        """How far the server's clock is ahead of the harness's, by the Time that came; ``None`` for all else."""
        node = self.document
        shown = node.integer("currentTime") if node is not None and node.name == "Time" else None
        return None if shown is None else instant(shown) - self.received_at

    @property
    def address(self) -> str:
        """The path and query that were asked for, less what the harness adds to page a list."""
        path, _, query = self.exchange.target.partition("?")
        own = "&".join(part for part in query.split("&") if part and not PAGING.fullmatch(part))
        return f"{path}?{own}" if own else path

    @property
    def is_list(self) -> bool:
        """True for a list that came with its counts."""
        node = self.document
        return self.exchange.status == 200 and node is not None and node.attribute("results") is not None

    @property
    def resource(self) -> Node:
        """The root of the answer's body; without one the test case ends as inconclusive."""
        if self.exchange.status != 200 or self.document is None:
            seen = self.exchange.error or f"{self.exchange.status}"
            what = f"{self.exchange.method} {self.exchange.target} brought no document ({seen})"
            raise PreconditionNotMet(f"cannot go on: {what}; exchange {self.exchange.number}")
        return self.document


@dataclass(frozen=True)
class Listing:
    """A list read to its end: every page, and the entries of all pages in order."""

    name: str
    pages: tuple[Reading, ...]

    @property
    def entries(self) -> tuple[Node, ...]:
        """The entries of all pages, in the order served."""
        return tuple(entry for page in self.pages for entry in page.resource.children())

    @property
    def counted(self) -> Entries:
        """The list's counts, for judging."""
        declared = self.pages[0].resource.integer_attribute("all")
        return Entries(self.name, declared, len(self.entries), tuple(page.exchange.number for page in self.pages))


def target_of(href: str) -> str:
    """Return the path and query of a link, fit for a request line.

    Absolute links are taken to point at the same server. What no URI may hold is percent-encoded, so that a bad link
    brings an answer to be judged.
    """
    try:
        parts = urlsplit(href.strip())
    except ValueError:  # such as an address with half a bracket
        return "/" + quote(href, safe="")
    path, query = quote(parts.path, safe=URI_CHARACTERS), quote(parts.query, safe=URI_CHARACTERS)
    return ("" if path.startswith("/") else "/") + path + (f"?{query}" if query else "")


URI_CHARACTERS = "%/:?@!$&'()*+,;=-._~"
"""What may stand in a path or a query (RFC 3986, 3.3 and 3.4)."""


def location_of(reading: Reading) -> str | None:
    """Return the Location header of an answer; one that is relative is so to what was asked for (RFC 9110, 10.2.2)."""
    place = header(reading.exchange.response_headers, "Location")
    return resolved(reading.exchange.target, place) if place else place


def links_in(node: Node) -> Iterator[tuple[str, str]]:
    """Yield name and href of every link element below a node, in document order."""
    for child in node.children():
        if child.name.endswith("Link") and child.href:
            yield child.name, child.href
        else:
            yield from links_in(child)


def one_of_each_kind(readings: Iterable[Reading]) -> tuple[Reading, ...]:
    """Return the first reading of each kind of document, of those that brought one."""
    kinds: dict[str, Reading] = {}
    for reading in readings:
        if reading.exchange.status == 200 and reading.document is not None:
            kinds.setdefault(reading.document.name, reading)
    return tuple(kinds.values())
