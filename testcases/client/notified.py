"""Subscriptions and notifications of a client under test (IEEE 2030.5-2018 8.7; CSIP-AUS ALL-14 to 17, GEN-05, GEN-07).

A client that makes no subscription, where nothing demands any, is not tested by these cases.
"""

from conformance.face.authoring import (
    CSIP_KINDS,
    ResponseStatus,
    SubscriptionScene,
    limiting,
    only_if_chosen,
    require,
    test_case,
)

RULES = ["NOTIFY.ANSWER", "NOTIFY.HEED"]
FLAWS = ["ignores_notifications", "refuses_notifications", "no_received_response"]
SWITCHING_FLAWS = [*FLAWS, "ignores_control", "never_disconnects"]
LENGTH = ["first_contact", "subscribing", "notification_deadline", "notification_pickup"]
RARE = 99
HALF, QUARTER = {"opModMaxLimW": 5000}, {"opModMaxLimW": 2500}


@test_case(
    id="SUBSCRIBE-001",
    title="Subscriptions, and every notification answered",
    subject="client",
    requirements=["NOTIFY.ANSWER"],
    flaws=["refuses_notifications"],
    needs=["Subscription"],
    origin="ours",
    aliases=["ALL-14"],
    duration=["first_contact", "subscribing", "notification_deadline"],
    instructions=["restart_client"],
)
async def subscribe_001(utility, client, notifier, step, check, limits, clock):
    """Whoever is to be steered within seconds cannot wait for a poll: it has itself told.

    Steps
        1. Start the client with five kinds of resource on offer, and wait until it has subscribed.
        2. Change each of the five that it subscribed to.
        3. Wait for each notification, and look at how it is answered.

    Passes when
        each notification is answered with success.
    """
    scene = SubscriptionScene(utility, client, notifier, check, limits, clock, limits.notified_poll_rate)
    scene.program.set_default(HALF)
    with step(1):
        await scene.open(*CSIP_KINDS)
    with step(2):
        since = clock.now()
        scene.device.post_rate_s = limits.post_rate.count
        scene.device.touch()
        utility.assign(scene.device, description="Another")
        utility.add_program(scene.assignment, primacy=RARE)
        scene.program.add_control(HALF, duration=limits.limit_control.duration, starts_in=limits.control_lead.duration)
        scene.program.set_default(QUARTER)
    with step(3):
        for kind in CSIP_KINDS:
            await scene.told(kind, since)


@test_case(
    id="SUBSCRIBE-002",
    title="Subscriptions are renewed",
    subject="client",
    requirements=["P52"],
    flaws=["never_renews_subscriptions"],
    needs=["Subscription"],
    origin="ours",
    duration=["first_contact", "subscribing", "renewal_watch"],
    instructions=["restart_client"],
    values=["Subscription.renewal", "Subscription.renewal_floor"],
)
async def subscribe_002(utility, client, notifier, step, check, limits, clock):
    """A server may forget; a client that never asks again is then steered by nobody, and does not know it.

    Steps
        1. Start the client and wait until it has subscribed.
        2. Let more than a day pass.
        3. Look at when each subscription was made or renewed last.

    Passes when
        each was renewed as often as the profile demands, and no more often than it allows. In real time it runs only
        where renewal_watch is set under limits in csip.toml.
    """
    only_if_chosen(clock, limits.renewal_watch)
    scene = SubscriptionScene(utility, client, notifier, check, limits, clock, limits.renewal_poll_rate)
    with step(1):
        await scene.open("DERControlList")
    with step(2):
        await clock.wait(limits.renewal_watch.duration)
    with step(3):
        check.demands("Subscription.renewal", scene.renewed)
        check.demands("Subscription.renewal_floor", scene.not_too_often)


