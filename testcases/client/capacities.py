"""How much a client has room for, by the figures of a profile: assignments, curves and their points."""

from conformance.face.authoring import (
    STARTED,
    kept,
    largest,
    one_program,
    registered_last,
    require,
    test_case,
    unseen,
    with_one_default,
)


@test_case(
    id="ASSIGNMENTS-001",
    title="As many assignments as are asked for, the program in the last of them",
    subject="client",
    requirements=["P27"],
    flaws=["ignores_paging"],
    origin="ours",
    duration=["first_contact", "discovery", "discovery"],
    instructions=["restart_client"],
    values=["FunctionSetAssignments.count"],
)
async def assignments_001(utility, client, step, check, limits, clock, values):
    """A device can belong to many groups, and the program that matters may be in the last of them.

    Steps
        1. Assign the device to as many groups as the profile asks for, only the last in list order with programs; start
           the client and wait until it has read the list.
        2. Wait for its GET of the programs of the last.

    Passes when
        they are read.
    """
    count = largest(values, "FunctionSetAssignments.count")
    device = registered_last(utility, client.lfdi, pin=client.pin)
    made = [utility.assign(device, description=f"Group {number}", shows_programs=False) for number in range(count)]
    last = min(made, key=lambda assignment: int(assignment.mrid, 16))
    last.shows_programs = True
    utility.add_program(last, primacy=1)
    with step(1):
        await client.start(within=limits.first_contact)
        until = clock.now() + limits.discovery.duration
        listed = await client.seen("GET", ("FunctionSetAssignmentsList",), until)
        require(listed, "the client reads no FunctionSetAssignmentsList")
    with step(2):
        until = clock.now() + limits.discovery.duration
        read = await client.seen("GET", ("DERProgramList",), until, lambda it: it.path == last.programs_path)
        told = f"the programs of the last of {count} are {'read' if read else 'never read'}"
        seen = [read] if read else []
        check.demands(
            "FunctionSetAssignments.count",
            lambda value: kept(value, bool(read), told, seen) if read or value.number >= count else unseen(value, told),
        )


VOLT_VAR, LOWEST, HIGHEST = "opModVoltVar", 9200, 10700
"""The mode whose curves are tried, and the voltages between which they lie, in hundredths of a percent."""
MOST_VAR = 3000
MOST_POINTS = 10
"""More than these no document can hold."""


def volt_var(points, most=MOST_VAR):
    """Return points of a straight volt-var curve, from injecting at a low voltage to absorbing at a high one."""
    steps = max(1, points - 1)
    return [(LOWEST + n * (HIGHEST - LOWEST) // steps, most - n * 2 * most // steps) for n in range(points)]


def curve(program, points, most=MOST_VAR):
    """Publish a volt-var curve in a program."""
    return program.add_curve(11, volt_var(points, most), x_multiplier=-2, y_multiplier=-2, y_ref_type=3)


@test_case(
    id="CURVES-001",
    title="A curve of as many points as are asked for",
    subject="client",
    requirements=[],
    flaws=[],
    needs=["DER", "Response", "opModVoltVar"],
    origin="ours",
    duration=["first_contact", "discovery", "control_lead", "control_duration"],
    instructions=["restart_client"],
    values=["DERCurve.points"],
)
async def curves_001(utility, client, step, check, limits, values):
    """A curve that a device has no room for is one that it does not follow, however well it answers otherwise.

    Steps
        1. Start the client, publish a control that follows a curve of two points, and wait for its Response 2.
        2. Publish one that follows a curve of as many points as the profile asks for, and wait for its Response 2.

    Passes when
        the client starts the second control as it did the first.
    """
    count = min(MOST_POINTS, largest(values, "DERCurve.points"))
    length = {"starts_in": limits.control_lead.duration, "duration": limits.control_duration.duration}
    with step(1):
        program = await with_one_default(utility, client, limits)
        plain = program.add_control({VOLT_VAR: curve(program, 2)}, response_required=7, **length)
        require(await client.response(plain, STARTED, plain.end), "the client starts no control that follows a curve")
    with step(2):
        long = program.add_control({VOLT_VAR: curve(program, count)}, response_required=7, **length)
        started = await client.response(long, STARTED, long.end)
        told = f"{'' if started else 'no '}Response 2 to a control with a curve of {count} points"
        check.demands(
            "DERCurve.points",
            lambda value: kept(value, bool(started), told) if started or value.number >= count else unseen(value, told),
        )


@test_case(
    id="CURVES-002",
    title="As many curves of one mode as are asked for",
    subject="client",
    requirements=[],
    flaws=["polls_once"],
    needs=["DER", "Response", "opModVoltVar"],
    origin="ours",
    duration=["first_contact", "discovery", "control_lead", *["control_duration"] * 4],
    instructions=["restart_client"],
    values=["DERCurve.count"],
)
async def curves_002(utility, client, step, check, limits, clock, values):
    """Morning, noon and evening each have their curve, and a device that keeps one of them runs the wrong one.

    Steps
        1. Start the client with as many programs as the profile asks for curves, and wait until it has read their
           controls.
        2. Publish a control in each, one after the other, with a volt-var curve of its own; wait for each Response 2.

    Passes when
        the client starts every one of them.
    """
    count, lasts = largest(values, "DERCurve.count"), limits.control_duration.duration
    offered = one_program(utility, registered_last(utility, client.lfdi, pin=client.pin).lfdi)
    more = [utility.add_program(offered.assignment, primacy=2 + number) for number in range(count - 1)]
    with step(1):
        await client.start(within=limits.first_contact)
        until = clock.now() + limits.discovery.duration
        for program in (offered.program, *more):
            place = program.controls_path
            read = await client.seen("GET", None, until, lambda it, place=place: it.path == place)
            require(read, "the client does not read the controls of each program")
    with step(2):
        controls = [
            program.add_control(
                {VOLT_VAR: curve(program, 2, MOST_VAR - 100 * number)},
                starts_in=limits.control_lead.duration + number * lasts,
                duration=lasts,
                response_required=7,
            )
            for number, program in enumerate((offered.program, *more))
        ]
        started = [it for it in controls if await client.response(it, STARTED, it.end)]
        require(started, "the client starts no control that follows a curve")
        told = f"{len(started)} of {count} controls are started, each with a curve of its own"
        check.demands("DERCurve.count", lambda value: kept(value, len(started) >= min(count, value.number), told))
