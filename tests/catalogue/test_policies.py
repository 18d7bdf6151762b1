"""Choices of the profile: each touches a test case, by a check that names it or as a whole."""

from pathlib import Path

import pytest

from conformance.catalogue import shipped
from conformance.catalogue.profile import load_profile, profile_names
from conformance.catalogue.test_case import load_cases

CODE = "".join(
    path.read_text(encoding="utf-8")
    for folder in (shipped.testcases_folder(), Path(__file__).parents[2] / "conformance")
    for path in folder.rglob("*.py")
)
IDS = {name for case in load_cases(shipped.testcases_folder()) for name in (case.id, case.key)}


@pytest.mark.parametrize("name", profile_names())
def test_no_choice_is_recorded_that_nothing_rests_on(name: str) -> None:
    policies = load_profile(name).policies.values()
    assert [policy.name for policy in policies if not policy.cases and f'"{policy.name}"' not in CODE] == []
    assert {id for policy in policies for id in policy.cases} <= IDS
