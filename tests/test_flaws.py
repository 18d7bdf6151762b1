"""Every test case passes on the sound reference peers, fails for its flaws, and fails for no other."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import pytest

from conformance.catalogue import shipped
from conformance.catalogue.test_case import load_cases
from conformance.face.wiring import Choice, demonstration
from conformance.reference.flaws import FLAWS, flaw_sides
from conformance.running.session import Session

CASES = load_cases(shipped.testcases_folder())


def verdicts(folder: Path, *flaws: str) -> dict[str, str]:
    with ExitStack() as keep:
        session = Session(demonstration(Choice(), folder, keep, flaw_sides(flaws)))
        session.start()
        record = session.finish()
    tests = record["tests"]
    assert isinstance(tests, list)
    return {f"{row['subject']}/{row['id']}": str(row["verdict"]) for row in tests if isinstance(row, dict)}


def test_the_sound_peers_pass_every_case(tmp_path: Path) -> None:
    assert verdicts(tmp_path) == {case.key: "pass" for case in CASES}


@pytest.mark.parametrize("flaw", sorted(FLAWS))
def test_a_flaw_fails_exactly_the_cases_that_hunt_it(flaw: str, tmp_path: Path) -> None:
    seen = verdicts(tmp_path, flaw)
    assert {key for key, verdict in seen.items() if verdict == "fail"} == {
        case.key for case in CASES if flaw in case.flaws and case.subject == FLAWS[flaw].side
    }
    assert "error" not in seen.values()


def test_every_case_names_a_flaw_that_exists() -> None:
    for case in CASES:
        assert case.flaws, case.key
        for flaw in case.flaws:
            assert FLAWS[flaw].side == case.subject, f"{case.key} {flaw}"
