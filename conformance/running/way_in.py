"""Other ways into the test server than its address: services offered by DNS-SD, and a port in the clear that redirects.

Both are opened only by the test case that is about them, and closed after it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from conformance.roles.service_offers import Asked, Offer, Responder
from conformance.roles.utility.function_set_assignments import FunctionSetAssignments
from conformance.roles.utility.utility import Utility
from conformance.running.server_front import ServerFront
from conformance.vocabulary.clock import Clock
from conformance.vocabulary.errors import HarnessError
from conformance.wire.clear_text import ClearTextListener
from conformance.wire.exchange import Connection, Exchange
from conformance.wire.messages import Answer
from conformance.wire.multicast import Multicast
from conformance.wire.network import Network
from conformance.wire.recorder import Recorder

LABEL = "csip-harness"
"""The label of instances and of the host that the test server is offered by."""
HTTP_PORT = 80
"""What SRV says: the port of HTTP, which clients must not use where the TXT record has the key ``https``."""
LEVEL = "-S1"
MOVED_PERMANENTLY = 301


class ServiceFront:
    """The noun ``discovery`` of a client under test: the test server's services by DNS-SD."""

    def __init__(self, groups: Multicast | None, utility: Utility, listener: ServerFront) -> None:
        self._groups, self._utility, self._listener = groups, utility, listener
        self._responder: Responder | None = None

    def advertise(self, assignment: FunctionSetAssignments) -> frozenset[str]:
        """Offer the plain service and four subtypes, and answer whoever asks; ``derp`` leads to an assignment's list.

        Returns the paths on offer, that of DeviceCapability among them: nobody can know them in another way.
        """
        if self._groups is None:
            raise HarnessError("no multicast for a case that needs DNS-SD")
        utility = self._utility
        entry = utility.fresh_path("dcap")
        utility.entrance.open_at(entry)
        paths = {
            "": entry,
            "edev": utility.end_device_list_path,
            "mup": utility.mirror_usage_point_list_path,
            "tm": utility.entrance.time_path,
            "derp": assignment.programs_path,
        }
        self._responder = Responder(self._groups, [self._offer(entry, name, path) for name, path in paths.items()])
        return frozenset(paths.values())

    def _offer(self, entry: str, subtype: str, path: str) -> Offer:
        texts = (
            ("txtvers", "1"),
            ("dcap", entry),
            ("path", path),
            ("https", str(self._listener.port)),
            ("level", LEVEL),
        )
        label = f"{LABEL}-{subtype}" if subtype else LABEL
        return Offer(label, LABEL, (self._listener.host,), HTTP_PORT, texts, subtype)

    @property
    def asked(self) -> tuple[Asked, ...]:
        """The questions that came for the service or one of its subtypes, known or not."""
        asked = self._responder.asked if self._responder else []
        return tuple(question for question in asked if question.subtype is not None)

    @property
    def reaches(self) -> str:
        """Which interface and which families of addresses, in words."""
        return self._responder.reaches if self._responder else "nothing"

    def close(self) -> None:
        """Answer no more."""
        if self._responder is not None:
            self._responder.close()


class ClearTextFront:
    """The noun ``clear_text`` of a client under test: a port without TLS that redirects to the test server."""

    def __init__(
        self,
        network: Network,
        clock: Clock,
        recorder: Recorder,
        listener: ServerFront,
        place: tuple[str, int] | None,
    ) -> None:
        self._listener, self._place = listener, place
        self._plain = ClearTextListener(network, clock, recorder, self._redirected)

    @property
    def address(self) -> tuple[str, int] | None:
        """Host and port it listens at; ``None`` while it does not."""
        return (self._place[0], self._plain.port) if self._place and self._plain.port else None

    async def open(self) -> None:
        """Listen."""
        if self._place is None:
            raise HarnessError("no address for a case that needs a port in the clear")
        await self._plain.open(*self._place)

    def asked(self, exchanges: Iterable[Exchange]) -> list[Exchange]:
        """Return those of a client's requests that came without TLS."""
        return [exchange for exchange in exchanges if exchange.connection in self._plain.connections]

    def connected_over_tls(self, connections: Iterable[Connection]) -> bool:
        """Say whether any of a client's connections was another than those in the clear."""
        return any(connection.number not in self._plain.connections for connection in connections)

    async def close(self) -> None:
        """Stop listening."""
        await self._plain.close()

    def _redirected(self, method: str, target: str) -> Answer:
        server = self._listener
        host = f"[{server.host}]" if ":" in server.host else server.host
        path = target if target.startswith("/") else "/"
        return Answer(MOVED_PERMANENTLY, (("Location", f"https://{host}:{server.port}{path}"),))


@dataclass(frozen=True, slots=True)
class WaysIn:
    """Where the other ways in are: ``multicast`` makes the groups for discovery, ``clear_text`` is host and port."""

    multicast: Callable[[Clock], Multicast] | None = None
    clear_text: tuple[str, int] | None = None


class OpenWays:
    """The other ways in of one test case."""

    def __init__(
        self, ways: WaysIn, network: Network, clock: Clock, recorder: Recorder, utility: Utility, listener: ServerFront
    ) -> None:
        self.groups = ways.multicast(clock) if ways.multicast else None
        self.services = ServiceFront(self.groups, utility, listener)
        self.plain = ClearTextFront(network, clock, recorder, listener, ways.clear_text)

    def nouns(self) -> dict[str, object]:
        """Return ``discovery`` and ``clear_text``."""
        return {"discovery": self.services, "clear_text": self.plain}

    async def close(self) -> None:
        """Close both."""
        self.services.close()
        await self.plain.close()
