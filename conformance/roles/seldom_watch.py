"""A client that is asked for nothing, for days: rates that leave it alone, and what it dates by its own clock."""

from __future__ import annotations

from datetime import datetime

from conformance.judgement.seldom import Dated
from conformance.roles.event_watch import COMPLETED, STARTED
from conformance.roles.observed_client import ObservedClient, arrival, response_in
from conformance.roles.utility.der_control import DERControl
from conformance.roles.utility.rates import Rates
from conformance.roles.utility.utility import Utility
from conformance.vocabulary.limits import Limit


def leave_alone(utility: Utility, rate: Limit) -> None:
    """State a rate everywhere at which nothing is asked for during a test case."""
    utility.rates = Rates.every(rate.count)


def dated_responses(utility: Utility, client: ObservedClient, control: DERControl) -> tuple[Dated, ...]:
    """Return the Responses to a control that tell when they were made, by the client's clock.

    One without a date is dated by what it tells of: that the control starts, or that it is over.
    """
    due: dict[int, datetime] = {STARTED: control.start, COMPLETED: control.end}
    found = []
    for exchange in client.exchanges("ResponseList", "POST"):
        node = response_in(exchange)
        if node is None or node.hexadecimal("subject") != control.mrid:
            continue
        told, event = node.integer("createdDateTime"), due.get(node.integer("status") or 0)
        dated_s = int(event.timestamp()) if told is None and event is not None else told
        if dated_s is not None:
            found.append(Dated((arrival(exchange) + utility.ahead).timestamp(), dated_s, exchange.number))
    return tuple(found)
