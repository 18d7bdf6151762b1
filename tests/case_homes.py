"""The profile that each test case is proven under: the first of a few that it applies to."""

from __future__ import annotations

from functools import cache

from conformance.catalogue import shipped
from conformance.catalogue.profile import load_profile
from conformance.catalogue.test_case import TestCase, load_cases
from conformance.face.wiring import DEFAULT_PROFILE, DEMONSTRATED, SUBJECTS
from conformance.running.plan import make_plan

CASES = load_cases(shipped.testcases_folder())
AUSTRALIAN = "csip-aus-1.3-storage"
HOMES = (DEFAULT_PROFILE, AUSTRALIAN)
RECOMMENDED_ELSEWHERE = ("client/RATES-001", "client/RATES-002")
"""Cases that only warn by default: it is the Australian procedures that demand what they judge."""


def home_of(case: TestCase) -> str | None:
    """Return the profile that a case is proven under, if there is one."""
    homes = HOMES[1:] if case.key in RECOMMENDED_ELSEWHERE else HOMES
    return next((profile for profile in homes if case.key in applying(profile)), None)


@cache
def applying(profile: str) -> frozenset[str]:
    """Return the cases that apply under a profile to what the demonstration stands for."""
    plan = make_plan(CASES, load_profile(profile).declared_as(DEMONSTRATED), SUBJECTS)
    return frozenset(row.key for row in plan.rows if row.case is not None and row.skip is None)
