"""What a client under CSIP-AUS tells of itself: readings, capability, settings (public procedures ALL-06, ALL-09)."""

from conformance.face.authoring import (
    MIRRORED,
    aligned,
    carries_readings,
    enough_readings,
    intervals,
    mirrored_series,
    one_program,
    order,
    registered_last,
    require,
    response_in,
    test_case,
    told_modes,
    whole,
    whole_intervals,
)

AUS = "SA TS 5573 test definitions"
FIVE = ("site W", "site var", "DER W", "DER var", "V")
OWN_DOCUMENTS = ("DERCapability", "DERSettings", "DERStatus")


@test_case(
    id="METER-001",
    title="Individual readings of site and DER",
    subject="client",
    requirements=["AUS.ALL-06", "AUS.METER-SIGN", "CTP.GENERAL.3"],
    flaws=[
        "hard_coded_paths",
        "ignores_post_rate",
        "no_voltage_reading",
        "power_alone_goes_on",
        "readings_once",
        "readings_without_time",
        "swaps_role_flags",
        "freezes_readings",
        "swaps_units",
    ],
    needs=["MirrorUsagePoint"],
    origin=AUS,
    aliases=["ALL-06"],
    duration=["first_contact", "discovery", "aus_reading_watch"],
    instructions=["restart_client", "pulse_load"],
    values=[
        *("MirrorUsagePoint.readings", "Reading.timePeriod.alignment", "Reading.timePeriod.multiple"),
        *("MirrorMeterReading.accuracy", "MirrorMeterReading.accuracy_share"),
    ],
)
async def meter_001(utility, client, step, check, limits, clock, instruct):
    """Networks work out what a feeder can bear from what flows at each connection point and each DER.

    Steps
        1. Start the client, and wait for its first MirrorUsagePoint and its first readings.
        2. Have a load switched on beside the DER, so that its power and that of the site differ, and watch it report.
        3. Count the readings of each kind, under the exact roles, and look at their intervals, and at what flowed.

    Passes when
        active and reactive power of site and DER, and a voltage of either, each come often enough, over whole minutes,
        and every document is valid; and, where the plant is observed, active power is what flowed at that place.
    """
    registered_last(utility, client.lfdi, pin=client.pin, post_rate_s=limits.post_rate.count)
    one_program(utility, client.lfdi)
    with step(1):
        await client.start(within=limits.first_contact)
        first = await client.must_post("MirrorUsagePointList", limits.discovery, requirement="AUS.ALL-06")
        require(first, "the client posts no MirrorUsagePoint")
        await client.must_post(MIRRORED, limits.discovery, "AUS.ALL-06", carries_readings)
    with step(2):
        times = {"on_s": limits.meter_load_on.count, "off_s": limits.meter_pause.count}
        await instruct(order("pulse_load", power_w=limits.meter_load.count, lfdi=client.lfdi, **times))
        loaded = clock.now()
        await clock.wait(limits.aus_reading_watch.duration)
    with step(3):
        posts = (
            *client.exchanges("MirrorUsagePointList", "POST"),
            *client.exchanges("MirrorUsagePoint", "POST"),
        )
        check.true_averages(client.plant, posts, loaded, utility.ahead, limits)
        for post in posts:
            check.schema_valid(post)
        seen = intervals(posts)
        series = mirrored_series(posts)
        for kind in FIVE:
            check.judged("AUS.ALL-06", enough_readings(kind, series, limits.aus_readings.count))
        over_time, rate = whole_intervals([it for it in seen if it.length_s]), limits.post_rate.count
        told = f"{len(over_time)} readings over an interval"
        check.that(bool(over_time), "AUS.ALL-06", "averages, each with the interval it is over", told, posts)
        check.demands("Reading.timePeriod.alignment", lambda value: aligned(over_time, value.words, rate))
        check.demands("Reading.timePeriod.multiple", lambda value: whole(over_time, value.number, asked_s=rate))


@test_case(
    id="CLAIM-001",
    title="Capability and settings: power and limits",
    subject="client",
    requirements=["AUS.ALL-09", "AUS.DOE-BITS", "CTP.GENERAL.3"],
    flaws=[
        "hard_coded_paths",
        "invalid_settings",
        "never_puts_der",
        "skips_settings",
        "skips_status",
        "swaps_doe_bits",
    ],
    needs=["DER"],
    origin=AUS,
    aliases=["ALL-09"],
    duration=["first_contact", "discovery"],
    instructions=["restart_client"],
    values=["DERCapability.doeModesSupported", "DERSettings.doeModesEnabled", "csipaus.namespace", "csipaus"],
)
async def claim_001(utility, client, step, check, limits):
    """A network sends a device only the limits that it says it has.

    Steps
        1. Start the client, and wait for DERCapability, DERSettings and DERStatus.
        2. Look at the ratings, the settings, and the bits of the limits.

    Passes when
        all three are put and valid, the largest power is told by rating and setting, the bits of every limit that the
        profile wants of the declared DER are set, and no limit is switched on that the DER does not have.
    """
    registered_last(utility, client.lfdi, pin=client.pin)
    one_program(utility, client.lfdi)
    with step(1):
        await client.start(within=limits.first_contact)
        puts = [await client.must_put(kind, limits.discovery, requirement="AUS.ALL-09") for kind in OWN_DOCUMENTS]
        for put in filter(None, puts):
            check.schema_valid(put)
    with step(2):
        capability, settings = (require(put, "a document is missing") for put in puts[:2])
        check.has_elements(capability, response_in(capability), ["rtgMaxW", "doeModesSupported"], "AUS.ALL-09")
        check.has_elements(settings, response_in(settings), ["setMaxW", "doeModesEnabled"], "AUS.ALL-09")
        told_modes(check, capability, settings)
