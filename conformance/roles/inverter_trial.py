"""How a client under test carries out one inverter function: default, control, default (BASIC-004 to BASIC-014)."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

from conformance.catalogue.inverter_functions import InverterFunction
from conformance.judgement.check import Check, require
from conformance.roles.control_reading import all_read, is_able, status_is_fresh
from conformance.roles.event_watch import COMPLETED, RECEIVED, STARTED, EventWatch
from conformance.roles.observed_client import ObservedClient, names
from conformance.roles.utility.der_control import DERControl
from conformance.roles.utility.inverter_function import on_offer
from conformance.roles.utility.scenario import ALL_RESPONSES, offer_topology, registered_last
from conformance.roles.utility.utility import Utility
from conformance.vocabulary.clock import Clock
from conformance.vocabulary.limits import Limits

CURVES = ("DERCurveList", "DERCurve")

Step = Callable[[int], AbstractContextManager[None]]


async def walk_begins(client: ObservedClient, limits: Limits, requirement: str) -> None:
    """Start the client and wait until it has got as far as its assignments."""
    await client.start(within=limits.first_contact)
    assignments = await client.must_get("FunctionSetAssignmentsList", limits.discovery, requirement)
    require(assignments, "the client does not read its FunctionSetAssignmentsList")


async def carry_out(
    rule: str,
    function: InverterFunction,
    utility: Utility,
    client: ObservedClient,
    step: Step,
    check: Check,
    limits: Limits,
    clock: Clock,
) -> DERControl:
    """Offer the default and the control of one inverter function, and judge how the client carries them out.

    The control is published when the client has got as far as its assignments, so that its first walk finds it. What
    belongs to no rule of its own is judged by ``rule``. Steps 1 to 5: publish, Responses 1, 2 and 3, a look back.
    Returns the control.
    """
    watch = EventWatch(utility, client, check, limits)
    device = registered_last(utility, client.lfdi, pin=client.pin)
    program = offer_topology(utility, device, "F-CTRL").service_point
    default = program.set_default(on_offer(program, function.default))
    test = on_offer(program, function.test)
    with step(1):
        await walk_begins(client, limits, rule)
        control = program.add_control(
            test,
            starts_in=limits.control_lead.duration,
            duration=limits.control_duration.duration,
            response_required=ALL_RESPONSES,
            description="the control",
        )
        held = await watch.read_before_start(control, rule)
        await client.must_get("DefaultDERControl", limits.control_lead, "DER.005", names(default))
        if program.curves:
            await all_read(check, client, CURVES, program.curves, watch.before(control), "DER.CURVE")
        idle_since = clock.now()
    with step(2):
        await watch.received(control, held)
        is_able(check, client, control, rule)
    with step(3):
        status_is_fresh(check, client, control, await watch.started(control), limits)
    with step(4):
        await watch.completed(control)
    with step(5):
        await clock.wait_until(watch.after(control) + limits.idle_watch.duration)
        watch.no_other(control, {RECEIVED, STARTED, COMPLETED})
        watch.effect(control, requirement="P29")
        watch.idle(default, idle_since, watch.before(control), "the time before the control")
        watch.idle(default, watch.after(control), clock.now(), "the time after the control")
    return control
