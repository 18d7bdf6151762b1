"""Both sides of a client under test: what it writes south, to its plant, against what it says north, to the utility."""

from conformance.face.authoring import (
    STARTED,
    Span,
    Window,
    arrival,
    published,
    require,
    test_case,
    with_one_default,
)

LIMITED = {"opModMaxLimW": 5000}


@test_case(
    id="SOUTHBOUND-001",
    title="The plant gets the set-point that the client answers for",
    subject="client",
    requirements=["EVENT.002", "BASE.030", "DER.005"],
    flaws=["ignores_control", "ignores_default", "keeps_control_after_end", "starts_late", "responds_early"],
    needs=["DER", "Response", "Plant"],
    origin="ours",
    duration=["first_contact", "control_lead", "control_duration", "response_deadline", "event_aftermath"],
    instructions=["restart_client"],
)
async def southbound_001(utility, client, step, check, limits, clock):
    """A gateway that says "started" and writes nothing passes every test that looks at its messages alone.

    Steps
        1. Start the client, publish a control over a default, and wait until it has read that.
        2. Wait for Response 2 and look when the plant got the set-point of the control.
        3. Look at the plant from Response 2 to the control's end.
        4. Look when the plant was released, and at what it was left with.

    Passes when
        the plant gets the set-point at the control's start, has it while the client says that it runs, and gets the
        default back at the control's end.
    """
    settling = limits.plant_settling
    with step(1):
        program = await with_one_default(utility, client, limits)
        control, held = await published(program, client, limits, modes=LIMITED, lasts=limits.control_duration)
    with step(2):
        started = await client.response(control, STARTED, control.start + limits.response_deadline.duration)
        await clock.wait_until(control.start + settling.duration)
        at_start = Window(control.start, "its start", -limits.response_early.value, settling.value)
        check.took_effect(client.plant, LIMITED, at_start, settling, "EVENT.002", after=arrival(held))
    with step(3):
        await clock.wait_until(control.end + limits.event_aftermath.duration)
        started = require(started, "the client does not say that it started the control")
        said = Span(arrival(started), control.end, "the time from Response 2 to the control's end")
        check.in_force(client.plant, LIMITED, said, settling, "BASE.030")
    with step(4):
        at_end = Window(control.end, "its end", -limits.response_early.value, settling.value)
        running = control.start + settling.duration
        check.gave_way(client.plant, LIMITED, at_end, settling, "EVENT.002", after=running)
        left = Span(control.end, clock.now(), "the time after the control")
        check.default_in_force(client.plant, program.default, left, settling, "DER.005")
