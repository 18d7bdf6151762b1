"""A ramp bounds how far power moves between any two instants; what hides a jump proves nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from made_evidence import NS, at, limit, sent

from conformance.judgement.finding import State
from conformance.judgement.plant import Span
from conformance.judgement.power import PowerSample
from conformance.judgement.ramps import Ramp, ramped, told_ramped
from conformance.vocabulary.verdict import Grade
from conformance.wire.exchange import Exchange

EXCESS, STEP, TOLERANCE = limit(10.0, "ramp_excess", "%"), limit(2.0, "ramp_step"), limit(100.0, "power_tolerance", "W")
SPAN = Span(at(10), at(300), "the move")
NOW = timedelta(0)
Course = tuple[tuple[float, float], ...]


class Meter:
    """A plant whose DER follows a course beside a load that may change."""

    def __init__(self, course: Course, load: Course = ((0, 1000), (400, 1000))) -> None:
        self._samples = [
            PowerSample(at(second), drawn_w - der_w, der_w, 0.0)
            for (second, der_w), (_, drawn_w) in zip(course, _stretched(load, course), strict=True)
        ]

    def powers(self) -> list[PowerSample]:
        return self._samples


def _stretched(load: Course, course: Course) -> Course:
    return load if len(load) == len(course) else tuple((second, load[0][1]) for second, _ in course)


def up(rate_w_s: float = 25.0, move_w: float = 1500.0) -> Ramp:
    return Ramp(rate_w_s, move_w, EXCESS, STEP, TOLERANCE)


@pytest.mark.parametrize(
    ("course", "state"),
    [
        (((0, 0), (20, 0), (80, 1500), (300, 1500)), State.PASS),
        (((0, 0), (20, 0), (20, 1500), (300, 1500)), State.FAIL),
        (((0, 0), (20, 0), (50, 1500), (300, 1500)), State.FAIL),
        (((0, 0), (20, 0), (200, 1500), (300, 1500)), State.PASS),
        (((0, 0), (20, 0), (20, 154), (300, 154)), State.INCONCLUSIVE),
        (((0, 0), (20, 0), (20, 156), (300, 156)), State.FAIL),
        (((0, 0), (300, 0)), State.INCONCLUSIVE),
        (((0, 1500), (20, 1500), (20, 0), (40, 0), (40, 1500), (300, 1500)), State.INCONCLUSIVE),
    ],
)
def test_power_rises_no_faster_than_its_ramp(course: Course, state: State) -> None:
    judged = ramped(Meter(course), up(), SPAN, 0.001)
    assert judged.state is state
    assert judged.grade is Grade.WIRE_AND_SIMULATOR


def test_a_stair_with_small_steps_is_a_ramp() -> None:
    steps = [(20.0 + 2 * n, 50.0 * n) for n in range(31)]
    course = [(0.0, 0.0)]
    for (second, level), (_, before) in zip(steps[1:], steps, strict=False):
        course += [(second, before), (second, level)]
    assert ramped(Meter((*course, (300.0, 1500.0))), up(), SPAN, 0.0).state is State.PASS


def test_a_fall_is_judged_like_a_rise() -> None:
    falling = Ramp(100.0, -4000.0, EXCESS, STEP, TOLERANCE)
    slow, jump = ((0, 4000), (20, 4000), (60, 0), (300, 0)), ((0, 4000), (20, 4000), (20, 0), (300, 0))
    assert ramped(Meter(slow), falling, SPAN, 0.0).state is State.PASS
    assert ramped(Meter(jump), falling, SPAN, 0.0).state is State.FAIL


def test_what_the_uncertainty_of_instants_may_explain_is_undecided() -> None:
    quick = ((0.0, 0.0), (20.0, 0.0), (50.0, 1500.0), (300.0, 1500.0))
    assert ramped(Meter(quick), up(), SPAN, 0.1).state is State.FAIL
    assert ramped(Meter(quick), up(), SPAN, 20.0).state is State.INCONCLUSIVE


def test_a_der_that_follows_a_load_to_hold_the_export_breaks_no_ramp() -> None:
    der = ((0, 1000), (20, 1000), (80, 2500), (100, 2500), (100, 4500), (300, 4500))
    load = ((0, 1000), (20, 1000), (80, 1000), (100, 1000), (100, 3000), (300, 3000))
    assert ramped(Meter(der, load), up(), SPAN, 0.0).state is State.PASS


def test_a_device_behind_registers_may_have_a_ramp_of_its_own() -> None:
    class Registers(Meter):
        exact = False

    jump = ((0.0, 0.0), (20.0, 0.0), (20.0, 1500.0), (300.0, 1500.0))
    assert ramped(Registers(jump), up(), SPAN, 0.0).state is State.INCONCLUSIVE
    assert ramped(Meter(jump), up(), SPAN, 0.0).state is State.FAIL


def test_a_plant_that_is_not_observed_leaves_a_note() -> None:
    assert ramped(None, up(), SPAN, 0.0).state is State.NOTE


def test_a_span_without_time_is_undecided() -> None:
    assert ramped(Meter(((0, 0), (9, 0))), up(), Span(at(10), at(10), "nothing"), 0.0).state is State.INCONCLUSIVE


def readings(*values: int, length: int = 60) -> list[Exchange]:
    """The DER's averages, one after the other, from the start on."""
    kind = "<flowDirection>1</flowDirection><powerOfTenMultiplier>0</powerOfTenMultiplier><uom>38</uom>"
    begun = int(at(0).timestamp())
    return [
        sent(
            f"<MirrorUsagePoint {NS}><mRID>01</mRID><roleFlags>49</roleFlags><MirrorMeterReading><mRID>02</mRID>"
            f"<Reading><timePeriod><duration>{length}</duration><start>{begun + length * number}</start></timePeriod>"
            f"<value>{value}</value></Reading><ReadingType>{kind}</ReadingType></MirrorMeterReading></MirrorUsagePoint>",
            "POST",
            number=number + 1,
            seconds=length * (number + 1),
        )
        for number, value in enumerate(values)
    ]


AROUND = Span(at(0), at(600), "the move")
SLOW = Ramp(10.0, 4000.0, EXCESS, STEP, TOLERANCE)


@pytest.mark.parametrize(
    ("values", "state"),
    [
        ((0, 0, 300, 900, 1500), State.PASS),
        ((0, 0, 4000, 4000), State.FAIL),
        ((0, 782), State.PASS),
        ((0, 783), State.FAIL),
        ((0,), State.NOTE),
    ],
)
def test_readings_show_a_ramp_that_is_slow_beside_their_interval(values: tuple[int, ...], state: State) -> None:
    assert told_ramped(readings(*values), SLOW, AROUND, NOW).state is state


def test_readings_that_are_too_coarse_for_a_ramp_decide_nothing() -> None:
    assert told_ramped(readings(0, 1500, 1500), up(), AROUND, NOW).state is State.NOTE
