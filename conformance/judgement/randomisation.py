"""Randomisation over repetitions: do the draws of a client look like draws (IEEE 2030.5-2018, 10.2.4)?

Each draw is told as a share of its bound, 0 to 1. Two tests, each with half of the false-alarm probability that is
allowed: the draws of a fair client are hardly ever all within a narrow range (which catches a fixed offset and a
cluster, wherever it lies), and their distribution is hardly ever far from the even one (Dvoretzky, Kiefer, Wolfowitz
with Massart's constant). Both bounds hold for any number of draws, so a fair client is accused at most that often.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from conformance.judgement.finding import State
from conformance.judgement.judged import Judged, limit_used
from conformance.vocabulary.limits import Limit


def chance_of_range(count: int, width: float) -> float:
    """Return the probability that so many even draws from 0 to 1 all lie within a range of a width or less."""
    width = min(1.0, max(0.0, width))
    return float(count * width ** (count - 1) - (count - 1) * width**count)


def distance_from_even(shares: Sequence[float]) -> float:
    """Return the largest distance of the draws' distribution from the even one (Kolmogorov and Smirnov)."""
    count = len(shares)
    steps = enumerate(sorted(shares))
    return max(max((rank + 1) / count - share, share - rank / count) for rank, share in steps)


def chance_of_distance(count: int, distance: float) -> float:
    """Return an upper bound of the probability that even draws are as far from the even distribution."""
    return min(1.0, 2.0 * math.exp(-2.0 * count * distance**2))


def evenly_drawn(offsets_s: Sequence[float], bound_s: float, chance: Limit, resolution_s: float) -> Judged:
    """Judge offsets that were drawn from 0 to one bound, which may be negative.

    ``resolution_s`` is how finely an offset can be told; whatever is within it of an even draw is granted. Too few
    draws to accuse anybody at that chance decide nothing.
    """
    shares = [min(1.0, max(0.0, offset / bound_s)) for offset in offsets_s]
    expected = f"starts spread over the {abs(bound_s):g} s of randomization, by chances above {chance.value:g}"
    told = ", ".join(f"{offset:+.1f}" for offset in offsets_s)
    count, grain, half = len(shares), resolution_s / abs(bound_s), chance.value / 2
    limit = limit_used(chance)
    if count < FEWEST or chance_of_range(count, grain) > half:
        return Judged("evenly_drawn", State.INCONCLUSIVE, expected, f"too few draws: {told}", limit=limit)
    narrow = chance_of_range(count, max(shares) - min(shares) + grain)
    uneven = chance_of_distance(count, max(0.0, distance_from_even(shares) - grain))
    state = State.FAIL if min(narrow, uneven) < half else State.PASS
    observed = f"offsets {told} s: a chance of {narrow:.2g} for so narrow a range, of {uneven:.2g} for this spread"
    return Judged("evenly_drawn", state, expected, observed, limit=limit)


FEWEST = 2
"""Draws from which a range can be told."""
