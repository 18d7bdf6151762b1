"""The reference server's other ways in: services by DNS-SD, and a port in the clear that redirects; their flaws."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from conformance.reference.silent_recorder import SilentRecorder
from conformance.roles.service_offers import Offer, Responder
from conformance.vocabulary.clock import Clock
from conformance.wire.clear_text import ClearTextListener
from conformance.wire.http_server import Listener
from conformance.wire.messages import SEP_XML, Answer
from conformance.wire.multicast import Multicast, PipeMulticast
from conformance.wire.network import Network

LABEL = "reference-server"
HTTP_PORT = 80
LEVEL, NO_LEVEL = "-S1", "latest"
GONE = "/gone-5e1d"
SUBTYPES = ("edev", "mup", "tm", "derp")


class ServerWays:
    """Where the reference server can be found beside its address, for one test case."""

    def __init__(self, network: Network, clock: Clock, listener: Listener, entry: str, flaws: Collection[str]) -> None:
        self.groups: Multicast = PipeMulticast(clock)
        self._listener, self._entry, self._flaws = listener, entry, flaws
        self._plain = ClearTextListener(network, clock, SilentRecorder(), self._answer)
        self._responder: Responder | None = None

    async def open(self) -> tuple[str, int]:
        """Offer the services and listen in the clear; return host and port of the latter."""
        if "answers_no_discovery" not in self._flaws:
            self._responder = Responder(self.groups, self._offers())
        await self._plain.open(self._listener.host, 0)
        return self._listener.host, self._plain.port

    async def close(self) -> None:
        """Close both."""
        if self._responder is not None:
            self._responder.close()
        await self._plain.close()

    def _offers(self) -> Iterator[Offer]:
        for subtype in ("", *(SUBTYPES if "offers_no_subtypes" not in self._flaws else ())):
            label = f"{LABEL}-{subtype}" if subtype else LABEL
            yield Offer(label, LABEL, (self._listener.host,), HTTP_PORT, tuple(self._texts()), subtype)

    def _texts(self) -> Iterator[tuple[str, str]]:
        yield "txtvers", "1"
        yield "dcap", GONE if "offers_stale_entry" in self._flaws else self._entry
        yield "path", self._entry
        if "offers_no_https" not in self._flaws:
            yield "https", str(self._listener.port)
        yield "level", NO_LEVEL if "offers_unknown_level" in self._flaws else LEVEL

    def _answer(self, method: str, target: str) -> Answer:
        if "serves_in_the_clear" in self._flaws:
            return Answer(200, (("Content-Type", SEP_XML),), b"<DeviceCapability xmlns='urn:ieee:std:2030.5:ns'/>")
        path = GONE if "redirects_the_clear_nowhere" in self._flaws else target
        origin = f"https://{self._listener.host}:{self._listener.port}"
        return Answer(301, (("Location", f"{origin}{path}"),))
