"""Events of the core function sets on a server under test (SunSpec CTP 1.3, chapter 6)."""

from conformance.face.authoring import (
    ANSWERED,
    IMMEDIATE_AND_CURVE,
    RANDOMIZED,
    RIVALS,
    TEN_PROGRAMS,
    outranked,
    planned_group,
    planned_offer,
    test_case,
)

REQUIREMENTS = ["DER.005", "DER.CONTROL", "EVENT.STATE", "EVENT.STATE.TIME", "CTP.GENERAL.2", "CTP.GENERAL.3"]
FLAWS = [
    "event_never_active",
    "event_status_undated",
    "controls_only_listed",
    "recreates_controls",
    "default_missing",
    "clock_ahead",
]
ANSWERS = ["refuses_responses", "created_without_location"]
INSTRUCTIONS = ["create_groups", "create_controls", "remove_group"]


async def published(plan, device, arrange, step, limits, *, responses=False):
    """Have a schedule made, its controls in a program each, and read it: steps 1 and 2 of the cases in this file."""
    minute = limits.event_minute.duration
    with step(1):
        await device.set_clock()
        group = planned_group(plan)
        await arrange.groups(group)
        programs = await device.programs_of(group)
        for program in programs:
            if program.offer.default:
                await device.default(program, program.offer.default)
    held = []
    with step(2):
        offers = [planned_offer(row, minute, responses=responses) for row in plan]
        for program, offer in zip(programs, offers, strict=True):
            await arrange.controls(program.offer, offer)
        for program, offer in zip(programs, offers, strict=True):
            held += await device.receive(program, offer)
    return held


@test_case(
    id="CORE-012",
    title="Basic DER program and control",
    subject="server",
    requirements=["CTP.CORE-012", "DER.CURVE", *REQUIREMENTS],
    flaws=[*FLAWS, "changes_control_values", "switches_off_unasked", "drops_curve_points", "curves_of_other_type"],
    needs=["DER"],
    duration=["long_course"],
    instructions=INSTRUCTIONS,
)
async def core_012(device, arrange, step, limits):
    """One control may hold an immediate mode and a curve; the device needs both, and all ten points.

    Steps
        1. Have a program with a default made, and read it.
        2. Have a control with an immediate mode and a curve of ten points published, and read control and curve.
        3. Poll around its start and end.

    Passes when
        default, control and curve are as arranged, and the state is scheduled until the start and active until the end.
    """
    held = await published(IMMEDIATE_AND_CURVE, device, arrange, step, limits)
    with step(3):
        await device.obey(*held)
        device.judge(*held)


@test_case(
    id="CORE-013",
    title="Advanced DER program and control",
    subject="server",
    requirements=["CTP.CORE-013", *REQUIREMENTS],
    flaws=[*FLAWS, "changes_control_values", "switches_off_unasked", "lists_seven_programs"],
    needs=["DER"],
    duration=["long_course"],
    instructions=INSTRUCTIONS,
)
async def core_013(device, arrange, step, errata, limits):
    """Ten programs in one list, each with an event: their states must not get mixed up.

    Steps
        1. Have ten programs made (seven by edition 1.2), the best with a default, and read them.
        2. Have one control published in each, one after the other in time, and read them.
        3. Poll around each start and end.

    Passes when
        all programs are listed, and each control goes through its states at its own times.
    """
    plan = TEN_PROGRAMS if 20 in errata else TEN_PROGRAMS[:7]
    held = await published(plan, device, arrange, step, limits)
    with step(3):
        await device.obey(*held)
        device.judge(*held)


@test_case(
    id="CORE-021",
    title="Randomized events",
    subject="server",
    requirements=["CTP.CORE-021", "DER.CURVE", *REQUIREMENTS],
    flaws=[
        *FLAWS,
        "changes_control_values",
        "switches_off_unasked",
        "drops_curve_points",
        "curves_of_other_type",
        "drops_randomization",
    ],
    needs=["DER"],
    duration=["long_course"],
    instructions=INSTRUCTIONS,
)
async def core_021(device, arrange, step, limits):
    """Devices spread their starts only if the server tells them over which time.

    Steps
        1. Have three programs made, the best with a default, and read them.
        2. Have a control published in each, two of them randomized, and read them with their curves.
        3. Poll outside of the time over which each start and end may be spread.

    Passes when
        controls, randomization and curves are as arranged, and the states are right wherever randomization leaves no
        choice.
    """
    held = await published(RANDOMIZED, device, arrange, step, limits)
    with step(3):
        await device.obey(*held)
        device.judge(*held)


@test_case(
    id="CORE-022",
    title="Responses, and a control cancelled while it runs",
    subject="server",
    requirements=["CTP.CORE-022", "DER.CURVE", "BASE.REPLY", "BASE.RESPONSES", "GEN.040", "EVENT.026", *REQUIREMENTS],
    flaws=[
        *FLAWS,
        *ANSWERS,
        "changes_control_values",
        "switches_off_unasked",
        "drops_curve_points",
        "curves_of_other_type",
        "cancelled_controls_vanish",
        "hides_cancellation",
        "revives_cancelled",
    ],
    needs=["DER", "Response"],
    duration=["long_course"],
    instructions=[*INSTRUCTIONS, "cancel_controls"],
)
async def core_022(device, arrange, step, limits):
    """A cancelled control must be shown as cancelled: a device that only misses it in the list goes on with it.

    Steps
        1. Have three programs made, the best with a default, and read them.
        2. Have a control published in each, read them, and answer that they were received.
        3. Poll until the first one runs, and answer that it started.
        4. Have it cancelled, and read it again; answer 6.
        5. Poll the other two through their course, and answer 2 and 3.

    Passes when
        the first control is shown as cancelled with the moment of it, the others run their course, and every Response
        is answered 201 with a place.
    """
    first, *others = await published(ANSWERED, device, arrange, step, limits, responses=True)
    with step(3):
        await device.obey(first, until_s=first.course.latest_s + limits.cancel_after.value)
    with step(4):
        asked = device.now_s()
        await arrange.cancelled(first.program.offer, first.offer)
        await device.cancelled(asked, first)
        device.judge(first)
    with step(5):
        await device.obey(*others)
        device.judge(*others)


@test_case(
    id="CORE-023",
    title="Superseding events (optional)",
    subject="server",
    requirements=["CTP.CORE-023", "DER.CURVE", "BASE.REPLY", "BASE.RESPONSES", "GEN.040", *REQUIREMENTS],
    flaws=[
        *FLAWS,
        *ANSWERS,
        "changes_control_values",
        "switches_off_unasked",
        "drops_curve_points",
        "curves_of_other_type",
        "supersedes_the_better",
    ],
    needs=["DER", "Response"],
    duration=["long_course"],
    instructions=INSTRUCTIONS,
    editions=["1.3"],
)
async def core_023(device, arrange, step, limits, policies):
    """Of three controls that begin together one wins; the server must leave the winner alone.

    Steps
        1. Have three programs made, the best with a default, and read them.
        2. Have a control published in each, all with one start, read them, and answer that they were received.
        3. Poll around start and end: answer 2 and 3 for the best, 7 for the others.

    Passes when
        the best control runs its course and is never called superseded, the others are shown by their time or as
        superseded, and every Response is answered 201 with a place.
    """
    held = await published(RIVALS, device, arrange, step, limits, responses=True)
    with step(3):
        for event in held:
            if outranked(event, held):
                event.may_be_superseded()
                event.give_up(device.now_s())
        await device.obey(*held)
        device.judge(*held, policy=policies["superseded_across_programs"].name)
