"""The plan of a run: which test cases, which of them are required, and what will not be run and why."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from conformance.catalogue.pack_lint import polls_too_slow
from conformance.catalogue.profile import Profile
from conformance.catalogue.test_case import TestCase
from conformance.running.applies import named, skipped
from conformance.running.journal import Json
from conformance.running.schedule import expected_s
from conformance.vocabulary.errors import UsageError, explain, meant
from conformance.vocabulary.verdict import Verdict

NO_CASE = "this version of the harness has no such test case"
"""Why a required id without a test case is not run."""


@dataclass(frozen=True, slots=True)
class Planned:
    """One row. ``case`` is missing for a required id without a test case; ``skip`` says why it is not run.

    ``meets`` are the required ids that the case meets, by its own id or by an alias.
    """

    subject: str
    id: str
    required: bool
    case: TestCase | None = None
    skip: tuple[Verdict, str] | None = None
    expected_s: float | None = None
    meets: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """The subject and the id."""
        return f"{self.subject}/{self.id}"

    def row(self) -> dict[str, Json]:
        """Return the row as the journal holds it."""
        case = self.case
        return {
            "case": self.key,
            "id": self.id,
            "subject": self.subject,
            "required": self.required,
            "title": case.title if case else "not in this version of the harness",
            "requirements": list(case.requirements) if case else [],
            "why": case.why if case else "",
            "passes_when": case.passes_when if case else "",
            "steps": list(case.steps) if case else [],
            "origin": case.origin if case else "",
            "aliases": list(case.aliases) if case else [],
            "meets": list(self.meets),
            "expected_duration_s": self.expected_s,
        }


@dataclass(frozen=True, slots=True)
class Plan:
    """All rows, in catalogue order; ``only`` names those that were selected, none meaning all."""

    rows: tuple[Planned, ...]
    only: tuple[str, ...] = ()

    @property
    def to_run(self) -> tuple[TestCase, ...]:
        """The test cases to run."""
        return tuple(row.case for row in self.rows if row.case is not None and row.skip is None)


def make_plan(
    cases: Sequence[TestCase],
    profile: Profile,
    subjects: Iterable[str],
    *,
    only: Sequence[str] = (),
    supported: frozenset[str] | None = None,
    observed: bool = True,
    lacking: Collection[str] = (),
) -> Plan:
    """Plan a run.

    ``only`` names ids (``CORE-005`` or ``server/CORE-005``); ``supported`` are the function sets and the modes
    (``opModVoltVar``) the declaration claims, ``None`` meaning all; one that names no mode claims all modes.
    ``observed`` says whether the plant behind a client is; ``lacking`` names optional ways in that were not declared.
    Required tests stay in the plan even when they are not run; one is met by every case that has its id, or that as an
    alias.

    Raises:
        UsageError: an id in ``only`` that no test case has, or a limit that the profile lacks.
    """
    subjects = tuple(subjects)
    if "client" in subjects and (why := polls_too_slow(profile.limits)):
        do = "lower program_list_poll_rate, or raise event_minute"
        raise UsageError(explain(f"planning by {profile.id}", "limits under which events are read in time", why, do))
    _must_exist(cases, subjects, only)
    rows = [
        Planned(
            case.subject,
            case.id,
            bool(profile.meets(case)),
            case,
            skipped(case, profile, only, supported, observed=observed, lacking=lacking),
            _expected_s(case, profile),
            profile.meets(case),
        )
        for case in cases
        if case.subject in subjects
    ]
    met = {(row.subject, name) for row in rows for name in row.meets}
    missing = [
        Planned(subject, test_id, True, skip=(Verdict.NOT_RUN, NO_CASE), meets=(test_id,))
        for subject in subjects
        for test_id in profile.required.get(subject, ())
        if (subject, test_id) not in met
    ]
    return Plan((*rows, *missing), tuple(only))


def _expected_s(case: TestCase, profile: Profile) -> float:
    lacking = [name for name in case.duration if name not in profile.limits]
    if lacking:
        seen = f"no limit {', '.join(lacking)}"
        do = "add the limit to the profile pack"
        raise UsageError(explain(f"planning {case.key} by the profile {profile.id}", "all its limits", seen, do))
    return expected_s(case, profile.limits)


def _must_exist(cases: Sequence[TestCase], subjects: Sequence[str], only: Sequence[str]) -> None:
    selectable = [case for case in cases if case.subject in subjects]
    unknown = [wanted for wanted in only if not any(named(case, [wanted]) for case in selectable)]
    if unknown:
        expected = f"ids of test cases for a {' or a '.join(subjects)}"
        do = meant(unknown[0], (name for case in selectable for name in case.names), "see csip list")
        raise UsageError(explain("selecting tests", expected, ", ".join(map(repr, unknown)), do))
