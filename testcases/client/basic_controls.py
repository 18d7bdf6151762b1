"""Inverter controls of a client under test (SunSpec CTP 1.3, chapter 7, BASIC-004 to BASIC-015)."""

from conformance.face.authoring import (
    ALL_RESPONSES,
    COMPLETED,
    FIXED_PF,
    IDLE_PF,
    INVERTER_FUNCTIONS,
    RECEIVED,
    STARTED,
    CurrentStatus,
    EventWatch,
    Span,
    all_received,
    arrival,
    cancellation_answered,
    carry_out,
    connection_agrees,
    names,
    never_ran,
    registered_last,
    require,
    shows,
    status_is_fresh,
    tells_ramp,
    test_case,
    topology_3,
    walk_begins,
)

CONTROLS, CURVES = ("DERControlList", "DERControl"), ("DERCurveList", "DERCurve")
OUTRANKED_PF = {"displacement": 920, "excitation": False, "multiplier": -3}
SERVICE_POINT, TRANSFORMER = "A1-B1-C1-D1-E1-F1-G1", "A1-B1-C1-D1-E1-F1"
COMMON = ["G8", "G11", "P29", "DER.005", "BASE.030", "EVENT.002", "STATUS.FRESH", "RESPONSE.PROMPT", "CTP.GENERAL.3"]
LENGTH = ["first_contact", "control_lead", "control_duration", "response_deadline", "idle_watch"]
EVENT_FLAWS = [
    "no_received_response",
    "starts_late",
    "never_completes",
    "wrong_response_lfdi",
    "responds_early",
    "ignores_control",
    "ignores_default",
    "hard_coded_paths",
]
AT_THE_PLANT = ["keeps_control_after_end", "moves_on_receipt"]
PRIORITIES = ["ignores_primacy", "answers_no_supersession"]


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
    requirements=["CTP.BASIC-007", "G7", "G11", "G29", "P29", "P36", "DER.005"],
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
    program = topology_3(utility, device, grouped=True)[SERVICE_POINT]
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


@test_case(
    id="BASIC-009",
    title="Connect and disconnect",
    subject="client",
    requirements=["CTP.BASIC-009", *COMMON, "STATUS.FOLLOWS"],
    flaws=[*EVENT_FLAWS],
    needs=["DER", "Response", "opModEnergize"],
    duration=LENGTH,
    instructions=["restart_client"],
)
async def basic_009(utility, client, step, check, limits, clock):
    """The utility must be able to say whether a plant may be energized.

    The printed values are true throughout: nothing is ever disconnected here (policy connect_values).

    Steps
        1. Publish default and control, and wait until the client has read them.
        2. Wait for Response 1, received.
        3. Wait for Response 2, started, and see when the client last looked at the control's status.
        4. Wait for Response 3, completed.
        5. Look at all Responses, and at the plant where it is observed.

    Passes when
        Responses 1, 2 and 3 come in time and no other, and the plant was
        asked for opModEnergize during the control, and for the default before and after.
    """
    function = INVERTER_FUNCTIONS["BASIC-009"]
    control = await carry_out("CTP.BASIC-009", function, utility, client, step, check, limits, clock)
    span = Span(control.start, control.end, "the control")
    connection_agrees(check, client, span, limits.plant_settling, on=True)


@test_case(
    id="BASIC-010",
    title="Limit of active power",
    subject="client",
    requirements=["CTP.BASIC-010", *COMMON],
    flaws=[*EVENT_FLAWS, *AT_THE_PLANT],
    needs=["DER", "Response", "opModMaxLimW"],
    duration=LENGTH,
    instructions=["restart_client"],
)
async def basic_010(utility, client, step, check, limits, clock):
    """A limit on what a plant may inject is the control that utilities use most.

    Steps
        1. Publish default and control, and wait until the client has read them.
        2. Wait for Response 1, received.
        3. Wait for Response 2, started, and see when the client last looked at the control's status.
        4. Wait for Response 3, completed.
        5. Look at all Responses, and at the plant where it is observed.

    Passes when
        Responses 1, 2 and 3 come in time and no other, and the plant was
        asked for the limit during the control, and for the default before and after.
    """
    await carry_out("CTP.BASIC-010", INVERTER_FUNCTIONS["BASIC-010"], utility, client, step, check, limits, clock)


