"""What the procedures leave untried on a server: long schedules, many programs, every curve, alarms. Ids are ours."""

from conformance.face.authoring import (
    DOCUMENTATION_PEN,
    RIDE_THROUGH,
    ControlOffer,
    DefaultOffer,
    GroupOffer,
    ProgramOffer,
    alarm_event,
    read,
    require,
    test_case,
)

SIZES = (1, 7, 255)
"""``l`` of the pages a schedule is read by."""
FULL = 10000
ALARM, NORMAL = 2, 3
"""``logEventCode`` of an over-voltage and of its end, in function set 11."""
OVER_TIME = [
    "clock_ahead",
    "event_never_active",
    "event_status_undated",
    "controls_only_listed",
    "recreates_controls",
]
"""Flaws that show in the states of any event that is watched."""
STATES = ["EVENT.STATE", "EVENT.STATE.TIME"]
MAKES = ["create_groups", "create_controls", "remove_group"]


async def made(program, device, arrange):
    """Have a program made in a group of its own, and read it."""
    await device.set_clock()
    group = GroupOffer(name="Extra", programs=[program])
    await arrange.groups(group)
    (served,) = await device.programs_of(group)
    return served


def series(count, limits, modes, **more):
    """Return controls of a minute, one after the other with a pause between them."""
    lead, apart = limits.control_lead.duration, limits.many_events_spacing.duration
    return [
        ControlOffer(
            name=f"E{number}",
            modes=modes(number),
            starts_in=lead + apart * number,
            duration=limits.event_minute.duration,
            responses=False,
            **more,
        )
        for number in range(count)
    ]


async def paged(server, device, program, check):
    """Read a DERControlList by pages of several sizes, and judge counts, order and what the pages hold together."""
    href = require(program.node.link("DERControlListLink"), "the DERProgram has no DERControlListLink")
    await device.lists_by_start(program.node)
    wholes = []
    for size in SIZES:
        listing = await server.whole_list(href, "DERControlList", size)
        for page in listing.pages:
            check.at_most(page.exchange, size, requirement="GEN.LIMIT")
            check.values(page.exchange, only="VAL.LIST")
        beyond = await server.page(href, "DERControlList", start=listing.counted.count, limit=1)
        check.whole_list(listing.counted, beyond.exchange, requirement="GEN.LIST")
        wholes.append(([entry.hexadecimal("mRID") for entry in listing.entries], listing.pages[-1].exchange))
    first = wholes[0][0]
    for mrids, exchange in wholes[1:]:
        same = mrids == first and len(set(mrids)) == len(mrids)
        told = f"{len(set(mrids))} different of {len(mrids)}, against {len(first)}"
        check.that(same, "GEN.LIST", "the same events by pages of any size", told, [exchange])


