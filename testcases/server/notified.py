"""Subscriptions and notifications of a server under test (IEEE 2030.5-2018 8.7; CSIP-AUS S-ALL-25 to S-ALL-46).

A server that offers no subscriptions, where nothing demands any, is not tested by these cases.
"""

from conformance.face.authoring import (
    ControlOffer,
    DefaultOffer,
    GroupOffer,
    ProgramOffer,
    plain_default,
    require,
    test_case,
)

LIMIT, OTHER_LIMIT = {"opModMaxLimW": 5000}, {"opModMaxLimW": 2500}
INSTRUCTIONS = ["create_groups", "create_controls", "remove_group"]
SILENT = ["never_notifies", "created_without_location"]


async def program_on_offer(device, arrange):
    """Have one program with a default made, and read it."""
    group = GroupOffer(name="Notified", programs=[ProgramOffer(name="Notified", primacy=1, default=plain_default())])
    await arrange.groups(group)
    (program,) = await device.programs_of(group)
    return program


def offer(name, limits, modes=LIMIT):
    """Return a control that starts only when all is over, so that its state does not change meanwhile."""
    return ControlOffer(
        name=name,
        modes=modes,
        starts_in=limits.listener_outage.duration + limits.listener_return.duration,
        duration=limits.control_duration.duration,
        responses=False,
    )


async def controls_subscribed(subscriber, server, program, limit):
    """Subscribe to the controls of a program; a refusal ends the test case."""
    listed = await server.follow_from(program.node, "DERControlListLink")
    return require(await subscriber.subscribe(listed, limit), "the subscription was refused")


@test_case(
    id="SUBSCRIBE-001",
    title="Subscriptions to all that CSIP names",
    subject="server",
    requirements=["SUB.CREATE", "SUB.LISTED", "G16", "CTP.GENERAL.3"],
    flaws=["created_without_location", "forgets_subscriptions", "no_subscriptions"],
    needs=["Subscription"],
    origin="ours",
    aliases=["S-ALL-25"],
    duration=["server_poll_pause"],
    instructions=["create_groups", "remove_group"],
    values=["Subscription"],
)
async def subscribe_001(server, device, arrange, subscriber, step, check, limits):
    """Without subscriptions every client must poll, and a fleet of thousands polls a server to the ground.

    Steps
        1. Have a program with a default made, and look for the SubscriptionList.
        2. Subscribe to EndDeviceList, FunctionSetAssignmentsList, DERProgramList, DERControlList and
           DefaultDERControl, as far as they say that they may be subscribed to.
        3. Read the SubscriptionList, and each Subscription.

    Passes when
        at least one of the five may be subscribed to where the profile demands it, each Subscription is answered 201
        with a Location, and stands in the list and at its place.
    """
    with step(1):
        program = await program_on_offer(device, arrange)
        place = await subscriber.find_list()
    with step(2):
        readings = await subscriber.of_csip(program)
        check.demands("Subscription", lambda value: subscriber.offered(value, place, readings))
        require(place, "the EndDevice has no SubscriptionListLink")
        made = [await subscriber.subscribe(reading) for reading in subscriber.may_be_subscribed(readings)]
    with step(3):
        await subscriber.listed(*filter(None, made))


@test_case(
    id="SUBSCRIBE-002",
    title="Subscriptions again, and their deletion",
    subject="server",
    requirements=["SUB.CREATE", "SUB.AGAIN", "SUB.DELETE"],
    flaws=["refuses_second_subscription", "notifies_after_delete", "created_without_location"],
    needs=["Subscription"],
    origin="ours",
    aliases=["S-ALL-26"],
    duration=["notification_quiet"],
    instructions=INSTRUCTIONS,
)
async def subscribe_002(server, device, arrange, subscriber, step, check, limits, clock):
    """A client that renews must not be turned away, and one that has left must be left alone.

    Steps
        1. Have a program made, subscribe to its DERControlList, and post the same Subscription again.
        2. Delete it, have a control published, and listen.
        3. Subscribe once more.

    Passes when
        every Subscription is accepted, and after the deletion no notification comes.
    """
    with step(1):
        program = await program_on_offer(device, arrange)
        one = await controls_subscribed(subscriber, server, program, 1)
        await subscriber.repeat(one)
    with step(2):
        await subscriber.delete(one)
        since = clock.now()
        await arrange.controls(program.offer, offer("Unheard", limits))
        told = await subscriber.wait(one, since, limits.notification_quiet.duration)
        seen = [told.exchange] if told else []
        check.that(not told, "SUB.DELETE", "no notification after the deletion", "one" if told else "none", seen)
    with step(3):
        await controls_subscribed(subscriber, server, program, 1)


