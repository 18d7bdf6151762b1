"""What sets two profiles apart."""

from __future__ import annotations

from pathlib import Path

from conformance.catalogue.pack_diff import Change, diff
from conformance.catalogue.profile import load_profile
from tests.catalogue.made_pack import Rows, rate, word, write

POLL = "DERControlList.pollRate"


def changes(folder: Path, one: Rows, other: Rows, **parts: object) -> dict[str, tuple[Change, str, str]]:
    first = load_profile(str(write(folder, "one", values=one)))
    second = load_profile(str(write(folder, "other", values=other, **parts)))
    return {f"{item.part} {item.name}": (item.change, item.first, item.second) for item in diff(first, second)}


def test_equal_packs_do_not_differ(tmp_path: Path) -> None:
    assert changes(tmp_path, {POLL: rate()}, {POLL: rate()}) == {}


def test_another_source_of_the_same_figure_is_no_difference(tmp_path: Path) -> None:
    assert changes(tmp_path, {POLL: rate()}, {POLL: rate(source="letter")}) == {}


def test_one_number_is_one_difference_with_both_sources(tmp_path: Path) -> None:
    same = {"LogEvent": word("required")}
    found = changes(tmp_path, same | {POLL: rate()}, same | {POLL: rate(value=120, source="letter", clause="9")})
    assert found == {f"value {POLL}": (Change.TIGHTER, "600 s [handbook 1 (primary)]", "120 s [letter 9 (primary)]")}


def test_looser_different_and_missing_values_are_told_apart(tmp_path: Path) -> None:
    one = {POLL: rate(), "EndDevice.lFDI.case": word("upper"), "LogEvent": word("required")}
    other = {POLL: rate(value=900), "EndDevice.lFDI.case": word("lower"), "DERAvailability": word("required")}
    found = {name: change for name, (change, _, _) in changes(tmp_path, one, other).items()}
    assert found == {
        f"value {POLL}": Change.LOOSER,
        "value EndDevice.lFDI.case": Change.DIFFERENT,
        "value LogEvent": Change.ONLY_FIRST,
        "value DERAvailability": Change.ONLY_SECOND,
    }


def test_a_waiver_is_looser(tmp_path: Path) -> None:
    write(tmp_path, "below", values={POLL: rate()})
    waived = {POLL: {"kind": "waive", "source": "letter", "reason": "why"}}
    first = load_profile(str(tmp_path / "below.yaml"))
    second = load_profile(str(write(tmp_path, "above", inherits="below", values=waived)))
    assert [(item.change, item.second) for item in diff(first, second)] == [
        (Change.LOOSER, "waived, was 600 s [letter (primary)]")
    ]


def test_tests_limits_policies_and_edition_differ_too(tmp_path: Path) -> None:
    found = changes(
        tmp_path,
        {},
        {},
        edition="csip-aus-1.2",
        required={"client": ["A"]},
        limits={"x": {"value": 1, "unit": "s", "source": "ours"}},
        policies={"y": {"choice": "one", "source": "ours", "note": "n"}},
    )
    assert set(found) == {"test client/A", "limit x", "policy y", "edition edition"}
