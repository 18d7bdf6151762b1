"""Chains of certificates that no procedure tries on a server under test, and the one it shows. Ids are ours."""

from conformance.face.authoring import require, test_case, turned_down

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


def chain_case(test_id, title, rule, flaws):
    """Declare a case; all of them need the same."""
    return test_case(
        id=test_id,
        title=title,
        subject="server",
        requirements=[rule],
        flaws=["asks_for_no_certificate", *flaws],
        origin="ours",
        instructions=["register_device"],
    )


@chain_case("CERT-001", "Expired device certificate", "SEC.016", [])
async def cert_001(server, arrange, step, check):
    """A certificate that is no longer valid proves nothing, and no procedure tries one.

    Steps
        1. GET DeviceCapability with a sound chain of the same PKI, so that a refusal can have but one reason.
        2. Connect with a certificate that was valid until a year ago, and try to GET DeviceCapability.

    Passes when
        the sound chain is served, and nothing is served to the faulty one.
    """
    await turned_down("expired", ["SEC.016"], server, arrange, step, check)


@chain_case("CERT-002", "Device certificate of another root", "SEC.016", [])
async def cert_002(server, arrange, step, check):
    """The root decides who may speak; a sound chain to a root that nobody trusts is a stranger's.

    Steps
        1. GET DeviceCapability with a sound chain of the same PKI, so that a refusal can have but one reason.
        2. Connect with a sound chain to another root, and try to GET DeviceCapability.

    Passes when
        the sound chain is served, and nothing is served to the faulty one.
    """
    await turned_down("other-root", ["SEC.016"], server, arrange, step, check)


@chain_case("CERT-003", "Critical extended key usage in the MCA", "SEC.102", [])
async def cert_003(server, arrange, step, check):
    """COMM-004 looks for faults in the MICA only; the authority above it can be just as faulty.

    Steps
        1. GET DeviceCapability with a sound chain of the same PKI, so that a refusal can have but one reason.
        2. Connect with a chain whose MCA has a critical extendedKeyUsage, and try to GET DeviceCapability.

    Passes when
        the sound chain is served, and nothing is served to the faulty one.
    """
    await turned_down("mca-critical-extended-key-usage", ["SEC.102"], server, arrange, step, check)


@chain_case("CERT-004", "Name constraints in the MCA", "SEC.101", ["ignores_authority_extensions"])
async def cert_004(server, arrange, step, check):
    """COMM-004 looks for faults in the MICA only, and one who checks only the next authority misses this one.

    Steps
        1. GET DeviceCapability with a sound chain of the same PKI, so that a refusal can have but one reason.
        2. Connect with a chain whose MCA has nameConstraints, not critical, and try to GET DeviceCapability.

    Passes when
        the sound chain is served, and nothing is served to the faulty one.
    """
    await turned_down("mca-name-constraints", ["SEC.101"], server, arrange, step, check)


@chain_case("CERT-005", "Policy mappings in the MCA", "SEC.100", ["ignores_authority_extensions"])
async def cert_005(server, arrange, step, check):
    """COMM-004 looks for faults in the MICA only, and one who checks only the next authority misses this one.

    Steps
        1. GET DeviceCapability with a sound chain of the same PKI, so that a refusal can have but one reason.
        2. Connect with a chain whose MCA has policyMappings, not critical, and try to GET DeviceCapability.

    Passes when
        the sound chain is served, and nothing is served to the faulty one.
    """
    await turned_down("mca-policy-mappings", ["SEC.100"], server, arrange, step, check)


@chain_case("CERT-006", "An MCA with a MICA it may not have", "SEC.098", [])
async def cert_006(server, arrange, step, check):
    """How many authorities may stand below another is said in its certificate; a chain that is longer is not its doing.

    Steps
        1. GET DeviceCapability with a sound chain of the same PKI, so that a refusal can have but one reason.
        2. Connect with a chain whose MCA, by its path length of 0, may have no MICA below it, and try to GET
           DeviceCapability.

    Passes when
        the sound chain is served, and nothing is served to the faulty one.
    """
    await turned_down("mca-path-length", ["SEC.098"], server, arrange, step, check)


@chain_case("CERT-007", "Expired MCA", "SEC.098", [])
async def cert_007(server, arrange, step, check):
    """A chain is as valid as the shortest-lived certificate in it.

    Steps
        1. GET DeviceCapability with a sound chain of the same PKI, so that a refusal can have but one reason.
        2. Connect with a chain whose MCA was valid until a year ago, and try to GET DeviceCapability.

    Passes when
        the sound chain is served, and nothing is served to the faulty one.
    """
    await turned_down("mca-expired", ["SEC.098"], server, arrange, step, check)


@test_case(
    id="CERT-008",
    title="Form of the certificates that the server shows",
    subject="server",
    requirements=FORM,
    flaws=["names_no_authority_key"],
    origin="ours",
)
async def cert_008(server, step, check):
    """Devices that look closely refuse a server whose certificates have the wrong form, and others let it pass.

    Steps
        1. Connect with a sound device certificate.
        2. Judge each certificate that the server showed, and how one leads to the next.

    Passes when
        the certificates are one path, leaf first, and each has the form that IEEE 2030.5 gives it. Where the device
        certificate does not say that it is one of IEEE 2030.5, or is a test certificate, departures are warned of.
    """
    with step(1):
        connection = await server.connect()
        require(connection.chain, "no certificate was shown")
    with step(2):
        check.certificate_form(connection, policy="certificate_form")


@chain_case("CERT-009", "Unknown critical extension in the device certificate", "SEC.069", [])
async def cert_009(server, arrange, step, check):
    """What is critical must be understood: who passes over it takes a certificate for more than it is.

    Steps
        1. GET DeviceCapability with a sound chain of the same PKI, so that a refusal can have but one reason.
        2. Connect with a certificate that has a critical extension that nobody knows, and try to GET DeviceCapability.

    Passes when
        the sound chain is served, and nothing is served to the faulty one.
    """
    await turned_down("unknown-critical-extension", ["SEC.069"], server, arrange, step, check)
