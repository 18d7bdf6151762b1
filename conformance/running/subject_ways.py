"""Other ways into a server under test than its address: its services by DNS-SD, and its port in the clear."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from conformance.roles.served_reading import Reading
from conformance.roles.service_search import Browser, Search
from conformance.roles.test_client import TestClient
from conformance.running.way_in import WaysIn
from conformance.vocabulary.clock import Clock
from conformance.vocabulary.errors import HarnessError
from conformance.wire.clear_text import ask_in_the_clear
from conformance.wire.messages import SEP_XML
from conformance.wire.network import Network
from conformance.wire.recorder import Recorder

Visit = Callable[[str, int, str], TestClient]
"""Makes a test client of its own for host, port and the path of DeviceCapability."""


class ServiceSearch:
    """The noun ``discovery`` of a server under test."""

    def __init__(self, ways: WaysIn, clock: Clock, host: str, patience: timedelta, visit: Visit) -> None:
        self._host = host
        self._ways, self._clock, self._patience, self._visit = ways, clock, patience, visit
        self._browser: Browser | None = None
        self._visitors: list[TestClient] = []

    async def search(self, subtype: str = "", *, unicast: bool = False) -> Search:
        """Ask for the plain service or a subtype; ``unicast`` sets the QU bit.

        Where services of the declared address are among those found, they alone are told: the others are strangers'.
        """
        search = await self._opened().search(subtype, unicast=unicast)
        own = tuple(found for found in search.found if self._host in found.addresses)
        return replace(search, found=own or search.found)

    @property
    def reaches(self) -> str:
        """Which interface and which families of addresses, in words."""
        return self._opened().reaches

    async def read_entry(self, host: str, port: int, path: str) -> Reading:
        """GET DeviceCapability where a service says it is."""
        visitor = self._visit(host, port, path)
        self._visitors.append(visitor)
        return await visitor.entry()

    async def close(self) -> None:
        """Ask no more."""
        if self._browser is not None:
            self._browser.close()
        for visitor in self._visitors:
            await visitor.aclose()

    def _opened(self) -> Browser:
        if self._ways.multicast is None:
            raise HarnessError("no multicast for a case that needs DNS-SD")
        if self._browser is None:
            self._browser = Browser(self._ways.multicast(self._clock), self._clock, self._patience)
        return self._browser


class ClearTextDoor:
    """The noun ``clear_text`` of a server under test."""

    def __init__(self, ways: WaysIn, network: Network, clock: Clock, recorder: Recorder, deadline: timedelta) -> None:
        self._address = ways.clear_text
        self._network, self._clock, self._recorder, self._deadline = network, clock, recorder, deadline

    @property
    def declared(self) -> bool:
        """Whether the server has a port in the clear, by the declaration."""
        return self._address is not None

    async def get(self, path: str) -> Reading:
        """GET a path without TLS."""
        if self._address is None:
            raise HarnessError("no address for a request in the clear")
        host, port = self._address
        headers, deadline = (("Accept", SEP_XML),), self._deadline
        exchange = await ask_in_the_clear(
            self._network, self._clock, self._recorder, host, port, path, deadline=deadline, headers=headers
        )
        return Reading(exchange)
