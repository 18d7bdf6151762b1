"""Whether what a client says of its DER agrees with the control it carries out: evidence where no plant is observed."""

from __future__ import annotations

from datetime import timedelta

from conformance.judgement.check import Check
from conformance.judgement.finding import State
from conformance.judgement.judged import Judged, passed_if
from conformance.judgement.plant import Span
from conformance.judgement.power import told_held
from conformance.roles.connection_status import CONNECTED, OPERATING, connection_bits
from conformance.roles.observed_client import ObservedClient, arrival
from conformance.vocabulary.limits import Limit

RULE = "STATUS.FOLLOWS"
READINGS = ("MirrorUsagePointList", "MirrorUsagePoint")
"""What is posted there defines readings, or holds them."""


def readings_fall_silent(
    check: Check, client: ObservedClient, span: Span, ahead: timedelta, settling: Limit, tolerance: Limit
) -> bool:
    """Judge that readings of a DER that is let go show no power generated; without one a note is left."""
    posts = [exchange for resource in READINGS for exchange in client.exchanges(resource, "POST")]
    judged = told_held(posts, "opModGenLimW", 0.0, span.less(settling.duration), ahead, tolerance)
    return check.judged(RULE, judged)


def connection_agrees(check: Check, client: ObservedClient, span: Span, settling: Limit, *, on: bool) -> bool:
    """Judge that a DERStatus put while ``opModEnergize`` holds does not say the opposite; without one a note is left.

    It says so when the DER is not connected though it shall be, or operates though it shall not.
    """
    inner = span.less(settling.duration)
    puts = [it for it in client.exchanges("DERStatus", "PUT") if inner.start <= arrival(it) <= inner.end]
    told = [(it, bits) for it in puts if (bits := connection_bits(it)) is not None]
    expected = f"DERStatus that {'is connected' if on else 'does not operate'} during {span.label}"
    if not told:
        observed = "no DERStatus that tells of the connection was put in that time"
        return check.judged(RULE, Judged("agrees", State.NOTE, expected, observed))
    against = [it for it, bits in told if (not bits & CONNECTED if on else bits & OPERATING)]
    observed = f"{len(against)} of {len(told)} say the opposite"
    numbers = tuple(it.number for it in against)
    return check.judged(RULE, Judged("agrees", passed_if(not against), expected, observed, numbers))
