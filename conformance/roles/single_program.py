"""One program with a default and, in time, one control: what most cases of our own on a client begin with."""

from __future__ import annotations

from conformance.judgement.check import require
from conformance.roles.event_watch import shows
from conformance.roles.observed_client import ObservedClient
from conformance.roles.utility.der_control import DERControl
from conformance.roles.utility.der_program import DERProgram
from conformance.roles.utility.modes import Modes
from conformance.roles.utility.scenario import ALL_RESPONSES, one_program, registered_last
from conformance.roles.utility.utility import Utility
from conformance.vocabulary.limits import Limit, Limits
from conformance.wire.exchange import Exchange

IDLE: Modes = {"opModMaxLimW": 8000}
"""What the default holds where a case does not mind, in hundredths of a percent."""


async def with_one_default(
    utility: Utility, client: ObservedClient, limits: Limits, default: Modes = IDLE
) -> DERProgram:
    """Offer one program with a default, start the client, and wait until it has read both lists of it.

    A client that does not get so far ends the test case as inconclusive.
    """
    registered_last(utility, client.lfdi, pin=client.pin)
    program = one_program(utility, client.lfdi).program
    program.set_default(default)
    await client.start(within=limits.first_contact)
    for kind in ("DefaultDERControl", "DERControlList"):
        seen = await client.seen("GET", (kind,), utility.now() + limits.discovery.duration)
        require(seen, f"the client reads no {kind}")
    return program


async def published(
    program: DERProgram,
    client: ObservedClient,
    limits: Limits,
    *,
    modes: Modes,
    lasts: Limit,
    randomize_duration_s: int | None = None,
) -> tuple[DERControl, Exchange]:
    """Publish a control and wait until the client has read it; return it with the exchange that showed it.

    One that is not read before its start ends the test case as inconclusive.
    """
    control = program.add_control(
        modes,
        starts_in=limits.control_lead.duration,
        duration=lasts.duration,
        response_required=ALL_RESPONSES,
        randomize_duration_s=randomize_duration_s,
    )
    held = await client.seen("GET", ("DERControlList", "DERControl"), control.start, shows(control))
    return control, require(held, "the client does not read the control before its start")


async def polls_again(client: ObservedClient, limits: Limits, since: int) -> None:
    """Judge that the client polls its programs again after exchange ``since``, and goes on doing so."""
    back = await client.must_get("DERProgramList", limits.recovery, "G18", lambda it: it.number > since)
    back = require(back, "the client does not come back")
    await client.must_get("DERProgramList", limits.polling_window, "G18", lambda it: it.number > back.number)
