"""What handbooks ask of a server beyond the procedures: rates, registration, who is turned away, how it speaks HTTP.

Figures come from the profile; each of them costs what its source is worth. Ids are ours.
"""

from conformance.face.authoring import (
    DOCUMENTATION_PEN,
    POLLED,
    all_equal,
    all_within,
    controls,
    csip_quantities,
    defaults,
    der_settings,
    devices_seen,
    duration_s,
    in_sequence,
    kept,
    kept_by_server,
    leading_away,
    least,
    left_open,
    location_of,
    mirror_usage_point,
    mode_of,
    most,
    new_mrid,
    poll_rates,
    quantity,
    randomized_s,
    register,
    require,
    rewritten,
    spoken,
    target_of,
    test_case,
    twice,
    unseen,
    was_taken,
    way_of,
)

RATES = [f"{resource}.pollRate" for resource in POLLED]
REDIRECTIONS = range(300, 400)
FOREIGN_W = 5000
"""What a stranger tells of the DER of another."""
GZIP = (("Accept-Encoding", "gzip"),)
EXI = (("Accept", "application/sep-exi"),)


async def mirrored(server, check):
    """POST a MirrorUsagePoint and return it as it is served."""
    dcap = await server.entry()
    href = require(dcap.resource.link("MirrorUsagePointListLink"), "there is no MirrorUsagePointListLink")
    quantities = list(csip_quantities(DOCUMENTATION_PEN).values())
    body = mirror_usage_point(new_mrid(DOCUMENTATION_PEN), server.lfdi, quantities)
    posted = await server.post(href, body, "MirrorUsagePointList")
    require(check.answered(posted.exchange, 201, requirement="MUP.001"), "the usage point was not taken")
    return await server.get(require(location_of(posted), "the answer has no Location"), "MirrorUsagePoint")


async def settings_place(device):
    """Return where the DERSettings of the own device stand, if it has a DER."""
    own = await device.own()
    if own.link("DERListLink") is None:
        return None
    ders = await device.read_list(own, "DERListLink")
    return next((place for der in ders.entries if (place := der.link("DERSettingsLink"))), None)


def judged_rate(check, name, given):
    """Judge the rates that were given for a resource by what the profile says of it; none given is told of."""
    if not given:
        check.demands(name, lambda value: left_open(value, "the server asks for no rate"))
        return
    shown = [rate for rate, _ in given]
    exchanges = [exchange for _, exchange in given]
    told = f"{', '.join(f'{rate} s' for rate in sorted(set(shown)))} asked for"
    check.demands(name, lambda value: kept_by_server(value, most(value, shown), told, exchanges))


@test_case(
    id="SERVED-001",
    title="Rates that the server asks for",
    subject="server",
    requirements=["GEN.LINK", "MUP.001"],
    flaws=["asks_for_no_certificate", "refuses_mirrors"],
    origin="ours",
    instructions=["register_device"],
    values=[*RATES, "MirrorUsagePoint.postRate"],
)
async def served_001(server, step, check):
    """What a client is told to poll seldom it hears of late, whatever a handbook says of its own rates.

    Steps
        1. Walk the tree from DeviceCapability.
        2. Compare each pollRate with the figure of the profile; controls and defaults go with their DERProgramList.
        3. POST a MirrorUsagePoint, and compare its postRate.

    Passes when
        no rate is slower than the profile's. Where its figure is one for clients that are told nothing else, a slower
        one is only warned of. A postRate that is left open is told of.
    """
    with step(1):
        tree = await server.walk()
        served = [reading for reading in tree if reading.exchange.status == 200]
        check.advertised(require(next(iter(served), None), "nothing is served").exchange, requirement="GEN.LINK")
    with step(2):
        for resource in POLLED:
            if given := poll_rates(served, resource):
                judged_rate(check, f"{resource}.pollRate", given)
    with step(3):
        point = await mirrored(server, check)
        rate = point.resource.integer("postRate")
        judged_rate(check, "MirrorUsagePoint.postRate", [] if rate is None else [(rate, point.exchange)])


