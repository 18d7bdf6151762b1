"""The plant behind a gateway: steps of one write are passed over, and its lag counts."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest

from conformance.judgement.finding import State
from conformance.judgement.plant import Change, Span, Value, in_force, took_effect
from conformance.judgement.timing import Window
from conformance.reference.plant import Battery, Constant, Pv
from conformance.reference.simulator import Site
from conformance.reference.sunspec.device import Der
from conformance.reference.sunspec.southbound_plant import SouthboundPlant, steady
from conformance.vocabulary.clock import VirtualClock, VirtualTimeLoop
from conformance.vocabulary.limits import Limit

START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
HALF: Mapping[str, Value] = {"opModMaxLimW": 5000}
FULL: Mapping[str, Value] = {"opModMaxLimW": 10000}
OLD: Mapping[str, Value] = {"opModMaxLimW": 2000}


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def limit(value: float) -> Limit:
    return Limit("within", value, "s", "a test", "", value)


def test_the_switch_before_the_figure_is_a_step_of_one_write() -> None:
    written = [Change(at(0), FULL), Change(at(10), OLD), Change(at(10.01), HALF), Change(at(20), FULL)]
    assert steady(written, timedelta(seconds=0.5)) == (written[0], written[2], written[3])


def test_what_lasts_is_kept_and_the_first_state_begins_the_observation() -> None:
    written = [Change(at(0), FULL), Change(at(0.1), HALF), Change(at(1), OLD)]
    assert steady(written, timedelta(seconds=0.5)) == tuple(written)
    assert steady(written[:1], timedelta(seconds=0.5)) == tuple(written[:1])


def test_a_value_that_was_gone_for_a_step_only_was_there_throughout() -> None:
    written = [Change(at(0), HALF), Change(at(10), FULL), Change(at(10.1), HALF)]
    assert steady(written, timedelta(seconds=0.5)) == tuple(written[:1])


def started_after(lag_s: float) -> State:
    """Return how the start of a control is judged that a plant with a lag follows, against 15 s."""
    loop = VirtualTimeLoop()
    clock = VirtualClock(START, loop)

    async def course() -> State:
        device = Der(Site(START, Pv(), lag_s=lag_s))
        plant = SouthboundPlant(device, clock)
        await clock.wait_until(at(100))
        device.write(device.registers.address((704, "WMaxLimPctEna")), [1, 5000], clock.now())
        await clock.wait_until(at(200))
        within, window = limit(15), Window(at(100), "its start", -2, 15)
        return took_effect(plant, HALF, window, within, 0.0, after=at(10)).state

    try:
        return loop.run_until_complete(course())
    finally:
        loop.close()


@pytest.mark.parametrize(("lag_s", "expected"), [(0.0, State.PASS), (14.9, State.PASS), (15.1, State.FAIL)])
def test_a_response_lag_is_told_apart_to_a_tenth_of_a_second(lag_s: float, expected: State) -> None:
    assert started_after(lag_s) is expected


def test_the_powers_of_the_site_follow_what_is_written() -> None:
    loop = VirtualTimeLoop()
    clock = VirtualClock(START, loop)

    async def course() -> tuple[list[float], Mapping[str, float]]:
        device = Der(Site(START, Pv(5000, Constant(1.0)), Battery()))
        plant = SouthboundPlant(device, clock)
        await clock.wait_until(at(10))
        device.write(device.registers.address((704, "WMaxLimPctEna")), [1, 2000], clock.now())
        await clock.wait_until(at(20))
        return [sample.der_w for sample in plant.powers()], plant.charges_pct()

    try:
        der_w, charges = loop.run_until_complete(course())
    finally:
        loop.close()
    assert (der_w[0], der_w[-1]) == (5000, 2000)
    assert charges == {"battery": 50.0}


def test_after_the_end_of_the_observation_nothing_is_decided() -> None:
    loop = VirtualTimeLoop()
    clock = VirtualClock(START, loop)

    async def course() -> State:
        plant = SouthboundPlant(Der(Site(START, Pv())), clock)
        await clock.wait_until(at(50))
        plant.close()
        await asyncio.sleep(100)
        return in_force(plant, FULL, Span(at(10), at(90), "it"), limit(1), 0.0).state

    try:
        assert loop.run_until_complete(course()) is State.INCONCLUSIVE
    finally:
        loop.close()


def test_what_no_register_stands_for_is_not_shown() -> None:
    loop = VirtualTimeLoop()
    plant = SouthboundPlant(Der(Site(START, Pv())), VirtualClock(START, loop))
    loop.close()
    assert plant.shows("opModMaxLimW")
    assert not plant.shows("opModExpLimW")
    assert not plant.shows("opModVoltVar")
