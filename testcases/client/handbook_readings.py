"""What handbooks ask a client to measure, and how it names itself and its readings. Judged by the profile's values."""

from conformance.face.authoring import (
    MIRRORED,
    carries_readings,
    found_its_device,
    maker_of,
    mirrored_series,
    one_program,
    order,
    reading_word,
    registered_last,
    reports,
    require,
    test_case,
)

FREQUENCY = reading_word("Hz")


async def reporting(utility, client, limits):
    """Start the client with one program and the harness's post rate, and wait for its first readings."""
    registered_last(utility, client.lfdi, pin=client.pin, post_rate_s=limits.post_rate.count)
    one_program(utility, client.lfdi)
    await client.start(within=limits.first_contact)
    require(await found_its_device(client, utility, limits.discovery), "the client does not follow its EndDevice")
    return await client.seen("POST", MIRRORED, utility.now() + limits.discovery.duration, carries_readings)


def mirrored(client):
    """Return all that was mirrored so far, with what it was defined as."""
    posts = [*client.exchanges("MirrorUsagePointList", "POST"), *client.exchanges("MirrorUsagePoint", "POST")]
    posts += client.exchanges("MirrorUsagePoint", "PUT")
    return mirrored_series(sorted(posts, key=lambda it: it.number))


@test_case(
    id="READINGS-001",
    title="Readings that are required",
    subject="client",
    requirements=["G23"],
    flaws=["no_voltage_reading", "swaps_role_flags"],
    needs=["MirrorUsagePoint"],
    origin="ours",
    duration=["first_contact", "discovery", "reporting_window"],
    instructions=["restart_client"],
    values=["MirrorUsagePoint.readings", "ReadingType.dataQualifier"],
)
async def readings_001(utility, client, step, check, limits, clock):
    """Which quantities are measured, and where, is what handbooks differ in most; one too few, and a site is blind.

    Steps
        1. Start the client and wait for its first readings.
        2. Watch it report for several periods of postRate.
        3. Look for each reading that is required: its place by roleFlags, its unit, its phase, what it says it is; and
           compare the total power of a charging station with the sum of its phases, where the plant is observed.

    Passes when
        every reading that the profile requires of the kinds of DER came, and says to be what the profile wants.
    """
    with step(1):
        await reporting(utility, client, limits)
    with step(2):
        await clock.wait(limits.reporting_window.duration)
    with step(3):
        seen = mirrored(client)
        check.readings(seen)
        check.station_total(seen, client.plant, limits.sum_tolerance)


@test_case(
    id="READINGS-002",
    title="What cannot be measured is left out",
    subject="client",
    requirements=["G27"],
    flaws=["zero_for_unmeasured"],
    needs=["MirrorUsagePoint"],
    origin="ours",
    duration=["first_contact", "discovery", "reporting_window", "post_rate", "post_rate", "reporting_window"],
    instructions=["restart_client", "lose_frequency"],
    values=["MirrorMeterReading.unmeasured"],
)
async def readings_002(utility, client, step, check, limits, clock, instruct):
    """A zero that nobody measured goes into an average, and the average is wrong; a gap is seen to be one.

    Steps
        1. Start the client and wait for its first readings.
        2. Have its frequency made impossible to measure once it has told it, and let the interval under way pass.
        3. Watch it report for several periods of postRate: other readings still come.

    Passes when
        no reading of the frequency comes any more, neither a zero nor the last value again. What was measured before
        may come late.
    """
    with step(1):
        require(await reporting(utility, client, limits), "the client posts no readings")
        await clock.wait(limits.reporting_window.duration)
        told = any(one.uom == FREQUENCY.uom and one.values for one in mirrored(client))
        require(told, "the client tells no frequency that it could leave out")
    with step(2):
        await instruct(order("lose_frequency", lfdi=client.lfdi))
        await clock.wait(limits.post_rate.duration + limits.post_rate.duration)
        lost_at = clock.now()
    with step(3):
        await clock.wait(limits.reporting_window.duration)
        after = [it for one in mirrored(client) for it in one.values if it.at > lost_at]
        require(after, "the client posts no readings at all any more")
        check.left_out(mirrored(client), FREQUENCY, lost_at)


@test_case(
    id="IDENTIFIERS-001",
    title="LFDIs that a client writes",
    subject="client",
    requirements=["SEC.005"],
    flaws=["wrong_response_lfdi"],
    origin="ours",
    duration=["first_contact", "discovery", "control_lead", "control_duration"],
    instructions=["restart_client"],
    values=["EndDevice.lFDI.derivation", "EndDevice.lFDI.case", "EndDevice.lFDI.pen_base"],
)
async def identifiers_001(utility, client, step, check, limits):
    """Whoever is named wrongly in a usage point or a Response is somebody else to the utility.

    Steps
        1. Start the client with one control to answer, and wait for its first readings.
        2. Wait for its Response.
        3. Look at all LFDIs in what it sent: EndDevice, usage points, Responses.

    Passes when
        every LFDI comes about as the profile allows, and is written in the case that it asks for; those that an
        aggregator makes end in its maker's number as the profile wants it written, where that number is declared.
    """
    with step(1):
        await reporting(utility, client, limits)
    with step(2):
        program, lead = utility.programs[0], limits.control_lead.duration
        control = program.add_control(
            {"opModMaxLimW": 6000}, starts_in=lead, duration=limits.control_duration.duration, response_required=7
        )
        await client.seen("POST", ("ResponseList",), control.start)
    with step(3):
        sent = reports(client)
        require(sent, "the client sends nothing with an LFDI in it")
        check.lfdis(sent, client.lfdi)
        for exchange in sent:
            check.values(exchange, only="VAL.LFDI")


@test_case(
    id="IDENTIFIERS-002",
    title="mRIDs that a client makes",
    subject="client",
    requirements=[],
    flaws=[],
    needs=["MirrorUsagePoint"],
    origin="ours",
    duration=["first_contact", "discovery", "reporting_window"],
    instructions=["restart_client"],
    values=["mRID.pen_base", "mRID.unique", "mRID.form"],
)
async def identifiers_002(utility, client, step, check, limits, clock):
    """Two readings with one name overwrite each other, and a name without its maker's number may be anybody's.

    Steps
        1. Start the client and wait for its first readings.
        2. Watch it report for several periods of postRate.
        3. Look at the mRIDs of its usage points and of the readings it defined there.

    Passes when
        they end in the number of the client's maker as the profile wants it written, and no two things share one.
    """
    with step(1):
        await reporting(utility, client, limits)
    with step(2):
        await clock.wait(limits.reporting_window.duration)
    with step(3):
        check.mrids(reports(client), client.lfdi, maker_of(client))
