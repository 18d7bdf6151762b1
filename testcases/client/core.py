"""Core function sets of a client under test (SunSpec CTP 1.3, chapter 6)."""

from conformance.face.authoring import (
    STARTED,
    Cadence,
    EventWatch,
    Span,
    arrival,
    fifteen_assignments,
    instant,
    names,
    offer_topology,
    one_program,
    registered_last,
    require,
    response_in,
    test_case,
    to_its_own,
)

WALK = ("EndDeviceList", "Registration", "FunctionSetAssignmentsList", "DERProgramList")
EVENT_RULES = ("BASE.030", "EVENT.002", "RESPONSE.PROMPT", "CTP.GENERAL.3")
GROUPS = ("FunctionSetAssignmentsList", "FunctionSetAssignments")
RIVAL_MODES = {"best": {"opModMaxLimW": 6000}, "worse": {"opModMaxLimW": 5000}, "other": {"opModMaxLimW": 4000}}
MUST_BE_SHOWN = ("opModMaxLimW", "opModVoltWatt")
"""By edition 1.2. It names opModFixedVar and opModFixedPFInjectW too, but judges those only where they are claimed."""
PUT_ANSWERS = (204, 200, 201)
DER_RESOURCES = ("DERCapability", "DERSettings", "DERStatus", "DERAvailability")


@test_case(
    id="CORE-003",
    title="Polling interaction",
    subject="client",
    requirements=["CTP.CORE-003", "P34", "P38"],
    flaws=["ignores_poll_rate", "polls_once", "hard_coded_paths"],
    duration=["first_contact", "polling_window"],
    instructions=["restart_client"],
)
async def core_003(utility, client, step, check, limits, clock):
    """A client that stops polling, or polls slowly, misses controls without anybody noticing.

    Steps
        1. Start the client and wait for its GET of DeviceCapability.
        2. Wait until it has walked to EndDeviceList, Registration, FunctionSetAssignmentsList and DERProgramList.
        3. Watch it poll for several periods, and the silence until the end of the window.

    Passes when
        the walk is complete, and each of the four lists and DeviceCapability is polled at its own pollRate to the end.
    """
    registered_last(utility, client.lfdi, pin=client.pin)
    one_program(utility, client.lfdi)
    with step(1):
        await client.start(within=limits.first_contact)
        dcap = await client.must_get("DeviceCapability", within=limits.first_contact, requirement="CTP.CORE-003")
        require(dcap, "the client does not read DeviceCapability")
    with step(2):
        for resource in WALK:
            await client.must_get(resource, within=limits.discovery, requirement="CTP.CORE-003")
    rates = {
        "DeviceCapability": limits.dcap_poll_rate,
        "EndDeviceList": limits.end_device_list_poll_rate,
        "FunctionSetAssignmentsList": limits.fsa_list_poll_rate,
        "DERProgramList": limits.program_list_poll_rate,
    }
    with step(3):
        await clock.wait(limits.polling_window.duration)
        until = clock.now()
        for resource, rate in rates.items():
            tolerance = limits.poll_tolerance.value + rate.value * limits.poll_tolerance_share.value / 100
            cadence = Cadence(f"GET {resource}", rate.value, tolerance, rate)
            check.kept_up(cadence, client.occurrences(resource), until, requirement="P38")
        polls = client.occurrences("DERProgramList")
        check.that(len(polls) > 1, "P34", "GET DERProgramList again and again", f"{len(polls)} times")


@test_case(
    id="CORE-005",
    title="Basic time: the client follows the server's clock",
    subject="client",
    requirements=["CTP.CORE-005", "EVENT.031", "TIME.SPARING", *EVENT_RULES],
    flaws=[
        "hard_coded_paths",
        "ignores_control",
        "ignores_server_time",
        "keeps_own_clock",
        "never_completes",
        "no_received_response",
        "responds_early",
        "starts_late",
        "takes_local_time",
        "wrong_response_lfdi",
        "responses_without_clock",
    ],
    needs=["DER", "Response", "Time"],
    duration=["first_contact", "discovery", "control_lead", "control_duration", "response_deadline"],
    instructions=["restart_client"],
)
async def core_005(utility, client, step, check, limits, clock):
    """A fleet acts together only if every device goes by the server's clock, whatever its own one shows.

    Steps
        1. Start the client against a server whose clock, of quality 7, is ahead and whose local time is hours off, and
           wait for its GET of Time.
        2. Publish a control by that clock, wait until the client has read it, and for Response 1.
        3. Wait for Response 2 at the start, and compare the time it is dated with.
        4. Wait for Response 3 at the end, and look at the plant.
        5. Count the polls of Time.

    Passes when
        Time is read, and the control is carried out, started, answered and completed by the server's clock.
    """
    utility.ahead = limits.served_clock_ahead.duration
    utility.entrance.tz_offset_s = limits.served_tz_offset.count
    registered_last(utility, client.lfdi, pin=client.pin)
    program = one_program(utility, client.lfdi).program
    watch = EventWatch(utility, client, check, limits)
    with step(1):
        await client.start(within=limits.first_contact)
        control = publish(program, {"opModMaxLimW": 5000}, "the control", limits)
        time = await client.must_get("Time", within=limits.discovery, requirement="CTP.CORE-005")
        chosen = arrival(require(time, "the client does not read Time"))
    with step(2):
        await watch.received(control, await watch.read_before_start(control, requirement="CTP.CORE-005"))
    with step(3):
        started = require(await watch.started(control), "there is no Response 2 in time to take a date from")
        dated = response_in(started).integer("createdDateTime")
        if dated is not None:  # a Response may go without it; when it came has been judged already
            check.close_in_time(
                instant(dated),
                arrival(started) + utility.ahead,
                limits.client_clock_error,
                requirement="EVENT.031",
                exchange=started,
            )
    with step(4):
        await watch.completed(control)
        watch.effect(control)
    with step(5):
        again = [poll for poll in client.occurrences("Time") if poll.at > chosen + limits.time_choice.duration]
        expected = f"no second poll of Time within {limits.time_poll_rate.value:g} s"
        check.that(not again, "TIME.SPARING", expected, f"{len(again)} later polls")


