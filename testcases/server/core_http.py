"""HTTP and lists as a server under test must handle them (SunSpec CTP 1.3, chapter 6; required by IEEE 2030.5 only)."""

from conformance.face.authoring import (
    DOCUMENTATION_PEN,
    LIST_QUERIES,
    GroupOffer,
    ProgramOffer,
    forbidden_methods,
    location_of,
    log_event,
    one_of_each_kind,
    require,
    test_case,
)

REDIRECTIONS = (301, 302, 307, 308)
"""Erratum 31 prints 301; the others send a client on just as well."""
ORIGIN = "SunSpec CSIP CTP 1.3, blank in its matrix"


@test_case(
    id="CORE-001",
    title="HTTP requests (by IEEE 2030.5; not in the SunSpec matrix)",
    subject="server",
    requirements=["CTP.CORE-001", "GEN.045", "GEN.047", "GEN.048", "CTP.GENERAL.2"],
    flaws=["unknown_method_is_400", "accepts_forbidden_methods", "dcap_wrong_media_type"],
    origin=ORIGIN,
    instructions=["register_device"],
)
async def core_001(server, step, check, policies):
    """A server that answers wrong methods wrongly makes clients guess.

    Steps
        1. Walk the tree and take one resource of each kind; GET and HEAD it.
        2. Send methods that it must not have.
        3. Send an invented method.
        4. Send a GET of DeviceCapability with a header that is none.

    Passes when
        GET and HEAD are answered 200 with the right media type, methods that a resource must not have 405, an
        invented one 501, and a malformed header 400.
    """
    policy = policies["ungated_by_matrix"].name
    with step(1):
        kinds = one_of_each_kind(await server.walk())
        for reading in kinds:
            head = await server.ask("HEAD", reading.exchange.target, reading.exchange.resource)
            check.answered(head.exchange, 200, requirement="CTP.CORE-001", policy=policy)
            check.media_type(reading.exchange, requirement="CTP.GENERAL.2")
    with step(2):
        for reading in kinds:
            for method in forbidden_methods(reading.exchange.resource):
                wrong = await server.ask(
                    method, reading.address, reading.exchange.resource, reading.exchange.response_body
                )
                check.answered(wrong.exchange, 405, requirement="GEN.047", policy=policies["unsupported_methods"].name)
    with step(3):
        for reading in kinds:
            foo = await server.ask("FOO", reading.address, reading.exchange.resource)
            check.answered(foo.exchange, 501, requirement="GEN.048", policy=policy)
    with step(4):
        broken = await server.malformed(f"GET {server.entry_path} HTTP/1.1", "Host: server", "this is no header")
        check.answered(broken.exchange, 400, requirement="GEN.045", policy=policy)


async def sent_on_to_tls(clear_text, server, check, policy):
    """GET DeviceCapability without TLS where that is declared; judge that it is sent on to TLS and nothing served."""
    if not clear_text.declared:
        check.note("clear text was not tried: the declaration names no port for it (subject.clear_text)")
        return
    plain = await clear_text.get(server.entry_path)
    status, place = plain.exchange.status, location_of(plain) or ""
    seen = f"{status or plain.exchange.error} {place}".strip()
    served = bool(plain.exchange.response_body) and status == 200
    check.that(not served, "P6", "nothing served without TLS", seen, [plain.exchange], policy=policy)
    sent_on = status in REDIRECTIONS and place.startswith("https://")
    check.that(sent_on, "CTP.CORE-002", "301 and a Location of https", seen, [plain.exchange], policy=policy)
    if sent_on:
        there = await server.get(place, "DeviceCapability")
        check.answered(there.exchange, 200, requirement="GEN.037", policy=policy)