@test_case(
    id="REGISTERED-001",
    title="A device registers itself, where that is the way",
    subject="server",
    requirements=["SEC.005", "P20", "GEN.040", "CTP.GENERAL.3"],
    flaws=["created_without_location", "forgets_registration", "shows_foreign_devices", "wrong_lfdi"],
    origin="ours",
    aliases=["S-ALL-02", "S-ALL-03"],
    instructions=["admit_device", "remove_devices"],
    values=["EndDevice.registration"],
)
async def registered_001(server, arrange, step, check, clock):
    """A device that cannot get in is never controlled, and one that finds another's EndDevice is controlled wrongly.

    Steps
        1. With a certificate that the server was told nothing of, read the EndDeviceList.
        2. Have the device admitted, and POST its EndDevice.
        3. If it was taken, read it at its Location and in the list.

    Passes when
        the list shows nobody else's EndDevice at any time, the device is registered in a way that the profile allows,
        and one that registered itself finds itself, once, with its LFDI.
    """
    newcomer = server.with_identity("newcomer-registers")
    with step(1):
        before = await devices_seen(newcomer)
        found = [] if before is None else [entry.hexadecimal("lFDI") for entry in before.entries]
        require(newcomer.lfdi not in found, "the device is registered already, from an earlier run")
        check.that(not found, "P20", "no EndDevice for a device that has none", f"{len(found)} listed")
    with step(2):
        admitted = await arrange.admit(newcomer.lfdi)
        posted = await register(newcomer, clock)
        check.demands("EndDevice.registration", lambda value: way_of(value, posted, admitted=admitted))
    with step(3):
        if was_taken(posted):
            if posted.exchange.status == 201:
                check.has_location(posted.exchange, requirement="GEN.040")
            if place := location_of(posted):
                own = await newcomer.get(place, "EndDevice")
                check.answered(own.exchange, 200, requirement="SEC.005")
                check.schema_valid(own.exchange)
            after = require(await devices_seen(newcomer), "there is no EndDeviceList")
            listed = [entry.hexadecimal("lFDI") for entry in after.entries]
            exchanges = [page.exchange for page in after.pages]
            mine = listed.count(newcomer.lfdi)
            check.that(mine == 1, "SEC.005", f"one EndDevice with lFDI {newcomer.lfdi}", f"{mine}", exchanges)
            others = len(listed) - mine
            check.that(others == 0, "P20", "nobody else's EndDevice", f"{others} of others", exchanges)
    await newcomer.aclose()


@test_case(
    id="REGISTERED-002",
    title="A device that the operator registers, and what it may not register",
    subject="server",
    requirements=["SEC.005", "P20", "REGISTERED.OTHER"],
    flaws=["shows_foreign_devices", "unknown_path_is_500"],
    origin="ours",
    aliases=["S-ALL-01", "S-ALL-52"],
    instructions=["register_device", "remove_devices"],
    values=["EndDevice.registration", "HTTP.unauthorised"],
)
async def registered_002(server, arrange, step, check, clock, values):
    """Whoever could register under another's LFDI would get that one's controls, and answer in its name.

    Steps
        1. With a certificate that the server was told nothing of, POST the EndDevice of the harness's own device.
        2. GET the harness's own EndDevice with that certificate.
        3. Have the unknown device registered, where the profile allows it, and read the EndDeviceList with it.

    Passes when
        the EndDevice of another is out of reach, whatever the POST was answered, and the list then shows the device
        itself and nobody else.
    """
    stranger = server.with_identity("newcomer-stranger")
    _, own = await server.own_end_device()
    own = require(own, "the device is not registered on the server")
    with step(1):
        posted = await register(stranger, clock, server.lfdi, server.sfdi)
        refused = not was_taken(posted)
        told = "no EndDeviceList" if posted is None else f"{posted.exchange.status}"
        exchanges = [] if posted is None else [posted.exchange]
        check.that(refused, "REGISTERED.OTHER", "an EndDevice with another's LFDI refused", told, exchanges)
    with step(2):
        seen = await stranger.get(require(own.href, "the EndDevice has no href"), "EndDevice")
        status = seen.exchange.status
        told = "refused by TLS" if status is None else f"{status}"
        check.that(status != 200, "P20", "another's EndDevice out of reach", told, [seen.exchange])
        judged = [seen.exchange]
        check.demands(
            "HTTP.unauthorised", lambda value: kept(value, status is None or f"{status}" in value.words, told, judged)
        )
    with step(3):
        way = values.find("EndDevice.registration")
        if way is None or way.figure is None or "out_of_band" in way.words:
            await arrange.device(stranger.lfdi)
            listing = require(await devices_seen(stranger), "the registered device is shown no EndDeviceList")
            listed = [entry.hexadecimal("lFDI") for entry in listing.entries]
            exchanges = [page.exchange for page in listing.pages]
            check.that(listed == [stranger.lfdi], "SEC.005", "the device itself and no other", f"{listed}", exchanges)
    await stranger.aclose()


