"""How fast a control gets through, how many are kept, and what a client does when it is cut off."""

from conformance.face.authoring import (
    DeliveryWatch,
    EventWatch,
    PaceWatch,
    ReactionWatch,
    SiteTrial,
    StoredEvents,
    arrival,
    evenly_drawn,
    make_broken,
    one_program,
    order,
    polls_again,
    published,
    registered_last,
    require,
    shows,
    test_case,
    with_one_default,
)

LIMITED, SHED = {"opModMaxLimW": 5000}, {"opModMaxLimW": 1000}
INTERNAL_ERROR = 500


@test_case(
    id="DELIVERY-001",
    title="A control is with the device in time",
    subject="client",
    requirements=["G18", "G20", "G22"],
    flaws=["ignores_control", "hard_coded_paths", "starts_late"],
    needs=["DER", "Response"],
    origin="ours",
    duration=["first_contact", "discovery", "delivery_course"],
    instructions=["restart_client"],
    values=["DERControl.delivery"],
)
async def delivery_001(utility, client, step, check, limits, clock, values):
    """A utility that sheds load counts on minutes; how often a client looks is part of them.

    Steps
        1. Start the client against a server that states no pollRate, and wait until it has just read its controls.
        2. Publish a control that starts at once.
        3. Wait until the clock stops: at the plant, or else with Response 2, if the profile names no other stop.

    Passes when
        the time from the profile's start of the clock to its stop is within the profile's limit. Without sight of the
        plant, and without a stop of the profile's, it is counted to Response 2, which is weaker.
    """
    watch = DeliveryWatch(utility, client, check, limits, clock, values)
    PaceWatch(utility, client, check, limits, clock, values).state(None)
    with step(1):
        program = await watch.open()
    with step(2):
        control = watch.publish(program, SHED, limits.delivery_control)
    with step(3):
        await watch.is_timed(control, "DERControl.delivery", "the control is with the device")


@test_case(
    id="COMMISSION-001",
    title="The test of a new site is over in time",
    subject="client",
    requirements=["G18"],
    flaws=[],
    needs=["DER", "MirrorUsagePoint", "Response"],
    origin="ours",
    duration=["first_contact", "discovery", "delivery_course"],
    instructions=["restart_client", "run_generating"],
    values=["EndDevice.capability_test"],
)
async def commission_001(utility, client, step, check, limits, clock, values, instruct):
    """Whoever stands at a new site waits there until the utility has seen it obey; nobody waits for ever.

    Steps
        1. Start the client, just registered, against a server that states no rates, and wait until it has just read
           its controls.
        2. Have the site generate as much as it can, and publish a limit of its export that starts at once.
        3. Wait until the plant follows and a reading of the client's shows it.

    Passes when
        both have come within the time that the whole test may take. Without sight of the plant it is counted to the
        reading; where the profile speaks no limit of the export, to the plant or Response 2.
    """
    watch = SiteTrial(utility, client, check, limits, clock, values)
    PaceWatch(utility, client, check, limits, clock, values).state(None)
    with step(1):
        program = await watch.open()
    with step(2):
        await instruct(order("run_generating", lfdi=client.lfdi))
        await clock.wait(limits.plant_settling.duration)
        watch.must_export()
        control = watch.publish(program, watch.modes(), limits.delivery_control)
    with step(3):
        await watch.is_over(control)


@test_case(
    id="ACTUATION-001",
    title="Storage follows within seconds",
    subject="client",
    requirements=["G18"],
    flaws=["hard_coded_paths", "ignores_control", "starts_late"],
    needs=["DER", "Response"],
    origin="ours",
    duration=["first_contact", "discovery", "control_lead", "storage_control"],
    instructions=["restart_client"],
    values=["DERControl.actuation"],
)
async def actuation_001(utility, client, step, check, limits, clock, values):
    """A battery is fast, and a network that leans on it leans on those seconds; a Response does not move it.

    Steps
        1. Start the client and wait until it has read its controls.
        2. Publish a control of the battery, or of the site's export, and wait until the client has read it.
        3. Watch the plant from the control's start on.

    Passes when
        the plant is asked for it, or the profile's own stop of the clock comes, within the profile's limit, counted
        from the profile's start of the clock. Without sight of the plant it is counted to Response 2, which is weaker.
    """
    watch = DeliveryWatch(utility, client, check, limits, clock, values)
    with step(1):
        program = await watch.open()
        PaceWatch(utility, client, check, limits, clock, values).state(None, "DERProgramList")
    with step(2):
        control = watch.publish(program, watch.storage_modes(), limits.storage_control, lead=limits.control_lead)
        held = await client.seen("GET", ("DERControlList", "DERControl"), control.start, shows(control))
        require(held, "the client does not read the control before its start")
    with step(3):
        await watch.is_timed(control, "DERControl.actuation", "the plant follows")


