"""``csip list --requirements``: the register with the test cases that name each row, and the way back."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from conformance.catalogue.coverage import tested_by
from conformance.catalogue.requirement import Register, Requirement
from conformance.catalogue.test_case import TestCase
from conformance.output.wording import REASON_WORDS
from conformance.running.journal import Json, as_json


def matrix(register: Register, cases: Sequence[TestCase], subjects: Iterable[str]) -> dict[str, Json]:
    """Return the matrix both ways: ``requirements`` with the cases that test them, ``tests`` with their requirements.

    For one kind of subject, rows that do not bind it are left out unless a case names them.
    """
    shown, mine = _selected(register, cases, subjects)
    return {
        "requirements": [_facts(row) | {"tested_by": [case.key for case in named]} for row, named in shown],
        "tests": [{"case": case.key, "title": case.title, "requirements": list(case.requirements)} for case in mine],
    }


Rows = list[tuple[Requirement, tuple[TestCase, ...]]]


def _selected(
    register: Register, cases: Sequence[TestCase], subjects: Iterable[str]
) -> tuple[Rows, Sequence[TestCase]]:
    """Return the rows with the cases that name them, and the cases by key; of both kinds of subject, every row."""
    subjects = frozenset(subjects)
    mine = sorted((case for case in cases if case.subject in subjects), key=lambda case: case.key)
    whole = subjects == {"server", "client"}
    rows = [(register[id], named) for id, named in tested_by(register, mine).items()]
    return [
        (row, named) for row, named in rows if whole or named or any(row.binds(subject) for subject in subjects)
    ], mine


def _facts(row: Requirement) -> dict[str, Json]:
    facts = as_json(row)
    assert isinstance(facts, dict)
    return facts


def matrix_json(register: Register, cases: Sequence[TestCase], subjects: Iterable[str]) -> str:
    """Return the matrix as JSON text."""
    return json.dumps(matrix(register, cases, subjects), indent=2)


def matrix_lines(register: Register, cases: Sequence[TestCase], subjects: Iterable[str]) -> Iterable[str]:
    """Yield the matrix for a person: each requirement with its test cases or the reason why not, then the way back."""
    shown, mine = _selected(register, cases, subjects)
    for row, named in shown:
        yield f"{row.id:<16} {row.level:<7} {row.who:<12} {row.text} [{row.source}]"
        yield f"{'':<16} {_tested(row, named)}"
    yield ""
    for case in mine:
        yield f"{case.key:<20} {' '.join(case.requirements)}"
    yield ""
    tested = sum(1 for _, named in shown if named)
    yield f"{len(shown)} requirements, {tested} of them named by {len(mine)} test cases"


def _tested(row: Requirement, cases: Sequence[TestCase]) -> str:
    if cases:
        return f"tested by {' '.join(case.key for case in cases)}"
    if row.untested is None:
        return "no test case of this side names it"
    return f"{REASON_WORDS[row.untested.kind]}: {row.untested.note}"
