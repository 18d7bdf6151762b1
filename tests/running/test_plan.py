"""The plan of a run."""

from __future__ import annotations

from dataclasses import replace

import pytest
from made_run import case, profile

from conformance.running.plan import make_plan
from conformance.vocabulary.errors import UsageError
from conformance.vocabulary.verdict import Verdict

PROFILE = profile(required={"server": ("X-1", "X-9"), "client": ("X-1",)})
CASES = (
    case("X-1"),
    case("X-2", needs=("Time", "DER"), aliases=("OLD-2",)),
    case("X-1", subject="client"),
)


def skips(**choices: object) -> dict[str, str | None]:
    plan = make_plan(CASES, PROFILE, ["server"], **choices)  # type: ignore[arg-type]
    return {row.id: None if row.skip is None else str(row.skip[0]) for row in plan.rows}


def test_a_plan_holds_the_cases_of_its_subjects_in_catalogue_order() -> None:
    plan = make_plan(CASES, PROFILE, ["server", "client"])
    assert [row.key for row in plan.rows] == ["server/X-1", "server/X-2", "client/X-1", "server/X-9"]
    assert [it.key for it in plan.to_run] == ["server/X-1", "server/X-2", "client/X-1"]


def test_a_required_test_without_a_test_case_stays_in_the_plan_as_not_run() -> None:
    row = make_plan(CASES, PROFILE, ["server"]).rows[-1]
    assert (row.key, row.required, row.case) == ("server/X-9", True, None)
    assert row.skip == (Verdict.NOT_RUN, "this version of the harness has no such test case")
    assert row.row()["title"] == "not in this version of the harness"


def test_what_is_required_is_said_of_each_row() -> None:
    assert [row.required for row in make_plan(CASES, PROFILE, ["server"]).rows] == [True, False, True]


@pytest.mark.parametrize("name", ["X-2", "x-2", "server/X-2", "SERVER/x-2", "OLD-2", "old-2"])
def test_only_selects_by_id_key_or_alias_in_any_casing(name: str) -> None:
    assert skips(only=[name]) == {"X-1": "not_run", "X-2": None, "X-9": "not_run"}


def test_only_may_name_several() -> None:
    assert skips(only=["X-1", "OLD-2"]) == {"X-1": None, "X-2": None, "X-9": "not_run"}


@pytest.mark.parametrize("name", ["X-7", "client/X-1", "", "X"])
def test_only_must_name_a_case_of_the_subject(name: str) -> None:
    with pytest.raises(UsageError, match=r"selecting tests(.|\n)*test cases for a server"):
        skips(only=[name])


def test_a_case_whose_function_set_is_not_claimed_does_not_apply() -> None:
    assert skips(supported=frozenset({"Time"}))["X-2"] == "not_applicable"
    assert skips(supported=frozenset({"Time", "DER"}))["X-2"] is None
    assert skips(supported=None)["X-2"] is None


def test_what_does_not_apply_says_which_claim_is_missing() -> None:
    plan = make_plan(CASES, PROFILE, ["server"], supported=frozenset({"Time"}))
    assert plan.rows[1].skip == (Verdict.NOT_APPLICABLE, "the declaration does not claim DER")


def test_the_expected_length_is_the_sum_of_the_limits_named() -> None:
    plan = make_plan([case(duration=("first_contact", "discovery"))], PROFILE, ["server"])
    assert plan.rows[0].expected_s == 300


def test_a_pack_without_a_limit_that_a_case_waits_by_is_wrong_use() -> None:
    with pytest.raises(UsageError, match=r"server/X-1(.|\n)*no limit tea_break"):
        make_plan([case(duration=("tea_break",))], PROFILE, ["server"])


def test_a_mode_is_claimed_by_name_or_by_a_declaration_that_names_none() -> None:
    cases = (case("X-1", needs=("DER", "opModVoltVar")),)

    def skip(*supported: str) -> tuple[Verdict, str] | None:
        return make_plan(cases, PROFILE, ["server"], supported=frozenset(supported)).rows[0].skip

    assert skip("DER") is None
    assert skip("DER", "opModVoltVar") is None
    assert skip("DER", "opModMaxLimW") == (Verdict.NOT_APPLICABLE, "the declaration does not claim opModVoltVar")


def test_a_test_server_that_asks_for_slower_polls_than_events_are_published_ahead_is_wrong_use() -> None:
    slow = replace(PROFILE, limits=PROFILE.limits.overridden_by({"program_list_poll_rate": 120}))
    with pytest.raises(UsageError, match=r"polls every 120 s(.|\n)*lower program_list_poll_rate"):
        make_plan(CASES, slow, ["client"])
    assert make_plan(CASES, slow, ["server"]).rows
