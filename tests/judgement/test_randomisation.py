"""Draws over repetitions: a fair client passes, a fixed offset and a cluster do not, at a stated false-alarm chance."""

from __future__ import annotations

import random

import pytest
from made_evidence import limit

from conformance.judgement.finding import State
from conformance.judgement.judged import Judged
from conformance.judgement.randomisation import chance_of_range, distance_from_even, evenly_drawn

CHANCE = limit(0.0001, "randomization_chance", "1")
COUNT, BOUND_S = 12, 60.0


def judged(offsets: list[float], bound_s: float = BOUND_S) -> Judged:
    return evenly_drawn(offsets, bound_s, CHANCE, 1.0)


def test_draws_that_are_spread_pass() -> None:
    assert judged([5.0 * step for step in range(COUNT)]).state is State.PASS


@pytest.mark.parametrize("offset_s", [0.0, 29.0, 60.0])
def test_a_fixed_offset_fails_wherever_it_lies(offset_s: float) -> None:
    assert judged([offset_s] * COUNT).state is State.FAIL


def test_a_cluster_fails() -> None:
    assert judged([20.0 + step for step in range(COUNT)]).state is State.FAIL


def test_draws_at_both_ends_of_one_half_only_fail() -> None:
    assert judged([0.0, 1.0] * 9 + [58.0]).state is State.FAIL


def test_a_negative_bound_is_judged_alike() -> None:
    assert judged([-5.0 * step for step in range(COUNT)], -BOUND_S).state is State.PASS
    assert judged([-30.0] * COUNT, -BOUND_S).state is State.FAIL


def test_too_few_draws_accuse_nobody() -> None:
    assert judged([30.0]).state is State.INCONCLUSIVE
    assert judged([30.0, 30.0]).state is State.INCONCLUSIVE


def test_fair_draws_fail_no_more_often_than_stated() -> None:
    """With the chance raised to one in ten, so that it can be counted; the bounds are conservative."""
    draw, often = random.Random(2030), limit(0.1, "randomization_chance", "1")
    runs = [[draw.uniform(0.0, BOUND_S) for _ in range(COUNT)] for _ in range(1000)]
    accused = sum(evenly_drawn(offsets, BOUND_S, often, 0.001).state is State.FAIL for offsets in runs)
    assert accused <= 100


def test_the_chance_of_a_range_is_exact() -> None:
    assert chance_of_range(2, 0.5) == pytest.approx(0.75)
    assert chance_of_range(5, 1.0) == pytest.approx(1.0)


def test_the_distance_from_even_is_that_of_kolmogorov_and_smirnov() -> None:
    assert distance_from_even([0.25, 0.75]) == pytest.approx(0.25)
    assert distance_from_even([0.0, 0.0]) == pytest.approx(1.0)
