"""The timing figures of a handbook: who keeps to them all passes, who departs from one fails by that one.

The handbook is invented, and every value of it is primary, so that breaking it fails. The peers are the embedded ones:
what they do follows from the values they keep to.
"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from conformance.catalogue.pack_values import Phase
from conformance.catalogue.profile import load_profile
from conformance.catalogue.values_in_force import Values
from conformance.face.wiring import DEMONSTRATED, Choice, demonstration
from conformance.judgement.finding import State
from conformance.output.record_reading import read_run
from conformance.output.run_view import CaseView
from conformance.running.session import Session

HANDBOOK = """
id: northwind
title: Northwind Power, an invented utility
version: "0.1"
layer: utility
inherits: csip-2.1
scope: Timing figures of an invented handbook.
sources: [{name: handbook, note: invented}]
values:
  DERControlList.pollRate: {kind: tighten, value: 120, unit: s, source: handbook, grade: primary}
  MirrorUsagePoint.postRate: {kind: tighten, value: 120, unit: s, source: handbook, grade: primary}
  DERStatus.post_interval: {value: 120, unit: s, source: handbook, grade: primary}
  DERStatus.alarm_latency: {value: 30, unit: s, source: handbook, grade: primary}
  DERControl.delivery: {kind: tighten, value: 180, unit: s, clock_start: exposed, source: handbook, grade: primary}
  DERControl.actuation: {value: 15, unit: s, clock_start: effective_start, source: handbook, grade: primary}
  DERControl.stored_events: {kind: tighten, value: 26, unit: "1", source: handbook, grade: primary}
  DERControl.comms_loss: {kind: replace, value: finish_then_default, source: handbook, grade: primary}
  DERControl.comms_loss_recovery: {value: 90, unit: s, source: handbook, grade: primary}
  EndDevice.static_export: {value: 1000, unit: W, phase: registration, source: handbook, grade: primary}
  MirrorUsagePoint.readings:
    {kind: tighten, value: [site.W, der.W, der.var, der.Hz, der.V], source: handbook, grade: primary}
  MirrorMeterReading.method: {value: integrate, source: handbook, grade: primary}
  MirrorMeterReading.sample_interval: {value: 5, unit: s, source: handbook, grade: primary}
  MirrorMeterReading.post_jitter: {value: 40, unit: s, source: handbook, grade: primary}
  Reading.timePeriod.alignment: {value: [postRate], source: handbook, grade: primary}
  Reading.timePeriod.multiple: {value: 60, unit: s, source: handbook, grade: primary}
  Reading.timePeriod.stamp: {value: interval_end, source: handbook, grade: primary}
