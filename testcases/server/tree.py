"""Hygiene of the whole resource tree of a server under test. Ids are ours."""

from conformance.face.authoring import entries_with_addresses, miscounted, require, test_case, value_rules


async def stand_by_themselves(server, tree, check):
    """Read entries of lists at their own addresses."""
    for node in entries_with_addresses(tree):
        itself = await server.get(require(node.href, "the entry has no href"), node.name)
        if check.answered(itself.exchange, 200, requirement="GEN.LINK"):
            check.document_is(itself.exchange, node.name, requirement="GEN.LINK")
            check.media_type(itself.exchange, requirement="CTP.GENERAL.2")
            check.schema_valid(itself.exchange)


async def counted_by_links(server, tree, check):
    """Judge what links say of their lists; where they differ both are read again, as a list may have changed."""
    suspects = miscounted(tree)
    again = [await server.get(one.exchange.target, one.exchange.resource) for one in sources(suspects)]
    wrong = miscounted(again) if suspects else ()
    told = "; ".join(f"{one.name} all={one.told}, the list has {one.held}" for one in wrong) or "all the same"
    exchanges = [reading.exchange for reading in again]
    check.that(not wrong, "GEN.LIST", "links with the counts of their lists", told, exchanges)


def sources(suspects):
    """Return the readings behind suspicious links, each once: the lists before what links to them."""
    readings = [*(one.listed for one in suspects), *(one.source for one in suspects)]
    return {reading.exchange.target: reading for reading in readings}.values()


@test_case(
    id="TREE-001",
    title="Every advertised resource is there, valid and honestly listed",
    subject="server",
    requirements=[
        "GEN.LINK",
        "GEN.LIST",
        "GEN.LIMIT",
        "CTP.GENERAL.2",
        "CTP.GENERAL.3",
        "CTP.GENERAL.4",
        *value_rules("server"),
    ],
    flaws=[
        "dcap_wrong_media_type",
        "dangling_link",
        "wrong_all",
        "wrong_results",
        "ignores_limit",
        "ignores_start",
        "invalid_body",
        "bad_mrid",
        "randomizes_too_much",
        "wrong_sfdi",
        "default_missing",
        "utf16_body",
        "controls_only_listed",
        "links_miscount",
        "loses_log_events",
        "curves_of_other_type",
    ],
    origin="ours",
    instructions=["register_device"],
)
async def tree_001(server, step, check):
    """One dangling link or miscounted list is enough to lose a fleet's controls.

    Steps
        1. Walk the tree from DeviceCapability over every link, and GET each resource once.
        2. Compare the counts of each list with its entries, over all pages.
        3. Read the first entries of each list one by one.
        4. Read an entry of each list at its own address.
        5. Compare what links say of the length of lists with the lists.
        6. Put the value rules to each resource: identifiers, ranges, reserved bits, events against the server's time.

    Passes when
        every link can be had, every body is valid, list counts are right, also in links, paging is honest and no value
        breaks a rule.
    """
    with step(1):
        tree = await server.walk()
        for reading in tree:
            if check.advertised(reading.exchange, requirement="GEN.LINK"):
                check.media_type(reading.exchange, requirement="CTP.GENERAL.2")
                check.schema_valid(reading.exchange)
    lists = [reading for reading in tree if reading.is_list]
    with step(2):
        for reading in lists:
            listing = await server.whole_list(reading.address, reading.resource.name)
            for page in (reading, *listing.pages):
                check.values(page.exchange, only="VAL.LIST")
            beyond = await server.page(reading.address, reading.resource.name, start=listing.counted.count, limit=1)
            check.whole_list(listing.counted, beyond.exchange, requirement="GEN.LIST")
    with step(3):
        for reading in lists:
            declared = reading.resource.integer_attribute("all") or 0
            singles = [
                await server.page(reading.address, reading.resource.name, start=start, limit=1)
                for start in range(min(declared, 2))
            ]
            for single in singles:
                check.at_most(single.exchange, 1, requirement="GEN.LIMIT")
            check.all_different([single.exchange for single in singles], requirement="CTP.GENERAL.4")
    with step(4):
        await stand_by_themselves(server, tree, check)
    with step(5):
        await counted_by_links(server, tree, check)
    with step(6):
        ahead = next((reading.ahead for reading in tree if reading.ahead is not None), None)
        for reading in tree:
            check.values(reading.exchange, ahead)
