"""What a client under CSIP-AUS tells of a DER that is switched by hand (public procedures ALL-07 and ALL-08)."""

from conformance.face.authoring import (
    CONNECTED,
    OFF,
    OPERATIONAL,
    connection_is,
    operation_is,
    order,
    require,
    test_case,
    with_one_default,
)

AUS = "SA TS 5573 test definitions"
STATUS_FLAWS = ("never_puts_der", "polls_once", "skips_status", "status_always_on")
DURATION = ("first_contact", "discovery", "switch_report", "switch_report")


@test_case(
    id="SWITCH-003",
    title="Disconnected and connected by hand",
    subject="client",
    requirements=["AUS.ALL-07"],
    flaws=STATUS_FLAWS,
    needs=["DER"],
    origin=AUS,
    aliases=["ALL-07"],
    duration=DURATION,
    instructions=["restart_client", "disconnect_der", "reconnect_der"],
)
async def switch_003(utility, client, step, limits, clock, instruct):
    """A network counts on every DER that says it is connected.

    Steps
        1. Start the client, and wait until its DERStatus shows it connected.
        2. Have the DER disconnected by hand, and wait for the DERStatus that shows it.
        3. Have it connected again, and wait for the DERStatus that shows it.

    Passes when
        both are shown in time; the procedure prints no time, so that of the harness counts.
    """
    await with_one_default(utility, client, limits)
    with step(1):
        await client.must_put("DERStatus", limits.switch_report, "AUS.ALL-07")
        until = clock.now() + limits.switch_report.duration
        put = await client.seen("PUT", ("DERStatus",), until, connection_is(CONNECTED, on=True))
        require(put, "the DER does not say that it is connected, so it cannot be disconnected")
    for number, (act, on) in enumerate((("disconnect_der", False), ("reconnect_der", True)), start=2):
        with step(number):
            since = clock.now()
            await instruct(order(act, lfdi=client.lfdi))
            shown = connection_is(CONNECTED, on=on, since=since)
            await client.must_put("DERStatus", limits.switch_report, "AUS.ALL-07", shown)


@test_case(
    id="SWITCH-004",
    title="Without its source of energy, and with it again",
    subject="client",
    requirements=["AUS.ALL-08"],
    flaws=STATUS_FLAWS,
    needs=["DER"],
    origin=AUS,
    aliases=["ALL-08"],
    duration=DURATION,
    instructions=["restart_client", "stop_source", "restore_source"],
)
async def switch_004(utility, client, step, limits, clock, instruct):
    """A DER without sun, wind or charge is off, and a network that knows it plans without it.

    Steps
        1. Start the client, and wait until its DERStatus shows it operational.
        2. Have its source of energy taken away, and wait for the DERStatus that shows it off.
        3. Have it restored, and wait for the DERStatus that shows it operational.

    Passes when
        both are shown in time; the procedure prints no time, so that of the harness counts.
    """
    await with_one_default(utility, client, limits)
    with step(1):
        await client.must_put("DERStatus", limits.switch_report, "AUS.ALL-08")
        until = clock.now() + limits.switch_report.duration
        put = await client.seen("PUT", ("DERStatus",), until, operation_is(OPERATIONAL))
        require(put, "the DER does not say that it is operational, so it cannot be stopped")
    for number, (act, mode) in enumerate((("stop_source", OFF), ("restore_source", OPERATIONAL)), start=2):
        with step(number):
            since = clock.now()
            await instruct(order(act, lfdi=client.lfdi))
            shown = operation_is(mode, since=since)
            await client.must_put("DERStatus", limits.switch_report, "AUS.ALL-08", shown)
