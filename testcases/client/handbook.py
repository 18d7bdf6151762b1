"""What handbooks ask a client to tell of its DER: elements, modes, sums, states. Judged by the profile's values."""

from conformance.face.authoring import (
    charges,
    found_its_device,
    has_moved,
    has_put,
    one_program,
    order,
    put_of_der,
    registered_last,
    require,
    sent,
    test_case,
)

DELIVERING = {"opModFixedW": 8000}
"""In hundredths of a percent of what the site can inject."""
OPTIONAL = {"DERAvailability": "PUT", "LogEvent": "POST"}


async def discovered(utility, client, limits):
    """Offer one program, start the client and wait until it follows the links of its EndDevice."""
    registered_last(utility, client.lfdi, pin=client.pin)
    one_program(utility, client.lfdi)
    await client.start(within=limits.first_contact)
    require(await found_its_device(client, utility, limits.discovery), "the client does not follow its EndDevice")


@test_case(
    id="ELEMENTS-001",
    title="Elements of ratings and settings",
    subject="client",
    requirements=[],
    flaws=["reports_for_neighbour", "never_puts_der", "no_storage_ratings", "skips_settings"],
    needs=["DER"],
    origin="ours",
    duration=["first_contact", "discovery"],
    instructions=["restart_client"],
    values=["DERCapability.*", "DERSettings.*"],
)
async def elements_001(utility, client, step, check, limits):
    """Ratings and settings that are not told are guessed, and a fleet that is guessed at is not dispatched.

    Steps
        1. Start the client and wait until it follows the links of its EndDevice.
        2. Wait for its PUT of DERCapability and of DERSettings.
        3. Look at the elements of both, as they stand at the end.

    Passes when
        all elements that the profile requires for the kind of DER are there, and none that it forbids.
    """
    with step(1):
        await discovered(utility, client, limits)
    with step(2):
        await has_put(client, utility, ("DERCapability", "DERSettings"), limits.discovery)
    with step(3):
        for resource in ("DERCapability", "DERSettings"):
            check.elements(resource, put_of_der(client, utility, resource))


@test_case(
    id="ELEMENTS-002",
    title="Elements of the status",
    subject="client",
    requirements=[],
    flaws=[],
    needs=["DER"],
    origin="ours",
    duration=["first_contact", "discovery", "polling_window"],
    instructions=["restart_client"],
    values=["DERStatus.*"],
)
async def elements_002(utility, client, step, check, limits, clock):
    """What a utility wants to know of a DER at any time stands in its status, or it does not know it.

    Steps
        1. Start the client and wait until it follows the links of its EndDevice.
        2. Wait for its PUT of DERCapability, which tells the kind of DER, and of DERStatus.
        3. Watch it for a while, and look at the elements of the status as it stands at the end.

    Passes when
        all elements that the profile requires for the kind of DER are there, and none that it forbids.
    """
    with step(1):
        await discovered(utility, client, limits)
    with step(2):
        await has_put(client, utility, ("DERCapability", "DERStatus"), limits.discovery)
    with step(3):
        await clock.wait(limits.polling_window.duration)
        check.elements("DERStatus", put_of_der(client, utility, "DERStatus"))


@test_case(
    id="ELEMENTS-003",
    title="Elements of what need not be sent",
    subject="client",
    requirements=[],
    flaws=[],
    needs=["DER"],
    origin="ours",
    duration=["first_contact", "discovery", "alarm_report"],
    instructions=["restart_client", "raise_alarm"],
    values=["DERAvailability.*", "LogEvent.*"],
)
async def elements_003(utility, client, step, check, limits, clock, instruct):
    """What is sent although it need not be is used all the same, and so has to be complete.

    Steps
        1. Start the client and wait until it follows the links of its EndDevice.
        2. Have an alarm raised, and give the client time to post a LogEvent and to put DERAvailability.
        3. Look at the elements of both, if they came, and at their form.

    Passes when
        what came is valid, with all elements that the profile requires, and none that it forbids.
    """
    with step(1):
        await discovered(utility, client, limits)
    with step(2):
        await has_put(client, utility, ("DERStatus", "DERAvailability"), limits.discovery)
        await instruct(order("raise_alarm", lfdi=client.lfdi))
        await clock.wait(limits.alarm_report.duration)
    with step(3):
        for resource, kind in {"DERAvailability": "DERAvailability", "LogEvent": "LogEventList"}.items():
            came = sent(client, kind, OPTIONAL[resource])
            for exchange in client.exchanges(kind, OPTIONAL[resource]):
                check.schema_valid(exchange)
            check.elements(resource, came[-1:], must_write=False)


