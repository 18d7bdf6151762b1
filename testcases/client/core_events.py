"""Programs and events of a client under test (SunSpec CTP 1.3, chapter 6, CORE-012 and later)."""

from conformance.face.authoring import (
    ANSWERED,
    CANCELLED,
    COMPLETED,
    IMMEDIATE_AND_CURVE,
    RANDOMIZED,
    RECEIVED,
    RIVALS,
    STARTED,
    SUPERSEDED,
    TEN_PROGRAMS,
    EventWatch,
    Window,
    arrival,
    drawn_by_chance,
    names,
    registered_last,
    require,
    schedule,
    shows,
    test_case,
)

ACTIVE, CANCELLED_BY_SERVER = 1, 2
CURVES, CONTROLS = ("DERCurveList", "DERCurve"), ("DERControlList", "DERControl")
WHOLE = (RECEIVED, STARTED, COMPLETED)
COMMON = ("BASE.030", "EVENT.002", "RESPONSE.PROMPT", "CTP.GENERAL.3")
EVENT_FLAWS = (
    "hard_coded_paths",
    "ignores_control",
    "ignores_default",
    "keeps_control_after_end",
    "moves_on_receipt",
    "never_completes",
    "no_received_response",
    "responds_early",
    "starts_late",
    "wrong_response_lfdi",
    "responses_without_clock",
)
NOT_OF_RIVALS = ("ignores_default", "keeps_control_after_end", "moves_on_receipt")


@test_case(
    id="CORE-012",
    title="Basic DER program and control",
    subject="client",
    requirements=["CTP.CORE-012", "DER.CURVE", "EVENT.STATUS", *COMMON, "DER.005"],
    flaws=[*EVENT_FLAWS, "never_reads_curves"],
    needs=["DER", "Response"],
    duration=["first_contact", *["event_minute"] * 5, "response_deadline", "idle_watch"],
    instructions=["restart_client"],
)
async def core_012(utility, client, step, check, limits, clock):
    """A control that links to a curve says nothing until the curve is read.

    Steps
        1. Start the client, publish a control with an immediate and a curve mode, and wait until both it and the
           default are read.
        2. Wait for Response 1 and for the curve.
        3. Wait for Response 2, and for the client's look at the status of the running control.
        4. Wait for Response 3, and watch a while longer.

    Passes when
        the curve is read, Responses 1, 2 and 3 come in time, and the plant was asked for the default, then for the
        control, then for the default again.
    """
    device = registered_last(utility, client.lfdi, pin=client.pin)
    offered = schedule(utility, utility.assign(device), IMMEDIATE_AND_CURVE)
    watch = EventWatch(utility, client, check, limits)
    with step(1):
        await client.start(within=limits.first_contact)
        (control,) = offered.publish(limits.event_minute.duration)
        held = await watch.read_before_start(control, requirement="CTP.CORE-012")
        default = await client.must_get("DefaultDERControl", within=limits.discovery, requirement="CTP.CORE-012")
        default = require(default, "the client does not read the default")
    with step(2):
        await watch.received(control, held)
        for curve in offered.programs[0].curves:
            await client.must_get(CURVES, within=limits.discovery, requirement="DER.CURVE", matching=names(curve))
    with step(3):
        await watch.started(control)
        watch.idle(offered.default, arrival(default), watch.before(control), "the time before the control")
        looked = await client.seen("GET", CONTROLS, control.end, shows(control, ACTIVE))
        seen = "it did" if looked else "never while it ran"
        check.that(looked is not None, "EVENT.STATUS", "the client reads the status of the running control", seen)
    with step(4):
        await watch.completed(control)
        await clock.wait_until(watch.after(control) + limits.idle_watch.duration)
        watch.effect(control)
        watch.over(control, clock.now())
        watch.idle(offered.default, watch.after(control), clock.now(), "the time after the control")
        watch.no_other(control, WHOLE)


@test_case(
    id="CORE-013",
    title="Advanced DER program and control: ten programs",
    subject="client",
    requirements=["CTP.CORE-013", "G9", *COMMON, "DER.005"],
    flaws=[*EVENT_FLAWS, "answers_elsewhere", "ignores_paging"],
    needs=["DER", "Response"],
    duration=["first_contact", *["event_minute"] * 11, "response_deadline", "idle_watch"],
    instructions=["restart_client"],
)
async def core_013(utility, client, step, check, errata, limits, clock):
    """A client that holds few programs, or loses track of the time between, lets controls fall under the table.

    Steps
        1. Start the client and publish ten controls in ten programs (seven by edition 1.2), each to run on its own.
        2. Wait until the client has read them all, and for Response 1 to each.
        3. Wait for Responses 2 and 3 to each control in turn.
        4. Watch a while longer, then look at the Responses and at the plant.

    Passes when
        all controls are received, started and completed, each at its time, and the plant was asked for the default
        in every gap.
    """
    device = registered_last(utility, client.lfdi, pin=client.pin)
    plan = TEN_PROGRAMS if 20 in errata else TEN_PROGRAMS[:7]
    offered = schedule(utility, utility.assign(device), plan)
    watch = EventWatch(utility, client, check, limits)
    with step(1):
        await client.start(within=limits.first_contact)
        controls = offered.publish(limits.event_minute.duration)
    with step(2):
        held = [await watch.read_before_start(control, requirement="CTP.CORE-013") for control in controls]
        for control, read in zip(controls, held, strict=True):
            await watch.received(control, read)
    with step(3):
        for control in controls:
            await watch.started(control)
            await watch.completed(control)
    with step(4):
        await clock.wait_until(watch.after(controls[-1]) + limits.idle_watch.duration)
        watch.in_order(controls, requirement="G9")
        until = [*(watch.before(control) for control in controls[1:]), clock.now()]
        for control, read, end in zip(controls, held, until, strict=True):
            watch.not_before(control, arrival(read))
            watch.effect(control)
            watch.over(control, clock.now())
            watch.idle(offered.default, watch.after(control), end, f"the gap after {control.description}")
            watch.no_other(control, WHOLE)


