"""Reading packs: the published form, the chain of parents, and what is said of a mistake."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from conformance.catalogue.demands import DEMANDS, ELEMENTS_OF, Bound, demand_of
from conformance.catalogue.pack import pack_names, read_chain, read_pack
from conformance.catalogue.pack_values import Kind, Phase, SourceGrade
from conformance.catalogue.profile import load_profile
from conformance.catalogue.shipped import profiles_folder
from conformance.vocabulary.errors import UsageError
from tests.catalogue.made_pack import RATE, rate, write


def schema() -> dict[str, dict[str, dict[str, object]]]:
    read: dict[str, dict[str, dict[str, object]]] = json.loads(
        (profiles_folder() / "pack.schema.json").read_text(encoding="utf-8")
    )
    return read


def refusal(path: Path) -> str:
    with pytest.raises(UsageError) as raised:
        load_profile(str(path))
    return str(raised.value)


def test_the_published_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(schema())


def test_the_schema_names_every_demand_and_nothing_else() -> None:
    values = schema()["properties"]["values"]
    assert set(values["properties"]) == set(DEMANDS)  # type: ignore[call-overload]
    (pattern,) = values["patternProperties"]  # type: ignore[misc]
    assert all(resource in str(pattern) for resource in ELEMENTS_OF)


def test_the_schema_says_of_every_demand_what_it_means() -> None:
    described = schema()["properties"]["values"]["properties"]
    assert [name for name, demand in DEMANDS.items() if demand.meaning not in described[name]["description"]] == []  # type: ignore[index,call-overload]


@pytest.mark.parametrize(("key", "words"), [("grade", SourceGrade), ("kind", Kind), ("phase", Phase)])
def test_the_schema_knows_the_same_words_as_the_loader(key: str, words: type[Kind]) -> None:
    row = schema()["$defs"]["number_value"]["properties"]
    assert row[key]["enum"] == [str(word) for word in words]  # type: ignore[index,call-overload]


def test_an_element_is_a_demand_without_being_listed() -> None:
    demand = demand_of("DERStatus.inverterStatus")
    assert demand is not None
    assert demand.bound is Bound.PRESENCE
    assert demand_of("DERStatus.") is None
    assert demand_of("Nothing.here") is None


def test_a_chain_begins_with_the_lowest_pack(tmp_path: Path) -> None:
    write(tmp_path, "a")
    write(tmp_path, "b", inherits="a")
    chain = read_chain(str(write(tmp_path, "c", inherits="b")))
    assert [pack.id for pack in chain] == ["a", "b", "c"]


def test_a_pack_may_stand_on_a_shipped_one(tmp_path: Path) -> None:
    chain = read_chain(str(write(tmp_path, "mine", inherits="csip-2.1")))
    assert [pack.id for pack in chain] == ["harness", "ieee-2030.5-2018", "csip-2.1", "mine"]


def test_a_circle_is_shown(tmp_path: Path) -> None:
    write(tmp_path, "b", inherits="c")
    assert "c → b → c" in refusal(write(tmp_path, "c", inherits="b"))


def test_a_pack_does_not_stand_on_a_later_layer(tmp_path: Path) -> None:
    write(tmp_path, "b", layer="programme")
    told = refusal(write(tmp_path, "c", inherits="b", layer="national"))
    assert "c (national) on b (programme)" in told


def test_a_missing_parent_is_told_with_the_known_ones(tmp_path: Path) -> None:
    assert "csip-aus-1.2" in refusal(write(tmp_path, "c", inherits="nobody"))


def test_a_misspelt_demand_is_told_with_what_is_near(tmp_path: Path) -> None:
    told = refusal(write(tmp_path, "a", values={"DERControlList.polRate": RATE}))
    assert "no demand is called DERControlList.polRate, perhaps DERControlList.pollRate" in told


def test_a_clause_that_looks_like_a_number_wants_quotes(tmp_path: Path) -> None:
    told = refusal(write(tmp_path, "a", values={"DERControlList.pollRate": rate(clause=5.10)}))
    assert "clause: 5.1 is not of type 'string'; put it in quotes" in told


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"value": "soon"}, "values/DERControlList.pollRate/value: 'soon' is not of type"),
        ({"grade": "sure"}, "values/DERControlList.pollRate/grade: 'sure' is not one of"),
        ({"unit": "min"}, "values/DERControlList.pollRate/unit: 'min' is not one of"),
        ({"value": None}, "values/DERControlList.pollRate: 'question' is a required property"),
        ({"kind": "relax"}, "values/DERControlList.pollRate: 'reason' is a required property"),
        ({"unit": "W"}, "expected  unit: s"),
        ({"value": None, "question": "Q"}, "seen      Q (none is asked)"),
    ],
)
def test_a_value_of_another_form_is_refused_by_key(tmp_path: Path, changes: dict[str, object], told: str) -> None:
    assert told in refusal(write(tmp_path, "a", values={"DERControlList.pollRate": rate(**changes)}))


def test_a_key_that_stands_twice_is_refused_with_file_and_lines(tmp_path: Path) -> None:
    path = write(tmp_path, "a", values={"DERControlList.pollRate": rate()})
    lines = path.read_text(encoding="utf-8")
    first = lines.splitlines().index("version: '1'") + 1
    path.write_text(f"{lines}version: '2'\n", encoding="utf-8")
    told = refusal(path)
    assert "a.yaml" in told
    assert f"line {len(lines.splitlines()) + 1}: the key version stands twice; it stands in line {first}" in told


def test_a_row_of_a_list_is_refused_by_its_place(tmp_path: Path) -> None:
    rows = [rate(phase="normal"), rate(phase="noon")]
    assert "DERControlList.pollRate/1/phase" in refusal(write(tmp_path, "a", values={"DERControlList.pollRate": rows}))


def test_a_value_without_a_source_or_grade_is_refused(tmp_path: Path) -> None:
    told = refusal(write(tmp_path, "a", values={"DERControlList.pollRate": {"value": 1, "unit": "s"}}))
    assert "'source' is a required property" in told
    assert "'grade' is a required property" in told


@pytest.mark.parametrize("name", pack_names())
def test_a_shipped_pack_is_called_as_its_file(name: str) -> None:
    assert read_pack(profiles_folder() / f"{name}.yaml").id == name
