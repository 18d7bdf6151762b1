"""What handbooks ask of a server beyond the procedures: how often devices are told to poll and to post.

Figures come from the profile; each of them costs what its source is worth. Ids are ours.
"""

from conformance.face.authoring import (
    DOCUMENTATION_PEN,
    POLLED,
    csip_quantities,
    kept_by_server,
    left_open,
    location_of,
    mirror_usage_point,
    most,
    new_mrid,
    poll_rates,
    require,
    test_case,
)

RATES = [f"{resource}.pollRate" for resource in POLLED]


async def mirrored(server, check):
    """POST a MirrorUsagePoint and return it as it is served."""
    dcap = await server.entry()
    href = require(dcap.resource.link("MirrorUsagePointListLink"), "there is no MirrorUsagePointListLink")
    quantities = list(csip_quantities(DOCUMENTATION_PEN).values())
    body = mirror_usage_point(new_mrid(DOCUMENTATION_PEN), server.lfdi, quantities)
    posted = await server.post(href, body, "MirrorUsagePointList")
    require(check.answered(posted.exchange, 201, requirement="MUP.001"), "the usage point was not taken")
    return await server.get(require(location_of(posted), "the answer has no Location"), "MirrorUsagePoint")


def judged_rate(check, name, given):
    """Judge the rates that were given for a resource by what the profile says of it; none given is told of."""
    if not given:
        check.demands(name, lambda value: left_open(value, "the server asks for no rate"))
        return
    shown = [rate for rate, _ in given]
    exchanges = [exchange for _, exchange in given]
    told = f"{', '.join(f'{rate} s' for rate in sorted(set(shown)))} asked for"
    check.demands(name, lambda value: kept_by_server(value, most(value, shown), told, exchanges))


@test_case(
    id="SERVED-001",
    title="Rates that the server asks for",
    subject="server",
    requirements=["GEN.LINK", "MUP.001", "G19"],
    flaws=["asks_for_no_certificate", "refuses_mirrors"],
    origin="ours",
    instructions=["register_device"],
    values=[*RATES, "MirrorUsagePoint.postRate"],
)
async def served_001(server, step, check):
    """What a client is told to poll seldom it hears of late, whatever a handbook says of its own rates.

    Steps
        1. Walk the tree from DeviceCapability.
        2. Compare each pollRate with the figure of the profile; controls and defaults go with their DERProgramList.
        3. POST a MirrorUsagePoint, and compare its postRate.

    Passes when
        no rate is slower than the profile's. Where its figure is one for clients that are told nothing else, a slower
        one is only warned of. A postRate that is left open is told of.
    """
    with step(1):
        tree = await server.walk()
        served = [reading for reading in tree if reading.exchange.status == 200]
        check.advertised(require(next(iter(served), None), "nothing is served").exchange, requirement="GEN.LINK")
    with step(2):
        for resource in POLLED:
            if given := poll_rates(served, resource):
                judged_rate(check, f"{resource}.pollRate", given)
    with step(3):
        point = await mirrored(server, check)
        rate = point.resource.integer("postRate")
        judged_rate(check, "MirrorUsagePoint.postRate", [] if rate is None else [(rate, point.exchange)])
