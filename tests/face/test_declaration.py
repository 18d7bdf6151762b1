"""What a product declares chooses which values hold, and stands in the record and the report."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from test_subjects import CLIENT, SERVER, configured

from conformance.catalogue.pack_values import Phase, SourceGrade
from conformance.catalogue.profile import load_profile
from conformance.catalogue.values_in_force import Whom
from conformance.face.cli import csip
from conformance.face.wiring import Choice, configured_plan
from conformance.output.record_reading import read_run
from conformance.vocabulary.errors import UsageError
from tests.output.sample_facts import Sample, planned, run_started


def declaring(text: str, *lines: str, above: str = "") -> str:
    """Return a configuration with these lines in its subject, and some above everything."""
    return above + text.replace("[subject]\n", "[subject]\n" + "".join(f"{line}\n" for line in lines))


def test_a_client_of_which_nothing_is_declared_is_a_device_with_any_kind_of_der(tmp_path: Path) -> None:
    configuration = configured(tmp_path, CLIENT.format(port=7000))
    assert configuration.declared == Whom(role="device")
    assert load_profile("csip-2.1").put_to("client").values.whom == Whom(role="device")


def test_role_kinds_of_der_and_number_choose_the_values(tmp_path: Path) -> None:
    lines = 'role = "aggregator"', 'der = ["storage"]', "pen = 32473"
    configuration = configured(tmp_path, declaring(CLIENT.format(port=7000), *lines))
    profile, _ = configured_plan(configuration, Choice(profile="na-reference"))
    values = profile.put_to("client").values
    assert values.whom == Whom(role="aggregator", types=("storage",), pen=32473)
    assert [value.key for value in values.holding("DERControl.delivery")] == ["DERControl.delivery[aggregator]"]
    assert values.find("DERStatus.stateOfChargeStatus") is None


def test_the_phase_chooses_the_values(tmp_path: Path) -> None:
    configuration = configured(tmp_path, declaring(CLIENT.format(port=7000), 'phase = "commissioning"'))
    profile, _ = configured_plan(configuration, Choice(profile="au-sapn"))
    values = profile.put_to("client").values
    assert values.whom == Whom(role="device", phase=Phase.COMMISSIONING)
    held = values.find("MirrorUsagePoint.postRate")
    assert held is not None
    assert held.key == "MirrorUsagePoint.postRate@commissioning[aggregator,device]"


def test_a_server_is_a_server(tmp_path: Path) -> None:
    configuration = configured(tmp_path, SERVER.format(port=7000))
    assert configuration.declared.role == "server"
    with pytest.raises(UsageError, match="does not allow 'device'"):
        configured(tmp_path, declaring(SERVER.format(port=7000), 'role = "device"'))


def test_a_misspelt_claim_is_wrong_use(tmp_path: Path) -> None:
    configuration = configured(tmp_path, declaring(CLIENT.format(port=7000), 'supports = ["DER", "MirorUsagePoint"]'))
    with pytest.raises(UsageError, match=r"MirorUsagePoint\n(.|\n)*perhaps MirrorUsagePoint"):
        configured_plan(configuration, Choice())


def test_the_weakest_source_that_fails_is_configured_or_chosen(tmp_path: Path) -> None:
    text = declaring(CLIENT.format(port=7000), above='fail_from = "second-hand"\n')
    configuration = configured(tmp_path, text)
    grades = [
        configured_plan(configuration, Choice(fail_from=it))[0].values.fails_from for it in (None, SourceGrade.SEED)
    ]
    assert grades == [SourceGrade.SECOND_HAND, SourceGrade.SEED]


def test_what_was_declared_stands_in_the_report() -> None:
    def declared(**facts: object) -> str:
        subject = {"kind": "client", "name": "It"} | facts
        return read_run(Sample([run_started([planned("client/X-1", "T")], subject=subject)]).record).subject.declared

    assert declared(role="device", der=["pv", "storage"], pen=32473) == "device with pv, storage; maker's number 32473"
    assert declared(role="device", der=["pv"], phase="commissioning") == "device with pv; phase: commissioning"
    assert declared(role="aggregator", der=[], pen=None) == "aggregator, any kind of DER"
    assert declared(role="server", der=[], pen=None) == "server"
    assert declared() == ""


def test_the_demonstrations_client_can_be_declared_otherwise(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    arguments = ["demo", "--only", "COMM-002", "--role", "device", "--der", "pv", "--out", str(folder)]
    assert CliRunner().invoke(csip, arguments).exit_code == 3  # the other required tests were not run
    record = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    assert (record["subject"]["role"], record["subject"]["der"]) == ("device", ["pv"])
