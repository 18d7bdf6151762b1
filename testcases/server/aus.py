"""CSIP-AUS on a server under test: limits, storage targets, the connection point, what devices tell, versions.

What the public server definitions of SA TS 5573 ask, by cases of our own; the ids of the definitions are aliases.
"""

from conformance.face.authoring import (
    COMMISSIONING,
    DOCUMENTATION_PEN,
    FIRST_TOLD,
    LIMIT_CONTROLS,
    LIMIT_DEFAULTS,
    LIMITS,
    NOT_VALID,
    SECOND_TOLD,
    STORAGE_TARGETS,
    TARGETS,
    WATT,
    WELL_KNOWN,
    GroupOffer,
    another_networks_id,
    capability,
    connection_point,
    control_for,
    control_response,
    csip_quantities,
    der_status,
    devices_seen,
    echoes,
    extension_elements,
    has_reason,
    in_namespace,
    kept,
    location_of,
    mirror_reading,
    mirror_usage_point,
    mode_of,
    new_mrid,
    own_ids,
    poll_rates,
    programs_for,
    programs_seen,
    quantity,
    register,
    require,
    settings,
    test_case,
    unseen,
    versions_in,
    was_taken,
)

INSTRUCTIONS = ["create_groups", "create_controls", "remove_group"]
REFUSED = range(400, 500)
JSON = (("Accept", "application/json"),)
CONNECTIONS = (7, 6, 7, 5, 7, 3, 7)
"""``genConnectStatus``: connected, available and operating, and then each of them missing once."""
SITE_ROLES, DER_ROLES = "0003", "0049"
"""``roleFlags`` of the connection point and of a DER behind a submeter."""
AVERAGE = 2
"""``dataQualifier`` of an average."""
READING = 4200
TOO_LARGE_W = 3 * 10**15
RESERVED = 200
"""A status of a Response that the standard keeps for later."""
FULL = 10000
NO_LFDI = "Z" * 40
RATES_AT_FIRST = {
    **dict.fromkeys(("DeviceCapability", "EndDeviceList", "FunctionSetAssignmentsList"), 300),
    **dict.fromkeys(("DERProgramList", "DERList", "MirrorUsagePointList"), 60),
}
RATES_THEN = {
    **dict.fromkeys(("DeviceCapability", "EndDeviceList", "FunctionSetAssignmentsList"), 60),
    **dict.fromkeys(("DERProgramList", "DERList", "MirrorUsagePointList"), 120),
}
POST_RATES = (60, 300)


def judged_default(check, reading):
    """Judge the export limit of the first default; a site without an approval on record is given 0 W."""
    shown = quantity(mode_of(reading.resource, "opModExpLimW"))
    told, judged = "no export limit" if shown is None else f"{shown} W", [reading.exchange]
    check.demands(
        "DefaultDERControl.opModExpLimW",
        lambda value: kept(value, shown in (0, value.number), told, judged),
        phase=COMMISSIONING,
    )


async def mirrored(server, quantities, roles, mrid=""):
    """POST a MirrorUsagePoint with averages of some quantities."""
    dcap = await server.entry()
    href = require(dcap.resource.link("MirrorUsagePointListLink"), "there is no MirrorUsagePointListLink")
    body = mirror_usage_point(mrid or new_mrid(DOCUMENTATION_PEN), server.lfdi, quantities, roles, AVERAGE)
    return await server.post(href, body, "MirrorUsagePointList")


def turned_away(check, requirement, answer, what):
    """Judge that something was refused with a 4xx."""
    status = require(answer.exchange.status, "there was no answer")
    check.that(status in REFUSED, requirement, f"{what} refused", f"{status}", [answer.exchange])


async def published_one(device, arrange, limits):
    """Have one control published in a program of its own, and read it."""
    group = GroupOffer(name="Answers", programs=programs_for({"Answered": None}))
    await device.set_clock()
    await arrange.groups(group)
    (program,) = await device.programs_of(group)
    modes = {"opModMaxLimW": FULL}
    offer = control_for("Answered", modes, limits.control_lead.duration, limits.event_minute.duration)
    await arrange.controls(program.offer, offer)
    (held,) = await device.receive(program, offer)
    return held


