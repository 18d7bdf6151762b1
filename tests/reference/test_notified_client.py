"""The reference client subscribes, is notified over TLS on pipes in virtual time, and goes by what it is told."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from conformance.reference.client_manner import Manner
from conformance.reference.conduct import CSIP_CLIENT, ClientConduct
from conformance.reference.demo_identities import DemoIdentities, make_identities
from conformance.reference.embedded_client import demonstration_site, run_client
from conformance.reference.silent_recorder import SilentRecorder
from conformance.reference.simulator import Site
from conformance.roles.notifier import Notifier
from conformance.roles.utility import DERProgram, Rates, Utility
from conformance.roles.utility.notification import NotificationStatus, notification
from conformance.roles.utility.scenario import one_program
from conformance.vocabulary.clock import Clock, RealClock, VirtualClock, VirtualTimeLoop
from conformance.wire.http_client import HttpClient
from conformance.wire.http_server import Listener
from conformance.wire.messages import Answer, Request
from conformance.wire.network import Network
from conformance.wire.payload import write
from conformance.wire.pipes import PipeNetwork
from conformance.wire.sockets import SocketNetwork
from conformance.wire.tls_context import client_context, server_context
from tests.visitor import START

FIVE = ["DERControlList", "DERProgramList", "DefaultDERControl", "EndDeviceList", "FunctionSetAssignmentsList"]
LIMIT = {"opModMaxLimW": 2000}
SLOW = Rates.every(7200)
Act = Callable[["Scene"], Awaitable[None]]


@pytest.fixture(scope="module")
def identities(tmp_path_factory: pytest.TempPathFactory) -> DemoIdentities:
    return make_identities(tmp_path_factory.mktemp("pki"))


class Scene:
    """A utility that offers subscriptions, and the client that was told of it."""

    def __init__(self, clock: Clock, utility: Utility, notifier: Notifier, program: DERProgram, site: Site):
        self.clock, self.utility, self.notifier, self.program, self.site = clock, utility, notifier, program, site
        self.asked: list[tuple[str, str | None]] = []

    async def wait(self, seconds: float) -> None:
        await self.clock.wait(timedelta(seconds=seconds))

    @property
    def statuses(self) -> list[int | None]:
        return [told.status for told in self.utility.subscriptions.told]

    @property
    def kinds(self) -> list[str]:
        subscriptions = self.utility.subscriptions
        return sorted(subscriptions.kind_of(kept) or "" for kept in subscriptions.live)


def play(
    identities: DemoIdentities,
    act: Act,
    *,
    flaws: frozenset[str] = frozenset(),
    manner: Manner | None = None,
    conduct: ClientConduct = CSIP_CLIENT,
) -> Scene:
    """Let a client discover the utility for a minute, act, and return what is left."""
    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        return runner.run(_played(identities, act, flaws, manner, conduct))


async def _played(
    identities: DemoIdentities, act: Act, flaws: frozenset[str], manner: Manner | None, conduct: ClientConduct
) -> Scene:
    clock = VirtualClock(START, asyncio.get_running_loop())

    async def settled(scene: Scene) -> None:
        await scene.wait(60)
        await act(scene)

    return await played_on(PipeNetwork(clock), clock, identities, settled, flaws, manner, conduct)


async def played_on(
    network: Network,
    clock: Clock,
    identities: DemoIdentities,
    act: Act,
    flaws: frozenset[str] = frozenset(),
    manner: Manner | None = None,
    conduct: ClientConduct = CSIP_CLIENT,
) -> Scene:
    """Let a client and a utility with its notifier live on a network while something is done."""
    utility, own = Utility(clock, rates=SLOW), identities.server
    utility.subscriptions.offered = True
    offered = one_program(utility, identities.device.lfdi)
    offered.program.set_default({"opModMaxLimW": 10000})
    site = demonstration_site(clock)
    context = client_context(own.chain, own.key, own.roots)
    notifier = Notifier(
        utility,
        clock,
        lambda host, port: HttpClient(network, clock, context, host, port, SilentRecorder(), connections=4),
        timedelta(seconds=30),
    )
    scene = Scene(clock, utility, notifier, offered.program, site)

    async def handle(request: Request) -> Answer:
        answer = utility.handle(request)
        scene.asked.append((request.method, answer.resource))
        return answer

    listener = await Listener.start(
        network, clock, server_context(own.chain, own.key, own.roots), handle, SilentRecorder()
    )
    running = run_client(
        network,
        clock,
        identities.device,
        listener.host,
        listener.port,
        entry=utility.entry_path,
        flaws=flaws,
        manner=manner,
        site=site,
        conduct=conduct,
    )
    tasks = [asyncio.ensure_future(running), asyncio.ensure_future(notifier.run())]
    try:
        await act(scene)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
        await listener.close()
    assert all(task.cancelled() for task in tasks), [task.exception() for task in tasks if not task.cancelled()]
    return scene


async def nothing(scene: Scene) -> None:
    """Only let it discover."""


def test_it_subscribes_to_the_five_kinds_of_csip(identities: DemoIdentities) -> None:
    assert play(identities, nothing).kinds == FIVE


def test_it_may_be_made_not_to_subscribe(identities: DemoIdentities) -> None:
    assert play(identities, nothing, conduct=ClientConduct(subscribes=False)).kinds == []


def test_it_obeys_a_control_from_its_notification_long_before_it_polls(identities: DemoIdentities) -> None:
    async def act(scene: Scene) -> None:
        before = len(scene.asked)
        control = scene.program.add_control(LIMIT, duration=timedelta(minutes=5), response_required=3)
        await scene.wait(5)
        assert [kind for method, kind in scene.asked[before:] if method == "GET"] == []
        assert scene.site.setpoints.max_w == 0.2 * scene.site.rated_w
        start = scene.utility.delivery_start(control)
        assert start.created == start.exposed
        assert start.notified is not None
        assert start.notified >= start.created
        assert [posted.status for posted in scene.utility.responses] == [1, 2]

    assert play(identities, act).statuses == [201]


def test_it_obeys_a_default_from_its_notification(identities: DemoIdentities) -> None:
    async def act(scene: Scene) -> None:
        scene.program.set_default({"opModMaxLimW": 3000})
        await scene.wait(5)
        assert scene.site.setpoints.max_w == 0.3 * scene.site.rated_w

    assert play(identities, act).statuses == [201]


def test_it_reads_what_a_list_notification_leads_to(identities: DemoIdentities) -> None:
    async def act(scene: Scene) -> None:
        device = scene.utility.devices[0]
        better = scene.utility.add_program(device.assignments[0], primacy=0)
        better.set_default({"opModMaxLimW": 1000})
        await scene.wait(5)
        assert scene.site.setpoints.max_w == 0.1 * scene.site.rated_w

    assert play(identities, act).statuses == [201]


def test_notifications_of_one_resource_are_half_a_minute_apart(identities: DemoIdentities) -> None:
    async def act(scene: Scene) -> None:
        for _ in range(4):
            scene.program.add_control(LIMIT, starts_in=timedelta(hours=1), duration=timedelta(minutes=5))
            await scene.wait(10)
        await scene.wait(60)

    told = play(identities, act).utility.subscriptions.told
    assert [round((sent.at - told[0].at).total_seconds()) for sent in told] == [0, 30, 60][: len(told)]
    assert len(told) >= 2


def test_what_only_the_clock_moves_is_not_told(identities: DemoIdentities) -> None:
    async def act(scene: Scene) -> None:
        scene.program.add_control(LIMIT, starts_in=timedelta(minutes=2), duration=timedelta(minutes=5))
        await scene.wait(200)
        scene.utility.tree.touched()
        await scene.wait(60)

    assert play(identities, act).statuses == [201]


@pytest.mark.parametrize(("flaws", "status"), [(frozenset(), 400), (frozenset({"accepts_bad_notifications"}), 201)])
def test_a_notification_of_something_else_is_answered_400(
    identities: DemoIdentities, flaws: frozenset[str], status: int
) -> None:
    async def act(scene: Scene) -> None:
        (subscription,) = scene.utility.subscriptions.of("DERControlList")
        document = scene.utility.devices[0].write()
        body = notification(subscription.named, subscription.path, NotificationStatus.CURRENT, document)
        exchange = await scene.notifier.send(subscription, write(body))
        assert exchange.status == status

    play(identities, act, flaws=flaws)


def test_who_answers_4xx_is_subscribed_no_longer(identities: DemoIdentities) -> None:
    async def act(scene: Scene) -> None:
        scene.program.add_control(LIMIT, duration=timedelta(minutes=5))
        await scene.wait(60)
        scene.program.controls[0].cancel()
        await scene.wait(60)

    scene = play(identities, act, flaws=frozenset({"refuses_notifications"}))
    assert scene.statuses == [400]
    assert "DERControlList" not in scene.kinds


def test_a_resource_that_is_gone_ends_its_subscription(identities: DemoIdentities) -> None:
    async def act(scene: Scene) -> None:
        scene.utility.remove_program(scene.program)
        await scene.wait(60)

    scene = play(identities, act)
    assert scene.kinds == ["DERProgramList", "EndDeviceList", "FunctionSetAssignmentsList"]
    assert sorted(told.body.count(b"<status>4<") for told in scene.utility.subscriptions.told) == [0, 1, 1]


@pytest.mark.parametrize(
    ("flaws", "renewed"), [(frozenset(), True), (frozenset({"never_renews_subscriptions"}), False)]
)
def test_subscriptions_are_renewed_within_a_day(
    identities: DemoIdentities, flaws: frozenset[str], renewed: bool
) -> None:
    async def act(scene: Scene) -> None:
        await scene.wait(86400)
        assert all((kept.renewed_at > kept.made_at) is renewed for kept in scene.utility.subscriptions.live)

    assert len(play(identities, act, flaws=flaws).kinds) == 5


@pytest.mark.parametrize(
    "manner", [Manner(notification_status=204), Manner(subscribes_twice=True), Manner(subscribes_widely=True)]
)
def test_it_may_do_so_in_other_ways(identities: DemoIdentities, manner: Manner) -> None:
    async def act(scene: Scene) -> None:
        scene.program.add_control(LIMIT, duration=timedelta(minutes=5))
        await scene.wait(5)
        assert scene.site.setpoints.max_w == 0.2 * scene.site.rated_w

    scene = play(identities, act, manner=manner)
    assert set(FIVE) <= set(scene.kinds)
    assert scene.statuses == [manner.notification_status]


def test_it_is_notified_on_real_sockets(identities: DemoIdentities) -> None:
    async def act(scene: Scene) -> None:
        async with asyncio.timeout(60):
            while scene.kinds != FIVE:
                await scene.wait(0.05)
            scene.program.add_control(LIMIT, duration=timedelta(minutes=5))
            while scene.site.setpoints.max_w != 0.2 * scene.site.rated_w:
                await scene.wait(0.05)

    clock = RealClock()
    scene = asyncio.run(played_on(SocketNetwork(clock), clock, identities, act))
    assert scene.statuses in ([], [201])
