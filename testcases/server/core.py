"""Core function sets against a server under test (SunSpec CTP 1.3, chapter 6)."""

from conformance.face.authoring import der_settings, instant, quantity, require, test_case


@test_case(
    id="CORE-003",
    title="Polling interaction",
    subject="server",
    requirements=["CTP.CORE-003", "SEC.005", "SEC.032", "CTP.GENERAL.3"],
    flaws=["wrong_registration_pin", "stops_answering_polls", "wrong_lfdi"],
    duration=["server_poll_pause"],
    instructions=["register_device"],
)
async def core_003(server, pin, step, check, limits, clock):
    """A client finds itself, its groups and its programs by polling, again and again.

    Steps
        1. Walk from DeviceCapability to the EndDevice with the harness's own LFDI.
        2. Read its Registration and compare the PIN.
        3. Read the FunctionSetAssignmentsList and the DERProgramLists it leads to.
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
        assignments = await server.whole_list(
            require(own.link("FunctionSetAssignmentsListLink"), "the EndDevice has no FunctionSetAssignmentsListLink"),
            "FunctionSetAssignmentsList",
        )
        hrefs = [href for entry in assignments.entries if (href := entry.link("DERProgramListLink"))]
        program_lists = [await server.whole_list(href, "DERProgramList") for href in hrefs]
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
