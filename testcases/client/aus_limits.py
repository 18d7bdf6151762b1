"""Limits of CSIP-AUS at a client under test: by controls and by defaults (public GEN-01 to 04, LOA-01 to 04).

Only what flows shows whether a limit holds. Where the plant is observed it is judged by that, otherwise by the client's
own readings, which is weaker and says so.
"""

from conformance.face.authoring import LimitScene, test_case

AUS = "SA TS 5573 test definitions"
INSTRUCTIONS = ("restart_client", "run_generating", "run_consuming")
ACTIVE = ("first_contact", "discovery", "plant_running", "control_lead", "limit_control", "default_limit_watch")
DEFAULT = ("first_contact", "discovery", "plant_running", "default_limit_watch", "default_limit_watch")
RESPONSE_FLAWS = (
    "never_completes",
    "no_received_response",
    "responds_early",
    "starts_late",
    "wrong_response_lfdi",
    "responses_without_clock",
)
DEFAULT_FLAWS = (
    *("hard_coded_paths", "ignores_control", "ignores_default", "never_puts_der"),
    *("polls_once", "reads_default_once", "skips_settings", "freezes_readings"),
)
ACTIVE_FLAWS = ("keeps_control_after_end", *DEFAULT_FLAWS, *RESPONSE_FLAWS)
EVENT_RULES = ("BASE.030", "EVENT.002", "RESPONSE.PROMPT", "CTP.GENERAL.3", "DER.005")


@test_case(
    id="LIMIT-001",
    title="Active export limit",
    subject="client",
    requirements=["AUS.GEN-01", *EVENT_RULES],
    flaws=["ignores_export_limit", *ACTIVE_FLAWS],
    needs=["DER", "Response", "opModExpLimW"],
    origin=AUS,
    aliases=["GEN-01"],
    duration=ACTIVE,
    instructions=INSTRUCTIONS,
)
async def limit_001(utility, client, step, check, limits, clock, instruct):
    """A feeder in the midday sun takes only so much: a site that exports more trips its neighbours.

    Steps
        1. Start the client under a default that lets everything through, and wait for its ratings.
        2. Have the plant generate, so that the limit to come would be broken.
        3. Publish a control with the limit, and a looser limit as the default.
        4. Watch the control from its start to its end.
        5. Watch the default afterwards.

    Passes when
        the control is answered with 1, 2 and 3, and the power is within the limit, and then within the default's, once
        the ramp of the default and the time to settle are over.
    """
    scene = LimitScene("opModExpLimW", "GEN-01", utility, client, check, limits, clock, instruct)
    with step(1):
        await scene.open()
    with step(2):
        await scene.run(limits.limit_share, limits.default_limit_share)
    with step(3):
        control = await scene.control(limits.limit_share, limits.limit_control, then=limits.default_limit_share)
    with step(4):
        await scene.carried_out(control, limits.limit_share)
    with step(5):
        await scene.afterwards(control, limits.default_limit_share)


@test_case(
    id="LIMIT-002",
    title="Active generation limit",
    subject="client",
    requirements=["AUS.GEN-02", *EVENT_RULES],
    flaws=["ignores_generation_limit", *ACTIVE_FLAWS],
    needs=["DER", "Response", "opModGenLimW"],
    origin=AUS,
    aliases=["GEN-02"],
    duration=ACTIVE,
    instructions=INSTRUCTIONS,
)
async def limit_002(utility, client, step, check, limits, clock, instruct):
    """A limit at the DER itself works where nobody meters the connection point.

    Steps
        1. Start the client under a default that lets everything through, and wait for its ratings.
        2. Have the plant generate, so that the limit to come would be broken.
        3. Publish a control with the limit, and a looser limit as the default.
        4. Watch the control from its start to its end.
        5. Watch the default afterwards.

    Passes when
        the control is answered with 1, 2 and 3, and the power is within the limit, and then within the default's, once
        the ramp of the default and the time to settle are over.
    """
    scene = LimitScene("opModGenLimW", "GEN-02", utility, client, check, limits, clock, instruct)
    with step(1):
        await scene.open()
    with step(2):
        await scene.run(limits.limit_share, limits.default_limit_share)
    with step(3):
        control = await scene.control(limits.limit_share, limits.limit_control, then=limits.default_limit_share)
    with step(4):
        await scene.carried_out(control, limits.limit_share)
    with step(5):
        await scene.afterwards(control, limits.default_limit_share)