async def served_as_arranged(offers, name, device, arrange, step, check, limits):
    """Have controls made, a program for each; read them, judge their modes and namespaces, and see them run."""
    minute, lead = limits.event_minute.duration, limits.control_lead.duration
    with step(1):
        await device.set_clock()
        group = GroupOffer(name=name, programs=programs_for(offers))
        await arrange.groups(group)
        programs = await device.programs_of(group)
    held = []
    with step(2):
        for program in programs:
            offer = control_for(program.offer.name, offers[program.offer.name], lead, minute)
            await arrange.controls(program.offer, offer)
            held += await device.receive(program, offer)
        for one in held:
            added = [mode for mode in one.offer.modes if mode in (*LIMITS, *TARGETS)]
            shown = [mode_of(one.node, mode) for mode in added]
            number = one.sightings[0].exchange
            check.demands("csipaus.namespace", lambda value, nodes=shown, at=number: in_namespace(value, nodes, at))
    with step(3):
        await device.obey(*held)
        device.judge(*held)
    return held


NOT_KNOWN_THERE = "a made-up id of this network is refused: the server may know the ids of real sites alone"


@test_case(
    id="LIMITS-001",
    title="Limits by controls",
    subject="server",
    requirements=["DER.CONTROL", "EVENT.STATE", "EVENT.STATE.TIME", "BASE.REPLY", "BASE.RESPONSES", "CTP.GENERAL.3"],
    flaws=[
        "changes_control_values",
        "switches_off_unasked",
        "clock_ahead",
        "created_without_location",
        "ends_independent_events",
        "event_never_active",
        "event_status_undated",
        "controls_only_listed",
        "recreates_controls",
        "keeps_ten_controls",
        "lists_seven_programs",
        "refuses_responses",
        "supersedes_the_better",
    ],
    origin="ours",
    aliases=["S-ALL-11", "S-ALL-12", "S-ALL-13", "S-ALL-14", "S-ALL-17", "S-ALL-18"],
    needs=["DER", "Response"],
    duration=["control_course"],
    instructions=INSTRUCTIONS,
    values=["csipaus.namespace"],
)
async def limits_001(device, arrange, step, check, limits):
    """A limit in another namespace, or with another power of ten, is no limit to the device that looks for it.

    Steps
        1. Have a group made with a program for each limit, for opModEnergize and opModConnect, for all together, for
           limits with a ramp, and for one of 100 kW.
        2. Have a control published in each, and read them.
        3. Poll around start and end, and answer as asked.

    Passes when
        each control has the values that were arranged, in the profile's namespace, is valid by its schema, and goes
        through its states.
    """
    await served_as_arranged(LIMIT_CONTROLS, "Limits", device, arrange, step, check, limits)


@test_case(
    id="LIMITS-002",
    title="Limits by default",
    subject="server",
    requirements=["DER.005", "CTP.GENERAL.3"],
    flaws=["changes_control_values", "switches_off_unasked", "default_missing", "loses_ramp_rates"],
    origin="ours",
    aliases=["S-ALL-19", "S-ALL-20", "S-ALL-21", "S-ALL-22", "S-ALL-23", "S-ALL-24", "S-ALL-48"],
    needs=["DER"],
    instructions=["create_groups", "set_default", "remove_group"],
    values=["csipaus.namespace"],
)
async def limits_002(device, arrange, step, check):
    """Between two controls, and without a server, the default is all that limits a site.

    Steps
        1. Have a group made with a program for each limit of 30 %, for a ramp rate, and for all limits together.
        2. Read each default.
        3. Have the first replaced by the last, and read it again.

    Passes when
        each default has the values that were arranged, in the profile's namespace, and is valid by its schema.
    """
    with step(1):
        group = GroupOffer(name="Defaults", programs=programs_for(LIMIT_DEFAULTS))
        await arrange.groups(group)
        programs = await device.programs_of(group)
    with step(2):
        for program in programs:
            default = await device.default(program, program.offer.default)
            shown, number = extension_elements(default.resource), default.exchange.number
            check.demands("csipaus.namespace", lambda value, nodes=shown, at=number: in_namespace(value, nodes, at))
    with step(3):
        first, combined = programs[0], LIMIT_DEFAULTS["Combined"]
        await arrange.default(first.offer, combined)
        await device.default(first, combined)


