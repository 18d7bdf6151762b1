"""Discovery of a server under test by DNS-SD (SunSpec CTP 1.3, chapter 5; optional)."""

from conformance.face.authoring import require, test_case

SUBTYPES = ("derp", "tm")


@test_case(
    id="COMM-001",
    title="Basic discovery by DNS-SD (optional)",
    subject="server",
    requirements=[
        "CTP.COMM-001",
        "DNS.001-019",
        "DNS.023-026",
        "DNS.027-039",
        "SEC.104-109",
        "DISCOVERY.UNICAST",
        "P6",
    ],
    flaws=[
        "no_ccm8",
        "answers_no_discovery",
        "offers_no_subtypes",
        "offers_no_https",
        "offers_stale_entry",
        "offers_unknown_level",
    ],
    needs=["DNS-SD"],
    origin="SunSpec CSIP CTP 1.3, optional",
    duration=["discovery_answers"] * 4,
)
async def comm_001(discovery, step, check):
    """A device that is plugged in finds its server by itself only if the records lead there.

    Steps
        1. Ask in the groups of multicast DNS for the subtype derp.
        2. Ask the same with the QU bit, which wants the answer for oneself.
        3. Ask for another subtype, tm.
        4. Ask for the plain service.
        5. GET DeviceCapability over TLS where the plain service says it is.

    Passes when
        the plain service and a subtype are answered, with SRV, an address, and a TXT record whose keys lead to
        DeviceCapability over HTTPS.
    """
    check.note(f"asked in .local and .site by {discovery.reaches}")
    with step(1):
        derp = await discovery.search("derp")
    with step(2):
        again = await discovery.search("derp", unicast=True)
        if derp.found:
            seen = "one" if again.found else "none"
            check.discovered(bool(again.found), "SEC.104-109", "an answer also with the QU bit", seen, again.told)
            seen = "one came so" if again.alone else "none came so"
            check.discovered(again.alone, "DISCOVERY.UNICAST", "an answer to the one who asked", seen, again.told)
    with step(3):
        time = await discovery.search("tm")
        answered = [name for name, search in zip(SUBTYPES, (derp, time), strict=True) if search.found]
        told = [*derp.told, *time.told]
        seen = ", ".join(answered) or "neither"
        check.discovered(bool(answered), "DNS.027-039", f"a service below {' or '.join(SUBTYPES)}", seen, told)
        for name, search in zip(SUBTYPES, (derp, time), strict=True):
            for found in search.found:
                check.service_described(found, name)
    with step(4):
        plain = await discovery.search()
        seen = ", ".join(found.instance for found in plain.found) or "none"
        check.discovered(bool(plain.found), "CTP.COMM-001", "an instance of _smartenergy._tcp", seen, plain.told)
        for found in plain.found:
            check.service_described(found)
    with step(5):
        places = dict.fromkeys(found.place for found in plain.found if found.place)
        require(places or None, "no service says where DeviceCapability is")
        for host, port, path in places:
            entry = await discovery.read_entry(host, port, path)
            check.answered(entry.exchange, 200, requirement="CTP.COMM-001")
            check.document_is(entry.exchange, "DeviceCapability", requirement="CTP.COMM-001")
