"""Checks on repeated requests: polls at pollRate and posts at postRate, with the silence until the end included.

Faster than asked is legal and noted. Slower than asked by more than the tolerance fails, wherever in the window the gap
lies; so does a client that polls once and stops.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from conformance.judgement.finding import State, Timing
from conformance.judgement.judged import Judged, limit_used
from conformance.vocabulary.limits import Limit


@dataclass(frozen=True, slots=True)
class Cadence:
    """How often something is asked for: ``rate_s``, with a tolerance on each gap, ``limit`` naming its source."""

    what: str
    rate_s: float
    tolerance_s: float
    limit: Limit | None = None

    @property
    def longest_s(self) -> float:
        """The longest legal gap in seconds."""
        return self.rate_s + self.tolerance_s


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One poll or post: when, and the exchange that shows it."""

    at: datetime
    exchange: int


def kept_up(cadence: Cadence, seen: Sequence[Occurrence], until: datetime, uncertainty_s: float) -> Judged:
    """Judge the longest gap, from the first occurrence to the end of the observed window."""
    if not seen:
        return Judged("kept_up", State.FAIL, _expected(cadence), "never", limit=limit_used(cadence.limit))
    moments = [*(item.at for item in seen), until]
    gaps = [(later - earlier).total_seconds() for earlier, later in itertools.pairwise(moments)]
    longest = max(gaps)
    where = gaps.index(longest)
    return Judged(
        "kept_up",
        _state(longest, cadence.longest_s, uncertainty_s),
        _expected(cadence),
        f"{len(seen)} times; longest gap {longest:.2f} s (± {uncertainty_s:.3f} s)" + _ending(where, gaps),
        tuple(item.exchange for item in seen[where : where + 2]),
        detail=_too_fast(cadence, seen),
        limit=limit_used(cadence.limit),
        timing=Timing(moments[where], cadence.what, "the next one", None, cadence.longest_s, longest, uncertainty_s),
    )


def _expected(cadence: Cadence) -> str:
    return f"{cadence.what} every {cadence.rate_s:g} s, no gap over {cadence.longest_s:g} s"


def _ending(where: int, gaps: Sequence[float]) -> str:
    return ", until the end of the window" if where == len(gaps) - 1 else ""


def _state(longest: float, allowed: float, uncertainty: float) -> State:
    if longest + uncertainty <= allowed:
        return State.PASS
    return State.FAIL if longest - uncertainty > allowed else State.INCONCLUSIVE


def _too_fast(cadence: Cadence, seen: Sequence[Occurrence]) -> tuple[str, ...]:
    """Note polls that follow sooner than half the rate; the pages of one poll count as one."""
    polls: list[datetime] = []
    for item in seen:
        if not polls or (item.at - polls[-1]).total_seconds() > cadence.rate_s * SAME_POLL_SHARE:
            polls.append(item.at)
    fast = sum((later - earlier).total_seconds() < cadence.rate_s / 2 for earlier, later in itertools.pairwise(polls))
    return (f"{fast} gaps were shorter than half the rate: legal, but more traffic than asked for",) if fast else ()


SAME_POLL_SHARE = 0.1
"""Requests closer together than this share of the rate are pages of one poll."""
