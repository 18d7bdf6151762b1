"""How often a client polls and posts, and how its readings lie in time: what handbooks ask for, beside CORE-003."""

from conformance.face.authoring import (
    IDLE,
    PaceWatch,
    one_program,
    order,
    registered_last,
    require,
    test_case,
)

LISTS = ("DeviceCapability", "EndDeviceList", "FunctionSetAssignmentsList", "DERProgramList")
POSTS = "MirrorUsagePoint"
AT_ITS_OWN_PACE = [
    *("DeviceCapability.pollRate", "Time.pollRate", "Time.pollRate_floor", "EndDeviceList.pollRate"),
    *("FunctionSetAssignmentsList.pollRate", "FunctionSetAssignmentsList.pollRate_floor"),
    *("DERProgramList.pollRate", "DERControlList.pollRate"),
    *("DefaultDERControl.pollRate", "DERList.pollRate", "MirrorUsagePointList.pollRate"),
]
OF_INTERVALS = [
    *("Reading.timePeriod.alignment", "Reading.timePeriod.multiple", "Reading.timePeriod.stamp"),
    "MirrorMeterReading.post_jitter",
]


@test_case(
    id="CADENCE-001",
    title="Polls where the server states no pollRate",
    subject="client",
    requirements=["G18", "G19", "TIME.009"],
    flaws=["polls_once", "ignores_poll_rate", "reads_default_once", "hard_coded_paths"],
    needs=["DER"],
    origin="ours",
    duration=["first_contact", "discovery", "cadence_window"],
    instructions=["restart_client"],
    values=AT_ITS_OWN_PACE,
)
async def cadence_001(utility, client, step, check, limits, clock, values):
    """A server need not say how often it wants to be asked; then the guide and the handbook do.

    Steps
        1. Start the client against a server that states no pollRate, and wait until it has read the controls.
        2. Watch it for several of its own periods, and the silence until the end of the window.

    Passes when
        each resource that the profile has a rate for is polled at it, at every address, to the end.
    """
    pace = PaceWatch(utility, client, check, limits, clock, values)
    pace.state(None)
    registered_last(utility, client.lfdi, pin=client.pin)
    one_program(utility, client.lfdi).program.set_default(IDLE)
    with step(1):
        await client.start(within=limits.first_contact)
        read = await client.must_get("DERControlList", within=limits.discovery, requirement="G18")
        require(read, "the client reads no DERControlList")
    with step(2):
        await clock.wait(limits.cadence_window.duration)
        pace.polls_as_demanded(until=clock.now())


@test_case(
    id="CADENCE-002",
    title="Posts where the server states no rate",
    subject="client",
    requirements=["G19", "P41"],
    flaws=["readings_once", "ignores_post_rate", "hard_coded_paths"],
    needs=["MirrorUsagePoint"],
    origin="ours",
    duration=["first_contact", "discovery", "cadence_window"],
    instructions=["restart_client"],
    values=["MirrorUsagePoint.postRate", "DERStatus.post_interval", "DERAvailability.post_interval"],
)
async def cadence_002(utility, client, step, check, limits, clock, values):
    """What a device tells of itself is worth something only if it keeps coming, of each meter and each DER.

    Steps
        1. Start the client against a server that states no postRate, and wait for its POST of a MirrorUsagePoint.
        2. Watch it for several of its own periods, and the silence until the end of the window.

    Passes when
        readings of each usage point are posted, and DERStatus and DERAvailability are put, as often as the profile
        asks for, to the end.
    """
    pace = PaceWatch(utility, client, check, limits, clock, values)
    pace.state(None)
    registered_last(utility, client.lfdi, pin=client.pin)
    one_program(utility, client.lfdi)
    with step(1):
        await client.start(within=limits.first_contact)
        made = await client.must_post("MirrorUsagePointList", within=limits.discovery, requirement="P41")
        require(made, "the client posts no MirrorUsagePoint")
    with step(2):
        await clock.wait(limits.cadence_window.duration)
        pace.posts_as_demanded(until=clock.now())


@test_case(
    id="RATES-001",
    title="A changed pollRate is followed, both ways",
    subject="client",
    requirements=["P38", "P38.CHANGE"],
    flaws=["keeps_first_poll_rate", "ignores_poll_rate", "polls_once", "hard_coded_paths"],
    origin="ours",
    aliases=["ALL-19", "ALL-20"],
    duration=["first_contact", "discovery", "slow_rate", "fast_watch", "fast_rate", "slow_watch"],
    instructions=["restart_client"],
)
async def rates_001(utility, client, step, check, limits, clock, values):
    """A utility speeds devices up for a test and slows them down for the night; both must reach them.

    Steps
        1. Start the client with a slow pollRate, and wait until it has walked through the lists.
        2. State a fast one, wait until the client has read that, and watch it poll.
        3. State the slow one again, wait until the client has read that, and watch it poll.

    Passes when
        each list is polled at the rate it states, from the reading of the change on. Faster than asked is noted. A
        client that does otherwise is warned of where the profile does not demand it.
    """
    pace = PaceWatch(utility, client, check, limits, clock, values)
    pace.state(limits.slow_rate, *LISTS)
    registered_last(utility, client.lfdi, pin=client.pin)
    one_program(utility, client.lfdi)
    with step(1):
        await client.start(within=limits.first_contact)
        for resource in LISTS:
            require(await client.must_get(resource, limits.discovery, "P38"), f"the client reads no {resource}")
    with step(2):
        await pace.polls_follow(limits.fast_rate, LISTS, limits.fast_watch, requirement="P38.CHANGE")
    with step(3):
        await pace.polls_follow(limits.slow_rate, LISTS, limits.slow_watch, requirement="P38.CHANGE")


