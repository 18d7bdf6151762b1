"""The reference client joined to the utility core without any wire, in virtual time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from lxml import etree

from conformance.reference.client import ReferenceClient
from conformance.reference.client_device import ClientIdentity
from conformance.reference.client_manner import Manner
from conformance.reference.plant import Battery, Constant, Evse, Load, Pv
from conformance.reference.simulator import Site
from conformance.roles.utility import DERControl, Rates, Registration, Utility
from conformance.roles.utility import Manner as UtilityManner
from conformance.vocabulary.clock import VirtualClock, VirtualTimeLoop
from conformance.vocabulary.identity import sfdi_of_lfdi
from conformance.wire.messages import Answer, Headers, NoAnswer, Peer, Request
from conformance.wire.payload import Node, read
from tests.visitor import LFDI, START, schema

PIN = 111115
RATES = Rates.every(60)


@dataclass(frozen=True, slots=True)
class Seen:
    at: datetime
    request: Request
    answer: Answer | None

    @property
    def seconds(self) -> float:
        return (self.at - START).total_seconds()

    @property
    def kind(self) -> str:
        return (self.answer.resource if self.answer else None) or self.request.path

    @property
    def document(self) -> Node:
        return read(self.request.body)


@dataclass
class Rig:
    """A utility with one registered device and one program, and the client that talks to it."""

    clock: VirtualClock
    utility: Utility
    client: ReferenceClient
    site: Site
    seen: list[Seen] = field(default_factory=list)
    interfere: Callable[[Request], Answer | None] = lambda request: None
    task: asyncio.Task[None] | None = None

    async def send(
        self, method: str, target: str, body: bytes = b"", headers: Headers = (), resource: str | None = None
    ) -> Answer:
        await asyncio.sleep(0)
        request = Request(method, target, (("Host", "server"), *headers), body, Peer(LFDI, sfdi_of_lfdi(LFDI)))
        answer = self.interfere(request) or self.utility.handle(request)
        self.seen.append(Seen(self.clock.now(), request, answer))
        if answer.status == 0:
            raise NoAnswer("reset")
        return answer

    async def live(self, seconds: float) -> None:
        if self.task is None:
            self.task = asyncio.ensure_future(self.client.run())
        await asyncio.wait([self.task], timeout=seconds)
        if self.task.done():
            self.task.result()
        self.site.advance(self.clock.now())

    def requests(self, method: str, kind: str) -> list[Seen]:
        return [seen for seen in self.seen if (seen.request.method, seen.kind) == (method, kind)]

    def times(self, method: str, kind: str) -> list[float]:
        return [seen.seconds for seen in self.requests(method, kind)]

    def answers(self, control: DERControl) -> list[tuple[float, int]]:
        about = [response for response in self.utility.responses if response.subject == control.mrid]
        return [((response.at - START).total_seconds(), response.status or 0) for response in about]

    def invalid(self) -> list[tuple[str, str]]:
        bodies = [seen for seen in self.seen if seen.request.body]
        wrong = [seen for seen in bodies if not schema().validate(etree.fromstring(seen.request.body))]
        return [(seen.kind, str(schema().error_log)) for seen in wrong]


Story = Callable[[Rig], Awaitable[None]]


def play(
    story: Callable[[Rig], Coroutine[object, object, None]],
    *,
    flaws: Iterable[str] = (),
    manner: Manner | None = None,
    utility_manner: UtilityManner | None = None,
    rates: Rates = RATES,
    registration: Registration = Registration.OUT_OF_BAND,
    pin: int = PIN,
    client_ahead: timedelta = timedelta(0),
    evse: Evse | None = None,
) -> Rig:
    """Tell a story with a rig and return the rig; the client is stopped at the end."""
    loop = VirtualTimeLoop()
    try:
        return loop.run_until_complete(
            _played(loop, story, flaws, manner, utility_manner, rates, registration, pin, client_ahead, evse)
        )
    finally:
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()


async def _played(
    loop: VirtualTimeLoop,
    story: Callable[[Rig], Coroutine[object, object, None]],
    flaws: Iterable[str],
    manner: Manner | None,
    utility_manner: UtilityManner | None,
    rates: Rates,
    registration: Registration,
    pin: int,
    client_ahead: timedelta,
    evse: Evse | None,
) -> Rig:
    clock, own_clock = VirtualClock(START, loop), VirtualClock(START + client_ahead, loop)
    utility = Utility(clock, rates=rates, registration=registration, seed="t", manner=utility_manner)
    if registration is Registration.OUT_OF_BAND:
        utility.register("11" * 20)
        utility.register(LFDI)
    site = Site(own_clock.now(), pv=Pv(5000, Constant(1.0)), battery=Battery(), evse=evse, load=Load(Constant(1000)))
    identity = ClientIdentity(LFDI, sfdi_of_lfdi(LFDI), pin)

    class Later:
        async def send(
            self, method: str, target: str, body: bytes = b"", headers: Headers = (), resource: str | None = None
        ) -> Answer:
            return await rig.send(method, target, body, headers, resource)

    client = ReferenceClient(Later(), own_clock, identity, site, utility.entry_path, flaws, manner, seed="t")
    rig = Rig(clock, utility, client, site)
    try:
        await story(rig)
    finally:
        if rig.task is not None:
            rig.task.cancel()
            await asyncio.gather(rig.task, return_exceptions=True)
    return rig