@test_case(
    id="SUBSCRIBE-003",
    title="Subscriptions to all that CSIP names",
    subject="client",
    requirements=["P39"],
    flaws=[],
    needs=["Subscription"],
    origin="ours",
    duration=["first_contact", "subscribing"],
    instructions=["restart_client"],
    values=["Subscription"],
)
async def subscribe_003(utility, client, notifier, step, check, limits, clock):
    """What a client is not subscribed to it learns of by polling only, which may be too late.

    Steps
        1. Start the client with five kinds of resource on offer, and give it time to subscribe.
        2. Look at what it subscribed to.

    Passes when
        it subscribed to EndDeviceList, FunctionSetAssignmentsList, DERProgramList, DERControlList and
        DefaultDERControl.
    """
    scene = SubscriptionScene(utility, client, notifier, check, limits, clock, limits.notified_poll_rate)
    scene.program.set_default(HALF)
    with step(1):
        await scene.start(*CSIP_KINDS)
    with step(2):
        check.demands("Subscription", scene.subscribed)


@test_case(
    id="NOTIFY-001",
    title="De-energise and energise by notification",
    subject="client",
    requirements=RULES,
    flaws=SWITCHING_FLAWS,
    needs=["Subscription", "DER", "Response", "opModEnergize"],
    origin="ours",
    aliases=["ALL-15"],
    duration=[*LENGTH, "switch_control", "notification_deadline", "notification_pickup"],
    instructions=["restart_client"],
)
async def notify_001(utility, client, notifier, step, check, limits, clock):
    """A network that must have a DER off the grid cannot wait a quarter of an hour for a poll.

    Steps
        1. Start the client, asked to poll every 900 s, and wait until it has subscribed.
        2. Publish a control with opModEnergize false that begins at once, and wait for its notification.
        3. When it is over, publish one with opModEnergize true, and wait for its notification.

    Passes when
        both are notified with success, and each is answered as received, and obeyed where the plant is observed,
        long before the next poll.
    """
    scene = SubscriptionScene(utility, client, notifier, check, limits, clock, limits.notified_poll_rate)
    await scene.switched("opModEnergize", step)


@test_case(
    id="NOTIFY-002",
    title="Disconnect and connect by notification",
    subject="client",
    requirements=RULES,
    flaws=SWITCHING_FLAWS,
    needs=["Subscription", "DER", "Response", "opModConnect"],
    origin="ours",
    aliases=["ALL-16"],
    duration=[*LENGTH, "switch_control", "notification_deadline", "notification_pickup"],
    instructions=["restart_client"],
)
async def notify_002(utility, client, notifier, step, check, limits, clock):
    """To disconnect is more than to stop, and is as urgent.

    Steps
        1. Start the client, asked to poll every 900 s, and wait until it has subscribed.
        2. Publish a control with opModConnect false that begins at once, and wait for its notification.
        3. When it is over, publish one with opModConnect true, and wait for its notification.

    Passes when
        both are notified with success, and each is answered as received, and obeyed where the plant is observed,
        long before the next poll.
    """
    scene = SubscriptionScene(utility, client, notifier, check, limits, clock, limits.notified_poll_rate)
    await scene.switched("opModConnect", step)


@test_case(
    id="NOTIFY-003",
    title="A default and its ramp by notification",
    subject="client",
    requirements=RULES,
    flaws=[
        "ignores_notifications",
        "refuses_notifications",
        "ignores_control",
        "ignores_default",
        "reads_default_once",
    ],
    needs=["Subscription", "DER"],
    origin="ours",
    aliases=["ALL-17", "GEN-07", "GEN-08", "LOA-07", "LOA-08"],
    duration=LENGTH,
    instructions=["restart_client"],
)
async def notify_003(utility, client, notifier, step, check, limits, clock):
    """The default governs whenever no event does; a change of it is as binding as an event.

    Steps
        1. Start the client, asked to poll every 900 s, with a default, and wait until it has subscribed to it.
        2. Change the limit and the ramp of the default, and wait for its notification.
        3. Look at the plant, where it is observed.

    Passes when
        the notification is answered with success, and the new default is in force long before the next poll.
    """
    scene = SubscriptionScene(utility, client, notifier, check, limits, clock, limits.notified_poll_rate)
    scene.program.set_default(limiting(utility, HALF), setGradW=10000)
    with step(1):
        await scene.open("DefaultDERControl")
    with step(2):
        since = clock.now()
        default = scene.program.set_default(limiting(utility, QUARTER), setGradW=100)
        sent = require(await scene.told("DefaultDERControl", since), "the default was not notified of")
    with step(3):
        await clock.wait_until(since + limits.notification_pickup.duration)
        scene.effect({**default.modes, **default.settings}, sent.request_last.wall, since)


