"""Inverter controls of a client under test: connection, and active power by limits, curves and set-points.

SunSpec CTP 1.3, chapter 7, BASIC-009 to BASIC-014.
"""

from conformance.face.authoring import (
    INVERTER_FUNCTIONS,
    Span,
    carry_out,
    connection_agrees,
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
