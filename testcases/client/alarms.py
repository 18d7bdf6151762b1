"""Alarms of the DER behind a client under test (CSIP G31, G32, P45), which no procedure asks for."""

from conformance.face.authoring import (
    LOG_EVENT,
    logged,
    of_its_device,
    one_program,
    order,
    read,
    registered_last,
    require,
    test_case,
    to_its_own,
)


@test_case(
    id="ALARM-001",
    title="An alarm of the DER and its return to normal",
    subject="client",
    requirements=["P45", "G31", "G32", "LOG.004", "CTP.GENERAL.3"],
    flaws=[
        *("reports_no_alarms", "no_return_to_normal", "logs_once", "hard_coded_paths"),
        *("logs_without_clock", "reports_for_neighbour"),
    ],
    needs=["LogEvent"],
    origin="ours",
    duration=["first_contact", "discovery", "alarm_report", "alarm_report"],
    instructions=["restart_client", "raise_alarm", "clear_alarm"],
)
async def alarm_001(utility, client, step, check, limits, clock, instruct):
    """BASIC-027 asks for errors of the software; what a grid operator waits for are the alarms of the inverter.

    Steps
        1. Start the client and wait until it has read what hangs below its EndDevice.
        2. Have an alarm of the DER raised and wait for its LogEvent.
        3. Have the alarm ended and wait for the LogEvent of the return to normal.

    Passes when
        both are posted to its own list, valid, complete and dated when they happened, with function set 11: an even
        code of Table 14, then the odd one after it.
    """
    registered_last(utility, client.lfdi, pin=client.pin)
    one_program(utility, client.lfdi)
    with step(1):
        await client.start(within=limits.first_contact)
        kinds, its_own = ("DERList", "FunctionSetAssignmentsList"), of_its_device(client, utility)
        found = await client.must_get(kinds, limits.discovery, "P45", its_own)
        require(found, "the client reads nothing of its EndDevice")
    with step(2):
        own, begun = to_its_own(client, utility), clock.now()
        await instruct(order("raise_alarm", lfdi=client.lfdi))
        alarm = await client.must_post(
            "LogEventList",
            limits.alarm_report,
            "G31",
            lambda it: own(it) and any(event.is_alarm for event in logged([it])),
        )
        alarm = require(alarm, "the client posts no alarm")
        (event,) = logged([alarm])
    with step(3):
        await instruct(order("clear_alarm", lfdi=client.lfdi))
        normal = await client.must_post(
            "LogEventList",
            limits.alarm_report,
            "G32",
            lambda it: own(it) and any(after.ends(event) for after in logged([it])),
        )
        for post in filter(None, (alarm, normal)):
            check.schema_valid(post)
            check.has_elements(post, read(post.request_body), LOG_EVENT, requirement="LOG.004")
            check.dated([*logged([post])], 1, begun, limits.client_clock_error, "G32")
