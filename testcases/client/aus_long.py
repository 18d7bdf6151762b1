"""Three days on end of a client under CSIP-AUS (public procedure ALL-25-EXT): in virtual time, or if chosen."""

from conformance.face.authoring import A_DAY, DAYS, LongSchedule, only_if_chosen, require, test_case

AUS = "SA TS 5573 test definitions"


@test_case(
    id="LONG-001",
    title="Three days of controls at slow rates",
    subject="client",
    requirements=["AUS.ALL-25-EXT", "EVENT.002"],
    flaws=[
        "hard_coded_paths",
        "ignores_control",
        "ignores_export_limit",
        "ignores_import_limit",
        "ignores_server_time",
        "keeps_own_clock",
        "ignores_post_rate",
        "never_completes",
        "no_received_response",
        "polls_once",
        "readings_once",
        "starts_late",
    ],
    needs=["DER", "Response", "MirrorUsagePoint"],
    origin=AUS,
    aliases=["ALL-25-EXT"],
    duration=["first_contact", "long_watch", "long_lead"],
    instructions=["restart_client"],
)
async def long_001(utility, client, step, check, limits, clock):
    """What leaks, drifts or fills up shows on the third day.

    Steps
        1. Start the client, with every pollRate and postRate at an hour.
        2. Publish four controls of six hours on each of three days.
        3. Look at each of them, and at the readings.

    Passes when
        each control is read before its start, answered with 1, 2 and 3 and in force while it lasts, and readings of the
        site's power came hour by hour.
    """
    only_if_chosen(clock, limits.long_watch)
    scene = LongSchedule(utility, client, check, limits, clock)
    with step(1):
        await client.start(within=limits.first_contact)
        read = await client.seen("GET", ("DeviceCapability",), utility.now() + limits.discovery.duration)
        require(read, "the client reads no DeviceCapability")
    with step(2):
        controls = [control for day in range(DAYS) for control in await scene.day(day * A_DAY)]
    with step(3):
        await scene.followed(controls)
        scene.readings()
