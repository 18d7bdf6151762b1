"""Inverter controls of a client under test: ride-through, volt-var, ramp rates, power factor.

SunSpec CTP 1.3, chapter 7, BASIC-004 to BASIC-008.
"""

from conformance.face.authoring import (
    INVERTER_FUNCTIONS,
    Span,
    arrival,
    carry_out,
    names,
    offer_topology,
    registered_last,
    require,
    tells_ramp,
    test_case,
)

COMMON = ["P29", "DER.005", "BASE.030", "EVENT.002", "STATUS.FRESH", "RESPONSE.PROMPT", "CTP.GENERAL.3"]
LENGTH = ["first_contact", "control_lead", "control_duration", "response_deadline", "idle_watch"]
EVENT_FLAWS = [
    "no_received_response",
    "starts_late",
    "never_completes",
    "wrong_response_lfdi",
    "responses_without_clock",
    "responds_early",
    "ignores_control",
    "ignores_default",
    "hard_coded_paths",
]
AT_THE_PLANT = ["keeps_control_after_end", "moves_on_receipt"]


@test_case(
    id="BASIC-004",
    title="Low and high voltage ride-through",
    subject="client",
    requirements=["CTP.BASIC-004", *COMMON, "DER.CURVE"],
    flaws=[*EVENT_FLAWS, *AT_THE_PLANT, "never_reads_curves", "ignores_paging"],
    needs=[
        "DER",
        "Response",
        "opModHVRTMustTrip",
        "opModHVRTMomentaryCessation",
        "opModLVRTMustTrip",
        "opModLVRTMomentaryCessation",
    ],
    duration=LENGTH,
    instructions=["restart_client"],
)
async def basic_004(utility, client, step, check, limits, clock):
    """A plant that leaves the grid at the first dip makes a small fault a large one.

    Steps
        1. Publish default and control, and wait until the client has read them and their curves.
        2. Wait for Response 1, received.
        3. Wait for Response 2, started, and see when the client last looked at the control's status.
        4. Wait for Response 3, completed.
        5. Look at all Responses, and at the plant where it is observed.

    Passes when
        Responses 1, 2 and 3 come in time and no other, the curves were read, and the plant was
        asked for the four curves during the control, and for the default before and after.
    """
    await carry_out("CTP.BASIC-004", INVERTER_FUNCTIONS["BASIC-004"], utility, client, step, check, limits, clock)


@test_case(
    id="BASIC-005",
    title="Low and high frequency ride-through",
    subject="client",
    requirements=["CTP.BASIC-005", *COMMON, "DER.CURVE"],
    flaws=[*EVENT_FLAWS, *AT_THE_PLANT, "never_reads_curves"],
    needs=["DER", "Response", "opModHFRTMustTrip", "opModLFRTMustTrip"],
    duration=LENGTH,
    instructions=["restart_client"],
)
async def basic_005(utility, client, step, check, limits, clock):
    """Plants that all trip at one frequency make a disturbance worse.

    Steps
        1. Publish default and control, and wait until the client has read them and their curves.
        2. Wait for Response 1, received.
        3. Wait for Response 2, started, and see when the client last looked at the control's status.
        4. Wait for Response 3, completed.
        5. Look at all Responses, and at the plant where it is observed.

    Passes when
        Responses 1, 2 and 3 come in time and no other, the curves were read, and the plant was
        asked for both curves during the control, and for the default before and after.
    """
    await carry_out("CTP.BASIC-005", INVERTER_FUNCTIONS["BASIC-005"], utility, client, step, check, limits, clock)


@test_case(
    id="BASIC-006",
    title="Dynamic volt-var",
    subject="client",
    requirements=["CTP.BASIC-006", *COMMON, "DER.CURVE"],
    flaws=[*EVENT_FLAWS, *AT_THE_PLANT, "never_reads_curves"],
    needs=["DER", "Response", "opModVoltVar"],
    duration=LENGTH,
    instructions=["restart_client"],
)
async def basic_006(utility, client, step, check, limits, clock):
    """Reactive power by the local voltage keeps a feeder within its limits, if each inverter follows its own curve.

    Steps
        1. Publish default and control, and wait until the client has read them and their curves.
        2. Wait for Response 1, received.
        3. Wait for Response 2, started, and see when the client last looked at the control's status.
        4. Wait for Response 3, completed.
        5. Look at all Responses, and at the plant where it is observed.

    Passes when
        Responses 1, 2 and 3 come in time and no other, the curves were read, and the plant was
        asked for the curve during the control, and for the default before and after.
    """
    await carry_out("CTP.BASIC-006", INVERTER_FUNCTIONS["BASIC-006"], utility, client, step, check, limits, clock)