@test_case(
    id="REGISTERED-003",
    title="An EndDevice that is posted twice",
    subject="server",
    requirements=["SEC.005"],
    flaws=[],
    origin="ours",
    aliases=["S-ALL-51", "S-OPT-01"],
    instructions=["register_device"],
    values=["EndDevice.duplicate"],
)
async def registered_003(server, step, check, clock):
    """Devices post their EndDevice again after every restart; two of one device would get every control twice.

    Steps
        1. Find the own EndDevice.
        2. POST it once more.
        3. Read the list again.

    Passes when
        the POST is refused, or answered with the place of the first, as the profile wants, and one EndDevice is left.
    """
    with step(1):
        _, own = await server.own_end_device()
        own = require(own, "the device is not registered on the server")
    with step(2):
        again = require(await register(server, clock), "there is no EndDeviceList")
        require(again.exchange.status, "there was no answer")
    with step(3):
        after, _ = await server.own_end_device()
        count = sum(entry.hexadecimal("lFDI") == server.lfdi for entry in after.entries)
        check.that(count > 0, "SEC.005", "the EndDevice still listed", f"{count} listed", [after.pages[-1].exchange])
        check.demands("EndDevice.duplicate", lambda value: twice(value, again, own, count))


@test_case(
    id="HTTP-001",
    title="Who is turned away, and with which status",
    subject="server",
    requirements=["SEC.016", "P17"],
    flaws=[
        "asks_for_no_certificate",
        "lets_anybody_write",
        "no_client_certificate_needed",
        "shows_foreign_devices",
        "unknown_path_is_500",
    ],
    origin="ours",
    aliases=["S-ALL-05"],
    instructions=["register_device"],
    values=["HTTP.unidentified", "HTTP.unauthorised"],
)
async def http_001(server, device, step, check, clock):
    """A client tells by the status whether to show its certificate, to be admitted, or to look elsewhere.

    Steps
        1. Without a certificate, GET DeviceCapability.
        2. With a certificate that the server was told nothing of, GET the FunctionSetAssignmentsList of the harness's
           own device.
        3. With that certificate, PUT DERSettings to the DER of the harness's own device, if it has one.

    Passes when
        neither is served, and each is answered with a status that the profile allows, or refused by TLS; nothing is
        taken from the wrong device.
    """
    with step(1):
        nobody = server.with_identity("none")
        answer = await nobody.entry()
        status = answer.exchange.status
        told = "refused by TLS" if status is None else f"{status}"
        check.that(status != 200, "SEC.016", "nothing served without a certificate", told, [answer.exchange])
        judged = [answer.exchange]
        check.demands(
            "HTTP.unidentified", lambda value: kept(value, status is None or f"{status}" in value.words, told, judged)
        )
        await nobody.aclose()
    with step(2):
        href = require((await device.own()).link("FunctionSetAssignmentsListLink"), "there is no link to follow")
        stranger = server.with_identity("newcomer-stranger")
        seen = await stranger.get(href, "FunctionSetAssignmentsList")
        code = seen.exchange.status
        told = "refused by TLS" if code is None else f"{code}"
        check.that(code != 200, "P17", "nothing served to the wrong device", told, [seen.exchange])
        judged = [seen.exchange]
        check.demands(
            "HTTP.unauthorised", lambda value: kept(value, code is None or f"{code}" in value.words, told, judged)
        )
    with step(3):
        if place := await settings_place(device):
            put = await stranger.put(place, der_settings(clock.now(), FOREIGN_W), "DERSettings")
            taken, seen = was_taken(put), f"{put.exchange.status or 'refused by TLS'}"
            check.that(not taken, "P17", "DERSettings of the wrong device not taken", seen, [put.exchange])
    await stranger.aclose()