@test_case(
    id="BASIC-011",
    title="Volt-watt",
    subject="client",
    requirements=["CTP.BASIC-011", *COMMON, "DER.CURVE"],
    flaws=[*EVENT_FLAWS, *AT_THE_PLANT, "never_reads_curves"],
    needs=["DER", "Response", "opModVoltWatt"],
    duration=LENGTH,
    instructions=["restart_client"],
)
async def basic_011(utility, client, step, check, limits, clock):
    """Curtailing by the local voltage protects the neighbours at the end of a long feeder.

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
    await carry_out("CTP.BASIC-011", INVERTER_FUNCTIONS["BASIC-011"], utility, client, step, check, limits, clock)


@test_case(
    id="BASIC-012",
    title="Frequency-watt and droop",
    subject="client",
    requirements=["CTP.BASIC-012", *COMMON, "DER.CURVE"],
    flaws=[*EVENT_FLAWS, *AT_THE_PLANT, "never_reads_curves"],
    needs=["DER", "Response", "opModFreqDroop", "opModFreqWatt"],
    duration=LENGTH,
    instructions=["restart_client"],
)
async def basic_012(utility, client, step, check, limits, clock):
    """Plants that give way as the frequency rises keep an island or a whole grid from collapsing.

    The droop values are not the printed ones, which an erratum declares wrong (policy droop_values).

    Steps
        1. Publish default and control, and wait until the client has read them and their curves.
        2. Wait for Response 1, received.
        3. Wait for Response 2, started, and see when the client last looked at the control's status.
        4. Wait for Response 3, completed.
        5. Look at all Responses, and at the plant where it is observed.

    Passes when
        Responses 1, 2 and 3 come in time and no other, the curves were read, and the plant was
        asked for droop and curve during the control, and for the default before and after.
    """
    await carry_out("CTP.BASIC-012", INVERTER_FUNCTIONS["BASIC-012"], utility, client, step, check, limits, clock)


@test_case(
    id="BASIC-013",
    title="Active power in percent",
    subject="client",
    requirements=["CTP.BASIC-013", *COMMON],
    flaws=[*EVENT_FLAWS, *AT_THE_PLANT],
    needs=["DER", "Response", "opModFixedW"],
    duration=LENGTH,
    instructions=["restart_client"],
)
async def basic_013(utility, client, step, check, limits, clock):
    """A set-point in percent is obeyed by plants of any size alike.

    Steps
        1. Publish default and control, and wait until the client has read them.
        2. Wait for Response 1, received.
        3. Wait for Response 2, started, and see when the client last looked at the control's status.
        4. Wait for Response 3, completed.
        5. Look at all Responses, and at the plant where it is observed.

    Passes when
        Responses 1, 2 and 3 come in time and no other, and the plant was
        asked for the set-point during the control, and for the default before and after.
    """
    await carry_out("CTP.BASIC-013", INVERTER_FUNCTIONS["BASIC-013"], utility, client, step, check, limits, clock)


@test_case(
    id="BASIC-014",
    title="Active power in watts",
    subject="client",
    requirements=["CTP.BASIC-014", *COMMON],
    flaws=[*EVENT_FLAWS, *AT_THE_PLANT],
    needs=["DER", "Response", "opModTargetW"],
    duration=LENGTH,
    instructions=["restart_client"],
)
async def basic_014(utility, client, step, check, limits, clock):
    """A set-point in watts says what the grid gets.

    Steps
        1. Publish default and control, and wait until the client has read them.
        2. Wait for Response 1, received.
        3. Wait for Response 2, started, and see when the client last looked at the control's status.
        4. Wait for Response 3, completed.
        5. Look at all Responses, and at the plant where it is observed.

    Passes when
        Responses 1, 2 and 3 come in time and no other, and the plant was
        asked for the set-point during the control, and for the default before and after.
    """
    await carry_out("CTP.BASIC-014", INVERTER_FUNCTIONS["BASIC-014"], utility, client, step, check, limits, clock)


@test_case(
    id="BASIC-015",
    title="Twenty-four controls, cancelled after the first",
    subject="client",
    requirements=["CTP.BASIC-015", "G10", "G13", "P35", "EVENT.027", "RESPONSE.CANCELLED", *COMMON],
    flaws=[
        *(*EVENT_FLAWS, *AT_THE_PLANT, *PRIORITIES),
        *("answers_elsewhere", "keeps_few_events", "ignores_paging", "ignores_cancellation"),
    ],
    needs=["DER", "Response", "opModFixedPFInjectW"],
    duration=["first_contact", "control_lead", "control_lead", "control_duration", "response_deadline"],
    instructions=["restart_client"],
)
async def basic_015(utility, client, step, check, limits, clock):
    """A day holds many controls: a client must store them all, and drop those that are cancelled.

    Steps
        1. Publish 24 controls and one of less priority beside the first, and wait until the client has read them.
        2. Wait for Response 1 to each of the 24.
        3. Wait for the first to start and to end, and for the one beside it to be superseded.
        4. Cancel all that are left, wait until the client has read that, and watch the time of the next one that starts
           more than a poll period later.
        5. Look at all Responses, and at the plant where it is observed.

    Passes when
        all are received, the first is carried out from start to end and answered, none runs that starts more than a
        poll period after the cancellation, and the plant was asked for the default before and after.
    """
    watch = EventWatch(utility, client, check, limits)
    programs = topology_3(utility, registered_last(utility, client.lfdi, pin=client.pin))
    default = programs[SERVICE_POINT].set_default({"opModFixedPFInjectW": IDLE_PF})
    with step(1):
        await walk_begins(client, limits, "CTP.BASIC-015")
        first, *rest = many = in_turn(programs[SERVICE_POINT], FIXED_PF, limits, limits.stored_controls.count)
        beside = in_turn(programs[TRANSFORMER], OUTRANKED_PF, limits, 1)[0]
        held = [await watch.read_before_start(control, "CTP.BASIC-015") for control in (*many, beside)]
        await client.must_get("DefaultDERControl", limits.control_lead, "DER.005", names(default))
        since = clock.now()
    with step(2):
        await all_received(check, client, many, max(map(arrival, held)), limits.many_responses_deadline)
    with step(3):
        status_is_fresh(check, client, first, await watch.started(first), limits)
        await watch.completed(first)
        await watch.superseded(beside, policy="superseded_either_way")
    with step(4):
        for control in rest:
            control.cancel()
        next_poll = clock.now() + poll_period(limits)
        in_time = [control for control in rest if watch.before(control) > next_poll]
        last_excused = many[-1 - len(in_time)]
        await client.must_get(CONTROLS, limits.control_lead, "P35", shows(in_time[0], CurrentStatus.CANCELLED))
        await clock.wait_until(watch.after(in_time[0]) + limits.response_deadline.duration)
    with step(5):
        watch.no_other(first, {RECEIVED, STARTED, COMPLETED})
        never_ran(check, client, "EVENT.027", in_time)
        never_ran(check, client, "G13", [beside])
        cancellation_answered(check, client, in_time, policy="cancelled_response")
        watch.effect(first)
        watch.idle(default, since, watch.before(first), "the time before the first control")
        watch.idle(default, watch.after(last_excused), clock.now(), "the time after the first control")


def poll_period(limits):
    """Return how long after a change of its lists a client may still be without knowledge of it."""
    share = limits.poll_tolerance_share.value / 100
    return limits.program_list_poll_rate.duration * (1 + share) + limits.poll_tolerance.duration


def in_turn(program, power_factor, limits, count):
    """Publish controls that start one after the other, each a lead after the one before."""
    return [
        program.add_control(
            {"opModFixedPFInjectW": power_factor},
            starts_in=number * limits.control_lead.duration,
            duration=limits.control_duration.duration,
            response_required=ALL_RESPONSES,
            description=f"{program.description} {number}",
        )
        for number in range(1, count + 1)
    ]
