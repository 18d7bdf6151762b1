"""Inverter controls that a server under test offers with their defaults and curves (SunSpec CTP 1.3, chapter 7)."""

from conformance.face.authoring import (
    INVERTER_FUNCTIONS,
    ControlOffer,
    DefaultOffer,
    function_default,
    plain_default,
    test_case,
    topology_groups,
)

REQUIREMENTS = [
    "DER.005",
    "DER.CONTROL",
    "EVENT.STATE",
    "EVENT.STATE.TIME",
    "BASE.RESPONSES",
    "BASE.REPLY",
    "GEN.040",
    "RESPONSE.PLACE",
]
FLAWS = [
    "switches_off_unasked",
    "event_never_active",
    "event_status_undated",
    "controls_only_listed",
    "recreates_controls",
    "refuses_responses",
    "created_without_location",
    "default_missing",
    "clock_ahead",
]
IMMEDIATE = [*FLAWS, "changes_control_values"]
CURVES = [*FLAWS, "drops_curve_points", "curves_of_other_type"]


def case(test_id, title, flaws):
    """Declare a test case of this file; all need the same, and those of curves the rule on curves."""
    curves = ["DER.CURVE"] if "drops_curve_points" in flaws else []
    return test_case(
        id=test_id,
        title=title,
        subject="server",
        requirements=[f"CTP.{test_id}", *REQUIREMENTS, *curves, "CTP.GENERAL.2", "CTP.GENERAL.3"],
        flaws=flaws,
        needs=["DER", "Response"],
        duration=["control_course"],
        instructions=["create_groups", "create_controls", "remove_group"],
    )


async def offered(test_id, device, arrange, step, limits):
    """Have the values of a test id offered; the steps are those of the test cases in this file."""
    function, minute = INVERTER_FUNCTIONS[test_id], limits.event_minute.duration
    default = function_default(function)
    topology, other = topology_groups(arrange.fixtures["F-CTRL"], default)
    with step(1):
        await device.set_clock()
        await arrange.groups(topology, other)
        *_, point = await device.programs_of(topology)
        await device.programs_of(other)
        await device.default(point, default)
    with step(2):
        offer = ControlOffer(name="Test", modes=function.test, starts_in=2 * minute, duration=minute)
        await arrange.controls(point.offer, offer)
        (held,) = await device.receive(point, offer)
    with step(3):
        await device.obey(held)
        device.judge(held)
    with step(4):
        await device.default(point, default)


@case("BASIC-004", "Low and high voltage ride-through", CURVES)
async def basic_004(device, arrange, step, limits):
    """Ride-through curves decide whether a fault takes a fleet off the grid; one missing point is a trip too early.

    Steps
        1. Have the programs of the topology made, the service point's with the default, and read them.
        2. Have the control published in the service point's program, read it, and answer that it was received.
        3. Poll around its start and end, and answer 2 and 3.
        4. Read the default again.

    Passes when
        default, control and curves are served with the values that were arranged, the control's states and their dates
        are right at every poll, and every Response is answered 201 with a place.
    """
    await offered("BASIC-004", device, arrange, step, limits)


@case("BASIC-005", "Low and high frequency ride-through", CURVES)
async def basic_005(device, arrange, step, limits):
    """Frequency trips act on a whole region at once, so every point of the curve must arrive.

    Steps
        1. Have the programs of the topology made, the service point's with the default, and read them.
        2. Have the control published in the service point's program, read it, and answer that it was received.
        3. Poll around its start and end, and answer 2 and 3.
        4. Read the default again.

    Passes when
        default, control and curves are served with the values that were arranged, the control's states and their dates
        are right at every poll, and every Response is answered 201 with a place.
    """
    await offered("BASIC-005", device, arrange, step, limits)


@case("BASIC-006", "Dynamic volt-var", CURVES)
async def basic_006(device, arrange, step, limits):
    """The curve, its reference and its time constants together make the function.

    Steps
        1. Have the programs of the topology made, the service point's with the default, and read them.
        2. Have the control published in the service point's program, read it, and answer that it was received.
        3. Poll around its start and end, and answer 2 and 3.
        4. Read the default again.

    Passes when
        default, control and curves are served with the values that were arranged, the control's states and their dates
        are right at every poll, and every Response is answered 201 with a place.
    """
    await offered("BASIC-006", device, arrange, step, limits)


