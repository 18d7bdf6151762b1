"""Controls that the procedures leave out, for a client under test: disconnection, randomized cancellation."""

from conformance.face.authoring import (
    CANCELLED,
    COMPLETED,
    RECEIVED,
    STARTED,
    EventWatch,
    Span,
    Window,
    arrival,
    connection_agrees,
    published,
    readings_fall_silent,
    require,
    shows,
    test_case,
    with_one_default,
)

LIMITED = {"opModMaxLimW": 5000}


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


@test_case(
    id="DISCONNECT-001",
    title="Disconnection: opModEnergize false",
    subject="client",
    requirements=[
        *("P29", "EVENT.002", "BASE.030", "DER.005", "RESPONSE.PROMPT", "STATUS.FOLLOWS", "G23", "CTP.GENERAL.3"),
    ],
    flaws=[
        "never_disconnects",
        "ignores_control",
        "ignores_default",
        "starts_late",
        "never_completes",
        "no_received_response",
        "responds_early",
        "wrong_response_lfdi",
        "responses_without_clock",
        "keeps_control_after_end",
        "moves_on_receipt",
        "swaps_role_flags",
        "freezes_readings",
    ],
    needs=["DER", "Response"],
    origin="ours",
    duration=["first_contact", "control_lead", "disconnect_control", "response_deadline", "event_aftermath"],
    instructions=["restart_client"],
)
async def disconnect_001(utility, client, step, check, limits, clock):
    """BASIC-009 sends opModEnergize true only: nothing shows that a device ever lets go of the grid.

    Steps
        1. Start the client, publish a control that disconnects it, and wait until it has read that.
        2. Wait for Responses 1, 2 and 3, and watch on.

    Passes when
        the three Responses come in time, and the plant is disconnected for that time, not earlier and no longer.
        DERStatus and readings that say the opposite are warned of; where the plant is observed, power is told of a size
        that flowed.
    """
    watch, off, on = EventWatch(utility, client, check, limits), {"opModEnergize": False}, {"opModEnergize": True}
    with step(1):
        program = await with_one_default(utility, client, limits, default=on)
        control, held = await published(program, client, limits, modes=off, lasts=limits.disconnect_control)
    with step(2):
        await watch.received(control, held)
        await watch.started(control)
        await watch.completed(control)
        await clock.wait(limits.event_aftermath.duration)
        watch.not_before(control, arrival(held))
        during = Span(control.start, control.end, "the control")
        check.in_force(client.plant, off, during, limits.plant_settling, requirement="P29")
        connection_agrees(check, client, during, limits.plant_settling, on=False)
        settling, error = limits.plant_settling, limits.power_tolerance
        readings_fall_silent(check, client, during, utility.ahead, settling, error)
        posts = (*client.exchanges("MirrorUsagePointList", "POST"), *client.exchanges("MirrorUsagePoint", "POST"))
        check.power_flowed(client.plant, posts, utility.ahead, limits, requirement="G23")
        watch.idle(program.default, control.end, clock.now(), "the time after the control")


@test_case(
    id="LATE-001",
    title="A control that has begun before it is published",
    subject="client",
    requirements=["EVENT.013", "EVENT.014", "EVENT.015", "EVENT.002", "BASE.030", "RESPONSE.PROMPT", "CTP.GENERAL.3"],
    flaws=[
        *("ignores_control", "keeps_control_after_end", "never_completes", "no_received_response"),
        *("prolongs_late_controls", "wrong_response_lfdi", "responses_without_clock"),
    ],
    needs=["DER", "Response"],
    origin="ours",
    duration=["first_contact", "discovery", "late_control", "response_deadline", "event_aftermath"],
    instructions=["restart_client"],
)
async def late_001(utility, client, step, check, limits, clock):
    """A utility in need does not wait: what is left of a control counts, and it ends when it was to end.

    Steps
        1. Start the client, publish a control that began a while ago, and wait until the client has read it.
        2. Wait for Responses 1 and 2 after the reading, and for Response 3 at the specified end.
        3. Watch on, and look at the plant.

    Passes when
        the control begins once it is read, as soon as it can be passed on, and ends at its specified end, by the
        Responses, their dates and the plant.
    """
    watch = EventWatch(utility, client, check, limits)
    program = await with_one_default(utility, client, limits)
    with step(1):
        begun = utility.now() - limits.late_by.duration
        control = program.add_control(
            LIMITED, start=begun, duration=limits.late_control.duration, response_required=7, description="the control"
        )
        held = await client.seen("GET", ("DERControlList", "DERControl"), control.end, shows(control))
        held = require(held, "the client does not read the control before its end")
    with step(2):
        await watch.received(control, held)
        started = await watch.started_late(control, held)
        await watch.completed(control)
    with step(3):
        await clock.wait(limits.event_aftermath.duration)
        watch.no_other(control, {RECEIVED, STARTED, COMPLETED})
        watch.dated(started, "EVENT.014")
        rest = Span(arrival(started or held), control.end, "the rest of the control")
        check.in_force(client.plant, LIMITED, rest, limits.plant_settling, requirement="EVENT.015")
        watch.over(control, clock.now())


@test_case(
    id="VANISH-001",
    title="A control that vanishes from its list",
    subject="client",
    requirements=["EVENT.026", "EVENT.002", "BASE.030", "RESPONSE.PROMPT", "CTP.GENERAL.3"],
    flaws=[
        *("ignores_control", "keeps_control_after_end", "never_completes", "no_received_response"),
        *("starts_late", "wrong_response_lfdi", "responses_without_clock", "responds_early"),
    ],
    needs=["DER", "Response"],
    origin="ours",
    duration=["first_contact", "control_lead", "vanishing_control", "response_deadline", "event_aftermath"],
    instructions=["restart_client"],
)
async def vanish_001(utility, client, step, check, limits, clock, policies):
    """A server that tidies its lists must not leave a plant behind that neither goes on nor lets go.

    Steps
        1. Start the client, publish a control, and wait until the client has read it.
        2. Wait for Responses 1 and 2, and take the control out of its list while it runs.
        3. Wait until the client has read the list without it, and for Response 6 at once or Response 3 at its end.
        4. Look at the plant.

    Passes when
        the control is carried out to its end, and no longer, as if it were still listed. By the edition of 2023 it
        counts as cancelled: that will do as well, unless the policy names one of the two alone.
    """
    watch = EventWatch(utility, client, check, limits)
    program = await with_one_default(utility, client, limits)
    with step(1):
        control, held = await published(program, client, limits, modes=LIMITED, lasts=limits.vanishing_control)
    with step(2):
        await watch.received(control, held)
        await watch.started(control)
        program.remove(control)
        last = client.exchanges()[-1].number
    with step(3):
        path = program.controls_path
        gone = await client.seen(
            "GET", ("DERControlList",), control.end, lambda it: it.path == path and it.number > last
        )
        gone = require(gone, "the client does not read the list again before the control ends")
        ended = await watch.vanished(control, gone, policies["vanished_control"])
    with step(4):
        await clock.wait(limits.event_aftermath.duration)
        watch.no_other(control, {RECEIVED, STARTED, ended})
        if ended == COMPLETED:
            during = Span(control.start, control.end, "the control")
            check.in_force(client.plant, LIMITED, during, limits.plant_settling, requirement="EVENT.026")
            watch.over(control, clock.now())
        else:
            let_go = arrival(gone) + limits.response_deadline.duration + limits.plant_settling.duration
            watch.no_effect(control, let_go, clock.now())