@test_case(
    id="STORAGE-001",
    title="Storage targets with an export limit",
    subject="server",
    requirements=["DER.CONTROL", "EVENT.STATE", "EVENT.STATE.TIME", "BASE.REPLY", "BASE.RESPONSES", "CTP.GENERAL.3"],
    flaws=[
        "changes_control_values",
        "switches_off_unasked",
        "clock_ahead",
        "created_without_location",
        "event_never_active",
        "event_status_undated",
        "controls_only_listed",
        "recreates_controls",
        "keeps_ten_controls",
        "refuses_responses",
        "supersedes_the_better",
    ],
    origin="ours",
    aliases=["S-STO-01"],
    needs=["DER", "Response"],
    duration=["control_course"],
    instructions=INSTRUCTIONS,
    values=["DERControlBase.opModStorageTargetW"],
)
async def storage_001(device, arrange, step, check, limits):
    """A battery that reads a target with the wrong sign charges when it should help the grid.

    Steps
        1. Have a group made with a program for each of three targets: to discharge, to charge, to do neither.
        2. Have a control with the target and an export limit published in each, and read them.
        3. Poll around start and end, and answer as asked.

    Passes when
        each control has the target and the limit that were arranged, in the profile's namespace, is valid by its
        schema, and goes through its states.
    """
    held = await served_as_arranged(STORAGE_TARGETS, "Storage", device, arrange, step, check, limits)
    with step(3):
        shown = [one for one in held if mode_of(one.node, "opModStorageTargetW") is not None]
        told, whole = f"{len(shown)} of {len(held)} with it", len(shown) == len(held)
        check.demands("DERControlBase.opModStorageTargetW", lambda value: kept(value, whole, told))


@test_case(
    id="CONNECTION-001",
    title="The connection point of a device",
    subject="server",
    requirements=["CTP.GENERAL.3", "CONNECTION.REASON"],
    flaws=[],
    origin="ours",
    aliases=["S-OPT-02", "S-OPT-03", "S-ALL-53"],
    instructions=["register_device"],
    values=["ConnectionPoint.connectionPointId.prefixes", "ConnectionPoint.change"],
)
async def connection_001(server, device, step, check, values):
    """Limits are for a place in the grid: under the wrong id a site obeys its neighbour's.

    Steps
        1. Find the link to the connection point of the own EndDevice.
        2. PUT an id that no network has, and one of another network.
        3. PUT one of this network, where the profile says how they begin.
        4. PUT another one of this network.

    Passes when
        ids that are not of this network are refused with a 4xx, the network's own is taken and shown, and a change is
        dealt with as the profile says. A server may refuse ids that were made up, as no site has them: undecided then.
    """
    own = await device.own()
    with step(1):
        found = own.link("ConnectionPointLink")
        told = found or "no ConnectionPointLink"
        check.demands("ConnectionPoint", lambda value: kept(value, bool(found) or value.figure != "required", told))
        href = require(found, "the EndDevice has no ConnectionPointLink")
    prefixes = values.find("ConnectionPoint.connectionPointId.prefixes")
    known = prefixes is not None and prefixes.figure is not None
    space = require(values.find("csipaus.namespace"), "the profile names no namespace").words[0]
    with step(2):
        bad = [NOT_VALID, *([another_networks_id(prefixes.words)] if known else [])]
        puts = [await server.put(href, connection_point(space, text), "ConnectionPoint") for text in bad]
        for put in puts:
            refused, told = put.exchange.status in REFUSED, f"{put.exchange.status}"
            judged = [put.exchange]
            check.demands(
                "ConnectionPoint.connectionPointId.prefixes",
                lambda value, refused=refused, told=told, judged=judged: kept(value, refused, told, judged),
            )
            if refused:
                check.judged("CONNECTION.REASON", has_reason(put.exchange))
    first, second = own_ids(prefixes.words if known else ["2999"])
    with step(3):
        put = await server.put(href, connection_point(space, first), "ConnectionPoint")
        back = await device.read(href, "ConnectionPoint") if was_taken(put) else put
        shown = was_taken(put) and back.resource.text("connectionPointId") == first
        told, judged = f"{put.exchange.status}, {'shown' if shown else 'not shown'}", [put.exchange, back.exchange]
        check.demands(
            "ConnectionPoint.connectionPointId.prefixes",
            lambda value: kept(value, shown, told, judged) if was_taken(put) else unseen(value, NOT_KNOWN_THERE),
        )
    with step(4):
        if was_taken(put):
            change = await server.put(href, connection_point(space, second), "ConnectionPoint")
            word = "accepted" if was_taken(change) else "refused"
            code, judged = f"{change.exchange.status}: {word}", [change.exchange]
            check.demands("ConnectionPoint.change", lambda value: kept(value, word in value.words, code, judged))