@test_case(
    id="BASIC-007",
    title="Ramp rates",
    subject="server",
    requirements=["CTP.BASIC-007", "DER.005", "CTP.GENERAL.2", "CTP.GENERAL.3"],
    flaws=["default_missing", "loses_ramp_rates", "switches_off_unasked"],
    needs=["DER"],
    instructions=["create_groups", "set_default", "remove_group"],
)
async def basic_007(device, arrange, step):
    """Ramp rates have no event: only the default carries them, and a change of it holds at once.

    Steps
        1. Have the programs of the topology made, the service point's with ramp rates in its default, and read them.
        2. Have the default replaced by one with other ramp rates, and read it again.

    Passes when
        the default shows the ramp rates that were arranged, before and after the change.
    """
    function = INVERTER_FUNCTIONS["BASIC-007"]
    first = function_default(function)
    topology, other = topology_groups(arrange.fixtures["F-CTRL"], first)
    with step(1):
        await arrange.groups(topology, other)
        *_, point = await device.programs_of(topology)
        await device.default(point, first)
    with step(2):
        changed = DefaultOffer(settings=function.test_settings)
        await arrange.default(point.offer, changed)
        await device.default(point, changed)


@case("BASIC-008", "Fixed power factor", IMMEDIATE)
async def basic_008(device, arrange, step, limits):
    """A power factor with a wrong sign or exponent turns supply of vars into demand.

    Steps
        1. Have the programs of the topology made, the service point's with the default, and read them.
        2. Have the control published in the service point's program, read it, and answer that it was received.
        3. Poll around its start and end, and answer 2 and 3.
        4. Read the default again.

    Passes when
        default, control and curves are served with the values that were arranged, the control's states and their dates
        are right at every poll, and every Response is answered 201 with a place.
    """
    await offered("BASIC-008", device, arrange, step, limits)


@case("BASIC-009", "Connect and disconnect", IMMEDIATE)
async def basic_009(device, arrange, step, limits):
    """Whether to energize is a truth value, and the one control that must never be served wrongly.

    Steps
        1. Have the programs of the topology made, the service point's with the default, and read them.
        2. Have the control published in the service point's program, read it, and answer that it was received.
        3. Poll around its start and end, and answer 2 and 3.
        4. Read the default again.

    Passes when
        default, control and curves are served with the values that were arranged, the control's states and their dates
        are right at every poll, and every Response is answered 201 with a place.
    """
    await offered("BASIC-009", device, arrange, step, limits)


@case("BASIC-010", "Limit of active power", IMMEDIATE)
async def basic_010(device, arrange, step, limits):
    """The limit is in hundredths of a percent of the setting.

    Steps
        1. Have the programs of the topology made, the service point's with the default, and read them.
        2. Have the control published in the service point's program, read it, and answer that it was received.
        3. Poll around its start and end, and answer 2 and 3.
        4. Read the default again.

    Passes when
        default, control and curves are served with the values that were arranged, the control's states and their dates
        are right at every poll, and every Response is answered 201 with a place.
    """
    await offered("BASIC-010", device, arrange, step, limits)


@case("BASIC-011", "Volt-watt", CURVES)
async def basic_011(device, arrange, step, limits):
    """The curve protects the neighbours' voltage.

    Steps
        1. Have the programs of the topology made, the service point's with the default, and read them.
        2. Have the control published in the service point's program, read it, and answer that it was received.
        3. Poll around its start and end, and answer 2 and 3.
        4. Read the default again.

    Passes when
        default, control and curves are served with the values that were arranged, the control's states and their dates
        are right at every poll, and every Response is answered 201 with a place.
    """
    await offered("BASIC-011", device, arrange, step, limits)


@case("BASIC-012", "Frequency-watt and droop", [*CURVES, "changes_control_values"])
async def basic_012(device, arrange, step, limits):
    """A droop and a curve in one control; the printed droop values are wrong but must be served as given.

    Steps
        1. Have the programs of the topology made, the service point's with the default, and read them.
        2. Have the control published in the service point's program, read it, and answer that it was received.
        3. Poll around its start and end, and answer 2 and 3.
        4. Read the default again.

    Passes when
        default, control and curves are served with the values that were arranged, the control's states and their dates
        are right at every poll, and every Response is answered 201 with a place.
    """
    await offered("BASIC-012", device, arrange, step, limits)