@test_case(
    id="LIMIT-003",
    title="Active import limit",
    subject="client",
    requirements=["AUS.LOA-01", *EVENT_RULES],
    flaws=["ignores_import_limit", *ACTIVE_FLAWS],
    needs=["DER", "Response", "opModImpLimW"],
    origin=AUS,
    aliases=["LOA-01"],
    duration=ACTIVE,
    instructions=INSTRUCTIONS,
)
async def limit_003(utility, client, step, check, limits, clock, instruct):
    """In the evening peak a site may draw only so much, whatever its chargers want.

    Steps
        1. Start the client under a default that lets everything through, and wait for its ratings.
        2. Have the plant draw power, so that the limit to come would be broken.
        3. Publish a control with the limit, and a looser limit as the default.
        4. Watch the control from its start to its end.
        5. Watch the default afterwards.

    Passes when
        the control is answered with 1, 2 and 3, and the power is within the limit, and then within the default's, once
        the ramp of the default and the time to settle are over.
    """
    scene = LimitScene("opModImpLimW", "LOA-01", utility, client, check, limits, clock, instruct)
    with step(1):
        await scene.open()
    with step(2):
        await scene.run(limits.limit_share, limits.default_limit_share)
    with step(3):
        control = await scene.control(limits.limit_share, limits.limit_control, then=limits.default_limit_share)
    with step(4):
        await scene.carried_out(control, limits.limit_share)
    with step(5):
        await scene.afterwards(control, limits.default_limit_share)


@test_case(
    id="LIMIT-004",
    title="Active load limit",
    subject="client",
    requirements=["AUS.LOA-02", *EVENT_RULES],
    flaws=["ignores_load_limit", *ACTIVE_FLAWS],
    needs=["DER", "Response", "opModLoadLimW"],
    origin=AUS,
    aliases=["LOA-02"],
    duration=ACTIVE,
    instructions=INSTRUCTIONS,
)
async def limit_004(utility, client, step, check, limits, clock, instruct):
    """Managed loads are held down by themselves, and the rest of the site goes on.

    Steps
        1. Start the client under a default that lets everything through, and wait for its ratings.
        2. Have the plant draw power, so that the limit to come would be broken.
        3. Publish a control with the limit, and a looser limit as the default.
        4. Watch the control from its start to its end.
        5. Watch the default afterwards.

    Passes when
        the control is answered with 1, 2 and 3, and the power is within the limit, and then within the default's, once
        the ramp of the default and the time to settle are over.
    """
    scene = LimitScene("opModLoadLimW", "LOA-02", utility, client, check, limits, clock, instruct)
    with step(1):
        await scene.open()
    with step(2):
        await scene.run(limits.limit_share, limits.default_limit_share)
    with step(3):
        control = await scene.control(limits.limit_share, limits.limit_control, then=limits.default_limit_share)
    with step(4):
        await scene.carried_out(control, limits.limit_share)
    with step(5):
        await scene.afterwards(control, limits.default_limit_share)


@test_case(
    id="LIMIT-005",
    title="Default export limit",
    subject="client",
    requirements=["AUS.GEN-03", "DER.005"],
    flaws=["ignores_export_limit", *DEFAULT_FLAWS],
    needs=["DER", "opModExpLimW"],
    origin=AUS,
    aliases=["GEN-03"],
    duration=DEFAULT,
    instructions=INSTRUCTIONS,
)
async def limit_005(utility, client, step, check, limits, clock, instruct):
    """What holds when nobody says anything is what keeps the grid whole when nobody can.

    Steps
        1. Start the client under a default that lets everything through, and wait for its ratings.
        2. Have the plant generate, so that the limits to come would be broken.
        3. Replace the default by one with the limit, and watch the power once the client has read it.
        4. Replace it by one with a lower limit, and watch again.

    Passes when
        each default is read, and the power is within its limit once its ramp and the time to settle are over.
    """
    scene = LimitScene("opModExpLimW", "GEN-03", utility, client, check, limits, clock, instruct)
    with step(1):
        await scene.open()
    with step(2):
        await scene.run(limits.default_limit_share, limits.limit_share)
    with step(3):
        await scene.default(limits.default_limit_share)
    with step(4):
        await scene.default(limits.limit_share)


