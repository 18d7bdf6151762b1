"""Times that a client tells: of readings, log events and DERStatus, against when these came."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from made_evidence import NS, limit, moment, sent

from conformance.judgement.alarms import dated, logged
from conformance.judgement.der_status import read_anew, read_by_then
from conformance.judgement.finding import State
from conformance.judgement.http import sent_as
from conformance.judgement.telemetry import Mirrored, mirrored, occurrences, times_move
from conformance.wire.exchange import Exchange

ERROR = limit(30.0, "client_clock_error")
WINDOW_S = 240.0


def now_s(seconds: float = 0.0) -> int:
    return int(moment(seconds).wall.timestamp())


def readings(*ages_s: int, every_s: int = 60) -> list[Mirrored]:
    """One reading after the other, each about an instant so long before it came."""
    times = [(moment(number * every_s).wall, now_s(number * every_s)) for number in range(len(ages_s))]
    return [
        Mirrored(38, number, True, at, (came_s - age_s, came_s - age_s))
        for number, ((at, came_s), age_s) in enumerate(zip(times, ages_s, strict=True))
    ]


def state_of(*ages_s: int) -> State:
    return times_move(readings(*ages_s), WINDOW_S, ERROR).state


def test_readings_may_be_late_buffered_or_a_little_ahead() -> None:
    assert state_of(0, 0, 0) is State.PASS
    assert state_of(60, 200, 260) is State.PASS
    assert state_of(-20, -20, -20) is State.PASS
    assert state_of(90_000, 80_000, 0) is State.PASS, "what was measured before the client was connected"


def test_readings_from_the_future_from_long_ago_or_of_one_time_fail() -> None:
    assert state_of(0, -3600, 0) is State.FAIL
    assert state_of(0, 0, 3600) is State.FAIL
    assert state_of(0, 60, 120) is State.FAIL, "the time of the first one, ever again"
    assert times_move([], WINDOW_S, ERROR).state is State.INCONCLUSIVE


def test_two_readings_of_one_time_may_be_one_that_is_sent_again() -> None:
    assert state_of(0, 60) is State.PASS


def test_a_reading_without_a_value_is_none() -> None:
    inner = "<mRID>0A</mRID><Reading><qualityFlags>01</qualityFlags></Reading>"
    body = f"<MirrorMeterReading {NS}>{inner}</MirrorMeterReading>"
    assert mirrored([sent(body, "POST")]) == ()


def test_each_unit_has_occurrences_of_its_own() -> None:
    posted = [*readings(0, 0), Mirrored(29, 7, True)]
    assert [it.exchange for it in occurrences(posted, 38)] == [0, 1]
    assert [it.exchange for it in occurrences(posted, 29)] == [7]


def event(age_s: int, seconds: float = 10.0) -> Exchange:
    created = f"<createdDateTime>{now_s(seconds) - age_s}</createdDateTime>"
    return sent(f"<LogEvent {NS}>{created}<functionSet>0</functionSet></LogEvent>", "POST", seconds=seconds)


def test_log_events_are_dated_when_they_happened_and_older_ones_may_come_along() -> None:
    since = moment(0.0).wall
    assert dated([*logged([event(0), event(9)])], 2, since, ERROR).state is State.PASS
    assert dated([*logged([event(86_400), event(0)])], 1, since, ERROR).state is State.PASS
    assert dated([*logged([event(86_400), event(0)])], 2, since, ERROR).state is State.FAIL
    assert dated([*logged([event(-60)])], 1, since, ERROR).state is State.FAIL


def test_a_log_event_may_be_a_little_older_than_the_instruction_by_the_clock() -> None:
    since = moment(0.0).wall + timedelta(seconds=10)
    assert dated([*logged([event(20)])], 1, since, ERROR).state is State.PASS


def status(age_s: int, seconds: float = 0.0) -> Exchange:
    return sent(f"<DERStatus {NS}><readingTime>{now_s(seconds) - age_s}</readingTime></DERStatus>", seconds=seconds)


def test_a_status_may_be_old_but_not_of_tomorrow() -> None:
    assert read_by_then([status(0), status(86_400), status(-20)], ERROR).state is State.PASS
    assert read_by_then([status(0), status(-86_400)], ERROR).state is State.FAIL


def test_the_last_status_was_read_lately() -> None:
    window = limit(WINDOW_S, "polling_window")
    assert read_anew([status(0), status(200, 60.0)], window).state is State.PASS
    assert read_anew([status(0), status(300, 60.0)], window).state is State.FAIL
    assert read_anew([sent("garbage")], window).state is State.FAIL


def test_the_media_type_of_a_request_may_have_parameters_and_any_casing() -> None:
    for value in ("application/sep+xml", "Application/SEP+XML; charset=utf-8", "application/sep-exi"):
        assert sent_as(sent(headers=(("content-type", value),))).state is State.PASS
    assert sent_as(sent(headers=(("Content-Type", "application/xml"),))).state is State.FAIL
    assert sent_as(sent()).state is State.FAIL


def test_any_plausible_time_of_a_reading_will_do() -> None:
    at_s = now_s()
    empty = "<timePeriod><duration>0</duration><start>0</start></timePeriod>"
    inner = f"<lastUpdateTime>{at_s}</lastUpdateTime><Reading>{empty}<value>1</value></Reading>"
    body = f"<MirrorMeterReading {NS}><mRID>0A</mRID>{inner}</MirrorMeterReading>"
    seen = mirrored([sent(body, "POST")])
    assert times_move(seen, WINDOW_S, ERROR).state is State.PASS


@pytest.mark.parametrize(
    ("encoding", "state"),
    [("utf-8", State.PASS), ("utf-8-sig", State.PASS), ("utf-16", State.FAIL), ("utf-16-le", State.FAIL)],
)
def test_xml_that_is_sent_is_in_utf_8(encoding: str, state: State) -> None:
    put = sent(headers=(("Content-Type", "application/sep+xml"),))
    assert sent_as(replace(put, request_body=f"<DERStatus {NS}/>".encode(encoding))).state is state
