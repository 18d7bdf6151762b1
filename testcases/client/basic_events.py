"""Event rules of a client under test: events that do not overlap (SunSpec CTP 1.3, chapter 7, BASIC-016 to BASIC-020).

Two programs: SY, of the system, and SP, of the service point, which goes before it. Their schedules are data
(:mod:`conformance.catalogue.event_rules`), in minutes of the limit ``event_minute`` after the first event is published.
"""

from conformance.face.authoring import EventScene, test_case

EVENTS = ["G18", "BASE.030", "RESPONSE.DATED", "EVENT.002", "RESPONSE.PROMPT", "CTP.GENERAL.3"]
DEAF = ["hard_coded_paths", "polls_once", "ignores_poll_rate"]
FLAWS = [
    *DEAF,
    "no_received_response",
    "starts_late",
    "never_completes",
    "wrong_response_lfdi",
    "responses_without_clock",
    "responds_early",
    "ignores_control",
    "keeps_control_after_end",
    "moves_on_receipt",
]
LENGTH = ["first_contact", "response_deadline", "event_aftermath"]
MINUTE = "event_minute"


@test_case(
    id="BASIC-016",
    title="Two programs, no event: the default of the better one",
    subject="client",
    requirements=["CTP.BASIC-016", "DER.005", "G18"],
    flaws=[
        "hard_coded_paths",
        "polls_once",
        "ignores_poll_rate",
        "ignores_control",
        "ignores_default",
        "takes_worse_default",
        "ignores_primacy",
    ],
    needs=["DER"],
    duration=["first_contact", "event_aftermath"],
    instructions=["restart_client"],
)
async def basic_016(utility, client, step, check, limits, clock, policies):
    """Most of the time nothing is scheduled, and the default of the best program is all that governs a device.

    Steps
        1. Start the client and wait until it has read both programs with their defaults.
        2. Watch it for a while.

    Passes when
        SP's default is in force, the programs are polled on, and nothing is answered.
    """
    scene = EventScene("BASIC-016", utility, client, check, limits, clock, policies)
    with step(1):
        await scene.open()
    with step(2):
        await scene.close()
        scene.no_responses()


@test_case(
    id="BASIC-017",
    title="One control, with its three Responses",
    subject="client",
    requirements=["CTP.BASIC-017", "CTP.GENERAL.2", *EVENTS],
    flaws=[*FLAWS, "wrong_media_type"],
    needs=["DER", "Response"],
    duration=[*LENGTH, *[MINUTE] * 3],
    instructions=["restart_client"],
)
async def basic_017(utility, client, step, check, limits, clock, policies):
    """The three Responses are all that a utility sees of a control being carried out.

    Steps
        1. Start the client and wait until it has read all programs and defaults.
        2. Publish one control that asks for every Response, and wait until the client has read it.
        3. Wait for Responses 1, 2 and 3: on receipt, at its start, at its end.
        4. Watch the client for a while after it.

    Passes when
        Responses 1, 2 and 3 come in time, valid, for this control and this device, no other status is sent, the plant
        was asked for the control from its start to its end, neither before nor afterwards, and the client polls on.
    """
    scene = EventScene("BASIC-017", utility, client, check, limits, clock, policies)
    with step(1):
        await scene.open()
    with step(2):
        (event,) = await scene.publish()
    with step(3):
        await scene.runs(event)
    with step(4):
        await scene.close()
        scene.responses_are_sent_right()


@test_case(
    id="BASIC-018",
    title="One control with a default before and after",
    subject="client",
    requirements=["CTP.BASIC-018", *EVENTS, "G11"],
    flaws=[*FLAWS, "ignores_default"],
    needs=["DER", "Response"],
    duration=[*LENGTH, *[MINUTE] * 3],
    instructions=["restart_client"],
)
async def basic_018(utility, client, step, check, limits, clock, policies):
    """A control is an exception for a while; before and after it the default holds.

    Steps
        1. Start the client and wait until it has read all programs and defaults.
        2. Publish one control, and wait until the client has read it.
        3. Wait for Responses 1, 2 and 3.
        4. Watch the client for a while after it.

    Passes when
        the three Responses come in time, and the plant is asked for the default, the control, and the default again.
    """
    scene = EventScene("BASIC-018", utility, client, check, limits, clock, policies)
    with step(1):
        await scene.open()
    with step(2):
        (event,) = await scene.publish()
    with step(3):
        await scene.runs(event)
    with step(4):
        await scene.close()


@test_case(
    id="BASIC-019",
    title="Two controls of one program, one after the other",
    subject="client",
    requirements=["CTP.BASIC-019", *EVENTS, "G11"],
    flaws=[*FLAWS, "ignores_default", "ignores_excitation"],
    needs=["DER", "Response"],
    duration=[*LENGTH, *[MINUTE] * 5],
    instructions=["restart_client"],
)
async def basic_019(utility, client, step, check, limits, clock, policies):
    """Events are published ahead; a device must hold them all, and go back to the default between them.

    Steps
        1. Start the client and wait until it has read all programs and defaults.
        2. Publish both controls, and wait until the client has read them.
        3. Wait for Responses 1, 2 and 3 to each.
        4. Watch the client for a while after them.

    Passes when
        both controls run with their three Responses each, with the default before, between and after them: the first
        asks for a power factor that injects reactive power, the second for one that absorbs it.
    """
    scene = EventScene("BASIC-019", utility, client, check, limits, clock, policies)
    with step(1):
        await scene.open()
    with step(2):
        first, second = await scene.publish()
    with step(3):
        await scene.runs(first, second)
    with step(4):
        await scene.close()


@test_case(
    id="BASIC-020",
    title="A control of each program, one after the other",
    subject="client",
    requirements=["CTP.BASIC-020", *EVENTS, "DER.005"],
    flaws=[*FLAWS, "answers_elsewhere", "ignores_default", "takes_worse_default", "ignores_primacy"],
    needs=["DER", "Response"],
    duration=[*LENGTH, *[MINUTE] * 5],
    instructions=["restart_client"],
)
async def basic_020(utility, client, step, check, limits, clock, policies):
    """Priority decides only between events that overlap; the less urgent program's event runs when it is alone.

    Steps
        1. Start the client and wait until it has read all programs and defaults.
        2. Publish SY's control and SP's later one, and wait until the client has read them.
        3. Wait for Responses 1, 2 and 3 to each.
        4. Watch the client for a while after them.

    Passes when
        both controls run with their three Responses each, and SP's default is in force in every idle stretch.
    """
    scene = EventScene("BASIC-020", utility, client, check, limits, clock, policies)
    with step(1):
        await scene.open()
    with step(2):
        sy, sp = await scene.publish()
    with step(3):
        await scene.runs(sy, sp)
    with step(4):
        await scene.close()