@test_case(
    id="CONNECTION-002",
    title="No programs before the connection point is known",
    subject="server",
    requirements=["SEC.005", "CTP.GENERAL.3"],
    flaws=[],
    origin="ours",
    instructions=["admit_device", "remove_devices"],
    values=["ConnectionPoint.order", "DefaultDERControl.opModExpLimW@commissioning"],
)
async def connection_002(server, arrange, step, check, clock, values):
    """A site that is given limits before anybody knows where it stands is given somebody else's.

    Steps
        1. Have an unknown device admitted, and POST its EndDevice.
        2. Look for programs.
        3. PUT a connection point id of this network, and look for programs again.
        4. Read the default of the best program.

    Passes when
        programs come only after the id was taken, where the profile wants it so, and the first default is the one that
        it names for a site whose commissioning is under way.
    """
    newcomer = server.with_identity("newcomer-connects")
    with step(1):
        require(await arrange.admit(newcomer.lfdi), "the operator cannot admit a device")
        posted = await register(newcomer, clock)
        require(was_taken(posted), "the device was not registered in band")
        place = require(location_of(posted), "the answer has no Location")
        own = (await newcomer.get(place, "EndDevice")).resource
        seen = require(await devices_seen(newcomer), "there is no EndDeviceList")
        own_too = any(entry.hexadecimal("lFDI") == newcomer.lfdi for entry in seen.entries)
        check.that(own_too, "SEC.005", "the device listed", "listed" if own_too else "not listed")
    with step(2):
        before = await programs_seen(newcomer, own)
    with step(3):
        prefixes = require(values.find("ConnectionPoint.connectionPointId.prefixes"), "no id of this network is known")
        space = require(values.find("csipaus.namespace"), "the profile names no namespace").words[0]
        href = require(own.link("ConnectionPointLink"), "the EndDevice has no ConnectionPointLink")
        put = await newcomer.put(href, connection_point(space, own_ids(prefixes.words)[0]), "ConnectionPoint")
        require(was_taken(put), "the id of this network was not taken")
        after = await programs_seen(newcomer, own)
        told = f"{len(before)} programs before it, {len(after)} after it"
        withheld = bool(after) and not before
        check.demands("ConnectionPoint.order", lambda value: kept(value, withheld, told, [put.exchange]))
    with step(4):
        best = min(require(after, "no program is shown"), key=lambda program: program.integer("primacy") or 0)
        default = await newcomer.follow_from(best, "DefaultDERControlLink")
        judged_default(check, default)
    await newcomer.aclose()


