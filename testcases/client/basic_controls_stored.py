"""Many controls that a client under test stores, and their cancellation (SunSpec CTP 1.3, chapter 7, BASIC-015)."""

from conformance.face.authoring import (
    ALL_RESPONSES,
    COMPLETED,
    FIXED_PF,
    IDLE_PF,
    RECEIVED,
    STARTED,
    CurrentStatus,
    EventWatch,
    all_received,
    arrival,
    cancellation_answered,
    names,
    never_ran,
    offer_topology,
    registered_last,
    shows,
    status_is_fresh,
    test_case,
    walk_begins,
)

CONTROLS = ("DERControlList", "DERControl")
OUTRANKED_PF = {"displacement": 920, "excitation": False, "multiplier": -3}
COMMON = ["P29", "DER.005", "BASE.030", "EVENT.002", "STATUS.FRESH", "RESPONSE.PROMPT", "CTP.GENERAL.3"]
EVENT_FLAWS = [
    "no_received_response",
    "starts_late",
    "never_completes",
    "wrong_response_lfdi",
    "responses_without_clock",
    "responds_early",
    "ignores_control",
    "ignores_default",
    "hard_coded_paths",
]
AT_THE_PLANT = ["keeps_control_after_end", "moves_on_receipt"]
PRIORITIES = ["ignores_primacy", "answers_no_supersession"]


@test_case(
    id="BASIC-015",
    title="Twenty-four controls, cancelled after the first",
    subject="client",
    requirements=["CTP.BASIC-015", "G10", "G13", "P35", "EVENT.027", "RESPONSE.CANCELLED", *COMMON],
    flaws=[
        *(*EVENT_FLAWS, *AT_THE_PLANT, *PRIORITIES),
        *("answers_elsewhere", "keeps_few_events", "ignores_paging", "ignores_cancellation"),
    ],
    needs=["DER", "Response", "opModFixedPFInjectW"],
    duration=["first_contact", "control_lead", "control_lead", "control_duration", "response_deadline"],
    instructions=["restart_client"],
)
async def basic_015(utility, client, step, check, limits, clock):
    """A day holds many controls: a client must store them all, and drop those that are cancelled.

    Steps
        1. Publish 24 controls and one of less priority beside the first, and wait until the client has read them.
        2. Wait for Response 1 to each of the 24.
        3. Wait for the first to start and to end, and for the one beside it to be superseded.
        4. Cancel all that are left, wait until the client has read that, and watch the time of the next one that starts
           more than a poll period later.
        5. Look at all Responses, and at the plant where it is observed.

    Passes when
        all are received, the first is carried out from start to end and answered, none runs that starts more than a
        poll period after the cancellation, and the plant was asked for the default before and after.
    """
    watch = EventWatch(utility, client, check, limits)
    programs = offer_topology(utility, registered_last(utility, client.lfdi, pin=client.pin), "F-TOPO3")
    default = programs.service_point.set_default({"opModFixedPFInjectW": IDLE_PF})
    with step(1):
        await walk_begins(client, limits, "CTP.BASIC-015")
        first, *rest = many = in_turn(programs.service_point, FIXED_PF, limits, limits.stored_controls.count)
        beside = in_turn(programs.transformer, OUTRANKED_PF, limits, 1)[0]
        held = [await watch.read_before_start(control, "CTP.BASIC-015") for control in (*many, beside)]
        await client.must_get("DefaultDERControl", limits.control_lead, "DER.005", names(default))
        since = clock.now()
    with step(2):
        await all_received(check, client, many, max(map(arrival, held)), limits.many_responses_deadline)
    with step(3):
        status_is_fresh(check, client, first, await watch.started(first), limits)
        await watch.completed(first)
        await watch.superseded(beside, policy="superseded_either_way")
    with step(4):
        for control in rest:
            control.cancel()
        next_poll = clock.now() + poll_period(limits)
        in_time = [control for control in rest if watch.before(control) > next_poll]
        last_excused = many[-1 - len(in_time)]
        await client.must_get(CONTROLS, limits.control_lead, "P35", shows(in_time[0], CurrentStatus.CANCELLED))
        await clock.wait_until(watch.after(in_time[0]) + limits.response_deadline.duration)
    with step(5):
        watch.no_other(first, {RECEIVED, STARTED, COMPLETED})
        never_ran(check, client, "EVENT.027", in_time)
        never_ran(check, client, "G13", [beside])
        cancellation_answered(check, client, in_time, policy="cancelled_response")
        watch.effect(first, requirement="P29")
        watch.idle(default, since, watch.before(first), "the time before the first control")
        watch.idle(default, watch.after(last_excused), clock.now(), "the time after the first control")


def poll_period(limits):
    """Return how long after a change of its lists a client may still be without knowledge of it."""
    share = limits.poll_tolerance_share.value / 100
    return limits.program_list_poll_rate.duration * (1 + share) + limits.poll_tolerance.duration


def in_turn(program, power_factor, limits, count):
    """Publish controls that start one after the other, each a lead after the one before."""
    return [
        program.add_control(
            {"opModFixedPFInjectW": power_factor},
            starts_in=number * limits.control_lead.duration,
            duration=limits.control_duration.duration,
            response_required=ALL_RESPONSES,
            description=f"{program.description} {number}",
        )
        for number in range(1, count + 1)
    ]
