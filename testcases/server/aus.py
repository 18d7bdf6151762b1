"""CSIP-AUS on a server under test: limits, storage targets, the connection point, what devices tell, versions.

What the public server definitions of SA TS 5573 ask, by cases of our own; the ids of the definitions are aliases.
"""

from conformance.face.authoring import (
    COMMISSIONING,
    LIMIT_CONTROLS,
    LIMIT_DEFAULTS,
    LIMITS,
    NOT_VALID,
    STORAGE_TARGETS,
    TARGETS,
    WELL_KNOWN,
    GroupOffer,
    another_networks_id,
    connection_point,
    control_for,
    devices_seen,
    extension_elements,
    has_reason,
    in_namespace,
    kept,
    location_of,
    mode_of,
    own_ids,
    programs_for,
    programs_seen,
    quantity,
    register,
    require,
    test_case,
    versions_in,
    was_taken,
)

INSTRUCTIONS = ["create_groups", "create_controls", "remove_group"]
REFUSED = range(400, 500)
JSON = (("Accept", "application/json"),)


def judged_default(check, reading):
    """Judge the export limit of the first default; a site without an approval on record is given 0 W."""
    shown = quantity(mode_of(reading.resource, "opModExpLimW"))
    told, judged = "no export limit" if shown is None else f"{shown} W", [reading.exchange]
    check.demands(
        "DefaultDERControl.opModExpLimW",
        lambda value: kept(value, shown in (0, value.number), told, judged),
        phase=COMMISSIONING,
    )


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


@test_case(
    id="LIMITS-001",
    title="Limits by controls",
    subject="server",
    requirements=["DER.CONTROL", "EVENT.STATE", "EVENT.STATE.TIME", "BASE.REPLY", "BASE.RESPONSES", "CTP.GENERAL.3"],
    flaws=[],
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
    flaws=[],
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
    flaws=[],
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
        dealt with as the profile says.
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
        check.demands("ConnectionPoint.connectionPointId.prefixes", lambda value: kept(value, shown, told, judged))
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
    flaws=[],
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
