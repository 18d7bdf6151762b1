"""Core function sets against a server under test (SunSpec CTP 1.3, chapter 6)."""

from conformance.face.authoring import (
    der_capability,
    der_settings,
    fifteen_groups,
    instant,
    quantity,
    require,
    test_case,
    topology_groups,
)

RATED_W, RATED_VA, SET_W = 5000, 5500, 4800
MODES = "00100000"
"""``modesSupported``: opModMaxLimW."""
PHOTOVOLTAIC = 4
"""``DERType``."""


async def assigned(server):
    """Return the FunctionSetAssignmentsList of the harness's own device, and the DERProgramLists it leads to."""
    _, own = await server.own_end_device()
    href = own.link("FunctionSetAssignmentsListLink") if own is not None else None
    if href is None:
        return None, []
    listing = await server.whole_list(href, "FunctionSetAssignmentsList")
    below = [link for entry in listing.entries if (link := entry.link("DERProgramListLink"))]
    return listing, [await server.whole_list(link, "DERProgramList") for link in below]


@test_case(
    id="CORE-003",
    title="Polling interaction",
    subject="server",
    requirements=["CTP.CORE-003", "SEC.005", "SEC.032", "CTP.GENERAL.3"],
    flaws=["asks_for_no_certificate", "wrong_registration_pin", "stops_answering_polls", "wrong_lfdi"],
    duration=["server_poll_pause"],
    instructions=["register_device", "create_groups", "remove_group"],
)
async def core_003(server, arrange, pin, step, check, limits, clock):
    """A client finds itself, its groups and its programs by polling, again and again.

    Steps
        1. Walk from DeviceCapability to the EndDevice with the harness's own LFDI.
        2. Read its Registration and compare the PIN.
        3. Read the FunctionSetAssignmentsList and the DERProgramLists it leads to; have some made if there are none.
        4. Poll DeviceCapability, EndDeviceList, FunctionSetAssignmentsList and DERProgramList once more.

    Passes when
        every GET is answered 200 with a valid body, the EndDevice and the PIN are the device's, and polling goes on.
    """
    with step(1):
        devices, own = await server.own_end_device()
        for page in devices.pages:
            check.answered(page.exchange, 200, requirement="CTP.CORE-003")
            check.schema_valid(page.exchange)
        found = f"{len(devices.entries)} EndDevices, {'one' if own is not None else 'none'} with it"
        check.that(
            own is not None, "SEC.005", f"an EndDevice with lFDI {server.lfdi}", found, [devices.pages[-1].exchange]
        )
        own = require(own, "the device is not registered on the server")
    with step(2):
        registration = await server.follow_from(own, "RegistrationLink")
        check.answered(registration.exchange, 200, requirement="CTP.CORE-003")
        check.schema_valid(registration.exchange)
        served_pin = registration.resource.integer("pIN")
        check.that(
            served_pin == pin,
            "SEC.032",
            "the declared PIN",
            "equal" if served_pin == pin else "another PIN",
            [registration.exchange],
        )
    with step(3):
        assignments, program_lists = await assigned(server)
        if not program_lists:
            await arrange.groups(*topology_groups(arrange.fixtures["F-TOPO1"]))
            assignments, program_lists = await assigned(server)
        assignments = require(assignments, "the EndDevice has no FunctionSetAssignmentsListLink")
        for page in (*assignments.pages, *(page for listing in program_lists for page in listing.pages)):
            check.answered(page.exchange, 200, requirement="CTP.CORE-003")
            check.schema_valid(page.exchange)
        check.that(bool(program_lists), "CTP.CORE-003", "at least one DERProgramList", f"{len(program_lists)}")
    with step(4):
        await clock.wait(limits.server_poll_pause.duration)
        dcap = await server.entry()
        check.answered(dcap.exchange, 200, requirement="CTP.CORE-003")
        for first in (devices, assignments, *program_lists):
            again = await server.get(first.pages[0].exchange.target, first.name)
            check.answered(again.exchange, 200, requirement="CTP.CORE-003")


