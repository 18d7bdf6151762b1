"""How a client under CSIP-AUS finds its way in and is registered (public procedures ALL-01 to ALL-05 and SDVN-01)."""

from conformance.face.authoring import (
    Registration,
    arrival,
    in_band,
    kept,
    offer_versions,
    one_program,
    registered_last,
    require,
    response_in,
    speaks,
    test_case,
    well_formed_lfdi,
)

AUS = "SA TS 5573 test definitions"
WALK = ("DeviceCapability", "EndDeviceList", "Time")
OWN_DOCUMENTS = ("DERCapability", "DERSettings", "DERStatus")
BEYOND_REGISTRATION = ("FunctionSetAssignmentsList", "DERProgramList", "DERControlList", "DefaultDERControl")
PINS = (111115, 332211)


@test_case(
    id="JOIN-001",
    title="Discovery, registered out of band",
    subject="client",
    requirements=["AUS.ALL-01"],
    flaws=["hard_coded_paths", "ignores_server_time", "reports_for_neighbour"],
    needs=["DER", "Time"],
    origin=AUS,
    aliases=["ALL-01"],
    duration=["first_contact", "discovery"],
    instructions=["restart_client"],
)
async def join_001(utility, client, step, limits):
    """A network that lists its devices beforehand expects them to find themselves there.

    Steps
        1. Start the client, whose EndDevice is listed last of three.
        2. Wait until it has read DeviceCapability, the EndDeviceList, Time and the DERList of its own EndDevice.

    Passes when
        all four are read, in whatever order, and the DERList is its own.
    """
    device = registered_last(utility, client.lfdi, pin=client.pin)
    one_program(utility, client.lfdi)
    with step(1):
        await client.start(within=limits.first_contact)
    with step(2):
        for kind in WALK:
            await client.must_get(kind, limits.discovery, requirement="AUS.ALL-01")
        await client.must_get("DERList", limits.discovery, "AUS.ALL-01", lambda it: it.path == device.ders_path)


@test_case(
    id="JOIN-002",
    title="Discovery, registering in band",
    subject="client",
    requirements=["AUS.ALL-02", "CTP.GENERAL.3"],
    flaws=[
        "hard_coded_paths",
        "invalid_settings",
        "lower_case_lfdi",
        "never_puts_der",
        "skips_settings",
        "skips_status",
    ],
    needs=["DER"],
    origin=AUS,
    aliases=["ALL-02"],
    duration=["first_contact", "discovery"],
    instructions=["restart_client"],
    values=["EndDevice.registration"],
)
async def join_002(utility, client, step, check, limits, values):
    """A device that registers itself needs nobody to type forty digits.

    Steps
        1. Start the client against a server that knows no device yet, and wait for its POST of an EndDevice.
        2. Look at the identity in it.
        3. Wait for DERCapability, DERSettings and DERStatus.

    Passes when
        one EndDevice is posted, valid, with the LFDI of the client's certificate in upper case and the SFDI that goes
        with it, and the three documents follow.
    """
    in_band(values)
    utility.registration = Registration.IN_BAND
    one_program(utility, client.lfdi)
    with step(1):
        await client.start(within=limits.first_contact)
        post = await client.must_post("EndDeviceList", limits.discovery, requirement="AUS.ALL-02")
        post = require(post, "the client posts no EndDevice")
    with step(2):
        check.schema_valid(post)
        told = require(response_in(post), "the EndDevice is no document")
        check.judged("AUS.ALL-02", well_formed_lfdi(post, told.text("lFDI"), client.lfdi))
        check.has_value(post, "sFDI", told.integer("sFDI"), client.sfdi, requirement="AUS.ALL-02")
    with step(3):
        for kind in OWN_DOCUMENTS:
            put = await client.must_put(kind, limits.discovery, requirement="AUS.ALL-02")
            if put is not None:
                check.schema_valid(put)


