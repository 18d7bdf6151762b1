import pytest

from conformance.output.record_reading import read_run
from conformance.output.wording import (
    counts_sentence,
    duration,
    last_words,
    number,
    offset,
    permitted,
    quantity,
    result_sentence,
    timing_words,
    visible,
    weaknesses,
)
from tests.output import sample_runs
from tests.output.sample_facts import timing


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (None, "not known"),
        (0.0, "0 ms"),
        (0.0124, "12 ms"),
        (3.21, "3.21 s"),
        (60.0, "1 min"),
        (125.0, "2 min 5 s"),
        (12_000.0, "3 h 20 min"),
        (3601.0, "1 h 1 s"),
    ],
)
def test_durations_are_told_in_units_a_person_thinks_in(seconds, words):
    assert duration(seconds) == words


@pytest.mark.parametrize(
    ("value", "words"),
    [(10.0, "10"), (0.25, "0.25"), (1e6, "1000000"), (-2.0, "−2"), (-0.0, "0"), (1 / 3, "0.3333333333")],
)
def test_figures_have_no_needless_digits_and_no_negative_zero(value, words):
    assert number(value) == words


def test_a_count_has_no_unit():
    assert (quantity(50.0, "1"), quantity(5.0, "%")) == ("50", "5 %")


def test_offsets_carry_their_sign():
    assert (offset(3.2141), offset(-0.5)) == ("+3.214 s", "−0.500 s")


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (0.0, 5.0, "from 0 s to 5 s"),
        (None, 5.0, "until 5 s"),
        (2.0, None, "from 2 s on"),
        (None, None, "at any time"),
    ],
)
def test_bounds_are_told_in_words(low, high, words):
    assert permitted(timing(low, high, 1.0)) == words


@pytest.mark.parametrize(
    ("low", "high", "measured", "margin"),
    [
        (0.0, 60.0, 50.0, "10 s from the nearest bound"),
        (None, 60.0, 75.0, "15 s too late"),
        (285.0, 315.0, 214.0, "71 s too early"),
        (None, 60.0, 60.01, "0.01 s too late, which the uncertainty leaves open"),
        (None, None, 1.0, "no bound"),
    ],
)
def test_a_timing_tells_its_margin_and_whether_the_uncertainty_covers_it(low, high, measured, margin):
    assert timing_words(timing(low, high, measured)).endswith(f"; {margin}.")


def test_what_cannot_be_seen_is_made_visible_and_the_rest_left_alone():
    assert visible("é 単位 \n\t Ω") == "é 単位 \n\t Ω"
    assert visible("\x00\x1b\x9b\u202e\u2066\ud800") == r"\x00\x1b\x9b\u202e\u2066\ud800"


def test_weaknesses_hold_what_was_recorded_and_what_became_clear_later():
    told = weaknesses(read_run(sample_runs.killed().record))
    assert told[0] == "limits overridden: response_deadline"
    assert any("interrupted before it ended" in text for text in told)
    assert any(text.startswith("Required but not run: ") and "CORE-022" in text for text in told)


def test_virtual_time_is_a_weakness_told_once():
    silent = read_run(sample_runs.all_passed().record)
    assert sum("irtual time" in text for text in weaknesses(silent)) == 1
    told = read_run(sample_runs.all_passed().record | {"weakened_by": ["time was virtual"]})
    assert weaknesses(told) == ("time was virtual",)


def test_a_fault_that_ended_the_run_is_told():
    run = read_run(sample_runs.all_passed().record | {"failure": "no file left"})
    assert "A fault of the harness ended the run: no file left" in weaknesses(run)


def test_the_result_is_explained_by_what_decided_it():
    assert result_sentence(read_run(sample_runs.all_passed().record)) == "The one test case passed."
    assert result_sentence(read_run(sample_runs.killed().record)) == (
        "1 of 3 test cases that ran failed. 1 is not decided. 5 required test cases were not run."
    )
    assert counts_sentence(read_run(sample_runs.empty().record)) == "No test case was planned, so nothing was shown."


def test_many_required_test_cases_that_were_not_run_are_counted_and_a_selection_is_told():
    record = sample_runs.killed().record
    row = next(row for row in record["tests"] if row["verdict"] == "not_run")
    many = [row | {"id": f"CORE-{number:03}", "required": True, "reason": "no operator"} for number in range(9)]
    chosen = [row | {"id": "BASIC-001", "required": True, "reason": "not selected (--only)"}]
    told = weaknesses(read_run(record | {"tests": [*many, *chosen]}))
    assert "Not selected: 1 required test case." in told
    assert sum("9 test cases (CORE-000, CORE-001," in text and "CORE-006" not in text for text in told) == 1


def test_of_a_traceback_the_last_words_are_told():
    trace = "  + Exception Group\n  | File x\n    | NameError: name 'A' is not defined\n    +-----------\n"
    assert last_words(trace) == "NameError: name 'A' is not defined"
    assert last_words("") == ""
