"""All ride-through modes of CSIP Table 9 for a client under test; the procedures leave out what may trip."""

from conformance.face.authoring import RIDE_THROUGH, carry_out, test_case

RULES = ["P29", "DER.CURVE", "DER.005", "BASE.030", "EVENT.002", "STATUS.FRESH", "RESPONSE.PROMPT", "CTP.GENERAL.3"]
LENGTH = ["first_contact", "control_lead", "control_duration", "response_deadline", "idle_watch"]
FLAWS = [
    "no_received_response",
    "starts_late",
    "never_completes",
    "wrong_response_lfdi",
    "responses_without_clock",
    "responds_early",
    "ignores_control",
    "ignores_default",
    "hard_coded_paths",
    "keeps_control_after_end",
    "moves_on_receipt",
    "never_reads_curves",
    "ignores_paging",
    "knows_no_may_trip",
]


@test_case(
    id="RIDE-001",
    title="Voltage ride-through with all six curves",
    subject="client",
    requirements=RULES,
    flaws=FLAWS,
    needs=["DER", "Response", *RIDE_THROUGH["RIDE-001"].test],
    origin="ours",
    duration=LENGTH,
    instructions=["restart_client"],
)
async def ride_001(utility, client, step, check, limits, clock):
    """BASIC-004 sends no curve of what may trip: nothing shows that a plant knows when it is free to leave the grid.

    Steps
        1. Publish default and control with all curves for low and high voltage, and wait until the client read them.
        2. Wait for Response 1, received.
        3. Wait for Response 2, started, and see when the client last looked at the control's status.
        4. Wait for Response 3, completed.
        5. Look at all Responses, and at the plant where it is observed.

    Passes when
        Responses 1, 2 and 3 come in time and no other, all curves were read, and the plant was
        asked for the six curves during the control, and for the default before and after.
    """
    await carry_out("P29", RIDE_THROUGH["RIDE-001"], utility, client, step, check, limits, clock)


@test_case(
    id="RIDE-002",
    title="Frequency ride-through with all four curves",
    subject="client",
    requirements=RULES,
    flaws=FLAWS,
    needs=["DER", "Response", *RIDE_THROUGH["RIDE-002"].test],
    origin="ours",
    duration=LENGTH,
    instructions=["restart_client"],
)
async def ride_002(utility, client, step, check, limits, clock):
    """BASIC-005 sends no curve of what may trip: nothing shows that a plant knows when it is free to leave the grid.

    Steps
        1. Publish default and control with all curves for low and high frequency, and wait until the client read them.
        2. Wait for Response 1, received.
        3. Wait for Response 2, started, and see when the client last looked at the control's status.
        4. Wait for Response 3, completed.
        5. Look at all Responses, and at the plant where it is observed.

    Passes when
        Responses 1, 2 and 3 come in time and no other, all curves were read, and the plant was
        asked for the four curves during the control, and for the default before and after.
    """
    await carry_out("P29", RIDE_THROUGH["RIDE-002"], utility, client, step, check, limits, clock)
