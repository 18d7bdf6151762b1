"""Packs prove themselves: every value that can be broken by a peer is caught, and let through below."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner

from conformance.catalogue.profile import Profile, load_profile, profile_names
from conformance.face.pack_proof import UNPROVEN, Outcome, Proof, exit_code, prove
from conformance.face.profile_test_command import test_pack as command
from tests.catalogue.made_pack import rate, word, write

AT_LEAST = {
    "na-reference": 17,
    "au-reference": 12,
    "csip-aus-1.2": 20,
    "csip-aus-1.3-storage": 20,
    "au-sapn": 18,
    "au-energy-queensland": 16,
}
"""How many values of a pack are proven."""


@pytest.mark.timeout(900)
@pytest.mark.parametrize("name", [name for name in profile_names() if name != "harness"])
def test_all_that_a_pack_changes_is_proven(name: str) -> None:
    proofs = list(prove(load_profile(name)))
    assert [(proof.key, proof.why) for proof in proofs if proof.outcome in (Outcome.FAILED, *UNPROVEN)] == []
    assert sum(proof.outcome is Outcome.PROVEN for proof in proofs) >= AT_LEAST.get(name, 0)


def proven(profile: Profile, *only: str) -> Sequence[Proof]:
    return list(prove(profile, only))


def test_a_pack_catches_what_its_parent_lets_through() -> None:
    (proof,) = proven(load_profile("partner-fortress"), "EndDevice.duplicate")
    assert (proof.outcome, proof.pack, proof.parent) == (Outcome.PROVEN, "fail", "let through")
    assert proof.cases == ("server/REGISTERED-003",)


def test_the_grade_decides_as_what_a_departure_is_caught(tmp_path: Path) -> None:
    for grade, cost in (("second-hand", "provisional"), ("seed", "warning")):
        rows = {"EndDevice.duplicate": word("idempotent", roles=["server"], grade=grade)}
        (proof,) = proven(load_profile(str(write(tmp_path, grade, inherits="csip-2.1", values=rows))))
        assert (proof.outcome, proof.pack) == (Outcome.PROVEN, cost)


def test_a_pack_that_asks_for_less_lets_through_what_its_parent_catches(tmp_path: Path) -> None:
    write(tmp_path, "strict", inherits="csip-2.1", values={"EndDevice.duplicate": word("refused", roles=["server"])})
    waived = {"kind": "waive", "source": "letter", "reason": "they agreed", "roles": ["server"]}
    eased = load_profile(str(write(tmp_path, "eased", inherits="strict", values={"EndDevice.duplicate": waived})))
    (proof,) = proven(eased)
    assert (proof.outcome, proof.pack, proof.parent) == (Outcome.PROVEN, "let through", "fail")


def test_a_floor_under_polls_is_proven(tmp_path: Path) -> None:
    rows = {"FunctionSetAssignmentsList.pollRate_floor": rate(value=3600)}
    (proof,) = proven(load_profile(str(write(tmp_path, "hourly", inherits="csip-2.1", values=rows))))
    assert (proof.outcome, proof.cases) == (Outcome.PROVEN, ("client/CADENCE-001",))


def test_the_exit_code_tells_failed_from_missing() -> None:
    (proof,) = proven(load_profile("partner-fortress"), "EndDevice.duplicate")
    outcomes = {Outcome.PROVEN: 0, Outcome.FLEET: 0, Outcome.NOTHING: 0, Outcome.NO_CASE: 3, Outcome.NO_PEER: 3}
    assert {outcome: exit_code([_as(proof, outcome)]) for outcome in outcomes} == outcomes
    assert exit_code([_as(proof, Outcome.NO_CASE), _as(proof, Outcome.FAILED)]) == 1


def _as(proof: Proof, outcome: Outcome) -> Proof:
    return Proof(proof.departure, outcome)


def test_the_command_shows_each_value_and_a_total() -> None:
    result = CliRunner().invoke(command, ["partner-fortress", "--only", "EndDevice.duplicate", "--only", "HTTP.retry"])
    assert result.exit_code == 0
    assert "add: a peer with refused instead of idempotent" in result.output
    assert "pack: fail, parent: let through; server/REGISTERED-003" in result.output
    assert "partner-fortress: 1 proven, 1 needs a fleet" in result.output


def test_a_value_that_the_pack_does_not_change_is_wrong_use() -> None:
    result = CliRunner().invoke(command, ["partner-fortress", "--only", "EndDevice.duplicat"])
    assert "perhaps EndDevice.duplicate" in str(result.exception)
