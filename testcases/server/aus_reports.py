"""CSIP-AUS on a server under test: what it takes of devices and what it refuses, and the rates its operator sets.

What the public server definitions of SA TS 5573 ask, by cases of our own; the ids of the definitions are aliases.
"""

from conformance.face.authoring import (
    DOCUMENTATION_PEN,
    FIRST_TOLD,
    SECOND_TOLD,
    WATT,
    GroupOffer,
    capability,
    control_for,
    control_response,
    csip_quantities,
    der_status,
    echoes,
    extension_elements,
    in_namespace,
    location_of,
    mirror_reading,
    mirror_usage_point,
    new_mrid,
    poll_rates,
    programs_for,
    register,
    require,
    settings,
    test_case,
)

INSTRUCTIONS = ["create_groups", "create_controls", "remove_group"]
REFUSED = range(400, 500)
CONNECTIONS = (7, 6, 7, 5, 7, 3, 7)
"""``genConnectStatus``: connected, available and operating, and then each of them missing once."""
SITE_ROLES, DER_ROLES = "0003", "0049"
"""``roleFlags`` of the connection point and of a DER behind a submeter."""
AVERAGE = 2
"""``dataQualifier`` of an average."""
READING = 4200
TOO_LARGE_W = 3 * 10**15
RESERVED = 200
"""A status of a Response that the standard keeps for later."""
FULL = 10000
NO_LFDI = "Z" * 40
RATES_AT_FIRST = {
    **dict.fromkeys(("DeviceCapability", "EndDeviceList", "FunctionSetAssignmentsList"), 300),
    **dict.fromkeys(("DERProgramList", "DERList", "MirrorUsagePointList"), 60),
}
RATES_THEN = {
    **dict.fromkeys(("DeviceCapability", "EndDeviceList", "FunctionSetAssignmentsList"), 60),
    **dict.fromkeys(("DERProgramList", "DERList", "MirrorUsagePointList"), 120),
}
POST_RATES = (60, 300)


async def mirrored(server, quantities, roles, mrid=""):
    """POST a MirrorUsagePoint with averages of some quantities."""
    dcap = await server.entry()
    href = require(dcap.resource.link("MirrorUsagePointListLink"), "there is no MirrorUsagePointListLink")
    body = mirror_usage_point(mrid or new_mrid(DOCUMENTATION_PEN), server.lfdi, quantities, roles, AVERAGE)
    return await server.post(href, body, "MirrorUsagePointList")


def turned_away(check, requirement, answer, what):
    """Judge that something was refused with a 4xx."""
    status = require(answer.exchange.status, "there was no answer")
    check.that(status in REFUSED, requirement, f"{what} refused", f"{status}", [answer.exchange])


async def published_one(device, arrange, limits):
    """Have one control published in a program of its own, and read it."""
    group = GroupOffer(name="Answers", programs=programs_for({"Answered": None}))
    await device.set_clock()
    await arrange.groups(group)
    (program,) = await device.programs_of(group)
    modes = {"opModMaxLimW": FULL}
    offer = control_for("Answered", modes, limits.control_lead.duration, limits.event_minute.duration)
    await arrange.controls(program.offer, offer)
    (held,) = await device.receive(program, offer)
    return held


@test_case(
    id="ACCEPTED-001",
    title="Capability, settings and status of a device that speaks CSIP-AUS",
    subject="server",
    requirements=["CTP.CORE-009", "CTP.GENERAL.3"],
    flaws=["forgets_put", "refuses_put"],
    origin="ours",
    aliases=["S-ALL-08", "S-ALL-09", "S-ALL-10"],
    needs=["DER"],
    instructions=["register_device"],
    values=["csipaus.namespace"],
)
async def accepted_001(server, device, step, check, policies, clock, values):
    """A server that drops what it does not know never learns which limits a site can obey.

    Steps
        1. PUT DERCapability and DERSettings with the elements of CSIP-AUS, and GET them.
        2. PUT both with other values, and GET them.
        3. PUT DERStatus with each state of connection and of operation, and GET it each time.

    Passes when
        each PUT is accepted, and each GET shows what was PUT, the elements of CSIP-AUS in the profile's namespace.
    """
    space = require(values.find("csipaus.namespace"), "the profile names no namespace").words[0]
    ders = await device.read_list(await device.own(), "DERListLink")
    der = require(next(iter(ders.entries), None), "the DERList is empty")
    status = policies["put_status"].name
    for number, told in ((1, FIRST_TOLD), (2, SECOND_TOLD)):
        with step(number):
            bodies = {"DERCapability": capability(space, told), "DERSettings": settings(space, told, clock.now())}
            for name, body in bodies.items():
                href = require(der.link(f"{name}Link"), f"the DER has no {name}Link")
                put = await server.put(href, body, name)
                check.answered(put.exchange, 204, 200, 201, requirement="CTP.CORE-009", policy=status)
                back = await device.read(href, name)
                check.judged("CTP.CORE-009", echoes(put.exchange, back.exchange))
                shown, at = extension_elements(back.resource), back.exchange.number
                check.demands("csipaus.namespace", lambda value, nodes=shown, at=at: in_namespace(value, nodes, at))
    with step(3):
        href = require(der.link("DERStatusLink"), "the DER has no DERStatusLink")
        states = [{"genConnectStatus": f"{bits:02X}"} for bits in CONNECTIONS]
        for state in (*states, {"operationalModeStatus": 1}, {"operationalModeStatus": 2}):
            put = await server.put(href, der_status(clock.now(), state), "DERStatus")
            check.answered(put.exchange, 204, 200, 201, requirement="CTP.CORE-009", policy=status)
            back = await device.read(href, "DERStatus")
            check.judged("CTP.CORE-009", echoes(put.exchange, back.exchange))


