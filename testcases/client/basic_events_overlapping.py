"""Event rules of a client under test: events that overlap (SunSpec CTP 1.3, chapter 7, BASIC-021 to BASIC-026).

Two programs: SY, of the system, and SP, of the service point, which goes before it. Their schedules are data
(:mod:`conformance.catalogue.event_rules`), in minutes of the limit ``event_minute`` after the first event is published.
"""

from conformance.face.authoring import EventScene, test_case

EVENTS = ["G18", "BASE.030", "EVENT.002", "RESPONSE.PROMPT", "CTP.GENERAL.3"]
CONFLICT = [*EVENTS, "DER.005", "G13"]
FLAWS = [
    "hard_coded_paths",
    "polls_once",
    "ignores_poll_rate",
    "no_received_response",
    "starts_late",
    "never_completes",
    "wrong_response_lfdi",
    "responses_without_clock",
    "responds_early",
    "ignores_control",
    "keeps_control_after_end",
    "moves_on_receipt",
    "answers_elsewhere",
]
LENGTH = ["first_contact", "response_deadline", "event_aftermath"]
MINUTE = "event_minute"


@test_case(
    id="BASIC-021",
    title="Overlapping controls: the worse one starts first",
    subject="client",
    requirements=["CTP.BASIC-021", *CONFLICT],
    flaws=[
        *FLAWS,
        "ignores_default",
        "takes_worse_default",
        "ignores_primacy",
        "answers_no_supersession",
        "runs_until_superseded",
    ],
    needs=["DER", "Response"],
    duration=[*LENGTH, *[MINUTE] * 4],
    instructions=["restart_client"],
)
async def basic_021(utility, client, step, check, limits, clock, policies):
    """An event that a better one is known to overlap must not even begin.

    Steps
        1. Start the client and wait until it has read all programs and defaults.
        2. Publish both controls, SY's to start first, and wait until the client has read them.
        3. Wait for the Responses: SY's is superseded by its start, SP's runs.
        4. Watch on: the default, the polls, and that nothing is taken up again.

    Passes when
        SY's control is answered with 1, then 7 between its discovery and its start, and never runs; SP's runs with
        1, 2 and 3; SP's default is in force before and after.
    """
    scene = EventScene("BASIC-021", utility, client, check, limits, clock, policies)
    with step(1):
        await scene.open()
    with step(2):
        sy, sp = await scene.publish()
    with step(3):
        await scene.never_starts(sy)
        await scene.runs(sp)
    with step(4):
        await scene.close()


@test_case(
    id="BASIC-022",
    title="Overlapping controls: the better one starts first",
    subject="client",
    requirements=["CTP.BASIC-022", *CONFLICT],
    flaws=[
        *FLAWS,
        "ignores_default",
        "takes_worse_default",
        "ignores_primacy",
        "answers_no_supersession",
        "newest_wins",
        "resumes_superseded",
    ],
    needs=["DER", "Response"],
    duration=[*LENGTH, *[MINUTE] * 5],
    instructions=["restart_client"],
)
async def basic_022(utility, client, step, check, limits, clock, policies):
    """What was superseded stays so, even if time is left of it once the better event is over.

    Steps
        1. Start the client and wait until it has read all programs and defaults.
        2. Publish both controls, SP's to start first and created first, and wait until the client has read them.
        3. Wait for the Responses: SY's is superseded by its start, SP's runs.
        4. Watch on: the default, the polls, and that nothing is taken up again.

    Passes when
        SY's control is answered with 1, then 7 by its start, and never runs, not even after SP's has ended; SP's runs
        with 1, 2 and 3.
    """
    scene = EventScene("BASIC-022", utility, client, check, limits, clock, policies)
    with step(1):
        await scene.open()
    with step(2):
        sp, sy = await scene.publish()
    with step(3):
        await scene.never_starts(sy)
        await scene.runs(sp)
    with step(4):
        await scene.close()