@test_case(
    id="MODES-001",
    title="Modes that a client declares",
    subject="client",
    requirements=[],
    flaws=["reports_for_neighbour", "never_puts_der", "swaps_doe_bits"],
    needs=["DER"],
    origin="ours",
    duration=["first_contact", "discovery"],
    instructions=["restart_client"],
    values=["DERControlBase.modes", "DERControlBase.*"],
)
async def modes_001(utility, client, step, check, limits):
    """A utility sends a DER only what it says that it obeys; a mode that is not claimed is never used.

    Steps
        1. Start the client and wait until it follows the links of its EndDevice.
        2. Wait for its PUT of DERCapability.
        3. Look at the modes in modesSupported, doeModesSupported and vppModesSupported, by the names of their bits.

    Passes when
        all modes that the profile requires for the kinds of DER are claimed, and none that it forbids.
    """
    with step(1):
        await discovered(utility, client, limits)
    with step(2):
        await has_put(client, utility, ("DERCapability",), limits.discovery)
    with step(3):
        check.modes_declared(put_of_der(client, utility, "DERCapability"))


@test_case(
    id="SUMS-001",
    title="Ratings and settings of several DER behind one EndDevice",
    subject="client",
    requirements=[],
    flaws=[],
    needs=["DER"],
    origin="ours",
    duration=["first_contact", "discovery"],
    instructions=["restart_client"],
    values=["DERSettings.aggregate"],
)
async def sums_001(utility, client, step, check, limits):
    """A site that tells the rating of one of its inverters is asked for a part of what it could do.

    Steps
        1. Start the client and wait until it follows the links of its EndDevice.
        2. Wait for its PUT of DERCapability and of DERSettings.
        3. Compare both with the ratings of the plant, all DER together, where the plant is observed.

    Passes when
        every rating and setting that the profile wants summed is the sum over all DER of the site.
    """
    with step(1):
        await discovered(utility, client, limits)
    with step(2):
        await has_put(client, utility, ("DERCapability", "DERSettings"), limits.discovery)
    with step(3):
        for resource in ("DERCapability", "DERSettings"):
            check.sums(put_of_der(client, utility, resource), client.plant, limits.sum_tolerance)


@test_case(
    id="SUMS-002",
    title="Status of several DER behind one EndDevice",
    subject="client",
    requirements=[],
    flaws=["status_always_on"],
    needs=["DER", "several_DER"],
    origin="ours",
    duration=["first_contact", "discovery", "switch_report", "switch_report", "switch_report"],
    instructions=["restart_client", "switch_first_der_off", "switch_all_der_off", "switch_all_der_on"],
    values=["DERStatus.aggregate"],
)
async def sums_002(utility, client, step, check, limits, clock, instruct):
    """A site is not off because one of its inverters is, and not on because nobody looked at the others.

    Steps
        1. Start the client and wait until it follows the links of its EndDevice.
        2. Have the first of its DER switched off, and look at the status that it has put after a while.
        3. Have all of them switched off, and look again.
        4. Have all of them switched on, and look again.

    Passes when
        the status tells of an operating site while any DER is on, and of one that is off when all are.
    """
    with step(1):
        await discovered(utility, client, limits)
        await has_put(client, utility, ("DERStatus",), limits.discovery)
    acts = {"switch_first_der_off": 1, "switch_all_der_off": 0, "switch_all_der_on": 2}
    for number, (act, on) in enumerate(acts.items(), start=2):
        with step(number):
            await instruct(order(act, lfdi=client.lfdi))
            before = len(client.exchanges("DERStatus", "PUT"))
            await clock.wait(limits.switch_report.duration)
            puts = client.exchanges("DERStatus", "PUT")[before:]
            check.operation(puts[-1] if puts else None, on, 2)