"""

CASES = {
    "CADENCE-001": ["DERControlList.pollRate"],
    "CADENCE-002": ["MirrorUsagePoint.postRate", "DERStatus.post_interval"],
    "ALIGNED-001": [
        "MirrorMeterReading.post_jitter",
        "Reading.timePeriod.alignment",
        "Reading.timePeriod.multiple",
        "Reading.timePeriod.stamp",
    ],
    "AVERAGE-001": ["MirrorMeterReading.method", "MirrorMeterReading.sample_interval"],
    "DELIVERY-001": ["DERControl.delivery"],
    "ACTUATION-001": ["DERControl.actuation"],
    "STORED-001": ["DERControl.stored_events"],
    "LOSS-001": ["DERControl.comms_loss", "DERControl.comms_loss_recovery"],
    "ALARM-002": ["DERStatus.alarm_latency"],
    "DEFAULTS-001": ["EndDevice.static_export"],
}
"""The cases, with the values that each is to judge."""

DEPARTURES = (
    ("CADENCE-001", "DERControlList.pollRate", 240.0),
    ("CADENCE-002", "MirrorUsagePoint.postRate", 300.0),
    ("CADENCE-002", "DERStatus.post_interval", 240.0),
    ("ALIGNED-001", "MirrorMeterReading.post_jitter", 80.0),
    ("ALIGNED-001", "Reading.timePeriod.alignment", ("60",)),
    ("ALIGNED-001", "Reading.timePeriod.multiple", 90.0),
    ("ALIGNED-001", "Reading.timePeriod.stamp", "interval_start"),
    ("AVERAGE-001", "MirrorMeterReading.method", "sample"),
    ("AVERAGE-001", "MirrorMeterReading.sample_interval", 10.0),
    ("DELIVERY-001", "DERControl.delivery", 600.0),
    ("ACTUATION-001", "DERControl.actuation", 15.2),
    ("STORED-001", "DERControl.stored_events", 24.0),
    ("LOSS-001", "DERControl.comms_loss", "default_at_once"),
    ("LOSS-001", "DERControl.comms_loss_recovery", 180.0),
    ("ALARM-002", "DERStatus.alarm_latency", 60.0),
    ("DEFAULTS-001", "EndDevice.static_export", 3000.0),
)
"""What a peer does instead of what the handbook asks for. 15.2 s stands for a plant that lags by 15.1 s."""

FOLLOWS = {"MirrorMeterReading.sample_interval": {"MirrorMeterReading.method"}}
"""What else is broken of necessity: a meter that looks too rarely for the one stimulus misses the faster one, too."""


@pytest.fixture(scope="module")
def handbook(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("pack") / "northwind.yaml"
    path.write_text(HANDBOOK, encoding="utf-8")
    return path


def run(
    handbook: Path | str, folder: Path, *cases: str, kept: Values | None = None, phase: Phase = Phase.NORMAL
) -> dict[str, CaseView]:
    with ExitStack() as keep:
        whom = replace(DEMONSTRATED["client"], phase=phase)
        choice = Choice(profile=str(handbook), only=tuple(f"client/{case}" for case in cases), client=whom)
        session = Session(demonstration(choice, folder, keep, {"client": ()}, peers_keep_to=kept))
        session.start()
        view = read_run(session.finish())
    return {case.id: case for case in view.cases if case.id in cases}


def test_a_client_of_a_new_site_keeps_to_what_its_phase_asks_for_and_to_the_rest(tmp_path: Path) -> None:
    cases = ("ACTUATION-001", "CADENCE-001", "CADENCE-002", "COMMISSION-001")
    seen = run("au-sapn", tmp_path / "run", *cases, phase=Phase.COMMISSIONING)
    assert {id: str(case.verdict) for id, case in seen.items()} == dict.fromkeys(cases, "pass")


EXPOSED = "tighten, value: 180, unit: s, clock_start: exposed"
NOTIFIED = "replace, value: 60, unit: s, clock_start: notified"


def test_a_delivery_is_counted_from_the_notification(tmp_path: Path) -> None:
    """A subscriber polls so seldom that only a notification can start the clock; who keeps it to himself is late."""
    often = "tighten, value: 120, unit: s, source: handbook"
    seldom = HANDBOOK.replace(often, often.replace("tighten, value: 120", "replace, value: 3600"), 1)
    handbook = tmp_path / "northwind.yaml"
    handbook.write_text(seldom.replace(EXPOSED, NOTIFIED), encoding="utf-8")
    values = load_profile(str(handbook)).values
    value = values.find("DERControl.delivery")
    assert value is not None
    assert value.clock_start == "notified"
    in_time = run(handbook, tmp_path / "in time", "DELIVERY-001")["DELIVERY-001"]
    late = run(handbook, tmp_path / "late", "DELIVERY-001", kept=values.having(replace(value, figure=120.0)))
    assert (str(in_time.verdict), str(late["DELIVERY-001"].verdict)) == ("pass", "fail")
    assert broken(late["DELIVERY-001"]) == {"DERControl.delivery"}
    (finding,) = late["DELIVERY-001"].findings_in(State.FAIL)
    assert "after its notification" in finding.expected


def test_a_delivery_counted_from_a_notification_is_undecided_without_one(tmp_path: Path) -> None:
    handbook = tmp_path / "northwind.yaml"
    handbook.write_text(HANDBOOK.replace(EXPOSED, NOTIFIED), encoding="utf-8")
    kept = load_profile(str(handbook)).values
    for one in [value for value in kept.values() if value.name == "Subscription"]:
        kept = kept.having(replace(one, figure="forbidden"))
    seen = run(handbook, tmp_path / "run", "DELIVERY-001", kept=kept)["DELIVERY-001"]
    assert str(seen.verdict) == "inconclusive"
    assert [finding.observed for finding in seen.findings_in(State.INCONCLUSIVE)] == [
        "its notification was not observed"
    ]


def broken(case: CaseView) -> set[str]:
    """The demands that findings say are broken, by the name of their value."""
    failed = case.findings_in(State.FAIL)
    keys = (finding.demand or finding.requirement or "" for finding in failed)
    return {key.partition("@")[0].partition("[")[0] for key in keys}


def test_a_client_that_keeps_to_the_handbook_passes_close_to_every_figure(handbook: Path, tmp_path: Path) -> None:
    seen = run(handbook, tmp_path / "run", *CASES)
    assert {id: str(case.verdict) for id, case in seen.items()} == dict.fromkeys(CASES, "pass")


@pytest.mark.parametrize(("case", "name", "figure"), DEPARTURES)
def test_a_client_that_departs_from_one_figure_fails_by_that_one(
    case: str, name: str, figure: float | str | tuple[str, ...], handbook: Path, tmp_path: Path
) -> None:
    values = load_profile(str(handbook)).values
    value = values.find(name) or values.find(name, Phase.REGISTRATION)
    assert value is not None
    seen = run(handbook, tmp_path / "run", case, kept=values.having(replace(value, figure=figure)))
    assert str(seen[case].verdict) == "fail"
    assert broken(seen[case]) - FOLLOWS.get(name, set()) == {name}


def test_every_value_of_the_cases_is_departed_from() -> None:
    assert {(case, name) for case, names in CASES.items() for name in names} == {row[:2] for row in DEPARTURES}
