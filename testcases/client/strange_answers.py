"""Answers that a client under test seldom gets: unknown statuses, an address that is gone, no time. Ids are ours."""

from conformance.face.authoring import (
    RECEIVED,
    arrival,
    one_program,
    polls_again,
    published,
    registered_last,
    require,
    resettle,
    restate,
    test_case,
    with_one_default,
)

OK, UNKNOWN_SUCCESS = 200, 299
NOT_FOUND, SERVICE_UNAVAILABLE, UNKNOWN_FAILURE = 404, 503, 599
LIMITED = {"opModMaxLimW": 5000}


@test_case(
    id="STATUS-001",
    title="Statuses that nobody knows",
    subject="client",
    requirements=["GEN.049", "G18"],
    flaws=["knows_few_codes"],
    needs=["DER", "Response"],
    origin="ours",
    duration=["first_contact", "control_lead", "control_duration", "control_lead", "recovery"],
    instructions=["restart_client"],
)
async def status_001(utility, client, step, check, limits, clock):
    """HTTP grows; who meets a status that is newer than itself must still tell success from failure by its class.

    Steps
        1. Start the client, publish a control, and wait for Response 1 to it, and for its end.
        2. Answer polls of the controls 299 with the list, publish another control, and wait for Response 1.
        3. Answer polls of the programs 599 until one was, then serve them again and wait for the client.

    Passes when
        the control that came with 299 is answered as received, and the client polls its programs again afterwards.
    """
    with step(1):
        program = await with_one_default(utility, client, limits)
        first, _ = await published(program, client, limits, modes=LIMITED, lasts=limits.control_duration)
        known = await client.response(first, RECEIVED, first.start + limits.response_deadline.duration)
        require(known, "the client does not answer that it received a control")
        await clock.wait_until(first.end + limits.response_deadline.duration)
    with step(2):
        strange = restate(utility, "DERControlList", UNKNOWN_SUCCESS)
        second, shown = await published(program, client, limits, modes=LIMITED, lasts=limits.control_duration)
        taken = await client.response(second, RECEIVED, second.start + limits.response_deadline.duration)
        told = "Response 1" if taken else "no Response 1"
        check.that(taken is not None, "GEN.049", f"a list answered {UNKNOWN_SUCCESS} taken as with 200", told, [shown])
        strange.active = False
    with step(3):
        failing = restate(utility, "DERProgramList", UNKNOWN_FAILURE)
        until = clock.now() + limits.discovery.duration
        refused = await client.seen("GET", ("DERProgramList",), until, lambda it: it.status == UNKNOWN_FAILURE)
        refused = require(refused, "the client does not poll its programs")
        failing.active = False
        await polls_again(client, limits, refused.number)


@test_case(
    id="MOVED-002",
    title="An address is gone: 404, and links lead elsewhere",
    subject="client",
    requirements=["DNS.041"],
    flaws=["gives_lost_up"],
    needs=["DER"],
    origin="ours",
    duration=["first_contact", "discovery", "rediscovery"],
    instructions=["restart_client"],
)
async def moved_002(utility, client, step, limits, clock):
    """A server that was set up anew has other addresses; a device that only knows the old ones is lost to it.

    Steps
        1. Start the client and wait until it has read its controls.
        2. Answer their address 404 for good, until the client was answered so.
        3. Link to them at another address, and wait for the client's GET there.

    Passes when
        the client finds the new address by the links.
    """
    with step(1):
        program = await with_one_default(utility, client, limits)
    with step(2):
        gone = resettle(utility, program.controls_path, "DERControlList")
        until = clock.now() + limits.discovery.duration
        missed = await client.seen("GET", ("DERControlList",), until, lambda it: it.status == NOT_FOUND)
        require(missed, "the client does not poll its controls")
    with step(3):
        await client.must_get("DERControlList", limits.rediscovery, "DNS.041", lambda it: it.path == gone.new)


def soonest(asked):
    """Return the shortest time between two requests for one address, in seconds; none if there are no two."""
    by_path = {it.path: [arrival(other) for other in asked if other.path == it.path] for it in asked}
    gaps = [times[at] - times[at - 1] for times in by_path.values() for at in range(1, len(times))]
    return min(gaps).total_seconds() if gaps else None


@test_case(
    id="CLOCK-002",
    title="A server that does not tell the time yet",
    subject="client",
    requirements=["EVENT.031", "TIME.RETRIED"],
    flaws=["gives_up_when_busy"],
    needs=["Time"],
    origin="ours",
    duration=["first_contact", "discovery", "time_withheld"],
    instructions=["restart_client"],
)
async def clock_002(utility, client, step, check, limits, clock):
    """A fleet that starts after an outage must neither hammer a server that looks for the time, nor go without it.

    Steps
        1. Start the client against a server whose clock is ahead and which answers Time 503; wait for its GET of Time.
        2. Watch it for a while.
        3. Serve Time, and wait until the client has read it.

    Passes when
        the client reads Time in the end. One that asks for it again sooner than after 15 s is warned of.
    """
    utility.ahead = limits.served_clock_ahead.duration
    registered_last(utility, client.lfdi, pin=client.pin)
    one_program(utility, client.lfdi)
    failing = restate(utility, "Time", SERVICE_UNAVAILABLE)
    with step(1):
        await client.start(within=limits.first_contact)
        asked = await client.seen("GET", ("Time",), clock.now() + limits.discovery.duration)
        require(asked, "the client does not ask for Time")
    with step(2):
        await clock.wait(limits.time_withheld.duration)
        refused = client.exchanges("Time")
        shortest = soonest(refused)
        enough = shortest is None or shortest + limits.in_flight.value >= limits.time_retry.value
        told = "asked once" if shortest is None else f"{shortest:.1f} s"
        wanted = f"at least {limits.time_retry.value:g} s between two requests"
        check.that(enough, "TIME.RETRIED", wanted, told, refused)
    with step(3):
        failing.active = False
        await client.must_get("Time", limits.time_return, "EVENT.031", lambda it: it.status == OK)
