"""What shows only over a day: contact, and a clock left to itself."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from conformance.catalogue.pack_values import Kind, SourceGrade, Value
from conformance.judgement.finding import State
from conformance.judgement.seldom import Dated, clock_gained, heard_of

NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)
DAY_S = 86400.0


def most(name: str, figure: float) -> Value:
    return Value(name, figure, "s", "book", SourceGrade.PRIMARY, "pack", Kind.ADD)


@pytest.mark.parametrize(
    ("hours", "until", "state"),
    [
        ((0, 40), 60, State.PASS),
        ((0,), 60, State.FAIL),
        ((0, 10), 60, State.FAIL),
        ((0,), 40, State.INCONCLUSIVE),
        ((), 60, State.INCONCLUSIVE),
    ],
)
def test_a_client_is_heard_of_until_the_end(hours: tuple[int, ...], until: int, state: State) -> None:
    moments = [NOON + timedelta(hours=hour) for hour in hours]
    value = most("EndDevice.contact_interval", 48 * 3600.0)
    assert heard_of(value, moments, NOON + timedelta(hours=until), 5.0).state is state


def dated(at_s: float, *behind_s: float) -> list[Dated]:
    return [Dated(at_s + late_s, int(at_s), 1) for late_s in behind_s]


@pytest.mark.parametrize(
    ("then", "now", "state"),
    [
        ((0.2, 1.0), (45.5, 46.0), State.PASS),
        ((0.2, 1.0), (91.0, 90.5), State.FAIL),
        ((0.2, 1.0), (-90.0, -89.0), State.FAIL),
        ((0.2, 40.0), (90.0, 91.0), State.INCONCLUSIVE),
        ((), (90.0,), State.INCONCLUSIVE),
        ((0.2,), (), State.INCONCLUSIVE),
    ],
)
def test_a_clock_is_told_from_the_way_of_a_message(
    then: tuple[float, ...], now: tuple[float, ...], state: State
) -> None:
    assert clock_gained(most("Time.drift", 60.0), dated(0, *then), dated(DAY_S, *now), 5.0).state is state
