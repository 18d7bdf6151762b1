"""Reporting of a client under test (SunSpec CTP 1.3, chapter 7, BASIC-027 to BASIC-029)."""

from conformance.face.authoring import (
    GENERAL,
    LOG_EVENT,
    QUANTITIES,
    Cadence,
    defined,
    logged,
    mirrored,
    occurrences,
    of_its_device,
    one_program,
    order,
    read,
    registered_last,
    require,
    response_in,
    status_elements,
    test_case,
    to_its_own,
)

MIRRORS = ("MirrorUsagePointList", "MirrorUsagePoint")
MADE = (201, 204)
"""Made, or known already from an earlier run of the client."""
FIRST_REFUSAL = 400


@test_case(
    id="BASIC-027",
    title="Alarms: errors of the software as log events",
    subject="client",
    requirements=["CTP.BASIC-027", "LOG.004", "LOG.006", "CTP.GENERAL.2", "CTP.GENERAL.3"],
    flaws=[
        *("logs_once", "logs_wrong_function_set", "hard_coded_paths"),
        *("logs_without_clock", "reports_for_neighbour", "wrong_media_type"),
    ],
    needs=["LogEvent"],
    duration=["first_contact", "discovery"],
    instructions=["restart_client", "raise_software_error"],
)
async def basic_027(utility, client, step, check, limits, clock, instruct):
    """A utility learns of trouble in the field only if devices tell of it, each time it happens.

    Steps
        1. Start the client and wait until it has read the EndDeviceList, which links to its LogEventList.
        2. Have an error of its software raised, and wait for the LogEvent; do so several times.
        3. Look at all log events.

    Passes when
        every error is posted to its own list as a valid LogEvent of function set 0, complete, accepted and dated when
        it happened, in the order of time.
    """
    registered_last(utility, client.lfdi, pin=client.pin)
    one_program(utility, client.lfdi)
    with step(1):
        await client.start(within=limits.first_contact)
        kinds, its_own = ("DERList", "FunctionSetAssignmentsList"), of_its_device(client, utility)
        found = await client.must_get(kinds, limits.discovery, "CTP.BASIC-027", its_own)
        require(found, "the client reads nothing of its EndDevice")
    with step(2):
        own, last, begun = to_its_own(client, utility), 0, clock.now()
        for _ in range(limits.log_events.count):
            await instruct(order("raise_software_error", lfdi=client.lfdi))
            post = await client.must_post(
                "LogEventList",
                limits.alarm_report,
                "CTP.BASIC-027",
                lambda it, after=last: own(it) and it.number > after,
            )
            last = require(post, "the client does not post every error").number
    with step(3):
        events = list(logged(filter(own, client.exchanges("LogEventList", "POST"))))
        require(events, "the client posts no LogEvent")
        for event in events:
            post = event.exchange
            check.schema_valid(post)
            check.sent_as(post, requirement="CTP.GENERAL.2")
            check.answered(post, 201, requirement="CTP.BASIC-027")
            check.has_elements(post, read(post.request_body), LOG_EVENT, requirement="LOG.004")
        general = [event for event in events if event.function_set == GENERAL]
        seen = ", ".join(event.told() for event in events)
        enough = len(general) >= limits.log_events.count
        check.that(
            enough, "LOG.006", f"{limits.log_events.count} events of function set 0", seen, policy="log_event_code"
        )
        check.dated(general, limits.log_events.count, begun, limits.client_clock_error, "LOG.004")
        moments = [event.created_s or 0 for event in general]
        check.that(moments == sorted(moments), "CTP.BASIC-027", "createdDateTime in the order of posting", str(moments))


@test_case(
    id="BASIC-028",
    title="Inverter status",
    subject="client",
    requirements=[
        *("CTP.BASIC-028", "G30", "P44", "STATUS.PRINTED", "STATUS.UPDATED", "CTP.GENERAL.3"),
        *("VAL", "VAL.BITMAP.CONNECTION", "CTP.GENERAL.2"),
    ],
    flaws=[
        *("skips_status", "status_without_connection", "never_puts_der", "hard_coded_paths"),
        *("reports_for_neighbour", "status_of_tomorrow", "wrong_media_type"),
    ],
    needs=["DER"],
    duration=["first_contact", "discovery", "polling_window"],
    instructions=["restart_client"],
)
async def basic_028(utility, client, step, check, limits, clock, policies):
    """Before and after a control a utility wants to know whether a device is on, connected and able.

    Steps
        1. Start the client and wait for its GET of its DERList.
        2. Wait for its PUT of DERStatus.
        3. Watch it for a while: the status is told again.

    Passes when
        DERStatus is PUT for its own DER, valid and accepted, has the elements of CSIP's Table 13 that fit the kind of
        DER, and a readingTime that is not to come. One that does not move is warned of.
    """
    registered_last(utility, client.lfdi, pin=client.pin)
    one_program(utility, client.lfdi)
    with step(1):
        await client.start(within=limits.first_contact)
        await client.must_get("DERList", within=limits.discovery, requirement="CTP.BASIC-028")
    with step(2):
        own = to_its_own(client, utility)
        put = await client.must_put("DERStatus", limits.discovery, "G30", own)
        put = require(put, "the client PUT no DERStatus")
        check.schema_valid(put)
        check.values(put)
        check.sent_as(put, requirement="CTP.GENERAL.2")
        check.answered(put, 204, 200, 201, requirement="CTP.BASIC-028", policy="put_status")
        capability = await client.seen("PUT", ("DERCapability",), clock.now() + limits.discovery.duration, own)
        kind = response_in(capability).integer("type") if capability and response_in(capability) else None
        wanted, status = status_elements(kind), require(response_in(put), "the DERStatus is no document")
        check.has_elements(put, status, wanted.must, requirement="P44")
        check.has_elements(put, status, wanted.printed, requirement="STATUS.PRINTED")
    with step(3):
        await clock.wait(limits.polling_window.duration)
        puts = [*filter(own, client.exchanges("DERStatus", "PUT"))]
        check.that(len(puts) > 1, "STATUS.UPDATED", "DERStatus again", f"{len(puts)} times", puts)
        check.read_by_then(puts, limits.client_clock_error, requirement="P44")
        check.read_anew(puts, limits.polling_window, requirement="STATUS.UPDATED")


