"""Every test case passes on the sound reference peers, fails for its flaws, and fails for no other.

Each flaw meets the cases that hunt it and a few of the others, drawn by name and so always the same; with
``--every-case`` it meets them all.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

import pytest

from conformance.catalogue.profile import load_profile
from conformance.catalogue.test_case import TestCase
from conformance.face.wiring import DEFAULT_PROFILE, DEMONSTRATED, SUBJECTS, Choice, demonstration
from conformance.reference.flaws import FLAWS, flaw_sides
from conformance.running.plan import make_plan
from conformance.running.session import Session
from tests.case_homes import CASES, HOMES, home_of

pytestmark = pytest.mark.timeout(900)
"""A part takes some seconds, on a busy machine minutes."""

OTHERS = 6
"""So many of the cases that do not hunt a flaw meet it all the same: a count, so that new cases cost no time here."""
CHUNKS = 6
"""The sound peers meet their cases in so many parts, so that each part ends well within the time limit of a test."""
MOST_AT_ONCE = 12
"""A flaw that more cases hunt than these meets them in parts too."""


def parts(flaw: str) -> int:
    return len([case for case in CASES if flaw in case.flaws]) // MOST_AT_ONCE + 1


PARTS = [(flaw, part) for flaw in sorted(FLAWS) for part in range(parts(flaw))]


def drawn(flaw: str, others: Sequence[TestCase]) -> Sequence[TestCase]:
    return sorted(others, key=lambda case: zlib.crc32(f"{flaw} {case.key}".encode()))[:OTHERS]


def verdicts(
    folder: Path, *flaws: str, cases: Sequence[TestCase] = CASES, profile: str = DEFAULT_PROFILE
) -> dict[str, str]:
    with ExitStack() as keep:
        choice = Choice(profile=profile, only=tuple(case.key for case in cases))
        session = Session(demonstration(choice, folder, keep, flaw_sides(flaws)))
        session.start()
        record = session.finish()
    tests = record["tests"]
    assert isinstance(tests, list)
    return {f"{row['subject']}/{row['id']}": str(row["verdict"]) for row in tests if isinstance(row, dict)}


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_the_sound_peers_pass_every_case_that_applies(chunk: int, tmp_path: Path) -> None:
    cases = CASES[chunk::CHUNKS]
    plan = make_plan(cases, load_profile(DEFAULT_PROFILE).declared_as(DEMONSTRATED), SUBJECTS)
    expected = {row.key: str(row.skip[0]) if row.skip else "pass" for row in plan.rows if row.case is not None}
    seen = verdicts(tmp_path, cases=cases)
    assert {case.key: seen[case.key] for case in cases} == expected
    assert set(expected.values()) <= {"pass", "not_applicable"}


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_the_sound_peers_pass_what_applies_only_elsewhere(chunk: int, tmp_path: Path) -> None:
    for profile in HOMES[1:]:
        mine = [case for case in CASES if home_of(case) == profile][chunk::CHUNKS]
        seen = verdicts(tmp_path / profile, cases=mine, profile=profile)
        assert {case.key: seen[case.key] for case in mine} == {case.key: "pass" for case in mine}


def test_a_case_that_has_flaws_applies_to_a_profile_that_proves_it() -> None:
    """Those without are proven by departures from the values they judge, see ``tests/face/test_pack_proof.py``."""
    for case in CASES:
        assert not case.flaws or home_of(case), case.key
        assert case.flaws or case.values, case.key


@pytest.mark.parametrize(("flaw", "part"), PARTS)
def test_a_flaw_fails_exactly_the_cases_that_hunt_it(
    flaw: str, part: int, tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    mine = [case for case in CASES if case.subject == FLAWS[flaw].side]
    hunting = [case for case in mine if flaw in case.flaws]
    others = [case for case in mine if flaw not in case.flaws]
    met = [*hunting, *(others if pytestconfig.getoption("every_case") else drawn(flaw, others))][part :: parts(flaw)]
    seen: dict[str, str] = {}
    for profile in HOMES:
        here = [case for case in met if home_of(case) == profile]
        told = verdicts(tmp_path / profile, flaw, cases=here, profile=profile) if here else {}
        seen |= {case.key: told[case.key] for case in here}
    failed = {key for key, verdict in seen.items() if verdict == "fail"}
    assert failed == {case.key for case in met if flaw in case.flaws}
    assert "error" not in seen.values()


def test_every_flaw_that_a_case_names_exists() -> None:
    for case in CASES:
        for flaw in case.flaws:
            assert FLAWS[flaw].side == case.subject, f"{case.key} {flaw}"
