"""Ways of a client under test to its server beside the address: DNS-SD, redirection from clear text (both optional)."""

from conformance.face.authoring import Contact, one_program, registered_last, require, test_case

QUESTIONS = {("derp", False), ("derp", True), ("tm", False), ("", False)}
"""Subtype and QU bit of the questions that the procedure has a client ask."""


@test_case(
    id="COMM-001",
    title="Basic discovery by DNS-SD (optional)",
    subject="client",
    requirements=["CTP.COMM-001", "DNS.022", "DNS.040"],
    flaws=["never_discovers", "ignores_https_key", "ignores_offered_entry"],
    needs=["DNS-SD"],
    origin="SunSpec CSIP CTP 1.3, optional",
    duration=["first_contact"],
    instructions=["discover_server"],
)
async def comm_001(utility, discovery, client, step, check, limits, clock):
    """A device that is plugged in must find its server by itself, and by what the records say.

    Steps
        1. Offer the service and four subtypes by DNS-SD, and start the client without an address.
        2. Wait for its first request, at a path that only the records tell.
        3. Look at what it asked in the groups of multicast DNS.

    Passes when
        it asks for the service or a subtype, connects to the port of the key https, and asks first for what is on
        offer. Which of the procedure's four questions it does not ask is told.
    """
    device = registered_last(utility, client.lfdi, pin=client.pin)
    offered = one_program(utility, device.lfdi)
    with step(1):
        places = discovery.advertise(offered.assignment)
        await client.begin(Contact.DISCOVERY)
    with step(2):
        first = await client.seen("GET", None, clock.now() + limits.first_contact.duration)
        asked = [question.told for question in discovery.asked]
        require(asked or client.connections() or None, "the client neither asks by DNS-SD nor connects")
        reached = bool(client.connections())
        check.discovered(reached, "DNS.022", "a connection to the port of the key https", str(reached), asked)
        if reached:
            require(first, "the client connects and asks for nothing")
            seen = f"{first.path}, {'' if first.path in places else 'not '}on offer"
            check.that(first.path in places, "DNS.040", "a first request for what is on offer", seen, [first])
    with step(3):
        in_group = any(question.in_group for question in discovery.asked)
        wanted, seen = "a question for _smartenergy._tcp in a group", asked[0] if asked else "none"
        check.discovered(in_group, "CTP.COMM-001", wanted, seen, asked)
        lacking = QUESTIONS - {(it.subtype, it.question.unicast) for it in discovery.asked}
        told = ", ".join(sorted(f"{subtype or 'plain'}{' with QU' if alone else ''}" for subtype, alone in lacking))
        check.note(f"heard by {discovery.reaches}; of the procedure's questions not asked: {told or 'none'}")


@test_case(
    id="CORE-002",
    title="Redirection from clear text to TLS (by IEEE 2030.5; not in the SunSpec matrix)",
    subject="client",
    requirements=["GEN.037", "P6"],
    flaws=["ignores_redirects", "stays_in_the_clear"],
    needs=["clear text"],
    origin="SunSpec CSIP CTP 1.3, blank in its matrix",
    duration=["first_contact", "discovery"],
    instructions=["restart_client"],
)
async def core_002(utility, clear_text, client, step, check, limits, clock):
    """A server may still be found at an address in the clear; all it does there is to send the client on to TLS.

    Steps
        1. Listen without TLS, point the client there, and wait for its GET.
        2. Redirect it and wait for its GET of DeviceCapability over TLS.
        3. Look at what else it asked in the clear.

    Passes when
        the redirection is followed, and nothing but that is ever asked without TLS.
    """
    registered_last(utility, client.lfdi, pin=client.pin)
    one_program(utility, client.lfdi)
    with step(1):
        await clear_text.open()
        await client.start(limits.first_contact, Contact.CLEAR_TEXT)
    with step(2):
        until = clock.now() + limits.discovery.duration
        over_tls = await client.seen("GET", ("DeviceCapability",), until)
        came = clear_text.connected_over_tls(client.connections())
        require(over_tls or not came or None, "the client comes over TLS and asks for no DeviceCapability there")
        seen = "asked for" if over_tls else "no connection over TLS"
        check.that(over_tls is not None, "GEN.037", "DeviceCapability over TLS, where Location leads", seen)
    with step(3):
        plain = clear_text.asked(client.exchanges())
        require(plain or None, "the client never asked in the clear")
        others = [it for it in plain if it.path != plain[0].path or it.method != "GET"]
        seen = ", ".join(dict.fromkeys(f"{it.method} {it.path}" for it in others)) or "nothing else"
        check.that(not others, "P6", "nothing but the redirected GET without TLS", seen, others)
