"""A client under test: for each test case a test server of its own, and the client started against it.

Started by a command, as many instances run side by side as the command may launch, each with an address and an identity
of its own. Without one an operator restarts the client, and cases run one after the other at a fixed address.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

from conformance.catalogue.instructions import order
from conformance.judgement.plant import Plant
from conformance.roles.notifier import Notifier
from conformance.roles.observed_client import ObservedClient
from conformance.roles.subject_process import StartCommand, SubjectProcess, prepare
from conformance.roles.utility.rates import Rates
from conformance.roles.utility.utility import Utility
from conformance.roles.utility.version_discovery import serve_versions
from conformance.running.case_run import Desk
from conformance.running.lanes import Lanes
from conformance.running.server_front import ServerFront, ServerIdentity
from conformance.running.way_in import OpenWays, WaysIn
from conformance.vocabulary.contact import Contact
from conformance.vocabulary.limits import Limits
from conformance.wire.csipaus import extension_of
from conformance.wire.http_client import HttpClient
from conformance.wire.messages import Answer, Request
from conformance.wire.multicast import Multicast
from conformance.wire.network import Network
from conformance.wire.tls_context import client_context

__all__ = [
    "ClientArrangement",
    "ClientPlace",
    "CommandStarter",
    "OperatorStarter",
    "RunningClient",
    "ServerIdentity",
    "Starter",
]


@dataclass(frozen=True, slots=True)
class ClientPlace:
    """What an instance of the client declares, and where the test server listens for it (port 0: any free one).

    ``files`` are handed to the start command by name, such as ``client_certificate``, and so are other ``values``.
    ``contact`` says how the client is to find the server: by its address, by ``clear_text``, host and port without TLS,
    or in ``groups``, where services are on offer.
    """

    lfdi: str
    sfdi: int
    pin: int
    host: str = "127.0.0.1"
    port: int = 0
    entry: str = "/dcap"
    files: Mapping[str, Path] = field(default_factory=dict)
    values: Mapping[str, str] = field(default_factory=dict)
    contact: Contact = Contact.DIRECT
    clear_text: tuple[str, int] | None = None
    groups: Multicast | None = None


class RunningClient(Protocol):
    """A client that was started."""

    @property
    def plant(self) -> Plant | None:
        """The plant behind it, where a simulator or a southbound observation shows it."""

    async def ended(self) -> str:
        """Wait until it ends by itself, and tell how."""

    async def stop(self) -> str:
        """Stop it, and tell how it ended."""


Starter = Callable[[Desk, ClientPlace, str, int], Awaitable[RunningClient]]
"""Starts an instance of the client against host and port for one test case."""


AT_ONCE = 4
"""Connections that notifications are sent on, so that one that is not answered does not hold up the others."""

CONNECTION_STAGGER_S = 0.037
PROCESS_STAGGER_S = 1.0
"""Starting a process keeps a core busy for about that long."""


class ClientArrangement:
    """Gives each test case a utility, a listener and the observed client.

    ``places`` are those of the instances that may run side by side, one for each lane; ``ways`` are ways to them beside
    the address.
    """

    def __init__(
        self,
        network: Network,
        places: Sequence[ClientPlace],
        identity: ServerIdentity,
        start: Starter,
        command: StartCommand | None = None,
        ways: WaysIn | None = None,
    ) -> None:
        self._ways = ways or WaysIn()
        self.places = tuple(places)
        self._places = Lanes(self.places)
        self.lanes = len(self.places)
        self.stagger_s = CONNECTION_STAGGER_S if command is None else PROCESS_STAGGER_S
        self._command = command
        self._network = network
        self._identity = identity
        self._start = start

    @contextlib.asynccontextmanager
    async def running(self, folder: Path) -> AsyncIterator[None]:
        """Prepare the client once, if there is a command for it."""
        if self._command is not None:
            await prepare(self._command, folder / "prepare.log")
        yield

    @contextlib.asynccontextmanager
    async def open(self, desk: Desk) -> AsyncIterator[Mapping[str, object]]:
        """Yield ``utility``, ``listener``, ``notifier`` and ``client``; the client is stopped afterwards."""
        with self._places.one() as place:
            async with self._at(place, desk) as nouns:
                yield nouns

    @contextlib.asynccontextmanager
    async def _at(self, place: ClientPlace, desk: Desk) -> AsyncIterator[Mapping[str, object]]:
        bench = desk.bench
        extension = extension_of(bench.profile.edition)
        rates, fixtures = rates_from(bench.limits), bench.profile.fixtures
        utility = Utility(bench.clock, rates=rates, entry=place.entry, extension=extension, fixtures=fixtures)
        discovery = desk.profile.values.find("csipaus.discovery")
        if discovery is not None and discovery.figure == "required":
            serve_versions(utility)
        faults: list[BaseException] = []

        async def handle(request: Request) -> Answer:
            return utility.handle(request)

        listener = ServerFront(
            self._network, bench.clock, handle, desk.log, self._identity, place.host, place.port, faults.append
        )
        await listener.come_back()
        notifier = self._notifier(utility, desk)
        telling = asyncio.ensure_future(notifier.run())
        telling.add_done_callback(lambda ended: faults.extend(_fault_of(ended)))
        ways = OpenWays(self._ways, self._network, bench.clock, desk.log, utility, listener)
        started: list[RunningClient] = []

        async def end() -> None:
            while started:
                desk.tell("subject_ended", how=await started.pop().stop())

        async def begin(contact: Contact) -> Awaitable[str]:
            await end()
            here = replace(place, contact=contact, groups=ways.groups, clear_text=ways.plain.address)
            started.append(await self._start(desk, here, listener.host, listener.port))
            client.plant = started[-1].plant
            return started[-1].ended()

        client = ObservedClient(
            desk.log, bench.clock, desk.check, begin, lfdi=place.lfdi, sfdi=place.sfdi, pin=place.pin, end=end
        )
        try:
            nouns = {"utility": utility, "listener": listener, "client": client, "notifier": notifier}
            yield nouns | ways.nouns()
        finally:
            client.forget()
            telling.cancel()
            await asyncio.wait({telling})
            await end()
            await ways.close()
            await listener.go_away()
        if faults:
            raise faults[0]

    def _notifier(self, utility: Utility, desk: Desk) -> Notifier:
        identity, clock = self._identity, desk.bench.clock
        context = client_context(identity.chain, identity.key, identity.roots)

        def connect(host: str, port: int) -> HttpClient:
            return HttpClient(self._network, clock, context, host, port, desk.log, connections=AT_ONCE)

        return Notifier(utility, clock, connect, desk.bench.limits["notification_interval"].duration)


def _fault_of(task: asyncio.Future[None]) -> Iterator[BaseException]:
    if not task.cancelled() and (fault := task.exception()) is not None:
        yield fault


def rates_from(limits: Limits) -> Rates:
    """Return the poll and post rates the test server asks for."""
    return replace(
        Rates(),
        device_capability_s=limits["dcap_poll_rate"].count,
        end_device_list_s=limits["end_device_list_poll_rate"].count,
        function_set_assignments_list_s=limits["fsa_list_poll_rate"].count,
        der_program_list_s=limits["program_list_poll_rate"].count,
        der_list_s=limits["der_list_poll_rate"].count,
        time_s=limits["time_poll_rate"].count,
        mirror_post_rate_s=limits["post_rate"].count,
    )


class CommandStarter:
    """Starts the client by a command; what it prints goes to a file of the run folder."""

    def __init__(self, command: StartCommand, folder: Path) -> None:
        self._command = command
        self._folder = folder

    async def __call__(self, desk: Desk, place: ClientPlace, host: str, port: int) -> RunningClient:
        """Start one instance."""
        scheme, host, port = _address(place, host, port)
        values = {
            "server_url": f"{scheme}://{host}:{port}",
            "server_host": host,
            "server_port": str(port),
            "contact": str(place.contact),
            "entry": place.entry,
            "lfdi": place.lfdi,
            "sfdi": str(place.sfdi),
            "pin": str(place.pin),
            "case": desk.case.id,
            **{name: str(path) for name, path in place.files.items()},
            **place.values,
        }
        log = self._folder / "subject" / f"{desk.case.id}.log"
        log.parent.mkdir(exist_ok=True)
        process = await SubjectProcess.start(self._command, values, log)
        desk.tell("subject_started", command=self._command.words)
        return _Process(process, log.relative_to(self._folder))


@dataclass(frozen=True, slots=True)
class _Process:
    process: SubjectProcess
    log: Path
    plant: Plant | None = None

    async def ended(self) -> str:
        status = await self.process.ended()
        return f"the client's process ended with exit status {status}; see {self.log} in the run folder"

    async def stop(self) -> str:
        return await self.process.stop()


class OperatorStarter:
    """Has the operator restart the client; stopping it is left to the next restart."""

    async def __call__(self, desk: Desk, place: ClientPlace, host: str, port: int) -> RunningClient:
        """Give the instruction ``restart_client``, or ``discover_server``."""
        if place.contact is Contact.DISCOVERY:
            await desk.instruct(order("discover_server", lfdi=place.lfdi, pin=place.pin))
            return _Elsewhere()
        scheme, host, port = _address(place, host, port)
        url = f"{scheme}://{host}:{port}{place.entry}"
        await desk.instruct(order("restart_client", server_url=url, lfdi=place.lfdi, pin=place.pin))
        return _Elsewhere()


def _address(place: ClientPlace, host: str, port: int) -> tuple[str, str, int]:
    """Return scheme, host and port for the client to begin with."""
    if place.contact is Contact.CLEAR_TEXT and place.clear_text is not None:
        return "http", *place.clear_text
    return "https", host, port


class _Elsewhere:
    plant: Plant | None = None

    async def ended(self) -> str:
        await asyncio.Event().wait()
        raise AssertionError("unreachable")

    async def stop(self) -> str:
        return "left running: it was started by the operator"
