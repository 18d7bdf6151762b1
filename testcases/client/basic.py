"""Events and reporting of a client under test (SunSpec CTP 1.3, chapter 7)."""

from conformance.face.authoring import (
    Cadence,
    Span,
    Window,
    arrival,
    defined,
    mirrored,
    one_program,
    registered_last,
    require,
    response_in,
    test_case,
)

RECEIVED, STARTED, COMPLETED = 1, 2, 3
HALF_POWER = {"opModMaxLimW": 5000}


@test_case(
    id="BASIC-017",
    title="One control, with its three Responses",
    subject="client",
    requirements=["CTP.BASIC-017", "G8", "BASE.030", "EVENT.002", "RESPONSE.PROMPT", "CTP.GENERAL.3"],
    flaws=[
        "no_received_response",
        "starts_late",
        "never_completes",
        "wrong_response_lfdi",
        "responds_early",
        "hard_coded_paths",
        "polls_once",
        "ignores_poll_rate",
        "ignores_control",
    ],
    needs=["DER", "Response"],
    duration=["first_contact", "control_lead", "control_duration", "response_deadline", "plant_settling"],
    instructions=["restart_client"],
)
async def basic_017(utility, client, step, check, limits, clock):
    """The three Responses are all that a utility sees of a control being carried out.

    Steps
        1. Start the client and wait until it has read the empty DERControlList.
        2. Publish one control that asks for every Response, and wait until the client has read it.
        3. Wait for Response 1, received.
        4. Wait for Response 2, started, at the start of the control.
        5. Wait for Response 3, completed, at its end.
        6. Look at the Responses together, and at the plant where it is observed.

    Passes when
        Responses 1, 2 and 3 come in time, valid, for this control and this device, no other status is sent, and the
        plant was asked for the control from its start to its end.
    """
    registered_last(utility, client.lfdi, pin=client.pin)
    program = one_program(utility, client.lfdi).program
    with step(1):
        await client.start(within=limits.first_contact)
        empty = await client.must_get("DERControlList", within=limits.discovery, requirement="CTP.BASIC-017")
        require(empty, "the client does not read DERControlLists")
    with step(2):
        control = program.add_control(
            HALF_POWER,
            starts_in=limits.control_lead.duration,
            duration=limits.control_duration.duration,
            response_required=7,
        )
        held = await client.must_get(
            ("DERControlList", "DERControl"),
            within=limits.control_lead,
            requirement="CTP.BASIC-017",
            matching=lambda exchange: control.mrid in exchange.response_body.decode().upper(),
        )
        held = require(held, "the client did not read the control before its start")
    due = {
        RECEIVED: Window(arrival(held), "the control was read", None, limits.response_deadline.value),
        STARTED: Window(control.start, "its start", -limits.response_early.value, limits.response_deadline.value),
        COMPLETED: Window(control.end, "its end", -limits.response_early.value, limits.response_deadline.value),
    }
    for number, (status, window) in enumerate(due.items(), start=3):
        with step(number):
            posted = await client.response(control, status, until=window.start + limits.response_deadline.duration)
            when = posted and arrival(posted)
            rule = "BASE.030" if status == RECEIVED else "EVENT.002"
            check.happened(f"Response {status}", when, window, limits.response_deadline, rule, posted)
            if posted is not None:
                prompt = Window(window.start, window.label, window.not_before_s, limits.response_prompt.value)
                check.happened(f"Response {status}", when, prompt, limits.response_prompt, "RESPONSE.PROMPT", posted)
                check.schema_valid(posted)
                lfdi = require(response_in(posted), "no document").hexadecimal("endDeviceLFDI")
                check.has_value(posted, "endDeviceLFDI", lfdi, client.lfdi, requirement="BASE.030")
    with step(6):
        others = client.statuses(control) - {RECEIVED, STARTED, COMPLETED}
        check.that(
            not others, "BASE.030", "statuses 1, 2 and 3 only", f"also {sorted(others)}" if others else "only these"
        )
        during = Span(control.start, control.end, "the control")
        check.in_force(client.plant, HALF_POWER, during, limits.plant_settling, requirement="G8")
        start = Window(control.start, "its start", -limits.response_early.value, limits.plant_settling.value)
        check.took_effect(
            client.plant, HALF_POWER, start, limits.plant_settling, requirement="EVENT.002", after=arrival(held)
        )


@test_case(
    id="BASIC-029",
    title="Inverter meter reading",
    subject="client",
    requirements=["CTP.BASIC-029", "G23", "G25", "P41", "P42", "MUP.004", "MUP.005", "CTP.GENERAL.3"],
    flaws=["no_voltage_reading", "readings_once", "ignores_post_rate", "readings_without_time", "hard_coded_paths"],
    needs=["MirrorUsagePoint"],
    duration=["first_contact", "discovery", "reporting_window"],
    instructions=["restart_client"],
)
async def basic_029(utility, client, step, check, limits, clock):
    """A utility that does not see what its devices do cannot steer them.

    Steps
        1. Start the client and wait for its POST of a MirrorUsagePoint.
        2. Wait for its first POST of readings.
        3. Watch it report for several periods of postRate, and the silence until the end of the window.

    Passes when
        usage points and readings are valid and name the device, real power, reactive power, frequency and voltage are
        all defined and reported with a time, at the cadence of postRate to the end.
    """
    registered_last(utility, client.lfdi, pin=client.pin, post_rate_s=limits.post_rate.count)
    one_program(utility, client.lfdi)
    with step(1):
        await client.start(within=limits.first_contact)
        first = await client.must_post("MirrorUsagePointList", within=limits.discovery, requirement="P41")
        first = require(first, "the client posts no MirrorUsagePoint")
    with step(2):
        reading = await client.must_post("MirrorUsagePoint", within=limits.discovery, requirement="CTP.BASIC-029")
        require(reading, "the client posts no readings")
    with step(3):
        await clock.wait(limits.reporting_window.duration)
        until = clock.now()
        definitions = client.exchanges("MirrorUsagePointList", "POST")
        posts = client.exchanges("MirrorUsagePoint", "POST")
        for post in (*definitions, *posts):
            check.schema_valid(post)
        for post in definitions:
            lfdi = require(response_in(post), "no document").hexadecimal("deviceLFDI")
            check.has_value(post, "deviceLFDI", lfdi, client.lfdi, requirement="MUP.005")
        check.all_quantities("a ReadingType", defined((*definitions, *posts)), definitions, requirement="MUP.004")
        readings = mirrored((*definitions, *posts))
        check.all_quantities("a reading", [it.uom for it in readings], posts, requirement="G23")
        check.all_timed(readings, requirement="G25")
        tolerance = limits.poll_tolerance.value + limits.post_rate.value * limits.poll_tolerance_share.value / 100
        cadence = Cadence("POST of readings", limits.post_rate.value, tolerance, limits.post_rate)
        check.kept_up(cadence, client.occurrences("MirrorUsagePoint", "POST"), until, requirement="P42")
