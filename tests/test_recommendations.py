"""A peer that leaves out what is only recommended passes, with a warning that names it."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import pytest

from conformance.face.wiring import Choice, demonstration
from conformance.reference.flaws import flaw_sides
from conformance.running.session import Session

pytestmark = pytest.mark.timeout(900)

CASES = (
    ("client/NEWER-001", "older_wins", "G14"),
    ("client/RATES-001", "keeps_first_poll_rate", "P38.CHANGE"),
    ("client/RATES-002", "keeps_first_post_rate", "P42.CHANGE"),
    ("client/CLOCK-002", "asks_time_hastily", "TIME.RETRIED"),
    ("server/BASIC-015", "forgets_cancelled", "KEEPS.CANCELLED"),
    ("server/BASIC-017", "responses_misplaced", "RESPONSE.PLACE"),
    ("server/SCHEDULE-001", "controls_of_one_start_out_of_order", "LIST.TIES"),
    ("server/PROGRAMS-001", "programs_of_one_primacy_out_of_order", "LIST.TIES"),
)
"""Test case, flaw, and the requirement that the flaw is warned of by."""


def warnings(folder: Path, case: str, *flaws: str) -> tuple[str, set[str]]:
    """Return the verdict of a case, and the requirements of its warnings."""
    with ExitStack() as keep:
        session = Session(demonstration(Choice(only=(case,)), folder, keep, flaw_sides(flaws)))
        session.start()
        record = session.finish()
    tests = record["tests"]
    assert isinstance(tests, list)
    (row,) = (row for row in tests if f"{row['subject']}/{row['id']}" == case)
    return str(row["verdict"]), {str(it["requirement"]) for it in row["findings"] if it["state"] == "warning"}


@pytest.mark.parametrize(("case", "flaw", "requirement"), CASES)
def test_what_is_only_recommended_is_warned_of(case: str, flaw: str, requirement: str, tmp_path: Path) -> None:
    assert warnings(tmp_path / "sound", case) == ("pass", set())
    assert warnings(tmp_path / "flawed", case, flaw) == ("pass", {requirement})