@test_case(
    id="BASIC-007",
    title="Ramp rates, by default only",
    subject="client",
    requirements=["CTP.BASIC-007", "G7", "G29", "P29", "P36"],
    flaws=["ignores_control", "ignores_default", "reads_default_once", "polls_once", "hard_coded_paths"],
    needs=["DER"],
    duration=["first_contact", "discovery", "idle_watch", "default_pickup", "ramp_echo"],
    instructions=["restart_client"],
)
async def basic_007(utility, client, step, check, limits, clock):
    """Ramp rates come with a default alone: no event starts them and no Response tells of them.

    Steps
        1. Publish a default with ramp rates and wait until the client has read it.
        2. Watch the plant where it is observed.
        3. Change the ramp rates and wait until the client has read the default again.
        4. Watch the plant again, and wait for the DERSettings that show the changed ramp rate.

    Passes when
        the client reads both, and the plant was asked for each from then on (policy ramp_rates). DERSettings that do
        not follow are warned of; where no plant is observed they are all that tells of the effect.
    """
    values = INVERTER_FUNCTIONS["BASIC-007"]
    device = registered_last(utility, client.lfdi, pin=client.pin)
    program = offer_topology(utility, device, "F-CTRL").service_point
    first = program.set_default(**values.default_settings)
    with step(1):
        await client.start(within=limits.first_contact)
        read = await client.must_get("DefaultDERControl", limits.discovery, "CTP.BASIC-007", names(first))
        require(read, "the client does not read its default")
        since = clock.now()
    with step(2):
        await clock.wait(limits.idle_watch.duration)
        span = Span(since, clock.now(), "the first ramp rates")
        check.default_in_force(client.plant, first, span, limits.plant_settling, "P29", policy="ramp_rates")
    with step(3):
        changed = program.set_default(**values.test_settings)
        now = clock.now()
        read = await client.must_get(
            "DefaultDERControl", limits.default_pickup, "P36", lambda it: names(changed)(it) and arrival(it) >= now
        )
        require(read, "the client does not read its default again")
        since = clock.now()
    with step(4):
        await clock.wait(limits.idle_watch.duration)
        span = Span(since, clock.now(), "the changed ramp rates")
        check.default_in_force(client.plant, changed, span, limits.plant_settling, "G7", policy="ramp_rates")
        ramp = values.test_settings["setGradW"]
        told = await client.seen("PUT", ("DERSettings",), since + limits.ramp_echo.duration, tells_ramp(ramp))
        expected = f"DERSettings with the setGradW {ramp} of the default within {limits.ramp_echo.value:g} s"
        check.that(told is not None, "G29", expected, "put" if told else "not put", [told] if told else ())


@test_case(
    id="BASIC-008",
    title="Fixed power factor",
    subject="client",
    requirements=["CTP.BASIC-008", *COMMON],
    flaws=[*EVENT_FLAWS, *AT_THE_PLANT],
    needs=["DER", "Response", "opModFixedPFInjectW"],
    duration=LENGTH,
    instructions=["restart_client"],
)
async def basic_008(utility, client, step, check, limits, clock):
    """A power factor of the wrong size or sign moves the voltage the wrong way.

    Steps
        1. Publish default and control, and wait until the client has read them.
        2. Wait for Response 1, received.
        3. Wait for Response 2, started, and see when the client last looked at the control's status.
        4. Wait for Response 3, completed.
        5. Look at all Responses, and at the plant where it is observed.

    Passes when
        Responses 1, 2 and 3 come in time and no other, and the plant was
        asked for the power factor during the control, and for the default before and after.
    """
    await carry_out("CTP.BASIC-008", INVERTER_FUNCTIONS["BASIC-008"], utility, client, step, check, limits, clock)