@test_case(
    id="HTTP-002",
    title="No redirections, and links that stay on the server",
    subject="server",
    requirements=["GEN.LINK"],
    flaws=[],
    origin="ours",
    instructions=["register_device"],
    values=["HTTP.redirects"],
)
async def http_002(server, step, check, values):
    """A client that was built for servers without redirections stops at the first one.

    Steps
        1. Walk the tree, without following redirections.

    Passes when
        nothing is redirected and no link leads to another host, where the profile forbids it; every link can be had.
    """
    with step(1):
        tree = await server.walk(follow=False)
        moved = [reading.exchange for reading in tree if (reading.exchange.status or 0) in REDIRECTIONS]
        away = leading_away(tree)
        told = f"{len(moved)} redirections, {len(away)} links to elsewhere"
        for reading in tree:
            if reading.exchange not in moved:
                check.advertised(reading.exchange, requirement="GEN.LINK")
        clean = not moved and not away
        check.demands("HTTP.redirects", lambda value: kept(value, clean or value.figure != "forbidden", told, moved))


@test_case(
    id="HTTP-003",
    title="Encodings that the server speaks",
    subject="server",
    requirements=["CTP.GENERAL.2"],
    flaws=["dcap_wrong_media_type", "no_ccm8"],
    origin="ours",
    values=["HTTP.encodings"],
)
async def http_003(server, step, check):
    """A client of few means may have to rely on packed bodies.

    Steps
        1. GET DeviceCapability as XML.
        2. GET it with gzip among the encodings accepted.
        3. GET it with EXI as the only media type accepted.

    Passes when
        every encoding that the profile asks for is spoken. Of EXI only the media type is looked at.
    """
    with step(1):
        plain = await server.entry()
        check.media_type(plain.exchange, requirement="CTP.GENERAL.2")
    with step(2):
        packed = await server.ask("GET", server.entry_path, "DeviceCapability", headers=GZIP)
    with step(3):
        exi = await server.ask("GET", server.entry_path, "DeviceCapability", headers=EXI)
        exchanges = [plain.exchange, packed.exchange, exi.exchange]
        seen = {spoken(exchange) for exchange in exchanges} - {""}
        told = f"{', '.join(sorted(seen)) or 'none'}"
        check.demands("HTTP.encodings", lambda value: kept(value, set(value.words) <= seen, told, exchanges))


@test_case(
    id="HTTP-004",
    title="As many requests as a client may make",
    subject="server",
    requirements=["CTP.COMM-002"],
    flaws=[],
    origin="ours",
    serial=True,
    duration=["minute_of_requests"],
    values=["HTTP.requests_per_minute"],
)
async def http_004(server, step, check, values, clock, limits):
    """A client that keeps to the agreed number of requests must not be turned away for making them.

    Steps
        1. Wait until no request of the minute before counts.
        2. Make as many requests as the profile allows in a minute.

    Passes when
        none of them is answered 429 or 503.
    """
    with step(1):
        await clock.wait(limits.minute_of_requests.duration)
    with step(2):
        agreed = require(values.find("HTTP.requests_per_minute"), "the profile names no number")
        answers = [await server.entry() for _ in range(int(agreed.number))]
        exchanges = [answer.exchange for answer in answers]
        turned = [exchange for exchange in exchanges if exchange.status in (429, 503)]
        told = f"{len(turned)} of {len(answers)} turned away"
        check.demands("HTTP.requests_per_minute", lambda value: kept(value, not turned, told, turned or exchanges[:1]))


@test_case(
    id="HTTP-005",
    title="DeviceCapability at a fixed path",
    subject="server",
    requirements=["CTP.COMM-002"],
    flaws=[],
    origin="ours",
    values=["DeviceCapability.href"],
)
async def http_005(server, step, check):
    """A client with a built-in path finds nothing once the entry moves.

    Steps
        1. GET DeviceCapability at the configured path, without following a redirection.
        2. Compare its href with that path.
        3. GET it again.

    Passes when
        it is served there both times, and says that it is there.
    """
    with step(1):
        first = await server.unfollowed(server.entry_path, "DeviceCapability")
        check.answered(first.exchange, 200, requirement="CTP.COMM-002")
    with step(2):
        href = first.resource.href
        there = href is None or target_of(href) == target_of(server.entry_path)
    with step(3):
        again = await server.unfollowed(server.entry_path, "DeviceCapability")
        fixed = there and again.exchange.status == 200
        told = f"href {href or 'left out'}, then {again.exchange.status}"
        judged = [first.exchange, again.exchange]
        check.demands(
            "DeviceCapability.href", lambda value: kept(value, fixed or value.figure != "fixed", told, judged)
        )