@test_case(
    id="STORED-001",
    title="As many stored events as the profile asks for, through an outage",
    subject="client",
    requirements=["G10", "G18", "RESPONSE.AFTERWARDS"],
    flaws=["drops_events_offline", "stays_offline", "ignores_control", "starts_late", "keeps_few_events"],
    needs=["DER", "Response"],
    origin="ours",
    duration=["first_contact", "control_lead", "stored_course", "recovery"],
    instructions=["restart_client"],
    values=["DERControl.stored_events"],
)
async def stored_001(utility, listener, client, step, check, limits, clock, values):
    """A day of events is published ahead so that a device needs nobody to carry them out.

    Steps
        1. Start the client, publish as many events as the profile asks for and one more, and wait until all are read.
        2. Take the server off the network until all of them are over.
        3. Bring the server back, wait for the client, and look at the plant and at what it answers afterwards.

    Passes when
        as many events as the profile asks for were in force in their time, and the client polls again. What becomes of
        the one beyond is noted.
    """
    stored = StoredEvents(client, check, limits, values, LIMITED)
    with step(1):
        await stored.publish(await with_one_default(utility, client, limits))
    with step(2):
        last = client.exchanges()[-1].number
        await listener.go_away()
        await clock.wait_until(stored.end + limits.plant_settling.duration)
    with step(3):
        await listener.come_back()
        await polls_again(client, limits, last)
        await stored.are_kept(until=clock.now() + limits.recovery.duration)


@test_case(
    id="RANDOM-001",
    title="Starts of randomized events are spread",
    subject="client",
    requirements=["EVENT.044", "RANDOMIZES", "BASE.030", "RESPONSE.PROMPT", "CTP.GENERAL.3"],
    flaws=["randomizes_too_far", "starts_late", "responds_early", "wrong_response_lfdi", "responses_without_clock"],
    needs=["DER", "Response"],
    origin="ours",
    aliases=["ALL-22"],
    duration=["first_contact", "control_lead", "randomized_course"],
    instructions=["restart_client"],
)
async def random_001(utility, client, step, check, limits, clock):
    """One draw may lie anywhere; only many of them show that a client draws at all, and evenly.

    Steps
        1. Start the client, publish randomized events one after the other, and wait until it has read them.
        2. Wait for Response 2 to each.
        3. Look at how the starts are spread.

    Passes when
        no event starts outside its bounds. Starts that differ too little, or lie too unevenly, for a client that draws
        evenly are warned of: a device may go by one fixed number of its own.
    """
    watch, bound = EventWatch(utility, client, check, limits), limits.randomized_bound
    lead, spacing = limits.control_lead.duration, limits.randomized_length.duration
    with step(1):
        program = await with_one_default(utility, client, limits)
        events = [
            program.add_control(
                LIMITED,
                starts_in=lead + number * spacing,
                duration=bound.duration,
                response_required=7,
                randomize_start_s=bound.count,
                description=f"event {number + 1}",
            )
            for number in range(limits.randomized_events.count)
        ]
        held = await client.seen("GET", ("DERControlList", "DERControl"), events[0].start, shows(events[-1]))
        require(held, "the client does not read all events before the first one starts")
    with step(2):
        answers = [await watch.started(event) for event in events]
    with step(3):
        pairs = [(posted, watch.here(event.start)) for posted, event in zip(answers, events, strict=True) if posted]
        offsets = [(arrival(posted) - start).total_seconds() for posted, start in pairs]
        judged = evenly_drawn(offsets, bound.value, limits.randomization_chance, limits.response_early.value)
        check.judged("RANDOMIZES", judged, policy="randomized_spread")


