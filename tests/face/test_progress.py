"""What a terminal shows while a run goes on: one line for all that is left out, one for each test case that is run."""

from __future__ import annotations

from conformance.catalogue import shipped
from conformance.catalogue.profile import load_profile
from conformance.catalogue.test_case import load_cases
from conformance.face.progress import left_out_lines
from conformance.running.plan import Plan, make_plan


def plan(*only: str) -> Plan:
    return make_plan(load_cases(shipped.testcases_folder()), load_profile("csip-2.1"), ["client", "server"], only=only)


def test_what_does_not_apply_is_counted_in_one_line():
    whole = plan()
    left_out = len(whole.rows) - len(whole.to_run)
    assert list(left_out_lines(whole)) == [
        f"{len(whole.rows)} test cases: {len(whole.to_run)} to run, {left_out} not applicable"
    ]


def test_with_a_selection_the_selected_ones_that_are_not_run_say_why():
    first, *lines = left_out_lines(plan("COMM-002", "RAMP-001"))
    assert "2 to run" in first
    assert "not selected" in first
    assert len(lines) == 1
    assert lines[0].startswith("not applicable client/RAMP-001")
    assert "rests on" in lines[0]
