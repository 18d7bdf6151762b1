"""Controls of a client under CSIP-AUS (public procedures ALL-11, ALL-12, ALL-13, ALL-18, ALL-21 and ALL-24)."""

from conformance.face.authoring import (
    ALL_RESPONSES,
    AVAILABLE,
    CANCELLED,
    COMPLETED,
    CONNECTED,
    OPERATING,
    RECEIVED,
    STARTED,
    SUPERSEDED,
    EventWatch,
    both_ways,
    connection_is,
    minute_by_minute,
    one_program,
    published,
    registered_last,
    require,
    scaled_limits,
    shows,
    tells_ramp,
    test_case,
    with_one_default,
)

AUS = "SA TS 5573 test definitions"
EVENT_RULES = ("BASE.030", "EVENT.002", "RESPONSE.PROMPT", "CTP.GENERAL.3")
RESPONSE_FLAWS = (
    "never_completes",
    "no_received_response",
    "responds_early",
    "starts_late",
    "wrong_response_lfdi",
    "responses_without_clock",
)
CANCELLED_BY_SERVER = 2
WHOLE = (RECEIVED, STARTED, COMPLETED)
LIFE = {"opModExpLimW": {"multiplier": 0, "value": 5000}}
LATER = {"opModExpLimW": {"multiplier": 0, "value": 3000}}
RAMPS = (100, 27)
SWITCHING = ("first_contact", "discovery", "control_lead", "switch_control", "switch_report")


@test_case(
    id="SWITCH-001",
    title="De-energise and energise",
    subject="client",
    requirements=["AUS.ALL-11", *EVENT_RULES],
    flaws=[
        "ignores_control",
        "keeps_control_after_end",
        "never_disconnects",
        "never_puts_der",
        "skips_status",
        "status_always_on",
        *RESPONSE_FLAWS,
    ],
    needs=["DER", "Response", "opModEnergize"],
    origin=AUS,
    aliases=["ALL-11"],
    duration=SWITCHING,
    instructions=["restart_client"],
)
async def switch_001(utility, client, step, check, limits):
    """Whoever works on the line must know that nothing behind it feeds in.

    Steps
        1. Start the client, and wait until it shows that it operates.
        2. Publish a control with opModEnergize false, and wait for the DERStatus that follows its start.
        3. Wait for the DERStatus that follows its end.

    Passes when
        the control is carried out, and DERStatus shows that the DER does not operate while it lasts, and then does.
    """
    watch = EventWatch(utility, client, check, limits)
    program = await with_one_default(utility, client, limits)
    with step(1):
        await client.must_put("DERStatus", limits.discovery, requirement="AUS.ALL-11")
        on, until = connection_is(OPERATING, on=True), utility.now() + limits.switch_report.duration
        put = await client.seen("PUT", ("DERStatus",), until, on)
        require(put, "the DER does not operate, so it cannot be switched off")
    with step(2):
        control, held = await published(
            program, client, limits, modes={"opModEnergize": False}, lasts=limits.switch_control
        )
        await watch.received(control, held)
        await watch.started(control)
        off = connection_is(OPERATING, on=False, since=watch.here(control.start))
        await client.must_put("DERStatus", limits.switch_report, "AUS.ALL-11", off)
    with step(3):
        await watch.completed(control)
        again = connection_is(OPERATING, on=True, since=watch.here(control.end))
        await client.must_put("DERStatus", limits.switch_report, "AUS.ALL-11", again)
        watch.effect(control)


@test_case(
    id="SWITCH-002",
    title="Disconnect and connect",
    subject="client",
    requirements=["AUS.ALL-12", *EVENT_RULES],
    flaws=[
        "ignores_control",
        "keeps_control_after_end",
        "never_disconnects",
        "never_puts_der",
        "skips_status",
        "status_always_on",
        *RESPONSE_FLAWS,
    ],
    needs=["DER", "Response", "opModConnect"],
    origin=AUS,
    aliases=["ALL-12"],
    duration=SWITCHING,
    instructions=["restart_client"],
)
async def switch_002(utility, client, step, check, limits):
    """A disconnected DER is neither connected nor available nor operating, and must say so.

    Steps
        1. Start the client, and wait until it shows that it is connected, available and operating.
        2. Publish a control with opModConnect false, and wait for the DERStatus that follows its start.
        3. Wait for the DERStatus that follows its end.

    Passes when
        the control is carried out, and DERStatus shows none of the three while it lasts, and all three again.
    """
    watch, three = EventWatch(utility, client, check, limits), CONNECTED | AVAILABLE | OPERATING
    program = await with_one_default(utility, client, limits)
    with step(1):
        await client.must_put("DERStatus", limits.discovery, requirement="AUS.ALL-12")
        on, until = connection_is(three, on=True), utility.now() + limits.switch_report.duration
        put = await client.seen("PUT", ("DERStatus",), until, on)
        require(put, "the DER is not connected, so it cannot be disconnected")
    with step(2):
        control, held = await published(
            program, client, limits, modes={"opModConnect": False}, lasts=limits.switch_control
        )
        await watch.received(control, held)
        await watch.started(control)
        off = connection_is(three, on=False, since=watch.here(control.start))
        await client.must_put("DERStatus", limits.switch_report, "AUS.ALL-12", off)
    with step(3):
        await watch.completed(control)
        again = connection_is(three, on=True, since=watch.here(control.end))
        await client.must_put("DERStatus", limits.switch_report, "AUS.ALL-12", again)
        watch.effect(control)


