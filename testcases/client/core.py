"""Core function sets of a client under test (SunSpec CTP 1.3, chapter 6)."""

from conformance.face.authoring import Cadence, one_program, registered_last, require, test_case

WALK = ("EndDeviceList", "Registration", "FunctionSetAssignmentsList", "DERProgramList")
DER_RESOURCES = ("DERCapability", "DERSettings", "DERStatus", "DERAvailability")


@test_case(
    id="CORE-003",
    title="Polling interaction",
    subject="client",
    requirements=["CTP.CORE-003", "P38"],
    flaws=["ignores_poll_rate", "polls_once", "hard_coded_paths"],
    duration=["first_contact", "polling_window"],
    instructions=["restart_client"],
)
async def core_003(utility, client, step, check, limits, clock):
    """A client that stops polling, or polls slowly, misses controls without anybody noticing.

    Steps
        1. Start the client and wait for its GET of DeviceCapability.
        2. Wait until it has walked to EndDeviceList, Registration, FunctionSetAssignmentsList and DERProgramList.
        3. Watch it poll for several periods, and the silence until the end of the window.

    Passes when
        the walk is complete, and each of the four lists and DeviceCapability is polled at its own pollRate to the end.
    """
    registered_last(utility, client.lfdi, pin=client.pin)
    one_program(utility, client.lfdi)
    with step(1):
        await client.start(within=limits.first_contact)
        dcap = await client.must_get("DeviceCapability", within=limits.first_contact, requirement="CTP.CORE-003")
        require(dcap, "the client does not read DeviceCapability")
    with step(2):
        for resource in WALK:
            await client.must_get(resource, within=limits.discovery, requirement="CTP.CORE-003")
    rates = {
        "DeviceCapability": limits.dcap_poll_rate,
        "EndDeviceList": limits.end_device_list_poll_rate,
        "FunctionSetAssignmentsList": limits.fsa_list_poll_rate,
        "DERProgramList": limits.program_list_poll_rate,
    }
    with step(3):
        await clock.wait(limits.polling_window.duration)
        until = clock.now()
        for resource, rate in rates.items():
            tolerance = limits.poll_tolerance.value + rate.value * limits.poll_tolerance_share.value / 100
            cadence = Cadence(f"GET {resource}", rate.value, tolerance, rate)
            check.kept_up(cadence, client.occurrences(resource), until, requirement="P38")


@test_case(
    id="CORE-009",
    title="Advanced EndDevice: DER resources are updated",
    subject="client",
    requirements=["CTP.CORE-009", "CTP.GENERAL.3"],
    flaws=["never_puts_der", "hard_coded_paths"],
    needs=["DER"],
    duration=["first_contact", "discovery"],
    instructions=["restart_client"],
)
async def core_009(utility, client, step, check, limits):
    """The utility knows a device only by what the device tells it.

    Steps
        1. Start the client and wait for its GET of its DERList.
        2. Wait for its PUT of DERCapability, DERSettings, DERStatus or DERAvailability.

    Passes when
        at least one of the four is PUT, valid, and accepted.
    """
    registered_last(utility, client.lfdi, pin=client.pin)
    one_program(utility, client.lfdi)
    with step(1):
        await client.start(within=limits.first_contact)
        await client.must_get("DERList", within=limits.discovery, requirement="CTP.CORE-009")
    with step(2):
        put = await client.must_put(DER_RESOURCES, within=limits.discovery, requirement="CTP.CORE-009")
        check.schema_valid(require(put, "the client PUT none of its DER resources"))


@test_case(
    id="CORE-014",
    title="Basic DER settings",
    subject="client",
    requirements=["CTP.CORE-014", "DER.026", "G28", "P43", "CTP.GENERAL.3"],
    flaws=["settings_above_rating", "skips_settings", "invalid_settings", "never_puts_der", "hard_coded_paths"],
    needs=["DER"],
    duration=["first_contact", "discovery"],
    instructions=["restart_client"],
)
async def core_014(utility, client, step, check, limits):
    """Ratings and settings tell the utility how much power a control can move.

    Steps
        1. Start the client and wait for its PUT of DERCapability.
        2. Wait for its PUT of DERSettings.
        3. Compare the settings with the ratings.

    Passes when
        both are PUT and valid, and every setting is within its rating.
    """
    registered_last(utility, client.lfdi, pin=client.pin)
    one_program(utility, client.lfdi)
    with step(1):
        await client.start(within=limits.first_contact)
        capability = await client.must_put("DERCapability", within=limits.discovery, requirement="G28")
        check.schema_valid(require(capability, "the client PUT no DERCapability"))
    with step(2):
        settings = await client.must_put("DERSettings", within=limits.discovery, requirement="G28")
        check.schema_valid(require(settings, "the client PUT no DERSettings"))
    with step(3):
        check.within_ratings(settings, capability, requirement="DER.026")
