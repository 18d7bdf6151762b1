"""The reference server as a subject inside the harness's own process, for the demonstration and the flaw proofs.

It speaks TLS and HTTP over the same network as any subject, in virtual time over pipes or in real time over sockets.
Every test case gets a server of its own.
"""

from __future__ import annotations

import contextlib
import ssl
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from conformance.reference.conduct import CSIP_SERVER, ServerConduct
from conformance.reference.demo_identities import DemoIdentities, Files
from conformance.reference.flawed_certificates import own_identity
from conformance.reference.server import ReferenceServer
from conformance.reference.server_notifier import notifying
from conformance.reference.server_operator import ServerOperator
from conformance.reference.silent_recorder import SilentRecorder
from conformance.reference.ways_in import ServerWays
from conformance.roles.operator import PluginOperator
from conformance.roles.utility import TEST_PIN
from conformance.roles.utility.manner import Manner as ServerManner
from conformance.running.case_run import Desk
from conformance.running.server_arrangement import STAGGER_S, ServerArrangement, ServerPlace, ShownIdentity
from conformance.running.way_in import WaysIn
from conformance.vocabulary.clock import Clock
from conformance.wire.http_server import Listener
from conformance.wire.messages import Answer, BrokenAnswer, Request
from conformance.wire.network import Network
from conformance.wire.tls_context import server_context

LANES = 64


class EmbeddedServer:
    """A server under test that is the reference server, one for each test case."""

    lanes = LANES
    stagger_s = STAGGER_S

    def __init__(
        self,
        network: Network,
        identities: DemoIdentities,
        flaws: Iterable[str] = (),
        manner: ServerManner | None = None,
        conduct: ServerConduct = CSIP_SERVER,
    ) -> None:
        self._network = network
        self._identities = identities
        self._flaws = frozenset(flaws)
        self._manner = manner
        self._conduct = conduct

    @contextlib.asynccontextmanager
    async def running(self, folder: Path) -> AsyncIterator[None]:
        """Nothing is shared by the cases."""
        yield

    @contextlib.asynccontextmanager
    async def open(self, desk: Desk) -> AsyncIterator[Mapping[str, object]]:
        """Start a reference server with an operator of its own, and yield a test client connected to it."""
        device, clock = self._identities.device, desk.bench.clock
        peer = ReferenceServer(clock, self._flaws, lfdis=[device.lfdi], manner=self._manner, conduct=self._conduct)
        desk.operator = PluginOperator(ServerOperator(peer))
        sound = self._identities.server if peer.asks_for_certificate else self._with_own_roots()
        own = own_identity(sound, self._identities.authorities, peer.flaws)
        listener = await serve(self._network, clock, peer, own)
        ways = ServerWays(self._network, clock, listener, peer.entry_path, self._flaws)
        way_in = WaysIn(lambda clock: ways.groups, await ways.open())
        place = ServerPlace(listener.host, listener.port, peer.entry_path, TEST_PIN, ways=way_in)
        shown = ShownIdentity(device.chain, device.key, device.roots, device.lfdi, device.sfdi)
        try:
            told = notifying(self._network, clock, peer, self._identities.server)
            async with told, self._arrangement(place, shown).open(desk) as nouns:
                yield nouns
        finally:
            await ways.close()
            await listener.close()

    def _arrangement(self, place: ServerPlace, shown: ShownIdentity) -> ServerArrangement:
        return ServerArrangement(self._network, place, [shown], self._identities.strangers)

    def _with_own_roots(self) -> Files:
        """Return the server's identity with a copy of its roots, so that its TLS context is shared with no other."""
        own = self._identities.server
        roots = self._identities.authorities.parent / "unasked.pem"
        roots.write_bytes(own.roots.read_bytes() + b"\n")
        return replace(own, roots=roots)


async def serve(
    network: Network, clock: Clock, peer: ReferenceServer, own: Files, host: str = "127.0.0.1", port: int = 0
) -> Listener:
    """Serve a reference server with its identity and, if it has them, its TLS flaws."""

    async def handle(request: Request) -> Answer | BrokenAnswer:
        return peer.handle(request)

    context = server_context(
        own.chain,
        own.key,
        own.roots,
        ciphers=peer.tls_ciphers,
        client_certificate=peer.requires_client_certificate,
    )
    if not peer.asks_for_certificate:
        context.verify_mode = ssl.CERT_NONE
    return await Listener.start(network, clock, context, handle, SilentRecorder(), host, port)
