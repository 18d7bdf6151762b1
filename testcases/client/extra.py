"""Cases of our own for a client under test: what the guide and the standard ask for and no procedure tries."""

from conformance.face.authoring import (
    CANCELLED,
    COMPLETED,
    LOG_EVENT,
    RECEIVED,
    STARTED,
    EventWatch,
    Span,
    Window,
    arrival,
    logged,
    make_busy,
    move,
    one_program,
    order,
    read,
    registered_last,
    require,
    shows,
    test_case,
)

SERVICE_UNAVAILABLE, TOO_MANY_REQUESTS = 503, 429
IDLE, LIMITED = {"opModMaxLimW": 8000}, {"opModMaxLimW": 5000}
PINS = (123455, 111115)
"""Two PINs with right check digits, so that one of them is wrong."""
BEYOND_REGISTRATION = ("FunctionSetAssignmentsList", "DERProgramList", "DERControlList", "DefaultDERControl")


async def with_one_default(utility, client, limits, default=IDLE):
    """Offer one program with a default, start the client, and wait until it has read both lists of it."""
    registered_last(utility, client.lfdi, pin=client.pin)
    program = one_program(utility, client.lfdi).program
    program.set_default(default)
    await client.start(within=limits.first_contact)
    for kind in ("DefaultDERControl", "DERControlList"):
        seen = await client.seen("GET", (kind,), utility.now() + limits.discovery.duration)
        require(seen, f"the client reads no {kind}")
    return program


async def published(program, client, limits, *, modes, lasts, **more):
    """Publish a control and wait until the client has read it."""
    lead = limits.control_lead.duration
    control = program.add_control(modes, starts_in=lead, duration=lasts.duration, response_required=7, **more)
    held = await client.seen("GET", ("DERControlList", "DERControl"), control.start, shows(control))
    return control, require(held, "the client does not read the control before its start")


async def polls_again(client, check, clock, limits, since):
    """Judge that the client polls its programs again, and goes on doing so."""
    back = await client.must_get("DERProgramList", limits.recovery, "G18", lambda it: it.number > since)
    require(back, "the client does not come back")
    await client.must_get("DERProgramList", limits.polling_window, "G18", lambda it: it.number > back.number)


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
        await polls_again(client, check, clock, limits, last)