@test_case(
    id="LOSS-001",
    title="The server is lost: finish, then the default, and back",
    subject="client",
    requirements=["G12", "G18"],
    flaws=["drops_events_offline", "ignores_control", "ignores_default", "starts_late", "keeps_control_after_end"],
    needs=["DER"],
    origin="ours",
    aliases=["ALL-23"],
    duration=["first_contact", "control_lead", "loss", "recovery"],
    instructions=["restart_client"],
    values=["DERControl.comms_loss", "DERControl.comms_loss_recovery"],
)
async def loss_001(utility, client, step, check, limits, clock, values):
    """A server that is there and answers nothing but errors is lost all the same.

    Steps
        1. Start the client, publish a control and wait until the client has read it.
        2. When the control runs, answer everything with an error until well after its end.
        3. Serve again as soon as the client has tried in vain once more, and wait for it.

    Passes when
        the client did what the profile wants of one that is cut off, by its plant, and polls again within the time that
        the profile gives, and goes on polling.
    """
    watch = ReactionWatch(client, check, limits, clock, values)
    with step(1):
        program = await with_one_default(utility, client, limits)
        control, _ = await published(program, client, limits, modes=LIMITED, lasts=limits.loss_control)
    with step(2):
        await clock.wait_until(control.start + limits.plant_settling.duration)
        broken = make_broken(utility, INTERNAL_ERROR)
        await clock.wait(limits.loss.duration)
        watch.finished_then_default(control, program.default)
    with step(3):
        last = client.exchanges()[-1].number
        tried = await client.seen("GET", None, clock.now() + limits.recovery.duration, lambda it: it.number > last)
        last, broken.active = tried.number if tried else last, False
        await watch.recovers(since=clock.now(), last=last)
        await polls_again(client, limits, last)


@test_case(
    id="ALARM-002",
    title="DERStatus shows an alarm at once",
    subject="client",
    requirements=["G18"],
    flaws=[],
    needs=["DER"],
    origin="ours",
    duration=["first_contact", "discovery", "alarm_report", "alarm_report"],
    instructions=["restart_client", "raise_alarm", "clear_alarm"],
    values=["DERStatus.alarm_latency"],
)
async def alarm_002(utility, client, step, check, limits, clock, values, instruct):
    """An alarm that waits for the next regular status is no alarm.

    Steps
        1. Start the client against a server that asks for no frequent status, and wait for its first DERStatus.
        2. Have an alarm of the DER raised, and wait for the DERStatus that shows it.
        3. Have the alarm ended, and wait for the DERStatus without it.

    Passes when
        each DERStatus comes within the time that the profile gives, counted from when the instruction was carried out.
    """
    watch = ReactionWatch(client, check, limits, clock, values)
    PaceWatch(utility, client, check, limits, clock, values).state(None, "DERList")
    registered_last(utility, client.lfdi, pin=client.pin)
    one_program(utility, client.lfdi)
    with step(1):
        await client.start(within=limits.first_contact)
        put = await client.must_put("DERStatus", within=limits.discovery, requirement="G18")
        last = require(put, "the client puts no DERStatus").number
    with step(2):
        await instruct(order("raise_alarm", lfdi=client.lfdi))
        await watch.shows_alarm(clock.now(), last, on=True)
    with step(3):
        last = client.exchanges()[-1].number
        await instruct(order("clear_alarm", lfdi=client.lfdi))
        await watch.shows_alarm(clock.now(), last, on=False)


@test_case(
    id="DEFAULTS-001",
    title="What holds before any program is known",
    subject="client",
    requirements=["G18"],
    flaws=[],
    needs=["DER"],
    origin="ours",
    duration=["first_contact", "discovery", "fallback_watch"],
    instructions=["restart_client", "run_generating"],
    values=["EndDevice.static_export@registration"],
)
async def defaults_001(utility, client, step, check, limits, clock, values, instruct):
    """A new site is on the grid before its utility knows it; until then a limit of its own holds.

    Steps
        1. Register the device without any program, start the client, and wait until it has read its assignments.
        2. Have the site generate as much as it can, and watch its export.

    Passes when
        the export at the connection point stays within the profile's limit, by the plant.
    """
    watch = ReactionWatch(client, check, limits, clock, values)
    registered_last(utility, client.lfdi, pin=client.pin)
    with step(1):
        await client.start(within=limits.first_contact)
        read = await client.must_get("FunctionSetAssignmentsList", within=limits.discovery, requirement="G18")
        require(read, "the client reads no FunctionSetAssignmentsList")
    with step(2):
        await instruct(order("run_generating", lfdi=client.lfdi))
        await clock.wait(limits.plant_settling.duration)
        since = clock.now()
        await clock.wait(limits.fallback_watch.duration)
        watch.exports_little(since)
