"""Readings in sets, and types told again, are what the standard says they are."""

from __future__ import annotations

from dataclasses import replace

from made_evidence import NS, sent

from conformance.judgement.intervals import intervals
from conformance.judgement.readings import mirrored_series
from conformance.wire.exchange import Exchange

TYPE = "<ReadingType><intervalLength>{length}</intervalLength><uom>38</uom></ReadingType>"
PERIOD = "<timePeriod><duration>900</duration><start>3000</start></timePeriod>"


def point(length: int) -> Exchange:
    mirror = f"<MirrorMeterReading><mRID>0A</mRID>{TYPE.format(length=length)}</MirrorMeterReading>"
    body = f"<MirrorUsagePoint {NS}><mRID>FF</mRID><roleFlags>0003</roleFlags>{mirror}</MirrorUsagePoint>"
    return replace(sent(body, "POST", status=201), response_headers=(("Location", "/mup/1"),), target="/mup")


def readings(*values: int, kind: str = "") -> Exchange:
    inside = "".join(
        f"<Reading><value>{value}</value><localID>{place:02X}</localID></Reading>"
        for place, value in reversed(list(enumerate(values)))
    )
    group = f"<MirrorReadingSet><mRID>0B</mRID>{PERIOD}{inside}</MirrorReadingSet>"
    body = f"<MirrorMeterReading {NS}><mRID>0A</mRID>{group}{kind}</MirrorMeterReading>"
    return replace(sent(body, "POST", number=2), target="/mup/1")


def test_one_reading_of_a_set_is_of_the_whole_time_of_it() -> None:
    assert [(it.start_s, it.length_s) for it in intervals([point(0), readings(5)])] == [(3000, 900)]


def test_several_follow_each_other_by_local_id_as_long_as_their_type_says() -> None:
    seen = intervals([point(300), readings(5, 6, 7)])
    assert [(it.value, it.start_s, it.length_s) for it in seen] == [(5, 3000, 300), (6, 3300, 300), (7, 3600, 300)]
    came = mirrored_series([point(300), readings(5, 6, 7)])[0].values
    assert [(it.value, it.start.timestamp() if it.start else None, it.length_s) for it in came] == [
        (5, 3000, 300),
        (6, 3300, 300),
        (7, 3600, 300),
    ]


def test_several_that_do_not_say_how_long_each_is_are_no_intervals() -> None:
    assert intervals([point(0), readings(5, 6)]) == ()


def test_a_type_told_again_with_readings_leaves_the_place() -> None:
    assert [it.role for it in intervals([point(300), readings(5, kind=TYPE.format(length=300))])] == [0x03]
