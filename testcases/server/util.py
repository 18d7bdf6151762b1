"""Utility server and aggregator model on a server under test (SunSpec CTP 1.3, chapter 8)."""

from conformance.face.authoring import DOCUMENTATION_PEN, INVERTERS, fleet_nodes, new_managed_lfdi, require, test_case


@test_case(
    id="UTIL-001",
    title="Group assignment of inverters at startup (by IEEE 2030.5; not in the SunSpec matrix)",
    subject="server",
    requirements=["CTP.UTIL-001", "P20", "CTP.GENERAL.2", "CTP.GENERAL.3"],
    flaws=["shows_foreign_devices", "lists_six_assignments", "shares_all_programs"],
    needs=["DER"],
    origin="SunSpec CSIP CTP 1.3, blank in its matrix",
    instructions=["register_device", "manage_devices", "create_groups", "remove_group", "remove_devices"],
)
async def util_001(server, device, arrange, step, check, policies):
    """An aggregator steers each inverter by the groups that one belongs to, and by nobody else's.

    Steps
        1. Have four inverters registered that the harness manages as their aggregator, and a stranger.
        2. Have a group with a program made for each node of the grid, with the inverters below it.
        3. Read the EndDeviceList.
        4. Read each inverter's groups and programs.

    Passes when
        the four are listed and the stranger is not, and each inverter leads to the programs of all nodes above it, and
        to no others.
    """
    policy, grid = policies["ungated_by_matrix"].name, list(fleet_nodes())
    members = {name: new_managed_lfdi(DOCUMENTATION_PEN) for name in INVERTERS}
    stranger = new_managed_lfdi(DOCUMENTATION_PEN)
    with step(1):
        for lfdi in members.values():
            await arrange.device(lfdi)
        await arrange.device(stranger)
        await arrange.fleet(*members.values())
    with step(2):
        for node in grid:
            await arrange.groups(node.offer, devices=[members[name] for name in node.below])
    with step(3):
        listing, _ = await server.own_end_device()
        entries = {entry.hexadecimal("lFDI"): entry for entry in listing.entries}
        exchange = listing.pages[-1].exchange
        require(any(lfdi in entries for lfdi in members.values()), "none of the inverters is listed")
        found = sum(lfdi in entries for lfdi in members.values())
        check.that(found == len(members), "CTP.UTIL-001", "all four inverters", f"{found}", [exchange], policy=policy)
        hidden = stranger not in entries
        check.that(hidden, "P20", "the stranger is not listed", "not listed" if hidden else "listed", [exchange])
    with step(4):
        for name, lfdi in members.items():
            nodes = [node.offer for node in grid if name in node.below]
            shown = await device.groups(*nodes, of=require(entries.get(lfdi), f"{name} is not listed"))
            for offer, group in zip(nodes, shown, strict=True):
                await device.programs(group, *offer.programs)
            await device.leads_to_none_of(entries[lfdi], *(node.offer for node in grid if name not in node.below))
