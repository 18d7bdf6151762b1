"""What a client does once in a day and more. In real time these cases run only where somebody sets their limits."""

from conformance.face.authoring import (
    STARTED,
    PaceWatch,
    arrival,
    clock_gained,
    dated_responses,
    heard_of,
    leave_alone,
    one_program,
    only_if_chosen,
    registered_last,
    require,
    test_case,
)

ASSIGNMENTS = "FunctionSetAssignmentsList"
GENTLE = {"opModMaxLimW": 9000}


@test_case(
    id="QUIET-001",
    title="Heard of at last, where nothing is asked for",
    subject="client",
    requirements=[],
    flaws=[],
    origin="ours",
    duration=["first_contact", "discovery", "quiet_watch"],
    instructions=["restart_client"],
    values=["EndDevice.contact_interval"],
)
async def quiet_001(utility, client, step, check, limits, clock):
    """A server may forget a device that it does not hear of for days, and nobody then knows that it is there.

    Steps
        1. Start the client against a server that states a week for every pollRate and postRate, and wait until it has
           read its programs.
        2. Leave it alone for two days and some.

    Passes when
        it lets hear of itself, by whatever request, as often as the profile asks for. In real time it runs only where
        quiet_watch is set under limits in csip.toml.
    """
    only_if_chosen(clock, limits.quiet_watch)
    leave_alone(utility, limits.quiet_rate)
    registered_last(utility, client.lfdi, pin=client.pin)
    one_program(utility, client.lfdi)
    with step(1):
        await client.start(within=limits.first_contact)
        until = clock.now() + limits.discovery.duration
        require(await client.seen("GET", ("DERProgramList",), until), "the client reads no DERProgramList")
    with step(2):
        await clock.wait(limits.quiet_watch.duration)
        moments, until, slack_s = [arrival(it) for it in client.exchanges()], clock.now(), limits.poll_tolerance.value
        check.demands("EndDevice.contact_interval", lambda value: heard_of(value, moments, until, slack_s))


@test_case(
    id="QUIET-002",
    title="Assignments looked for over days, where the server leaves it open",
    subject="client",
    requirements=[],
    flaws=["polls_once", "ignores_poll_rate"],
    needs=["DER"],
    origin="ours",
    duration=["first_contact", "discovery", "assignments_watch"],
    instructions=["restart_client"],
    values=["FunctionSetAssignmentsList.pollRate"],
)
async def quiet_002(utility, client, step, check, limits, clock, values):
    """A site that is moved to another group learns of it from its assignments, and nobody need tell it when to look.

    Steps
        1. Start the client against a server that states no pollRate for FunctionSetAssignments and a week for all else,
           and wait until it has read its assignments.
        2. Leave it alone for five days.

    Passes when
        it goes on reading its assignments as often as the profile asks for, to the end. In real time it runs only where
        assignments_watch is set under limits in csip.toml.
    """
    only_if_chosen(clock, limits.assignments_watch)
    pace = PaceWatch(utility, client, check, limits, clock, values)
    leave_alone(utility, limits.quiet_rate)
    pace.state(None, ASSIGNMENTS)
    registered_last(utility, client.lfdi, pin=client.pin)
    one_program(utility, client.lfdi)
    with step(1):
        await client.start(within=limits.first_contact)
        until = clock.now() + limits.discovery.duration
        require(await client.seen("GET", (ASSIGNMENTS,), until), f"the client reads no {ASSIGNMENTS}")
    with step(2):
        await clock.wait(limits.assignments_watch.duration)
        pace.polled_as_demanded(ASSIGNMENTS, until=clock.now())


@test_case(
    id="CLOCK-001",
    title="A clock that is left to itself for a day",
    subject="client",
    requirements=[],
    flaws=[],
    needs=["DER", "Response", "Time"],
    origin="ours",
    duration=["first_contact", "control_lead", "clock_watch", "clock_leeway"],
    instructions=["restart_client"],
    values=["Time.drift"],
)
async def clock_001(utility, client, step, check, limits, clock):
    """A server that cannot be reached for a day must not find its fleet a quarter of an hour apart.

    Steps
        1. Publish a control that starts soon and one that starts a day later, in two programs, and state a week for
           every pollRate, that of Time included. Start the client and wait for its Response 2 to the first.
        2. Leave it alone for the day, and wait for its Response 2 to the second.
        3. Compare when the Responses came with how they are dated, then and now.

    Passes when
        the client's clock went wrong by no more than the profile allows for a day. A client that reads Time more often
        passes as well. In real time it runs only where clock_watch is set under limits in csip.toml.
    """
    only_if_chosen(clock, limits.clock_watch)
    leave_alone(utility, limits.quiet_rate)
    offered = one_program(utility, registered_last(utility, client.lfdi, pin=client.pin).lfdi)
    other = utility.add_program(offered.assignment, primacy=2)
    lead, lasts = limits.control_lead.duration, limits.control_duration.duration
    first = offered.program.add_control(GENTLE, starts_in=lead, duration=lasts, response_required=7)
    day = lead + limits.clock_watch.duration
    last = other.add_control(GENTLE, starts_in=day, duration=lasts, response_required=7)
    with step(1):
        await client.start(within=limits.first_contact)
        require(await client.response(first, STARTED, first.end), "the client does not start the first control")
    with step(2):
        until = last.end + limits.clock_leeway.duration
        require(await client.response(last, STARTED, until), "the client does not start the second control")
        await clock.wait_until(until)
    with step(3):
        then, now = (dated_responses(utility, client, control) for control in (first, last))
        now = [it for it in now if it.arrived_s > max((at.arrived_s for at in then), default=0)]
        slack_s = limits.poll_tolerance.value
        check.demands("Time.drift", lambda value: clock_gained(value, then, now, slack_s))
