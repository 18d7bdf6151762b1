"""Identity and groups of a client under test (SunSpec CTP 1.3, chapter 7, BASIC-001 to BASIC-003)."""

from conformance.face.authoring import (
    ALL_RESPONSES,
    COMPLETED,
    RECEIVED,
    STARTED,
    EventWatch,
    all_read,
    arrival,
    lfdi_of,
    names,
    never_ran,
    offer_topology,
    power_factor,
    registered_between,
    registered_last,
    require,
    response_in,
    swap_branch,
    test_case,
)

PROGRAMS = ("DERProgramList", "DERProgram")
BEST = 1
IDLE, OTHER_IDLE, CONTROL, OTHER_CONTROL = (
    {"opModFixedPFInjectW": power_factor(thousandths)} for thousandths in (950, 970, 900, 920)
)
COMMON = ["DER.005", "BASE.030", "EVENT.002", "RESPONSE.PROMPT", "CTP.GENERAL.3"]
EVENT_FLAWS = [
    "no_received_response",
    "starts_late",
    "never_completes",
    "wrong_response_lfdi",
    "responses_without_clock",
    "responds_early",
    "ignores_control",
    "ignores_default",
    "keeps_control_after_end",
    "moves_on_receipt",
    "ignores_paging",
    "hard_coded_paths",
]


@test_case(
    id="BASIC-001",
    title="The device finds itself",
    subject="client",
    requirements=["CTP.BASIC-001", "G3", "SEC.032"],
    flaws=["takes_first_device", "takes_last_device", "hard_coded_paths"],
    duration=["first_contact", "discovery", "discovery"],
    instructions=["restart_client"],
)
async def basic_001(utility, client, step, check, limits, clock):
    """A device that takes another's place in the list obeys the controls that were meant for that one.

    Steps
        1. Start the client, the second of three devices with assignments of their own, and look at its certificate.
        2. Wait until it has read its own Registration.
        3. Wait until it has read its own FunctionSetAssignmentsList.
        4. Look at the identities in what it sent.

    Passes when
        it reads its own Registration and its own assignments, and every document it sends that names a device has the
        LFDI of its certificate.
    """
    device = registered_between(utility, client.lfdi, pin=client.pin)
    utility.add_program(utility.assign(device), primacy=BEST)
    with step(1):
        await client.start(within=limits.first_contact)
        connection = await client.first_handshake(within=limits.first_contact)
        require(connection.handshake_completed, "there is no TLS session")
        shown = lfdi_of(connection.chain[0])
        require(shown == client.lfdi, f"the certificate has the LFDI {shown}, the declaration says {client.lfdi}")
    with step(2):
        own = await client.must_get(
            "Registration", limits.discovery, "SEC.032", lambda it: it.path == device.registration_path
        )
        require(own, "the client does not read its own Registration")
    with step(3):
        await client.must_get(
            "FunctionSetAssignmentsList",
            limits.discovery,
            "CTP.BASIC-001",
            lambda it: it.path == device.assignments_path,
        )
    with step(4):
        await clock.wait(limits.idle_watch.duration)
        for sent in (*client.exchanges(method="POST"), *client.exchanges(method="PUT")):
            for name, lfdi in devices_named(sent):
                check.has_value(sent, name, lfdi, client.lfdi, requirement="G3")


def devices_named(exchange):
    """Return each identity of a device at the top of a document that the client sent: element name and LFDI."""
    document = response_in(exchange)
    told = ((name, document and document.hexadecimal(name)) for name in ("lFDI", "deviceLFDI", "endDeviceLFDI"))
    return [(name, lfdi) for name, lfdi in told if lfdi]