@test_case(
    id="CORE-005",
    title="Served time is right and moves forward",
    subject="server",
    requirements=["TIME.001", "TIME.002", "TIME.008", "TIME.011", "CTP.GENERAL.3"],
    flaws=["clock_ahead", "clock_stands_still"],
    needs=["Time"],
    duration=["pause_between_time_readings"],
)
async def core_005(server, step, check, limits, clock):
    """A client can obey timed events only if the server's clock is right.

    Steps
        1. Follow TimeLink from DeviceCapability and read Time.
        2. Compare currentTime with the harness's clock.
        3. Wait a little and read Time again.

    Passes when
        both payloads are valid, the difference stays within the profile's limit (a server whose quality is 7 may keep a
        time of its own, which is warned of), and the second reading is later than the first.
    """
    with step(1):
        first = await server.follow("TimeLink")
        check.answered(first.exchange, 200, requirement="TIME.001")
        check.schema_valid(first.exchange)
    with step(2):
        seconds = require(first.resource.integer("currentTime"), "Time has no readable currentTime")
        coordinated = first.resource.integer("quality") != 7
        check.close_in_time(
            instant(seconds),
            first.received_at,
            within=limits.server_clock_error,
            requirement="TIME.002" if coordinated else "TIME.008",
            exchange=first.exchange,
        )
    with step(3):
        await clock.wait(limits.pause_between_time_readings.duration)
        second = await server.follow("TimeLink")
        check.schema_valid(second.exchange)
        later = require(second.resource.integer("currentTime"), "Time has no readable currentTime")
        check.that(
            later > seconds, "TIME.011", f"a time after {seconds}", f"{later}", [first.exchange, second.exchange]
        )


@test_case(
    id="CORE-009",
    title="Advanced EndDevice: DER resources can be updated",
    subject="server",
    requirements=["CTP.CORE-009", "CTP.GENERAL.3"],
    flaws=["refuses_put", "forgets_put"],
    needs=["DER"],
    instructions=["register_device"],
)
async def core_009(server, step, check, clock, policies):
    """The utility knows a device only by what the device was able to tell it.

    Steps
        1. Walk to the own EndDevice and its DERList.
        2. PUT a DERSettings.
        3. GET it again.
        4. PUT one with other values and GET that again.

    Passes when
        each PUT is accepted and each GET shows the values that were PUT.
    """
    with step(1):
        _, own = await server.own_end_device()
        own = require(own, "the device is not registered on the server")
        href = require(own.link("DERListLink"), "the EndDevice has no DERListLink")
        ders = await server.whole_list(href, "DERList")
        check.answered(ders.pages[0].exchange, 200, requirement="CTP.CORE-009")
        der = require(next(iter(ders.entries), None), "the DERList is empty")
        settings_href = require(der.link("DERSettingsLink"), "the DER has no DERSettingsLink")
    for steps, set_max_w in (((2, 3), 5000), ((4, 4), 4800)):
        with step(steps[0]):
            put = await server.put(settings_href, der_settings(clock.now(), set_max_w), "DERSettings")
            check.answered(put.exchange, 204, 200, 201, requirement="CTP.CORE-009", policy=policies["put_status"].name)
        with step(steps[1]):
            back = await server.get(settings_href, "DERSettings")
            check.answered(back.exchange, 200, requirement="CTP.CORE-009")
            check.schema_valid(back.exchange)
            watts = quantity(back.resource.child("setMaxW"))
            check.has_value(back.exchange, "setMaxW in W", watts, set_max_w, requirement="CTP.CORE-009")


@test_case(
    id="CORE-010",
    title="Function set assignments: seven programs of one group",
    subject="server",
    requirements=["CTP.CORE-010", "GEN.026", "CTP.GENERAL.2", "CTP.GENERAL.3"],
    flaws=["programs_out_of_order"],
    needs=["DER"],
    instructions=["create_groups", "remove_group"],
)
async def core_010(device, arrange, step):
    """A device obeys the levels of the grid above it, and takes the best program by the order of the list.

    Steps
        1. Have a group with a program for each of the seven levels made.
        2. Read the group, its Time and its programs.
        3. Read each program at its own address, with its DERControlList.

    Passes when
        all seven are served with the primacy that was arranged, the better first, and everything they link to is there.
    """
    (offer,) = topology_groups(arrange.fixtures["F-TOPO1"])
    with step(1):
        await arrange.groups(offer)
    with step(2):
        (group,) = await device.groups(offer)
        await device.read_link(group, "TimeLink")
        programs = await device.programs(group, *offer.programs)
        await device.lists_by_primacy(group)
    with step(3):
        for program in programs:
            href = require(program.node.href, "the DERProgram has no href")
            await device.read(href, "DERProgram")
            await device.lists_nothing(program)


