"""The reference client as a subject inside the harness's own process, for the demonstration and the flaw proofs."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Coroutine, Iterable
from datetime import timedelta
from pathlib import Path

from conformance.reference.client import BUILT_IN_ENTRY, ReferenceClient
from conformance.reference.client_device import ClientIdentity
from conformance.reference.client_flaws import known_flaws
from conformance.reference.client_listener import listen
from conformance.reference.client_manner import Manner
from conformance.reference.client_operator import ClientOperator
from conformance.reference.client_trust import trusting, vet_with
from conformance.reference.client_ways import find_server
from conformance.reference.conduct import CSIP_CLIENT, ClientConduct
from conformance.reference.demo_identities import Files
from conformance.reference.flawed_certificates import own_identity
from conformance.reference.observed_plant import SimulatedPlant
from conformance.reference.plant import Battery, Evse, Load, Pv
from conformance.reference.silent_recorder import SilentRecorder
from conformance.reference.simulator import Site
from conformance.reference.switch import Switch
from conformance.roles.operator import PluginOperator
from conformance.roles.utility import TEST_PIN
from conformance.running.case_run import Desk
from conformance.running.client_arrangement import ClientArrangement, ClientPlace, RunningClient, ServerIdentity
from conformance.running.way_in import WaysIn
from conformance.vocabulary.clock import Clock
from conformance.vocabulary.contact import Contact
from conformance.wire.http_client import HttpClient, HttpSender
from conformance.wire.http_server import Listener
from conformance.wire.multicast import PipeMulticast
from conformance.wire.network import Network

LANES = 64
PATIENCE = timedelta(seconds=30)
CONNECTIONS = 4
USUAL_SUN = 0.8
"""The share of its rating that the sun allows the demonstration's PV, unless arranged otherwise."""
LOOPBACK = "127.0.0.1"


def embedded_client(
    network: Network,
    device: Files,
    server: Files,
    flaws: Iterable[str] = (),
    manner: Manner | None = None,
    authorities: Path | None = None,
    conduct: ClientConduct = CSIP_CLIENT,
    entry: str = BUILT_IN_ENTRY,
) -> ClientArrangement:
    """Return the arrangement whose client under test is the reference client, one for each test case.

    ``device`` is the client's identity, ``server`` that of the test server; ``authorities`` can issue others for it.
    ``entry`` is the path of DeviceCapability that the client is given.
    """
    chosen = known_flaws(flaws)
    device = own_identity(device, authorities, chosen)
    place = ClientPlace(device.lfdi, device.sfdi, TEST_PIN, entry=entry)

    async def arriving(place: ClientPlace, clock: Clock, site: Site, host: str, port: int) -> None:
        host, port, entry = await find_server(network, clock, place, host, port, chosen)
        link = _link(network, clock, device, host, port, chosen, conduct)
        peer = _peer(link, clock, device, entry, chosen, manner, site, conduct)
        await _living(peer, link, listen(network, clock, device, peer, LOOPBACK))

    async def start(desk: Desk, place: ClientPlace, host: str, port: int) -> RunningClient:
        clock = desk.bench.clock
        site = demonstration_site(clock, manner)
        if place.contact is not Contact.DIRECT:
            return _Embedded(arriving(place, clock, site, host, port), SimulatedPlant(site, clock))
        link = _link(network, clock, device, host, port, chosen, conduct)
        peer = _peer(link, clock, device, place.entry, chosen, manner, site, conduct)
        desk.operator = PluginOperator(ClientOperator(lambda: peer, clock))
        listening = listen(network, clock, device, peer, LOOPBACK)
        return _Embedded(_living(peer, link, listening), SimulatedPlant(site, clock))

    identity = ServerIdentity(server.chain, server.key, server.roots, authorities)
    ways = WaysIn(PipeMulticast, (LOOPBACK, 0))
    return ClientArrangement(network, [place] * LANES, identity, start, ways=ways)


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
    conduct: ClientConduct = CSIP_CLIENT,
) -> None:
    """Run the reference client with its simulated site against a server, until cancelled."""
    link = _link(network, clock, device, host, port, flaws, conduct)
    site = site or demonstration_site(clock, manner)
    peer = _peer(link, clock, device, entry, flaws, manner, site, conduct)
    await _living(peer, link, listen(network, clock, device, peer, LOOPBACK))


def _link(
    network: Network,
    clock: Clock,
    device: Files,
    host: str,
    port: int,
    flaws: frozenset[str],
    conduct: ClientConduct,
) -> HttpClient:
    context, recorder = trusting(device, flaws, conduct), SilentRecorder()
    return HttpClient(network, clock, context, host, port, recorder, connections=CONNECTIONS, vet=vet_with(flaws))


def _peer(
    link: HttpClient,
    clock: Clock,
    device: Files,
    entry: str,
    flaws: frozenset[str],
    manner: Manner | None,
    site: Site,
    conduct: ClientConduct,
) -> ReferenceClient:
    identity = ClientIdentity(device.lfdi, device.sfdi, TEST_PIN)
    sender = HttpSender(link, PATIENCE)
    return ReferenceClient(sender, clock, identity, site, entry=entry, flaws=flaws, manner=manner, conduct=conduct)


async def _living(peer: ReferenceClient, link: HttpClient, listening: Awaitable[Listener]) -> None:
    listener = await listening
    try:
        await peer.run()
    finally:
        await link.aclose()
        await listener.close()


def demonstration_site(clock: Clock, manner: Manner | None = None) -> Site:
    """Return a new site with one of everything; sun and vehicle can be arranged while it runs."""
    each_w = (manner or Manner()).rated_w / 2
    battery = Battery(max_charge_w=each_w, max_discharge_w=each_w)
    return Site(clock.now(), Pv(each_w, Switch(USUAL_SUN)), battery, Evse(plugged=Switch(1.0)), Load())


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
