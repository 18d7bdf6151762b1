"""Chains of certificates that no procedure tries on a client under test, and the one it shows. Ids are ours."""

from conformance.face.authoring import refuses, registered_last, require, test_case

FORM = [
    "SEC.041",
    "SEC.049",
    "SEC.050",
    "SEC.051",
    "SEC.056",
    "SEC.057",
    "SEC.058",
    "SEC.059",
    "SEC.060",
    "SEC.064",
]
LENGTH = ["first_contact", "first_contact", "refusal_watch"]


def chain_case(test_id, title, rule, flaws):
    """Declare a case; all of them need the same."""
    return test_case(
        id=test_id,
        title=title,
        subject="client",
        requirements=[rule],
        flaws=["accepts_any_server", *flaws],
        origin="ours",
        duration=LENGTH,
        instructions=["restart_client"],
    )


@chain_case("CERT-001", "Expired server certificate", "SEC.017", [])
async def cert_001(utility, listener, client, step, check, limits, clock):
    """A certificate that is no longer valid proves nothing, and no procedure tries one.

    Steps
        1. Show a sound chain and wait for the client's GET of DeviceCapability.
        2. Show a certificate that was valid until a year ago; restart the client and wait
           for its handshake.
        3. Watch for any request.

    Passes when
        the client sends no request, whether it says so by a TLS alert, closes the connection or stays silent.
    """
    await refuses("expired", ["SEC.017"], utility, listener, client, step, check, limits, clock)


@chain_case("CERT-002", "Server certificate of another root", "SEC.017", [])
async def cert_002(utility, listener, client, step, check, limits, clock):
    """The root decides who may speak; a sound chain to a root that nobody trusts is a stranger's.

    Steps
        1. Show a sound chain and wait for the client's GET of DeviceCapability.
        2. Show a sound chain to another root; restart the client and wait
           for its handshake.
        3. Watch for any request.

    Passes when
        the client sends no request, whether it says so by a TLS alert, closes the connection or stays silent.
    """
    await refuses("other-root", ["SEC.017"], utility, listener, client, step, check, limits, clock)


@chain_case("CERT-003", "Critical extended key usage in the MCA", "SEC.102", [])
async def cert_003(utility, listener, client, step, check, limits, clock):
    """COMM-004 looks for faults in the MICA only; the authority above it can be just as faulty.

    Steps
        1. Show a sound chain and wait for the client's GET of DeviceCapability.
        2. Show a chain whose MCA has a critical extendedKeyUsage; restart the client and wait
           for its handshake.
        3. Watch for any request.

    Passes when
        the client sends no request, whether it says so by a TLS alert, closes the connection or stays silent.
    """
    await refuses("mca-critical-extended-key-usage", ["SEC.102"], utility, listener, client, step, check, limits, clock)


@chain_case("CERT-004", "Name constraints in the MCA", "SEC.101", ["leaves_chain_to_tls"])
async def cert_004(utility, listener, client, step, check, limits, clock):
    """COMM-004 looks for faults in the MICA only, and one who checks only the next authority misses this one.

    Steps
        1. Show a sound chain and wait for the client's GET of DeviceCapability.
        2. Show a chain whose MCA has nameConstraints, not critical; restart the client and wait
           for its handshake.
        3. Watch for any request.

    Passes when
        the client sends no request, whether it says so by a TLS alert, closes the connection or stays silent.
    """
    await refuses("mca-name-constraints", ["SEC.101"], utility, listener, client, step, check, limits, clock)


@chain_case("CERT-005", "Policy mappings in the MCA", "SEC.100", ["leaves_chain_to_tls"])
async def cert_005(utility, listener, client, step, check, limits, clock):
    """COMM-004 looks for faults in the MICA only, and one who checks only the next authority misses this one.

    Steps
        1. Show a sound chain and wait for the client's GET of DeviceCapability.
        2. Show a chain whose MCA has policyMappings, not critical; restart the client and wait
           for its handshake.
        3. Watch for any request.

    Passes when
        the client sends no request, whether it says so by a TLS alert, closes the connection or stays silent.
    """
    await refuses("mca-policy-mappings", ["SEC.100"], utility, listener, client, step, check, limits, clock)


@chain_case("CERT-006", "An MCA with a MICA it may not have", "SEC.098", [])
async def cert_006(utility, listener, client, step, check, limits, clock):
    """How many authorities may stand below another is said in its certificate; a chain that is longer is not its doing.

    Steps
        1. Show a sound chain and wait for the client's GET of DeviceCapability.
        2. Show a chain whose MCA, by its path length of 0, may have no MICA below it; restart the client and wait
           for its handshake.
        3. Watch for any request.

    Passes when
        the client sends no request, whether it says so by a TLS alert, closes the connection or stays silent.
    """
    await refuses("mca-path-length", ["SEC.098"], utility, listener, client, step, check, limits, clock)


@chain_case("CERT-007", "Expired MCA", "SEC.098", [])
async def cert_007(utility, listener, client, step, check, limits, clock):
    """A chain is as valid as the shortest-lived certificate in it.

    Steps
        1. Show a sound chain and wait for the client's GET of DeviceCapability.
        2. Show a chain whose MCA was valid until a year ago; restart the client and wait
           for its handshake.
        3. Watch for any request.

    Passes when
        the client sends no request, whether it says so by a TLS alert, closes the connection or stays silent.
    """
    await refuses("mca-expired", ["SEC.098"], utility, listener, client, step, check, limits, clock)


@test_case(
    id="CERT-008",
    title="Form of the certificates that the client shows",
    subject="client",
    requirements=FORM,
    flaws=["certificate_ends"],
    origin="ours",
    duration=["first_contact"],
    instructions=["restart_client"],
)
async def cert_008(utility, client, step, check, limits):
    """A device keeps its certificate for life, so one of the wrong form is found out only when it is too late to mend.

    Steps
        1. Start the client and wait for its first TLS handshake.
        2. Judge each certificate that it showed, and how one leads to the next.

    Passes when
        the certificates are one path, leaf first, and each has the form that IEEE 2030.5 gives it. Where the device
        certificate does not say that it is one of IEEE 2030.5, or is a test certificate, departures are warned of.
    """
    registered_last(utility, client.lfdi, pin=client.pin)
    with step(1):
        await client.start(within=limits.first_contact)
        connection = await client.first_handshake(within=limits.first_contact)
        require(connection.chain, "no certificate was shown")
    with step(2):
        check.certificate_form(connection, policy="certificate_form")


@chain_case("CERT-009", "Unknown critical extension in the server certificate", "SEC.069", [])
async def cert_009(utility, listener, client, step, check, limits, clock):
    """What is critical must be understood: who passes over it takes a certificate for more than it is.

    Steps
        1. Show a sound chain and wait for the client's GET of DeviceCapability.
        2. Show a certificate with a critical extension that nobody knows; restart the client and wait
           for its handshake.
        3. Watch for any request.

    Passes when
        the client sends no request, whether it says so by a TLS alert, closes the connection or stays silent.
    """
    await refuses("unknown-critical-extension", ["SEC.069"], utility, listener, client, step, check, limits, clock)
