"""Storage of a client under CSIP-AUS 1.3 (public procedures STO-01 to STO-03)."""

from conformance.face.authoring import (
    MIRRORED,
    StorageScene,
    carries_readings,
    enough_readings,
    mirrored_series,
    one_program,
    registered_last,
    require,
    response_in,
    storage_claims,
    test_case,
)

AUS = "SA TS 5573 test definitions"
RATINGS = (
    *("rtgMaxVA", "rtgMaxVar", "rtgMaxVarNeg", "rtgMaxW", "rtgMinPFOverExcited", "rtgMinPFUnderExcited"),
    *("rtgMaxChargeRateW", "rtgMaxDischargeRateW", "rtgMaxWh", "doeModesSupported", "vppModesSupported"),
)
SETTINGS = (
    *("setMaxVA", "setMaxVar", "setMaxVarNeg", "setMaxW", "setMinPFOverExcited", "setMinPFUnderExcited"),
    *("setMaxChargeRateW", "setMaxDischargeRateW", "setMaxWh", "setMinWh", "doeModesEnabled", "vppModesEnabled"),
)
EVENT_RULES = ("BASE.030", "EVENT.002", "RESPONSE.PROMPT", "CTP.GENERAL.3")
RESPONSE_FLAWS = (
    "never_completes",
    "no_received_response",
    "responds_early",
    "starts_late",
    "wrong_response_lfdi",
    "responses_without_clock",
)
STORAGE = ("DER", "opModStorageTargetW")


@test_case(
    id="STORAGE-001",
    title="Stored energy is told",
    subject="client",
    requirements=["AUS.STO-01"],
    flaws=[
        "hard_coded_paths",
        "ignores_post_rate",
        "no_stored_energy",
        "power_alone_goes_on",
        "readings_once",
        "swaps_role_flags",
    ],
    needs=["MirrorUsagePoint", *STORAGE],
    origin=AUS,
    aliases=["STO-01"],
    duration=["first_contact", "discovery", "stored_energy_watch"],
    instructions=["restart_client"],
    values=["DERControlBase.opModStorageTargetW"],
)
async def storage_001(utility, client, step, check, limits, clock):
    """Whoever commands a battery must know what is in it.

    Steps
        1. Start the client, and wait for its first readings.
        2. Watch it report.
        3. Count the readings of the stored energy.

    Passes when
        readings in watt-hours come often enough under the role of the DER, none below zero.
    """
    registered_last(utility, client.lfdi, pin=client.pin, post_rate_s=limits.post_rate.count)
    one_program(utility, client.lfdi)
    with step(1):
        await client.start(within=limits.first_contact)
        first = await client.must_post(MIRRORED, limits.discovery, "AUS.STO-01", carries_readings)
        require(first, "the client posts no readings")
    with step(2):
        await clock.wait(limits.stored_energy_watch.duration)
    with step(3):
        posts = (
            *client.exchanges("MirrorUsagePointList", "POST"),
            *client.exchanges("MirrorUsagePoint", "POST"),
        )
        check.judged(
            "AUS.STO-01", enough_readings("stored Wh", mirrored_series(posts), limits.stored_energy_readings.count)
        )


@test_case(
    id="STORAGE-002",
    title="Ratings and settings of storage",
    subject="client",
    requirements=["AUS.STO-02", "AUS.STO-03", "VAL.DER.WITHIN_RATING", "CTP.GENERAL.3"],
    flaws=[
        "hard_coded_paths",
        "invalid_settings",
        "never_puts_der",
        "no_storage_ratings",
        "rates_above_va",
        "settings_above_rating",
        "skips_settings",
    ],
    needs=STORAGE,
    origin=AUS,
    aliases=["STO-02"],
    duration=["first_contact", "discovery"],
    instructions=["restart_client"],
    values=["DERControlBase.opModStorageTargetW"],
)
async def storage_002(utility, client, step, check, limits):
    """Rates, energy and its floor say what a storage can be asked for.

    Steps
        1. Start the client, and wait for DERCapability and DERSettings.
        2. Look at what they tell.

    Passes when
        both tell all that is asked of storage, rates and energies are above zero, no rate is beyond the apparent power,
        no setting beyond its rating, and the storage target is claimed by capability and settings.
    """
    registered_last(utility, client.lfdi, pin=client.pin)
    one_program(utility, client.lfdi)
    with step(1):
        await client.start(within=limits.first_contact)
        capability = await client.must_put("DERCapability", limits.discovery, requirement="AUS.STO-02")
        settings = await client.must_put("DERSettings", limits.discovery, requirement="AUS.STO-02")
    with step(2):
        capability = require(capability, "the client puts no DERCapability")
        settings = require(settings, "the client puts no DERSettings")
        for put, names in ((capability, RATINGS), (settings, SETTINGS)):
            check.schema_valid(put)
            check.has_elements(put, response_in(put), names, "AUS.STO-02")
        check.within_ratings(settings, capability)
        storage_claims(check, capability, settings)


@test_case(
    id="STORAGE-003",
    title="A storage target under an export limit",
    subject="client",
    requirements=["AUS.STO-03", *EVENT_RULES],
    flaws=[
        "hard_coded_paths",
        "ignores_control",
        "ignores_export_limit",
        "never_puts_der",
        "polls_once",
        "skips_settings",
        "target_over_limit",
        "freezes_readings",
        *RESPONSE_FLAWS,
    ],
    needs=["Response", *STORAGE, "opModExpLimW"],
    origin=AUS,
    aliases=["STO-03"],
    duration=["first_contact", "discovery", "plant_running", "control_lead", "storage_control", "storage_control"],
    instructions=["restart_client", "run_generating"],
    values=["DERControlBase.opModStorageTargetW"],
)
async def storage_003(utility, client, step, check, limits, clock, instruct):
    """A battery may be asked to discharge while the feeder is full; then the feeder comes first.

    Steps
        1. Start the client under a default that lets everything through, and wait for its ratings.
        2. Have the DER generate.
        3. Publish a control with a storage target and an export limit that both can be kept, and watch the storage.
        4. Publish one with the same target and an export limit far below it, and watch the export.

    Passes when
        both controls are answered with 1, 2 and 3; the storage discharges at its target while it may, and the export
        stays within its limit all the same.
    """
    scene = StorageScene("STO-03", utility, client, check, limits, clock, instruct)
    with step(1):
        await scene.open()
    with step(2):
        await scene.run(limits.storage_export_share)
    with step(3):
        control = await scene.aim(limits.storage_target_share, export=None)
        await scene.reaches_target(control, limits.storage_target_share)
    with step(4):
        control = await scene.aim(limits.storage_target_share, export=limits.storage_export_share)
        await scene.carried_out(control, limits.storage_export_share)
