"""Communication fundamentals of a client under test (SunSpec CTP 1.3, chapter 5)."""

from conformance.face.authoring import one_program, registered_last, require, test_case


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
async def comm_003(utility, client, step, check, limits):
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
        check.session_up(connection, requirement="CTP.COMM-003")
    with step(2):
        check.ccm8_offered(connection, requirement="P9")
        require(connection.handshake_completed, "there is no TLS session")
        check.tls_version_1_2(connection, requirement="P8")
        check.suite_is_ccm8(connection, requirement="SEC.020")
        check.certificate_on_p256(connection, requirement="SEC.021")
    with step(3):
        await client.must_get("DeviceCapability", within=limits.first_contact, requirement="CTP.COMM-003")
