"""What lint finds in a profile, and how it explains it."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance.catalogue.pack_lint import Remark, Weight, lint
from conformance.catalogue.profile import load_profile
from tests.catalogue.made_pack import Rows, rate, word, write

POLL, DELIVERY, CAP, ACTUATION = (
    "DERControlList.pollRate",
    "DERControl.delivery",
    "Notification.interval",
    "DERControl.actuation",
)


def remarks(folder: Path, values: Rows, **parts: object) -> dict[str, Remark]:
    return {remark.name: remark for remark in lint(load_profile(str(write(folder, "a", values=values, **parts))))}


def test_a_sound_pack_raises_nothing(tmp_path: Path) -> None:
    values = {POLL: rate(value=120), DELIVERY: rate(value=300, clock_start="exposed"), CAP: rate(value=30)}
    assert remarks(tmp_path, values) == {}


def test_a_conditional_element_needs_its_condition(tmp_path: Path) -> None:
    name = "DERSettings.setMinWh"
    remark = remarks(tmp_path, {name: word("conditional"), "DERAvailability": word("conditional")})["condition"]
    assert (remark.weight, remark.about) == (Weight.WARNING, name)
    told = remarks(tmp_path, {name: word("conditional", when={"element": "setMaxWh"})})
    assert "condition" not in told


def test_a_test_server_must_not_ask_for_slow_polls_of_programs(tmp_path: Path) -> None:
    limits = {"program_list_poll_rate": {"kind": "replace", "value": 120, "unit": "s", "source": "ours"}}
    found = remarks(tmp_path, {}, inherits="harness", limits=limits)["slow-lists"]
    assert found.weight is Weight.ERROR
    assert "test cases publish events 60 s ahead" in found.why


def test_five_minutes_cannot_be_met_by_polling_every_ten(tmp_path: Path) -> None:
    remark = remarks(tmp_path, {POLL: rate(), DELIVERY: rate(value=300, clock_start="exposed")})["delivery-by-polling"]
    assert remark.weight is Weight.WARNING
    assert "300 s from exposed cannot be met by a client that polls every 600 s (DERControlList.pollRate" in remark.why


def test_a_client_that_nobody_asks_to_poll_may_poll_as_rarely_as_the_schema_lets_it(tmp_path: Path) -> None:
    remark = remarks(tmp_path, {DELIVERY: rate(value=300)})["delivery-by-polling"]
    assert "300 s from exposed cannot be met by a client that polls every 900 s (the schema's default" in remark.why


def test_fifteen_seconds_from_creation_cannot_be_met_by_polling(tmp_path: Path) -> None:
    remark = remarks(tmp_path, {POLL: rate(value=60), ACTUATION: rate(value=15, clock_start="created")})
    assert "15 s from created cannot be met" in remark["actuation-by-polling"].why


@pytest.mark.parametrize(
    ("name", "start", "stop", "why"),
    [
        (DELIVERY, "received", "received", "is no time at all"),
        (ACTUATION, "effective_start", "response_1", "comes before a control starts"),
        (POLL, "", "meter", "nothing stops this clock at meter"),
    ],
)
def test_a_clock_that_cannot_run_is_an_error(tmp_path: Path, name: str, start: str, stop: str, why: str) -> None:
    clock = {"clock_start": start} if start else {}
    remark = remarks(tmp_path, {name: rate(clock_stop=stop, **clock)})["clock"]
    assert remark.weight is Weight.ERROR
    assert why in remark.why


@pytest.mark.parametrize("stop", ["received", "response_1", "response_2", "setpoint", "meter"])
def test_a_clock_that_runs_is_none(tmp_path: Path, stop: str) -> None:
    assert "clock" not in remarks(tmp_path, {DELIVERY: rate(clock_start="exposed", clock_stop=stop)})


@pytest.mark.parametrize("start", ["received", "event_start", "effective_start"])
def test_polling_does_not_matter_to_a_clock_that_starts_later(tmp_path: Path, start: str) -> None:
    values = {POLL: rate(), DELIVERY: rate(value=300, clock_start=start)}
    assert "delivery-by-polling" not in remarks(tmp_path, values)


def test_polling_does_not_matter_to_whoever_must_subscribe(tmp_path: Path) -> None:
    values = {
        POLL: rate(),
        DELIVERY: rate(value=300, clock_start="exposed", roles=["aggregator"]),
        "Subscription": word("required", roles=["aggregator"]),
    }
    assert "delivery-by-polling" not in remarks(tmp_path, values)


def test_the_faster_of_two_lists_decides(tmp_path: Path) -> None:
    values = {POLL: rate(), "DERProgramList.pollRate": rate(value=60), DELIVERY: rate(value=300, clock_start="exposed")}
    assert "delivery-by-polling" not in remarks(tmp_path, values)


@pytest.mark.parametrize(
    ("name", "remark"), [(ACTUATION, "actuation-by-notification"), (DELIVERY, "delivery-by-notification")]
)
def test_a_notification_held_back_eats_a_short_limit(tmp_path: Path, name: str, remark: str) -> None:
    values = {CAP: rate(value=30), name: rate(value=15, clock_start="created")}
    found = remarks(tmp_path, values)[remark]
    assert "15 s from created is eaten by the 30 s that a server may hold a notification back" in found.why
    assert remark not in remarks(tmp_path, values | {name: rate(value=15, clock_start="effective_start")})


def test_a_recorded_contradiction_answers_a_remark(tmp_path: Path) -> None:
    known = {
        "id": "13",
        "about": ["delivery-by-polling"],
        "sides": ["one", "other"],
        "choice": "none yet",
        "source": "letter",
    }
    values = {POLL: rate(), DELIVERY: rate(value=300, clock_start="exposed")}
    remark = remarks(tmp_path, values, contradictions=[known])["delivery-by-polling"]
    assert remark.weight is Weight.NOTE
    assert "recorded as contradiction 13: none yet" in remark.why


def test_a_contradiction_about_another_value_answers_nothing(tmp_path: Path) -> None:
    about = ["delivery-by-polling", "Time.pollRate"]
    other = {"id": "6", "about": about, "sides": ["one", "other"], "choice": "none", "source": "letter"}
    values = {POLL: rate(), DELIVERY: rate(value=300, clock_start="exposed")}
    assert remarks(tmp_path, values, contradictions=[other])["delivery-by-polling"].weight is Weight.WARNING


def test_a_source_that_is_not_listed_is_an_error(tmp_path: Path) -> None:
    remark = remarks(tmp_path, {POLL: rate(source="rumour")})["source"]
    assert remark.weight is Weight.ERROR
    assert "rumour" in remark.why


def test_a_floor_above_its_ceiling_is_told(tmp_path: Path) -> None:
    values = {"MirrorUsagePoint.postRate": rate(value=120), "MirrorUsagePoint.postRate_floor": rate(value=300)}
    assert (
        "at least every 120 s, and never faster than every 300 s"
        in remarks(tmp_path, values)["floor-above-ceiling"].why
    )


def test_a_batch_must_add_up(tmp_path: Path) -> None:
    values = {
        "MirrorUsagePoint.batch_postRate": rate(value=3600),
        "MirrorUsagePoint.batch_interval": rate(value=300),
        "MirrorUsagePoint.batch_intervals": word(11, unit="1"),
    }
    assert "11 intervals of 300 s are not the 3600 s" in remarks(tmp_path, values)["batch"].why
    assert "batch" not in remarks(tmp_path, values | {"MirrorUsagePoint.batch_intervals": word(12, unit="1")})


def test_a_number_at_the_end_of_no_lfdi_is_told(tmp_path: Path) -> None:
    values = {"EndDevice.lFDI.pen_base": word("hex"), "EndDevice.lFDI.derivation": word(["certificate_hash"])}
    assert "allow hash_with_pen" in remarks(tmp_path, values)["pen-without-derivation"].why


def test_a_window_that_holds_no_two_periods_is_told(tmp_path: Path) -> None:
    limits = {
        "post_rate": {"follows": "MirrorUsagePoint.postRate"},
        "reporting_window": {"value": 240, "unit": "s", "source": "ours"},
    }
    found = remarks(tmp_path, {"MirrorUsagePoint.postRate": rate(value=300)}, limits=limits)
    assert "raise the limit reporting_window to at least 600 s" in found["short-window"].why


def test_what_is_not_known_is_told_with_the_question(tmp_path: Path) -> None:
    asked = {"Q": {"ask": "the utility", "text": "How often?"}}
    found = remarks(tmp_path, {POLL: rate(value=None, question="Q")}, questions=asked)
    assert "Ask the utility: How often?" in found["unknown"].why


def test_a_primary_value_without_a_clause_is_noted(tmp_path: Path) -> None:
    values = {POLL: {"value": 600, "unit": "s", "source": "handbook", "grade": "primary"}}
    assert remarks(tmp_path, values)["no-clause"].weight is Weight.NOTE