@test_case(
    id="CHARGE-001",
    title="The state of charge follows the battery",
    subject="client",
    requirements=[],
    flaws=[],
    needs=["DER"],
    origin="ours",
    duration=["first_contact", "discovery", "control_lead", "charge_watch"],
    instructions=["restart_client"],
    values=["DERStatus.stateOfChargeStatus"],
)
async def charge_001(utility, client, step, check, limits, clock):
    """Energy that is planned with must be there: a state of charge that stands still is worse than none.

    Steps
        1. Start the client and wait until it follows the links of its EndDevice.
        2. Publish a control by which the site delivers most of what it can, so that its storage discharges; a vehicle
           charges by itself.
        3. Compare each DERStatus that it puts meanwhile with the plant at that moment, where the plant is observed.

    Passes when
        stateOfChargeStatus is there, in hundredths of a percent, and goes with that of the battery or of the vehicle.
    """
    with step(1):
        await discovered(utility, client, limits)
        before = charges(client.plant)
    with step(2):
        lead, lasts = limits.control_lead.duration, limits.charge_watch.duration
        control = utility.programs[0].add_control(DELIVERING, starts_in=lead, duration=lasts, response_required=7)
    with step(3):
        seen = 0
        while put := await client.seen("PUT", ("DERStatus",), control.end, lambda it, after=seen: it.number > after):
            seen = put.number
            check.charge_tracks(put, client.plant, limits.charge_tolerance)
        require(seen, "the client PUT no DERStatus")
        moved = has_moved(before, charges(client.plant), limits.charge_tolerance.value)
        require(moved, "no state of charge of the plant changed: let a battery or a vehicle charge or discharge")


@test_case(
    id="FUNCTIONS-001",
    title="Log events",
    subject="client",
    requirements=[],
    flaws=["reports_no_alarms"],
    needs=["DER"],
    origin="ours",
    duration=["first_contact", "discovery", "alarm_report"],
    instructions=["restart_client", "raise_alarm"],
    values=["LogEvent"],
)
async def functions_001(utility, client, step, check, limits, clock, instruct):
    """Whether a contract includes log events is for the utility to say; a fault should tell itself then.

    Steps
        1. Start the client and wait until it follows the links of its EndDevice.
        2. Have an alarm raised, and give the client time to post a LogEvent.
        3. Look at what it posted.

    Passes when
        a LogEvent came where the profile requires them, and none where it forbids them; what came is valid.
    """
    with step(1):
        await discovered(utility, client, limits)
        await has_put(client, utility, ("DERStatus",), limits.discovery)
    with step(2):
        await instruct(order("raise_alarm", lfdi=client.lfdi))
        await clock.wait(limits.alarm_report.duration)
    with step(3):
        posts = client.exchanges("LogEventList", "POST")
        for post in posts:
            check.schema_valid(post)
        check.function_set("LogEvent", posts, "an alarm was raised")


@test_case(
    id="FUNCTIONS-002",
    title="Availability",
    subject="client",
    requirements=[],
    flaws=[],
    needs=["DER"],
    origin="ours",
    duration=["first_contact", "discovery"],
    instructions=["restart_client"],
    values=["DERAvailability"],
)
async def functions_002(utility, client, step, check, limits):
    """How much a DER could give now is known from DERAvailability alone, where a utility asks for it.

    Steps
        1. Start the client and wait until it follows the links of its EndDevice, among them to DERAvailability.
        2. Wait for its PUT of DERAvailability.

    Passes when
        DERAvailability came where the profile requires it, and not where it forbids it; what came is valid.
    """
    with step(1):
        await discovered(utility, client, limits)
    with step(2):
        await has_put(client, utility, ("DERAvailability",), limits.discovery)
        puts = client.exchanges("DERAvailability", "PUT")
        for put in puts:
            check.schema_valid(put)
        check.function_set("DERAvailability", puts, "the server links to it")
