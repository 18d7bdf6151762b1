"""A client that is asked for nothing, for days: rates that leave it alone, and what it dates by its own clock."""

from __future__ import annotations

from conformance.judgement.seldom import Dated
from conformance.roles.observed_client import ObservedClient, arrival, response_in
from conformance.roles.utility.der_control import DERControl
from conformance.roles.utility.rates import Rates
from conformance.roles.utility.utility import Utility
from conformance.vocabulary.limits import Limit


def leave_alone(utility: Utility, rate: Limit) -> None:
    """State a rate everywhere at which nothing is asked for during a test case."""
    utility.rates = Rates.every(rate.count)


def dated_responses(utility: Utility, client: ObservedClient, control: DERControl) -> tuple[Dated, ...]:
    """Return the Responses to a control that tell when they were made, by the client's clock."""
    found = []
    for exchange in client.exchanges("ResponseList", "POST"):
        node = response_in(exchange)
        dated_s = None if node is None else node.integer("createdDateTime")
        if node is not None and dated_s is not None and node.hexadecimal("subject") == control.mrid:
            found.append(Dated((arrival(exchange) + utility.ahead).timestamp(), dated_s, exchange.number))
    return tuple(found)