@test_case(
    id="NOTIFY-004",
    title="A limit by notification, ahead of its start",
    subject="client",
    requirements=RULES,
    flaws=[*FLAWS, "ignores_control"],
    needs=["Subscription", "DER", "Response"],
    origin="ours",
    aliases=["GEN-05", "GEN-06", "LOA-05", "LOA-06"],
    duration=[*LENGTH, "control_lead"],
    instructions=["restart_client"],
)
async def notify_004(utility, client, notifier, step, check, limits, clock):
    """A limit that comes ahead of its time must be there when its time comes, polled or not.

    Steps
        1. Start the client, asked to poll every 900 s, and wait until it has subscribed.
        2. Publish a limit that begins in two minutes, and wait for its notification.
        3. Look at its Response 1, and after its start at the plant, where it is observed.

    Passes when
        the notification is answered with success, the control is received, and obeyed from its start on.
    """
    scene = SubscriptionScene(utility, client, notifier, check, limits, clock, limits.notified_poll_rate)
    with step(1):
        await scene.open("DERControlList")
    with step(2):
        limit = limiting(utility, QUARTER)
        notified = await scene.publish(limit, limits.limit_control, starts_in=limits.control_lead)
        notified = require(notified, "the control was not notified of")
    with step(3):
        await scene.obeyed(notified)


@test_case(
    id="NOTIFY-005",
    title="A cancellation by notification",
    subject="client",
    requirements=RULES,
    flaws=[*FLAWS, "ignores_cancellation"],
    needs=["Subscription", "DER", "Response"],
    origin="ours",
    duration=[*LENGTH, "notification_deadline", "notification_pickup"],
    instructions=["restart_client"],
)
async def notify_005(utility, client, notifier, step, check, limits, clock):
    """What was ordered in haste must be taken back as fast.

    Steps
        1. Start the client, asked to poll every 900 s, and wait until it has subscribed.
        2. Publish a limit that begins at once, and wait for its notification and Response 1.
        3. Cancel it, and wait for that notification and Response 6.

    Passes when
        both notifications are answered with success, and both Responses come long before the next poll.
    """
    scene = SubscriptionScene(utility, client, notifier, check, limits, clock, limits.notified_poll_rate)
    with step(1):
        await scene.open("DERControlList")
    with step(2):
        notified = await scene.publish(limiting(utility, QUARTER), limits.delivery_control)
        notified = require(notified, "the control was not notified of")
        await scene.heeded(notified.control, notified.sent, ResponseStatus.RECEIVED)
    with step(3):
        since = clock.now()
        notified.control.cancel()
        sent = require(await scene.told("DERControlList", since), "the cancellation was not notified of")
        await scene.heeded(notified.control, sent, ResponseStatus.CANCELLED)


@test_case(
    id="NOTIFY-006",
    title="A notification that does not fit is refused",
    subject="client",
    requirements=["NOTIFY.WRONG", "NOTIFY.ANSWER"],
    flaws=["accepts_bad_notifications", "refuses_notifications"],
    needs=["Subscription"],
    origin="ours",
    aliases=["ERR-002"],
    duration=["first_contact", "subscribing", "notification_deadline"],
    instructions=["restart_client"],
)
async def notify_006(utility, client, notifier, step, check, limits, clock):
    """A client that takes anything at all for a notification can be led anywhere.

    Steps
        1. Start the client and wait until it has subscribed to its FunctionSetAssignmentsList.
        2. Change the list, and wait for a notification that fits.
        3. Send one that names the subscription and holds an EndDevice.

    Passes when
        the first is answered with success and the second with 400.
    """
    scene = SubscriptionScene(utility, client, notifier, check, limits, clock, limits.notified_poll_rate)
    with step(1):
        await scene.open("FunctionSetAssignmentsList")
    with step(2):
        since = clock.now()
        utility.assign(scene.device, description="Another")
        sent = await scene.told("FunctionSetAssignmentsList", since)
    with step(3):
        require(sent, "nothing was notified of")
        await clock.wait(limits.notification_interval.duration)
        await scene.wrong("FunctionSetAssignmentsList")