@test_case(
    id="ACCEPTED-002",
    title="Readings of the site and of the DER",
    subject="server",
    requirements=["MUP.001", "MUP.RATE", "GEN.040", "CTP.GENERAL.3"],
    flaws=["asks_for_no_certificate", "created_without_location", "no_post_rate", "refuses_mirrors"],
    origin="ours",
    aliases=["S-ALL-06", "S-ALL-07"],
    needs=["MirrorUsagePoint"],
    instructions=["register_device"],
    values=["csipaus"],
)
async def accepted_002(server, device, step, check, policies, limits, clock):
    """The site and the DER behind it differ by the role of their readings only; mixed up, limits are judged wrongly.

    Steps
        1. POST a MirrorUsagePoint with the averages of the site, and one with those of the DER.
        2. POST a reading of each quantity to each.
        3. POST the first once more, with the role of a DER and the same mRIDs.
        4. Read the MirrorUsagePointList.

    Passes when
        each usage point is taken with 201 and a place and shows its role and a postRate, each reading is taken, and the
        usage point that was posted again is listed once, with its new role.
    """
    mrids = {roles: new_mrid(DOCUMENTATION_PEN) for roles in (SITE_ROLES, DER_ROLES)}
    quantities = {roles: csip_quantities(DOCUMENTATION_PEN) for roles in mrids}
    for roles, mrid in mrids.items():
        with step(1):
            posted = await mirrored(server, list(quantities[roles].values()), roles, mrid)
            require(check.answered(posted.exchange, 201, requirement="MUP.001"), "the usage point was not taken")
            check.has_location(posted.exchange, requirement="GEN.040")
            place = require(location_of(posted), "the answer has no Location")
            point = await device.read(place, "MirrorUsagePoint")
            flags = int(point.resource.hexadecimal("roleFlags") or "0", 16)
            check.has_value(point.exchange, "roleFlags", flags, int(roles, 16), requirement="MUP.001")
            rate = point.resource.integer("postRate")
            check.that(rate is not None, "MUP.RATE", "a postRate", f"{rate}", [point.exchange])
        with step(2):
            for quantity_told in quantities[roles].values():
                reading = mirror_reading(quantity_told, READING, clock.now(), limits.post_rate.count)
                answer = await server.post(place, reading, "MirrorUsagePoint")
                policy = policies["readings_post_status"].name
                check.answered(answer.exchange, 204, 201, requirement="MUP.001", policy=policy)
    with step(3):
        repeated = await mirrored(server, list(quantities[SITE_ROLES].values()), DER_ROLES, mrids[SITE_ROLES])
        check.answered(repeated.exchange, 201, 204, 200, requirement="MUP.001")
    with step(4):
        listing = await device.read_list((await server.entry()).resource, "MirrorUsagePointListLink")
        mine = [entry for entry in listing.entries if entry.hexadecimal("mRID") == mrids[SITE_ROLES]]
        told, exchanges = f"{len(mine)} listed", [page.exchange for page in listing.pages]
        check.that(len(mine) == 1, "MUP.001", "the usage point once in the list", told, exchanges)
        for entry in mine:
            flags = int(entry.hexadecimal("roleFlags") or "0", 16)
            check.has_value(exchanges[-1], "roleFlags", flags, int(DER_ROLES, 16), requirement="MUP.001")


