"""A server under test: already running somewhere, or started by a command for the whole run."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from conformance.catalogue.instructions import order
from conformance.roles.arranger import Arranger
from conformance.roles.polling_device import PollingDevice
from conformance.roles.subject_process import StartCommand, SubjectProcess, prepare
from conformance.roles.test_client import TestClient
from conformance.running.case_run import Desk
from conformance.vocabulary.errors import PreconditionNotMet, SubjectUnreachable, explain
from conformance.wire.http_client import HttpClient
from conformance.wire.network import Network
from conformance.wire.test_identities import TestIdentities
from conformance.wire.tls_context import client_context


@dataclass(frozen=True, slots=True)
class ShownIdentity:
    """The certificate the harness shows, its key, the roots it trusts, and the identity that follows."""

    chain: Path
    key: Path
    roots: Path
    lfdi: str
    sfdi: int


@dataclass(frozen=True, slots=True)
class ServerPlace:
    """Where the server under test is; ``pin`` is the one it registered the harness's device with."""

    host: str
    port: int
    entry: str
    pin: int
    start: StartCommand | None = None
    to_register: bool = False


START_TRIES = 300
START_PAUSE_S = 0.2


class ServerArrangement:
    """Gives each test case a test client of its own on the one server under test."""

    def __init__(
        self,
        network: Network,
        place: ServerPlace,
        identity: ShownIdentity,
        lanes: int,
        strangers: TestIdentities | None = None,
    ) -> None:
        self.lanes = lanes
        self._strangers = strangers
        self._network = network
        self._place = place
        self._identity = identity
        self._registered = False

    @contextlib.asynccontextmanager
    async def running(self, folder: Path) -> AsyncIterator[None]:
        """Keep the server running, if it is ours to start."""
        if self._place.start is None:
            yield
            return
        await prepare(self._place.start, folder / "prepare.log")
        values = {"host": self._place.host, "port": str(self._place.port), "lfdi": self._identity.lfdi}
        process = await SubjectProcess.start(self._place.start, values, folder / "subject.log")
        try:
            await self._until_reachable(process)
            yield
        finally:
            await process.stop()

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
        if self._place.to_register and not self._registered:
            identity = self._identity
            await desk.instruct(order("register_device", lfdi=identity.lfdi, sfdi=identity.sfdi, pin=self._place.pin))
            self._registered = True
        client = self._test_client(desk)
        bench, place = desk.bench, self._place
        arrange = Arranger(desk.instruct, desk.attempt, lfdi=client.lfdi, pin=place.pin, entry=place.entry)
        device = PollingDevice(client, desk.check, bench.clock, bench.limits, f"CTP.{desk.case.id}")
        try:
            yield {"server": client, "device": device, "arrange": arrange, "pin": place.pin}
        finally:
            await client.aclose()
            await arrange.tidy_up()

    def _test_client(self, desk: Desk) -> TestClient:
        limits = desk.bench.limits
        return TestClient(
            self._carrier(desk, "own"),
            entry=self._place.entry,
            lfdi=self._identity.lfdi,
            sfdi=self._identity.sfdi,
            deadline=limits["request_deadline"].duration,
            page_size=limits["page_size"].count,
            make_carrier=lambda name: self._carrier(desk, name),
            identity_of=self._identity_of,
        )

    def _identity_of(self, name: str) -> tuple[str, int]:
        shown = self._shown(name)
        return (shown.lfdi, shown.sfdi) if shown else ("", 0)

    def _carrier(self, desk: Desk, name: str) -> HttpClient:
        shown = self._shown(name)
        chain, key = (shown.chain, shown.key) if shown else (None, None)
        context = client_context(chain, key, self._identity.roots)
        return HttpClient(
            self._network, desk.bench.clock, context, self._place.host, self._place.port, recorder=desk.log
        )

    def _shown(self, name: str) -> ShownIdentity | None:
        """Return an identity by name: ``own``, ``none``, or one that the test PKI makes."""
        if name in ("own", "none"):
            return self._identity if name == "own" else None
        if self._strangers is None:
            raise PreconditionNotMet(NO_TEST_PKI)
        made = self._strangers.made(name)
        return ShownIdentity(made.files.chain, made.files.key, self._identity.roots, made.lfdi, made.sfdi)


NO_TEST_PKI = explain(
    "showing certificates that the procedure prescribes",
    "a test PKI whose root the server trusts",
    "none configured",
    "set identity.test_pki in csip.toml to a folder made by csip init, and let the server trust its serca.pem",
)
