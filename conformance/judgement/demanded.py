"""Judging one value of a profile by a condition.

The figures of a profile often say when a client does something *if the server sets nothing else*. A server that sets
something else is then within its rights, and is warned of; it fails only by a value that names servers.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction

from conformance.catalogue.pack_values import Value
from conformance.catalogue.values_in_force import Values
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


def unseen(value: Value, what: str) -> Judged:
    """Say that nothing was seen that a value could be judged by."""
    return Judged("kept", State.INCONCLUSIVE, value.sentence, what)


def left_open(value: Value, what: str) -> Judged:
    """Tell that a server leaves open what a value is about; by one that names servers that is undecided."""
    state = State.INCONCLUSIVE if "server" in value.roles else State.NOTE
    return Judged("kept", state, value.sentence, what)


def most(value: Value, shown: Iterable[float | None]) -> bool:
    """Say whether all numbers shown are within a maximum."""
    return all(number is None or number <= value.number for number in shown)


def all_within(value: Value, shown: Sequence[float | None], what: str, exchanges: Iterable[Exchange] = ()) -> Judged:
    """Judge that all numbers shown are within a maximum; ``None`` is none of them, and nothing at all is undecided."""
    if not shown:
        return unseen(value, f"no {what}")
    return kept(value, most(value, shown), f"{len(shown)} {what}, {longest(shown):g} at most", exchanges)


def largest(values: Values, name: str) -> int:
    """Return the largest count that is known to be demanded of the subject under a name; 1 where there is none."""
    held = (value for value in values.holding(name) if not value.waived and isinstance(value.figure, float))
    return max((int(value.number) for value in held), default=1)


def longest(shown: Iterable[float | None]) -> float:
    """Return the largest of some numbers, 0 where there is none."""
    return max((number for number in shown if number is not None), default=0)


def all_equal(value: Value, shown: Sequence[float | None], what: str) -> Judged:
    """Judge that all numbers shown are the one demanded; undecided where there is none."""
    if not shown:
        return unseen(value, f"no {what}")
    others = sorted({str(number) for number in shown if number != value.number})
    return Judged("kept", passed_if(not others), value.sentence, f"{what}: {', '.join(others) or 'all of them'}")


def least(value: Value, shown: Sequence[Fraction], what: str) -> Judged:
    """Judge that no number shown is below a minimum; undecided where there is none."""
    if not shown:
        return unseen(value, f"no {what}")
    lowest = min(shown)
    return Judged("kept", passed_if(lowest >= value.number), value.sentence, f"{what} of {float(lowest):g} and more")