@test_case(
    id="DISCOVERY-001",
    title="Versions that the server tells of",
    subject="server",
    requirements=["CTP.COMM-002", "CTP.GENERAL.3"],
    flaws=["no_ccm8"],
    origin="ours",
    values=["csipaus.discovery"],
)
async def discovery_001(server, step, check, values):
    """A client that finds no entry for its version stays outside, however well the server speaks it.

    Steps
        1. GET the well-known document.
        2. GET the paths that it gives for the profile's namespace.

    Passes when
        it lists the namespace with at least one path, and DeviceCapability is served at each.
    """
    space = require(values.find("csipaus.namespace"), "the profile names no namespace").words[0]
    with step(1):
        document = await server.ask("GET", WELL_KNOWN, "VersionDiscovery", headers=JSON)
        versions = versions_in(document.exchange)
        paths = (versions or {}).get(space, ())
        told = f"{document.exchange.status}, {len(paths)} paths for {space}"
        judged = [document.exchange]
        check.demands(
            "csipaus.discovery", lambda value: kept(value, bool(paths) or value.figure != "required", told, judged)
        )
    with step(2):
        for path in paths:
            dcap = await server.get(path, "DeviceCapability")
            check.answered(dcap.exchange, 200, requirement="CTP.COMM-002")
            check.document_is(dcap.exchange, "DeviceCapability", requirement="CTP.COMM-002")


@test_case(
    id="ACCEPTED-001",
    title="Capability, settings and status of a device that speaks CSIP-AUS",
    subject="server",
    requirements=["CTP.CORE-009", "CTP.GENERAL.3"],
    flaws=["forgets_put", "refuses_put"],
    origin="ours",
    aliases=["S-ALL-08", "S-ALL-09", "S-ALL-10"],
    needs=["DER"],
    instructions=["register_device"],
    values=["csipaus.namespace"],
)
async def accepted_001(server, device, step, check, policies, clock, values):
    """A server that drops what it does not know never learns which limits a site can obey.

    Steps
        1. PUT DERCapability and DERSettings with the elements of CSIP-AUS, and GET them.
        2. PUT both with other values, and GET them.
        3. PUT DERStatus with each state of connection and of operation, and GET it each time.

    Passes when
        each PUT is accepted, and each GET shows what was PUT, the elements of CSIP-AUS in the profile's namespace.
    """
    space = require(values.find("csipaus.namespace"), "the profile names no namespace").words[0]
    ders = await device.read_list(await device.own(), "DERListLink")
    der = require(next(iter(ders.entries), None), "the DERList is empty")
    status = policies["put_status"].name
    for number, told in ((1, FIRST_TOLD), (2, SECOND_TOLD)):
        with step(number):
            bodies = {"DERCapability": capability(space, told), "DERSettings": settings(space, told, clock.now())}
            for name, body in bodies.items():
                href = require(der.link(f"{name}Link"), f"the DER has no {name}Link")
                put = await server.put(href, body, name)
                check.answered(put.exchange, 204, 200, 201, requirement="CTP.CORE-009", policy=status)
                back = await device.read(href, name)
                check.judged("CTP.CORE-009", echoes(put.exchange, back.exchange))
                shown, at = extension_elements(back.resource), back.exchange.number
                check.demands("csipaus.namespace", lambda value, nodes=shown, at=at: in_namespace(value, nodes, at))
    with step(3):
        href = require(der.link("DERStatusLink"), "the DER has no DERStatusLink")
        states = [{"genConnectStatus": f"{bits:02X}"} for bits in CONNECTIONS]
        for state in (*states, {"operationalModeStatus": 1}, {"operationalModeStatus": 2}):
            put = await server.put(href, der_status(clock.now(), state), "DERStatus")
            check.answered(put.exchange, 204, 200, 201, requirement="CTP.CORE-009", policy=status)
            back = await device.read(href, "DERStatus")
            check.judged("CTP.CORE-009", echoes(put.exchange, back.exchange))


