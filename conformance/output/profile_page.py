"""What the report shows of the profile: the values it demands and the choices it makes, with what they came to.

And the requirements that were broken, so that one cause behind thirty failed test cases is told once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from conformance.catalogue.profile import Policy
from conformance.catalogue.requirement import Requirement
from conformance.judgement.finding import Finding
from conformance.output.finding_groups import broken
from conformance.output.report_page import CasePage, requirement_state
from conformance.output.run_view import RunView, ValueView


@dataclass(frozen=True, slots=True)
class BrokenRequirement:
    """A requirement and the failed test cases in which it was broken."""

    requirement: Requirement | None
    id: str
    cases: tuple[CasePage, ...]


@dataclass(frozen=True, slots=True)
class PolicyPage:
    """A choice, and the test cases with findings that rest on it."""

    policy: Policy
    cases: tuple[CasePage, ...]


@dataclass(frozen=True, slots=True)
class ValuePage:
    """A value, the test cases that judged by it, and what that came to: no state when none did."""

    value: ValueView
    cases: tuple[CasePage, ...]
    state: str | None


def broken_requirements(failed: Iterable[CasePage], run: RunView) -> tuple[BrokenRequirement, ...]:
    """Return the requirements that failed findings name, that which most test cases break first."""
    pages = {page.case.key: page for page in failed}
    return tuple(
        BrokenRequirement(run.requirements.get(id), id, tuple(pages[case.key] for case in cases))
        for id, cases in broken(page.case for page in pages.values())
    )


def policy_pages(run: RunView, pages: Sequence[CasePage]) -> tuple[PolicyPage, ...]:
    """Return every choice of the profile; a test case touches it when a finding names it."""
    touched: dict[str, dict[str, CasePage]] = {}
    for page, finding in _findings(pages):
        if finding.policy is not None:
            touched.setdefault(finding.policy, {})[page.anchor] = page
    return tuple(PolicyPage(policy, tuple(touched.get(policy.name, {}).values())) for policy in run.policies)


def value_pages(run: RunView, pages: Sequence[CasePage]) -> tuple[ValuePage, ...]:
    """Return every value of the profile with what the findings that were judged by it came to."""
    cases: dict[str, dict[str, CasePage]] = {}
    findings: dict[str, list[Finding]] = {}
    for page, finding in _findings(pages):
        if finding.demand is not None:
            cases.setdefault(finding.demand, {})[page.anchor] = page
            findings.setdefault(finding.demand, []).append(finding)
    return tuple(
        ValuePage(value, tuple(cases.get(value.key, {}).values()), requirement_state(findings.get(value.key, ())))
        for value in run.values
    )


def _findings(pages: Iterable[CasePage]) -> Iterable[tuple[CasePage, Finding]]:
    return ((page, finding) for page in pages for finding in page.case.findings)
