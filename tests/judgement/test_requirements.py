"""The whole register: written rows, value rules, demands of a profile."""

from __future__ import annotations

from dataclasses import replace

import pytest

from conformance.catalogue import coverage, shipped
from conformance.catalogue.pack_values import Kind, SourceGrade, Value
from conformance.catalogue.profile import Profile, load_profile
from conformance.catalogue.requirement import load_register
from conformance.catalogue.test_case import load_cases
from conformance.catalogue.values_in_force import Values
from conformance.judgement.requirements import value_rules, whole_register
from conformance.wire.schema.value_rules import RULES


def demanding(requirement: str = "") -> Profile:
    value = Value("EndDevice.lFDI.case", "upper", "", "a handbook", SourceGrade.PRIMARY, "pack", Kind.ADD)
    return replace(load_profile("csip-2.1"), values=Values([replace(value, requirement=requirement)]))


def test_every_written_row_and_every_value_rule_is_in_it() -> None:
    register, written = whole_register(), load_register(shipped.profiles_folder() / "requirements")
    assert register.keys() == {*written, "VAL", *(rule.id for rule in RULES)}
    assert all((register[rule.id].level, register[rule.id].source) == (rule.level, rule.source) for rule in RULES)


def test_what_only_a_profile_asks_for_is_in_it_with_that_profile() -> None:
    assert "pack:EndDevice.lFDI.case" in whole_register(demanding())
    assert whole_register(demanding("VAL.HEX.CASE")).keys() == whole_register().keys()


@pytest.mark.parametrize(("subject", "other"), [("server", "VAL.RESPONSE.STATUS"), ("client", "VAL.LIST.ALL")])
def test_a_kind_of_subject_is_judged_by_the_rules_that_bind_it(subject: str, other: str) -> None:
    assert {"VAL", "VAL.MRID.EMPTY"} < set(value_rules(subject))
    assert other not in value_rules(subject)


def test_every_row_is_named_by_a_test_case_or_says_why_not() -> None:
    assert coverage.contradictions(whole_register(), load_cases(shipped.testcases_folder())) == []