@test_case(
    id="OUTAGE-002",
    title="Twenty-four stored events through an outage",
    subject="client",
    requirements=["G10", "G12", "G18", "RESPONSE.AFTERWARDS"],
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
        await polls_again(client, check, clock, limits, last)
        until = clock.now() + limits.recovery.duration
        completed = [await client.response(event, COMPLETED, until) for event in events]
        seen = f"{sum(it is not None for it in completed)} of {len(events)}"
        check.that(None not in completed, "RESPONSE.AFTERWARDS", "Response 3 to each event in the end", seen)


@test_case(
    id="PROGRAMS-001",
    title="Fifteen programs, the control in the last of them",
    subject="client",
    requirements=["P24"],
    flaws=["keeps_few_programs", "ignores_paging", "hard_coded_paths", "ignores_control", "starts_late", "polls_once"],
    needs=["DER", "Response"],
    origin="ours",
    duration=["first_contact", "control_lead", "control_duration", "response_deadline"],
    instructions=["restart_client"],
)
async def programs_001(utility, client, step, check, limits, clock):
    """A device can belong to fifteen groups, and the control that matters may be in the least of them.

    Steps
        1. Start the client and wait until it has read the DERControlList of each program.
        2. Publish a control in the least urgent program and wait for its Responses.

    Passes when
        every program is read, and the control of the last one is carried out.
    """
    offered = one_program(utility, registered_last(utility, client.lfdi, pin=client.pin).lfdi)
    offered.program.set_default(IDLE)
    more = [utility.add_program(offered.assignment, primacy=2 + n) for n in range(limits.programs.count - 1)]
    with step(1):
        await client.start(within=limits.first_contact)
        for program in (offered.program, *more):
            path = program.controls_path
            held = await client.must_get(
                "DERControlList", limits.discovery, "P24", lambda it, path=path: it.path == path
            )
            require(held, "the client does not read the controls of each program")
    with step(2):
        lead, length = limits.control_lead.duration, limits.control_duration.duration
        control = more[-1].add_control(LIMITED, starts_in=lead, duration=length, response_required=7)
        started = await client.response(control, STARTED, control.end)
        seen = "seen" if started else "never"
        check.that(started is not None, "P24", "Response 2 to the control of the last program", seen)
        await clock.wait_until(control.end + limits.plant_settling.duration)
        during = Span(control.start, control.end, "the control")
        check.in_force(client.plant, LIMITED, during, limits.plant_settling, requirement="P24")


@test_case(
    id="PIN-001",
    title="Silence after a wrong PIN",
    subject="client",
    requirements=["SEC.032"],
    flaws=["ignores_wrong_pin", "hard_coded_paths"],
    origin="ours",
    duration=["first_contact", "discovery", "silence_after_wrong_pin"],
    instructions=["restart_client"],
)
async def pin_001(utility, client, step, check, limits, clock):
    """The PIN tells a device that the server knows it, and not some other device; without that it may obey nobody.

    Steps
        1. Register the device with another PIN; start the client and wait for its GET of Registration.
        2. Watch it for a while.

    Passes when
        from then on the client reads no assignments, programs or controls and sends nothing. Looking at
        DeviceCapability, Time, EndDevice and Registration again is legal.
    """
    registered_last(utility, client.lfdi, pin=next(pin for pin in PINS if pin != client.pin))
    one_program(utility, client.lfdi)
    with step(1):
        await client.start(within=limits.first_contact)
        registration = await client.must_get("Registration", limits.discovery, requirement="SEC.032")
        known = arrival(require(registration, "the client reads no Registration")) + limits.in_flight.duration
    with step(2):
        await clock.wait(limits.silence_after_wrong_pin.duration)
        later = [it for it in client.exchanges() if arrival(it) > known]
        acts = [it for it in later if it.method != "GET" or it.resource in BEYOND_REGISTRATION]
        seen = ", ".join(dict.fromkeys(f"{it.method} {it.resource or it.path}" for it in acts))
        check.that(not acts, "SEC.032", "no GET beyond Registration and nothing sent", seen or "silence", acts)


@test_case(
    id="CANCEL-001",
    title="Cancellation with randomization of a running control",
    subject="client",
    requirements=["RAND.016", "BASE.030"],
    flaws=["overstays_cancellation", "randomizes_too_far", "ignores_cancellation", "keeps_control_after_end"],
    needs=["DER", "Response"],
    origin="ours",
    duration=["first_contact", "control_lead", "cancel_control"],
    instructions=["restart_client"],
)
async def cancel_001(utility, client, step, check, limits, clock):
    """A thousand devices that let go in the same second are a shock to the grid, so they let go one by one.

    Steps
        1. Start the client, publish a control with a randomizeDuration, and wait until it runs.
        2. Cancel it with randomization and wait until the client has read that.
        3. Wait for Response 6.

    Passes when
        the control ends within the bound of its randomization, counted from the reading of the cancellation.
    """
    bound = limits.cancel_bound
    with step(1):
        program = await with_one_default(utility, client, limits)
        control, _ = await published(
            program, client, limits, modes=LIMITED, lasts=limits.cancel_control, randomize_duration_s=bound.count
        )
        started = await client.response(control, STARTED, control.start + limits.response_deadline.duration)
        require(started, "the client does not say that it started the control")
    with step(2):
        running = control.start + limits.plant_settling.duration
        await clock.wait_until(running)
        control.cancel(randomized=True)
        cancelled = shows(control, int(control.state.status))
        told = await client.seen("GET", ("DERControlList", "DERControl"), control.end, cancelled)
        told = require(told, "the client does not read the cancellation")
    with step(3):
        latest = bound.value + limits.response_deadline.value
        window = Window(arrival(told), "the cancellation was read", None, latest)
        until = arrival(told) + bound.duration + limits.response_deadline.duration
        posted = await client.response(control, CANCELLED, until)
        given = ", ".join(map(str, sorted(client.statuses(control))))
        check.that(posted is not None, "BASE.030", "Response 6 to the cancelled control", f"Responses {given}")
        check.happened("Response 6", arrival(posted) if posted else None, window, bound, "RAND.016", posted)
        window = Window(arrival(told), "the cancellation was read", None, bound.value + limits.plant_settling.value)
        await clock.wait_until(arrival(told) + bound.duration + limits.plant_settling.duration)
        check.gave_way(client.plant, LIMITED, window, bound, "RAND.016", after=running)


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
        await polls_again(client, check, clock, limits, client.exchanges()[-1].number)


@test_case(
    id="BUSY-001",
    title="The server is busy: 503 with Retry-After",
    subject="client",
    requirements=["G18", "RETRY.AFTER"],
    flaws=["gives_up_when_busy", "ignores_poll_rate"],
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
    flaws=["gives_up_when_busy", "ignores_poll_rate"],
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


@test_case(
    id="MOVED-001",
    title="Lists have moved: 301, 302, 307",
    subject="client",
    requirements=["DNS.042"],
    flaws=["ignores_redirects", "hard_coded_paths"],
    needs=["DER"],
    origin="ours",
    duration=["first_contact", "discovery"],
    instructions=["restart_client"],
)
async def moved_001(utility, client, step, check, limits):
    """ERR-001 moves DeviceCapability; a server may move anything.

    Steps
        1. Redirect three lists, each with another status; start the client.
        2. Wait for its GET of each at its new place.

    Passes when
        every redirect is followed.
    """
    device = registered_last(utility, client.lfdi, pin=client.pin)
    program = one_program(utility, client.lfdi).program
    moved = [
        move(utility, device.assignments_path, 301, "FunctionSetAssignmentsList"),
        move(utility, device.ders_path, 302, "DERList"),
        move(utility, program.controls_path, 307, "DERControlList"),
    ]
    with step(1):
        await client.start(within=limits.first_contact)
    with step(2):
        for place in moved:
            await client.must_get(place.kind, limits.discovery, "DNS.042", lambda it, new=place.new: it.path == new)


@test_case(
    id="DISCONNECT-001",
    title="Disconnection: opModEnergize false",
    subject="client",
    requirements=["P29", "EVENT.002", "BASE.030", "DER.005", "RESPONSE.PROMPT", "CTP.GENERAL.3"],
    flaws=[
        "never_disconnects",
        "ignores_control",
        "ignores_default",
        "starts_late",
        "never_completes",
        "no_received_response",
        "responds_early",
        "wrong_response_lfdi",
        "keeps_control_after_end",
    ],
    needs=["DER", "Response"],
    origin="ours",
    duration=["first_contact", "control_lead", "control_duration", "response_deadline", "event_aftermath"],
    instructions=["restart_client"],
)
async def disconnect_001(utility, client, step, check, limits, clock):
    """BASIC-009 sends opModEnergize true only: nothing shows that a device ever lets go of the grid.

    Steps
        1. Start the client, publish a control that disconnects it, and wait until it has read that.
        2. Wait for Responses 1, 2 and 3, and watch on.

    Passes when
        the three Responses come in time, and the plant is disconnected for that time and no longer.
    """
    watch, off, on = EventWatch(utility, client, check, limits), {"opModEnergize": False}, {"opModEnergize": True}
    with step(1):
        program = await with_one_default(utility, client, limits, default=on)
        control, held = await published(program, client, limits, modes=off, lasts=limits.control_duration)
    with step(2):
        await watch.received(control, held)
        await watch.started(control)
        await watch.completed(control)
        await clock.wait(limits.event_aftermath.duration)
        during = Span(control.start, control.end, "the control")
        check.in_force(client.plant, off, during, limits.plant_settling, requirement="P29")
        watch.idle(program.default, control.end, clock.now(), "the time after the control")


@test_case(
    id="ALARM-001",
    title="An alarm of the DER and its return to normal",
    subject="client",
    requirements=["P45", "G31", "G32", "LOG.004", "CTP.GENERAL.3"],
    flaws=["reports_no_alarms", "no_return_to_normal", "logs_once", "hard_coded_paths"],
    needs=["LogEvent"],
    origin="ours",
    duration=["first_contact", "discovery", "alarm_report", "alarm_report"],
    instructions=["restart_client", "raise_alarm", "clear_alarm"],
)
async def alarm_001(utility, client, step, check, limits, instruct):
    """BASIC-027 asks for errors of the software; what a grid operator waits for are the alarms of the inverter.

    Steps
        1. Start the client and wait until it has read what hangs below its EndDevice.
        2. Have an alarm of the DER raised and wait for its LogEvent.
        3. Have the alarm ended and wait for the LogEvent of the return to normal.

    Passes when
        both are posted, valid and complete, with function set 11: an even code of Table 14, then the odd one after it.
    """
    registered_last(utility, client.lfdi, pin=client.pin)
    one_program(utility, client.lfdi)
    with step(1):
        await client.start(within=limits.first_contact)
        found = await client.must_get(("DERList", "FunctionSetAssignmentsList"), limits.discovery, requirement="P45")
        require(found, "the client reads nothing of its EndDevice")
    with step(2):
        await instruct(order("raise_alarm", lfdi=client.lfdi))
        alarm = await client.must_post(
            "LogEventList", limits.alarm_report, "G31", lambda it: any(event.is_alarm for event in logged([it]))
        )
        alarm = require(alarm, "the client posts no alarm")
        (event,) = logged([alarm])
    with step(3):
        await instruct(order("clear_alarm", lfdi=client.lfdi))
        normal = await client.must_post(
            "LogEventList", limits.alarm_report, "G32", lambda it: any(after.ends(event) for after in logged([it]))
        )
        for post in filter(None, (alarm, normal)):
            check.schema_valid(post)
            check.has_elements(post, read(post.request_body), LOG_EVENT, requirement="LOG.004")
