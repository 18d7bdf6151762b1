"""What a pure check returns: a finding without the requirement it is argued from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from conformance.judgement.finding import LimitUsed, State, Timing
from conformance.vocabulary.limits import Limit
from conformance.vocabulary.verdict import Grade


@dataclass(frozen=True, slots=True)
class Judged:
    """The outcome of one check; see :class:`~conformance.judgement.finding.Finding` for the fields."""

    kind: str
    state: State
    expected: str
    observed: str
    exchanges: tuple[int, ...] = ()
    connections: tuple[int, ...] = ()
    detail: tuple[str, ...] = ()
    limit: LimitUsed | None = None
    timing: Timing | None = None
    grade: Grade = Grade.WIRE


def passed_if(condition: bool) -> State:
    """Return pass or fail."""
    return State.PASS if condition else State.FAIL


def limit_used(limit: Limit | None) -> LimitUsed | None:
    """Return a limit in the form a finding keeps."""
    if limit is None:
        return None
    return LimitUsed(limit.name, limit.value, limit.unit, limit.source, limit.overridden)


def one_or_more(values: Iterable[object]) -> str:
    """Write alternatives as ``200, 201 or 204``."""
    words = [str(value) for value in values]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"
