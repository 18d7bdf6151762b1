"""Ramps of a client under CSIP-AUS: those of a default, and those of active controls (public ALL-13, ALL-25, LOA-03).

What a ramp is only the plant shows. Where it is not observed, the client's readings are looked at as far as averages
over a minute can show a ramp, and a note says so where they cannot.
"""

from conformance.face.authoring import ChargingRampScene, RampScene, test_case

AUS = "SA TS 5573 test definitions"
INSTRUCTIONS = ("restart_client", "run_generating")
DEFAULT_FLAWS = (
    *("hard_coded_paths", "ignores_control", "ignores_default", "ignores_ramp"),
    *("never_puts_der", "polls_once", "ramps_too_fast", "reads_default_once", "skips_settings"),
)
RAMP_FLAWS = ("ignores_export_limit", "freezes_readings", *DEFAULT_FLAWS)
RESPONSE_FLAWS = (
    "never_completes",
    "no_received_response",
    "responds_early",
    "starts_late",
    "wrong_response_lfdi",
    "responses_without_clock",
)
EVENT_RULES = ("BASE.030", "EVENT.002", "RESPONSE.PROMPT", "CTP.GENERAL.3", "DER.005")


@test_case(
    id="RAMP-002",
    title="Ramps of active controls",
    subject="client",
    requirements=["AUS.ALL-25", *EVENT_RULES],
    flaws=["ignores_ramp_time", "keeps_control_after_end", "moves_on_receipt", *RAMP_FLAWS, *RESPONSE_FLAWS],
    needs=["DER", "Response", "opModExpLimW"],
    origin=AUS,
    aliases=["ALL-25"],
    duration=[
        *("first_contact", "discovery", "plant_running", "ramp_watch"),
        *("control_lead", "ramped_control", "ramped_control", "ramp_watch"),
    ],
    instructions=INSTRUCTIONS,
)
async def ramp_002(utility, client, step, check, limits, clock, instruct):
    """Thousands of sites that jump at the same second are a fault; the same sites on a ramp are a service.

    Steps
        1. Start the client under a default that lets everything through, and have the plant generate.
        2. Replace it by a default of no export with a setGradW of 1 % of the rating in a second, and let it be reached.
        3. Publish a control with a limit and a rampTms, and one without a rampTms that follows it.
        4. Watch both.
        5. Watch the return to the default.

    Passes when
        power rises over the rampTms of the first control, then by the setGradW of the default, never faster, falls by
        it afterwards, and is at each limit in the time that follows.
    """
    scene = RampScene("ALL-25", limits.active_gradient, utility, client, check, limits, clock, instruct)
    shares = limits.ramped_share, limits.unramped_share
    with step(1):
        await scene.open()
        await scene.run(*shares)
    with step(2):
        await scene.falls(limits.ramp_watch)
    with step(3):
        controls = await scene.two_controls(shares[0], limits.ramp_time, shares[1], limits.ramped_control)
    with step(4):
        for control in controls:
            await scene.done(control)
        await scene.ramps(controls, shares, limits.ramp_time)
    with step(5):
        await scene.returns(controls[-1], shares[-1], limits.ramp_watch)


@test_case(
    id="RAMP-003",
    title="The ramp of a default",
    subject="client",
    requirements=["AUS.RAMP-DEFAULT", "DER.005"],
    flaws=RAMP_FLAWS,
    needs=["DER", "opModExpLimW"],
    origin=AUS,
    aliases=["ALL-13"],
    duration=["first_contact", "discovery", "plant_running", "default_ramp_watch", "default_ramp_watch"],
    instructions=INSTRUCTIONS,
)
async def ramp_003(utility, client, step, check, limits, clock, instruct):
    """When the last control ends everywhere at once, the default's ramp is what keeps the voltage steady.

    Steps
        1. Start the client under a default that lets everything through, and have the plant generate.
        2. Replace it by a default of no export with a slow setGradW, and watch the power fall.
        3. Replace it by one that lets half of the rating through, and watch it rise.

    Passes when
        power moves no faster than setGradW allows, and nothing is exported once the ramp is over.
    """
    scene = RampScene("RAMP-DEFAULT", limits.default_gradient, utility, client, check, limits, clock, instruct)
    with step(1):
        await scene.open()
        await scene.run(limits.unramped_share)
    with step(2):
        await scene.falls(limits.default_ramp_watch)
    with step(3):
        await scene.rises(limits.unramped_share, limits.default_ramp_watch)


@test_case(
    id="RAMP-004",
    title="The ramp of a default, for storage that charges",
    subject="client",
    requirements=["AUS.RAMP-DEFAULT", "DER.005"],
    flaws=["ignores_import_limit", *DEFAULT_FLAWS],
    needs=["DER", "Plant", "opModImpLimW"],
    origin=AUS,
    duration=["first_contact", "discovery", "plant_running", "default_ramp_watch", "default_ramp_watch"],
    instructions=["restart_client", "run_consuming"],
)
async def ramp_004(utility, client, step, check, limits, clock, instruct):
    """A feeder sees no difference between batteries that all start to discharge and batteries that all stop charging.

    Steps
        1. Start the client under a default that lets everything through, and have its storage charge.
        2. Replace it by a default that limits the import, with a slow setGradW, and watch the charging cease.
        3. Replace it by one that lets everything through, and watch the charging begin again.

    Passes when
        the storage's power moves no faster than setGradW allows, and the import is within its limit once the ramp is
        over. What charging stations and other loads do is not judged; without storage the case does not apply.
    """
    scene = ChargingRampScene("RAMP-DEFAULT", limits.default_gradient, utility, client, check, limits, clock, instruct)
    with step(1):
        await scene.open()
        await scene.charges(limits.unramped_share)
    with step(2):
        await scene.eases(limits.unramped_share, limits.default_ramp_watch)
    with step(3):
        await scene.resumes(limits.default_ramp_watch)