@case("BASIC-013", "Set active power, in percent (optional)", IMMEDIATE)
async def basic_013(device, arrange, step, limits):
    """A fixed power in hundredths of a percent; the procedures list it and require it of nobody.

    Steps
        1. Have the programs of the topology made, the service point's with the default, and read them.
        2. Have the control published in the service point's program, read it, and answer that it was received.
        3. Poll around its start and end, and answer 2 and 3.
        4. Read the default again.

    Passes when
        default, control and curves are served with the values that were arranged, the control's states and their dates
        are right at every poll, and every Response is answered 201 with a place.
    """
    await offered("BASIC-013", device, arrange, step, limits)


@case("BASIC-014", "Set active power, in watts (optional)", IMMEDIATE)
async def basic_014(device, arrange, step, limits):
    """A target power in watts; the procedures list it and require it of nobody.

    Steps
        1. Have the programs of the topology made, the service point's with the default, and read them.
        2. Have the control published in the service point's program, read it, and answer that it was received.
        3. Poll around its start and end, and answer 2 and 3.
        4. Read the default again.

    Passes when
        default, control and curves are served with the values that were arranged, the control's states and their dates
        are right at every poll, and every Response is answered 201 with a place.
    """
    await offered("BASIC-014", device, arrange, step, limits)


@test_case(
    id="BASIC-015",
    title="Twenty-four controls, all but the first cancelled",
    subject="server",
    requirements=["CTP.BASIC-015", *REQUIREMENTS, "EVENT.026", "KEEPS.CANCELLED", "CTP.GENERAL.2", "CTP.GENERAL.3"],
    flaws=[
        *IMMEDIATE,
        "keeps_ten_controls",
        "cancelled_controls_vanish",
        "hides_cancellation",
        "revives_cancelled",
        "supersedes_the_better",
    ],
    needs=["DER", "Response"],
    duration=["long_course"],
    instructions=["create_groups", "create_controls", "cancel_controls", "remove_group"],
)
async def basic_015(device, arrange, step, limits, policies):
    """A day's worth of controls must fit, and a cancelled one must say so: to vanish is not to be cancelled.

    Steps
        1. Have the programs of the topology made and read them with the default.
        2. Have 24 controls published at the service point and one at the transformer, and read them.
        3. Play the first to its end, beside the one of the transformer.
        4. Have the other 23 cancelled and read them again, the second also once it would have started.
        5. Read the default again.

    Passes when
        all are listed and as arranged, the first runs its course, the others are shown as cancelled with the moment of
        it, and every Response is answered 201 with a place. Cancelled controls that soon leave their list are warned
        of.
    """
    function, minute = INVERTER_FUNCTIONS["BASIC-008"], limits.event_minute.duration
    topology, _ = topology_groups(arrange.fixtures["F-CTRL"], plain_default())
    with step(1):
        await device.set_clock()
        await arrange.groups(topology)
        *_, transformer, point = await device.programs_of(topology)
        await device.default(point, point.offer.default)
    with step(2):
        offers = [
            ControlOffer(name=f"C{number}", modes=function.test, starts_in=2 * number * minute, duration=minute)
            for number in range(1, limits.stored_controls.count + 1)
        ]
        beside = ControlOffer(name="T1", modes=function.test, starts_in=2 * minute, duration=minute)
        await arrange.controls(point.offer, *offers)
        first, *rest = await device.receive(point, *offers)
        await arrange.controls(transformer.offer, beside)
        (outranked,) = await device.receive(transformer, beside)
        outranked.may_be_superseded()
        outranked.give_up(device.now_s())
    with step(3):
        await device.obey(first, outranked)
    with step(4):
        asked = device.now_s()
        await arrange.cancelled(point.offer, *offers[1:])
        await device.cancelled(asked, *rest)
        await device.stay_listed(*rest)
        await device.obey(rest[0], until_s=rest[0].course.latest_s + limits.event_status_tolerance.value + 1)
        device.judge(first, outranked, *rest, policy=policies["superseded_across_programs"].name)
    with step(5):
        await device.default(point, point.offer.default)
