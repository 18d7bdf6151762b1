from __future__ import annotations

from dataclasses import replace

from conformance.catalogue import coverage, shipped
from conformance.catalogue.requirement import Reason, Requirement, Untested
from conformance.catalogue.test_case import TestCase, load_cases
from conformance.vocabulary.verdict import Level

CASES = load_cases(shipped.testcases_folder())


def row(id: str, untested: Untested | None = None) -> Requirement:
    return Requirement(id, "T.", Level.MUST, "both", "a document", untested)


def naming(*ids: str) -> TestCase:
    return replace(CASES[0], requirements=ids)


def test_what_tests_a_row_is_worked_out_from_the_test_cases() -> None:
    case = naming("A")
    assert coverage.tested_by({"A": row("A"), "B": row("B")}, [case]) == {"A": (case,), "B": ()}


def test_a_row_with_both_with_neither_and_a_name_that_is_unknown_are_contradictions() -> None:
    reason = Untested(Reason.TO_DO, "Later.")
    register = {"BOTH": row("BOTH", reason), "NONE": row("NONE"), "NAMED": row("NAMED"), "WHY": row("WHY", reason)}
    wrong = coverage.contradictions(register, [naming("BOTH", "NAMED", "UNKNOWN")])
    assert [text.split(":")[0] for text in wrong] == ["BOTH", "NONE", "UNKNOWN"]
