"""Event rules: what a server under test shows of events over time, and how it takes Responses (CTP 1.3, chapter 7)."""

from conformance.face.authoring import EVENT_RULES, event_group, event_offer, outranked, test_case

REQUIREMENTS = [
    *("EVENT.STATE", "EVENT.STATE.TIME", "BASE.RESPONSES", "BASE.REPLY", "DER.CONTROL"),
    *("GEN.040", "RESPONSE.PLACE"),
]
FLAWS = [
    "event_never_active",
    "event_status_undated",
    "controls_only_listed",
    "recreates_controls",
    "refuses_responses",
    "created_without_location",
    "changes_control_values",
    "switches_off_unasked",
    "clock_ahead",
]
INSTRUCTIONS = ["create_groups", "create_controls", "remove_group"]


async def kept(test_id, device, arrange, step, limits, policies):
    """Play the schedule of a test id: the steps are those of every test case in this file."""
    rule, minute = EVENT_RULES[test_id], limits.event_minute.duration
    with step(1):
        await device.set_clock()
        group = event_group(rule, arrange.fixtures)
        await arrange.groups(group)
        programs = {program.offer.name: program for program in await device.programs_of(group)}
        for program in programs.values():
            if program.offer.default:
                await device.default(program, program.offer.default)
    held = []
    with step(2):
        for number, plan in enumerate(rule.events, start=1):
            if plan.late:
                await device.obey(*held, until_s=held[0].course.latest_s + limits.event_status_tolerance.value + 1)
            elapsed = device.elapsed_since(held[0]) if plan.late else minute * 0
            program, offer = programs[plan.program], event_offer(plan, number, minute, elapsed)
            await arrange.controls(program.offer, offer)
            held += await device.receive(program, offer)
    with step(3):
        for event in held:
            if winner := outranked(event, held):
                event.may_be_superseded()
                late = winner.course.created_s > event.course.latest_s
                event.give_up(winner.course.earliest_s if late else device.now_s())
        await device.obey(*held)
    with step(4):
        device.judge(*held, policy=policies["superseded_across_programs"].name)


def case(test_id, title, flaws=FLAWS):
    """Declare a test case of this file; all need the same, and those with a default the rule on defaults."""
    defaults = ["DER.005"] if "default_missing" in flaws else []
    return test_case(
        id=test_id,
        title=title,
        subject="server",
        requirements=[f"CTP.{test_id}", *defaults, *REQUIREMENTS, "CTP.GENERAL.2", "CTP.GENERAL.3"],
        flaws=flaws,
        needs=["DER", "Response"],
        duration=["event_course"],
        instructions=INSTRUCTIONS,
    )


@test_case(
    id="BASIC-016",
    title="Two programs, two defaults, no control",
    subject="server",
    requirements=["CTP.BASIC-016", "DER.005", "CTP.GENERAL.2", "CTP.GENERAL.3"],
    flaws=["default_missing", "changes_control_values", "switches_off_unasked"],
    needs=["DER"],
    instructions=["create_groups", "remove_group"],
)
async def basic_016(device, arrange, step):
    """With no event about, a device lives by the default of its best program; it must find each default complete.

    Steps
        1. Have a system program and a better service point program made, each with a default.
        2. Read both, their defaults and their DERControlLists.

    Passes when
        both programs have the primacy, and both defaults the modes, that were arranged, and no control is listed.
    """
    group = event_group(EVENT_RULES["BASIC-016"], arrange.fixtures)
    with step(1):
        await arrange.groups(group)
    with step(2):
        for program in await device.programs_of(group):
            await device.default(program, program.offer.default)
            await device.lists_nothing(program)


@case("BASIC-017", "One program with one control")
async def basic_017(device, arrange, step, limits, policies):
    """The plain case: a device asks when to act, and the utility must hear that it did.

    Steps
        1. Have the programs of the procedure made, and read them with their defaults.
        2. Have the controls published and read them.
        3. Poll around each start and end, and answer with Responses: 1, 2 and 3 for each.
        4. Look at the states seen.

    Passes when
        states and their dates are right at every poll: scheduled until the start, active until the end; what was
        arranged is served as it was arranged, and every Response is answered 201 with a place.
    """
    await kept("BASIC-017", device, arrange, step, limits, policies)


@case("BASIC-018", "One program with a default and one control", [*FLAWS, "default_missing"])
async def basic_018(device, arrange, step, limits, policies):
    """Before and after the control the default must be there to fall back to.

    Steps
        1. Have the programs of the procedure made, and read them with their defaults.
        2. Have the controls published and read them.
        3. Poll around each start and end, and answer with Responses: 1, 2 and 3 for each.
        4. Look at the states seen.

    Passes when
        states and their dates are right at every poll: scheduled until the start, active until the end; what was
        arranged is served as it was arranged, and every Response is answered 201 with a place.
    """
    await kept("BASIC-018", device, arrange, step, limits, policies)


@case("BASIC-019", "Two controls that do not overlap", [*FLAWS, "default_missing"])
async def basic_019(device, arrange, step, limits, policies):
    """One event must not disturb the state of the next, and the default stands between them.

    Steps
        1. Have the programs of the procedure made, and read them with their defaults.
        2. Have the controls published and read them.
        3. Poll around each start and end, and answer with Responses: 1, 2 and 3 for each.
        4. Look at the states seen.

    Passes when
        states and their dates are right at every poll: scheduled until the start, active until the end; what was
        arranged is served as it was arranged, and every Response is answered 201 with a place.
    """
    await kept("BASIC-019", device, arrange, step, limits, policies)


