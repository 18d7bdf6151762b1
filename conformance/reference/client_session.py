"""How the reference client asks: headers, links, redirects, pages, errors (IEEE 2030.5-2018 5 and 6)."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from http import HTTPStatus
from urllib.parse import urljoin, urlsplit

from lxml import etree

from conformance.reference.client_manner import Manner
from conformance.vocabulary.clock import Clock
from conformance.wire.messages import Answer, NoAnswer, Sender, header
from conformance.wire.parser import Malformed
from conformance.wire.payload import Node, read

MOST_REDIRECTS = 5
MOST_PAGES = 10_000
FEW_ENTRIES = 5
REDIRECTS = frozenset({301, 302, 303, 307, 308})
NO_DOCUMENT = frozenset({201, 202, 204, 205, 206})
"""Successes that are no answer to a GET of a whole resource; one that is not known counts as 200 (GEN.049)."""
KNOWN = frozenset(status.value for status in HTTPStatus)


class NotServed(Exception):
    """The server did not do what was asked; ``status`` is missing when there was no usable answer at all."""

    def __init__(self, reason: str, status: int | None = None, retry_after_s: float | None = None) -> None:
        super().__init__(reason)
        self.status = status
        self.retry_after_s = retry_after_s

    @property
    def final(self) -> bool:
        """True when asking again soon is pointless."""
        return self.status is not None and 400 <= self.status < 500 and self.status not in (408, 429)


@dataclass(frozen=True, slots=True)
class Fetched:
    """A document read from ``target``; for a list, the entries of all its pages.

    ``asked_s`` and ``answered_s`` are when, in seconds since 1970 on the client's own clock.
    """

    target: str
    root: Node
    entries: tuple[Node, ...] = ()
    asked_s: float = 0.0
    answered_s: float = 0.0

    @property
    def poll_rate_s(self) -> int | None:
        """The ``pollRate`` that the server states, if it does."""
        return self.root.integer_attribute("pollRate")

    def link(self, name: str) -> str | None:
        """Return the target of a link."""
        return self.resolved(self.root.link(name))

    def resolved(self, href: str | None) -> str | None:
        """Return the target of an address given in this document."""
        return None if href is None else resolve(self.target, href)


@lru_cache(maxsize=4096)  # a client follows the same links at every poll
def resolve(base: str, href: str) -> str:
    """Return the target (path and query) of an href, which may be relative or a whole URI (RFC 3986)."""
    parts = urlsplit(urljoin(f"https://server{base}", href.strip()))
    return parts._replace(scheme="", netloc="", fragment="").geturl() or "/"


class Session:
    """Sends requests in the client's manner. Everything unusual becomes :class:`NotServed`.

    ``on_read`` is told of everything that was read: its kind, and the document. With ``known``, documents that hold
    elements of other namespaces are refused. Without ``follows`` no redirection is followed.
    """

    def __init__(
        self,
        sender: Sender,
        clock: Clock,
        manner: Manner,
        flaws: frozenset[str],
        known: frozenset[str] = frozenset(),
        *,
        follows: bool = True,
    ) -> None:
        self._sender = sender
        self._clock = clock
        self._flaws = flaws
        self._known = known
        self._follows = follows and "ignores_redirects" not in flaws
        self.on_read: Callable[[str, Fetched], None] = lambda resource, fetched: None
        fewer = min(manner.page_size or FEW_ENTRIES, FEW_ENTRIES)
        self._manner = replace(manner, page_size=fewer) if "ignores_paging" in flaws else manner

    async def get(self, target: str, resource: str) -> Fetched:
        """Read a resource, following redirects. Raises ``NotServed``."""
        for _ in range(MOST_REDIRECTS):
            asked_s = self._clock.now().timestamp()
            answer = await self._send("GET", target, resource)
            location = header(answer.headers, "Location")
            if answer.status not in REDIRECTS or location is None or not self._follows:
                self._must_be_known(answer)
                root = _understood(_document(answer), self._known)
                fetched = Fetched(target, root, asked_s=asked_s, answered_s=self._clock.now().timestamp())
                if not resource.endswith("List"):
                    self.on_read(resource, fetched)
                return fetched
            target = resolve(target, location)
        raise NotServed(f"more than {MOST_REDIRECTS} redirects in a row")

    def _must_be_known(self, answer: Answer) -> None:
        if "knows_few_codes" in self._flaws and answer.status not in KNOWN:
            raise NotServed(f"answered {answer.status}, whatever that means", answer.status)

    async def get_json(self, target: str, resource: str) -> object:
        """Read a JSON document. Raises ``NotServed``."""
        answer = _accepted(await self._send("GET", target, resource, accept="application/json"))
        try:
            return json.loads(answer.body)
        except ValueError as error:
            raise NotServed(f"no JSON: {error}", answer.status) from error

    async def get_list(self, target: str, resource: str, entry: str) -> Fetched:
        """Read a list, page by page until all entries are there. Raises ``NotServed``."""
        first: Fetched | None = None
        entries: list[Node] = []
        for _ in range(MOST_PAGES):
            page = await self.get(_with_query(target, self._manner.page(len(entries))), resource)
            first = first or page
            found = page.root.children(entry)
            entries += found
            everything = page.root.integer_attribute("all") or 0
            if not found or len(entries) >= everything or "ignores_paging" in self._flaws:
                break
        assert first is not None
        whole = Fetched(target, first.root, tuple(entries))
        self.on_read(resource, whole)
        return whole

    async def put(self, target: str, document: etree._Element, resource: str) -> None:
        """Replace a resource. Raises ``NotServed``."""
        _accepted(await self._send("PUT", target, resource, self._manner.speak(document)))

    async def post(self, target: str, document: etree._Element, resource: str) -> str | None:
        """Add to a list; return the target of what was made, if the server tells. Raises ``NotServed``."""
        answer = _accepted(await self._send("POST", target, resource, self._manner.speak(document)))
        location = header(answer.headers, "Location")
        return None if location is None else resolve(target, location)

    async def _send(
        self, method: str, target: str, resource: str, body: bytes = b"", accept: str | None = None
    ) -> Answer:
        headers = [] if "no_accept_header" in self._flaws else [("Accept", accept or self._manner.accept)]
        if body or self._manner.content_type_on_get:
            wrong = "wrong_media_type" in self._flaws
            headers.append(("Content-Type", "application/xml" if wrong else self._manner.media_type))
        try:
            sent = self._manner.headers(headers)
            return await self._sender.send(method, self._manner.target(target), body, sent, resource)
        except NoAnswer as error:
            raise NotServed(str(error)) from error


def _with_query(target: str, query: str) -> str:
    if not query:
        return target
    return f"{target}{'&' if '?' in target else '?'}{query}"


def _accepted(answer: Answer) -> Answer:
    if 200 <= answer.status < 300:
        return answer
    raise NotServed(f"answered {answer.status}", answer.status, _retry_after(answer))


def _document(answer: Answer) -> Node:
    if _accepted(answer).status in NO_DOCUMENT:
        raise NotServed(f"answered {answer.status} to a GET", answer.status)
    try:
        return read(answer.body)
    except Malformed as error:
        raise NotServed(f"unreadable: {error.reason}") from error


def _understood(root: Node, known: frozenset[str]) -> Node:
    strange = {etree.QName(node).namespace or "" for node in root.xml.iter("*")} - known if known else ()
    if strange:
        raise NotServed(f"elements of {', '.join(sorted(strange))}")
    return root


def _retry_after(answer: Answer) -> float | None:
    value = header(answer.headers, "Retry-After") or ""
    return float(value) if value.strip().isdigit() else None
