"""Error handling of a client under test (SunSpec CTP 1.3, chapter 10)."""

from conformance.face.authoring import move, one_program, redirections, registered_last, require, test_case

MOVED_PERMANENTLY = 301


@test_case(
    id="ERR-001",
    title="DeviceCapability has moved",
    subject="client",
    requirements=["CTP.ERR-001", "DNS.042"],
    flaws=["ignores_redirects", "hard_coded_paths"],
    duration=["first_contact", "discovery"],
    instructions=["restart_client"],
)
async def err_001(utility, client, step, check, limits, values):
    """Servers move; a device that does not follow is lost until somebody drives out to it.

    Steps
        1. Redirect DeviceCapability; start the client and wait for its GET at the configured place.
        2. Wait for its GET at the new place.
        3. Wait for its GET of a resource that links lead to.

    Passes when
        the client follows the redirect over TLS and goes on from there. Where the profile forbids redirections, the
        case does not apply.
    """
    redirections(values)
    registered_last(utility, client.lfdi, pin=client.pin)
    one_program(utility, client.lfdi)
    moved = move(utility, utility.entry_path, MOVED_PERMANENTLY, "DeviceCapability")
    with step(1):
        await client.start(within=limits.first_contact)
        asked = await client.must_get("DeviceCapability", within=limits.first_contact, requirement="CTP.ERR-001")
        require(asked, "the client does not read DeviceCapability")
    with step(2):
        await client.must_get("DeviceCapability", limits.discovery, "DNS.042", lambda it: it.path == moved.new)
    with step(3):
        linked = await client.must_get_linked(within=limits.discovery, requirement="CTP.ERR-001")
        require(linked, "the client followed no link")
