"""Mirrored readings: their quantities and their times."""

from __future__ import annotations

from made_evidence import NS, sent

from conformance.judgement.finding import State
from conformance.judgement.telemetry import Mirrored, all_quantities, all_timed, defined, mirrored
from conformance.wire.exchange import Exchange

ALL = (38, 63, 33, 29)


def mirror(mrid: str, uom: int | None = None, inner: str = "") -> str:
    kind = "" if uom is None else f"<ReadingType><uom>{uom}</uom></ReadingType>"
    return f"<MirrorMeterReading><mRID>{mrid}</mRID>{inner}{kind}</MirrorMeterReading>"


def usage_point(*mirrors: str, number: int = 1) -> Exchange:
    return sent(f"<MirrorUsagePoint {NS}>{''.join(mirrors)}</MirrorUsagePoint>", "POST", number=number)


def reading(mrid: str, inner: str, number: int = 2) -> Exchange:
    body = mirror(mrid, inner=inner).replace("<MirrorMeterReading>", f"<MirrorMeterReading {NS}>", 1)
    return sent(body, "POST", number=number)


TIMED = "<Reading><timePeriod><duration>0</duration><start>1</start></timePeriod><value>1</value></Reading>"
BARE = "<Reading><value>1</value></Reading>"


def test_a_reading_has_the_unit_that_an_earlier_post_defined_in_any_casing() -> None:
    definition = usage_point(mirror("0a", 38), mirror("0B", 29))
    seen = mirrored([definition, reading("0A", BARE), reading("0b", BARE, 3)])
    assert [(item.uom, item.exchange) for item in seen] == [(38, 2), (29, 3)]


def test_a_reading_whose_unit_nobody_defined_has_none() -> None:
    assert mirrored([reading("0C", BARE)])[0].uom is None


def test_a_definition_may_bring_readings_of_its_own() -> None:
    assert mirrored([usage_point(mirror("0A", 33, BARE))])[0].uom == 33


def test_readings_of_sets_and_of_lists_are_found() -> None:
    inner = f"<MirrorReadingSet>{BARE}{BARE}</MirrorReadingSet>"
    listed = f"<MirrorMeterReadingList {NS}>{mirror('0A', 38, inner)}{mirror('0B', 29, BARE)}</MirrorMeterReadingList>"
    assert [item.uom for item in mirrored([sent(listed, "POST")])] == [38, 38, 29]


def test_a_time_may_stand_on_the_reading_its_set_or_its_mirror() -> None:
    of_set = "<MirrorReadingSet><timePeriod><duration>1</duration><start>1</start></timePeriod>" + BARE
    of_set += "</MirrorReadingSet>"
    inners = [TIMED, of_set, "<lastUpdateTime>1</lastUpdateTime>" + BARE, BARE]
    assert [mirrored([reading("0A", inner)])[0].timed for inner in inners] == [True, True, True, False]


def test_garbage_among_the_posts_is_passed_over() -> None:
    assert mirrored([sent("garbage", "POST"), reading("0A", BARE)])[0].exchange == 2


def test_the_defined_units_are_those_of_all_posts() -> None:
    assert defined([usage_point(mirror("0A", 38), mirror("0B", 29)), sent("garbage")]) == {38, 29}


def test_all_four_quantities_must_be_there() -> None:
    assert all_quantities("a reading", ALL, (1,)).state is State.PASS
    assert all_quantities("a reading", (*ALL, 61, None), (1,)).state is State.PASS
    found = all_quantities("a reading", (38, 63, 33), (1,))
    assert (found.state, found.observed) == (State.FAIL, "none for voltage (uom 29)")


def test_every_reading_needs_a_time_and_the_bare_ones_are_shown() -> None:
    assert all_timed([Mirrored(38, 1, True)]).state is State.PASS
    found = all_timed([Mirrored(38, 1, True), Mirrored(38, 4, False), Mirrored(38, 4, False)])
    assert (found.state, found.exchanges) == (State.FAIL, (4,))
    assert found.observed == "2 of 3 readings without a time"


def test_no_reading_at_all_proves_nothing_about_times() -> None:
    assert all_timed([]).state is State.INCONCLUSIVE
