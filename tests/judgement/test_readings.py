"""Readings by the words of a pack: where, what, on which phase, and what is left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import pytest
from made_evidence import NS, at, sent

from conformance.catalogue.pack_values import Kind, SourceGrade, Value
from conformance.catalogue.reading_words import is_vehicle, place_of, reading_word
from conformance.judgement.finding import State
from conformance.judgement.readings import (
    Series,
    carries_readings,
    left_out,
    mirrored_series,
    qualifiers_kept,
    readings_kept,
    station_total,
)
from conformance.wire.exchange import Exchange

SITE, DER, EVSE, NOWHERE = "0003", "0049", "0045", "0001"


def demand(*words: str, name: str = "MirrorUsagePoint.readings", der: tuple[str, ...] = ()) -> Value:
    return Value(name, words, "", "handbook", SourceGrade.PRIMARY, "a", Kind.ADD, der=der)


def quantity(mrid: str, uom: int, phase: int = 0, qualifier: int = 2) -> str:
    kind = f"<dataQualifier>{qualifier}</dataQualifier><phase>{phase}</phase><uom>{uom}</uom>"
    return f"<MirrorMeterReading><mRID>{mrid}</mRID><ReadingType>{kind}</ReadingType></MirrorMeterReading>"


def point(flags: str, *inside: str, path: str = "/mup/1") -> Exchange:
    body = f"<MirrorUsagePoint {NS}><mRID>FF</mRID><roleFlags>{flags}</roleFlags>{''.join(inside)}</MirrorUsagePoint>"
    return replace(sent(body, "POST", status=201), response_headers=(("Location", path),), target="/mup")


def reading(mrid: str, value: int = 5, path: str = "/mup/1", number: int = 2, seconds: float = 60.0) -> Exchange:
    period = "<timePeriod><duration>60</duration><start>1</start></timePeriod>"
    inside = f"<mRID>{mrid}</mRID><Reading>{period}<value>{value}</value></Reading>"
    post = sent(f"<MirrorMeterReading {NS}>{inside}</MirrorMeterReading>", "POST", number=number, seconds=seconds)
    return replace(post, target=path)


def seen(flags: str, uom: int, phase: int = 0, qualifier: int = 2) -> tuple[Series, ...]:
    return mirrored_series([point(flags, quantity("0A", uom, phase, qualifier)), reading("0a")])


def test_readings_come_to_a_usage_point_or_within_one() -> None:
    reading_within = "<MirrorMeterReading><mRID>0A</mRID><Reading><value>5</value></Reading></MirrorMeterReading>"
    within, defined = point("0003", reading_within), point("0003", quantity("0A", 38))
    there = replace(reading("0a"), resource="MirrorUsagePoint")
    assert [carries_readings(it) for it in (there, within, defined)] == [True, True, False]


@pytest.mark.parametrize(
    ("flags", "place"), [(0x03, "site"), (0x49, "der"), (0x45, "der"), (0x01, ""), (None, ""), (0x0B, "site")]
)
def test_role_flags_tell_a_place(flags: int | None, place: str) -> None:
    assert place_of(flags) == place
    assert is_vehicle(0x45)
    assert not is_vehicle(0x49)


def test_a_word_has_a_place_a_quantity_and_a_phase() -> None:
    word = reading_word("der.V.A")
    assert (word.place, word.quantity, word.phase, word.uom) == ("der", "V", "A", 29)
    assert (reading_word("V").place, reading_word("V").quantity) == ("", "V")


@pytest.mark.parametrize(
    ("word", "came", "state"),
    [
        ("der.W", seen(DER, 38), State.PASS),
        ("der.W", seen(EVSE, 38), State.PASS),
        ("der.W", seen(SITE, 38), State.FAIL),
        ("site.W", seen(SITE, 38), State.PASS),
        ("site.W", seen(NOWHERE, 38), State.INCONCLUSIVE),
        ("W", seen(NOWHERE, 38), State.PASS),
        ("der.W", seen(DER, 63), State.FAIL),
        ("der.V.A", seen(DER, 29, 128), State.PASS),
        ("der.V.A", seen(DER, 29, 129), State.PASS),
        ("der.V.A", seen(DER, 29), State.FAIL),
        ("der.V", seen(DER, 29, 128), State.PASS),
        ("der.Wh", seen(DER, 72), State.PASS),
        ("der.W", (), State.FAIL),
    ],
)
def test_a_reading_is_found_by_its_word(word: str, came: Sequence[Series], state: State) -> None:
    assert readings_kept(demand(word), came).state is state


def test_a_quantity_that_was_only_defined_did_not_come() -> None:
    came = mirrored_series([point(DER, quantity("0A", 38))])
    assert readings_kept(demand("der.W"), came).observed == "no reading of der.W"


def test_what_is_asked_of_charging_stations_is_looked_for_at_theirs_if_there_is_one() -> None:
    both = mirrored_series(
        [
            point(DER, quantity("0A", 38)),
            reading("0A"),
            point(EVSE, quantity("0B", 29), path="/mup/2"),
            reading("0B", path="/mup/2"),
        ]
    )
    assert readings_kept(demand("der.W", der=("evse",)), both).state is State.FAIL
    assert readings_kept(demand("der.W", der=("evse",)), seen(DER, 38)).state is State.PASS


@pytest.mark.parametrize(
    ("allowed", "qualifier", "state"),
    [
        (("average",), 2, State.PASS),
        (("average",), 12, State.FAIL),
        (("average",), 0, State.FAIL),
        (("average", "unspecified"), 0, State.PASS),
    ],
)
def test_readings_say_what_they_are(allowed: tuple[str, ...], qualifier: int, state: State) -> None:
    value = demand(*allowed, name="ReadingType.dataQualifier")
    assert qualifiers_kept(value, seen(DER, 38, qualifier=qualifier)).state is state


@pytest.mark.parametrize("uom", [71, 72, 73])
def test_energy_is_no_average(uom: int) -> None:
    value = demand("average", name="ReadingType.dataQualifier")
    assert qualifiers_kept(value, seen(DER, uom, qualifier=0)).state is State.INCONCLUSIVE


def test_a_quantity_that_comes_as_demanded_may_come_in_other_ways_besides() -> None:
    value = demand("average", name="ReadingType.dataQualifier")
    both = point(DER, quantity("0A", 38), quantity("0B", 38, qualifier=8), quantity("0C", 29, qualifier=0))
    assert qualifiers_kept(value, mirrored_series([both])[:2]).state is State.PASS
    judged = qualifiers_kept(value, mirrored_series([both]))
    assert judged.state is State.FAIL
    assert "0C has dataQualifier 0" in judged.observed
    assert "0B" not in judged.observed


@pytest.mark.parametrize(("since", "state"), [(0.0, State.FAIL), (60.0, State.PASS)])
def test_what_cannot_be_measured_is_left_out_from_then_on(since: float, state: State) -> None:
    value = demand("omitted", name="MirrorMeterReading.unmeasured")
    at_a_moment = tuple(replace(one, values=(replace(one.values[0], start=None),)) for one in seen(DER, 33))
    assert left_out(value, at_a_moment, reading_word("Hz"), at(since)).state is state


def test_what_was_measured_before_may_come_late_but_not_twice() -> None:
    value, frequency = demand("omitted", name="MirrorMeterReading.unmeasured"), reading_word("Hz")
    one = seen(DER, 33)[0]
    late = replace(one.values[0], start=at(-60), at=at(90))
    assert left_out(value, [replace(one, values=(late,))], frequency, at(60)).state is State.PASS
    stale = replace(one, values=(late, replace(late, at=at(150))))
    assert left_out(value, [stale], frequency, at(60)).state is State.FAIL
    new = replace(late, start=at(61), at=at(130))
    assert left_out(value, [replace(one, values=(new,))], frequency, at(60)).state is State.FAIL


class Phases:
    def station_phases_w(self, start: datetime, end: datetime) -> Sequence[float]:
        assert (end - start).total_seconds() == 60
        return (1.0, 2.0, 2.0)


@pytest.mark.parametrize(("value", "state"), [(5, State.PASS), (50, State.FAIL)])
def test_the_total_of_a_station_is_the_sum_of_its_phases(value: int, state: State) -> None:
    came = mirrored_series([point(EVSE, quantity("0A", 38)), reading("0A", value)])
    judged = station_total(demand("der.W", der=("evse",)), came, Phases(), 1.0)
    assert judged is not None
    assert judged.state is state


def test_without_a_plant_or_a_demand_on_stations_no_total_is_judged() -> None:
    came = mirrored_series([point(EVSE, quantity("0A", 38)), reading("0A")])
    assert station_total(demand("der.W", der=("evse",)), came, None, 1.0) is None
    assert station_total(demand("der.W"), came, Phases(), 1.0) is None