@test_case(
    id="RATES-002",
    title="A changed postRate is followed, both ways",
    subject="client",
    requirements=["P42", "P42.CHANGE"],
    flaws=["keeps_first_post_rate", "ignores_post_rate", "polls_once", "readings_once", "hard_coded_paths"],
    needs=["MirrorUsagePoint"],
    origin="ours",
    aliases=["ALL-10"],
    duration=["first_contact", "slow_rate", "slow_rate", "fast_watch", "fast_rate", "slow_watch"],
    instructions=["restart_client"],
)
async def rates_002(utility, client, step, check, limits, clock, values):
    """Telemetry is dear: a utility asks for it often where it must, and seldom where it can.

    Steps
        1. Start the client with a slow postRate, and wait for its first readings.
        2. State a fast one, wait until the client has read that and posted once, and watch it post.
        3. State the slow one again, and do the same.

    Passes when
        readings of each usage point are posted at the rate it states, and never faster than the profile's floor. A
        client that does otherwise is warned of where the profile does not demand it.
    """
    pace = PaceWatch(utility, client, check, limits, clock, values)
    pace.state(limits.fast_rate, "MirrorUsagePointList")
    pace.state(limits.slow_rate, POSTS)
    registered_last(utility, client.lfdi, pin=client.pin)
    one_program(utility, client.lfdi)
    with step(1):
        await client.start(within=limits.first_contact)
        await pace.readings_posted("P42")
    with step(2):
        await pace.posts_follow(limits.fast_rate, limits.fast_watch, requirement="P42.CHANGE")
    with step(3):
        await pace.posts_follow(limits.slow_rate, limits.slow_watch, requirement="P42.CHANGE")


@test_case(
    id="ALIGNED-001",
    title="Intervals of readings lie where the profile wants them",
    subject="client",
    requirements=["P42"],
    flaws=["hard_coded_paths", "ignores_post_rate"],
    needs=["MirrorUsagePoint"],
    origin="ours",
    duration=["first_contact", "aligned_watch"],
    instructions=["restart_client"],
    values=OF_INTERVALS,
)
async def aligned_001(utility, client, step, check, limits, clock, values):
    """Averages of many sites can be added up only if all of them speak of the same five minutes.

    Steps
        1. Start the client and wait for its first readings.
        2. Watch it report for several intervals.

    Passes when
        the intervals of averages begin on the boundaries that the profile names, are as long as it wants and stamped as
        it wants, and are posted soon after they end.
    """
    pace = PaceWatch(utility, client, check, limits, clock, values)
    pace.state(limits.aligned_post_rate, POSTS)
    registered_last(utility, client.lfdi, pin=client.pin)
    one_program(utility, client.lfdi)
    with step(1):
        await client.start(within=limits.first_contact)
        await pace.readings_posted("P42")
    with step(2):
        await clock.wait(limits.aligned_watch.duration)
        pace.intervals_as_demanded(limits.aligned_post_rate)


@test_case(
    id="AVERAGE-001",
    title="Averages show the energy that flowed",
    subject="client",
    requirements=["P42"],
    flaws=[],
    needs=["MirrorUsagePoint"],
    origin="ours",
    duration=["first_contact", "discovery", "average_watch", "average_watch"],
    instructions=["restart_client", "pulse_load"],
    values=["MirrorMeterReading.method", "MirrorMeterReading.sample_interval"],
)
async def average_001(utility, client, step, check, limits, clock, values, instruct):
    """A meter that looks now and then reports what it happened to see; one that integrates reports what flowed.

    Steps
        1. Start the client and wait for its first readings.
        2. Have a load switched in pulses shorter than any sampling, and compare the averages with what flowed.
        3. Have it switched in pulses as long as the sampling that is allowed, and compare again.

    Passes when
        every average of the site's active power is the mean that flowed: by integration in step 2, by samples as often
        as the profile asks for in step 3.
    """
    pace = PaceWatch(utility, client, check, limits, clock, values)
    pace.state(limits.average_rate, POSTS)
    registered_last(utility, client.lfdi, pin=client.pin)
    one_program(utility, client.lfdi)
    load = {"power_w": limits.pulse_power.count, "lfdi": client.lfdi}
    with step(1):
        await client.start(within=limits.first_contact)
        await pace.readings_posted("P42")
    with step(2):
        await instruct(order("pulse_load", on_s=limits.pulse_on.count, off_s=limits.pulse_off.count, **load))
        since = clock.now()
        await clock.wait(limits.average_watch.duration)
        pace.averages_as_demanded("MirrorMeterReading.method", since, limits.pulse_power)
    with step(3):
        on_s = pace.sampling_s
        await instruct(order("pulse_load", on_s=on_s, off_s=on_s * limits.sampled_pulse_pauses.count, **load))
        since = clock.now()
        await clock.wait(limits.average_watch.duration)
        pace.averages_as_demanded("MirrorMeterReading.sample_interval", since, limits.pulse_power)
