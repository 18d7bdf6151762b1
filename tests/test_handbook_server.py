"""The cases of a server by its handbook: sound servers pass, and one that departs from a figure is caught by it."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from conformance.catalogue import shipped
from conformance.catalogue.demands import Figure
from conformance.catalogue.pack_values import Kind, SourceGrade, Value
from conformance.catalogue.profile import load_profile
from conformance.catalogue.test_case import load_cases
from conformance.catalogue.values_in_force import Values
from conformance.face import wiring
from conformance.face.wiring import DEMONSTRATED, Choice, demonstration
from conformance.judgement.demanded import kept_by_server
from conformance.running.run_record import Row
from conformance.running.session import Session

pytestmark = pytest.mark.timeout(300)

Departures = tuple[tuple[str, str, Figure, str, bool], ...]

DEPARTURES: Departures = (
    ("partner-fortress", "HTTP.unidentified", ("407",), "HTTP-001", True),
    ("partner-fortress", "HTTP.unauthorised", ("404",), "HTTP-001", True),
    ("partner-fortress", "HTTP.redirects", "required", "HTTP-002", True),
    ("partner-fortress", "DeviceCapability.href", "configured", "HTTP-005", True),
    ("partner-fortress", "EndDevice.duplicate", "refused", "REGISTERED-003", True),
    ("partner-fortress", "EndDevice.registration", ("out_of_band",), "REGISTERED-001", True),
    ("partner-fortress", "mRID.change", "primacy", "PUBLISHED-002", True),
    ("na-reference", "EndDevice.registration", ("out_of_band",), "REGISTERED-001", False),
    ("au-energy-queensland", "EndDevice.registration", ("in_band",), "REGISTERED-001", True),
    ("csip-aus-1.2", "EndDevice.duplicate", "idempotent", "REGISTERED-003", True),
    ("csip-aus-1.2", "HTTP.encodings", ("xml",), "HTTP-003", False),
    ("au-sapn", "DERControlList.pollRate", 900.0, "SERVED-001", True),
    ("csip-aus-1.2", "csipaus.namespace", "http://csipaus.org/ns", "LIMITS-001", True),
    ("csip-aus-1.2", "csipaus.namespace", "urn:example:another", "LIMITS-002", True),
    ("au-reference", "csipaus.namespace", "https://csipaus.org/ns", "LIMITS-001", True),
    ("au-reference", "csipaus.discovery", "optional", "DISCOVERY-001", True),
    ("au-sapn", "ConnectionPoint.connectionPointId.prefixes", ("VAAA",), "CONNECTION-001", True),
    ("au-sapn", "ConnectionPoint.order", "never", "CONNECTION-002", True),
    ("au-energy-queensland", "FunctionSetAssignmentsList.pollRate", 86400.0, "SERVED-001", False),
)
"""Pack, value, the figure the server goes by instead, the case that tells, whether it fails or is warned of."""


CASES = load_cases(shipped.testcases_folder() / "server")


def run(folder: Path, profile: str, *ids: str, keeps_to: Values | None = None) -> dict[str, Row]:
    with ExitStack() as keep:
        choice = Choice(profile=profile, cases=CASES, only=tuple(f"server/{id}" for id in ids))
        session = Session(demonstration(choice, folder, keep, {"server": ()}, peers_keep_to=keeps_to))
        session.start()
        record = session.finish()
    tests = record["tests"]
    assert isinstance(tests, list)
    return {str(row["id"]): row for row in tests if isinstance(row, dict) and row["id"] in ids}


def departing(profile: str, name: str, figure: Figure) -> Values:
    """Return the values of a profile with another figure in one place."""
    values = load_profile(profile).declared_as(DEMONSTRATED).put_to("server").values
    value = values.find(name)
    assert value is not None
    return values.having(replace(value, figure=figure))


def about(row: Row, name: str) -> list[str]:
    """Return the states of the findings on a value."""
    findings = row["findings"]
    assert isinstance(findings, list)
    return [str(finding["state"]) for finding in findings if name in str(finding["expected"])]


@pytest.mark.parametrize(("profile", "name", "figure", "case", "fails"), DEPARTURES)
def test_a_server_that_departs_from_a_figure_is_caught(
    profile: str, name: str, figure: Figure, case: str, fails: bool, tmp_path: Path
) -> None:
    row = run(tmp_path, profile, case, keeps_to=departing(profile, name, figure))[case]
    assert ("fail" if fails else "warning") in about(row, name), row["findings"]
    assert row["verdict"] == ("fail" if fails else "pass")


@pytest.mark.parametrize(("profile", "case"), sorted({(profile, case) for profile, _, _, case, _ in DEPARTURES}))
def test_a_server_that_keeps_to_the_pack_passes(profile: str, case: str, tmp_path: Path) -> None:
    assert run(tmp_path, profile, case)[case]["verdict"] == "pass"


def test_the_first_default_is_the_one_of_commissioning(tmp_path: Path) -> None:
    values = load_profile("au-sapn").values
    other = replace(values["DefaultDERControl.opModExpLimW@commissioning[server]"], figure=3000.0)
    row = run(tmp_path, "au-sapn", "CONNECTION-002", keeps_to=values.having(other))["CONNECTION-002"]
    assert about(row, "DefaultDERControl.opModExpLimW") == ["fail"]


def test_a_parent_that_allows_both_ways_lets_either_pass(tmp_path: Path) -> None:
    out_of_band = departing("csip-2.1", "EndDevice.registration", ("out_of_band",))
    assert run(tmp_path, "csip-2.1", "REGISTERED-001", keeps_to=out_of_band)["REGISTERED-001"]["verdict"] == "pass"


def test_as_many_requests_as_agreed_are_served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No pack knows the number; one is put in its place here."""
    profile = load_profile("csip-aus-1.2")
    unknown = profile.values["HTTP.requests_per_minute"]
    known = replace(unknown, figure=30.0, grade=SourceGrade.PRIMARY)
    told = replace(profile, values=profile.values.having(known))
    monkeypatch.setattr(wiring, "load_profile", lambda name: told)
    assert run(tmp_path / "sound", "csip-aus-1.2", "HTTP-004")["HTTP-004"]["verdict"] == "pass"
    fewer = told.values.having(replace(known, figure=20.0))
    row = run(tmp_path / "sparing", "csip-aus-1.2", "HTTP-004", keeps_to=fewer)["HTTP-004"]
    assert row["verdict"] == "fail"


def test_a_value_of_a_server_is_one_it_is_named_in() -> None:
    given = Value("Time.pollRate", 60.0, "s", "ours", SourceGrade.PRIMARY, "made", Kind.ADD)
    assert kept_by_server(given, False, "900 s").state == "warning"
    assert kept_by_server(replace(given, roles=("server",)), False, "900 s").state == "fail"