@test_case(
    id="ACCEPTED-002",
    title="Readings of the site and of the DER",
    subject="server",
    requirements=["MUP.001", "MUP.RATE", "GEN.040", "CTP.GENERAL.3"],
    flaws=["asks_for_no_certificate", "created_without_location", "no_post_rate", "refuses_mirrors"],
    origin="ours",
    aliases=["S-ALL-06", "S-ALL-07"],
    needs=["MirrorUsagePoint"],
    instructions=["register_device"],
    values=["csipaus"],
)
async def accepted_002(server, device, step, check, policies, limits, clock):
    """The site and the DER behind it differ by the role of their readings only; mixed up, limits are judged wrongly.

    Steps
        1. POST a MirrorUsagePoint with the averages of the site, and one with those of the DER.
        2. POST a reading of each quantity to each.
        3. POST the first once more, with the role of a DER and the same mRIDs.
        4. Read the MirrorUsagePointList.

    Passes when
        each usage point is taken with 201 and a place and shows its role and a postRate, each reading is taken, and the
        usage point that was posted again is listed once, with its new role.
    """
    mrids = {roles: new_mrid(DOCUMENTATION_PEN) for roles in (SITE_ROLES, DER_ROLES)}
    quantities = {roles: csip_quantities(DOCUMENTATION_PEN) for roles in mrids}
    for roles, mrid in mrids.items():
        with step(1):
            posted = await mirrored(server, list(quantities[roles].values()), roles, mrid)
            require(check.answered(posted.exchange, 201, requirement="MUP.001"), "the usage point was not taken")
            check.has_location(posted.exchange, requirement="GEN.040")
            place = require(location_of(posted), "the answer has no Location")
            point = await device.read(place, "MirrorUsagePoint")
            flags = int(point.resource.hexadecimal("roleFlags") or "0", 16)
            check.has_value(point.exchange, "roleFlags", flags, int(roles, 16), requirement="MUP.001")
            rate = point.resource.integer("postRate")
            check.that(rate is not None, "MUP.RATE", "a postRate", f"{rate}", [point.exchange])
        with step(2):
            for quantity_told in quantities[roles].values():
                reading = mirror_reading(quantity_told, READING, clock.now(), limits.post_rate.count)
                answer = await server.post(place, reading, "MirrorUsagePoint")
                policy = policies["readings_post_status"].name
                check.answered(answer.exchange, 204, 201, requirement="MUP.001", policy=policy)
    with step(3):
        repeated = await mirrored(server, list(quantities[SITE_ROLES].values()), DER_ROLES, mrids[SITE_ROLES])
        check.answered(repeated.exchange, 201, 204, 200, requirement="MUP.001")
    with step(4):
        listing = await device.read_list((await server.entry()).resource, "MirrorUsagePointListLink")
        mine = [entry for entry in listing.entries if entry.hexadecimal("mRID") == mrids[SITE_ROLES]]
        told, exchanges = f"{len(mine)} listed", [page.exchange for page in listing.pages]
        check.that(len(mine) == 1, "MUP.001", "the usage point once in the list", told, exchanges)
        for entry in mine:
            flags = int(entry.hexadecimal("roleFlags") or "0", 16)
            check.has_value(exchanges[-1], "roleFlags", flags, int(DER_ROLES, 16), requirement="MUP.001")


