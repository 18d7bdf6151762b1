"""How many cases run at once changes how long a run takes, and nothing that it finds."""

from __future__ import annotations

from contextlib import ExitStack
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from conformance.face.wiring import Choice, demonstration
from conformance.reference.flaws import flaw_sides
from conformance.running.run_record import Row
from conformance.running.session import Session

FLAWS = ("refuses_put", "no_received_response")
ONLY = ("COMM-002", "COMM-003", "CORE-003", "CORE-005", "CORE-009", "CORE-014", "TREE-001", "BASIC-017", "BASIC-020")

Told = dict[str, tuple[str, list[tuple[object, ...]]]]


@cache
def told(jobs: int, flaws: tuple[str, ...]) -> Told:
    """Return verdict and findings by case, without what tells one run from another: numbers and instants."""
    with TemporaryDirectory() as folder, ExitStack() as keep:
        session = Session(demonstration(Choice(jobs=jobs, only=ONLY), Path(folder), keep, flaw_sides(flaws)))
        session.start()
        record = session.finish()
    return {str(row["case"]): (str(row["verdict"]), findings(row)) for row in rows(record)}


def rows(record: Row) -> list[Row]:
    tests = record["tests"]
    assert isinstance(tests, list)
    return [row for row in tests if isinstance(row, dict) and row["verdict"] != "not_run"]


def findings(row: Row) -> list[tuple[object, ...]]:
    held = row["findings"]
    assert isinstance(held, list)
    return sorted({(one["requirement"], one["kind"], one["state"], one["step"], one["grade"]) for one in held}, key=str)


@pytest.mark.parametrize("jobs", [4, 64])
@pytest.mark.parametrize("flaws", [(), FLAWS])
def test_verdicts_and_findings_do_not_depend_on_the_number_of_jobs(jobs: int, flaws: tuple[str, ...]) -> None:
    alone = told(1, flaws)
    assert ("fail" in {verdict for verdict, _ in alone.values()}) == bool(flaws)
    assert told(jobs, flaws) == alone
