"""CSIP-AUS on a server under test: the connection point of a device, and where versions are served.

What the public server definitions of SA TS 5573 ask, by cases of our own; the ids of the definitions are aliases.
"""

from conformance.face.authoring import (
    COMMISSIONING,
    NOT_VALID,
    WELL_KNOWN,
    another_networks_id,
    connection_point,
    devices_seen,
    has_reason,
    kept,
    location_of,
    mode_of,
    own_ids,
    programs_seen,
    quantity,
    register,
    require,
    test_case,
    unseen,
    versions_in,
    was_taken,
)

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


NOT_KNOWN_THERE = "a made-up id of this network is refused: the server may know the ids of real sites alone"


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