@test_case(
    id="LIMIT-006",
    title="Default generation limit",
    subject="client",
    requirements=["AUS.GEN-04", "DER.005"],
    flaws=["ignores_generation_limit", *DEFAULT_FLAWS],
    needs=["DER", "opModGenLimW"],
    origin=AUS,
    aliases=["GEN-04"],
    duration=DEFAULT,
    instructions=INSTRUCTIONS,
)
async def limit_006(utility, client, step, check, limits, clock, instruct):
    """What holds when nobody says anything is what keeps the grid whole when nobody can.

    Steps
        1. Start the client under a default that lets everything through, and wait for its ratings.
        2. Have the plant generate, so that the limits to come would be broken.
        3. Replace the default by one with the limit, and watch the power once the client has read it.
        4. Replace it by one with a lower limit, and watch again.

    Passes when
        each default is read, and the power is within its limit once its ramp and the time to settle are over.
    """
    scene = LimitScene("opModGenLimW", "GEN-04", utility, client, check, limits, clock, instruct)
    with step(1):
        await scene.open()
    with step(2):
        await scene.run(limits.default_limit_share, limits.limit_share)
    with step(3):
        await scene.default(limits.default_limit_share)
    with step(4):
        await scene.default(limits.limit_share)


@test_case(
    id="LIMIT-007",
    title="Default import limit",
    subject="client",
    requirements=["AUS.LOA-03", "DER.005"],
    flaws=["ignores_import_limit", *DEFAULT_FLAWS],
    needs=["DER", "opModImpLimW"],
    origin=AUS,
    aliases=["LOA-03"],
    duration=DEFAULT,
    instructions=INSTRUCTIONS,
)
async def limit_007(utility, client, step, check, limits, clock, instruct):
    """What holds when nobody says anything is what keeps the grid whole when nobody can.

    Steps
        1. Start the client under a default that lets everything through, and wait for its ratings.
        2. Have the plant draw power, so that the limits to come would be broken.
        3. Replace the default by one with the limit, and watch the power once the client has read it.
        4. Replace it by one with a lower limit, and watch again.

    Passes when
        each default is read, and the power is within its limit once its ramp and the time to settle are over.
    """
    scene = LimitScene("opModImpLimW", "LOA-03", utility, client, check, limits, clock, instruct)
    with step(1):
        await scene.open()
    with step(2):
        await scene.run(limits.default_limit_share, limits.limit_share)
    with step(3):
        await scene.default(limits.default_limit_share)
    with step(4):
        await scene.default(limits.limit_share)


@test_case(
    id="LIMIT-008",
    title="Default load limit",
    subject="client",
    requirements=["AUS.LOA-04", "DER.005"],
    flaws=["ignores_load_limit", *DEFAULT_FLAWS],
    needs=["DER", "opModLoadLimW"],
    origin=AUS,
    aliases=["LOA-04"],
    duration=DEFAULT,
    instructions=INSTRUCTIONS,
)
async def limit_008(utility, client, step, check, limits, clock, instruct):
    """What holds when nobody says anything is what keeps the grid whole when nobody can.

    Steps
        1. Start the client under a default that lets everything through, and wait for its ratings.
        2. Have the plant draw power, so that the limits to come would be broken.
        3. Replace the default by one with the limit, and watch the power once the client has read it.
        4. Replace it by one with a lower limit, and watch again.

    Passes when
        each default is read, and the power is within its limit once its ramp and the time to settle are over.
    """
    scene = LimitScene("opModLoadLimW", "LOA-04", utility, client, check, limits, clock, instruct)
    with step(1):
        await scene.open()
    with step(2):
        await scene.run(limits.default_limit_share, limits.limit_share)
    with step(3):
        await scene.default(limits.default_limit_share)
    with step(4):
        await scene.default(limits.limit_share)
