"""A finding: the result of one check, with everything a person needs to argue it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from conformance.vocabulary.verdict import Grade, Level, Verdict


class State(StrEnum):
    """What a check came to. A violated SHOULD is a warning; a note judges nothing."""

    PASS = "pass"
    FAIL = "fail"
    INCONCLUSIVE = "inconclusive"
    WARNING = "warning"
    NOTE = "note"


VERDICT_OF_STATE = {
    State.PASS: Verdict.PASS,
    State.WARNING: Verdict.PASS,
    State.FAIL: Verdict.FAIL,
    State.INCONCLUSIVE: Verdict.INCONCLUSIVE,
}
"""What a finding contributes to its test case; a note contributes nothing."""


@dataclass(frozen=True, slots=True)
class LimitUsed:
    """The limit a finding was judged by, as the report prints it: ``value`` with ``unit``, and where it comes from."""

    name: str
    value: float
    unit: str
    source: str
    overridden: bool = False


@dataclass(frozen=True, slots=True)
class Timing:
    """A measured duration against its bounds, all in seconds after ``start``.

    ``not_before_s`` and ``not_after_s`` are the bounds (either may be missing), ``measured_s`` is missing when the
    awaited thing never came, ``uncertainty_s`` is that of the measurement.
    """

    start: datetime
    start_label: str
    stop_label: str
    not_before_s: float | None
    not_after_s: float | None
    measured_s: float | None
    uncertainty_s: float


@dataclass(frozen=True, slots=True)
class Finding:
    """One judgement.

    ``kind`` names the check, ``step`` the declared step it belongs to, ``exchanges`` the numbers in the exchange log
    and ``connections`` those of connections that prove it. ``detail`` holds lines such as every schema problem.
    ``demand`` is the key of the profile's value it was judged by, if it was judged by one; a fail is ``provisional``
    while the source of that value wants confirming.
    """

    kind: str
    state: State
    requirement: str | None
    level: Level
    expected: str
    observed: str
    step: int | None = None
    grade: Grade = Grade.WIRE
    exchanges: tuple[int, ...] = ()
    connections: tuple[int, ...] = ()
    limit: LimitUsed | None = None
    timing: Timing | None = None
    detail: tuple[str, ...] = ()
    policy: str | None = None
    demand: str | None = None
    provisional: bool = False