@test_case(
    id="SCHEDULE-001",
    title="More than 24 events, read by pages while they change",
    subject="server",
    requirements=[
        "GEN.LIST",
        "GEN.LIMIT",
        "GEN.026",
        "LIST.TIES",
        "DER.CONTROL",
        "VAL",
        "VAL.LIST.RESULTS",
        "CTP.GENERAL.2",
        "CTP.GENERAL.3",
    ],
    flaws=[
        "keeps_ten_controls",
        "ignores_limit",
        "ignores_start",
        "controls_out_of_order",
        "cancelled_controls_vanish",
        "changes_control_values",
        "switches_off_unasked",
        "wrong_all",
        "wrong_results",
    ],
    needs=["DER"],
    origin="ours",
    aliases=["S-ALL-44"],
    instructions=[*MAKES, "cancel_controls"],
)
async def schedule_001(server, device, arrange, step, check, limits):
    """A day of five-minute envelopes has 288 events; whoever loses one between two pages loses a limit.

    Steps
        1. Have a program made with more than 24 controls that follow one another, and read them.
        2. Read the DERControlList by pages of one, of seven and of as many as there are.
        3. Have some of the controls cancelled and others published, two of them with one start, and read it so again.

    Passes when
        every control is listed with its values, in the order of their starts, pages hold no more than asked for, and
        pages of any size hold the same events, before and after the change. Another order than by falling creationTime
        and mRID of the two of one start is warned of.
    """
    with step(1):
        program = await made(ProgramOffer(name="Schedule", primacy=1), device, arrange)
        offers = series(limits.many_events.count, limits, lambda number: {"opModMaxLimW": FULL - 100 * number})
        await arrange.controls(program.offer, *offers)
        await device.receive(program, *offers)
    with step(2):
        await paged(server, device, program, check)
    with step(3):
        await arrange.cancelled(program.offer, *offers[1::7])
        later = series(2 * limits.many_events.count, limits, lambda number: {"opModMaxLimW": FULL // 2})
        last, connect = later[-1], {"opModConnect": True}
        twin = ControlOffer(
            name="Twin", modes=connect, starts_in=last.starts_in, duration=last.duration, responses=False
        )
        await arrange.controls(program.offer, *later[limits.many_events.count :], twin)
        await paged(server, device, program, check)


@test_case(
    id="PROGRAMS-001",
    title="Fifteen programs of one device",
    subject="server",
    requirements=["GEN.LIST", "GEN.026", "LIST.TIES", "DER.005", "CTP.GENERAL.2", "CTP.GENERAL.3"],
    flaws=[
        "lists_seven_programs",
        "programs_out_of_order",
        "default_missing",
        "changes_control_values",
        "switches_off_unasked",
    ],
    needs=["DER"],
    origin="ours",
    instructions=["create_groups", "remove_group"],
)
async def programs_001(device, arrange, step, limits):
    """A DER may be in fifteen programs (CSIP P24); the one that is left out may be the best.

    Steps
        1. Have a group with fifteen programs made, each with a default and two of one primacy, and read their list.
        2. Read each program at its own address, with its default and its DERControlList.

    Passes when
        all are listed, the better first, and everything they link to is served as arranged. Another order than by
        falling mRID of the two of one primacy is warned of.
    """
    modes = [{"opModMaxLimW": FULL - number} for number in range(limits.programs.count)]
    offers = [
        ProgramOffer(name=f"P{number}", primacy=max(1, number), default=DefaultOffer(modes=mode))
        for number, mode in enumerate(modes)
    ]
    group = GroupOffer(name="Fifteen", programs=offers)
    with step(1):
        await arrange.groups(group)
        (node,) = await device.groups(group)
        programs = await device.programs(node, *offers)
        await device.lists_by_primacy(node)
    with step(2):
        for program in programs:
            await device.read(require(program.node.href, "the DERProgram has no href"), "DERProgram")
            await device.default(program, program.offer.default)
            await device.lists_nothing(program)


@test_case(
    id="RANDOM-001",
    title="Randomized events, one of them cancelled",
    subject="server",
    requirements=["DER.CONTROL", "EVENT.026", *STATES, "CTP.GENERAL.2", "CTP.GENERAL.3"],
    flaws=[
        "drops_randomization",
        "cancelled_controls_vanish",
        "changes_control_values",
        "switches_off_unasked",
        "hides_cancellation",
        *OVER_TIME,
    ],
    needs=["DER"],
    origin="ours",
    aliases=["S-ALL-45"],
    instructions=[*MAKES, "cancel_controls"],
)
async def random_001(device, arrange, step, limits):
    """A device that has drawn a late start must still see that the event was cancelled.

    Steps
        1. Have a program made with five randomized controls that follow one another, and read them.
        2. Have the second cancelled, and poll its state.
        3. Poll the first outside of the time over which its start may be spread.

    Passes when
        all show their randomization, the cancelled one is shown as cancelled with the moment of it, and the first runs
        wherever its randomization leaves no choice.
    """
    with step(1):
        program = await made(ProgramOffer(name="Random", primacy=1), device, arrange)
        spread = limits.event_minute.count // 2
        offers = series(5, limits, lambda number: {"opModMaxLimW": FULL}, randomize_start_s=spread)
        await arrange.controls(program.offer, *offers)
        first, second, *_ = await device.receive(program, *offers)
    with step(2):
        asked = device.now_s()
        await arrange.cancelled(program.offer, second.offer)
        await device.cancelled(asked, second)
        device.judge(second)
    with step(3):
        await device.obey(first)
        device.judge(first)


@test_case(
    id="SWITCH-001",
    title="opModEnergize and opModConnect, true, false and true again",
    subject="server",
    requirements=["DER.CONTROL", *STATES, "CTP.GENERAL.2", "CTP.GENERAL.3"],
    flaws=["changes_control_values", "switches_off_unasked", "ends_independent_events", *OVER_TIME],
    needs=["DER"],
    origin="ours",
    aliases=["S-ALL-15", "S-ALL-16"],
    duration=["event_course"],
    instructions=MAKES,
)
async def switch_001(device, arrange, step, limits):
    """By the print of BASIC-009 nothing is ever switched off; a server that serves false as true would pass it.

    Steps
        1. Have a program made for each of the two modes.
        2. Have three controls published in each, which follow one another: true, false, true; read them.
        3. Poll around each start and end.

    Passes when
        each control is served with its truth value and goes through its states.
    """
    held = []
    for mode in ("opModEnergize", "opModConnect"):
        with step(1):
            program = await made(ProgramOffer(name=mode.removeprefix("opMod"), primacy=1), device, arrange)
        with step(2):
            offers = series(3, limits, lambda number, mode=mode: {mode: number != 1})
            await arrange.controls(program.offer, *offers)
            held += await device.receive(program, *offers)
    with step(3):
        await device.obey(*held)
        device.judge(*held)


@test_case(
    id="RIDE-001",
    title="Ride-through with all ten curves",
    subject="server",
    requirements=["DER.CURVE", "DER.CONTROL", "DER.005", "CTP.GENERAL.2", "CTP.GENERAL.3"],
    flaws=["drops_curve_points", "curves_of_other_type", "default_missing", "loses_may_trip", "switches_off_unasked"],
    needs=["DER", *RIDE_THROUGH["RIDE-001"].test, *RIDE_THROUGH["RIDE-002"].test],
    origin="ours",
    instructions=MAKES,
)
async def ride_001(device, arrange, step, limits):
    """The procedures serve no curve of what may trip; without it a plant stays on when it could leave, or the reverse.

    Steps
        1. Have a program made for voltage and one for frequency, each with a default of all its curves; read them.
        2. Have a control with other curves published in each, and read it.

    Passes when
        defaults, controls and all curves are served with the values that were arranged.
    """
    for name, function in RIDE_THROUGH.items():
        with step(1):
            default = DefaultOffer(modes=function.default)
            program = await made(ProgramOffer(name=name, primacy=1, default=default), device, arrange)
            await device.default(program, default)
        with step(2):
            offer = ControlOffer(
                name=f"{name} control",
                modes=function.test,
                starts_in=limits.control_lead.duration,
                duration=limits.event_minute.duration,
                responses=False,
            )
            await arrange.controls(program.offer, offer)
            await device.receive(program, offer)


def told_of_alarm(node):
    """Return which alarm a LogEvent tells of."""
    return tuple(node.integer(name) for name in ("createdDateTime", "functionSet", "logEventCode", "logEventID"))


@test_case(
    id="ALARM-001",
    title="Alarms of a DER and their return to normal",
    subject="server",
    requirements=["LOG.002", "LOG.003", "GEN.040", "CTP.CORE-002", "CTP.GENERAL.2", "CTP.GENERAL.3"],
    flaws=["loses_log_events", "keeps_five_log_events", "log_events_oldest_first", "created_without_location"],
    needs=["LogEvent"],
    origin="ours",
    instructions=["register_device"],
)
async def alarm_001(server, device, step, check, limits, clock):
    """BASIC-027 posts errors of software; an operator who is shown an alarm and not its end sends somebody out.

    Steps
        1. POST an alarm of function set 11 and, a moment later, its return to normal; so on, ten events in all.
        2. Read the LogEventList.

    Passes when
        each is answered 201 with a place, and the list shows all ten with function set and code, the newest first.
    """
    href = require((await device.own()).link("LogEventListLink"), "the EndDevice has no LogEventListLink")
    sent = []
    with step(1):
        for number in range(1, limits.kept_log_events.count + 1):
            event = alarm_event(clock.now(), number, DOCUMENTATION_PEN, ALARM if number % 2 else NORMAL)
            sent.append(told_of_alarm(read(event)))
            posted = await server.post(href, event, "LogEventList")
            if check.answered(posted.exchange, 201, requirement="CTP.CORE-002"):
                check.has_location(posted.exchange, requirement="GEN.040")
            await clock.wait(limits.log_pause.duration)
    with step(2):
        listing = await device.read_list(await device.own(), "LogEventListLink")
        pages = [page.exchange for page in listing.pages]
        shown = [told for entry in listing.entries if (told := told_of_alarm(entry)) in sent]
        kept = len(set(shown))
        check.that(kept == len(sent), "LOG.002", f"all {len(sent)} events listed", f"{kept}", pages)
        newest_first = shown == sorted(shown, key=sent.index, reverse=True)
        told = ", ".join(f"number {sent.index(one) + 1}" for one in shown)
        check.that(newest_first, "LOG.003", "the newer one first", told or "none", pages)
