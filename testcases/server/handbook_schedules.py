"""What handbooks ask of a server beyond the procedures: the controls and defaults it publishes.

Figures come from the profile; each of them costs what its source is worth. Ids are ours.
"""

from conformance.face.authoring import (
    all_equal,
    all_within,
    controls,
    defaults,
    duration_s,
    in_sequence,
    kept,
    kept_by_server,
    least,
    mode_of,
    quantity,
    randomized_s,
    require,
    rewritten,
    test_case,
    unseen,
)


@test_case(
    id="PUBLISHED-001",
    title="Controls and defaults as the server publishes them",
    subject="server",
    requirements=["GEN.LINK"],
    flaws=["randomizes_too_much"],
    origin="ours",
    needs=["DER"],
    instructions=["register_device"],
    values=[
        "DERControl.duration",
        "DERControl.interval",
        "DERControl.randomizeStart",
        "DERControl.opModExpLimW_floor",
        "DefaultDERControl.setGradW",
    ],
)
async def published_001(server, step, check):
    """What a handbook promises of controls, such as their length, clients are built to.

    Steps
        1. Walk the tree from DeviceCapability.
        2. Compare the lengths, the randomization and the export limits of all controls with the profile's figures.
        3. Compare the ramp rate of each default.

    Passes when
        every control keeps to the figures; a default with another ramp rate is warned of, unless the profile asks it
        of servers. By what is not published nothing is judged.
    """
    with step(1):
        tree = await server.walk()
        served = [reading for reading in tree if reading.exchange.status == 200]
        check.advertised(require(next(iter(served), None), "nothing is served").exchange, requirement="GEN.LINK")
    with step(2):
        shown = controls(served)
        seen = [each.exchange for each in shown]
        lengths = [duration_s(each) for each in shown]
        check.demands("DERControl.duration", lambda value: all_within(value, lengths, "lengths of controls", seen))
        series = [duration_s(each) for each in in_sequence(shown, "opModExpLimW")]
        check.demands("DERControl.interval", lambda value: all_equal(value, series, "limits that follow one another"))
        spread = [number for each in shown for number in randomized_s(each) or (None,)]
        check.demands("DERControl.randomizeStart", lambda value: all_within(value, spread, "spreads of controls", seen))
        exports = [watts for each in shown if (watts := quantity(mode_of(each.node, "opModExpLimW"))) is not None]
        check.demands("DERControl.opModExpLimW_floor", lambda value: least(value, exports, "export limits"))
    with step(3):
        ramps = [(each.node.integer("setGradW"), each.exchange) for each in defaults(served)]
        given = [(ramp, exchange) for ramp, exchange in ramps if ramp is not None]
        ramped = f"{', '.join(f'{ramp}' for ramp, _ in given) or 'none'}"
        judged = [exchange for _, exchange in given]
        check.demands(
            "DefaultDERControl.setGradW",
            lambda value: (
                kept_by_server(value, all(ramp == value.number for ramp, _ in given), ramped, judged)
                if given
                else unseen(value, "no default with a ramp rate")
            ),
        )


@test_case(
    id="PUBLISHED-002",
    title="Controls keep what they are under their mRID",
    subject="server",
    requirements=["GEN.LINK"],
    flaws=[],
    origin="ours",
    needs=["DER"],
    duration=["server_poll_pause"],
    instructions=["register_device"],
    values=["mRID.change"],
)
async def published_002(server, step, check, limits, clock):
    """A client that knows an mRID does not pass its control on again, whatever else became of it.

    Steps
        1. Walk the tree from DeviceCapability.
        2. Walk it again a little later, and compare the controls.

    Passes when
        no control changed under its mRID in anything but its status.
    """
    with step(1):
        first = await server.walk()
        check.advertised(first[0].exchange, requirement="GEN.LINK")
    with step(2):
        await clock.wait(limits.server_poll_pause.duration)
        second = await server.walk()
        before = {each.node.hexadecimal("mRID") for each in controls(first)}
        still = [each for each in controls(second) if each.node.hexadecimal("mRID") in before]
        require(still, "the server publishes no control that could keep what it is")
        changed = rewritten(controls(first), still)
        told, judged = f"{len(changed)} controls changed", [each.exchange for each in changed]
        check.demands(
            "mRID.change", lambda value: kept(value, not changed or "status" not in value.words, told, judged)
        )
