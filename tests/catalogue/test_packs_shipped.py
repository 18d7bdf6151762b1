"""The packs that come with the harness: complete, sourced, and fit for every test case there is."""

from __future__ import annotations

from collections.abc import Hashable
from pathlib import Path

import pytest
import yaml

from conformance.catalogue import shipped
from conformance.catalogue.pack import LAYERS, pack_names
from conformance.catalogue.pack_lint import Weight, lint
from conformance.catalogue.pack_values import SourceGrade
from conformance.catalogue.profile import Profile, load_profile
from conformance.catalogue.requirement import load_register
from conformance.catalogue.test_case import load_cases
from conformance.running.plan import make_plan

PROFILES = {name: load_profile(name) for name in pack_names()}
THIN = ("ca-pge", "ca-sce", "ca-sdge", "hi-heco", "au-ausnet", "au-jemena", "au-nsw", "au-wa-synergy")
WANTED = (
    *("ieee-2030.5-2018", "csip-2.1", "csip-aus-1.2", "csip-aus-1.3-storage", "na-reference", "au-reference"),
    *("au-sapn", "au-energy-queensland", "au-cppue", "ca-rule21", "partner-fortress", *THIN),
)

every_pack = pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)


def test_all_packs_are_there() -> None:
    assert set(WANTED) <= set(PROFILES)


@every_pack
def test_a_pack_has_no_errors_and_no_warnings_that_it_does_not_record(profile: Profile) -> None:
    assert [remark for remark in lint(profile) if remark.weight is not Weight.NOTE] == []


@every_pack
def test_a_pack_has_every_limit_and_its_test_cases_can_be_planned(profile: Profile) -> None:
    plan = make_plan(load_cases(shipped.testcases_folder()), profile, ["server", "client"])
    missing = [row for row in plan.rows if row.case is None]
    assert all(row.skip and row.skip[0] == "not_run" for row in missing)


@every_pack
def test_a_value_names_rows_of_the_register_that_exist(profile: Profile) -> None:
    named = {value.requirement for value in profile.values.values() if value.requirement}
    assert named <= set(load_register(shipped.profiles_folder() / "requirements"))


@every_pack
def test_what_is_not_known_has_a_question_for_somebody(profile: Profile) -> None:
    unknown = [value for value in profile.values.values() if value.figure is None]
    assert all(value.question and value.question.ask and value.question.text for value in unknown)


@every_pack
def test_contradictions_are_about_names_of_the_vocabulary_or_of_lint(profile: Profile) -> None:
    known = {"delivery-by-polling", "actuation-by-notification", "floor-above-ceiling"} | {
        value.name for value in profile.values.values()
    }
    open_names = {"Response.status", "DefaultDERControl.opModExpLimW"}
    assert {about for item in profile.contradictions for about in item.about} <= known | open_names


@pytest.mark.parametrize("name", THIN)
def test_a_thin_pack_says_so_and_asks(name: str) -> None:
    own = [value for value in PROFILES[name].values.values() if value.pack == name]
    assert PROFILES[name].chain[-1].status == "thin"
    assert sum(value.figure is None for value in own) >= 4


@pytest.mark.parametrize("name", ["na-reference", "au-reference"])
def test_no_value_of_a_reference_fails_by_default(name: str) -> None:
    own = [value for value in PROFILES[name].values.values() if value.pack == name]
    strong = (SourceGrade.PRIMARY, SourceGrade.SECOND_HAND)
    assert [value.key for value in own if value.grade in strong] == []


@every_pack
def test_a_figure_of_ours_is_a_proposal(profile: Profile) -> None:
    assert [
        value.key for value in profile.values.values() if value.source == "ours" and value.grade != "proposal"
    ] == []


def test_the_harness_demands_nothing_and_holds_all_limits() -> None:
    harness = PROFILES["harness"]
    assert (len(harness.values), dict(harness.required)) == (0, {})
    assert {
        name: len(set(profile.limits) - set(harness.limits)) for name, profile in PROFILES.items()
    } == dict.fromkeys(PROFILES, 0)


class Strict(yaml.SafeLoader):
    """Refuses a key that is written twice, of which YAML silently keeps the last."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, object]:
        names = [self.construct_object(key, deep=True) for key, _ in node.value]
        assert len(names) == len(set(names)), f"{node.start_mark}: {sorted(map(str, names))}"
        return super().construct_mapping(node, deep)


@pytest.mark.parametrize("path", sorted(shipped.profiles_folder().rglob("*.yaml")), ids=lambda path: path.name)
def test_no_file_says_one_thing_twice(path: Path) -> None:
    yaml.load(path.read_text(encoding="utf-8"), Strict)


def test_every_chain_rests_on_the_harness_and_goes_up() -> None:
    for profile in PROFILES.values():
        layers = [LAYERS.index(pack.layer) for pack in profile.chain]
        assert profile.chain[0].id == "harness"
        assert layers == sorted(layers)
