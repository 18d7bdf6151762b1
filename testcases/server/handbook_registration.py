"""What handbooks ask of a server beyond the procedures: the ways in which a device is registered.

Figures come from the profile; each of them costs what its source is worth. Ids are ours.
"""

from conformance.face.authoring import (
    devices_seen,
    kept,
    location_of,
    register,
    require,
    test_case,
    twice,
    was_taken,
    way_of,
)


@test_case(
    id="REGISTERED-001",
    title="A device registers itself, where that is the way",
    subject="server",
    requirements=["SEC.005", "P20", "GEN.040", "CTP.GENERAL.3"],
    flaws=["created_without_location", "forgets_registration", "shows_foreign_devices", "wrong_lfdi"],
    origin="ours",
    aliases=["S-ALL-02", "S-ALL-03"],
    instructions=["admit_device", "remove_devices"],
    values=["EndDevice.registration"],
)
async def registered_001(server, arrange, step, check, clock):
    """A device that cannot get in is never controlled, and one that finds another's EndDevice is controlled wrongly.

    Steps
        1. With a certificate that the server was told nothing of, read the EndDeviceList.
        2. Have the device admitted, and POST its EndDevice.
        3. If it was taken, read it at its Location and in the list.

    Passes when
        the list shows nobody else's EndDevice at any time, the device is registered in a way that the profile allows,
        and one that registered itself finds itself, once, with its LFDI.
    """
    newcomer = server.with_identity("newcomer-registers")
    with step(1):
        before = await devices_seen(newcomer)
        found = [] if before is None else [entry.hexadecimal("lFDI") for entry in before.entries]
        require(newcomer.lfdi not in found, "the device is registered already, from an earlier run")
        check.that(not found, "P20", "no EndDevice for a device that has none", f"{len(found)} listed")
    with step(2):
        admitted = await arrange.admit(newcomer.lfdi)
        posted = await register(newcomer, clock)
        check.demands("EndDevice.registration", lambda value: way_of(value, posted, admitted=admitted))
    with step(3):
        if was_taken(posted):
            if posted.exchange.status == 201:
                check.has_location(posted.exchange, requirement="GEN.040")
            if place := location_of(posted):
                own = await newcomer.get(place, "EndDevice")
                check.answered(own.exchange, 200, requirement="SEC.005")
                check.schema_valid(own.exchange)
            after = require(await devices_seen(newcomer), "there is no EndDeviceList")
            listed = [entry.hexadecimal("lFDI") for entry in after.entries]
            exchanges = [page.exchange for page in after.pages]
            mine = listed.count(newcomer.lfdi)
            check.that(mine == 1, "SEC.005", f"one EndDevice with lFDI {newcomer.lfdi}", f"{mine}", exchanges)
            others = len(listed) - mine
            check.that(others == 0, "P20", "nobody else's EndDevice", f"{others} of others", exchanges)
    await newcomer.aclose()


@test_case(
    id="REGISTERED-002",
    title="A device that the operator registers, and what it may not register",
    subject="server",
    requirements=["SEC.005", "P18", "P20", "REGISTERED.OTHER"],
    flaws=["shows_foreign_devices", "unknown_path_is_500"],
    origin="ours",
    aliases=["S-ALL-01", "S-ALL-52"],
    instructions=["register_device", "remove_devices"],
    values=["EndDevice.registration", "HTTP.unauthorised"],
)
async def registered_002(server, arrange, step, check, clock, values):
    """Whoever could register under another's LFDI would get that one's controls, and answer in its name.

    Steps
        1. With a certificate that the server was told nothing of, POST the EndDevice of the harness's own device.
        2. GET the harness's own EndDevice with that certificate.
        3. Have the unknown device registered, where the profile allows it, and read the EndDeviceList with it.

    Passes when
        the EndDevice of another is out of reach, whatever the POST was answered, and the list then shows the device
        itself and nobody else. Where the profile leaves the choice, another refusal than 404 is warned of.
    """
    stranger = server.with_identity("newcomer-stranger")
    _, own = await server.own_end_device()
    own = require(own, "the device is not registered on the server")
    with step(1):
        posted = await register(stranger, clock, server.lfdi, server.sfdi)
        refused = not was_taken(posted)
        told = "no EndDeviceList" if posted is None else f"{posted.exchange.status}"
        exchanges = [] if posted is None else [posted.exchange]
        check.that(refused, "REGISTERED.OTHER", "an EndDevice with another's LFDI refused", told, exchanges)
    with step(2):
        seen = await stranger.get(require(own.href, "the EndDevice has no href"), "EndDevice")
        status = seen.exchange.status
        told = "refused by TLS" if status is None else f"{status}"
        check.that(status != 200, "P20", "another's EndDevice out of reach", told, [seen.exchange])
        judged, refusal = [seen.exchange], values.find("HTTP.unauthorised")
        if status is not None and (refusal is None or "404" in refusal.words):
            check.that(status == 404, "P18", "404 for what is not to be seen", told, judged)
        check.demands(
            "HTTP.unauthorised", lambda value: kept(value, status is None or f"{status}" in value.words, told, judged)
        )
    with step(3):
        way = values.find("EndDevice.registration")
        if way is None or way.figure is None or "out_of_band" in way.words:
            await arrange.device(stranger.lfdi)
            listing = require(await devices_seen(stranger), "the registered device is shown no EndDeviceList")
            listed = [entry.hexadecimal("lFDI") for entry in listing.entries]
            exchanges = [page.exchange for page in listing.pages]
            check.that(listed == [stranger.lfdi], "SEC.005", "the device itself and no other", f"{listed}", exchanges)
    await stranger.aclose()


@test_case(
    id="REGISTERED-003",
    title="An EndDevice that is posted twice",
    subject="server",
    requirements=["SEC.005"],
    flaws=[],
    origin="ours",
    aliases=["S-ALL-51", "S-OPT-01"],
    instructions=["register_device"],
    values=["EndDevice.duplicate"],
)
async def registered_003(server, step, check, clock):
    """Devices post their EndDevice again after every restart; two of one device would get every control twice.

    Steps
        1. Find the own EndDevice.
        2. POST it once more.
        3. Read the list again.

    Passes when
        the POST is refused, or answered with the place of the first, as the profile wants, and one EndDevice is left.
    """
    with step(1):
        _, own = await server.own_end_device()
        own = require(own, "the device is not registered on the server")
    with step(2):
        again = require(await register(server, clock), "there is no EndDeviceList")
        require(again.exchange.status, "there was no answer")
    with step(3):
        after, _ = await server.own_end_device()
        count = sum(entry.hexadecimal("lFDI") == server.lfdi for entry in after.entries)
        check.that(count > 0, "SEC.005", "the EndDevice still listed", f"{count} listed", [after.pages[-1].exchange])
        check.demands("EndDevice.duplicate", lambda value: twice(value, again, own, count))