@test_case(
    id="BASIC-002",
    title="Basic group management",
    subject="client",
    requirements=["CTP.BASIC-002", "P25", *COMMON],
    flaws=[*EVENT_FLAWS, "ignores_server_time", "ignores_primacy", "takes_worse_default"],
    needs=["DER", "Response"],
    duration=["first_contact", "discovery", "group_control_lead", "control_duration", "idle_watch"],
    instructions=["restart_client"],
)
async def basic_002(utility, client, step, check, errata, limits, clock):
    """A device belongs to a group at every level of the grid, and obeys the nearest.

    Steps
        1. Start the client and wait until it has read its seven assignments, the program of each, and Time.
        2. Wait until it has read the default and the control of the service point, which ranks first.
        3. Wait for Responses 1, 2 and 3.
        4. Look at all Responses, and at the plant where it is observed.

    Passes when
        all is read, the control is carried out and answered in time, and the plant was asked for the default of the
        service point, not for that of the system, before and after. Edition 1.2 also wants the assignments
        polled again.
    """
    watch = EventWatch(utility, client, check, limits)
    programs = offer_topology(utility, registered_last(utility, client.lfdi, pin=client.pin), "F-TOPO2")
    nearest = programs.service_point
    programs.top.set_default(OTHER_IDLE)
    default = nearest.set_default(IDLE)
    with step(1):
        await client.start(within=limits.first_contact)
        lead = limits.group_control_lead.duration
        control = publish(nearest, CONTROL, lead, limits.control_duration.duration)
        assignments = await client.must_get("FunctionSetAssignmentsList", limits.discovery, "CTP.BASIC-002")
        require(assignments, "the client does not read its FunctionSetAssignmentsList")
        await all_read(check, client, PROGRAMS, [*programs], watch.before(control), "P25")
        await client.must_get("Time", limits.discovery, "CTP.BASIC-002")
    with step(2):
        held = await watch.read_before_start(control, "CTP.BASIC-002")
        await client.must_get("DefaultDERControl", limits.discovery, "DER.005", names(default))
        since = clock.now()
    with step(3):
        await carried_out(watch, control, held)
    with step(4):
        await clock.wait_until(watch.after(control) + limits.idle_watch.duration)
        at_the_plant(watch, control, default, since, clock.now())
        if 9 not in errata:
            polls = client.exchanges("FunctionSetAssignmentsList", "GET")
            again = [poll for poll in polls if arrival(poll) > since]
            expected, seen = "the assignments polled again, once all was read", f"{len(again)} of {len(polls)} GETs"
            check.that(bool(again), "CTP.BASIC-002", expected, seen, polls[-1:], policy=errata.policy)


@test_case(
    id="BASIC-003",
    title="Advanced group management",
    subject="client",
    requirements=["CTP.BASIC-003", "G5", "G7", "P23", "P25", *COMMON],
    flaws=[*EVENT_FLAWS, "answers_elsewhere", "keeps_first_assignments", "polls_once"],
    needs=["DER", "Response"],
    duration=["first_contact", "discovery", "replacement_lead", "replacement_duration", "idle_watch"],
    instructions=["restart_client"],
)
async def basic_003(utility, client, step, check, limits, clock):
    """When the grid is switched over, a device comes under other groups, and must notice it by itself.

    Steps
        1. Start the client and wait until it has read all programs, and the default and the control of the transformer,
           which ranks first.
        2. Replace the feeder and all below it by another feeder, with another default and an earlier control, and
           wait until the client has read them.
        3. Wait for Responses 1, 2 and 3 to the new control.
        4. Look at all Responses, and at the plant where it is observed.

    Passes when
        the new programs are read, the new control is carried out and answered in time, the old one never runs, and the
        plant was asked for the new default before and after.
    """
    watch = EventWatch(utility, client, check, limits)
    device = registered_last(utility, client.lfdi, pin=client.pin)
    programs = offer_topology(utility, device, "F-TOPO3")
    programs.transformer.primacy = BEST
    old_default = programs.transformer.set_default(IDLE)
    with step(1):
        await client.start(within=limits.first_contact)
        lead, length = limits.far_control_lead.duration, limits.far_control_duration.duration
        old = publish(programs.transformer, CONTROL, lead, length)
        assignments = await client.must_get("FunctionSetAssignmentsList", limits.discovery, "CTP.BASIC-003")
        require(assignments, "the client does not read its FunctionSetAssignmentsList")
        await all_read(check, client, PROGRAMS, [*programs], clock.now() + limits.discovery.duration, "P25")
        await watch.read_before_start(old, "CTP.BASIC-003")
        await client.must_get("DefaultDERControl", limits.discovery, "DER.005", names(old_default))
    with step(2):
        branch = swap_branch(utility, device, programs)
        transformer = branch.transformer
        default = transformer.set_default(OTHER_IDLE)
        lead, length = limits.replacement_lead.duration, limits.replacement_duration.duration
        control = publish(transformer, OTHER_CONTROL, lead, length)
        held = await watch.read_before_start(control, "G5")
        await client.must_get("DefaultDERControl", limits.discovery, "G7", names(default))
        await all_read(check, client, PROGRAMS, [*branch], watch.before(control), "P23")
        since = clock.now()
    with step(3):
        await carried_out(watch, control, held)
    with step(4):
        await clock.wait_until(watch.after(control) + limits.idle_watch.duration)
        never_ran(check, client, "CTP.BASIC-003", [old])
        at_the_plant(watch, control, default, since, clock.now())


def publish(program, modes, lead, duration):
    """Publish a control that asks for every Response."""
    return program.add_control(
        modes, starts_in=lead, duration=duration, response_required=ALL_RESPONSES, description="the control"
    )


async def carried_out(watch, control, held):
    """Judge Responses 1, 2 and 3 as they come."""
    await watch.received(control, held)
    await watch.started(control)
    await watch.completed(control)


def at_the_plant(watch, control, default, since, until):
    """Judge all Responses together, and what the plant was asked for before, during and after a control."""
    watch.no_other(control, {RECEIVED, STARTED, COMPLETED})
    watch.effect(control)
    watch.idle(default, since, watch.before(control), "the time before the control")
    watch.idle(default, watch.after(control), until, "the time after the control")
