"""A server that is away or busy, for a client under test: what no procedure tries (CSIP G10, G12, G18)."""

from conformance.face.authoring import (
    COMPLETED,
    IDLE,
    RECEIVED,
    Span,
    arrival,
    make_busy,
    polls_again,
    published,
    require,
    shows,
    test_case,
    with_one_default,
)

SERVICE_UNAVAILABLE, TOO_MANY_REQUESTS = 503, 429
LIMITED = {"opModMaxLimW": 5000}


@test_case(
    id="OUTAGE-001",
    title="Communication is lost while a control runs",
    subject="client",
    requirements=["G12", "G18"],
    flaws=[
        "drops_events_offline",
        "stays_offline",
        "ignores_control",
        "ignores_default",
        "starts_late",
        "keeps_control_after_end",
    ],
    needs=["DER"],
    origin="ours",
    duration=["first_contact", "control_lead", "outage_control", "outage", "event_aftermath"],
    instructions=["restart_client"],
)
async def outage_001(utility, listener, client, step, check, limits, clock):
    """Networks fail on the days when control matters most; a device must do what it was told, and then the default.

    Steps
        1. Start the client, publish a control and wait until the client has read it.
        2. When the control runs, take the server off the network until well after its end.
        3. Bring the server back and wait for the client.

    Passes when
        the control is in force to its end, then the default, and the client polls again and goes on polling.
    """
    with step(1):
        program = await with_one_default(utility, client, limits)
        control, _ = await published(program, client, limits, modes=LIMITED, lasts=limits.outage_control)
    with step(2):
        await clock.wait_until(control.start + limits.plant_settling.duration)
        last = client.exchanges()[-1].number
        await listener.go_away()
        await clock.wait(limits.outage.duration)
        during = Span(control.start, control.end, "the control")
        check.in_force(client.plant, LIMITED, during, limits.plant_settling, requirement="G12")
        after = Span(control.end, clock.now(), "the time after the control, still cut off")
        check.in_force(client.plant, IDLE, after, limits.plant_settling, requirement="G12")
    with step(3):
        await listener.come_back()
        await polls_again(client, limits, last)


@test_case(
    id="OUTAGE-002",
    title="Twenty-four stored events through an outage",
    subject="client",
    requirements=["G10", "G18", "RESPONSE.AFTERWARDS"],
    flaws=[
        "drops_events_offline",
        "stays_offline",
        "ignores_control",
        "starts_late",
        "keeps_few_events",
        "no_received_response",
    ],
    needs=["DER", "Response"],
    origin="ours",
    duration=["first_contact", "control_lead", *["stored_event_spacing"] * 24, "recovery"],
    instructions=["restart_client"],
)
async def outage_002(utility, listener, client, step, check, limits, clock):
    """A day of events is published ahead so that a device needs nobody to carry them out.

    Steps
        1. Start the client, publish all events and wait until the client has read them.
        2. Wait for Response 1 to each.
        3. When the first event is over take the server off the network until all are over.
        4. Bring the server back, wait for the client, and look at what it answers afterwards.

    Passes when
        every event is answered as received, each is in force in its time, and the client polls again.
    """
    with step(1):
        program = await with_one_default(utility, client, limits)
        lead, length = limits.control_lead.duration, limits.stored_event_length.duration
        starts = [lead + number * limits.stored_event_spacing.duration for number in range(limits.stored_events.count)]
        events = [program.add_control(LIMITED, starts_in=at, duration=length, response_required=7) for at in starts]
        for event in events:
            held = await client.seen("GET", ("DERControlList",), events[0].start, shows(event))
            require(held, "the client does not read all events before the first one starts")
    with step(2):
        until = clock.now() + limits.stored_event_receipts.duration
        received = [await client.response(event, RECEIVED, until) for event in events]
        seen = f"{sum(it is not None for it in received)} of {len(events)}"
        check.that(None not in received, "G10", f"Response 1 to each of {len(events)} events", seen)
    with step(3):
        await clock.wait_until(events[0].end + limits.response_deadline.duration)
        last = client.exchanges()[-1].number
        await listener.go_away()
        await clock.wait_until(events[-1].end + limits.plant_settling.duration)
        for number, event in enumerate(events, start=1):
            during = Span(event.start, event.end, f"event {number}")
            check.in_force(client.plant, LIMITED, during, limits.plant_settling, requirement="G10")
    with step(4):
        await listener.come_back()
        await polls_again(client, limits, last)
        until = clock.now() + limits.recovery.duration
        completed = [await client.response(event, COMPLETED, until) for event in events]
        seen = f"{sum(it is not None for it in completed)} of {len(events)}"
        check.that(None not in completed, "RESPONSE.AFTERWARDS", "Response 3 to each event in the end", seen)


async def busy(status, utility, client, step, check, limits, clock):
    """Be too busy for the programs for a while, say for how long, and judge that the client waits and comes back."""
    with step(1):
        await with_one_default(utility, client, limits)
        await clock.wait(limits.program_list_poll_rate.duration)
        overload = make_busy(utility, "DERProgramList", status, limits.retry_after.count)
        refused = await client.seen(
            "GET", ("DERProgramList",), clock.now() + limits.discovery.duration, lambda it: it.status == status
        )
        refused = require(refused, "the client does not poll its programs")
    with step(2):
        free = arrival(refused) + limits.retry_after.duration
        await clock.wait_until(free - limits.in_flight.duration)
        early = [it for it in client.exchanges("DERProgramList") if it.number > refused.number]
        wanted = f"no GET DERProgramList for {limits.retry_after.value:g} s"
        check.that(not early, "RETRY.AFTER", wanted, f"{len(early)} times", early)
        overload.active = False
    with step(3):
        await polls_again(client, limits, client.exchanges()[-1].number)


@test_case(
    id="BUSY-001",
    title="The server is busy: 503 with Retry-After",
    subject="client",
    requirements=["G18", "RETRY.AFTER"],
    flaws=["gives_up_when_busy"],
    needs=["DER"],
    origin="ours",
    duration=["first_contact", "discovery", "retry_after", "event_aftermath"],
    instructions=["restart_client"],
)
async def busy_001(utility, client, step, check, limits, clock):
    """A server that is overloaded asks for patience; a device that hammers on makes it worse.

    Steps
        1. Start the client, and once it polls answer a poll of the programs 503 with Retry-After.
        2. Look at its requests until then.
        3. Serve the programs again and wait for the client.

    Passes when
        the client polls its programs again afterwards; one that does not wait for Retry-After is warned of.
    """
    await busy(SERVICE_UNAVAILABLE, utility, client, step, check, limits, clock)


@test_case(
    id="BUSY-002",
    title="The server is busy: 429 with Retry-After",
    subject="client",
    requirements=["G18", "RETRY.AFTER"],
    flaws=["gives_up_when_busy"],
    needs=["DER"],
    origin="ours",
    duration=["first_contact", "discovery", "retry_after", "event_aftermath"],
    instructions=["restart_client"],
)
async def busy_002(utility, client, step, check, limits, clock):
    """A server may slow a single device down; that device is not thereby dismissed.

    Steps
        1. Start the client, and once it polls answer a poll of the programs 429 with Retry-After.
        2. Look at its requests until then.
        3. Serve the programs again and wait for the client.

    Passes when
        the client polls its programs again afterwards; one that does not wait for Retry-After is warned of.
    """
    await busy(TOO_MANY_REQUESTS, utility, client, step, check, limits, clock)