@test_case(
    id="CORE-011",
    title="Fifteen function set assignments",
    subject="server",
    requirements=["CTP.CORE-011", "LIST.GROUPS", "CTP.GENERAL.2", "CTP.GENERAL.3"],
    flaws=["lists_six_assignments"],
    needs=["DER"],
    instructions=["create_groups", "remove_group"],
)
async def core_011(device, arrange, step):
    """A server may put a device into fifteen groups; one it leaves out takes its programs along.

    Steps
        1. Have fifteen groups made, of which three have a program.
        2. Read the FunctionSetAssignmentsList to its end.
        3. Read the programs of the three.

    Passes when
        all fifteen are listed, and the programs of those that have any are served as arranged. Another order than by
        falling mRID is warned of.
    """
    offers = fifteen_groups()
    with step(1):
        await arrange.groups(*offers)
    with step(2):
        groups = await device.groups(*offers)
        await device.lists_groups_in_order()
    with step(3):
        for group, offer in zip(groups, offers, strict=True):
            if offer.programs:
                await device.programs(group, *offer.programs)


@test_case(
    id="CORE-014",
    title="Basic DER settings, power generating",
    subject="server",
    requirements=["CTP.CORE-014", "CTP.GENERAL.2", "CTP.GENERAL.3"],
    flaws=["refuses_put", "forgets_put"],
    needs=["DER"],
    instructions=["register_device"],
)
async def core_014(server, device, step, check, policies, errata, clock):
    """Limits in percent mean nothing to a utility that does not hold the ratings they are of.

    Steps
        1. Walk to the own EndDevice and its DER.
        2. PUT a DERCapability.
        3. PUT DERSettings.
        4. GET both.

    Passes when
        each PUT is accepted and each GET shows the values that were PUT. Edition 1.2 does not ask what a GET shows.
    """
    with step(1):
        ders = await device.read_list(await device.own(), "DERListLink")
        der = require(next(iter(ders.entries), None), "the DERList is empty")
    with step(2):
        capability = require(der.link("DERCapabilityLink"), "the DER has no DERCapabilityLink")
        body = der_capability(RATED_W, RATED_VA, MODES, PHOTOVOLTAIC)
        put = await server.put(capability, body, "DERCapability")
        check.answered(put.exchange, 204, 200, 201, requirement="CTP.CORE-014", policy=policies["put_status"].name)
    with step(3):
        settings = require(der.link("DERSettingsLink"), "the DER has no DERSettingsLink")
        put = await server.put(settings, der_settings(clock.now(), SET_W), "DERSettings")
        check.answered(put.exchange, 204, 200, 201, requirement="CTP.CORE-014", policy=policies["put_status"].name)
    with step(4):
        if 23 not in errata:
            check.note("what was PUT is not compared with what a GET shows: edition 1.2 has no criterion for it")
            return
        back = await device.read(capability, "DERCapability")
        for name, wanted in (("rtgMaxW", RATED_W), ("rtgMaxVA", RATED_VA)):
            seen = quantity(back.resource.child(name))
            check.has_value(back.exchange, name, seen, wanted, requirement="CTP.CORE-014")
        shown = back.resource.hexadecimal("modesSupported") or "0"
        check.has_value(back.exchange, "modesSupported", shown.zfill(8), MODES, requirement="CTP.CORE-014")
        check.has_value(back.exchange, "type", back.resource.integer("type"), PHOTOVOLTAIC, requirement="CTP.CORE-014")
        back = await device.read(settings, "DERSettings")
        watts = quantity(back.resource.child("setMaxW"))
        check.has_value(back.exchange, "setMaxW", watts, SET_W, requirement="CTP.CORE-014")
