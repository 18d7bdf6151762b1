"""What a device reports to a server under test: alarms, status, readings (SunSpec CTP 1.3, chapter 7)."""

from conformance.face.authoring import (
    DOCUMENTATION_PEN,
    HERTZ,
    VAR,
    VOLT,
    WATT,
    csip_quantities,
    der_status,
    location_of,
    log_event,
    mirror_reading,
    mirror_usage_point,
    mirrors_as_posted,
    new_mrid,
    read,
    require,
    test_case,
)

GENERATOR = {
    "genConnectStatus": "01",
    "inverterStatus": 4,
    "localControlModeStatus": 1,
    "manufacturerStatus": "OK",
    "operationalModeStatus": 2,
}
"""Connected, in normal operation, under remote control, operating."""
STORAGE = {
    "localControlModeStatus": 1,
    "manufacturerStatus": "CHARGE",
    "operationalModeStatus": 2,
    "stateOfChargeStatus": 6500,
    "storageModeStatus": 0,
    "storConnectStatus": "01",
}
"""Charging at 65 %."""
EVENT_PARTS = ("createdDateTime", "functionSet", "logEventCode", "logEventID", "logEventPEN", "profileID")
VALUES = {WATT: 4200, VAR: -300, HERTZ: 6001, VOLT: 2402}


def told_of_event(node):
    """Return what a LogEvent tells."""
    return tuple(node.integer(name) for name in EVENT_PARTS)


@test_case(
    id="BASIC-027",
    title="Alarms",
    subject="server",
    requirements=["CTP.BASIC-027", "LOG.002", "LOG.003", "GEN.040", "CTP.GENERAL.3"],
    flaws=[
        "loses_log_events",
        "log_events_oldest_first",
        "created_without_location",
        "log_event_misplaced",
        "changes_log_events",
    ],
    needs=["LogEvent"],
    duration=["log_pauses"],
    instructions=["register_device"],
)
async def basic_027(server, device, step, check, limits, clock):
    """An operator looks at the newest alarm first, and must not lose the ones before it.

    Steps
        1. Find the own EndDevice's LogEventList.
        2. POST five log events, one after the other.
        3. Read the list with l=255, to its end.

    Passes when
        each POST is answered 201 with a place, the newest stands at its place, and the list shows all five as they were
        posted, the newest first.
    """
    with step(1):
        href = require((await device.own()).link("LogEventListLink"), "the EndDevice has no LogEventListLink")
    sent = []
    with step(2):
        for number in range(1, limits.log_events.count + 1):
            event = log_event(clock.now(), number, DOCUMENTATION_PEN)
            sent.append(told_of_event(read(event)))
            posted = await server.post(href, event, "LogEventList")
            if check.answered(posted.exchange, 201, requirement="CTP.BASIC-027"):
                check.has_location(posted.exchange, requirement="GEN.040")
            await clock.wait(limits.log_pause.duration)
        if place := location_of(posted):
            newest = await server.get(place, "LogEvent")
            check.answered(newest.exchange, 200, requirement="GEN.040")
    with step(3):
        listing = await server.whole_list(href, "LogEventList", limits.largest_page.count)
        pages = [page.exchange for page in listing.pages]
        for page in pages:
            check.answered(page, 200, requirement="CTP.BASIC-027")
            check.schema_valid(page)
        shown = [told_of_event(entry) for entry in listing.entries]
        kept = [event for event in sent if event in shown]
        check.that(len(kept) == len(sent), "LOG.002", f"all {len(sent)} events in the list", f"{len(kept)}", pages)
        moments = [entry.integer("createdDateTime") or 0 for entry in listing.entries]
        newest_first = moments == sorted(moments, reverse=True)
        check.that(newest_first, "LOG.003", "the newest event first", f"{moments[:8]}", pages)


