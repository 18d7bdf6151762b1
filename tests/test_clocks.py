"""Each start and each stop of a clock that a pack may name: who keeps to it passes, who does not is caught."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance.catalogue.pack_layers import CLOCK_STARTS, CLOCK_STOPS
from conformance.catalogue.profile import load_profile
from conformance.face.pack_proof import Outcome, prove

DELIVERY, ACTUATION = "DERControl.delivery", "DERControl.actuation"
PACK = """
id: northwind
title: Northwind Power, an invented utility
version: "0.1"
layer: utility
inherits: csip-2.1
scope: one clock
sources: [{name: handbook, note: invented}]
values:
"""
ROW = 'unit: s, source: handbook, clause: "1", grade: primary'


def outcome(folder: Path, name: str, clock: str) -> Outcome:
    """Prove a pack whose only value is a duration by a clock; a short one where a notification starts it."""
    figure = 15 if name == ACTUATION else 60 if "notified" in clock else 200
    kind = "add" if name == ACTUATION else "replace, roles: [device]"
    path = folder / "northwind.yaml"
    path.write_text(f"{PACK}  {name}: {{kind: {kind}, value: {figure}, {clock}, {ROW}}}\n", encoding="utf-8")
    (proof,) = prove(load_profile(str(path)), [name])
    return proof.outcome


@pytest.mark.parametrize("start", CLOCK_STARTS)
@pytest.mark.parametrize("name", [DELIVERY, ACTUATION])
def test_a_clock_starts_where_a_pack_says(name: str, start: str, tmp_path: Path) -> None:
    assert outcome(tmp_path, name, f"clock_start: {start}") is Outcome.PROVEN


@pytest.mark.parametrize("stop", CLOCK_STOPS)
def test_the_clock_of_a_delivery_stops_where_a_pack_says(stop: str, tmp_path: Path) -> None:
    assert outcome(tmp_path, DELIVERY, f"clock_start: exposed, clock_stop: {stop}") is Outcome.PROVEN


@pytest.mark.parametrize("stop", ["response_2", "setpoint", "meter"])
def test_the_clock_of_an_actuation_stops_where_a_pack_says(stop: str, tmp_path: Path) -> None:
    assert outcome(tmp_path, ACTUATION, f"clock_start: effective_start, clock_stop: {stop}") is Outcome.PROVEN


@pytest.mark.parametrize("stop", ["response_1", "setpoint", "meter"])
def test_a_delivery_runs_from_the_notification_to_any_later_stop(stop: str, tmp_path: Path) -> None:
    assert outcome(tmp_path, DELIVERY, f"clock_start: notified, clock_stop: {stop}") is Outcome.PROVEN
