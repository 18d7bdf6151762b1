"""Intervals of readings: alignment, length, stamp, jitter of their posts; and averages against what flowed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from made_evidence import START, at, limit

from conformance.judgement.averages import mean_site_w, shows_the_mean, site_power
from conformance.judgement.finding import LimitUsed, State
from conformance.judgement.intervals import (
    Interval,
    aligned,
    posted_in_time,
    stamped_at_the_end,
    whole,
    whole_intervals,
)
from conformance.judgement.power import PowerSample

NOON_S = int(START.timestamp())
SITE = 0x03
JITTER = LimitUsed("MirrorMeterReading.post_jitter", 60.0, "s", "ours")
ERROR = limit(2.0, "average_error", "%")


def interval(
    start: int = 0, length: int = 300, *, stamp: int | None = None, arrives: float | None = None, value: float = 0.0
) -> Interval:
    arrived = at(start + length if arrives is None else arrives)
    return Interval(
        "0A", 38, SITE, value, NOON_S + start, length, None if stamp is None else NOON_S + stamp, arrived, 1
    )


def test_intervals_begin_on_multiples_of_the_rate() -> None:
    assert aligned([interval(0), interval(300)], ["postRate"], 300).state is State.PASS
    assert aligned([interval(0), interval(360)], ["postRate"], 300).state is State.FAIL
    assert aligned([interval(0), interval(360)], ["60"], 300).state is State.PASS


def test_an_interval_of_an_allowed_length_begins_on_multiples_of_its_own() -> None:
    assert aligned([interval(60, 300)], ["60", "300", "1800"], 300).state is State.FAIL
    assert aligned([interval(60, 120)], ["60", "300", "1800"], 300).state is State.PASS


def test_lengths_are_multiples_and_not_zero() -> None:
    assert whole([interval(0, 300)], 60).state is State.PASS
    assert whole([interval(0, 90)], 60).state is State.FAIL
    assert whole([interval(0, 0)], 60).state is State.FAIL


def test_readings_of_a_moment_beside_averages_and_a_first_interval_cut_short_are_legal() -> None:
    average, moment = interval(300, 300), replace(interval(310, 0), mrid="0B")
    assert whole_intervals([average, moment]) == (average,)
    assert whole_intervals([moment]) == (moment,)
    assert whole_intervals([average, replace(moment, uom=29)]) == (average, replace(moment, uom=29))
    cut = interval(130, 170)
    assert whole_intervals([cut, average]) == (average,)
    assert whole_intervals([cut]) == (cut,)
    assert whole_intervals([interval(130, 300), interval(430, 300)]) != ()
    gap = interval(130, 100)
    assert whole_intervals([gap, average]) == (gap, average)


def test_who_was_asked_for_another_rate_cannot_keep_to_multiples() -> None:
    assert whole([interval(0, 20)], 60, asked_s=20).state is State.INCONCLUSIVE
    assert whole([interval(0, 20)], 60, asked_s=60).state is State.FAIL


def test_one_phase_and_an_extreme_are_not_the_power_of_the_site() -> None:
    total, ahead = interval(0), timedelta(0)
    others = [replace(total, phase=128), replace(total, qualifier=8), replace(total, length_s=0)]
    assert site_power([total, *others], START, ahead) == (total,)


def test_a_stamp_before_the_end_fails_and_a_missing_one_decides_nothing() -> None:
    assert stamped_at_the_end([interval(stamp=300), interval(stamp=302)]).state is State.PASS
    assert stamped_at_the_end([interval(stamp=0)]).state is State.FAIL
    assert stamped_at_the_end([interval()]).state is State.INCONCLUSIVE


@pytest.mark.parametrize(
    ("arrives", "state"),
    [(300, State.PASS), (359.8, State.PASS), (360.0, State.INCONCLUSIVE), (360.2, State.FAIL), (290, State.FAIL)],
)
def test_posts_follow_their_interval_within_the_jitter(arrives: float, state: State) -> None:
    seen = [interval(arrives=arrives)]
    assert posted_in_time(seen, timedelta(0), JITTER, 0.1, 2.0).state is state


def test_no_reading_with_a_time_decides_nothing() -> None:
    assert aligned([], ["60"], 60).state is State.INCONCLUSIVE
    assert posted_in_time([], timedelta(0), JITTER, 0.0, 2.0).state is State.INCONCLUSIVE


class Pulses:
    """A site that draws 1000 W, and 2000 W more in the first 2 s of each 10 s."""

    def powers(self) -> tuple[PowerSample, ...]:
        return tuple(
            PowerSample(at(second), 3000.0 if second % 10 == 0 else 1000.0, 0.0, 0.0)
            for cycle in range(0, 600, 10)
            for second in (cycle, cycle + 2)
        )


def test_the_mean_that_flowed_is_exact() -> None:
    samples = Pulses().powers()
    assert mean_site_w(samples, at(0), at(60)) == pytest.approx(1400.0)
    assert mean_site_w(samples, at(1), at(2)) == pytest.approx(3000.0)
    assert mean_site_w(samples, at(-5), at(60)) is None


@pytest.mark.parametrize(
    ("value", "state"), [(1400, State.PASS), (-1400, State.PASS), (1000, State.FAIL), (2000, State.FAIL)]
)
def test_samples_between_pulses_or_upon_them_are_told_from_integration(value: float, state: State) -> None:
    seen = site_power([interval(60, 60, value=value)], at(0), timedelta(0))
    assert shows_the_mean(seen, Pulses(), timedelta(0), 2000.0, ERROR).state is state


def test_a_plant_whose_power_nobody_sees_leaves_a_note() -> None:
    assert shows_the_mean([interval(60, 60)], None, timedelta(0), 2000.0, ERROR).state is State.NOTE


def test_only_averages_begun_after_the_instant_count() -> None:
    assert site_power([interval(0, 60), interval(60, 60)], at(60), timedelta(0)) == (interval(60, 60),)