@test_case(
    id="JOIN-003",
    title="The client names its connection point",
    subject="client",
    requirements=["AUS.ALL-03", "CTP.GENERAL.3"],
    flaws=["hard_coded_paths", "never_sends_connection_point"],
    needs=["ConnectionPoint"],
    origin=AUS,
    aliases=["ALL-03"],
    duration=["first_contact", "discovery"],
    instructions=["restart_client"],
    values=["ConnectionPoint"],
)
async def join_003(utility, client, step, check, limits, values):
    """Limits hold at a connection point, so the network must know which one a device stands behind.

    Steps
        1. Start the client against a server that lets devices register themselves, and wait for its ConnectionPoint.
        2. Look at what it put, and when.

    Passes when
        the ConnectionPoint of the client's own EndDevice is put, valid in the profile's edition, with an id, after the
        EndDevice is there, and accepted.
    """
    in_band(values)
    utility.registration = Registration.IN_BAND
    one_program(utility, client.lfdi)
    with step(1):
        await client.start(within=limits.first_contact)
        put = await client.must_put("ConnectionPoint", limits.discovery, requirement="AUS.ALL-03")
        sent = ("put", [put]) if put else ("never put", [])
        check.demands("ConnectionPoint", lambda value: kept(value, bool(put) or value.figure != "required", *sent))
        put = require(put, "the client puts no ConnectionPoint")
    with step(2):
        check.schema_valid(put)
        check.answered(put, 200, 201, 204, requirement="AUS.ALL-03")
        told = require(response_in(put), "the ConnectionPoint is no document")
        check.demands("csipaus.namespace", lambda value: speaks(value, told, "ConnectionPoint", put))
        point = told.text("connectionPointId")
        check.that(bool(point), "AUS.ALL-03", "a connectionPointId", point or "none", [put])
        posts = client.exchanges("EndDeviceList", "POST")
        after = bool(posts) and posts[0].number < put.number
        check.that(after, "AUS.ALL-03", "the EndDevice first", "so" if after else "the other way round", [put])


@test_case(
    id="JOIN-004",
    title="A PIN that is not its own silences the client",
    subject="client",
    requirements=["AUS.ALL-03-REJ"],
    flaws=["hard_coded_paths", "ignores_wrong_pin"],
    origin=AUS,
    aliases=["ALL-03-REJ"],
    duration=["first_contact", "discovery", "silence_after_wrong_pin"],
    instructions=["restart_client"],
)
async def join_004(utility, client, step, check, limits, clock):
    """A server that knows another PIN takes the device for somebody else.

    Steps
        1. Register the device with another PIN, start the client, and wait for its GET of Registration.
        2. Watch it for a while.

    Passes when
        from then on it reads nothing beyond its registration and sends nothing; asking for the PIN again is legal.
    """
    registered_last(utility, client.lfdi, pin=next(pin for pin in PINS if pin != client.pin))
    one_program(utility, client.lfdi)
    with step(1):
        await client.start(within=limits.first_contact)
        read = await client.must_get("Registration", limits.discovery, requirement="AUS.ALL-03-REJ")
        known = arrival(require(read, "the client reads no Registration")) + limits.in_flight.duration
    with step(2):
        await clock.wait(limits.silence_after_wrong_pin.duration)
        later = [it for it in client.exchanges() if arrival(it) > known]
        acts = [it for it in later if it.method != "GET" or it.resource in BEYOND_REGISTRATION]
        seen = ", ".join(dict.fromkeys(f"{it.method} {it.resource or it.path}" for it in acts)) or "silence"
        check.that(not acts, "AUS.ALL-03-REJ", "no GET beyond Registration and nothing sent", seen, acts)


