"""Communication fundamentals against a server under test (SunSpec CTP 1.3, chapter 5)."""

from conformance.face.authoring import links_in, require, test_case


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
    flaws=["no_ccm8", "no_client_certificate_needed"],
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