@test_case(
    id="REFUSED-001",
    title="What a server must not take",
    subject="server",
    requirements=["CTP.CORE-009", "REFUSES.INVALID", "REFUSES.RESPONSE", "CTP.GENERAL.3"],
    flaws=["changes_control_values", "switches_off_unasked", "forgets_put", "refuses_put", "refuses_responses"],
    origin="ours",
    aliases=["S-ALL-55", "S-ALL-56", "S-ALL-57"],
    needs=["DER", "Response"],
    instructions=[*INSTRUCTIONS, "register_device"],
    values=["csipaus.namespace"],
)
async def refused_001(server, device, arrange, step, check, policies, limits, clock, values):
    """What was taken once is believed later: settings without a date, a reading beyond all measure, a stray Response.

    Steps
        1. PUT sound DERSettings, then some without updatedTime, and GET them.
        2. POST an EndDevice whose LFDI is not hexadecimal.
        3. POST a MirrorUsagePoint, and a reading to it that no 48 bits hold.
        4. Have a control published, and POST Responses of an unknown mRID, of an unknown device, with a reserved
           status.

    Passes when
        the sound settings are taken and still shown after the others; each of the others is refused with a 4xx, or else
        warned of.
    """
    space = require(values.find("csipaus.namespace"), "the profile names no namespace").words[0]
    with step(1):
        ders = await device.read_list(await device.own(), "DERListLink")
        der = require(next(iter(ders.entries), None), "the DERList is empty")
        href = require(der.link("DERSettingsLink"), "the DER has no DERSettingsLink")
        sound = await server.put(href, settings(space, FIRST_TOLD, clock.now()), "DERSettings")
        status = policies["put_status"].name
        check.answered(sound.exchange, 204, 200, 201, requirement="CTP.CORE-009", policy=status)
        undated = await server.put(href, settings(space, SECOND_TOLD, clock.now(), dated=False), "DERSettings")
        turned_away(check, "REFUSES.INVALID", undated, "DERSettings without updatedTime")
        back = await device.read(href, "DERSettings")
        if undated.exchange.status in REFUSED:
            check.judged("CTP.CORE-009", echoes(sound.exchange, back.exchange))
    with step(2):
        posted = await register(server, clock, NO_LFDI)
        turned_away(check, "REFUSES.INVALID", require(posted, "there is no EndDeviceList"), "an LFDI of Z")
    with step(3):
        watts = csip_quantities(DOCUMENTATION_PEN)[WATT]
        point = await mirrored(server, [watts], DER_ROLES)
        place = require(location_of(point), "the usage point was not taken")
        beyond = mirror_reading(watts, TOO_LARGE_W, clock.now(), limits.post_rate.count)
        turned_away(check, "REFUSES.INVALID", await server.post(place, beyond, "MirrorUsagePoint"), "a power of 3e15 W")
    with step(4):
        held = await published_one(device, arrange, limits)
        reply_to = require(held.node.attribute("replyTo"), "the control has no replyTo")
        mrid = held.node.text("mRID") or ""
        unknown = new_mrid(DOCUMENTATION_PEN)
        strays = {
            "an unknown mRID": control_response(clock.now(), server.lfdi, 1, unknown),
            "an unknown device": control_response(clock.now(), unknown.zfill(40), 1, mrid),
            "a reserved status": control_response(clock.now(), server.lfdi, RESERVED, mrid),
        }
        for what, stray in strays.items():
            turned_away(check, "REFUSES.RESPONSE", await server.post(reply_to, stray, "ResponseList"), what)


@test_case(
    id="RATES-001",
    title="Rates that the operator sets",
    subject="server",
    requirements=["RATE.SHOWN", "CTP.GENERAL.3"],
    flaws=[],
    origin="ours",
    aliases=["S-ALL-43", "S-OPT-05"],
    serial=True,
    instructions=["set_rate", "register_device"],
    values=["csipaus"],
)
async def rates_001(server, device, arrange, step, check):
    """A utility that cannot slow its fleet down, or hurry it up, steers it at one speed only.

    Steps
        1. Have the pollRate of each resource set to five minutes or one, and walk the tree.
        2. Have each set to another figure, and walk it again.
        3. POST a MirrorUsagePoint, have its postRate set twice, and read it each time.

    Passes when
        each rate is shown as it was set, or else is warned of: the wire does not tell who left it, server or operator.
    """
    for number, rates in ((1, RATES_AT_FIRST), (2, RATES_THEN)):
        with step(number):
            for resource, rate_s in rates.items():
                await arrange.rate(resource, rate_s)
            tree = await server.walk()
            for resource, rate_s in rates.items():
                shown = poll_rates(tree, resource)
                told = f"{', '.join(str(rate) for rate, _ in shown) or 'none'}"
                right = bool(shown) and all(rate == rate_s for rate, _ in shown)
                judged = [exchange for _, exchange in shown]
                check.that(right, "RATE.SHOWN", f"pollRate {rate_s} of {resource}", told, judged)
    with step(3):
        point = await mirrored(server, list(csip_quantities(DOCUMENTATION_PEN).values()), DER_ROLES)
        place = require(location_of(point), "the usage point was not taken")
        for rate_s in POST_RATES:
            await arrange.rate("MirrorUsagePoint", rate_s)
            shown = await device.read(place, "MirrorUsagePoint")
            seen = shown.resource.integer("postRate")
            check.that(seen == rate_s, "RATE.SHOWN", f"postRate {rate_s}", f"{seen}", [shown.exchange])
