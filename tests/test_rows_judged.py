"""A requirement row that a test case names is judged by it, so that "tested by" is true; and it judges no other.

By the sound peers under the default profile. Value rules (``VAL``) are told of one by one only where they are broken.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

import pytest

from conformance.catalogue.profile import load_profile
from conformance.face.wiring import DEFAULT_PROFILE, Choice, demonstration
from conformance.running.run_record import Row
from conformance.running.session import Session

pytestmark = pytest.mark.timeout(900)

ON_OCCASION = {
    ("client/BASIC-009", "STATUS.FOLLOWS"): "only where a DERStatus comes while the control runs",
    ("client/DELIVERY-001", "G22"): "of an aggregator; of a device it is G20",
    ("client/SUBSCRIBE-002", "P52"): "of an aggregator, by the value Subscription.renewal",
    ("server/CLOCK-001", "TIME.008"): "of a server whose time has quality 7",
    ("server/CORE-005", "TIME.008"): "of a server whose time has quality 7",
}
"""Rows that a case judges, but not of the reference peers under this profile, and why."""

RIDE_ALONG = {"CTP.GENERAL.2", "CTP.GENERAL.3", "VAL", "RESPONSE.PLACE", "RESPONSE.DATED"}
"""Rows that are judged wherever something is read or written, whether a case names them or not."""


Told = dict[str, tuple[set[str], set[str]]]


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Sequence[Row]:
    """Return the cases that the sound peers met."""
    folder: Path = tmp_path_factory.mktemp("run")
    with ExitStack() as keep:
        session = Session(demonstration(Choice(), folder, keep, {}))
        session.start()
        tests = session.finish()["tests"]
    assert isinstance(tests, list)
    return [row for row in tests if row["verdict"] != "not_applicable"]


def findings(row: Row) -> Sequence[Row]:
    held = row["findings"]
    assert isinstance(held, list)
    return held


@pytest.fixture(scope="module")
def judged(ran: Sequence[Row]) -> Told:
    """Return, by case that ran, the rows that it names and those that it judged; demands without a row are left out."""
    told: Told = {}
    for row in ran:
        named = row["requirements"]
        assert isinstance(named, list)
        rows = {str(it["requirement"]) for it in findings(row) if it["state"] != "note"}
        told[str(row["case"])] = {str(id) for id in named}, {id for id in rows if ":" not in id}
    return told


def test_every_row_that_a_case_names_is_judged(judged: Told) -> None:
    hollow = {(case, id) for case, (named, rows) in judged.items() for id in named - rows if not _value_rule(id)}
    assert hollow == set(ON_OCCASION)


def test_what_a_case_judges_it_names(judged: Told) -> None:
    unnamed = {(case, id) for case, (named, rows) in judged.items() for id in rows - named - RIDE_ALONG}
    assert unnamed == set()


def test_a_choice_is_named_by_every_case_that_rests_on_it(ran: Sequence[Row]) -> None:
    for policy in load_profile(DEFAULT_PROFILE).policies.values():
        resting = {str(row["case"]) for row in ran if {row["id"], row["case"]} & set(policy.cases)}
        naming = {str(row["case"]) for row in ran if any(it["policy"] == policy.name for it in findings(row))}
        assert resting <= naming, policy.name
        assert naming, policy.name


def _value_rule(id: str) -> bool:
    return id.startswith("VAL.")
