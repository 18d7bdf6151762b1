"""Judging one value of a profile by a condition.

The figures of a profile often say when a client does something *if the server sets nothing else*. A server that sets
something else is then within its rights, and is warned of; it fails only by a value that names servers.
"""

from __future__ import annotations

from collections.abc import Iterable

from conformance.catalogue.pack_values import Value
from conformance.judgement.finding import State
from conformance.judgement.judged import Judged, passed_if
from conformance.wire.exchange import Exchange


def kept(value: Value, condition: bool, observed: str, exchanges: Iterable[Exchange] = ()) -> Judged:
    """Judge whether a value is kept to."""
    return Judged("kept", passed_if(condition), value.sentence, observed, tuple(each.number for each in exchanges))


def kept_by_server(value: Value, condition: bool, observed: str, exchanges: Iterable[Exchange] = ()) -> Judged:
    """Judge whether a server keeps to a value; by one that does not name servers it is only warned of."""
    state = State.PASS if condition else State.FAIL if "server" in value.roles else State.WARNING
    return Judged("kept", state, value.sentence, observed, tuple(each.number for each in exchanges))


def most(value: Value, shown: Iterable[float | None]) -> bool:
    """Say whether all numbers shown are within a maximum."""
    return all(number is None or number <= value.number for number in shown)