@test_case(
    id="JOIN-005",
    title="Its own PIN lets the client go on",
    subject="client",
    requirements=["AUS.ALL-04"],
    flaws=["hard_coded_paths", "polls_once"],
    needs=["DER"],
    origin=AUS,
    aliases=["ALL-04"],
    duration=["first_contact", "discovery", "polling_window"],
    instructions=["restart_client"],
)
async def join_005(utility, client, step, check, limits, clock):
    """A device that stops at its own PIN has taken a friend for a stranger.

    Steps
        1. Register the device with its own PIN, start the client, and wait for its GET of Registration.
        2. Wait until it reads its DERProgramList.
        3. Watch it for a while.

    Passes when
        the client reads on after the PIN, and still does so when the watch is over.
    """
    registered_last(utility, client.lfdi, pin=client.pin)
    one_program(utility, client.lfdi)
    with step(1):
        await client.start(within=limits.first_contact)
        read = await client.must_get("Registration", limits.discovery, requirement="AUS.ALL-04")
        known = require(read, "the client reads no Registration").number
    with step(2):
        first = await client.must_get("DERProgramList", limits.discovery, "AUS.ALL-04", lambda it: it.number > known)
        first = require(first, "the client does not go on")
    with step(3):
        await clock.wait(limits.polling_window.duration)
        later = [it for it in client.exchanges("DERProgramList", "GET") if it.number > first.number]
        seen = f"{len(later)} times" if later else "never"
        check.that(bool(later), "AUS.ALL-04", "GET of the DERProgramList again", seen, later)


@test_case(
    id="JOIN-006",
    title="A server without Registration",
    subject="client",
    requirements=["AUS.ALL-05"],
    flaws=["hard_coded_paths", "needs_registration_link", "reports_for_neighbour"],
    needs=["DER"],
    origin=AUS,
    aliases=["ALL-05"],
    duration=["first_contact", "discovery"],
    instructions=["restart_client"],
)
async def join_006(utility, client, step, limits):
    """Networks that check nothing by PIN show none, and a device must not wait for it.

    Steps
        1. Start the client against a server that hides every RegistrationLink.
        2. Wait until it reads its DERList and its FunctionSetAssignmentsList.

    Passes when
        both are read.
    """
    utility.hidden_links.add("RegistrationLink")
    device = registered_last(utility, client.lfdi, pin=client.pin)
    one_program(utility, client.lfdi)
    with step(1):
        await client.start(within=limits.first_contact)
    with step(2):
        for kind, path in {"DERList": device.ders_path, "FunctionSetAssignmentsList": device.assignments_path}.items():
            await client.must_get(kind, limits.discovery, "AUS.ALL-05", lambda it, own=path: it.path == own)


@test_case(
    id="JOIN-007",
    title="The client takes its own version and no other",
    subject="client",
    requirements=["AUS.SDVN-01"],
    flaws=["hard_coded_paths", "ignores_discovery"],
    needs=["DER"],
    origin=AUS,
    aliases=["SDVN-01"],
    duration=["first_contact", "discovery"],
    instructions=["restart_client"],
    values=["csipaus.discovery"],
)
async def join_007(utility, client, step, check, limits):
    """Versions differ in their namespace; a client that enters by another one's door understands nothing there.

    Steps
        1. Offer the client's version at a fresh path, beside one that does not exist, one that is malformed and known
           ones without a path; start the client and wait for its GET of the well-known document.
        2. Wait until it has read DeviceCapability at the path of its version, and its DERList.
        3. Look at what else it asked for.

    Passes when
        it enters by the path of its version, and asks for none of the others, nor for the usual entry.
    """
    versions = offer_versions(utility)
    registered_last(utility, client.lfdi, pin=client.pin)
    one_program(utility, client.lfdi)
    with step(1):
        await client.start(within=limits.first_contact)
        await client.must_get("VersionDiscovery", limits.discovery, requirement="AUS.SDVN-01")
    with step(2):
        entered = await client.must_get(
            "DeviceCapability", limits.discovery, "AUS.SDVN-01", lambda it: it.path == versions.own
        )
        require(entered, "the client does not enter by the path of its version")
        await client.must_get("DERList", limits.discovery, requirement="AUS.SDVN-01")
    with step(3):
        strayed = [it for it in client.exchanges() if it.path in versions.others]
        seen = ", ".join(it.path for it in strayed) or "none"
        check.that(not strayed, "AUS.SDVN-01", "no GET of another entry", seen, strayed)
