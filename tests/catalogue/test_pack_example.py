"""The worked example of ``profiles/README.md`` is a pack that does what the text says."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from conformance.catalogue import shipped
from conformance.catalogue.pack_diff import diff
from conformance.catalogue.pack_lint import Weight, lint
from conformance.catalogue.profile import Profile, load_profile
from conformance.face.pack_proof import Outcome, prove
from conformance.face.wiring import DEMONSTRATED, Choice, demonstration
from conformance.judgement.finding import State
from conformance.output.record_reading import read_run
from conformance.running.plan import make_plan
from conformance.running.session import Session
from conformance.vocabulary.errors import UsageError
from conformance.vocabulary.verdict import Verdict
from tests.running.made_run import case

README = shipped.profiles_folder() / "README.md"
DONE = {
    "DERControlList.pollRate": 260.0,
    "MirrorUsagePoint.postRate": 110.0,
    "DERControl.delivery": 400.0,
    "DERControl.stored_events": 40.0,
}
"""What a client does that was not made for this handbook: it polls and passes on too slowly, and stores too little."""
JUDGING = ("CADENCE-001", "CADENCE-002", "DELIVERY-001", "STORED-001")


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


def findings(profile: Profile, folder: Path) -> Mapping[str, State]:
    """Run the client under a pack, in virtual time; return the worst that was found by each demand of the pack."""
    kept = profile.values
    for name, figure in DONE.items():
        value = kept.put_to(DEMONSTRATED["client"]).find(name)
        assert value is not None
        kept = kept.having(replace(value, figure=figure))
    with ExitStack() as keep:
        choice = Choice(profile=profile, only=JUDGING)
        session = Session(demonstration(choice, folder, keep, {"client": ()}, peers_keep_to=kept))
        session.start()
        run = read_run(session.finish())
    found: dict[str, State] = {}
    for finding in (found for judged in run.cases for found in judged.findings):
        if finding.demand is not None and finding.requirement == f"northwind:{finding.demand}":
            worst = min(finding.state, found.get(finding.demand, State.NOTE), key=WORST_FIRST.index)
            found[finding.demand] = worst
    return found


WORST_FIRST = (State.FAIL, State.INCONCLUSIVE, State.WARNING, State.PASS, State.NOTE)


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
        "mRID.pen_base": "hex",
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
    del slow["values"]["DERControlList.pollRate"]
    (tmp_path / "slow.yaml").write_text(yaml.safe_dump(slow), encoding="utf-8")
    told = [remark.why for remark in lint(load_profile(str(tmp_path / "slow.yaml"))) if remark.weight is Weight.WARNING]
    assert told
    assert all("180 s from exposed cannot be met by a client that polls every 600 s" in why for why in told)


def test_the_test_server_asks_for_the_rate_that_the_pack_gives_it(tmp_path: Path) -> None:
    limits = northwind(tmp_path).limits
    assert (limits.program_list_poll_rate.value, limits.post_rate.value) == (30, 120)
    assert limits.post_rate.source == "handbook 4.2 (primary)"


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, State]:
    folder = tmp_path_factory.mktemp("before")
    return findings(northwind(folder), folder / "run")


def test_a_client_is_judged_by_each_number(before: Mapping[str, State]) -> None:
    names = {key.partition("[")[0]: state for key, state in before.items()}
    assert names == {
        "DERControlList.pollRate": State.FAIL,
        "MirrorUsagePoint.postRate": State.PASS,
        "DERControl.delivery": State.FAIL,
        "DERControl.stored_events": State.FAIL,
    }


@pytest.mark.parametrize(
    ("change", "changed", "state"),
    [
        (
            ("pollRate: {kind: tighten, value: 120", "pollRate: {kind: tighten, value: 240"),
            "DERControlList.pollRate",
            State.PASS,
        ),
        (
            ("postRate: {kind: tighten, value: 120", "postRate: {kind: tighten, value: 60"),
            "MirrorUsagePoint.postRate",
            State.FAIL,
        ),
        (("value: 180", "value: 450"), "DERControl.delivery", State.PASS),
        (("value: 48", "value: 36"), "DERControl.stored_events", State.PASS),
    ],
)
def test_one_number_changes_exactly_the_findings_that_depend_on_it(
    tmp_path: Path, before: Mapping[str, State], change: tuple[str, str], changed: str, state: State
) -> None:
    profile = northwind(tmp_path, change)
    after = findings(profile, tmp_path / "run")
    different = {key: after.get(key) for key in {*before, *after} if before.get(key) is not after.get(key)}
    assert {key.partition("[")[0]: found for key, found in different.items()} == {changed: state}
    assert {item.name.partition("[")[0] for item in diff(northwind(tmp_path), profile) if item.part == "value"} == {
        changed
    }


def test_the_grade_of_one_number_changes_what_breaking_it_costs(tmp_path: Path, before: Mapping[str, State]) -> None:
    change = 'clause: "4.1", grade: primary', 'clause: "4.1", grade: seed'
    after = findings(northwind(tmp_path, change), tmp_path / "run")
    key = "DERControlList.pollRate"
    assert (before[key], after[key]) == (State.FAIL, State.WARNING)


@pytest.mark.timeout(900)
def test_the_suite_catches_a_client_that_breaks_any_rule_of_the_pack(tmp_path: Path) -> None:
    """All but what binds aggregators only: there are no test cases with a fleet yet."""
    proofs = {proof.key: proof for proof in prove(northwind(tmp_path))}
    outcomes = {key: proof.outcome for key, proof in proofs.items()}
    rest = {key: outcome for key, outcome in outcomes.items() if outcome is not Outcome.PROVEN}
    assert rest == {
        "DERControl.delivery[aggregator]": Outcome.FLEET,
        "EndDevice.lFDI.pen_base[aggregator]": Outcome.FLEET,
        "DERStatus.post_interval": Outcome.NOTHING,
    }
    caught = {proof.pack for proof in proofs.values() if proof.outcome is Outcome.PROVEN and not proof.departure.eased}
    assert caught == {"fail"}


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
    assert rows["X-3"] == (
        Verdict.NOT_APPLICABLE,
        "the profile northwind demands no EndDevice.static_export of a device",
    )
    answer = "value: null, question: Q-STATUS", "value: 60, unit: s"
    told = {row.id: row.skip for row in make_plan(cases, northwind(tmp_path, answer), ["client"]).rows}
    assert told["X-1"] is None
