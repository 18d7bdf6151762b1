"""What shows only over a day and more: that a client is heard of, and how far its clock goes wrong by itself."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from conformance.catalogue.pack_values import Value
from conformance.judgement.demanded import unseen
from conformance.judgement.judged import Judged, passed_if

DAY_S = 86400.0


def heard_of(value: Value, moments: Iterable[datetime], until: datetime, slack_s: float) -> Judged:
    """Judge that a client let hear of itself, by whatever request, as often as a value asks for, to the end."""
    heard = [*sorted(moments), until]
    gaps = [(later - earlier).total_seconds() for earlier, later in pairwise(heard)]
    if not gaps or (heard[-1] - heard[0]).total_seconds() <= value.number + slack_s:
        return unseen(value, "it was not watched for that long")
    longest_s = max(gaps)
    good = longest_s <= value.number + slack_s
    return Judged(
        "heard_of", passed_if(good), value.sentence, f"{len(gaps)} requests; the longest gap {longest_s:.0f} s"
    )


@dataclass(frozen=True, slots=True)
class Dated:
    """A message with the client's own date in it: when it came, and that date, in seconds of the server's time."""

    arrived_s: float
    dated_s: int
    exchange: int

    @property
    def behind_s(self) -> float:
        """How much later it came than it is dated: what it took on its way, and what the clock is behind."""
        return self.arrived_s - self.dated_s


def clock_gained(value: Value, first: Sequence[Dated], last: Sequence[Dated], slack_s: float) -> Judged:
    """Judge how far a clock went wrong from the first messages to the last, which are a day or so apart.

    Messages take their time, and each time another one: where those of one event differ by more than the slack, they
    tell nothing of the clock.
    """
    if not first or not last:
        return unseen(value, "no dated Responses at both ends of the time that was watched")
    spread_s = max(max(it.behind_s for it in some) - min(it.behind_s for it in some) for some in (first, last))
    if spread_s > slack_s:
        return unseen(value, f"Responses come up to {spread_s:.0f} s later than others: they tell nothing of the clock")
    gained_s = min(it.behind_s for it in last) - min(it.behind_s for it in first)
    length_s = min(it.arrived_s for it in last) - max(it.arrived_s for it in first)
    good = abs(gained_s) <= value.number * length_s / DAY_S + slack_s
    told = f"{abs(gained_s):.0f} s {'behind' if gained_s > 0 else 'ahead'} after {length_s / 3600:.1f} h"
    numbers = tuple(it.exchange for it in (*first, *last))
    return Judged("clock_gained", passed_if(good), value.sentence, told, numbers)
