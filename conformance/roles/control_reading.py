"""What a client reads before it acts on controls, and what it says it cannot do (IEEE 2030.5-2018 10.10 and 12.1.3).

How it reads, in lists of any page size or one by one, is its own affair.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from conformance.judgement.check import Check
from conformance.judgement.timing import Window
from conformance.roles.observed_client import Event, ObservedClient, arrival, names
from conformance.roles.utility.der_control import DERControl
from conformance.vocabulary.event import ResponseStatus
from conformance.vocabulary.limits import Limit, Limits
from conformance.wire.exchange import Exchange

CONTROLS = ("DERControlList", "DERControl")
RAN = frozenset({ResponseStatus.STARTED, ResponseStatus.COMPLETED})
NOT_APPLICABLE, INVALID = 252, 253
"""``Response.status`` for a control that the client cannot or will not carry out."""


async def all_read(
    check: Check, client: ObservedClient, kinds: tuple[str, ...], things: Sequence[Event], until: datetime, rule: str
) -> bool:
    """Judge that a client, which is known to be alive, has read each of some things on offer at an instant."""
    read = [await client.seen("GET", kinds, until, names(thing)) for thing in things]
    missing = sum(exchange is None for exchange in read)
    expected = f"a GET of {' or '.join(kinds)} that shows each of {len(things)}"
    seen = f"{missing} of them never" if missing else "all of them"
    return check.that(not missing, rule, expected, seen, [exchange for exchange in read if exchange])


def last_read(client: ObservedClient, control: DERControl, until: datetime) -> Exchange | None:
    """Return the last answer before an instant that showed the client a control, and so its currentStatus."""
    read = [it for kind in CONTROLS for it in client.exchanges(kind, "GET") if names(control)(it)]
    return max((it for it in read if arrival(it) <= until), key=arrival, default=None)


def status_is_fresh(
    check: Check, client: ObservedClient, control: DERControl, started: Exchange | None, limits: Limits
) -> bool:
    """Judge that a client read currentStatus within a poll period before the start, or later, before it acted.

    It acts at the latest when it sends Response 2, ``started``.
    """
    last = last_read(client, control, arrival(started) if started else control.start)
    rate = limits.program_list_poll_rate
    oldest_s = rate.value * (1 + limits.poll_tolerance_share.value / 100) + limits.poll_tolerance.value
    window = Window(control.start, "its start", -oldest_s)
    when = arrival(last) if last else None
    return check.happened("the last look at currentStatus before acting", when, window, rate, "STATUS.FRESH", last)


def is_able(check: Check, client: ObservedClient, control: DERControl, requirement: str) -> bool:
    """Judge that a client did not answer a control as not applicable or invalid."""
    refused = sorted(client.statuses(control) & {NOT_APPLICABLE, INVALID})
    seen = (
        f"Response {refused[0]}; if the product lacks the mode, name those it has under supports" if refused else "no"
    )
    expected = "no Response 252 or 253 to a mode that the declaration claims"
    return check.that(not refused, requirement, expected, seen, policy="unsupported_mode")


async def all_received(
    check: Check, client: ObservedClient, controls: Sequence[DERControl], read: datetime, within: Limit
) -> bool:
    """Judge that Response 1 comes to each of many controls, within a time since all of them were read."""
    until = read + within.duration
    for control in controls:
        await client.response(control, ResponseStatus.RECEIVED, until)
    missing = [control for control in controls if ResponseStatus.RECEIVED not in client.statuses(control)]
    expected = f"Response 1 to each of {len(controls)} controls within {within.value:g} s"
    seen = f"none to {len(missing)} of them" if missing else "one to each"
    return check.that(not missing, "G10", expected, seen)


def never_ran(check: Check, client: ObservedClient, requirement: str, controls: Sequence[DERControl]) -> bool:
    """Judge that a client never said that it had started or completed any of some controls."""
    ran = [control.description or control.mrid for control in controls if client.statuses(control) & RAN]
    seen = f"one to {', '.join(ran)}" if ran else "none"
    return check.that(not ran, requirement, f"no Response 2 or 3 to {len(controls)} controls that must not run", seen)


def cancellation_answered(check: Check, client: ObservedClient, controls: Sequence[DERControl], policy: str) -> bool:
    """Judge that cancelled controls were answered with Response 6."""
    silent = [control for control in controls if ResponseStatus.CANCELLED not in client.statuses(control)]
    seen = f"none to {len(silent)} of them" if silent else "one to each"
    expected = f"Response 6 to each of {len(controls)} cancelled controls"
    return check.that(not silent, "RESPONSE.CANCELLED", expected, seen, policy=policy)