@test_case(
    id="BASIC-023",
    title="Overlapping controls: the better one comes while the other runs",
    subject="client",
    requirements=["CTP.BASIC-023", *CONFLICT],
    flaws=[
        *FLAWS,
        "ignores_default",
        "takes_worse_default",
        "ignores_primacy",
        "answers_no_supersession",
        "lets_running_finish",
        "resumes_superseded",
    ],
    needs=["DER", "Response"],
    duration=[*LENGTH, *[MINUTE] * 5],
    instructions=["restart_client"],
)
async def basic_023(utility, client, step, check, limits, clock, policies):
    """An emergency does not wait: a better event takes over from one that runs, and the rest of that one is lost.

    Steps
        1. Start the client and wait until it has read all programs and defaults.
        2. Publish SY's control, wait until the client has read it, and for Responses 1 and 2.
        3. While it runs publish SP's, and wait until the client has read it.
        4. Wait for the Responses: SY's is superseded at SP's start, SP's runs.
        5. Watch on: the default, the polls, and that nothing is taken up again.

    Passes when
        SY's control is answered with 1, 2, and 7 at the start of SP's; SP's runs with 1, 2 and 3; SP's default follows,
        and SY's control is not taken up again.
    """
    scene = EventScene("BASIC-023", utility, client, check, limits, clock, policies)
    with step(1):
        await scene.open()
    with step(2):
        (sy,) = await scene.publish()
        await scene.starts(sy)
    with step(3):
        sp = await scene.publish_late()
    with step(4):
        await scene.gives_way(sy, sp)
        await scene.runs(sp)
    with step(5):
        await scene.close()


@test_case(
    id="BASIC-024",
    title="Overlapping controls of different modes, the worse one first",
    subject="client",
    requirements=["CTP.BASIC-024", *EVENTS, "DER.005", "EVENT.028"],
    flaws=[*FLAWS, "ignores_default", "supersedes_independent"],
    needs=["DER", "Response"],
    duration=[*LENGTH, *[MINUTE] * 4],
    instructions=["restart_client"],
)
async def basic_024(utility, client, step, check, limits, clock, policies):
    """Controls of different modes do not conflict; a device that takes them for rivals gives up what the utility needs.

    Steps
        1. Start the client and wait until it has read all programs and defaults.
        2. Publish both controls, SY's to start first, and wait until the client has read them.
        3. Wait for Responses 1, 2 and 3 to each.
        4. Watch on: the default, the polls, and that nothing is taken up again.

    Passes when
        both controls run with 1, 2 and 3 and no other status, and each mode goes back to its default when its own
        control ends.
    """
    scene = EventScene("BASIC-024", utility, client, check, limits, clock, policies)
    with step(1):
        await scene.open()
    with step(2):
        sy, sp = await scene.publish()
    with step(3):
        await scene.runs(sy, sp)
    with step(4):
        await scene.close()


@test_case(
    id="BASIC-025",
    title="Overlapping controls of different modes, the better one first",
    subject="client",
    requirements=["CTP.BASIC-025", *EVENTS, "DER.005", "EVENT.028"],
    flaws=[*FLAWS, "ignores_default", "supersedes_independent"],
    needs=["DER", "Response"],
    duration=[*LENGTH, *[MINUTE] * 5],
    instructions=["restart_client"],
)
async def basic_025(utility, client, step, check, limits, clock, policies):
    """Controls of different modes do not conflict; a device that takes them for rivals gives up what the utility needs.

    Steps
        1. Start the client and wait until it has read all programs and defaults.
        2. Publish both controls, SP's to start first, and wait until the client has read them.
        3. Wait for Responses 1, 2 and 3 to each.
        4. Watch on: the default, the polls, and that nothing is taken up again.

    Passes when
        both controls run with 1, 2 and 3 and no other status, and each mode goes back to its default when its own
        control ends.
    """
    scene = EventScene("BASIC-025", utility, client, check, limits, clock, policies)
    with step(1):
        await scene.open()
    with step(2):
        sp, sy = await scene.publish()
    with step(3):
        await scene.runs(sp, sy)
    with step(4):
        await scene.close()


@test_case(
    id="BASIC-026",
    title="Overlapping controls of different modes, the better one published while the other runs",
    subject="client",
    requirements=["CTP.BASIC-026", *EVENTS, "DER.005", "EVENT.028"],
    flaws=[*FLAWS, "ignores_default", "supersedes_independent"],
    needs=["DER", "Response"],
    duration=[*LENGTH, *[MINUTE] * 5],
    instructions=["restart_client"],
)
async def basic_026(utility, client, step, check, limits, clock, policies):
    """Controls of different modes do not conflict; a device that takes them for rivals gives up what the utility needs.

    Steps
        1. Start the client and wait until it has read all programs and defaults.
        2. Publish SY's control, wait until the client has read it, and for Responses 1 and 2.
        3. While it runs publish SP's, and wait until the client has read it.
        4. Wait for the Responses: both run.
        5. Watch on: the default, the polls, and that nothing is taken up again.

    Passes when
        both controls run with 1, 2 and 3 and no other status, and each mode goes back to its default when its own
        control ends.
    """
    scene = EventScene("BASIC-026", utility, client, check, limits, clock, policies)
    with step(1):
        await scene.open()
    with step(2):
        (sy,) = await scene.publish()
        await scene.starts(sy)
    with step(3):
        sp = await scene.publish_late()
    with step(4):
        await scene.runs(sy, sp)
    with step(5):
        await scene.close()
