"""Every test case passes on the sound reference peers, fails for its flaws, and fails for no other.

Each flaw meets the cases that hunt it and a sample of the others, drawn by name and so always the same; with
``--every-case`` it meets them all.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

import pytest

from conformance.catalogue import shipped
from conformance.catalogue.test_case import TestCase, load_cases
from conformance.face.wiring import Choice, demonstration
from conformance.reference.flaws import FLAWS, flaw_sides
from conformance.running.session import Session

CASES = load_cases(shipped.testcases_folder())


OTHERS_SHARE = 6
"""One in so many of the cases that do not hunt a flaw meets it all the same."""


def drawn(flaw: str, case: TestCase) -> bool:
    return zlib.crc32(f"{flaw} {case.key}".encode()) % OTHERS_SHARE == 0


def verdicts(folder: Path, *flaws: str, cases: Sequence[TestCase] = CASES) -> dict[str, str]:
    with ExitStack() as keep:
        choice = Choice(only=tuple(case.key for case in cases))
        session = Session(demonstration(choice, folder, keep, flaw_sides(flaws)))
        session.start()
        record = session.finish()
    tests = record["tests"]
    assert isinstance(tests, list)
    return {f"{row['subject']}/{row['id']}": str(row["verdict"]) for row in tests if isinstance(row, dict)}


def test_the_sound_peers_pass_every_case(tmp_path: Path) -> None:
    assert verdicts(tmp_path) == {case.key: "pass" for case in CASES}


@pytest.mark.parametrize("flaw", sorted(FLAWS))
def test_a_flaw_fails_exactly_the_cases_that_hunt_it(flaw: str, tmp_path: Path, pytestconfig: pytest.Config) -> None:
    mine = [case for case in CASES if case.subject == FLAWS[flaw].side]
    everything = pytestconfig.getoption("every_case")
    met = [case for case in mine if everything or flaw in case.flaws or drawn(flaw, case)]
    seen = verdicts(tmp_path, flaw, cases=met)
    failed = {key for key, verdict in seen.items() if verdict == "fail"}
    assert failed == {case.key for case in met if flaw in case.flaws}
    assert "error" not in seen.values()


def test_every_case_names_a_flaw_that_exists() -> None:
    for case in CASES:
        assert case.flaws, case.key
        for flaw in case.flaws:
            assert FLAWS[flaw].side == case.subject, f"{case.key} {flaw}"
