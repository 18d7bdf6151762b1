"""Communication fundamentals of a client under test (SunSpec CTP 1.3, chapter 5)."""

from conformance.face.authoring import beyond_us, one_program, refuses, registered_last, require, test_case


@test_case(
    id="COMM-002",
    title="Basic discovery, out of band",
    subject="client",
    requirements=["CTP.COMM-002", "GEN.056", "DNS.040"],
    flaws=["no_accept_header", "hard_coded_paths"],
    duration=["first_contact"],
    instructions=["restart_client"],
)
async def comm_002(utility, client, step, check, limits):
    """A client that was given only an address and a path must find the rest by links.

    Steps
        1. Start the client and wait for its GET of DeviceCapability.
        2. Wait for its GET of a resource that links lead to.

    Passes when
        both GETs come to the places they should, with an Accept header, and are served.
    """
    registered_last(utility, client.lfdi, pin=client.pin)
    one_program(utility, client.lfdi)
    with step(1):
        await client.start(within=limits.first_contact)
        dcap = await client.must_get("DeviceCapability", within=limits.first_contact, requirement="CTP.COMM-002")
        check.accept_header(require(dcap, "the client did not GET DeviceCapability"), requirement="GEN.056")
    with step(2):
        linked = await client.must_get_linked(within=limits.discovery, requirement="DNS.040")
        check.accept_header(require(linked, "the client followed no link"), requirement="GEN.056")


@test_case(
    id="COMM-003",
    title="Basic security",
    subject="client",
    requirements=["CTP.COMM-003", "P8", "P9", "SEC.020", "SEC.021"],
    flaws=["offers_no_ccm8", "sends_leaf_only"],
    duration=["first_contact"],
    instructions=["restart_client"],
)
async def comm_003(utility, client, step, check, limits, values):
    """Everything else rests on mutual TLS with the one suite that both sides must have.

    Steps
        1. Start the client and wait for its first TLS handshake.
        2. Look at what it offered, what was agreed, and the certificate it showed.
        3. Wait for its GET of DeviceCapability.

    Passes when
        the handshake completes with TLS 1.2 and the mandatory suite, on a P-256 certificate with its whole path, and
        DeviceCapability is asked for.
    """
    registered_last(utility, client.lfdi, pin=client.pin)
    with step(1):
        await client.start(within=limits.first_contact)
        connection = await client.first_handshake(within=limits.first_contact)
        newer = (
            "the client offers only versions of TLS beyond 1.2, which the profile allows and the harness does not speak"
        )
        require(not beyond_us(values, connection), newer)
        check.session_up(connection, requirement="CTP.COMM-003")
    with step(2):
        check.ccm8_offered(connection, requirement="P9")
        require(connection.handshake_completed, "there is no TLS session")
        check.tls_version_1_2(connection, requirement="P8")
        check.suite_is_ccm8(connection, requirement="SEC.020")
        check.certificate_on_p256(connection, requirement="SEC.021")
    with step(3):
        await client.must_get("DeviceCapability", within=limits.first_contact, requirement="CTP.COMM-003")


async def accepts(chain, rule, utility, listener, client, step, check, limits, clock):
    """Show the client a sound chain of some length and judge that it talks to the server."""
    registered_last(utility, client.lfdi, pin=client.pin)
    await listener.show(chain)
    with step(1):
        await client.start(within=limits.first_contact)
        connection = await client.first_handshake(within=limits.first_contact)
        check.session_up(connection, requirement="SEC.035")
    with step(2):
        require(connection.handshake_completed, "there is no TLS session")
        check.suite_is_ccm8(connection, requirement="SEC.020")
        asked = await client.seen("GET", ("DeviceCapability",), clock.now() + limits.first_contact.duration)
        told = "DeviceCapability is asked for" if asked else f"nothing is asked for; {connection.ended_by or 'silence'}"
        check.that(asked is not None, rule, "DeviceCapability is asked for", told)


@test_case(
    id="COMM-004A",
    title="Advanced security: chain of two",
    subject="client",
    requirements=["CTP.COMM-004A", "SEC.035", "SEC.020"],
    flaws=["offers_no_ccm8", "sends_leaf_only", "refuses_short_chains"],
    duration=["first_contact"],
    instructions=["restart_client"],
)
async def comm_004a(utility, listener, client, step, check, limits, clock):
    """Servers with chains of every legal length are in the field; a client must get along with all of them.

    Steps
        1. Show a sound chain of two certificates, root included; start the client and wait for its handshake.
        2. Wait for its GET of DeviceCapability.

    Passes when
        the session is up with the mandatory suite, and DeviceCapability is asked for.
    """
    await accepts("chain_of_two", "CTP.COMM-004A", utility, listener, client, step, check, limits, clock)


@test_case(
    id="COMM-004B",
    title="Advanced security: chain of three",
    subject="client",
    requirements=["CTP.COMM-004B", "SEC.035", "SEC.020"],
    flaws=["offers_no_ccm8", "sends_leaf_only", "refuses_short_chains"],
    duration=["first_contact"],
    instructions=["restart_client"],
)
async def comm_004b(utility, listener, client, step, check, limits, clock):
    """Servers with chains of every legal length are in the field; a client must get along with all of them.

    Steps
        1. Show a sound chain of three certificates, root included; start the client and wait for its handshake.
        2. Wait for its GET of DeviceCapability.

    Passes when
        the session is up with the mandatory suite, and DeviceCapability is asked for.
    """
    await accepts("chain_of_three", "CTP.COMM-004B", utility, listener, client, step, check, limits, clock)


