"""A server under test that nobody arranges, certificates that nobody made, and the tidying up afterwards."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

import pytest

from conformance.catalogue import shipped
from conformance.catalogue.fixtures import standard_fixtures
from conformance.catalogue.instructions import INSTRUCTIONS, Order, order
from conformance.catalogue.offers import GroupOffer
from conformance.catalogue.test_case import load_cases
from conformance.face.wiring import Choice, demonstration
from conformance.reference import embedded_server
from conformance.reference.demo_identities import DemoIdentities
from conformance.reference.flaws import flaw_sides
from conformance.reference.server_operator import ServerOperator
from conformance.roles.arranger import Arranger
from conformance.running.run_record import Row
from conformance.running.session import Session
from conformance.vocabulary.errors import HarnessError, UsageError
from conformance.vocabulary.identity import is_lfdi
from conformance.wire.certificates import Pki
from conformance.wire.test_identities import TestIdentities
from tests.visitor import ServerVisitor

CASES = load_cases(shipped.testcases_folder() / "server")


def rows(folder: Path, *only: str, flaws: tuple[str, ...] = ()) -> dict[str, Row]:
    with ExitStack() as keep:
        sides = flaw_sides(flaws) or {"server": ()}
        session = Session(demonstration(Choice(only=only, cases=CASES), folder / "run", keep, sides))
        session.start()
        tests = session.finish()["tests"]
    assert isinstance(tests, list)
    return {str(row["id"]): row for row in tests if isinstance(row, dict) and row["id"] in only}


class IdleOperator(ServerOperator):
    """Does nothing of what it is told."""

    async def _carry_out(self, instruction: str, values: Mapping[str, str]) -> str:
        raise UsageError("I cannot do that")


class LyingOperator(ServerOperator):
    """Says that it has done what it was told."""

    async def _carry_out(self, instruction: str, values: Mapping[str, str]) -> str:
        return "done"


ARRANGED = ("CORE-010", "BASIC-010", "BASIC-021", "CORE-022")


def test_a_case_that_nobody_arranges_is_not_run_and_says_what_was_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded_server, "ServerOperator", IdleOperator)
    found = rows(tmp_path, *ARRANGED)
    assert {row["verdict"] for row in found.values()} == {"not_run"}
    assert all("not arranged: Make these FunctionSetAssignments" in str(row["reason"]) for row in found.values())


def test_what_was_arranged_but_is_not_served_decides_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded_server, "ServerOperator", LyingOperator)
    found = rows(tmp_path, *ARRANGED)
    assert {row["verdict"] for row in found.values()} == {"inconclusive"}
    assert all("what was arranged is not in" in str(row["reason"]) for row in found.values())


def test_err_001_is_judged_without_a_redirection_when_none_can_be_arranged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded_server, "ServerOperator", IdleOperator)
    assert rows(tmp_path, "ERR-001")["ERR-001"]["verdict"] == "pass"


def test_chains_without_a_test_pki_decide_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(DemoIdentities, "strangers", None)
    found = rows(tmp_path, "COMM-004A", "COMM-004E")
    assert {row["verdict"] for row in found.values()} == {"inconclusive"}
    assert all("identity.test_pki" in str(row["reason"]) for row in found.values())


class Clerk:
    """Notes orders, and refuses those it is told to refuse."""

    def __init__(self, *refused: str) -> None:
        self.orders: list[str] = []
        self.refused = refused

    async def instruct(self, given: Order) -> None:
        self.orders.append(given.instruction.name)

    async def attempt(self, given: Order) -> bool:
        self.orders.append(given.instruction.name)
        return given.instruction.name not in self.refused


LFDI = "A1B2C3D4E5F60718293A4B5C6D7E8F9001122334"


def arranger(clerk: Clerk) -> Arranger:
    return Arranger(clerk.instruct, clerk.attempt, standard_fixtures(), lfdi=LFDI, pin=111115, entry="/dcap")


def test_what_was_made_is_removed_last_first_even_if_one_removal_fails() -> None:
    clerk = Clerk("remove_devices")

    async def play() -> None:
        arrange = arranger(clerk)
        await arrange.groups(GroupOffer(name="A"), GroupOffer(name="B"))
        await arrange.device(LFDI)
        assert await arrange.redirect()
        await arrange.tidy_up()

    asyncio.run(play())
    made = ["create_groups", "register_device", "redirect_entry"]
    assert clerk.orders == [*made, "restore_entry", "remove_devices", "remove_group", "remove_group"]


def test_a_redirection_that_was_refused_is_not_restored() -> None:
    clerk = Clerk("redirect_entry")

    async def play() -> None:
        arrange = arranger(clerk)
        assert not await arrange.redirect()
        await arrange.tidy_up()

    asyncio.run(play())
    assert clerk.orders == ["redirect_entry"]


def test_the_reference_servers_operator_knows_every_instruction_for_a_server() -> None:
    wanted = {name for name, instruction in INSTRUCTIONS.items() if instruction.subject == "server"}
    assert wanted <= ServerOperator(ServerVisitor().server).known


def test_structures_reach_the_operator_as_json() -> None:
    given = order("cancel_controls", program="SP 1", controls=["A", "B"])
    assert given.values["controls"] == '["A", "B"]'
    assert given.text == 'Cancel the DERControls ["A", "B"] of the DERProgram SP 1, without randomization.'


def test_identities_are_issued_once_and_kept(tmp_path: Path) -> None:
    Pki.create().save(tmp_path / "authorities")
    identities = TestIdentities(tmp_path / "authorities", tmp_path / "presented")
    made = identities.made("chain-3")
    assert is_lfdi(made.lfdi)
    assert identities.made("chain-3") == made
    assert identities.made("faulty-self-signed").lfdi != made.lfdi


def test_an_identity_that_nobody_knows_is_our_fault(tmp_path: Path) -> None:
    Pki.create().save(tmp_path / "authorities")
    with pytest.raises(HarnessError, match="chain-2, chain-3, chain-4, faulty-expired"):
        TestIdentities(tmp_path / "authorities", tmp_path).made("chain-5")


def test_a_folder_without_authorities_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="test PKI"):
        TestIdentities(tmp_path, tmp_path).made("chain-2")
