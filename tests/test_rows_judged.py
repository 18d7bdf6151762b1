"""A requirement row that a test case names is judged by it, so that "tested by" is true; and it judges no other.

By the sound peers under the default profile. Value rules (``VAL``) are told of one by one only where they are broken.
"""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import pytest

from conformance.face.wiring import Choice, demonstration
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
def judged(tmp_path_factory: pytest.TempPathFactory) -> Told:
    """Return, by case that ran, the rows that it names and those that it judged; demands without a row are left out."""
    folder: Path = tmp_path_factory.mktemp("run")
    with ExitStack() as keep:
        session = Session(demonstration(Choice(), folder, keep, {}))
        session.start()
        tests = session.finish()["tests"]
    assert isinstance(tests, list)
    told: Told = {}
    for row in (row for row in tests if row["verdict"] != "not_applicable"):
        rows = {str(it["requirement"]) for it in row["findings"] if it["state"] != "note"}
        told[str(row["case"])] = {str(id) for id in row["requirements"]}, {id for id in rows if ":" not in id}
    return told


def test_every_row_that_a_case_names_is_judged(judged: Told) -> None:
    hollow = {(case, id) for case, (named, rows) in judged.items() for id in named - rows if not _value_rule(id)}
    assert hollow == set(ON_OCCASION)


def test_what_a_case_judges_it_names(judged: Told) -> None:
    unnamed = {(case, id) for case, (named, rows) in judged.items() for id in rows - named - RIDE_ALONG}
    assert unnamed == set()


def _value_rule(id: str) -> bool:
    return id.startswith("VAL.")
