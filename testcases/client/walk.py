"""The walk of a client under test, beyond the procedures: many programs, a wrong PIN, moved lists, unknown elements."""

from conformance.face.authoring import (
    IDLE,
    STARTED,
    UNKNOWN,
    Span,
    arrival,
    extend,
    kept,
    largest,
    move,
    one_program,
    redirections,
    registered_last,
    require,
    test_case,
    with_one_default,
)

LIMITED = {"opModMaxLimW": 5000}
PINS = (123455, 111115)
"""Two PINs with right check digits, so that one of them is wrong."""
BEYOND_REGISTRATION = ("FunctionSetAssignmentsList", "DERProgramList", "DERControlList", "DefaultDERControl")


@test_case(
    id="PROGRAMS-001",
    title="As many programs as are asked for, the control in the last of them",
    subject="client",
    requirements=["P24"],
    flaws=["keeps_few_programs", "ignores_paging", "ignores_control", "starts_late", "polls_once"],
    needs=["DER", "Response"],
    origin="ours",
    duration=["first_contact", "discovery", "control_lead", "control_duration", "response_deadline"],
    instructions=["restart_client"],
    values=["DERProgram.count"],
)
async def programs_001(utility, client, step, check, limits, clock, values):
    """A device can belong to fifteen groups, and the control that matters may be in the least of them.

    Steps
        1. Offer as many programs as the profile asks for; start the client and wait until it has read their controls.
        2. Publish a control in the least urgent program and wait for its Responses.

    Passes when
        the control of the last one is carried out.
    """
    count = largest(values, "DERProgram.count")
    offered = one_program(utility, registered_last(utility, client.lfdi, pin=client.pin).lfdi)
    offered.program.set_default(IDLE)
    more = [utility.add_program(offered.assignment, primacy=2 + n) for n in range(count - 1)]
    with step(1):
        await client.start(within=limits.first_contact)
        until = clock.now() + limits.discovery.duration
        require(await client.seen("GET", ("DERControlList",), until), "the client reads no controls")
        places = {program.controls_path for program in (offered.program, *more)}
        read = [path for path in places if await client.seen("GET", None, until, lambda it, path=path: it.path == path)]
    with step(2):
        lead, length = limits.control_lead.duration, limits.control_duration.duration
        control = more[-1].add_control(LIMITED, starts_in=lead, duration=length, response_required=7)
        started = await client.response(control, STARTED, control.end)
        told = f"controls of {len(read)} programs read, {'' if started else 'no '}Response 2 to that of the last"
        check.demands(
            "DERProgram.count",
            lambda value: kept(value, bool(started) or len(read) >= value.number < count, told),
        )
        await clock.wait_until(control.end + limits.plant_settling.duration)
        during = Span(control.start, control.end, "the control")
        check.in_force(client.plant, LIMITED, during, limits.plant_settling, requirement="P24")


@test_case(
    id="PIN-001",
    title="Silence after a wrong PIN",
    subject="client",
    requirements=["SEC.032"],
    flaws=["ignores_wrong_pin", "hard_coded_paths"],
    origin="ours",
    duration=["first_contact", "discovery", "silence_after_wrong_pin"],
    instructions=["restart_client"],
)
async def pin_001(utility, client, step, check, limits, clock):
    """The PIN tells a device that the server knows it, and not some other device; without that it may obey nobody.

    Steps
        1. Register the device with another PIN; start the client and wait for its GET of Registration.
        2. Watch it for a while.

    Passes when
        from then on the client reads no assignments, programs or controls and sends nothing. Looking at
        DeviceCapability, Time, EndDevice and Registration again is legal.
    """
    registered_last(utility, client.lfdi, pin=next(pin for pin in PINS if pin != client.pin))
    one_program(utility, client.lfdi)
    with step(1):
        await client.start(within=limits.first_contact)
        registration = await client.must_get("Registration", limits.discovery, requirement="SEC.032")
        known = arrival(require(registration, "the client reads no Registration")) + limits.in_flight.duration
    with step(2):
        await clock.wait(limits.silence_after_wrong_pin.duration)
        later = [it for it in client.exchanges() if arrival(it) > known]
        acts = [it for it in later if it.method != "GET" or it.resource in BEYOND_REGISTRATION]
        seen = ", ".join(dict.fromkeys(f"{it.method} {it.resource or it.path}" for it in acts))
        check.that(not acts, "SEC.032", "no GET beyond Registration and nothing sent", seen or "silence", acts)


@test_case(
    id="MOVED-001",
    title="Lists have moved: 301, 302, 307",
    subject="client",
    requirements=["DNS.042"],
    flaws=["ignores_redirects", "hard_coded_paths", "reports_for_neighbour"],
    needs=["DER"],
    origin="ours",
    duration=["first_contact", "discovery"],
    instructions=["restart_client"],
)
async def moved_001(utility, client, step, check, limits, values):
    """ERR-001 moves DeviceCapability; a server may move anything.

    Steps
        1. Redirect three lists, each with another status; start the client.
        2. Wait for its GET of each at its new place.

    Passes when
        every redirect is followed. Where the profile forbids redirections, the case does not apply.
    """
    redirections(values)
    device = registered_last(utility, client.lfdi, pin=client.pin)
    program = one_program(utility, client.lfdi).program
    moved = [
        move(utility, device.assignments_path, 301, "FunctionSetAssignmentsList"),
        move(utility, device.ders_path, 302, "DERList"),
        move(utility, program.controls_path, 307, "DERControlList"),
    ]
    with step(1):
        await client.start(within=limits.first_contact)
    with step(2):
        for place in moved:
            await client.must_get(place.kind, limits.discovery, "DNS.042", lambda it, new=place.new: it.path == new)


@test_case(
    id="EXTENDED-001",
    title="Elements that the client does not know",
    subject="client",
    requirements=[],
    flaws=[],
    needs=["DER", "Response"],
    origin="ours",
    duration=["first_contact", *["control_lead"] * 2, *["control_duration"] * 2],
    instructions=["restart_client"],
    values=["XML.unknown_elements"],
)
async def extended_001(utility, client, step, check, limits):
    """A utility that adds an element for some of its devices must not lose all the others by it.

    Steps
        1. Start the client, publish a control, and wait for its Response 2.
        2. From then on let every document end in an element of a namespace that nobody knows. Publish another control,
           with such an element among its modes, and wait for its Response 2.

    Passes when
        the client starts the second control as it did the first.
    """
    length = {"starts_in": limits.control_lead.duration, "duration": limits.control_duration.duration}
    with step(1):
        program = await with_one_default(utility, client, limits)
        plain = program.add_control(LIMITED, response_required=7, **length)
        require(await client.response(plain, STARTED, plain.end), "the client starts no control at all")
    with step(2):
        extend(utility)
        strange = program.add_control({**LIMITED, f"{{{UNKNOWN}}}opModForOthers": 1}, response_required=7, **length)
        started = await client.response(strange, STARTED, strange.end)
        told = "Response 2" if started else "no Response 2 to a control that comes with unknown elements"
        seen = [started] if started else []
        check.demands("XML.unknown_elements", lambda value: kept(value, started is not None, told, seen))
