"""Where limits of CSIP-AUS hold, by a profile's values: at the connection point, at the DER, at the managed loads."""

from conformance.face.authoring import PlaceScene, test_case

DURATION = ("first_contact", "discovery", "plant_running", "control_lead", "limit_control")


@test_case(
    id="PLACE-001",
    title="Where the export limit holds",
    subject="client",
    requirements=["AUS.GEN-01"],
    flaws=[],
    needs=["DER", "Plant", "opModExpLimW"],
    origin="ours",
    duration=DURATION,
    instructions=["restart_client", "run_generating"],
    values=["DERControlBase.opModExpLimW.at"],
)
async def place_001(utility, client, step, check, limits, clock, instruct):
    """A feeder takes what a site gives, not what its inverter makes; what the site itself uses is nobody's loss.

    Steps
        1. Start the client under a default that lets everything through, and wait for its ratings.
        2. Have the plant generate beside loads that nobody controls, so that the limit to come would be broken.
        3. Publish a control with the limit, and watch the powers until it is over.

    Passes when
        the power is at the limit where the profile wants it to hold, and not above it. Where there is no load to tell
        the places apart nothing is decided.
    """
    scene = PlaceScene("opModExpLimW", "GEN-01", utility, client, check, limits, clock, instruct)
    share = limits.default_limit_share
    with step(1):
        await scene.open()
    with step(2):
        await scene.run(share)
    with step(3):
        control = await scene.control(share, limits.limit_control, then=share)
        await scene.keeps_its_place(control, share)


@test_case(
    id="PLACE-002",
    title="Where the generation limit holds",
    subject="client",
    requirements=["AUS.GEN-02"],
    flaws=[],
    needs=["DER", "Plant", "opModGenLimW"],
    origin="ours",
    duration=DURATION,
    instructions=["restart_client", "run_generating"],
    values=["DERControlBase.opModGenLimW.at"],
)
async def place_002(utility, client, step, check, limits, clock, instruct):
    """A limit of the generation protects where nobody meters the site: what its loads draw does not count.

    Steps
        1. Start the client under a default that lets everything through, and wait for its ratings.
        2. Have the plant generate beside loads that nobody controls, so that the limit to come would be broken.
        3. Publish a control with the limit, and watch the powers until it is over.

    Passes when
        the power is at the limit where the profile wants it to hold, and not above it. Where there is no load to tell
        the places apart nothing is decided.
    """
    scene = PlaceScene("opModGenLimW", "GEN-02", utility, client, check, limits, clock, instruct)
    share = limits.default_limit_share
    with step(1):
        await scene.open()
    with step(2):
        await scene.run(share)
    with step(3):
        control = await scene.control(share, limits.limit_control, then=share)
        await scene.keeps_its_place(control, share)


@test_case(
    id="PLACE-003",
    title="Where the import limit holds",
    subject="client",
    requirements=["AUS.LOA-01"],
    flaws=[],
    needs=["DER", "Plant", "opModImpLimW"],
    origin="ours",
    duration=DURATION,
    instructions=["restart_client", "run_consuming"],
    values=["DERControlBase.opModImpLimW.at"],
)
async def place_003(utility, client, step, check, limits, clock, instruct):
    """A fuse knows no difference between a charger and a kettle: what the site draws counts, all of it.

    Steps
        1. Start the client under a default that lets everything through, and wait for its ratings.
        2. Have the plant draw power beside loads that nobody controls, so that the limit to come would be broken.
        3. Publish a control with the limit, and watch the powers until it is over.

    Passes when
        the power is at the limit where the profile wants it to hold, and not above it. Where there is no load to tell
        the places apart nothing is decided.
    """
    scene = PlaceScene("opModImpLimW", "LOA-01", utility, client, check, limits, clock, instruct)
    share = limits.default_limit_share
    with step(1):
        await scene.open()
    with step(2):
        await scene.run(share)
    with step(3):
        control = await scene.control(share, limits.limit_control, then=share)
        await scene.keeps_its_place(control, share)


@test_case(
    id="PLACE-004",
    title="Where the load limit holds",
    subject="client",
    requirements=["AUS.LOA-02"],
    flaws=[],
    needs=["DER", "Plant", "opModLoadLimW"],
    origin="ours",
    duration=DURATION,
    instructions=["restart_client", "run_consuming"],
    values=["DERControlBase.opModLoadLimW.at"],
)
async def place_004(utility, client, step, check, limits, clock, instruct):
    """Who has his charger managed has not had his kettle managed: the rest of the site does not count.

    Steps
        1. Start the client under a default that lets everything through, and wait for its ratings.
        2. Have the plant draw power beside loads that nobody controls, so that the limit to come would be broken.
        3. Publish a control with the limit, and watch the powers until it is over.

    Passes when
        the power is at the limit where the profile wants it to hold, and not above it. Where there is no load to tell
        the places apart nothing is decided.
    """
    scene = PlaceScene("opModLoadLimW", "LOA-02", utility, client, check, limits, clock, instruct)
    share = limits.default_limit_share
    with step(1):
        await scene.open()
    with step(2):
        await scene.run(share)
    with step(3):
        control = await scene.control(share, limits.limit_control, then=share)
        await scene.keeps_its_place(control, share)
