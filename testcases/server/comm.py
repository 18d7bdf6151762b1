"""Communication fundamentals against a server under test (SunSpec CTP 1.3, chapter 5)."""

from conformance.face.authoring import greeted, links_in, require, test_case, turned_down


@test_case(
    id="COMM-002",
    title="Basic discovery, out of band",
    subject="server",
    requirements=["CTP.COMM-002", "CTP.GENERAL.2", "CTP.GENERAL.3"],
    flaws=["dcap_wrong_media_type"],
)
async def comm_002(server, step, check):
    """A client that was given only an address and a path must be able to start.

    Steps
        1. GET DeviceCapability at the configured path.
        2. Follow a link of DeviceCapability, that of the EndDeviceList if there is one.

    Passes when
        both are answered 200 with a valid body of a 2030.5 media type, the first being DeviceCapability.
    """
    with step(1):
        dcap = await server.entry()
        require(check.answered(dcap.exchange, 200, requirement="CTP.COMM-002"), "DeviceCapability is not served")
        check.media_type(dcap.exchange, requirement="CTP.GENERAL.2")
        check.document_is(dcap.exchange, "DeviceCapability", requirement="CTP.COMM-002")
        check.schema_valid(dcap.exchange)
    with step(2):
        links = dict(links_in(dcap.resource))
        name = "EndDeviceListLink" if "EndDeviceListLink" in links else next(iter(links), None)
        name = require(name, "DeviceCapability has no link")
        linked = await server.get(links[name], name.removesuffix("Link"))
        require(check.answered(linked.exchange, 200, requirement="CTP.COMM-002"), "the link leads nowhere")
        check.media_type(linked.exchange, requirement="CTP.GENERAL.2")
        check.schema_valid(linked.exchange)


@test_case(
    id="COMM-003",
    title="Basic security",
    subject="server",
    requirements=["CTP.COMM-003", "P8", "SEC.020", "SEC.021", "SEC.016"],
    flaws=["asks_for_no_certificate", "no_ccm8", "no_client_certificate_needed"],
)
async def comm_003(server, step, check):
    """Everything else rests on mutual TLS with the one suite that both sides must have.

    Steps
        1. Connect offering only ECDHE-ECDSA-AES128-CCM-8, showing a device certificate.
        2. GET DeviceCapability over such a connection.
        3. Connect without a client certificate and try to GET DeviceCapability.

    Passes when
        the handshake completes with TLS 1.2, the mandatory suite and a P-256 certificate, DeviceCapability is served,
        and nothing is served to a client without a certificate.
    """
    with step(1):
        connection = await server.connect()
        if check.session_up(connection, requirement="CTP.COMM-003"):
            check.tls_version_1_2(connection, requirement="P8")
            check.suite_is_ccm8(connection, requirement="SEC.020")
            check.certificate_on_p256(connection, requirement="SEC.021")
    require(connection.handshake_completed, "there is no TLS session")
    with step(2):
        dcap = await server.entry()
        check.answered(dcap.exchange, 200, requirement="CTP.COMM-003")
    with step(3):
        stranger = server.with_identity("none")
        refusal = await stranger.connect()
        answer = await stranger.entry()
        await stranger.aclose()
        served = answer.exchange.status == 200
        check.refused(refusal, served, requirement="SEC.016")


SOUND = ["SEC.020", "SEC.035"]
"""The rules that a sound chain is judged by."""
UNSEEN_BY_TLS = ["asks_for_no_certificate", "ignores_authority_extensions"]
"""The flaws that let a chain pass which plain TLS takes."""


def chain_case(test_id, title, rules, flaws):
    """Declare a case of COMM-004; all of them need the same."""
    return test_case(
        id=test_id,
        title=title,
        subject="server",
        requirements=[f"CTP.{test_id}", *rules],
        flaws=flaws,
        instructions=["register_device"],
    )


async def accepted(test_id, length, server, arrange, step, check):
    """Show a sound chain of a length: steps 1 and 2 of COMM-004A to C."""
    client = server.with_identity(f"chain-{length}")
    with step(1):
        connection = await client.connect()
        if check.session_up(connection, requirement="SEC.035"):
            check.suite_is_ccm8(connection, requirement="SEC.020")
    require(connection.handshake_completed, "there is no TLS session")
    with step(2):
        dcap = await greeted(client, arrange)
        check.answered(dcap.exchange, 200, requirement=f"CTP.{test_id}")
    await client.aclose()


