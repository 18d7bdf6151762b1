"""Which test cases apply: procedures, aliases, and what the profile demands of what they can judge."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from made_run import case

from conformance.catalogue.profile import Profile, load_profile
from conformance.catalogue.test_case import TestCase
from conformance.catalogue.values_in_force import Whom
from conformance.running.plan import Planned, make_plan
from conformance.vocabulary.verdict import Verdict
from tests.catalogue.made_pack import rate, word, write

SUNSPEC = "SunSpec CSIP CTP 1.3"


def row(profile: Profile, one: TestCase, *only: str) -> Planned:
    return make_plan([one], profile, ["client"], only=only).rows[0]


def judging(*values: str) -> TestCase:
    return replace(case("OURS-1", subject="client"), values=values)


def made(folder: Path, **values: object) -> Profile:
    questions = {"Q-1": {"ask": "them", "text": "how much?"}}
    named = {name.replace("__", "."): rows for name, rows in values.items()}
    return load_profile(str(write(folder, "made", inherits="harness", values=named, questions=questions)))


def test_a_required_id_is_met_by_a_case_that_carries_it_as_an_alias() -> None:
    profile = replace(load_profile("csip-2.1"), required={"client": ("ALL-09", "ALL-10", "ALL-11")})
    plan = make_plan([case("OURS-1", subject="client", aliases=("ALL-09", "ALL-10"))], profile, ["client"])
    assert [(it.id, it.required, it.meets) for it in plan.rows] == [
        ("OURS-1", True, ("ALL-09", "ALL-10")),
        ("ALL-11", True, ("ALL-11",)),
    ]
    assert plan.rows[0].row()["meets"] == ["ALL-09", "ALL-10"]
    assert plan.rows[1].skip is not None


def test_an_alias_of_a_case_for_the_other_subject_meets_nothing() -> None:
    profile = replace(load_profile("csip-2.1"), required={"client": ("ALL-09",)})
    rows = make_plan([case("OURS-1", aliases=("ALL-09",))], profile, ["server", "client"]).rows
    assert [(it.id, it.required) for it in rows] == [("OURS-1", False), ("ALL-09", True)]


def test_a_case_of_a_procedure_that_no_pack_names_does_not_apply_and_says_so_when_selected() -> None:
    one = replace(case("CORE-005", subject="client"), origin=SUNSPEC)
    assert row(load_profile("csip-2.1"), one).skip is None
    assert row(load_profile("na-reference"), one).skip is None
    verdict, why = row(load_profile("au-reference"), one, "CORE-005").skip or (None, "")
    assert verdict is Verdict.NOT_APPLICABLE
    assert why.startswith("it is of SunSpec CSIP CTP 1.3; the profile au-reference rests on ")


def test_what_an_origin_says_after_the_name_of_the_procedures_does_not_matter() -> None:
    one = replace(case("CORE-005", subject="client"), origin=f"{SUNSPEC}, blank in its matrix")
    assert row(load_profile("csip-2.1"), one).skip is None


def test_a_case_that_a_pack_requires_applies_whatever_its_procedure() -> None:
    one = replace(case("CORE-005", subject="client"), origin=SUNSPEC)
    profile = replace(load_profile("au-reference"), required={"client": ("CORE-005",)})
    assert row(profile, one).skip is None


def test_one_demand_with_a_figure_is_enough(tmp_path: Path) -> None:
    profile = made(tmp_path, Time__drift=rate(), DERStatus__post_interval=word(None, question="Q-1"))
    assert row(profile, judging("Subscription.renewal", "DERStatus.post_interval", "Time.drift")).skip is None


def test_a_case_whose_demands_are_all_unknown_is_not_run_and_asks(tmp_path: Path) -> None:
    profile = made(tmp_path, DERStatus__post_interval=word(None, question="Q-1"))
    asked = Verdict.NOT_RUN, "DERStatus.post_interval is not known; ask them: how much?"
    assert row(profile, judging("Subscription.renewal", "DERStatus.post_interval")).skip == asked


def test_a_case_of_which_nothing_is_demanded_does_not_apply(tmp_path: Path) -> None:
    profile = made(tmp_path, Time__drift=rate(roles=["server"]), LogEvent=word("optional"))
    client = profile.declared_as({"client": Whom(role="device")})
    expected = Verdict.NOT_APPLICABLE, "the profile made demands no Time.drift or LogEvent of a device"
    assert row(client, judging("Time.drift", "LogEvent")).skip == expected


def test_what_is_waived_keeps_a_case_from_running_only_if_nothing_else_stands(tmp_path: Path) -> None:
    write(tmp_path, "below", values={"Time.drift": rate(), "DERSettings.setMaxW": word("required")})
    waived = {"Time.drift": rate(kind="waive", reason="they agreed")}
    profile = load_profile(str(write(tmp_path, "above", inherits="below", values=waived)))
    assert row(profile, judging("Time.drift")).skip == (
        Verdict.NOT_APPLICABLE,
        "above waives Time.drift: they agreed (handbook)",
    )
    assert row(profile, judging("Time.drift", "DERSettings.setMaxW")).skip is None


@pytest.mark.parametrize(("types", "applies"), [(("storage",), True), (("pv",), False), ((), True)])
def test_the_elements_of_a_resource_are_named_together(tmp_path: Path, types: tuple[str, ...], applies: bool) -> None:
    profile = made(tmp_path, DERSettings__setMinWh=word("required", der=["storage"]))
    put = profile.declared_as({"client": Whom(types=types)})
    assert (row(put, judging("DERSettings.*")).skip is None) is applies


@pytest.mark.parametrize("supported", [None, frozenset({"DER"})])
def test_a_case_about_the_plant_is_not_run_where_none_is_observed_whatever_is_claimed(
    supported: frozenset[str] | None,
) -> None:
    one, profile = case("OURS-1", subject="client", needs=("DER", "Plant")), load_profile("csip-2.1")
    unseen = make_plan([one], profile, ["client"], supported=supported, observed=False).rows[0]
    assert unseen.skip is not None
    assert (unseen.skip[0], "subject.southbound" in unseen.skip[1]) == (Verdict.NOT_RUN, True)
    assert make_plan([one], profile, ["client"], supported=supported).rows[0].skip is None


def test_of_what_was_not_selected_nothing_else_is_said() -> None:
    plan = make_plan(
        [case("OURS-1", subject="client"), replace(case("OURS-2", subject="client"), needs=("Plant",))],
        load_profile("csip-2.1"), ["client"], only=["OURS-1"], observed=False,
    )  # fmt: skip
    assert [row.skip for row in plan.rows][1] == (Verdict.NOT_RUN, "not selected (--only)")
