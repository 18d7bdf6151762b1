"""Verdicts of checks and test cases, and the result of a run.

The order is fixed: error, fail, inconclusive, pending, pass. A test without a single
decided check never passes: it is inconclusive.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum


class Verdict(StrEnum):
    """What is known of one test case after it ran, or did not run."""

    PASS = "pass"
    FAIL = "fail"
    INCONCLUSIVE = "inconclusive"
    NOT_APPLICABLE = "not_applicable"
    PENDING = "pending"
    NOT_RUN = "not_run"
    ERROR = "error"


class RunResult(StrEnum):
    """The one word a report opens with."""

    CONFORMANT = "conformant"
    NOT_CONFORMANT = "not conformant"
    INCOMPLETE = "incomplete"


class Level(StrEnum):
    """How binding a requirement is."""

    MUST = "MUST"
    SHOULD = "SHOULD"
    MAY = "MAY"


class Grade(StrEnum):
    """What kind of evidence a check rests on."""

    WIRE = "W"
    WIRE_AND_SIMULATOR = "W+S"
    WIRE_AND_METER = "W+M"
    DOCUMENT = "D"


WORST_FIRST = (Verdict.ERROR, Verdict.FAIL, Verdict.INCONCLUSIVE, Verdict.PENDING, Verdict.PASS)


def roll_up(verdicts: Iterable[Verdict]) -> Verdict:
    """Return the worst verdict; nothing at all is inconclusive, never a pass."""
    seen = set(verdicts)
    return next((verdict for verdict in WORST_FIRST if verdict in seen), Verdict.INCONCLUSIVE)
