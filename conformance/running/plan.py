"""The plan of a run: which test cases, which of them are required, and what will not be run and why."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from conformance.catalogue.profile import Profile
from conformance.catalogue.test_case import TestCase
from conformance.running.journal import Json
from conformance.running.schedule import expected_s
from conformance.vocabulary.errors import UsageError, explain
from conformance.vocabulary.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Planned:
    """One row. ``case`` is missing for a required id without a test case; ``skip`` says why it is not run."""

    subject: str
    id: str
    required: bool
    case: TestCase | None = None
    skip: tuple[Verdict, str] | None = None
    expected_s: float | None = None

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
            "expected_duration_s": self.expected_s,
        }


@dataclass(frozen=True, slots=True)
class Plan:
    """All rows, in catalogue order."""

    rows: tuple[Planned, ...]

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
) -> Plan:
    """Plan a run.

    ``only`` names ids (``CORE-005`` or ``server/CORE-005``); ``supported`` are the function sets and the modes
    (``opModVoltVar``) the declaration claims, ``None`` meaning all; one that names no mode claims all modes. Required
    tests stay in the plan even when they are not run.

    Raises:
        UsageError: an id in ``only`` that no test case has, or a limit that the profile lacks.
    """
    subjects = tuple(subjects)
    _must_exist(cases, subjects, only)
    rows = [
        Planned(
            case.subject,
            case.id,
            profile.requires(case.subject, case.id),
            case,
            _skip(case, only, supported) or _not_demanded(case, profile),
            _expected_s(case, profile),
        )
        for case in cases
        if case.subject in subjects
    ]
    known = {row.key for row in rows}
    missing = [
        Planned(subject, test_id, True, skip=(Verdict.NOT_RUN, "this version of the harness has no such test case"))
        for subject in subjects
        for test_id in profile.required.get(subject, ())
        if f"{subject}/{test_id}" not in known
    ]
    return Plan((*rows, *missing))


def _expected_s(case: TestCase, profile: Profile) -> float:
    lacking = [name for name in case.duration if name not in profile.limits]
    if lacking:
        seen = f"no limit {', '.join(lacking)}"
        do = "add the limit to the profile pack"
        raise UsageError(explain(f"planning {case.key} by the profile {profile.id}", "all its limits", seen, do))
    return expected_s(case, profile.limits)


def _skip(case: TestCase, only: Sequence[str], supported: frozenset[str] | None) -> tuple[Verdict, str] | None:
    lacking = [need for need in case.needs if supported is not None and not _claimed(need, supported)]
    if lacking:
        return Verdict.NOT_APPLICABLE, f"the declaration does not claim {', '.join(lacking)}"
    if only and not _named(case, only):
        return Verdict.NOT_RUN, "not selected (--only)"
    return None


def _not_demanded(case: TestCase, profile: Profile) -> tuple[Verdict, str] | None:
    """Say why a case cannot be judged by the values it rests on: not demanded here, waived, or not known."""
    demands = profile.put_to(case.subject).values
    for key in case.values:
        value = demands.named(key)
        if value is None:
            return Verdict.NOT_APPLICABLE, f"the profile {profile.id} demands no {key}"
        if value.waived:
            return Verdict.NOT_APPLICABLE, f"{value.pack} waives {key}: {value.note} ({value.source})"
        if value.figure is None:
            question = value.question
            ask = f"ask {question.ask}: {question.text}" if question else "nobody was named to ask"
            return Verdict.NOT_RUN, f"{key} is not known; {ask}"
    return None


def _claimed(need: str, supported: frozenset[str]) -> bool:
    """Say whether a function set or a mode is claimed; a declaration that names no mode at all claims them all."""
    names_modes = any(name.startswith(MODE) for name in supported)
    return need in supported or (need.startswith(MODE) and not names_modes)


MODE = "opMod"
"""How the names of all modes of a DERControlBase begin."""


def _named(case: TestCase, only: Sequence[str]) -> bool:
    names = {name.lower() for name in (case.id, case.key, *case.aliases)}
    return any(wanted.lower() in names for wanted in only)


def _must_exist(cases: Sequence[TestCase], subjects: Sequence[str], only: Sequence[str]) -> None:
    selectable = [case for case in cases if case.subject in subjects]
    unknown = [wanted for wanted in only if not any(_named(case, [wanted]) for case in selectable)]
    if unknown:
        known = ", ".join(sorted({case.id for case in selectable}))
        raise UsageError(explain("selecting tests", f"one of {known}", ", ".join(unknown), "see csip list"))
