"""The reference client as a subject inside the harness's own process, for the demonstration and the flaw proofs."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterable
from datetime import timedelta

from conformance.reference.client import ClientIdentity, ReferenceClient
from conformance.reference.client_flaws import known_flaws, sends_full_chain, tls_ciphers
from conformance.reference.client_manner import Manner
from conformance.reference.demo_identities import Files
from conformance.reference.observed_plant import SimulatedPlant
from conformance.reference.plant import Battery, Evse, Load, Pv
from conformance.reference.silent_recorder import SilentRecorder
from conformance.reference.simulator import Site
from conformance.roles.utility import TEST_PIN
from conformance.running.case_run import Desk
from conformance.running.client_arrangement import ClientArrangement, ClientPlace, RunningClient, ServerIdentity
from conformance.vocabulary.clock import Clock
from conformance.wire.http_client import HttpClient, HttpSender
from conformance.wire.network import Network
from conformance.wire.tls_context import client_context

LANES = 64
PATIENCE = timedelta(seconds=30)
CONNECTIONS = 4


def embedded_client(
    network: Network, device: Files, server: Files, flaws: Iterable[str] = (), manner: Manner | None = None
) -> ClientArrangement:
    """Return the arrangement whose client under test is the reference client, one for each test case.

    ``device`` is the client's identity, ``server`` that of the test server.
    """
    chosen = known_flaws(flaws)
    place = ClientPlace(device.lfdi, device.sfdi, TEST_PIN)

    async def start(desk: Desk, host: str, port: int) -> RunningClient:
        clock = desk.bench.clock
        site = demonstration_site(clock)
        running = run_client(
            network, clock, device, host, port, entry=place.entry, flaws=chosen, manner=manner, site=site
        )
        return _Embedded(running, SimulatedPlant(site, clock))

    return ClientArrangement(network, place, ServerIdentity(server.chain, server.key, server.roots), start, LANES)


async def run_client(
    network: Network,
    clock: Clock,
    device: Files,
    host: str,
    port: int,
    *,
    entry: str,
    flaws: frozenset[str] = frozenset(),
    manner: Manner | None = None,
    site: Site | None = None,
) -> None:
    """Run the reference client with its simulated site against a server, until cancelled."""
    chain = device.chain if sends_full_chain(flaws) else device.leaf
    context = client_context(chain, device.key, device.roots, ciphers=f"{tls_ciphers(flaws)}:@SECLEVEL=0")
    client = HttpClient(network, clock, context, host, port, SilentRecorder(), connections=CONNECTIONS)
    identity = ClientIdentity(device.lfdi, device.sfdi, TEST_PIN)
    sender = HttpSender(client, PATIENCE)
    peer = ReferenceClient(
        sender, clock, identity, site or demonstration_site(clock), entry=entry, flaws=flaws, manner=manner
    )
    try:
        await peer.run()
    finally:
        await client.aclose()


def demonstration_site(clock: Clock) -> Site:
    """Return a new site with one of everything."""
    return Site(clock.now(), Pv(), Battery(), Evse(), Load())


class _Embedded:
    """The reference client as a task, with its plant."""

    def __init__(self, running: Coroutine[object, object, None], plant: SimulatedPlant) -> None:
        self.plant = plant
        self._task = asyncio.ensure_future(running)

    async def ended(self) -> str:
        """Wait until the client ends by itself, which is a fault of ours and raised as such."""
        await asyncio.wait({self._task})
        self._task.result()
        return "the reference client ended"

    async def stop(self) -> str:
        """Stop it."""
        self._task.cancel()
        await asyncio.wait({self._task})
        return "stopped"
