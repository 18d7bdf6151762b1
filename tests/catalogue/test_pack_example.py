"""The worked example of ``profiles/README.md`` is a pack that does what the text says."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from conformance.catalogue import shipped
from conformance.catalogue.pack_diff import diff
from conformance.catalogue.pack_lint import Weight, lint
from conformance.catalogue.pack_values import Value
from conformance.catalogue.profile import Profile, load_profile
from conformance.judgement.check import Check, Court
from conformance.judgement.finding import Finding, State
from conformance.judgement.judged import Judged, passed_if
from conformance.judgement.requirements import whole_register
from conformance.running.plan import make_plan
from conformance.vocabulary.errors import UsageError
from conformance.vocabulary.verdict import Verdict
from conformance.wire.schema import Edition, Validator
from tests.running.made_run import case

README = shipped.profiles_folder() / "README.md"
OBSERVED = {
    "DERControlList.pollRate": 130.0,
    "MirrorUsagePoint.postRate": 110.0,
    "DERControl.delivery": 150.0,
    "DERControl.stored_events": 40.0,
}
"""What an imagined client did: too slow a poll and too few events stored."""


def example() -> str:
    found = re.search(r"<!-- example.*?```yaml\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None
    return found[1]


def northwind(folder: Path, *changes: tuple[str, str]) -> Profile:
    text = example()
    for old, new in changes:
        assert text.count(old) == 1
        text = text.replace(old, new)
    path = folder / "northwind.yaml"
    path.write_text(text, encoding="utf-8")
    return load_profile(str(path))


def findings(profile: Profile) -> Mapping[str, State]:
    """Judge what the client did by the values of a profile, each step of a ladder; return the states by requirement."""
    found: list[Finding] = []
    court = Court(
        whole_register(profile), profile, Validator(Edition(profile.edition)), lambda: 0.0, lambda: None, found.append
    )
    check = Check(court)
    for name, seen in OBSERVED.items():
        value = profile.values.find(name, role="device")
        assert value is not None
        for step in profile.values.ladder(value):
            check.demanded(step, judged(step, seen))
    return {str(finding.requirement): finding.state for finding in found}


def judged(value: Value, seen: float) -> Judged:
    holds = seen >= value.number if value.demand.bound == "min" else seen <= value.number
    return Judged("imagined", passed_if(holds), value.sentence, f"{seen:g}")


def test_the_example_loads_and_demands_what_the_text_says(tmp_path: Path) -> None:
    values = northwind(tmp_path).values
    figures = {value.name: value.figure for value in values.values() if value.pack == "northwind"}
    assert figures == {
        "DERControlList.pollRate": 120,
        "MirrorUsagePoint.postRate": 120,
        "DERControl.delivery": 180,
        "DERControl.stored_events": 48,
        "DERStatus.stateOfChargeStatus": "required",
        "DERSettings.setMaxW": "required",
        "EndDevice.lFDI.derivation": ("certificate_hash", "hash_with_pen"),
        "EndDevice.lFDI.pen_base": "hex",
        "DERStatus.post_interval": None,
    }


def test_lint_of_the_example_tells_what_is_eased_and_what_to_ask(tmp_path: Path) -> None:
    remarks = lint(northwind(tmp_path))
    assert {(remark.name, remark.weight) for remark in remarks} == {("eased", Weight.NOTE), ("unknown", Weight.NOTE)}


def test_the_mistakes_that_the_text_names_end_as_it_says(tmp_path: Path) -> None:
    row = "DERControlList.pollRate: {kind: tighten, value: 120"
    with pytest.raises(UsageError, match=r"at most 600 s in csip-2\.1 (.|\n)*say kind: tighten"):
        northwind(tmp_path, (row, "DERControlList.pollRate: {value: 120"))
    with pytest.raises(UsageError, match="1200 s is looser than 600 s"):
        northwind(tmp_path, (row, "DERControlList.pollRate: {kind: tighten, value: 1200"))
    slow = yaml.safe_load(example())
    del slow["values"]["DERControlList.pollRate"], slow["limits"]["program_list_poll_rate"]
    (tmp_path / "slow.yaml").write_text(yaml.safe_dump(slow), encoding="utf-8")
    told = [remark.why for remark in lint(load_profile(str(tmp_path / "slow.yaml"))) if remark.weight is Weight.WARNING]
    assert told
    assert all("180 s from exposed cannot be met by a client that polls every 600 s" in why for why in told)


def test_the_test_server_asks_for_the_demanded_rates(tmp_path: Path) -> None:
    limits = northwind(tmp_path).limits
    assert (limits.program_list_poll_rate.value, limits.post_rate.value) == (120, 120)
    assert limits.program_list_poll_rate.source == "handbook 4.1 (primary)"


@pytest.mark.parametrize(
    ("change", "changed"),
    [
        (("pollRate: {kind: tighten, value: 120", "pollRate: {kind: tighten, value: 140"), "DERControlList.pollRate"),
        (("postRate: {kind: tighten, value: 120", "postRate: {kind: tighten, value: 100"), "MirrorUsagePoint.postRate"),
        (("value: 180", "value: 140"), "DERControl.delivery"),
        (("value: 48", "value: 36"), "DERControl.stored_events"),
    ],
)
def test_one_number_changes_exactly_the_verdict_that_depends_on_it(
    tmp_path: Path, change: tuple[str, str], changed: str
) -> None:
    before, after = northwind(tmp_path), northwind(tmp_path, change)
    one, other = findings(before), findings(after)
    assert [key for key in one if one[key] is not other[key]] == [
        key for key in one if key.startswith(f"northwind:{changed}")
    ]
    assert {item.name.partition("[")[0] for item in diff(before, after) if item.part == "value"} == {changed}


def test_the_grade_of_one_number_changes_what_breaking_it_costs(tmp_path: Path) -> None:
    key = "northwind:DERControlList.pollRate"
    line = 'clause: "4.1", grade: '
    states = [findings(northwind(tmp_path, (f"{line}primary", f"{line}{grade}")))[key] for grade in ("primary", "seed")]
    assert states == [State.FAIL, State.WARNING]


def test_a_case_that_needs_what_is_not_known_is_not_run_and_asks(tmp_path: Path) -> None:
    cases = [
        replace(case("X-1"), subject="client", values=("DERStatus.post_interval",)),
        replace(case("X-2"), subject="client", values=("DERControl.stored_events",)),
        replace(case("X-3"), subject="client", values=("EndDevice.static_export",)),
    ]
    rows = {row.id: row.skip for row in make_plan(cases, northwind(tmp_path), ["client"]).rows}
    asked = "DERStatus.post_interval is not known; ask Northwind Power: How often is DERStatus sent?"
    assert rows["X-1"] == (Verdict.NOT_RUN, asked)
    assert rows["X-2"] is None
    assert rows["X-3"] == (Verdict.NOT_APPLICABLE, "the profile northwind demands no EndDevice.static_export of a device")
    answer = "value: null, question: Q-STATUS", "value: 60, unit: s"
    told = {row.id: row.skip for row in make_plan(cases, northwind(tmp_path, answer), ["client"]).rows}
    assert told["X-1"] is None