@test_case(
    id="RAMP-001",
    title="The default ramp is shown",
    subject="client",
    requirements=["AUS.ALL-13"],
    flaws=[
        "hard_coded_paths",
        "ignores_control",
        "ignores_default",
        "keeps_own_ramp",
        "never_puts_der",
        "polls_once",
        "reads_default_once",
        "skips_settings",
    ],
    needs=["DER"],
    origin=AUS,
    aliases=["ALL-13"],
    duration=["first_contact", "discovery", "ramp_echo", "default_pickup", "ramp_echo"],
    instructions=["restart_client"],
)
async def ramp_001(utility, client, step, limits):
    """A network that sets a ramp wants to see that it was taken up.

    Steps
        1. Start the client with a default of 1 % of the rating in a second, and wait for the DERSettings that show it.
        2. Change the default's setGradW, wait until the client has read it, and for the DERSettings that show it.

    Passes when
        both are shown.
    """
    first, second = RAMPS
    registered_last(utility, client.lfdi, pin=client.pin)
    program = one_program(utility, client.lfdi).program
    program.set_default({}, setGradW=first)
    with step(1):
        await client.start(within=limits.first_contact)
        await client.must_get("DefaultDERControl", limits.discovery, requirement="AUS.ALL-13")
        await client.must_put("DERSettings", limits.ramp_echo, "AUS.ALL-13", tells_ramp(first))
    with step(2):
        program.set_default({}, setGradW=second)
        shown = f"setGradW>{second}<"
        await client.must_get(
            "DefaultDERControl", limits.default_pickup, "AUS.ALL-13", lambda it: shown in it.response_body.decode()
        )
        await client.must_put("DERSettings", limits.ramp_echo, "AUS.ALL-13", tells_ramp(second))


@test_case(
    id="LIFE-001",
    title="The life of a control in Responses: carried out, cancelled while it runs",
    subject="client",
    requirements=["AUS.ALL-18", *EVENT_RULES],
    flaws=["ignores_cancellation", *RESPONSE_FLAWS],
    needs=["DER", "Response", "opModExpLimW"],
    origin=AUS,
    aliases=["ALL-18"],
    duration=["first_contact", "discovery", "control_lead", "life_cycle_control", "control_lead", "limit_control"],
    instructions=["restart_client"],
)
async def life_001(utility, client, step, check, limits):
    """Responses are all that a network hears of a control; each tells of one thing that happened.

    Steps
        1. Start the client, and publish a control; wait for Responses 1, 2 and 3.
        2. Publish a second one, and cancel it once it runs; wait for Response 6.

    Passes when
        each Response comes when it is due, and no other.
    """
    watch = EventWatch(utility, client, check, limits)
    program = await with_one_default(utility, client, limits)
    with step(1):
        control, held = await published(program, client, limits, modes=LIFE, lasts=limits.life_cycle_control)
        await watch.received(control, held)
        await watch.started(control)
        await watch.completed(control)
        watch.no_other(control, WHOLE)
    with step(2):
        control, held = await published(program, client, limits, modes=LIFE, lasts=limits.limit_control)
        await watch.received(control, held)
        await watch.started(control)
        control.cancel()
        told = await client.must_get(
            ("DERControlList", "DERControl"), limits.discovery, "AUS.ALL-18", shows(control, CANCELLED_BY_SERVER)
        )
        await watch.cancelled(control, require(told, "the client does not read the cancellation"))
        await client.response(control, COMPLETED, watch.after(control) + limits.response_deadline.duration)
        watch.no_other(control, {RECEIVED, STARTED, CANCELLED})


