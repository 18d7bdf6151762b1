"""Averages are compared with what flowed at the place that their role names: size first, then sign."""

from __future__ import annotations

from datetime import timedelta

import pytest
from made_evidence import NS, at, limit, sent

from conformance.catalogue.pack_values import Kind, SourceGrade, Value
from conformance.judgement.finding import State
from conformance.judgement.metering import Accuracy, accurate, averages, mean_w, right_sign, right_size
from conformance.judgement.power import PowerSample
from conformance.vocabulary.verdict import Grade
from conformance.wire.exchange import Exchange

ACCURACY = Accuracy(limit(100.0, "power_tolerance", "W"), limit(4.0, "meter_error_share", "%"))
NOW = timedelta(0)


class Meter:
    """A site that imports 3 kW while its DER injects 1 kW."""

    def powers(self) -> list[PowerSample]:
        return [PowerSample(at(second), 3000.0, 1000.0, 0.0) for second in (-60, 600)]


def posted(role: str, value: int, number: int = 1, *, flow: int = 1, phase: int = 0) -> Exchange:
    kind = (
        f"<flowDirection>{flow}</flowDirection><phase>{phase}</phase><powerOfTenMultiplier>0</powerOfTenMultiplier>"
        "<uom>38</uom>"
    )
    body = (
        f"<MirrorUsagePoint {NS}><mRID>{number:02X}</mRID><roleFlags>{role}</roleFlags><MirrorMeterReading>"
        f"<mRID>{number + 100:02X}</mRID><Reading><timePeriod><duration>60</duration>"
        f"<start>{int(at(0).timestamp())}</start></timePeriod><value>{value}</value></Reading>"
        f"<ReadingType>{kind}</ReadingType></MirrorMeterReading></MirrorUsagePoint>"
    )
    return sent(body, "POST", number=number, seconds=60)


@pytest.mark.parametrize(
    ("place", "role", "value", "size", "sign"),
    [
        ("site", "0003", 3000, State.PASS, State.PASS),
        ("site", "0003", 3120, State.PASS, State.PASS),
        ("site", "0003", 3121, State.FAIL, State.NOTE),
        ("site", "0003", 1000, State.FAIL, State.NOTE),
        ("site", "0003", -3000, State.PASS, State.FAIL),
        ("der", "0049", 1000, State.PASS, State.PASS),
        ("der", "0049", 3000, State.FAIL, State.NOTE),
        ("der", "0049", -1000, State.PASS, State.FAIL),
    ],
)
def test_an_average_tells_what_flowed_at_its_place(place: str, role: str, value: int, size: State, sign: State) -> None:
    told = averages([posted(role, value)], place, at(0), NOW)
    judged = right_size(told, place, Meter(), ACCURACY)
    assert (judged.state, right_sign(told, place, Meter(), ACCURACY).state) == (size, sign)
    assert judged.grade is Grade.WIRE_AND_SIMULATOR


def test_the_meter_that_a_value_belongs_to_is_named() -> None:
    told = averages([posted("0003", 1000)], "site", at(0), NOW)
    assert "flowed at the DER" in right_size(told, "site", Meter(), ACCURACY).observed


def test_a_reverse_flow_turns_the_sign() -> None:
    told = averages([posted("0003", -3000, flow=19)], "site", at(0), NOW)
    assert right_sign(told, "site", Meter(), ACCURACY).state is State.PASS


def test_parts_of_a_place_are_not_taken_for_the_whole() -> None:
    assert averages([posted("0003", 1000, phase=128)], "site", at(0), NOW) == ()
    two = averages([posted("0049", 500, 1), posted("0049", 500, 2)], "der", at(0), NOW)
    assert right_size(two, "der", Meter(), ACCURACY).state is State.NOTE


def test_averages_from_before_and_a_plant_that_is_not_observed_leave_notes() -> None:
    assert averages([posted("0003", 3000)], "site", at(1), NOW) == ()
    told = averages([posted("0003", 3000)], "site", at(0), NOW)
    assert right_size(told, "site", None, ACCURACY).state is State.NOTE
    assert right_sign(told, "site", None, ACCURACY).state is State.NOTE


def test_a_mean_is_the_energy_over_the_time() -> None:
    course = [PowerSample(at(0), 0.0, 0, 0), PowerSample(at(10), 1000.0, 0, 0), PowerSample(at(10), 5000.0, 0, 0)]
    assert mean_w(course, lambda it: it.site_w, at(0), at(20)) == pytest.approx(2750.0)


class Registers(Meter):
    """The same site behind registers that are polled."""

    exact = False


WITHIN = Value("MirrorMeterReading.accuracy", 50.0, "W", "book", SourceGrade.PRIMARY, "pack", Kind.ADD)


@pytest.mark.parametrize(
    ("plant", "value", "state"),
    [
        (Meter(), 3050, State.PASS),
        (Meter(), -2950, State.PASS),
        (Meter(), 3051, State.FAIL),
        (Meter(), 2949, State.FAIL),
        (Registers(), 3050, State.PASS),
        (Registers(), 3051, State.INCONCLUSIVE),
        (None, 3051, State.NOTE),
    ],
)
def test_an_average_is_as_accurate_as_a_profile_demands(plant: object, value: int, state: State) -> None:
    told = averages([posted("0003", value)], "site", at(0), NOW)
    assert accurate(WITHIN, told, "site", plant, 50.0).state is state
