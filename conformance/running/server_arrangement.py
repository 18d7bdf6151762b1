"""A server under test: already running somewhere, or started by a command for the whole run."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from conformance.catalogue.instructions import order
from conformance.catalogue.test_case import TestCase
from conformance.roles.arranger import Arranger
from conformance.roles.notification_inbox import LOOPBACK, NotificationInbox
from conformance.roles.polling_device import PollingDevice
from conformance.roles.subject_process import StartCommand, SubjectProcess, prepare
from conformance.roles.test_client import TestClient
from conformance.roles.test_subscriber import TestSubscriber
from conformance.running.case_run import Desk
from conformance.running.lanes import Lanes
from conformance.running.subject_ways import ClearTextDoor, ServiceSearch
from conformance.running.way_in import WaysIn
from conformance.vocabulary.errors import PreconditionNotMet, SubjectUnreachable, UsageError, explain
from conformance.wire.failure_words import failure_words
from conformance.wire.http_client import HttpClient
from conformance.wire.http_server import Listener
from conformance.wire.network import Network
from conformance.wire.server_connection import Handler
from conformance.wire.test_identities import TestIdentities
from conformance.wire.tls_context import client_context, server_context


@dataclass(frozen=True, slots=True)
class ShownIdentity:
    """The certificate the harness shows, its key, the roots it trusts, and the identity that follows.

    ``pin`` is the one the server registered that device with, where it is not the one of the :class:`ServerPlace`.
    """

    chain: Path
    key: Path
    roots: Path
    lfdi: str
    sfdi: int
    pin: int | None = None


@dataclass(frozen=True, slots=True)
class ServerPlace:
    """Where the server under test is; ``pin`` is the one it registered the harness's device with.

    ``inbox`` is the host and port where the harness listens for its notifications.
    """

    host: str
    port: int
    entry: str
    pin: int
    start: StartCommand | None = None
    to_register: bool = False
    ways: WaysIn = field(default_factory=WaysIn)
    inbox: tuple[str, int] = ("127.0.0.1", 0)


STAGGER_S = 0.037
START_TRIES = 300
START_PAUSE_S = 0.2
KNOCKING_S = 30


class ServerArrangement:
    """Gives each test case a test client of its own on the one server under test.

    There are as many lanes as identities: a test case is alone on the one it has.
    """

    def __init__(
        self,
        network: Network,
        place: ServerPlace,
        identities: Sequence[ShownIdentity],
        strangers: TestIdentities | None = None,
    ) -> None:
        self._identities = Lanes(identities)
        self.lanes = len(self._identities)
        self.stagger_s = STAGGER_S
        self._strangers = strangers
        self._network = network
        self._place = place
        self._registered: set[str] = set()

    @contextlib.asynccontextmanager
    async def running(self, folder: Path) -> AsyncIterator[None]:
        """Keep the server running, if it is ours to start.

        Raises:
            SubjectUnreachable: nothing listens at its address.
            UsageError: it is ours to start, and something listens there before.
        """
        if self._place.start is None:
            await self._must_listen()
            yield
            return
        await prepare(self._place.start, folder / "prepare.log")
        await self._must_be_free()
        lfdis = [identity.lfdi for identity in self._identities.items]
        values = {"host": self._place.host, "port": str(self._place.port), "lfdi": lfdis[0], "lfdis": ",".join(lfdis)}
        process = await SubjectProcess.start(self._place.start, values, folder / "subject.log")
        try:
            await self._until_reachable(process)
            yield
        finally:
            await process.stop()

    async def _must_listen(self) -> None:
        """Knock once, so that a server that is down is told once and not by every test case."""
        place = self._place
        try:
            async with asyncio.timeout(KNOCKING_S):
                (await self._network.connect(place.host, place.port)).close()
        except OSError as error:
            attempted = f"reaching the server under test at {place.host}:{place.port}"
            seen = f"no answer within {KNOCKING_S} s" if isinstance(error, TimeoutError) else failure_words(error)
            do = "start it, or correct subject.address; subject.start lets the harness start it"
            raise SubjectUnreachable(explain(attempted, "a server that listens", seen, do)) from None

    async def _must_be_free(self) -> None:
        """Refuse to start the server where something listens already: that, and not the server, would be tested."""
        place = self._place
        try:
            async with asyncio.timeout(KNOCKING_S):
                (await self._network.connect(place.host, place.port)).close()
        except OSError:
            return
        attempted = f"starting the server under test at {place.host}:{place.port}"
        do = "stop what listens, perhaps a server that a killed run left behind, or leave out subject.start"
        raise UsageError(explain(attempted, "nothing that listens there yet", "something does", do))

    async def _until_reachable(self, process: SubjectProcess) -> None:
        """Wait until something listens at the address, or the process has ended."""
        place = self._place
        for _ in range(START_TRIES):
            try:
                (await self._network.connect(place.host, place.port)).close()
            except OSError:
                await asyncio.sleep(START_PAUSE_S)
            else:
                return
            if process.exit_status is not None:
                break
        seen = "nothing listens" if process.exit_status is None else f"it ended with exit status {process.exit_status}"
        attempted = f"reaching the server just started at {place.host}:{place.port}"
        do = "look into subject.log in the run folder"
        raise SubjectUnreachable(explain(attempted, "something that listens within a minute", seen, do))

    @contextlib.asynccontextmanager
    async def open(self, desk: Desk) -> AsyncIterator[Mapping[str, object]]:
        """Yield ``server``, a test client, ``device``, which polls with it, ``arrange`` and ``pin``."""
        with self._identities.one() as identity:
            async with self._with(identity, desk) as nouns:
                yield nouns

    @contextlib.asynccontextmanager
    async def _with(self, identity: ShownIdentity, desk: Desk) -> AsyncIterator[Mapping[str, object]]:
        bench, place = desk.bench, self._place
        pin = place.pin if identity.pin is None else identity.pin
        if place.to_register and identity.lfdi not in self._registered:
            await desk.instruct(order("register_device", lfdi=identity.lfdi, sfdi=identity.sfdi, pin=pin))
            self._registered.add(identity.lfdi)
        client = self._test_client(desk, identity)
        arrange = Arranger(
            desk.instruct, desk.attempt, desk.profile.fixtures, lfdi=client.lfdi, pin=pin, entry=place.entry
        )
        patience, deadline = bench.limits["discovery_answers"].duration, bench.limits["request_deadline"].duration
        visit = partial(self._visitor, desk, identity)
        search = ServiceSearch(place.ways, bench.clock, place.host, patience, visit)
        door = ClearTextDoor(place.ways, self._network, bench.clock, desk.log, deadline)
        device = PollingDevice(client, desk.check, bench.clock, bench.limits, _argued_from(desk.case))
        subscriber = TestSubscriber(client, self._inbox(desk, identity), desk.check, bench.clock, bench.limits)
        try:
            nouns = {"server": client, "device": device, "arrange": arrange, "pin": pin, "subscriber": subscriber}
            yield nouns | {"discovery": search, "clear_text": door}
        finally:
            await subscriber.close()
            await search.close()
            await client.aclose()
            await arrange.tidy_up()

    def _inbox(self, desk: Desk, own: ShownIdentity) -> NotificationInbox:
        host, port = self._place.inbox

        def listen(handle: Handler) -> Awaitable[Listener]:
            context = server_context(own.chain, own.key, own.roots)
            return Listener.start(self._network, desk.bench.clock, context, handle, desk.log, host, port)

        reachable = host not in LOOPBACK or self._place.host in LOOPBACK
        return NotificationInbox(listen, desk.log, reachable=reachable)

    def _visitor(self, desk: Desk, own: ShownIdentity, host: str, port: int, entry: str) -> TestClient:
        """Return a test client for another address than the declared one."""
        place = replace(self._place, host=host, port=port, entry=entry)
        return self._test_client(desk, own, place)

    def _test_client(self, desk: Desk, own: ShownIdentity, place: ServerPlace | None = None) -> TestClient:
        limits, place = desk.bench.limits, place or self._place
        return TestClient(
            self._carrier(desk, "own", own, place),
            entry=place.entry,
            lfdi=own.lfdi,
            sfdi=own.sfdi,
            deadline=limits["request_deadline"].duration,
            page_size=limits["page_size"].count,
            make_carrier=lambda name: self._carrier(desk, name, own, place),
            identity_of=lambda name: self._identity_of(name, own),
        )

    def _identity_of(self, name: str, own: ShownIdentity) -> tuple[str, int]:
        shown = self._shown(name, own)
        return (shown.lfdi, shown.sfdi) if shown else ("", 0)

    def _carrier(self, desk: Desk, name: str, own: ShownIdentity, place: ServerPlace) -> HttpClient:
        shown = self._shown(name, own)
        chain, key = (shown.chain, shown.key) if shown else (None, None)
        context = client_context(chain, key, own.roots)
        return HttpClient(self._network, desk.bench.clock, context, place.host, place.port, recorder=desk.log)

    def _shown(self, name: str, own: ShownIdentity) -> ShownIdentity | None:
        """Return an identity by name: ``own``, ``none``, or one that the test PKI makes."""
        if name in ("own", "none"):
            return own if name == "own" else None
        if self._strangers is None:
            raise PreconditionNotMet(NO_TEST_PKI)
        made = self._strangers.made(name)
        return ShownIdentity(made.files.chain, made.files.key, own.roots, made.lfdi, made.sfdi)


def _argued_from(case: TestCase) -> str:
    """Return the row that everything a case reads is judged by: that of its procedure, or else the first it names."""
    own = f"CTP.{case.id}"
    return own if own in case.requirements else case.requirements[0]


NO_TEST_PKI = explain(
    "showing certificates that the procedure prescribes",
    "a test PKI whose root the server trusts",
    "none configured",
    "set identity.test_pki or identity.authorities in csip.toml, and let the server trust the serca.pem of that folder",
)
