"""Identity and groups on a server under test (SunSpec CTP 1.3, chapter 7)."""

from conformance.face.authoring import (
    BRANCH,
    FIXED_PF,
    ControlOffer,
    DefaultOffer,
    ProgramOffer,
    plain_default,
    require,
    test_case,
    topology_groups,
)

EVENTS = ["DER.CONTROL", "EVENT.STATE", "EVENT.STATE.TIME", "DER.005", "CTP.GENERAL.2", "CTP.GENERAL.3"]
FLAWS = [
    "event_never_active",
    "event_status_undated",
    "controls_only_listed",
    "recreates_controls",
    "default_missing",
    "changes_control_values",
    "switches_off_unasked",
    "clock_ahead",
]
INSTRUCTIONS = ["create_groups", "create_controls", "remove_group"]


@test_case(
    id="BASIC-001",
    title="DER identification",
    subject="server",
    requirements=["CTP.BASIC-001", "SEC.001", "SEC.005", "SEC.032", "CTP.GENERAL.2", "CTP.GENERAL.3"],
    flaws=["asks_for_no_certificate", "wrong_registration_pin", "wrong_sfdi", "wrong_lfdi"],
    instructions=["register_device"],
)
async def basic_001(server, device, pin, step, check):
    """A device that cannot recognise itself, or recognises itself wrongly, is steered by somebody else's controls.

    Steps
        1. Read the EndDeviceList and look for the entry with the LFDI of the harness's own certificate.
        2. Compare its SFDI with the one worked out from the certificate.
        3. Read its Registration and compare the PIN.
        4. Read its FunctionSetAssignmentsList.

    Passes when
        one entry has the LFDI, and its SFDI, its PIN and its list are those of the device.
    """
    with step(1):
        listing, own = await server.own_end_device()
        for page in listing.pages:
            check.answered(page.exchange, 200, requirement="CTP.BASIC-001")
            check.schema_valid(page.exchange)
        exchange = listing.pages[-1].exchange
        same = [entry for entry in listing.entries if entry.hexadecimal("lFDI") == server.lfdi]
        check.that(len(same) == 1, "SEC.005", f"one EndDevice with lFDI {server.lfdi}", f"{len(same)}", [exchange])
        own = require(own, "the device is not registered on the server")
    with step(2):
        check.has_value(exchange, "sFDI", own.integer("sFDI"), server.sfdi, requirement="SEC.001")
    with step(3):
        registration = await device.read_link(own, "RegistrationLink")
        right = registration.resource.integer("pIN") == pin
        check.that(right, "SEC.032", "the declared PIN", "equal" if right else "another", [registration.exchange])
    with step(4):
        await device.read_list(own, "FunctionSetAssignmentsListLink")


@test_case(
    id="BASIC-002",
    title="Basic group management",
    subject="server",
    requirements=["CTP.BASIC-002", *EVENTS],
    flaws=[*FLAWS, "time_refuses_queries", "lists_six_assignments"],
    needs=["DER"],
    duration=["long_course"],
    instructions=INSTRUCTIONS,
)
async def basic_002(device, arrange, step, limits):
    """A device belongs to seven groups at once, one for each level of the grid, and finds its best program in them.

    Steps
        1. Have seven assignments made, one for each node, and read them.
        2. GET each one's DERProgramList, and its Time with l=255.
        3. Read the DefaultDERControl and the DERControlList of the best program.
        4. Have a control published in it, and poll around its start and end.

    Passes when
        all seven are listed with their programs and times, Time is served also with a list query, the default is as
        arranged, and the control goes through its states.
    """
    offers, minute = topology_groups(arrange.fixtures["F-TOPO2"], plain_default()), limits.event_minute.duration
    with step(1):
        await device.set_clock()
        await arrange.groups(*offers)
        groups = await device.groups(*offers)
    with step(2):
        programs = [await device.programs(group, *offer.programs) for group, offer in zip(groups, offers, strict=True)]
        for group in groups:
            href = require(group.link("TimeLink"), "the FunctionSetAssignments has no TimeLink")
            await device.read(f"{href}?l={limits.largest_page.count}", "Time")
    with step(3):
        ((best,),) = programs[-1:]
        await device.default(best, best.offer.default)
        await device.lists_nothing(best)
    with step(4):
        offer = ControlOffer(
            name="G1", modes={"opModFixedPFInjectW": FIXED_PF}, starts_in=5 * minute, duration=minute, responses=False
        )
        await arrange.controls(best.offer, offer)
        held = await device.receive(best, offer)
        await device.obey(*held)
        device.judge(*held)


@test_case(
    id="BASIC-003",
    title="Advanced group management",
    subject="server",
    requirements=["CTP.BASIC-003", "G5", *EVENTS],
    flaws=[*FLAWS, "serves_removed_programs", "stops_answering_polls"],
    needs=["DER"],
    duration=["long_course"],
    instructions=[*INSTRUCTIONS, "create_program", "remove_program"],
)
async def basic_003(device, arrange, step, check, limits, clock):
    """When the grid is switched, a device's groups change under it; it learns of that only from the lists.

    Steps
        1. Have the topology made, and a control far ahead in the transformer's program; read both.
        2. Have the programs from the feeder down replaced by those of another feeder, with another default.
        3. Poll the groups, and read the new programs, their default and the lists again.
        4. Have a control published in the new best program, and poll around its start and end.

    Passes when
        the old programs are gone from their list and the new ones are there with the default, and the control of the
        new best program goes through its states.
    """
    topology, other = topology_groups(arrange.fixtures["F-CTRL"], plain_default())
    minute, modes = limits.event_minute.duration, {"opModFixedPFInjectW": FIXED_PF}
    with step(1):
        await device.set_clock()
        await arrange.groups(topology, other)
        *_, transformer, point = await device.programs_of(topology)
        await device.default(point, point.offer.default)
        far = ControlOffer(name="F1", modes=modes, starts_in=15 * minute, duration=5 * minute, responses=False)
        await arrange.controls(transformer.offer, far)
        await device.receive(transformer, far)
    with step(2):
        kept, gone = topology.programs[:-BRANCH], topology.programs[-BRANCH:]
        new = [ProgramOffer(name=f"New {number}", primacy=old.primacy) for number, old in enumerate(gone[:-1], 1)]
        settings = DefaultOffer(modes={"opModFixedPFInjectW": FIXED_PF})
        best = ProgramOffer(name="New best", primacy=gone[-1].primacy, default=settings)
        for program in gone:
            await arrange.without_program(program)
        for program in (*new, best):
            await arrange.program(topology, program)
    with step(3):
        await clock.wait(limits.server_poll_pause.duration)
        (group,) = await device.groups(topology)
        *_, point = await device.programs(group, *kept, *new, best)
        await device.lists_none_of(group, *gone, requirement="G5")
        await device.default(point, settings)
    with step(4):
        offer = ControlOffer(name="G1", modes=modes, starts_in=4 * minute, duration=2 * minute, responses=False)
        await arrange.controls(point.offer, offer)
        held = await device.receive(point, offer)
        await device.obey(*held)
        device.judge(*held)
