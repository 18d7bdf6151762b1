"""Other ways into a server: optional cases do not apply without them, and a start command learns which one to take."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace

import pytest

from conformance.catalogue.profile import load_profile
from conformance.catalogue.shipped import testcases_folder as shipped_cases
from conformance.catalogue.test_case import load_cases
from conformance.roles.operator import Done
from conformance.running.applies import CLEAR_TEXT, DNS_SD, WAYS_IN, skipped
from conformance.running.client_arrangement import ClientPlace, OperatorStarter
from conformance.vocabulary.contact import Contact
from conformance.vocabulary.verdict import Verdict

CASES = {case.key: case for case in load_cases(shipped_cases())}
PROFILE = load_profile("csip-2.1")


@pytest.mark.parametrize(
    ("key", "need"), [("client/COMM-001", DNS_SD), ("server/COMM-001", DNS_SD), ("client/CORE-002", CLEAR_TEXT)]
)
def test_an_optional_case_applies_only_where_the_declaration_says_where(key: str, need: str) -> None:
    case = CASES[key]
    assert skipped(case, PROFILE, lacking={need}) == (Verdict.NOT_APPLICABLE, WAYS_IN[need])
    assert skipped(case, PROFILE, supported=frozenset({"DER"})) is None


def test_a_server_is_asked_its_other_responses_without_a_port_in_the_clear() -> None:
    assert skipped(CASES["server/CORE-002"], PROFILE, lacking={DNS_SD, CLEAR_TEXT}) is None


@pytest.mark.parametrize(
    ("contact", "instruction", "words"),
    [
        (Contact.DIRECT, "restart_client", "https://127.0.0.1:8443/dcap"),
        (Contact.CLEAR_TEXT, "restart_client", "http://127.0.0.1:8080/dcap"),
        (Contact.DISCOVERY, "discover_server", "given no address"),
    ],
)
def test_an_operator_is_told_which_way_the_client_takes(contact: Contact, instruction: str, words: str) -> None:
    given = []

    async def instruct(order: object) -> Done:
        given.append(order)
        return Done.DONE

    place = ClientPlace("AB", 1, 111115, contact=contact, clear_text=("127.0.0.1", 8080))
    desk = SimpleNamespace(instruct=instruct)
    asyncio.run(OperatorStarter()(desk, place, "127.0.0.1", 8443))  # type: ignore[arg-type]
    (order,) = given
    assert order.instruction.name == instruction  # type: ignore[attr-defined]
    assert words in order.text  # type: ignore[attr-defined]