@test_case(
    id="CORE-002",
    title="HTTP responses (by IEEE 2030.5; not in the SunSpec matrix)",
    subject="server",
    requirements=["CTP.CORE-002", "GEN.037", "P6", "GEN.040", "GEN.043", "GEN.044", "GEN.047", "GEN.048"],
    flaws=[
        "unknown_method_is_400",
        "unknown_path_is_500",
        "no_allow_header",
        "allows_what_it_refuses",
        "created_without_location",
        "accepts_forbidden_methods",
        "serves_in_the_clear",
        "redirects_the_clear_nowhere",
    ],
    origin=ORIGIN,
    instructions=["register_device"],
)
async def core_002(server, device, clear_text, step, check, policies, clock):
    """Clients steer by status codes and by the headers that must come with them.

    Steps
        1. POST a log event.
        2. GET without Host, and a path that does not exist.
        3. Send methods that a resource must not have to one of each kind.
        4. Send an invented method to DeviceCapability.
        5. Where the declaration names a port in the clear, GET DeviceCapability there and follow the redirection.

    Passes when
        they are answered 201 with a place, 400, 404, 405 with Allow, 501, and 301 that leads to TLS.
    """
    policy = policies["ungated_by_matrix"].name
    with step(1):
        href = require((await device.own()).link("LogEventListLink"), "the EndDevice has no LogEventListLink")
        posted = await server.post(href, log_event(clock.now(), 1, DOCUMENTATION_PEN), "LogEventList")
        if check.answered(posted.exchange, 201, requirement="CTP.CORE-002", policy=policy):
            check.has_location(posted.exchange, requirement="GEN.040")
    with step(2):
        hostless = await server.malformed(f"GET {server.entry_path} HTTP/1.1")
        check.answered(hostless.exchange, 400, requirement="GEN.043", policy=policy)
        nowhere = await server.unfollowed(f"{server.entry_path}/no-such-path-7c1e")
        check.answered(nowhere.exchange, 404, requirement="GEN.044", policy=policy)
    with step(3):
        for reading in one_of_each_kind(await server.walk()):
            for method in forbidden_methods(reading.exchange.resource)[:1]:
                wrong = await server.ask(
                    method, reading.address, reading.exchange.resource, reading.exchange.response_body
                )
                allowed = policies["unsupported_methods"].name
                if check.answered(wrong.exchange, 405, requirement="GEN.047", policy=allowed):
                    check.has_allow(wrong.exchange, requirement="GEN.047")
    with step(4):
        foo = await server.ask("FOO", server.entry_path, "DeviceCapability")
        check.answered(foo.exchange, 501, requirement="GEN.048", policy=policy)
    with step(5):
        await sent_on_to_tls(clear_text, server, check, policy)


def with_query(address, asked):
    """Return an address with a query, behind the one that it may have."""
    return address + (asked.replace("?", "&", 1) if "?" in address else asked)


@test_case(
    id="CORE-004",
    title="List handling (by IEEE 2030.5; not in the SunSpec matrix)",
    subject="server",
    requirements=["CTP.CORE-004", "CTP.GENERAL.2", "VAL", "VAL.LIST.RESULTS", "VAL.LIST.ALL", "CTP.GENERAL.3"],
    flaws=[
        "gives_all_by_default",
        "last_parameter_wins",
        "refuses_unknown_parameter",
        "ignores_after",
        "ignores_start",
        "ignores_limit",
        "wrong_results",
    ],
    needs=["DER", "LogEvent"],
    origin=ORIGIN,
    serial=True,
    duration=["log_pauses"],
    instructions=["create_groups", "remove_group"],
)
async def core_004(server, device, arrange, step, check, policies, errata, limits, clock):
    """Paging that differs by one entry makes a client lose one device, one program, one alarm.

    Steps
        1. Have a group with five programs made, and read its DERProgramList, which has no time in its key.
        2. Send the ten queries of the procedure to it.
        3. POST five log events and read their list, whose key is a time.
        4. Send the ten queries to that list.
        5. Send them to the EndDeviceList, whose key is a time as well.

    Passes when
        each query brings the entries that the procedure wants, and results counts them. Edition 1.2 does not yet tell
        lists whose key is a time from others, so that there a server may take the parameter a for either.
    """
    policy, count = policies["ungated_by_matrix"].name, limits.log_events.count
    with step(1):
        offers = [ProgramOffer(name=f"List {number}", primacy=number) for number in range(1, count + 1)]
        group = GroupOffer(name="Lists", programs=offers)
        await arrange.groups(group)
        (node,) = await device.groups(group)
        programs = await device.read_list(node, "DERProgramListLink")
    with step(3):
        href = require((await device.own()).link("LogEventListLink"), "the EndDevice has no LogEventListLink")
        for number in range(1, count + 1):
            posted = await server.post(href, log_event(clock.now(), number, DOCUMENTATION_PEN), "LogEventList")
            require(posted.exchange.status == 201, "the log event was not taken")
            await clock.wait(limits.log_pause.duration)
        events = await device.read_list(await device.own(), "LogEventListLink")
    with step(5):
        dcap = await server.entry()
        devices = await device.read_list(dcap.resource, "EndDeviceListLink")
    for number, listing, timed in ((2, programs, False), (4, events, True), (5, devices, True)):
        with step(number):
            for query in LIST_QUERIES:
                target = with_query(listing.pages[0].address, query.asked(int(clock.now().timestamp())))
                page = await server.get(target, listing.name)
                check.brings(
                    page.exchange,
                    query,
                    listing.entries,
                    query.wanted(listing.entries, timed=timed),
                    query.wanted(listing.entries, timed=timed and 29 in errata),
                    requirement="CTP.CORE-004",
                    policy=errata.policy if timed and query.after_now else policy,
                )
                if page.is_list:
                    check.values(page.exchange, only="VAL.LIST")