@test_case(
    id="CORE-021",
    title="Randomized events",
    subject="client",
    requirements=["CTP.CORE-021", "DER.CURVE", "EVENT.044", "EVENT.045", "RANDOMIZES", *COMMON, "DER.005"],
    flaws=[*EVENT_FLAWS, "answers_elsewhere", "never_reads_curves", "randomizes_too_far"],
    needs=["DER", "Response"],
    duration=["first_contact", *["event_minute"] * 13, "response_deadline", "idle_watch"],
    instructions=["restart_client"],
)
async def core_021(utility, client, step, check, limits, clock):
    """Devices that all begin at one instant shake the grid that they are to steady.

    Steps
        1. Start the client and publish three events, the second and third randomized, in three programs.
        2. Wait until the client has read them and their curves, and for Response 1 to each.
        3. Wait for Responses 2 and 3 to each event in turn.
        4. Watch a while longer, then look at the draws, the Responses and the plant.

    Passes when
        every event starts and ends within the bounds of its randomization, and the plant was asked for no event outside
        of them, and for the default whenever no event can have been active.
    """
    device = registered_last(utility, client.lfdi, pin=client.pin)
    offered = schedule(utility, utility.assign(device), RANDOMIZED)
    watch = EventWatch(utility, client, check, limits)
    with step(1):
        await client.start(within=limits.first_contact)
        controls = offered.publish(limits.event_minute.duration)
    with step(2):
        held = await taken_in(client, watch, offered, controls, limits, requirement="CTP.CORE-021")
    with step(3):
        times = [(await watch.started(control), await watch.completed(control)) for control in controls]
    with step(4):
        await clock.wait_until(watch.after(controls[-1]) + limits.idle_watch.duration)
        judge_draws(check, watch, controls, times, limits.randomization_chance)
        until = [*(watch.before(control) for control in controls[1:]), clock.now()]
        for control, read, end in zip(controls, held, until, strict=True):
            watch.not_before(control, arrival(read))
            watch.effect(control)
            watch.over(control, clock.now())
            watch.idle(offered.default, watch.after(control), end, f"the time after {control.description}")
            watch.no_other(control, WHOLE)


@test_case(
    id="CORE-022",
    title="Responses, with a cancellation",
    subject="client",
    requirements=["CTP.CORE-022", "DER.CURVE", "EVENT.027", *COMMON, "DER.005"],
    flaws=[*EVENT_FLAWS, "answers_elsewhere", "ignores_cancellation", "never_reads_curves", "polls_once"],
    needs=["DER", "Response"],
    duration=["first_contact", *["event_minute"] * 12, "response_deadline", "idle_watch"],
    instructions=["restart_client"],
)
async def core_022(utility, client, step, check, limits, clock):
    """A utility that takes a control back must be able to rely on it, and must hear of it.

    Steps
        1. Start the client and publish three events in three programs.
        2. Wait until the client has read them and their curves, and for Response 1 to each.
        3. Wait for Response 2 to event 1, cancel it while it runs, and wait for Response 6.
        4. Wait for Responses 2 and 3 to events 2 and 3.
        5. Watch a while longer, then look at the Responses and at the plant.

    Passes when
        event 1 is answered with 1, 2 and 6 and given up, events 2 and 3 with 1, 2 and 3, each in time, and the plant
        was asked for the default in between.
    """
    device = registered_last(utility, client.lfdi, pin=client.pin)
    offered = schedule(utility, utility.assign(device), ANSWERED)
    watch = EventWatch(utility, client, check, limits)
    with step(1):
        await client.start(within=limits.first_contact)
        controls = offered.publish(limits.event_minute.duration)
    with step(2):
        held = await taken_in(client, watch, offered, controls, limits, requirement="CTP.CORE-022")
    first, *others = controls
    with step(3):
        await watch.started(first)
        await clock.wait_until(first.start + limits.cancel_after.duration)
        first.cancel()
        cancelled_at, told = clock.now(), shows(first, CANCELLED_BY_SERVER)
        told = await client.must_get(CONTROLS, limits.cancellation_notice, requirement="CTP.CORE-022", matching=told)
        await watch.cancelled(first, require(told, "the client did not read the cancellation"))
    with step(4):
        for control in others:
            await watch.started(control)
            await watch.completed(control)
    with step(5):
        await clock.wait_until(watch.after(others[-1]) + limits.idle_watch.duration)
        given_up = Window(arrival(told), "the cancellation was read", None, limits.plant_settling.value)
        check.gave_way(client.plant, first.modes, given_up, limits.plant_settling, "EVENT.027", after=cancelled_at)
        starts = [arrival(told), *(watch.after(control) for control in others)]
        ends = [*(watch.before(control) for control in others), clock.now()]
        for control, start, end in zip(controls, starts, ends, strict=True):
            watch.idle(offered.default, start, end, f"the time after {control.description}")
            watch.no_other(control, (RECEIVED, STARTED, CANCELLED) if control is first else WHOLE)
        for control, read in zip(controls, held, strict=True):
            watch.not_before(control, arrival(read))
        for control in others:
            watch.effect(control)
            watch.over(control, clock.now())


