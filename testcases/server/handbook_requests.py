"""What handbooks ask of a server beyond the procedures: who is turned away, and how it speaks HTTP.

Figures come from the profile; each of them costs what its source is worth. Ids are ours.
"""

from conformance.face.authoring import (
    der_settings,
    kept,
    leading_away,
    require,
    spoken,
    target_of,
    test_case,
    was_taken,
)

REDIRECTIONS = range(300, 400)
FOREIGN_W = 5000
"""What a stranger tells of the DER of another."""
GZIP = (("Accept-Encoding", "gzip"),)
EXI = (("Accept", "application/sep-exi"),)


async def settings_place(device):
    """Return where the DERSettings of the own device stand, if it has a DER."""
    own = await device.own()
    if own.link("DERListLink") is None:
        return None
    ders = await device.read_list(own, "DERListLink")
    return next((place for der in ders.entries if (place := der.link("DERSettingsLink"))), None)


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
