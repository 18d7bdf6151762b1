from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from conformance.catalogue import shipped
from conformance.catalogue.test_case import TestCase, load_cases
from conformance.running.schedule import longest_first, schedule
from conformance.vocabulary.limits import Limit, Limits

ANY = load_cases(shipped.testcases_folder())[0]
LIMITS = Limits({f"s{length}": Limit(f"s{length}", length, "s", "ours") for length in range(1, 61)})


def case(id: str, length: int, *, serial: bool = False) -> TestCase:
    return replace(ANY, id=id, duration=(f"s{length}",), serial=serial)


def test_the_longest_case_takes_the_first_lane_and_serial_cases_come_last() -> None:
    cases = [case("A", 5), case("S", 50, serial=True), case("B", 9), case("C", 5), case("T", 60, serial=True)]
    assert [it.id for it in longest_first(cases, LIMITS)] == ["B", "A", "C", "S", "T"]


def test_each_case_takes_the_lane_that_is_free_first() -> None:
    cases = [case("A", 4), case("B", 9), case("C", 3), case("D", 3)]
    turns = [(turn.case.id, turn.lane, turn.starts_s, turn.ends_s) for turn in schedule(cases, LIMITS, 2)]
    assert turns == [("B", 1, 0, 9), ("A", 2, 0, 4), ("C", 2, 4, 7), ("D", 2, 7, 10)]


def test_a_serial_case_waits_for_all_others_and_runs_alone() -> None:
    cases = [case("S", 2, serial=True), case("A", 4), case("T", 1, serial=True), case("B", 9)]
    turns = {turn.case.id: (turn.starts_s, turn.ends_s) for turn in schedule(cases, LIMITS, 8)}
    assert turns == {"A": (0, 4), "B": (0, 9), "S": (9, 11), "T": (11, 12)}


def test_nothing_to_run_has_no_schedule() -> None:
    assert schedule([], LIMITS, 4) == ()


@given(st.lists(st.integers(1, 60), min_size=1, max_size=40), st.integers(1, 50))
def test_with_enough_lanes_a_run_is_as_long_as_its_longest_case(lengths: list[int], lanes: int) -> None:
    cases = [case(str(number), length) for number, length in enumerate(lengths)]
    end = max(turn.ends_s for turn in schedule(cases, LIMITS, lanes))
    fair = max(max(lengths), sum(lengths) / lanes)
    assert end == max(lengths) if lanes >= len(cases) else fair <= end <= fair * 4 / 3 + max(lengths) / 3