@test_case(
    id="CORE-023",
    title="Superseding events",
    subject="client",
    requirements=["CTP.CORE-023", "DER.CURVE", "G13", *COMMON],
    flaws=[name for name in EVENT_FLAWS if name not in NOT_OF_RIVALS]
    + ["answers_7_and_14", "answers_elsewhere", "answers_no_supersession", "ignores_primacy", "never_reads_curves"],
    needs=["DER", "Response"],
    duration=["first_contact", *["event_minute"] * 3, "response_deadline"],
    instructions=["restart_client"],
    editions=["1.3"],
)
async def core_023(utility, client, step, check, limits, clock):
    """Of several controls for one moment only the most important may run, and the utility must hear of the others.

    Steps
        1. Start the client and publish three controls of the same modes and times in programs of different primacy.
        2. Wait until the client has read them, and for Response 1 to each.
        3. Wait until controls 2 and 3 are answered as superseded.
        4. Wait for Responses 2 and 3 to control 1.
        5. Look at the Responses and at the plant.

    Passes when
        control 1 is answered with 1, 2 and 3 and carried out, controls 2 and 3 with 1 and then 7 or 14, but not both,
        and never carried out.
    """
    device = registered_last(utility, client.lfdi, pin=client.pin)
    groups = [utility.assign(device, description=name) for name in ("Topology", "Non-topology")]
    offered = schedule(utility, max(groups, key=lambda group: group.mrid), RIVALS)
    for primacy in (7, 8, 9, 10):
        utility.add_program(min(groups, key=lambda group: group.mrid), primacy=primacy)
    watch = EventWatch(utility, client, check, limits)
    with step(1):
        await client.start(within=limits.first_contact)
        controls = offered.publish(limits.event_minute.duration)
    with step(2):
        held = await taken_in(client, watch, offered, controls, limits, requirement="CTP.CORE-023")
    first, *others = controls
    with step(3):
        for control in others:
            await watch.superseded(control, policy="superseded_either_way")
    with step(4):
        await watch.started(first)
        await watch.completed(first)
    with step(5):
        await clock.wait_until(watch.after(first) + limits.plant_settling.duration)
        watch.effect(first)
        watch.no_other(first, WHOLE)
        for control, read in zip(others, held[1:], strict=True):
            begun = STARTED in client.statuses(control)
            check.that(not begun, "G13", f"{control.description} does not start", "started" if begun else "not started")
            watch.no_other(control, {RECEIVED, *SUPERSEDED})
            watch.superseded_once(control, policy="superseded_either_way")
            watch.no_effect(control, arrival(read), clock.now())


async def taken_in(client, watch, offered, controls, limits, requirement):
    """Wait until controls and curves are read and each control is answered as received; return what was read."""
    held = [await watch.read_before_start(control, requirement=requirement) for control in controls]
    for control, read in zip(controls, held, strict=True):
        await watch.received(control, read)
    for program in offered.programs:
        for curve in program.curves:
            await client.must_get(CURVES, within=limits.discovery, requirement="DER.CURVE", matching=names(curve))
    return held


def judge_draws(check, watch, controls, times, limit):
    """Judge whether starts and lengths were drawn at all, by the Responses to the randomized events."""
    offsets, bounds = [], []
    for control, (started, completed) in zip(controls, times, strict=True):
        begun, ended = (posted and arrival(posted) for posted in (started, completed))
        if begun and ended and control.randomize_start_s:
            offsets.append((begun - watch.here(control.start)).total_seconds())
            offsets.append((ended - begun - (control.end - control.start)).total_seconds())
            bounds += [control.randomize_start_s, control.randomize_duration_s]
    if bounds:
        check.judged("RANDOMIZES", drawn_by_chance(offsets, bounds, limit))