@test_case(
    id="CORE-009",
    title="Advanced EndDevice: DER resources are updated",
    subject="client",
    requirements=["CTP.CORE-009", "P4", "CTP.GENERAL.2", "CTP.GENERAL.3"],
    flaws=["never_puts_der", "hard_coded_paths", "reports_for_neighbour", "wrong_media_type"],
    needs=["DER"],
    duration=["first_contact", "discovery"],
    instructions=["restart_client"],
)
async def core_009(utility, client, step, check, limits):
    """The utility knows a device only by what the device tells it.

    Steps
        1. Start the client and wait for its GET of its DERList.
        2. Wait for its PUT of DERCapability, DERSettings, DERStatus or DERAvailability.

    Passes when
        at least one of the four of its own DER is PUT, valid, and accepted.
    """
    registered_last(utility, client.lfdi, pin=client.pin)
    one_program(utility, client.lfdi)
    with step(1):
        await client.start(within=limits.first_contact)
        await client.must_get("DERList", within=limits.discovery, requirement="CTP.CORE-009")
    with step(2):
        own = to_its_own(client, utility)
        put = await client.must_put(DER_RESOURCES, limits.discovery, "P4", own)
        put = require(put, "the client PUT none of its DER resources")
        check.schema_valid(put)
        check.sent_as(put, requirement="CTP.GENERAL.2")
        check.answered(put, *PUT_ANSWERS, requirement="CTP.CORE-009", policy="put_status")


@test_case(
    id="CORE-010",
    title="Function set assignments: seven programs",
    subject="client",
    requirements=["CTP.CORE-010", "P38"],
    flaws=["hard_coded_paths", "ignores_paging", "ignores_poll_rate", "polls_once"],
    needs=["DER"],
    duration=["first_contact", "discovery", "acquisition_watch"],
    instructions=["restart_client"],
)
async def core_010(utility, client, step, check, limits, clock):
    """Each level of the grid speaks through a program of its own; a client that misses one misses its controls.

    Steps
        1. Start the client and wait until it has read its FunctionSetAssignmentsList.
        2. Wait until it has read all seven programs.
        3. Watch it for two more minutes.

    Passes when
        all seven programs are read with success, and the DERProgramList is polled to the end.
    """
    programs = offer_topology(utility, registered_last(utility, client.lfdi, pin=client.pin), "F-TOPO1")
    with step(1):
        await client.start(within=limits.first_contact)
        fsa = await client.must_get("FunctionSetAssignmentsList", limits.discovery, requirement="CTP.CORE-010")
        require(fsa, "the client does not read its FunctionSetAssignmentsList")
    with step(2):
        for program in programs:
            await client.must_get(
                ("DERProgramList", "DERProgram"), limits.discovery, requirement="CTP.CORE-010", matching=names(program)
            )
    with step(3):
        await clock.wait(limits.acquisition_watch.duration)
        rate = limits.program_list_poll_rate
        tolerance = limits.poll_tolerance.value + rate.value * limits.poll_tolerance_share.value / 100
        cadence = Cadence("GET DERProgramList", rate.value, tolerance, rate)
        check.kept_up(cadence, client.occurrences("DERProgramList"), clock.now(), requirement="P38")