@test_case(
    id="BASIC-029",
    title="Inverter meter reading",
    subject="client",
    requirements=[
        *("CTP.BASIC-029", "G23", "G25", "P41", "P42", "MUP.004", "MUP.005", "CTP.GENERAL.2", "CTP.GENERAL.3"),
        "VAL",
    ],
    flaws=[
        *("no_voltage_reading", "readings_once", "ignores_post_rate", "readings_without_time", "hard_coded_paths"),
        *("power_alone_goes_on", "readings_of_one_time", "wrong_media_type", "swaps_units"),
    ],
    needs=["MirrorUsagePoint"],
    duration=["first_contact", "discovery", "reporting_window"],
    instructions=["restart_client"],
)
async def basic_029(utility, client, step, check, errata, limits, clock):
    """A utility that does not see what its devices do cannot steer them.

    Steps
        1. Start the client and wait for its POST of a MirrorUsagePoint.
        2. Wait for its first POST of readings, to the usage point or with a usage point.
        3. Watch it report for several periods of postRate, and the silence until the end of the window.

    Passes when
        usage points and readings are valid and name the device, real power, reactive power, frequency and voltage are
        all defined and reported with a value and the time of its measurement, each at the cadence of postRate to the
        end. A frequency is one that a grid can have, and power, where the plant is observed, of a size that flowed.
        Edition 1.2 wants usage points to be defined without readings.
    """
    registered_last(utility, client.lfdi, pin=client.pin, post_rate_s=limits.post_rate.count)
    one_program(utility, client.lfdi)
    with step(1):
        await client.start(within=limits.first_contact)
        first = await client.must_post("MirrorUsagePointList", within=limits.discovery, requirement="P41")
        first = require(first, "the client posts no MirrorUsagePoint")
        check.answered(first, *MADE, requirement="CTP.BASIC-029")
    with step(2):
        reading = await client.must_post(
            MIRRORS, limits.discovery, "CTP.BASIC-029", lambda it: it.resource == MIRRORS[1] or bool(mirrored([it]))
        )
        require(reading, "the client posts no readings")
    with step(3):
        await clock.wait(limits.reporting_window.duration)
        until, definitions = clock.now(), client.exchanges("MirrorUsagePointList", "POST")
        posts = sorted((*definitions, *client.exchanges("MirrorUsagePoint", "POST")), key=lambda it: it.number)
        for post in posts:
            check.schema_valid(post)
            check.sent_as(post, requirement="CTP.GENERAL.2")
            check.values(post)
        for post in definitions:
            lfdi = require(response_in(post), "no document").hexadecimal("deviceLFDI")
            check.has_value(post, "deviceLFDI", lfdi, client.lfdi, requirement="MUP.005")
        check.all_quantities("a ReadingType", defined(posts), definitions, requirement="MUP.004")
        if 36 not in errata:
            early, expected = mirrored(definitions), "usage points that are defined without readings"
            check.that(
                not early, "CTP.BASIC-029", expected, f"{len(early)} readings", definitions, policy=errata.policy
            )
        readings_go_on(check, limits, posts, until)
        check.power_flowed(client.plant, posts, utility.ahead, limits, requirement="G23")
        check.frequency_told(posts, limits, requirement="G23")


def readings_go_on(check, limits, posts, until):
    """Judge that every quantity is reported at the cadence of postRate, each reading with the time of it."""
    readings = mirrored([post for post in posts if post.status is not None and post.status < FIRST_REFUSAL])
    check.all_quantities("a reading", [it.uom for it in readings], posts, requirement="G23")
    check.all_timed(readings, requirement="G25")
    check.times_move(readings, limits.reporting_window, limits.client_clock_error, requirement="G25")
    tolerance = limits.poll_tolerance.value + limits.post_rate.value * limits.poll_tolerance_share.value / 100
    for uom, name in QUANTITIES.items():
        cadence = Cadence(f"POST of readings of {name}", limits.post_rate.value, tolerance, limits.post_rate)
        if seen := occurrences(readings, uom):
            check.kept_up(cadence, seen, until, requirement="P42")