@chain_case("COMM-004A", "Advanced security: chain of two", SOUND, ["no_ccm8", "refuses_chains_of_two"])
async def comm_004a(server, arrange, step, check):
    """The makers of devices may issue below the root in one step; a server must follow the whole path.

    Steps
        1. Connect with a device certificate in a chain of SERCA and device.
        2. GET DeviceCapability; if the server does not know the device, have it registered first.

    Passes when
        the handshake completes with the mandatory suite, and DeviceCapability is served.
    """
    await accepted("COMM-004A", 2, server, arrange, step, check)


@chain_case("COMM-004B", "Advanced security: chain of three", SOUND, ["no_ccm8", "refuses_chains_of_three"])
async def comm_004b(server, arrange, step, check):
    """The makers of devices may issue below the root in two steps; a server must follow the whole path.

    Steps
        1. Connect with a device certificate in a chain of SERCA, MICA and device.
        2. GET DeviceCapability; if the server does not know the device, have it registered first.

    Passes when
        the handshake completes with the mandatory suite, and DeviceCapability is served.
    """
    await accepted("COMM-004B", 3, server, arrange, step, check)


@chain_case("COMM-004C", "Advanced security: chain of four", SOUND, ["no_ccm8"])
async def comm_004c(server, arrange, step, check):
    """The makers of devices may issue below the root in three steps; a server must follow the whole path.

    Steps
        1. Connect with a device certificate in a chain of SERCA, MCA, MICA and device.
        2. GET DeviceCapability; if the server does not know the device, have it registered first.

    Passes when
        the handshake completes with the mandatory suite, and DeviceCapability is served.
    """
    await accepted("COMM-004C", 4, server, arrange, step, check)


@chain_case(
    "COMM-004D",
    "Advanced security: MICA with a critical extended key usage",
    ["SEC.102"],
    ["asks_for_no_certificate"],
)
async def comm_004d(server, arrange, step, check, errata):
    """An issuing authority that is limited to another purpose, critically, must not vouch for devices.

    Steps
        1. GET DeviceCapability with a sound chain of the same PKI, so that a refusal can have but one reason.
        2. Connect with the faulty chain, and try to GET DeviceCapability.

    Passes when
        the sound chain is served, and nothing is served to the faulty one. Edition 1.2 wants a TLS alert as well.
    """
    rules = ["CTP.COMM-004D", "SEC.102"]
    await turned_down("mica-critical-extended-key-usage", rules, server, arrange, step, check, errata)


@chain_case(
    "COMM-004E",
    "Advanced security: MICA with name constraints",
    ["SEC.101"],
    UNSEEN_BY_TLS,
)
async def comm_004e(server, arrange, step, check):
    """Name constraints are no part of the PKI, and plain TLS libraries let them pass.

    Steps
        1. GET DeviceCapability with a sound chain of the same PKI, so that a refusal can have but one reason.
        2. Connect with the faulty chain, and try to GET DeviceCapability.

    Passes when
        the sound chain is served, and nothing is served to the faulty one.
    """
    await turned_down("mica-name-constraints", ["CTP.COMM-004E", "SEC.101"], server, arrange, step, check)


@chain_case(
    "COMM-004F",
    "Advanced security: MICA with policy mappings",
    ["SEC.100"],
    UNSEEN_BY_TLS,
)
async def comm_004f(server, arrange, step, check):
    """Policy mappings are no part of the PKI, and plain TLS libraries let them pass.

    Steps
        1. GET DeviceCapability with a sound chain of the same PKI, so that a refusal can have but one reason.
        2. Connect with the faulty chain, and try to GET DeviceCapability.

    Passes when
        the sound chain is served, and nothing is served to the faulty one.
    """
    await turned_down("mica-policy-mappings", ["CTP.COMM-004F", "SEC.100"], server, arrange, step, check)


@chain_case("COMM-004G", "Advanced security: self-signed device certificate", ["SEC.098"], ["asks_for_no_certificate"])
async def comm_004g(server, arrange, step, check, errata):
    """Anybody can sign for himself.

    Steps
        1. GET DeviceCapability with a sound chain of the same PKI, so that a refusal can have but one reason.
        2. Connect with the faulty chain, and try to GET DeviceCapability.

    Passes when
        the sound chain is served, and nothing is served to the faulty one. Edition 1.2 wants a TLS alert as well.
    """
    await turned_down("self-signed", ["CTP.COMM-004G", "SEC.098"], server, arrange, step, check, errata)
