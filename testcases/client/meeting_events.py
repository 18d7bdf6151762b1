"""Controls that meet, for a client under test: one after the other, or of one rank. Ids are ours."""

from conformance.face.authoring import (
    IDLE,
    STARTED,
    EventWatch,
    Span,
    require,
    shows,
    test_case,
    with_one_default,
)

FIRST, SECOND = {"opModMaxLimW": 5000}, {"opModMaxLimW": 4000}


@test_case(
    id="FOLLOW-001",
    title="An event of randomized length, and the one that follows it",
    subject="client",
    requirements=["EVENT.022", "EVENT.002", "BASE.030", "RESPONSE.PROMPT", "CTP.GENERAL.3"],
    flaws=[
        "leaves_gaps",
        "randomizes_too_far",
        "responds_early",
        "starts_late",
        "wrong_response_lfdi",
        "responses_without_clock",
    ],
    needs=["DER", "Response", "Plant"],
    origin="ours",
    duration=["first_contact", "control_lead", *["randomized_length"] * 2, "event_aftermath"],
    instructions=["restart_client"],
)
async def follow_001(utility, client, step, check, limits, clock):
    """A limit that the utility renews without a break must not lapse because a draw made the first part shorter.

    Steps
        1. Start the client, publish an event of randomized length and one that follows it, and wait until it has read
           them.
        2. Wait for Response 2 to the first.
        3. When they are over, look at the plant.

    Passes when
        the first starts in time, and the default does not return between the two for longer than a plant may take to
        settle. Which of the two fills the time is not judged.
    """
    watch = EventWatch(utility, client, check, limits)
    lead, length = limits.control_lead.duration, limits.randomized_length.duration
    with step(1):
        program = await with_one_default(utility, client, limits)
        offers = ((FIRST, -limits.randomized_bound.count), (SECOND, None))
        first, second = (
            program.add_control(
                modes,
                starts_in=lead + number * length,
                duration=length,
                response_required=7,
                randomize_duration_s=shorter_s,
                description=f"event {number + 1}",
            )
            for number, (modes, shorter_s) in enumerate(offers)
        )
        for event in (first, second):
            held = await client.seen("GET", ("DERControlList", "DERControl"), first.start, shows(event))
            require(held, "the client does not read both events before the first one starts")
    with step(2):
        await watch.started(first)
    with step(3):
        await clock.wait_until(watch.after(second) + limits.event_aftermath.duration)
        settling = limits.plant_settling
        between = Span(watch.here(first.start), watch.here(second.end), "the two events").less(settling.duration)
        check.never_in_force(client.plant, IDLE, between, requirement="EVENT.022", settling=settling)


@test_case(
    id="NEWER-001",
    title="Two controls of one primacy for one time",
    subject="client",
    requirements=["G14", "BASE.030", "RESPONSE.PROMPT", "CTP.GENERAL.3"],
    flaws=["answers_elsewhere", "no_received_response", "polls_once", "wrong_response_lfdi", "responses_without_clock"],
    needs=["DER", "Response"],
    origin="ours",
    duration=["first_contact", "control_lead", "control_duration", "event_aftermath"],
    instructions=["restart_client"],
)
async def newer_001(utility, client, step, check, limits, clock):
    """Two utilities' desks may speak with one voice; the last word is the one that should count.

    Steps
        1. Start the client, publish a control in each of two programs of one primacy, one a little after the other and
           both for one time, and wait until it has read them.
        2. Wait for Response 1 to each.
        3. When they are over, look at the Responses and at the plant.

    Passes when
        both are received. A client that carries out the older one is warned of: at equal primacy it decides by itself
        in the end (G15).
    """
    watch = EventWatch(utility, client, check, limits)
    program = await with_one_default(utility, client, limits)
    other = utility.add_program(utility.assignments[0], primacy=program.primacy)
    start, length = utility.now() + limits.control_lead.duration, limits.control_duration.duration
    with step(1):
        older = program.add_control(FIRST, start=start, duration=length, response_required=7, description="the older")
        await clock.wait(limits.publication_pause.duration)
        newer = other.add_control(SECOND, start=start, duration=length, response_required=7, description="the newer")
        held = [await watch.read_before_start(control, requirement="BASE.030") for control in (older, newer)]
    with step(2):
        for control, read in zip((older, newer), held, strict=True):
            await watch.received(control, read)
    with step(3):
        await clock.wait_until(watch.after(newer) + limits.event_aftermath.duration)
        begun, told = client.statuses(newer), client.statuses(older)
        seen = f"{sorted(begun)} to the newer, {sorted(told)} to the older"
        check.that(STARTED in begun and STARTED not in told, "G14", "only the newer is started", seen)
        during = Span(watch.here(start), watch.here(newer.end), "the time of both")
        check.in_force(client.plant, SECOND, during, limits.plant_settling, requirement="G14")