@test_case(
    id="PUBLISHED-001",
    title="Controls and defaults as the server publishes them",
    subject="server",
    requirements=["GEN.LINK"],
    flaws=["randomizes_too_much"],
    origin="ours",
    needs=["DER"],
    instructions=["register_device"],
    values=[
        "DERControl.duration",
        "DERControl.interval",
        "DERControl.randomizeStart",
        "DERControl.opModExpLimW_floor",
        "DefaultDERControl.setGradW",
    ],
)
async def published_001(server, step, check):
    """What a handbook promises of controls, such as their length, clients are built to.

    Steps
        1. Walk the tree from DeviceCapability.
        2. Compare the lengths, the randomization and the export limits of all controls with the profile's figures.
        3. Compare the ramp rate of each default.

    Passes when
        every control keeps to the figures; a default with another ramp rate is warned of, unless the profile asks it
        of servers. By what is not published nothing is judged.
    """
    with step(1):
        tree = await server.walk()
        served = [reading for reading in tree if reading.exchange.status == 200]
        check.advertised(require(next(iter(served), None), "nothing is served").exchange, requirement="GEN.LINK")
    with step(2):
        shown = controls(served)
        seen = [each.exchange for each in shown]
        lengths = [duration_s(each) for each in shown]
        check.demands("DERControl.duration", lambda value: all_within(value, lengths, "lengths of controls", seen))
        series = [duration_s(each) for each in in_sequence(shown, "opModExpLimW")]
        check.demands("DERControl.interval", lambda value: all_equal(value, series, "limits that follow one another"))
        spread = [number for each in shown for number in randomized_s(each) or (None,)]
        check.demands("DERControl.randomizeStart", lambda value: all_within(value, spread, "spreads of controls", seen))
        exports = [watts for each in shown if (watts := quantity(mode_of(each.node, "opModExpLimW"))) is not None]
        check.demands("DERControl.opModExpLimW_floor", lambda value: least(value, exports, "export limits"))
    with step(3):
        ramps = [(each.node.integer("setGradW"), each.exchange) for each in defaults(served)]
        given = [(ramp, exchange) for ramp, exchange in ramps if ramp is not None]
        ramped = f"{', '.join(f'{ramp}' for ramp, _ in given) or 'none'}"
        judged = [exchange for _, exchange in given]
        check.demands(
            "DefaultDERControl.setGradW",
            lambda value: (
                kept_by_server(value, all(ramp == value.number for ramp, _ in given), ramped, judged)
                if given
                else unseen(value, "no default with a ramp rate")
            ),
        )


@test_case(
    id="PUBLISHED-002",
    title="Controls keep what they are under their mRID",
    subject="server",
    requirements=["GEN.LINK"],
    flaws=[],
    origin="ours",
    needs=["DER"],
    duration=["server_poll_pause"],
    instructions=["register_device"],
    values=["mRID.change"],
)
async def published_002(server, step, check, limits, clock):
    """A client that knows an mRID does not pass its control on again, whatever else became of it.

    Steps
        1. Walk the tree from DeviceCapability.
        2. Walk it again a little later, and compare the controls.

    Passes when
        no control changed under its mRID in anything but its status.
    """
    with step(1):
        first = await server.walk()
        check.advertised(first[0].exchange, requirement="GEN.LINK")
    with step(2):
        await clock.wait(limits.server_poll_pause.duration)
        second = await server.walk()
        before = {each.node.hexadecimal("mRID") for each in controls(first)}
        still = [each for each in controls(second) if each.node.hexadecimal("mRID") in before]
        require(still, "the server publishes no control that could keep what it is")
        changed = rewritten(controls(first), still)
        told, judged = f"{len(changed)} controls changed", [each.exchange for each in changed]
        check.demands(
            "mRID.change", lambda value: kept(value, not changed or "status" not in value.words, told, judged)
        )
