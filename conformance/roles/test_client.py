"""The harness as a device: walks a server under test by its links, and leaves an exchange for everything it does.

Nothing here judges. A request that brings no answer gives a reading without a document; building upon that document
ends the test case as inconclusive.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Protocol

from conformance.roles.served_reading import Listing, Reading, links_in, location_of, target_of
from conformance.vocabulary.errors import PreconditionNotMet
from conformance.wire.exchange import Connection, Exchange
from conformance.wire.messages import SEP_XML, Headers
from conformance.wire.payload import Node

ACCEPT = (("Accept", SEP_XML),)


class Carrier(Protocol):
    """Carries requests over mutual TLS; the wire's client satisfies it."""

    async def exchange(
        self,
        method: str,
        target: str,
        headers: Headers = (),
        body: bytes = b"",
        resource: str | None = None,
        *,
        deadline: timedelta,
    ) -> Exchange:
        """Send one request; what goes wrong stands in the exchange's error."""

    async def handshake_only(self, *, deadline: timedelta) -> Connection:
        """Connect, complete or fail the handshake, and close."""

    async def raw(self, data: bytes, *, deadline: timedelta) -> Exchange:
        """Send hand-made bytes on a new connection."""

    async def aclose(self) -> None:
        """Close all connections."""


class TestClient:
    """A device's view of the server under test.

    ``entry`` is the path of DeviceCapability; ``deadline`` bounds each request; ``make_carrier`` opens a carrier with
    another identity by its name, such as ``none`` for no certificate; ``identity_of`` tells its LFDI and SFDI.
    """

    __test__ = False

    def __init__(
        self,
        carrier: Carrier,
        *,
        entry: str,
        lfdi: str,
        sfdi: int,
        deadline: timedelta,
        page_size: int,
        make_carrier: Callable[[str], Carrier],
        identity_of: Callable[[str], tuple[str, int]] = lambda name: ("", 0),
    ) -> None:
        self.lfdi = lfdi
        self.sfdi = sfdi
        self.entry_path = entry
        self._carrier = carrier
        self._deadline = deadline
        self._page_size = page_size
        self._make_carrier = make_carrier
        self._identity_of = identity_of

    def with_identity(self, identity: str) -> TestClient:
        """Return a client with another identity, on connections of its own.

        ``none`` shows no certificate, ``chain-2`` to ``chain-4`` a sound chain of that length, ``newcomer-`` and a word
        the sound certificate of a device that was never registered, ``faulty-`` and the name of a fault a chain with
        that fault. Without a test PKI the test case ends as inconclusive.
        """
        lfdi, sfdi = self._identity_of(identity)
        return TestClient(
            self._make_carrier(identity),
            entry=self.entry_path,
            lfdi=lfdi,
            sfdi=sfdi,
            deadline=self._deadline,
            page_size=self._page_size,
            make_carrier=self._make_carrier,
            identity_of=self._identity_of,
        )

    async def entry(self) -> Reading:
        """GET DeviceCapability at its configured path."""
        return await self.get(self.entry_path, "DeviceCapability")

    async def get(self, href: str, resource: str | None = None) -> Reading:
        """GET a path or an absolute address of the same server; redirections are followed a few times (GEN.037)."""
        reading = await self.unfollowed(href, resource)
        for _ in range(MOST_REDIRECTIONS):
            place = location_of(reading) if reading.exchange.status in REDIRECTIONS else None
            if place is None:
                return reading
            reading = await self.unfollowed(place, resource)
        return reading

    async def unfollowed(self, href: str, resource: str | None = None) -> Reading:
        """GET an address, and leave it at the answer, be it a redirection."""
        return await self._send("GET", href, resource)

    async def ask(
        self, method: str, href: str, resource: str | None = None, body: bytes = b"", headers: Headers = ()
    ) -> Reading:
        """Send any method; ``headers`` take the place of those that are sent anyway."""
        return await self._send(method, href, resource, body, headers)

    async def malformed(self, *lines: str) -> Reading:
        """Send a request whose lines are made by hand, on a connection of its own."""
        data = "\r\n".join((*lines, "", "")).encode("latin-1")
        return Reading(await self._carrier.raw(data, deadline=self._deadline))

    async def put(self, href: str, body: bytes, resource: str | None = None) -> Reading:
        """PUT a document."""
        return await self._send("PUT", href, resource, body)

    async def post(self, href: str, body: bytes, resource: str | None = None) -> Reading:
        """POST a document."""
        return await self._send("POST", href, resource, body)

    async def connect(self) -> Connection:
        """Open a connection of its own, complete or fail the TLS handshake, and close it."""
        return await self._carrier.handshake_only(deadline=self._deadline)

    async def follow(self, *links: str) -> Reading:
        """GET DeviceCapability, then follow links by name, such as ``TimeLink``."""
        reading = await self.entry()
        for link in links:
            reading = await self.follow_from(reading.resource, link)
        return reading

    async def follow_from(self, node: Node, link: str) -> Reading:
        """GET what a link in a document points to; without the link the test case ends as inconclusive."""
        href = node.link(link)
        if href is None:
            raise PreconditionNotMet(f"cannot go on: {node.name} has no {link}")
        return await self.get(href, link.removesuffix("Link"))

    async def whole_list(self, href: str, name: str, limit: int | None = None) -> Listing:
        """Read a list until a page is empty, short, or brings nothing new; ``limit`` is the ``l`` of each page."""
        pages: list[Reading] = []
        seen = 0
        while True:
            reading = await self.page(href, name, start=seen, limit=limit or self._page_size)
            pages.append(reading)
            shown = len(reading.resource.children())
            seen += shown
            if shown == 0 or seen >= (reading.resource.integer_attribute("all") or 0):
                return Listing(name, tuple(pages))
            if len(pages) > MOST_PAGES:
                raise PreconditionNotMet(f"cannot go on: {name} did not end after {MOST_PAGES} pages")

    async def page(self, href: str, name: str, *, start: int, limit: int) -> Reading:
        """Read one page of a list."""
        return await self.get(_with_query(href, f"s={start}&l={limit}"), name)

    async def walk(self, *, follow: bool = True) -> tuple[Reading, ...]:
        """GET every resource that links lead to, each once, from DeviceCapability; lists by one page.

        ``follow`` says whether redirections are followed too.
        """
        get = self.get if follow else self.unfollowed
        readings: dict[str, Reading] = {}
        waiting = [(self.entry_path, "DeviceCapability")]
        while waiting and len(readings) < MOST_RESOURCES:
            href, name = waiting.pop(0)
            if href in readings:
                continue
            listed = name.endswith("List")
            reading = await get(_with_query(href, f"s=0&l={self._page_size}") if listed else href, name)
            readings[href] = reading
            if reading.document is not None:
                waiting += [(target, link.removesuffix("Link")) for link, target in links_in(reading.document)]
        return tuple(readings.values())

    async def own_end_device(self) -> tuple[Listing, Node | None]:
        """Return the EndDeviceList and the entry whose lFDI is the client's own, in any casing."""
        reading = await self.entry()
        href = reading.resource.link("EndDeviceListLink")
        if href is None:
            raise PreconditionNotMet("cannot go on: DeviceCapability has no EndDeviceListLink")
        listing = await self.whole_list(href, "EndDeviceList")
        own = (entry for entry in listing.entries if entry.hexadecimal("lFDI") == self.lfdi)
        return listing, next(own, None)

    async def aclose(self) -> None:
        """Close all connections."""
        await self._carrier.aclose()

    async def _send(
        self, method: str, href: str, resource: str | None, body: bytes = b"", given: Headers = ()
    ) -> Reading:
        usual = (*ACCEPT, ("Content-Type", SEP_XML)) if body else ACCEPT
        names = {name.lower() for name, _ in given}
        headers = (*(one for one in usual if one[0].lower() not in names), *given)
        exchange = await self._carrier.exchange(
            method, target_of(href), headers, body, resource, deadline=self._deadline
        )
        return Reading(exchange)


REDIRECTIONS = (301, 302, 303, 307, 308)
MOST_REDIRECTIONS = 5

MOST_PAGES = 2000
"""A list that has not ended by then is endless for the harness."""

MOST_RESOURCES = 2000
"""A walk ends there; a tree that is larger is looked at in part."""


def _with_query(href: str, query: str) -> str:
    return f"{href}{'&' if '?' in href else '?'}{query}"
