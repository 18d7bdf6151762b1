"""What a peer does that breaks one value of a pack and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance.catalogue.departures import Departure, departures
from conformance.catalogue.profile import load_profile
from conformance.catalogue.values_in_force import Whom
from tests.catalogue.made_pack import Rows, rate, two, word, write

EASED: Rows = {"source": "letter", "reason": "r"}


def only(folder: Path, below: Rows, above: Rows) -> Departure:
    profile = two(folder, below, above)
    (found,) = departures(profile, profile.parent)
    return found


@pytest.mark.parametrize(
    ("name", "row", "done"),
    [
        ("Time.drift", rate(value=60), 120.0),
        ("Time.drift", rate(value=0), 60.0),
        ("DERControl.stored_events", rate(value=48, unit="1"), 24.0),
        ("DERControl.stored_events", rate(value=1, unit="1"), 0.0),
        ("Reading.timePeriod.multiple", rate(value=60), 90.0),
        ("DefaultDERControl.setGradW", rate(value=27, unit="1"), 26.0),
        ("EndDevice.lFDI.case", word("lower"), "upper"),
        ("mRID.form", word("a form of their own"), "drawn by lot"),
        ("EndDevice.registration", word(["in_band"]), ("out_of_band",)),
        ("Reading.timePeriod.alignment", word(["60"]), ("61",)),
        ("MirrorUsagePoint.readings", word(["site.W", "der.W"]), ("site.W",)),
        ("DERSettings.setMaxW", word("required"), "forbidden"),
        ("DERSettings.setMaxW", word("forbidden"), "required"),
    ],
)
def test_a_value_that_no_layer_below_has_is_broken_clearly(tmp_path: Path, name: str, row: Rows, done: object) -> None:
    assert only(tmp_path, {}, {name: row}).done == done


@pytest.mark.parametrize(
    ("name", "below", "above", "done"),
    [
        ("Time.drift", rate(value=60), rate(kind="tighten", value=10), 60.0),
        ("DERControl.stored_events", rate(value=24, unit="1"), rate(kind="tighten", value=72, unit="1"), 24.0),
        ("EndDevice.lFDI.case", word("upper"), word("lower", kind="replace"), "upper"),
        (
            "EndDevice.registration",
            word(["in_band", "out_of_band"]),
            word(["out_of_band"], kind="tighten"),
            ("in_band",),
        ),
        ("MirrorUsagePoint.readings", word(["der.W"]), word(["site.W", "der.W"], kind="tighten"), ("der.W",)),
        ("DERSettings.setMaxW", word("optional"), word("required", kind="tighten"), "forbidden"),
        ("Time.drift", rate(value=60), rate(kind="replace", value=60, source="letter"), 120.0),
    ],
)
def test_a_value_that_asks_for_more_is_broken_by_what_stood_below(
    tmp_path: Path, name: str, below: Rows, above: Rows, done: object
) -> None:
    found = only(tmp_path, {name: below}, {name: above})
    assert (found.done, found.eased) == (done, False)


@pytest.mark.parametrize(
    ("name", "below", "above", "done"),
    [
        ("Time.drift", rate(value=60), rate(kind="relax", value=90, reason="r"), 90.0),
        (
            "EndDevice.lFDI.derivation",
            word(["certificate_hash"]),
            word(["certificate_hash", "issued"], kind="relax", reason="r"),
            ("issued",),
        ),
        ("LogEvent", word("required"), word("optional", kind="relax", reason="r"), "forbidden"),
        ("LogEvent", word("required"), EASED | {"kind": "waive"}, "forbidden"),
        ("LogEvent", word("required"), EASED | {"kind": "remove"}, "forbidden"),
    ],
)
def test_a_value_that_asks_for_less_is_tried_by_what_it_allows(
    tmp_path: Path, name: str, below: Rows, above: Rows, done: object
) -> None:
    found = only(tmp_path, {name: below}, {name: above})
    assert (found.done, found.eased, found.value.pack) == (done, True, "below")


@pytest.mark.parametrize(
    ("name", "row"),
    [
        ("LogEvent", word("optional")),
        ("EndDevice.registration", word(["in_band", "out_of_band"])),
        ("Time.drift", rate(evidence="D")),
    ],
)
def test_what_nothing_can_break_says_why(tmp_path: Path, name: str, row: Rows) -> None:
    found = only(tmp_path, {}, {name: row})
    assert found.done is None
    assert found.nothing


def test_what_is_not_known_cannot_be_broken() -> None:
    profile = load_profile("au-reference")
    found = {item.value.key: item for item in departures(profile, profile.parent)}["DERAvailability.post_interval"]
    assert (found.done, found.nothing) == (None, "not known; ask the author of the table")


def test_the_departing_peer_keeps_to_all_values_but_one(tmp_path: Path) -> None:
    rows = {"Time.drift": rate(), "DERStatus.post_interval": rate(value=300)}
    profile = load_profile(str(write(tmp_path, "above", inherits="harness", values=rows)))
    (drift,) = (item for item in departures(profile, profile.parent) if item.value.name == "Time.drift")
    kept = drift.kept_by(profile.values).put_to(Whom(role="device"))
    assert {key: value.figure for key, value in kept.items()} == {"Time.drift": 1200, "DERStatus.post_interval": 300}


def test_only_the_topmost_layer_is_proven() -> None:
    profile = load_profile("na-reference")
    assert {item.override.pack for item in departures(profile, profile.parent)} == {"na-reference"}


def test_a_value_from_another_source_is_caught_below_as_well(tmp_path: Path) -> None:
    row = rate(kind="replace", source="letter")
    assert only(tmp_path, {"Time.drift": rate()}, {"Time.drift": row}).same_below