@test_case(
    id="COMM-004C",
    title="Advanced security: chain of four",
    subject="client",
    requirements=["CTP.COMM-004C", "SEC.035", "SEC.020"],
    flaws=["offers_no_ccm8", "sends_leaf_only"],
    duration=["first_contact"],
    instructions=["restart_client"],
)
async def comm_004c(utility, listener, client, step, check, limits, clock):
    """Servers with chains of every legal length are in the field; a client must get along with all of them.

    Steps
        1. Show a sound chain of four certificates, root included; start the client and wait for its handshake.
        2. Wait for its GET of DeviceCapability.

    Passes when
        the session is up with the mandatory suite, and DeviceCapability is asked for.
    """
    await accepts("chain_of_four", "CTP.COMM-004C", utility, listener, client, step, check, limits, clock)


@test_case(
    id="COMM-004D",
    title="Advanced security: critical extended key usage in the MICA",
    subject="client",
    requirements=["CTP.COMM-004D", "SEC.102"],
    flaws=["accepts_any_server"],
    duration=["first_contact", "first_contact", "refusal_watch"],
    instructions=["restart_client"],
)
async def comm_004d(utility, listener, client, step, check, limits, errata, clock):
    """What an authority may not do is said in its certificate, and a critical word must be understood or refused.

    Steps
        1. Show a sound chain and wait for the client's GET of DeviceCapability.
        2. Show a chain whose MICA has a critical extendedKeyUsage; restart the client and wait for its handshake.
        3. Watch for any request.

    Passes when
        the client sends no request, whether it says so by a TLS alert, closes the connection or stays silent.
        Edition 1.2 wants the TLS alert.
    """
    await refuses(
        "mica-critical-extended-key-usage",
        ("CTP.COMM-004D", "SEC.102"),
        utility,
        listener,
        client,
        step,
        check,
        limits,
        clock,
        errata,
    )


@test_case(
    id="COMM-004E",
    title="Advanced security: name constraints in the MICA",
    subject="client",
    requirements=["CTP.COMM-004E", "SEC.101"],
    flaws=["accepts_any_server", "leaves_chain_to_tls"],
    duration=["first_contact", "first_contact", "refusal_watch"],
    instructions=["restart_client"],
)
async def comm_004e(utility, listener, client, step, check, limits, clock):
    """Name constraints have no place in this PKI: a chain that has them was not made by its rules.

    Steps
        1. Show a sound chain and wait for the client's GET of DeviceCapability.
        2. Show a chain whose MICA has nameConstraints, not critical; restart the client and wait for its handshake.
        3. Watch for any request.

    Passes when
        the client sends no request, whether it says so by a TLS alert, closes the connection or stays silent.
    """
    await refuses(
        "mica-name-constraints", ("CTP.COMM-004E", "SEC.101"), utility, listener, client, step, check, limits, clock
    )


@test_case(
    id="COMM-004F",
    title="Advanced security: policy mappings in the MICA",
    subject="client",
    requirements=["CTP.COMM-004F", "SEC.100"],
    flaws=["accepts_any_server", "leaves_chain_to_tls"],
    duration=["first_contact", "first_contact", "refusal_watch"],
    instructions=["restart_client"],
)
async def comm_004f(utility, listener, client, step, check, limits, clock):
    """A policy mapping lets one authority speak for the policies of another, which this PKI rules out.

    Steps
        1. Show a sound chain and wait for the client's GET of DeviceCapability.
        2. Show a chain whose MICA has policyMappings, not critical; restart the client and wait for its handshake.
        3. Watch for any request.

    Passes when
        the client sends no request, whether it says so by a TLS alert, closes the connection or stays silent.
    """
    await refuses(
        "mica-policy-mappings", ("CTP.COMM-004F", "SEC.100"), utility, listener, client, step, check, limits, clock
    )


@test_case(
    id="COMM-004G",
    title="Advanced security: self-signed server certificate",
    subject="client",
    requirements=["CTP.COMM-004G", "SEC.098"],
    flaws=["accepts_any_server"],
    duration=["first_contact", "first_contact", "refusal_watch"],
    instructions=["restart_client"],
)
async def comm_004g(utility, listener, client, step, check, limits, errata, clock):
    """Anybody can sign a certificate for himself; a device that accepts it obeys whoever answers first.

    Steps
        1. Show a sound chain and wait for the client's GET of DeviceCapability.
        2. Show a certificate that is its own issuer; restart the client and wait for its handshake.
        3. Watch for any request.

    Passes when
        the client sends no request, whether it says so by a TLS alert, closes the connection or stays silent.
        Edition 1.2 wants the TLS alert.
    """
    rules = ("CTP.COMM-004G", "SEC.098")
    await refuses("self-signed", rules, utility, listener, client, step, check, limits, clock, errata)