@test_case(
    id="REFUSED-001",
    title="What a server must not take",
    subject="server",
    requirements=["CTP.CORE-009", "REFUSES.INVALID", "REFUSES.RESPONSE", "CTP.GENERAL.3"],
    flaws=["changes_control_values", "switches_off_unasked", "forgets_put", "refuses_put", "refuses_responses"],
    origin="ours",
    aliases=["S-ALL-55", "S-ALL-56", "S-ALL-57"],
    needs=["DER", "Response"],
    instructions=[*INSTRUCTIONS, "register_device"],
    values=["csipaus.namespace"],
)
async def refused_001(server, device, arrange, step, check, policies, limits, clock, values):
    """What was taken once is believed later: settings without a date, a reading beyond all measure, a stray Response.

    Steps
        1. PUT sound DERSettings, then some without updatedTime, and GET them.
        2. POST an EndDevice whose LFDI is not hexadecimal.
        3. POST a MirrorUsagePoint, and a reading to it that no 48 bits hold.
        4. Have a control published, and POST Responses of an unknown mRID, of an unknown device, with a reserved
           status.

    Passes when
        the sound settings are taken and still shown after the others; each of the others is refused with a 4xx, or else
        warned of.
    """
    space = require(values.find("csipaus.namespace"), "the profile names no namespace").words[0]
    with step(1):
        ders = await device.read_list(await device.own(), "DERListLink")
        der = require(next(iter(ders.entries), None), "the DERList is empty")
        href = require(der.link("DERSettingsLink"), "the DER has no DERSettingsLink")
        sound = await server.put(href, settings(space, FIRST_TOLD, clock.now()), "DERSettings")
        status = policies["put_status"].name
        check.answered(sound.exchange, 204, 200, 201, requirement="CTP.CORE-009", policy=status)
        undated = await server.put(href, settings(space, SECOND_TOLD, clock.now(), dated=False), "DERSettings")
        turned_away(check, "REFUSES.INVALID", undated, "DERSettings without updatedTime")
        back = await device.read(href, "DERSettings")
        if undated.exchange.status in REFUSED:
            check.judged("CTP.CORE-009", echoes(sound.exchange, back.exchange))
    with step(2):
        posted = await register(server, clock, NO_LFDI)
        turned_away(check, "REFUSES.INVALID", require(posted, "there is no EndDeviceList"), "an LFDI of Z")
    with step(3):
        watts = csip_quantities(DOCUMENTATION_PEN)[WATT]
        point = await mirrored(server, [watts], DER_ROLES)
        place = require(location_of(point), "the usage point was not taken")
        beyond = mirror_reading(watts, TOO_LARGE_W, clock.now(), limits.post_rate.count)
        turned_away(check, "REFUSES.INVALID", await server.post(place, beyond, "MirrorUsagePoint"), "a power of 3e15 W")
    with step(4):
        held = await published_one(device, arrange, limits)
        reply_to = require(held.node.attribute("replyTo"), "the control has no replyTo")
        mrid = held.node.text("mRID") or ""
        unknown = new_mrid(DOCUMENTATION_PEN)
        strays = {
            "an unknown mRID": control_response(clock.now(), server.lfdi, 1, unknown),
            "an unknown device": control_response(clock.now(), unknown.zfill(40), 1, mrid),
            "a reserved status": control_response(clock.now(), server.lfdi, RESERVED, mrid),
        }
        for what, stray in strays.items():
            turned_away(check, "REFUSES.RESPONSE", await server.post(reply_to, stray, "ResponseList"), what)


@test_case(
    id="RATES-001",
    title="Rates that the operator sets",
    subject="server",
    requirements=["RATE.SHOWN", "CTP.GENERAL.3"],
    flaws=[],
    origin="ours",
    aliases=["S-ALL-43", "S-OPT-05"],
    serial=True,
    instructions=["set_rate", "register_device"],
    values=["csipaus"],
)
async def rates_001(server, device, arrange, step, check):
    """A utility that cannot slow its fleet down, or hurry it up, steers it at one speed only.

    Steps
        1. Have the pollRate of each resource set to five minutes or one, and walk the tree.
        2. Have each set to another figure, and walk it again.
        3. POST a MirrorUsagePoint, have its postRate set twice, and read it each time.

    Passes when
        each rate is shown as it was set, or else is warned of: the wire does not tell who left it, server or operator.
    """
    for number, rates in ((1, RATES_AT_FIRST), (2, RATES_THEN)):
        with step(number):
            for resource, rate_s in rates.items():
                await arrange.rate(resource, rate_s)
            tree = await server.walk()
            for resource, rate_s in rates.items():
                shown = poll_rates(tree, resource)
                told = f"{', '.join(str(rate) for rate, _ in shown) or 'none'}"
                right = bool(shown) and all(rate == rate_s for rate, _ in shown)
                judged = [exchange for _, exchange in shown]
                check.that(right, "RATE.SHOWN", f"pollRate {rate_s} of {resource}", told, judged)
    with step(3):
        point = await mirrored(server, list(csip_quantities(DOCUMENTATION_PEN).values()), DER_ROLES)
        place = require(location_of(point), "the usage point was not taken")
        for rate_s in POST_RATES:
            await arrange.rate("MirrorUsagePoint", rate_s)
            shown = await device.read(place, "MirrorUsagePoint")
            seen = shown.resource.integer("postRate")
            check.that(seen == rate_s, "RATE.SHOWN", f"postRate {rate_s}", f"{seen}", [shown.exchange])
