"""Error handling with a server under test (SunSpec CTP 1.3, chapter 10)."""

from conformance.face.authoring import location_of, require, test_case

REDIRECTIONS = (301, 302, 307, 308)
"""What the procedure names, and the forms of it that keep the method (RFC 9110)."""


@test_case(
    id="ERR-001",
    title="Error scenario 1: redirection (the server takes part)",
    subject="server",
    requirements=["CTP.ERR-001", "GEN.037", "CTP.GENERAL.2", "CTP.GENERAL.3"],
    flaws=["redirects_nowhere", "redirects_in_the_clear", "dcap_wrong_media_type"],
    serial=True,
    instructions=["redirect_entry", "restore_entry"],
)
async def err_001(server, device, arrange, step, check, policies):
    """A server that moves must say where to, and must still be there; all of it over TLS.

    Steps
        1. Have DeviceCapability redirected, if the operator can do that.
        2. GET DeviceCapability; a redirection must name another address over TLS.
        3. GET what it was redirected to, and a resource linked from there.

    Passes when
        a redirection carries a Location over TLS, DeviceCapability is served there, or at once where nothing is
        redirected, and so is the linked resource.
    """
    policy = policies["err_001_of_a_server"].name
    with step(1):
        arranged = await arrange.redirect()
    with step(2):
        first = await server.unfollowed(server.entry_path, "DeviceCapability")
        moved = first.exchange.status in REDIRECTIONS
        if arranged:
            require(moved, "the operator said that DeviceCapability is redirected, but it is not")
        else:
            check.note("no redirection was arranged: only what a client does behind one is tried", first.exchange)
        place = location_of(first) or ""
        if moved:
            secure = bool(place) and not place.lower().startswith("http:")
            check.that(secure, "GEN.037", "a Location over TLS", place or "none", [first.exchange], policy=policy)
        require(not moved or place, "there is no place to go on to")
    with step(3):
        dcap = await device.read(place if moved else server.entry_path, "DeviceCapability")
        await device.read_link(dcap.resource, "EndDeviceListLink")