@test_case(
    id="BASIC-028",
    title="Inverter status",
    subject="server",
    requirements=["CTP.BASIC-028", "CTP.GENERAL.2", "CTP.GENERAL.3"],
    flaws=["refuses_put", "forgets_put"],
    needs=["DER"],
    instructions=["register_device"],
)
async def basic_028(server, device, step, check, policies, clock):
    """Whether an inverter is connected at all is known only from its status.

    Steps
        1. Walk to the own EndDevice's DER.
        2. PUT a DERStatus of a generator, and GET it.
        3. PUT one of a storage, and GET it.

    Passes when
        each PUT is accepted, and each GET shows the values that were PUT.
    """
    with step(1):
        ders = await device.read_list(await device.own(), "DERListLink")
        der = require(next(iter(ders.entries), None), "the DERList is empty")
        href = require(der.link("DERStatusLink"), "the DER has no DERStatusLink")
    for number, parts in ((2, GENERATOR), (3, STORAGE)):
        with step(number):
            now = clock.now()
            put = await server.put(href, der_status(now, parts), "DERStatus")
            check.answered(put.exchange, 204, 200, 201, requirement="CTP.BASIC-028", policy=policies["put_status"].name)
            back = await device.read(href, "DERStatus")
            read_at = back.resource.integer("readingTime")
            check.has_value(back.exchange, "readingTime", read_at, int(now.timestamp()), requirement="CTP.BASIC-028")
            for name, wanted in parts.items():
                child = back.resource.child(name)
                seen = child.text("value") if child is not None else None
                check.has_value(back.exchange, name, seen, str(wanted), requirement="CTP.BASIC-028")


@test_case(
    id="BASIC-029",
    title="Inverter meter reading",
    subject="server",
    requirements=["CTP.BASIC-029", "MUP.001", "MUP.006", "MUP.RATE", "GEN.040", "CTP.GENERAL.2", "CTP.GENERAL.3"],
    flaws=[
        "asks_for_no_certificate",
        "refuses_mirrors",
        "changes_readings",
        "changes_reading_types",
        "no_post_rate",
        "created_without_location",
    ],
    needs=["MirrorUsagePoint"],
    instructions=["register_device"],
)
async def basic_029(server, device, step, check, limits, policies, clock):
    """What a device measures is only of use if it arrives unchanged.

    Steps
        1. POST a MirrorUsagePoint that defines real power, reactive power, frequency and voltage.
        2. GET it and look for its postRate.
        3. POST a reading of each quantity.
        4. GET it again and compare the readings.

    Passes when
        the usage point is taken with 201 and a place, shows a postRate, takes the readings, and shows their values and,
        as far as it shows them, their types and intervals as they were posted.
    """
    quantities = csip_quantities(DOCUMENTATION_PEN)
    with step(1):
        dcap = await server.entry()
        href = require(dcap.resource.link("MirrorUsagePointListLink"), "there is no MirrorUsagePointListLink")
        body = mirror_usage_point(new_mrid(DOCUMENTATION_PEN), server.lfdi, list(quantities.values()))
        posted = await server.post(href, body, "MirrorUsagePointList")
        require(check.answered(posted.exchange, 201, requirement="MUP.001"), "the usage point was not taken")
        check.has_location(posted.exchange, requirement="GEN.040")
        place = require(location_of(posted), "the answer has no Location")
    with step(2):
        point = await device.read(place, "MirrorUsagePoint")
        rate = point.resource.integer("postRate")
        check.that(rate is not None, "MUP.RATE", "a postRate", f"{rate}", [point.exchange])
    posts = [posted.exchange]
    with step(3):
        for uom, quantity in quantities.items():
            reading = mirror_reading(quantity, VALUES[uom], clock.now(), limits.post_rate.count)
            answer = await server.post(place, reading, "MirrorUsagePoint")
            policy = policies["readings_post_status"].name
            check.answered(answer.exchange, 204, 201, requirement="CTP.BASIC-029", policy=policy)
            posts.append(answer.exchange)
    with step(4):
        point = await device.read(place, "MirrorUsagePoint")
        for uom, quantity in quantities.items():
            check.reads_back(point.exchange, point.resource, quantity.mrid, VALUES[uom], requirement="MUP.006")
        check.judged("MUP.006", mirrors_as_posted(posts, point.exchange))
