"""CSIP-AUS on a server under test: limits and storage targets, by controls and by default.

What the public server definitions of SA TS 5573 ask, by cases of our own; the ids of the definitions are aliases.
"""

from conformance.face.authoring import (
    LIMIT_CONTROLS,
    LIMIT_DEFAULTS,
    LIMITS,
    STORAGE_TARGETS,
    TARGETS,
    GroupOffer,
    control_for,
    extension_elements,
    in_namespace,
    kept,
    mode_of,
    programs_for,
    test_case,
)

INSTRUCTIONS = ["create_groups", "create_controls", "remove_group"]


async def served_as_arranged(offers, name, device, arrange, step, check, limits):
    """Have controls made, a program for each; read them, judge their modes and namespaces, and see them run."""
    minute, lead = limits.event_minute.duration, limits.control_lead.duration
    with step(1):
        await device.set_clock()
        group = GroupOffer(name=name, programs=programs_for(offers))
        await arrange.groups(group)
        programs = await device.programs_of(group)
    held = []
    with step(2):
        for program in programs:
            offer = control_for(program.offer.name, offers[program.offer.name], lead, minute)
            await arrange.controls(program.offer, offer)
            held += await device.receive(program, offer)
        for one in held:
            added = [mode for mode in one.offer.modes if mode in (*LIMITS, *TARGETS)]
            shown = [mode_of(one.node, mode) for mode in added]
            number = one.sightings[0].exchange
            check.demands("csipaus.namespace", lambda value, nodes=shown, at=number: in_namespace(value, nodes, at))
    with step(3):
        await device.obey(*held)
        device.judge(*held)
    return held


@test_case(
    id="LIMITS-001",
    title="Limits by controls",
    subject="server",
    requirements=["DER.CONTROL", "EVENT.STATE", "EVENT.STATE.TIME", "BASE.REPLY", "BASE.RESPONSES", "CTP.GENERAL.3"],
    flaws=[
        "changes_control_values",
        "switches_off_unasked",
        "clock_ahead",
        "created_without_location",
        "ends_independent_events",
        "event_never_active",
        "event_status_undated",
        "controls_only_listed",
        "recreates_controls",
        "keeps_ten_controls",
        "lists_seven_programs",
        "refuses_responses",
        "supersedes_the_better",
    ],
    origin="ours",
    aliases=["S-ALL-11", "S-ALL-12", "S-ALL-13", "S-ALL-14", "S-ALL-17", "S-ALL-18"],
    needs=["DER", "Response"],
    duration=["control_course"],
    instructions=INSTRUCTIONS,
    values=["csipaus.namespace"],
)
async def limits_001(device, arrange, step, check, limits):
    """A limit in another namespace, or with another power of ten, is no limit to the device that looks for it.

    Steps
        1. Have a group made with a program for each limit, for opModEnergize and opModConnect, for all together, for
           limits with a ramp, and for one of 100 kW.
        2. Have a control published in each, and read them.
        3. Poll around start and end, and answer as asked.

    Passes when
        each control has the values that were arranged, in the profile's namespace, is valid by its schema, and goes
        through its states.
    """
    await served_as_arranged(LIMIT_CONTROLS, "Limits", device, arrange, step, check, limits)


@test_case(
    id="LIMITS-002",
    title="Limits by default",
    subject="server",
    requirements=["DER.005", "CTP.GENERAL.3"],
    flaws=["changes_control_values", "switches_off_unasked", "default_missing", "loses_ramp_rates"],
    origin="ours",
    aliases=["S-ALL-19", "S-ALL-20", "S-ALL-21", "S-ALL-22", "S-ALL-23", "S-ALL-24", "S-ALL-48"],
    needs=["DER"],
    instructions=["create_groups", "set_default", "remove_group"],
    values=["csipaus.namespace"],
)
async def limits_002(device, arrange, step, check):
    """Between two controls, and without a server, the default is all that limits a site.

    Steps
        1. Have a group made with a program for each limit of 30 %, for a ramp rate, and for all limits together.
        2. Read each default.
        3. Have the first replaced by the last, and read it again.

    Passes when
        each default has the values that were arranged, in the profile's namespace, and is valid by its schema.
    """
    with step(1):
        group = GroupOffer(name="Defaults", programs=programs_for(LIMIT_DEFAULTS))
        await arrange.groups(group)
        programs = await device.programs_of(group)
    with step(2):
        for program in programs:
            default = await device.default(program, program.offer.default)
            shown, number = extension_elements(default.resource), default.exchange.number
            check.demands("csipaus.namespace", lambda value, nodes=shown, at=number: in_namespace(value, nodes, at))
    with step(3):
        first, combined = programs[0], LIMIT_DEFAULTS["Combined"]
        await arrange.default(first.offer, combined)
        await device.default(first, combined)


@test_case(
    id="STORAGE-001",
    title="Storage targets with an export limit",
    subject="server",
    requirements=["DER.CONTROL", "EVENT.STATE", "EVENT.STATE.TIME", "BASE.REPLY", "BASE.RESPONSES", "CTP.GENERAL.3"],
    flaws=[
        "changes_control_values",
        "switches_off_unasked",
        "clock_ahead",
        "created_without_location",
        "event_never_active",
        "event_status_undated",
        "controls_only_listed",
        "recreates_controls",
        "keeps_ten_controls",
        "refuses_responses",
        "supersedes_the_better",
    ],
    origin="ours",
    aliases=["S-STO-01"],
    needs=["DER", "Response"],
    duration=["control_course"],
    instructions=INSTRUCTIONS,
    values=["DERControlBase.opModStorageTargetW"],
)
async def storage_001(device, arrange, step, check, limits):
    """A battery that reads a target with the wrong sign charges when it should help the grid.

    Steps
        1. Have a group made with a program for each of three targets: to discharge, to charge, to do neither.
        2. Have a control with the target and an export limit published in each, and read them.
        3. Poll around start and end, and answer as asked.

    Passes when
        each control has the target and the limit that were arranged, in the profile's namespace, is valid by its
        schema, and goes through its states.
    """
    held = await served_as_arranged(STORAGE_TARGETS, "Storage", device, arrange, step, check, limits)
    with step(3):
        shown = [one for one in held if mode_of(one.node, "opModStorageTargetW") is not None]
        told, whole = f"{len(shown)} of {len(held)} with it", len(shown) == len(held)
        check.demands("DERControlBase.opModStorageTargetW", lambda value: kept(value, whole, told))
