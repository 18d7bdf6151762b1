"""The handbook cases of a client: sound under every pack, and each demand is caught when a client departs from it."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import pytest

from conformance.catalogue import shipped
from conformance.catalogue.profile import load_profile
from conformance.catalogue.test_case import cases_in_file
from conformance.face import pack_proof
from conformance.face.pack_proof import Outcome, prove
from conformance.face.wiring import Choice, demonstration
from conformance.running.session import Session

FOLDER = shipped.testcases_folder() / "client"
FILES = ("handbook", "handbook_readings", "handbook_registration", "fleet")
CASES = tuple(case for name in FILES for case in cases_in_file(FOLDER / f"{name}.py"))

DEPARTED = {
    "na-reference": ("EndDevice.registration", "MirrorUsagePoint.readings", "DERAvailability.readingTime", "LogEvent"),
    "au-reference": ("LogEvent", "DERAvailability", "DERControlBase.opModImpLimW"),
    "csip-aus-1.2": ("mRID.pen_base", "ReadingType.dataQualifier", "Registration.without_link", "DERControlBase.modes"),
    "csip-aus-1.3-storage": ("DERSettings.setMinWh", "DERCapability.rtgMinPFOverExcited", "MirrorUsagePoint.readings"),
    "au-cppue": ("DERStatus.stateOfChargeStatus", "Response.status", "DERSettings.aggregate", "EndDevice.lFDI.case"),
    "au-energy-queensland": ("mRID.form", "mRID.unique", "EndDevice.registration"),
    "au-sapn": ("DERStatus.aggregate",),
    "partner-fortress": ("MirrorMeterReading.unmeasured", "EndDevice.lFDI.case"),
}


@pytest.mark.parametrize("pack", sorted(DEPARTED))
def test_the_sound_client_keeps_to_it_and_fleets_wait(pack: str, tmp_path: Path) -> None:
    with ExitStack() as keep:
        choice = Choice(profile=load_profile(pack), cases=CASES)
        session = Session(demonstration(choice, tmp_path, keep, {"client": ()}))
        session.start()
        tests = session.finish()["tests"]
    assert isinstance(tests, list)
    rows = [row for row in tests if isinstance(row, dict) and row["id"] in {case.id for case in CASES}]
    ends = {str(row["id"]): str(row["verdict"]) for row in rows}
    assert {end for id, end in ends.items() if id.startswith("FLEET")} <= {"not_run", "not_applicable"}
    assert {end for id, end in ends.items() if not id.startswith("FLEET")} <= {"pass", "not_applicable", "not_run"}


@pytest.mark.parametrize("pack", sorted(DEPARTED))
def test_a_client_that_departs_is_caught_by_the_pack_and_let_through_by_its_parent(
    pack: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pack_proof, "load_cases", lambda folder: CASES)
    proofs = [proof for proof in prove(load_profile(pack), DEPARTED[pack]) if proof.outcome is not Outcome.FLEET]
    assert {proof.departure.value.name for proof in proofs} == set(DEPARTED[pack])
    assert {proof.key: (proof.outcome, proof.why) for proof in proofs if proof.outcome is not Outcome.PROVEN} == {}