@test_case(
    id="NOTIFY-001",
    title="A new control is notified",
    subject="server",
    requirements=["SUB.CREATE", "NOTIFY.CHANGE", "NOTIFY.CONTENT", "CTP.GENERAL.3"],
    flaws=[
        *SILENT,
        "notifies_of_other_values",
        "changes_control_values",
        "switches_off_unasked",
        "recreates_controls",
    ],
    needs=["Subscription"],
    origin="ours",
    aliases=["S-ALL-27", "S-ALL-28", "S-ALL-29", "S-ALL-30"],
    duration=["notification_deadline", "notification_deadline"],
    instructions=INSTRUCTIONS,
)
async def notify_001(server, device, arrange, subscriber, step, check, limits, clock):
    """The control that is not told of comes as late as the slowest poll.

    Steps
        1. Have a program made, and subscribe to its DERControlList, with one entry at most in a notification.
        2. Have a control published, and wait for the notification that holds it.
        3. Have another one published, and wait for the next notification.

    Passes when
        both notifications come in time, each names the resource and the subscription, is valid, and holds a
        DERControlList of one entry at most, which is as the list itself has it.
    """
    with step(1):
        program = await program_on_offer(device, arrange)
        one = await controls_subscribed(subscriber, server, program, 1)
    for number, name in ((2, "First"), (3, "Second")):
        with step(number):
            since = clock.now()
            await arrange.controls(program.offer, offer(name, limits))
            told = require(await subscriber.notified(one, since), "no notification came")
            check.schema_valid(told.exchange)
            subscriber.agrees(told, await device.read_list(program.node, "DERControlListLink"))


@test_case(
    id="NOTIFY-002",
    title="A changed default is notified",
    subject="server",
    requirements=["SUB.CREATE", "NOTIFY.CHANGE", "NOTIFY.CONTENT", "CTP.GENERAL.3"],
    flaws=[*SILENT, "notifies_of_other_values"],
    needs=["Subscription"],
    origin="ours",
    aliases=["S-ALL-35", "S-ALL-36", "S-ALL-37", "S-ALL-38", "S-ALL-39"],
    duration=["notification_deadline"],
    instructions=["create_groups", "set_default", "remove_group"],
)
async def notify_002(server, device, arrange, subscriber, step, check, limits, clock):
    """The default governs whenever no event does; whoever is subscribed to it must not go by an old one.

    Steps
        1. Have a program with a default made, and subscribe to the default.
        2. Have the default replaced, and wait for the notification.

    Passes when
        the notification comes in time, names the resource and the subscription, is valid, and holds a
        DefaultDERControl; the last one within that time holds what was arranged, if it holds anything.
    """
    with step(1):
        program = await program_on_offer(device, arrange)
        shown = await server.follow_from(program.node, "DefaultDERControlLink")
        one = require(await subscriber.subscribe(shown), "the subscription was refused")
    with step(2):
        since = clock.now()
        changed = DefaultOffer(modes=OTHER_LIMIT, settings={"setGradW": 100})
        await arrange.default(program.offer, changed)
        told = require(await subscriber.notified(one, since), "no notification came")
        check.schema_valid(told.exchange)
        await clock.wait_until(since + limits.notification_deadline.duration)
        subscriber.holds(one, since, changed)


@test_case(
    id="NOTIFY-003",
    title="Notifications keep their distance",
    subject="server",
    requirements=["SUB.CREATE", "NOTIFY.INTERVAL"],
    flaws=["notifies_at_once", "created_without_location"],
    needs=["Subscription"],
    origin="ours",
    duration=["server_poll_pause", "notification_quiet"],
    instructions=INSTRUCTIONS,
    values=["Notification.interval"],
)
async def notify_003(server, device, arrange, subscriber, step, check, limits, clock):
    """A server that tells of every change at once drowns its clients when much changes.

    Steps
        1. Have a program made, and subscribe to its DERControlList.
        2. Have two controls published shortly after each other, and wait for the notifications.

    Passes when
        no two notifications come closer together than the profile allows.
    """
    with step(1):
        program = await program_on_offer(device, arrange)
        one = await controls_subscribed(subscriber, server, program, 10)
    with step(2):
        await arrange.controls(program.offer, offer("First", limits))
        await clock.wait(limits.server_poll_pause.duration)
        since = clock.now()
        await arrange.controls(program.offer, offer("Second", limits))
        await clock.wait_until(since + limits.notification_quiet.duration)
        check.demands("Notification.interval", lambda value: subscriber.spaced(value, one))


@test_case(
    id="NOTIFY-004",
    title="A listener that was out is told again",
    subject="server",
    requirements=["SUB.CREATE", "NOTIFY.AGAIN"],
    flaws=["gives_up_notifying", "never_notifies", "created_without_location"],
    needs=["Subscription"],
    origin="SA TS 5573 test definitions",
    aliases=["S-ALL-46"],
    duration=["listener_outage", "listener_return"],
    instructions=INSTRUCTIONS,
)
async def notify_004(server, device, arrange, subscriber, step, check, limits, clock):
    """What changed while a client could not be reached is news to it all the same.

    Steps
        1. Have a program made, subscribe to its DERControlList, and answer notifications with 503 from now on.
        2. Have a control published, and let the outage last.
        3. Answer notifications again, and wait for one.

    Passes when
        a notification comes after the listener is back.
    """
    with step(1):
        program = await program_on_offer(device, arrange)
        one = await controls_subscribed(subscriber, server, program, 10)
        subscriber.inbox.answer = 503
    with step(2):
        await arrange.controls(program.offer, offer("Missed", limits))
        await clock.wait(limits.listener_outage.duration)
    with step(3):
        subscriber.inbox.answer = 201
        since = clock.now()
        told = await subscriber.wait(one, since, limits.listener_return.duration)
        seen = "one" if told else f"none within {limits.listener_return.value:g} s"
        exchanges = [told.exchange] if told else []
        check.that(bool(told), "NOTIFY.AGAIN", "a notification after the outage", seen, exchanges)
