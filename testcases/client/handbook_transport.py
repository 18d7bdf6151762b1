"""What a profile wants of the way a client speaks: versions and suites of TLS, redirections."""

from conformance.face.authoring import kept, move, one_program, registered_last, require, test_case

MOVED_PERMANENTLY = 301


@test_case(
    id="TLS-001",
    title="Versions and suites of TLS on offer",
    subject="client",
    requirements=["P8", "P9"],
    flaws=["offers_no_ccm8"],
    origin="ours",
    duration=["first_contact"],
    instructions=["restart_client"],
    values=["TLS.versions", "TLS.cipher_suites"],
)
async def tls_001(utility, client, step, check, limits):
    """A client that offers nothing the server may agree to is shut out, however sound the rest of it is.

    Steps
        1. Start the client and wait for its first TLS handshake to end, well or badly.
        2. Look at the versions and the cipher suites that its hello offers.

    Passes when
        one of the versions and one of the suites that the profile allows are among them. To offer more is legal.
    """
    registered_last(utility, client.lfdi, pin=client.pin)
    with step(1):
        await client.start(within=limits.first_contact)
        connection = await client.first_handshake(within=limits.first_contact)
    with step(2):
        check.version_offered(connection)
        check.suite_offered(connection)


@test_case(
    id="REDIRECTS-001",
    title="Redirections, followed or not, as the profile wants",
    subject="client",
    requirements=[],
    flaws=["ignores_redirects"],
    origin="ours",
    duration=["first_contact", "discovery", "discovery"],
    instructions=["restart_client"],
    values=["HTTP.redirects"],
)
async def redirects_001(utility, client, step, check, limits, clock):
    """Most utilities may move a resource; some say that they never will, and that whoever is sent away is misled.

    Steps
        1. Redirect the FunctionSetAssignmentsList; start the client and wait for its GET at the old place.
        2. Watch for its GET at the new place.

    Passes when
        it comes where the profile requires that redirections are followed, and does not where it forbids them.
    """
    device = registered_last(utility, client.lfdi, pin=client.pin)
    one_program(utility, client.lfdi)
    kind = "FunctionSetAssignmentsList"
    moved = move(utility, device.assignments_path, MOVED_PERMANENTLY, kind)
    with step(1):
        await client.start(within=limits.first_contact)
        until = clock.now() + limits.discovery.duration
        asked = await client.seen("GET", None, until, lambda it: it.path == device.assignments_path)
        require(asked, f"the client does not ask for the {kind} at all")
    with step(2):
        until = clock.now() + limits.discovery.duration
        followed = await client.seen("GET", None, until, lambda it: it.path == moved.new)
        told = "the redirection is followed" if followed else "it does not ask at the new place"
        seen = [followed] if followed else [asked]
        check.demands(
            "HTTP.redirects", lambda value: kept(value, bool(followed) == (value.figure == "required"), told, seen)
        )