@test_case(
    id="LIFE-002",
    title="The life of a control in Responses: cancelled and superseded before it starts",
    subject="client",
    requirements=["AUS.ALL-18", *EVENT_RULES],
    flaws=["answers_no_supersession", "ignores_cancellation", "older_wins", "polls_once", *RESPONSE_FLAWS],
    needs=["DER", "Response", "opModExpLimW"],
    origin=AUS,
    aliases=["ALL-18"],
    duration=["first_contact", "discovery", "group_control_lead", "group_control_lead", "life_cycle_control"],
    instructions=["restart_client"],
)
async def life_002(utility, client, step, check, limits):
    """What never starts must not be said to have started, and the network wants to hear that it was given up.

    Steps
        1. Start the client, publish a control far ahead, and cancel it once it was received; wait for Response 6.
        2. Publish another one far ahead, and once it was received a newer one for the same time; wait for Response 7.
        3. Watch the newer one to its end.

    Passes when
        the Responses come, and the two that never start are answered with nothing else.
    """
    watch, far = EventWatch(utility, client, check, limits), limits.group_control_lead.duration
    program = await with_one_default(utility, client, limits)
    lasts = limits.life_cycle_control.duration
    with step(1):
        dropped = program.add_control(
            LIFE, starts_in=far, duration=lasts, response_required=ALL_RESPONSES, description="cancelled"
        )
        await watch.received(dropped, await watch.read_before_start(dropped, "AUS.ALL-18"))
        dropped.cancel()
        await client.response(dropped, CANCELLED, watch.after(dropped))
        given = sorted(client.statuses(dropped))
        check.that(CANCELLED in given, "AUS.ALL-18", "Response 6 to a control cancelled before its start", str(given))
        watch.no_other(dropped, {RECEIVED, CANCELLED})
    with step(2):
        loser = program.add_control(
            LIFE, starts_in=far, duration=lasts, response_required=ALL_RESPONSES, description="superseded"
        )
        await watch.received(loser, await watch.read_before_start(loser, "AUS.ALL-18"))
        newer = program.add_control(
            LATER, start=loser.start, duration=lasts, response_required=ALL_RESPONSES, description="the newer one"
        )
        await watch.received(newer, await watch.read_before_start(newer, "AUS.ALL-18"))
        await watch.superseded(loser, policy="superseded_either_way")
    with step(3):
        await watch.started(newer)
        await watch.completed(newer)
        watch.no_other(newer, WHOLE)
        watch.no_other(loser, {RECEIVED, *SUPERSEDED})


@test_case(
    id="SCHEDULE-001",
    title="Twenty-four controls of a minute",
    subject="client",
    requirements=["AUS.ALL-21", "EVENT.002"],
    flaws=[
        "ignores_control",
        "ignores_export_limit",
        "ignores_import_limit",
        "ignores_paging",
        "never_completes",
        "no_received_response",
        "polls_once",
        "starts_late",
    ],
    needs=["DER", "Response"],
    origin=AUS,
    aliases=["ALL-21"],
    duration=["first_contact", "discovery", "control_lead", *["minute_control"] * 24],
    instructions=["restart_client"],
)
async def schedule_001(utility, client, step, check, limits):
    """Envelopes come as long rows of short controls, and none may be lost.

    Steps
        1. Start the client, publish the controls, and wait until it has read them.
        2. Watch them from the first start to the last end.

    Passes when
        each control is answered with 1, 2 and 3 and nothing else, and was in force at the plant while it lasted.
    """
    watch = EventWatch(utility, client, check, limits)
    program = await with_one_default(utility, client, limits)
    with step(1):
        controls = minute_by_minute(program, limits)
        for control in controls:
            await watch.read_before_start(control, "AUS.ALL-21")
    with step(2):
        for control in controls:
            await client.response(control, COMPLETED, watch.after(control) + limits.response_deadline.duration)
            given = sorted(client.statuses(control))
            expected = f"{control.description} answered with 1, 2 and 3"
            check.that(given == sorted(WHOLE), "AUS.ALL-21", expected, ", ".join(map(str, given)) or "nothing")
            watch.effect(control)


@test_case(
    id="SCALE-001",
    title="Limits with multipliers",
    subject="client",
    requirements=["AUS.ALL-24", *EVENT_RULES],
    flaws=[
        "ignores_control",
        "ignores_export_limit",
        "ignores_import_limit",
        "ignores_multiplier",
        "polls_once",
        *RESPONSE_FLAWS,
    ],
    needs=["DER", "Response"],
    origin=AUS,
    aliases=["ALL-24"],
    duration=["first_contact", "discovery", "control_lead", *["scaled_control"] * 3],
    instructions=["restart_client"],
)
async def scale_001(utility, client, step, check, limits):
    """Thirty with a multiplier of two is three kilowatts; a client that reads thirty watts switches the site off.

    Steps
        1. Start the client, publish three controls with limits of multipliers 0, 2 and 1, and wait until it has read
           them.
        2. Watch each of them.

    Passes when
        each is answered with 1, 2 and 3, and its scaled limit was in force at the plant.
    """
    watch = EventWatch(utility, client, check, limits)
    program = await with_one_default(utility, client, limits, both_ways(*limits_in_full(limits)))
    with step(1):
        controls = scaled_limits(program, limits)
        for control in controls:
            await watch.received(control, await watch.read_before_start(control, "AUS.ALL-24"))
    with step(2):
        for control in controls:
            await watch.started(control)
            await watch.completed(control)
            watch.no_other(control, WHOLE)
            watch.effect(control)


def limits_in_full(limits):
    """Return value and multiplier of the default that lets everything through."""
    return int(limits.limit_wide.value / 10**3), 3
