"""Packs on one another: every override declares what it does, and is what it declares."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance.catalogue.pack_values import Kind
from conformance.catalogue.profile import load_profile
from conformance.vocabulary.errors import UsageError
from tests.catalogue.made_pack import RATE, Rows, rate, two, word, write

POLL, EVENTS, CODES, MODES, LOG, CASE = (
    "DERControlList.pollRate",
    "DERControl.stored_events",
    "Response.status",
    "DERControlBase.modes",
    "LogEvent",
    "EndDevice.lFDI.case",
)
COUNT: Rows = {"unit": "1"}


def refusal(folder: Path, below: Rows, above: Rows) -> str:
    with pytest.raises(UsageError) as raised:
        two(folder, below, above)
    return str(raised.value)


@pytest.mark.parametrize(
    ("name", "below", "above", "kind"),
    [
        (POLL, rate(value=600), rate(value=300), "tighten"),
        (POLL, rate(value=300), rate(value=600), "relax"),
        (EVENTS, word(24, **COUNT), word(72, **COUNT), "tighten"),
        (EVENTS, word(24, **COUNT), word(3, **COUNT), "relax"),
        (CODES, word([1, 2, 3]), word([1, 2]), "tighten"),
        (CODES, word([1, 2]), word([1, 2, 14]), "relax"),
        (MODES, word(["opModEnergize"]), word(["opModEnergize", "opModFixedW"]), "tighten"),
        (MODES, word(["opModEnergize", "opModFixedW"]), word(["opModEnergize"]), "relax"),
        (LOG, word("optional"), word("required"), "tighten"),
        (LOG, word("optional"), word("forbidden"), "tighten"),
        (LOG, word("required"), word("conditional"), "relax"),
        (LOG, word("forbidden"), word("optional"), "relax"),
    ],
)
def test_the_direction_is_proven(tmp_path: Path, name: str, below: Rows, above: Rows, kind: str) -> None:
    other = "relax" if kind == "tighten" else "tighten"
    above = above | {"reason": "why"}
    assert two(tmp_path, {name: below}, {name: above | {"kind": kind}}).values[name].kind == kind
    assert f"say kind: {kind}" in refusal(tmp_path, {name: below}, {name: above | {"kind": other}})


@pytest.mark.parametrize(
    ("name", "below", "above"),
    [
        (CASE, word("upper"), word("lower")),
        (CODES, word([1, 2]), word([2, 3])),
        (LOG, word("required"), word("forbidden")),
        (POLL, rate(), rate(value=None, question="Q")),
        (POLL, rate(), rate(source="letter")),
    ],
)
@pytest.mark.parametrize("kind", ["tighten", "relax"])
def test_what_has_no_direction_can_only_be_replaced(
    tmp_path: Path, name: str, below: Rows, above: Rows, kind: str
) -> None:
    asked = {"Q": {"ask": "them", "text": "What?"}}
    write(tmp_path, "below", values={name: below})
    row = above | {"reason": "why"}
    path = write(tmp_path, "above", inherits="below", values={name: row | {"kind": kind}}, questions=asked)
    with pytest.raises(UsageError, match="say kind: replace"):
        load_profile(str(path))
    write(tmp_path, "above", inherits="below", values={name: row | {"kind": "replace"}}, questions=asked)
    assert load_profile(str(path)).values[name].kind is Kind.REPLACE


def test_an_override_without_a_kind_is_refused_with_the_fitting_one(tmp_path: Path) -> None:
    told = refusal(tmp_path, {POLL: RATE}, {POLL: rate(value=120)})
    assert f"{POLL} at most 600 s in below (handbook)" in told
    assert "say kind: tighten" in told


def test_an_override_of_nothing_is_refused(tmp_path: Path) -> None:
    assert "no value of that name" in refusal(tmp_path, {}, {POLL: rate(kind="tighten")})


def test_what_an_override_does_not_repeat_stays(tmp_path: Path) -> None:
    below = {"DERControl.delivery": rate(clock_start="exposed")}
    above = {"DERControl.delivery": {"kind": "tighten", "value": 60, "source": "letter", "grade": "seed"}}
    value = two(tmp_path, below, above).values["DERControl.delivery"]
    assert (value.unit, value.clock_start, value.source, value.clause, value.was) == ("s", "exposed", "letter", "", 600)


@pytest.mark.parametrize(("start", "kind"), [("effective_start", "tighten"), ("created", "relax")])
def test_a_clock_that_starts_elsewhere_must_agree_with_the_direction(tmp_path: Path, start: str, kind: str) -> None:
    figure = 60 if kind == "tighten" else 6000
    above = rate(value=figure, kind=kind, clock_start=start, reason="why")
    told = refusal(tmp_path, {"DERControl.delivery": rate(clock_start="received")}, {"DERControl.delivery": above})
    assert f"its clock starts at {start}, that below at received; say kind: replace" in told


@pytest.mark.parametrize(("stop", "kind"), [("response_1", "tighten"), ("meter", "relax")])
def test_a_clock_that_stops_elsewhere_must_agree_with_the_direction(tmp_path: Path, stop: str, kind: str) -> None:
    figure = 60 if kind == "tighten" else 6000
    above = rate(value=figure, kind=kind, clock_stop=stop, reason="why")
    told = refusal(tmp_path, {"DERControl.delivery": rate(clock_stop="setpoint")}, {"DERControl.delivery": above})
    assert f"its clock stops at {stop}, that below at setpoint; say kind: replace" in told


def test_a_narrower_value_is_proven_against_the_wider_one(tmp_path: Path) -> None:
    narrow = rate(value=900, phase="normal")
    assert "say kind: relax" in refusal(tmp_path, {POLL: RATE}, {POLL: narrow})
    values = two(tmp_path, {POLL: RATE}, {POLL: narrow | {"kind": "relax", "reason": "why"}}).values
    assert values[POLL].figure == 600
    assert values[f"{POLL}@normal"].was == 600


def test_a_row_that_names_no_one_is_about_every_variant(tmp_path: Path) -> None:
    below = [rate(roles=["device"]), rate(value=900, roles=["aggregator"])]
    values = two(
        tmp_path, {"DERControl.delivery": below}, {"DERControl.delivery": rate(kind="tighten", value=60)}
    ).values
    assert {key: value.figure for key, value in values.items()} == {
        "DERControl.delivery[device]": 60,
        "DERControl.delivery[aggregator]": 60,
    }


def test_one_variant_that_is_not_tighter_refuses_such_a_row(tmp_path: Path) -> None:
    below = [rate(phase="normal"), rate(value=30, phase="commissioning")]
    told = refusal(tmp_path, {POLL: below}, {POLL: rate(kind="tighten", value=60)})
    assert f"{POLL}@commissioning" in told


def test_a_removed_value_is_gone_and_a_waived_one_stays_with_its_reason(tmp_path: Path) -> None:
    gone = {"kind": "remove", "source": "letter", "reason": "no such thing here"}
    assert POLL not in two(tmp_path, {POLL: RATE}, {POLL: gone}).values
    profile = two(tmp_path, {POLL: RATE}, {POLL: gone | {"kind": "waive", "reason": "nobody is held to it"}})
    assert profile.values[POLL].waived
    assert profile.values[POLL].figure == 600
    assert profile.eased == (f"above waives {POLL}: nobody is held to it (letter)",)


def test_a_part_of_a_value_cannot_be_removed(tmp_path: Path) -> None:
    gone = {"kind": "remove", "source": "letter", "reason": "why", "phase": "normal"}
    assert f"expected  the whole of {POLL}" in refusal(tmp_path, {POLL: RATE}, {POLL: gone})


def test_two_rows_for_the_same_are_refused(tmp_path: Path) -> None:
    assert "one row for each phase" in refusal(tmp_path, {}, {POLL: [rate(), rate(value=3)]})


def test_what_is_relaxed_stands_in_what_is_eased(tmp_path: Path) -> None:
    profile = two(tmp_path, {POLL: RATE}, {POLL: rate(value=900, kind="relax", reason="slow links", source="letter")})
    assert profile.eased == (f"above relaxes {POLL}: slow links (letter)",)


def test_required_tests_add_up_and_are_taken_away_with_a_reason(tmp_path: Path) -> None:
    write(tmp_path, "below", required={"client": ["A", "B"]})
    gone = {"subject": "client", "test": "A", "kind": "waive", "source": "letter", "reason": "not here"}
    path = write(tmp_path, "above", inherits="below", required={"client": ["C"]}, not_required=[gone])
    profile = load_profile(str(path))
    assert profile.required["client"] == ("B", "C")
    assert profile.eased == ("above waives client/A: not here (letter)",)
    write(tmp_path, "above", inherits="below", not_required=[gone | {"test": "Z"}])
    with pytest.raises(UsageError, match="not_required: Z"):
        load_profile(str(path))


@pytest.mark.parametrize("part", ["limits", "policies"])
def test_a_limit_or_policy_is_replaced_only_on_purpose(tmp_path: Path, part: str) -> None:
    row: Rows = (
        {"value": 1, "unit": "s", "source": "ours"}
        if part == "limits"
        else {"choice": "one", "source": "ours", "note": "why"}
    )
    write(tmp_path, "below", **{part: {"x": row}})
    path = write(tmp_path, "above", inherits="below", **{part: {"x": row}})
    with pytest.raises(UsageError, match="kind: replace"):
        load_profile(str(path))
    write(tmp_path, "above", inherits="below", **{part: {"x": row | {"kind": "replace"}}})
    assert load_profile(str(path)).id == "above"


def test_a_limit_follows_a_value_through_the_layers(tmp_path: Path) -> None:
    write(tmp_path, "below", values={POLL: RATE}, limits={"rate": {"follows": POLL}})
    path = write(tmp_path, "above", inherits="below", values={POLL: rate(kind="tighten", value=120, clause="7")})
    limit = load_profile(str(path)).limits["rate"]
    assert (limit.value, limit.unit, limit.source, limit.overridden) == (120, "s", "handbook 7 (primary)", False)


@pytest.mark.parametrize("follows", ["Time.pollRate", LOG])
def test_a_limit_cannot_follow_what_is_no_number(tmp_path: Path, follows: str) -> None:
    path = write(tmp_path, "a", values={LOG: word("required")}, limits={"rate": {"follows": follows}})
    with pytest.raises(UsageError, match="limits: rate"):
        load_profile(str(path))


def test_a_pack_takes_its_schema_edition_from_below(tmp_path: Path) -> None:
    write(tmp_path, "below", edition="csip-aus-1.2")
    assert load_profile(str(write(tmp_path, "above", inherits="below"))).edition == "csip-aus-1.2"


VOLT_VAR = "DERSettings.setMaxVar"
CONDITION = {"element": "setMaxVA", "mode": "opModVoltVar", "der": "pv"}


def test_a_condition_says_where_an_element_is_required(tmp_path: Path) -> None:
    rows = {VOLT_VAR: word("conditional", when=CONDITION)}
    value = two(tmp_path, rows, {}).values[VOLT_VAR]
    assert value.when is not None
    assert value.when.told == "setMaxVA is there and opModVoltVar is claimed and it is pv"
    assert value.sentence.endswith("is conditional where setMaxVA is there and opModVoltVar is claimed and it is pv")


def test_only_what_is_conditional_has_a_condition(tmp_path: Path) -> None:
    assert "leave when out" in refusal(tmp_path, {VOLT_VAR: word("required", when=CONDITION)}, {})


@pytest.mark.parametrize("condition", [{}, {"elment": "setMaxVA"}, {"der": "wind"}, "opModVoltVar"])
def test_a_condition_of_another_form_is_refused(tmp_path: Path, condition: object) -> None:
    refusal(tmp_path, {VOLT_VAR: word("conditional", when=condition)}, {})


def test_a_promotion_can_be_withdrawn_with_a_reason(tmp_path: Path) -> None:
    write(tmp_path, "below", inherits="harness", promote=[{"requirement": "P38", "reason": "CORE-003"}])
    gone = [{"requirement": "P38", "kind": "remove", "reason": "they poll by notification"}]
    profile = load_profile(str(write(tmp_path, "above", inherits="below", promote=gone)))
    assert profile.promotions == {}
    assert profile.eased == ("above no longer promotes P38: they poll by notification",)


def test_a_promotion_that_is_not_there_cannot_be_withdrawn(tmp_path: Path) -> None:
    gone = [{"requirement": "P38", "kind": "remove", "reason": "r"}]
    with pytest.raises(UsageError, match="a promotion of a lower layer"):
        load_profile(str(write(tmp_path, "above", inherits="harness", promote=gone)))


def test_a_word_outside_a_closed_set_is_refused_with_what_is_near(tmp_path: Path) -> None:
    path = write(tmp_path, "above", inherits="harness", values={"EndDevice.registration": word(["in_bnad"])})
    with pytest.raises(UsageError, match=r"in_bnad(.|\n)*perhaps in_band"):
        load_profile(str(path))
