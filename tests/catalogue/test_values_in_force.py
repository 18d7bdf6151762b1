"""Values: which one holds, and what breaking it costs."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance.catalogue.pack_values import Effect, Phase, SourceGrade
from conformance.catalogue.profile import Profile, load_profile
from conformance.catalogue.values_in_force import Values
from conformance.vocabulary.errors import HarnessError
from conformance.vocabulary.verdict import Level
from tests.catalogue.made_pack import rate, two, word, write

POLL = "DERControlList.pollRate"


def loaded(folder: Path, **values: object) -> Profile:
    return load_profile(str(write(folder, "a", values={name.replace("__", "."): row for name, row in values.items()})))


@pytest.mark.parametrize(
    ("grade", "effect"),
    [
        ("primary", Effect.FAIL),
        ("second-hand", Effect.PROVISIONAL),
        ("seed", Effect.WARN),
        ("general-knowledge", Effect.WARN),
        ("proposal", Effect.WARN),
    ],
)
def test_only_a_primary_source_fails_outright(tmp_path: Path, grade: str, effect: Effect) -> None:
    values = loaded(tmp_path, DERControlList__pollRate=rate(grade=grade)).values
    assert values.effect(values[POLL]) is effect


@pytest.mark.parametrize(
    ("raised", "failing"), [("second-hand", 2), ("seed", 3), ("general-knowledge", 4), ("proposal", 5)]
)
def test_the_switch_raises_a_grade_and_all_better_ones(tmp_path: Path, raised: str, failing: int) -> None:
    profile = loaded(tmp_path, DERControlList__pollRate=rate()).failing_from(SourceGrade(raised))
    made = [
        two(tmp_path, {POLL: rate(grade=grade.value)}, {}).failing_from(SourceGrade(raised)).values
        for grade in SourceGrade
    ]
    assert profile.values.fails_from == raised
    assert sum(values.effect(values[POLL]) is Effect.FAIL for values in made) == failing


def test_a_recommendation_is_warned_of_whatever_its_source(tmp_path: Path) -> None:
    profile = loaded(tmp_path, DERControlList__pollRate=rate(level="SHOULD"))
    assert profile.values.effect(profile.values[POLL]) is Effect.WARN
    assert profile.requirements()["a:DERControlList.pollRate"].level is Level.SHOULD


def test_a_value_for_one_of_two_roles_stands_before_the_one_for_both(tmp_path: Path) -> None:
    """Both are narrowed by role; the one below comes first, and must not win for that."""
    below, above = rate(roles=["device", "aggregator"]), rate(kind="tighten", value=60, roles=["device"])
    values = two(tmp_path, {POLL: below}, {POLL: above}).values
    found = [values.find(POLL, role=role) for role in ("device", "aggregator")]
    assert [value and value.figure for value in found] == [60, 600]


def test_the_narrowest_fitting_value_holds(tmp_path: Path) -> None:
    rows = [rate(), rate(value=60, phase="commissioning"), rate(value=30, phase="commissioning", roles=["aggregator"])]
    values = loaded(tmp_path, DERControlList__pollRate=rows).values
    found = [
        values.find(POLL, phase, role)
        for phase, role in (
            (Phase.NORMAL, "device"),
            (Phase.COMMISSIONING, "device"),
            (Phase.COMMISSIONING, "aggregator"),
        )
    ]
    assert [value and value.figure for value in found] == [600, 60, 30]


def test_a_value_for_others_does_not_hold(tmp_path: Path) -> None:
    values = loaded(tmp_path, DERStatus__stateOfChargeStatus=word("required", der=["storage"])).values
    assert values.find("DERStatus.stateOfChargeStatus", der="pv") is None
    assert values.find("DERStatus.stateOfChargeStatus", der="storage") is not None


def test_a_key_or_a_name_with_its_phase_names_a_value(tmp_path: Path) -> None:
    values = loaded(tmp_path, DERControlList__pollRate=[rate(phase="normal"), rate(value=5, phase="emergency")]).values
    named = [values.named(key) for key in (POLL, f"{POLL}@emergency", "Time.pollRate")]
    assert [value and value.figure for value in named] == [600, 5, None]


def test_a_weak_tightening_leaves_the_strong_value_below_in_force(tmp_path: Path) -> None:
    values = two(tmp_path, {POLL: rate()}, {POLL: rate(kind="tighten", value=60, grade="seed")}).values
    assert [(step.figure, values.effect(step)) for step in values.ladder(values[POLL])] == [
        (60, Effect.WARN),
        (600, Effect.FAIL),
    ]


@pytest.mark.parametrize(
    "above", [rate(kind="tighten", value=60), rate(kind="replace", value=60, grade="seed")], ids=["strong", "replaced"]
)
def test_a_strong_tightening_and_a_replacement_stand_alone(tmp_path: Path, above: dict[str, object]) -> None:
    values = two(tmp_path, {POLL: rate()}, {POLL: above}).values
    assert [step.figure for step in values.ladder(values[POLL])] == [60]


def test_a_finding_can_name_every_value(tmp_path: Path) -> None:
    below = {POLL: rate(requirement="G19"), "LogEvent": word("optional", roles=["server"])}
    profile = two(tmp_path, below, {POLL: rate(kind="tighten", value=60, grade="seed")})
    rows = profile.requirements()
    assert set(rows) == {f"above:{POLL}", "below:LogEvent[server]"}
    assert rows["below:LogEvent[server]"].level is Level.MAY
    assert rows["below:LogEvent[server]"].who == "server"
    assert rows[f"above:{POLL}"].text == f"{POLL} at most 60 s"
    assert rows[f"above:{POLL}"].source == "handbook 1 (seed)"


@pytest.mark.parametrize(
    ("roles", "who"),
    [
        (["aggregator"], "aggregator"),
        (["device"], "client"),
        (["aggregator", "device"], "client"),
        (["server"], "server"),
    ],
)
def test_a_demand_binds_whom_it_names(tmp_path: Path, roles: list[str], who: str) -> None:
    rows = loaded(tmp_path, DERControlList__pollRate=rate(roles=roles)).requirements()
    assert [row.who for row in rows.values()] == [who]


def test_a_word_is_no_number_and_a_number_no_word(tmp_path: Path) -> None:
    values = loaded(tmp_path, DERControlList__pollRate=rate(), LogEvent=word("required")).values
    with pytest.raises(HarnessError, match="LogEvent is required, not a number"):
        values["LogEvent"].limit.value.is_integer()
    with pytest.raises(HarnessError, match="600 s, not words"):
        values[POLL].words.count("")
    assert values[POLL].limit.source == "handbook 1 (primary)"


def test_a_profile_without_values_demands_nothing() -> None:
    assert Values().named(POLL) is None
    assert len(Values()) == 0