@test_case(
    id="CORE-011",
    title="Advanced function set assignments: fifteen of them",
    subject="client",
    requirements=["CTP.CORE-011", "P27", "BASE.074-076", "G13", "DER.005", *EVENT_RULES],
    flaws=[
        "hard_coded_paths",
        "ignores_control",
        "ignores_default",
        "ignores_paging",
        "ignores_primacy",
        "moves_on_receipt",
        "never_completes",
        "no_received_response",
        "responds_early",
        "starts_late",
        "takes_worse_default",
        "wrong_response_lfdi",
        "responses_without_clock",
    ],
    needs=["DER", "Response"],
    duration=["first_contact", "discovery", "control_lead", "control_duration", "response_deadline"],
    instructions=["restart_client"],
)
async def core_011(utility, client, step, check, limits, clock):
    """A device may belong to many groups, and only the right one of them says what it is to do.

    Steps
        1. Start the client, publish controls of one time in three programs, and wait until it has read all
           fifteen assignments.
        2. Wait until it has read the control of the best program, and for Response 1.
        3. Wait for Responses 2 and 3.
        4. Look at what became of the controls of the other programs, and at the plant.

    Passes when
        all fifteen assignments are read, the control of the best program is carried out, and no other one is. Of two
        programs of one primacy the default of the one with the larger mRID holds.
    """
    programs = fifteen_assignments(utility, registered_last(utility, client.lfdi, pin=client.pin))
    default = programs["best"].set_default({"opModMaxLimW": 9000})
    twin = programs["twin"].set_default({"opModMaxLimW": 8500})
    watch = EventWatch(utility, client, check, limits)
    with step(1):
        await client.start(within=limits.first_contact)
        best, *rivals = [publish(programs[name], modes, name, limits) for name, modes in RIVAL_MODES.items()]
        for group in utility.assignments:
            await client.must_get(GROUPS, within=limits.discovery, requirement="P27", matching=names(group))
    with step(2):
        held = await watch.read_before_start(best, requirement="CTP.CORE-011")
        await watch.received(best, held)
    with step(3):
        await watch.started(best)
        await watch.completed(best)
    with step(4):
        watch.effect(best)
        watch.idle(default, arrival(held), watch.before(best), "the time before the control")
        known = Span(arrival(held) + limits.plant_settling.duration, clock.now(), "the time after both are read")
        check.never_in_force(client.plant, twin.modes, known, requirement="BASE.074-076")
        for rival in rivals:
            begun = STARTED in client.statuses(rival)
            seen = "started" if begun else "not started"
            check.that(not begun, "G13", f"the control of the program {rival.description} does not start", seen)
            watch.no_effect(rival, arrival(held), clock.now())


@test_case(
    id="CORE-014",
    title="Basic DER settings",
    subject="client",
    requirements=["CTP.CORE-014", "VAL", "VAL.DER.WITHIN_RATING", "VAL.DER.VAR_SIGN", "G28", "P43", "CTP.GENERAL.3"],
    flaws=[
        *("settings_above_rating", "skips_settings", "invalid_settings", "never_puts_der", "hard_coded_paths"),
        "reports_for_neighbour",
    ],
    needs=["DER"],
    duration=["first_contact", "discovery"],
    instructions=["restart_client"],
)
async def core_014(utility, client, step, check, errata, limits):
    """Ratings and settings tell the utility how much power a control can move.

    Steps
        1. Start the client and wait for its PUT of DERCapability.
        2. Wait for its PUT of DERSettings.
        3. Compare the settings with the ratings, and put the value rules to both.

    Passes when
        both are PUT for its own DER, valid and accepted, power is rated, and so is reactive power or power factor where
        a fixed one is claimed; every setting is within its rating, and no value breaks a rule. By edition 1.2 a DER
        that generates must also show in modesSupported that its power can be limited, and made to follow the voltage.
    """
    registered_last(utility, client.lfdi, pin=client.pin)
    one_program(utility, client.lfdi)
    with step(1):
        await client.start(within=limits.first_contact)
        own = to_its_own(client, utility)
        capability = await client.must_put("DERCapability", limits.discovery, "G28", own)
        check.schema_valid(require(capability, "the client PUT no DERCapability"))
    with step(2):
        settings = await client.must_put("DERSettings", limits.discovery, "G28", own)
        check.schema_valid(require(settings, "the client PUT no DERSettings"))
        for put in (capability, settings):
            check.answered(put, *PUT_ANSWERS, requirement="CTP.CORE-014", policy="put_status")
    with step(3):
        check.rated(capability, requirement="G28")
        check.claims_rated(capability, requirement="P43")
        check.within_ratings(settings, capability)
        check.values(capability)
        check.values(settings)
        if 39 not in errata:
            check.claims_if_generating(capability, MUST_BE_SHOWN, requirement="CTP.CORE-014", policy=errata.policy)


def publish(program, modes, name, limits):
    """Publish a control that asks for every Response."""
    return program.add_control(
        modes,
        starts_in=limits.control_lead.duration,
        duration=limits.control_duration.duration,
        response_required=7,
        description=name,
    )