@case("BASIC-020", "Two programs with a control each that do not overlap", [*FLAWS, "default_missing"])
async def basic_020(device, arrange, step, limits, policies):
    """Events of different programs keep their states apart.

    Steps
        1. Have the programs of the procedure made, and read them with their defaults.
        2. Have the controls published and read them.
        3. Poll around each start and end, and answer with Responses: 1, 2 and 3 for each.
        4. Look at the states seen.

    Passes when
        states and their dates are right at every poll: scheduled until the start, active until the end; what was
        arranged is served as it was arranged, and every Response is answered 201 with a place.
    """
    await kept("BASIC-020", device, arrange, step, limits, policies)


@case(
    "BASIC-021",
    "Overlapping controls of one kind, the better one later",
    [*FLAWS, "default_missing", "supersedes_the_better"],
)
async def basic_021(device, arrange, step, limits, policies):
    """The device gives the worse event up and says so before it would start; the server must take that answer.

    Steps
        1. Have the programs of the procedure made, and read them with their defaults.
        2. Have the controls published and read them.
        3. Poll around each start and end, and answer with Responses: 1 and 7 for the worse event,
           1, 2 and 3 for the better.
        4. Look at the states seen.

    Passes when
        states and their dates are right at every poll: scheduled until the start, active until the end, or superseded
        for the event that is outranked; controls and defaults are as arranged, and every Response is answered 201
        with a place.
    """
    await kept("BASIC-021", device, arrange, step, limits, policies)


@case(
    "BASIC-022",
    "Overlapping controls of one kind, the better one first",
    [*FLAWS, "default_missing", "supersedes_the_better"],
)
async def basic_022(device, arrange, step, limits, policies):
    """The worse event must not outlive the better one, and Response 7 is taken for it.

    Steps
        1. Have the programs of the procedure made, and read them with their defaults.
        2. Have the controls published and read them.
        3. Poll around each start and end, and answer with Responses: 1 and 7 for the worse event,
           1, 2 and 3 for the better.
        4. Look at the states seen.

    Passes when
        states and their dates are right at every poll: scheduled until the start, active until the end, or superseded
        for the event that is outranked; controls and defaults are as arranged, and every Response is answered 201
        with a place.
    """
    await kept("BASIC-022", device, arrange, step, limits, policies)


@case(
    "BASIC-023",
    "A better control made while another of its kind runs",
    [*FLAWS, "default_missing", "supersedes_the_better"],
)
async def basic_023(device, arrange, step, limits, policies):
    """A running event is superseded by one that was not there when it began; the server takes 1, 2 and 7 for it.

    Steps
        1. Have the programs of the procedure made, and read them with their defaults.
        2. Have the first control published, then the second one while the first runs; read each as soon as it is there.
        3. Poll around each start and end, and answer with Responses: 1, 2 and 7 for the worse event,
           1, 2 and 3 for the better.
        4. Look at the states seen.

    Passes when
        states and their dates are right at every poll: scheduled until the start, active until the end, or superseded
        for the event that is outranked; controls and defaults are as arranged, and every Response is answered 201
        with a place.
    """
    await kept("BASIC-023", device, arrange, step, limits, policies)


@case(
    "BASIC-024",
    "Overlapping independent controls, the better one later",
    [*FLAWS, "default_missing", "ends_independent_events"],
)
async def basic_024(device, arrange, step, limits, policies):
    """Controls of different modes run side by side: a server that calls one superseded would stop it.

    Steps
        1. Have the programs of the procedure made, and read them with their defaults.
        2. Have the controls published and read them.
        3. Poll around each start and end, and answer with Responses: 1, 2 and 3 for each.
        4. Look at the states seen.

    Passes when
        states and their dates are right at every poll: scheduled until the start, active until the end, and neither is
        ever called superseded; controls and defaults are as arranged, and every Response is answered 201 with a
        place.
    """
    await kept("BASIC-024", device, arrange, step, limits, policies)


@case(
    "BASIC-025",
    "Overlapping independent controls, the better one first",
    [*FLAWS, "default_missing", "ends_independent_events"],
)
async def basic_025(device, arrange, step, limits, policies):
    """Controls of different modes run side by side, whichever began first.

    Steps
        1. Have the programs of the procedure made, and read them with their defaults.
        2. Have the controls published and read them.
        3. Poll around each start and end, and answer with Responses: 1, 2 and 3 for each.
        4. Look at the states seen.

    Passes when
        states and their dates are right at every poll: scheduled until the start, active until the end, and neither is
        ever called superseded; controls and defaults are as arranged, and every Response is answered 201 with a
        place.
    """
    await kept("BASIC-025", device, arrange, step, limits, policies)


@case(
    "BASIC-026",
    "An independent control made while another runs",
    [*FLAWS, "default_missing", "ends_independent_events"],
)
async def basic_026(device, arrange, step, limits, policies):
    """A new control of another mode leaves the running one alone.

    Steps
        1. Have the programs of the procedure made, and read them with their defaults.
        2. Have the first control published, then the second one while the first runs; read each as soon as it is there.
        3. Poll around each start and end, and answer with Responses: 1, 2 and 3 for each.
        4. Look at the states seen.

    Passes when
        states and their dates are right at every poll: scheduled until the start, active until the end, and neither is
        ever called superseded; controls and defaults are as arranged, and every Response is answered 201 with a
        place.
    """
    await kept("BASIC-026", device, arrange, step, limits, policies)
