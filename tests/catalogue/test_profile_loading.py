"""Loading profile packs and the requirement register."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from conformance.catalogue.profile import load_profile, profile_names
from conformance.catalogue.requirement import load_register
from conformance.catalogue.shipped import profiles_folder, shipped
from conformance.vocabulary.errors import HarnessError, UsageError
from conformance.vocabulary.verdict import Level


def pack(tmp_path: Path, **changes: object) -> str:
    document = yaml.safe_load((profiles_folder() / "csip-2.1.yaml").read_text(encoding="utf-8"))
    document |= changes
    path = tmp_path / "mine.yaml"
    path.write_text(yaml.safe_dump({key: value for key, value in document.items() if value is not None}))
    return str(path)


def test_every_shipped_pack_loads_by_its_name() -> None:
    for name in profile_names():
        assert load_profile(name).id == name


def test_a_pack_loads_by_its_path(tmp_path: Path) -> None:
    assert load_profile(pack(tmp_path, id="mine")).id == "mine"


def test_a_pack_says_what_it_requires_of_whom(tmp_path: Path) -> None:
    profile = load_profile(pack(tmp_path, required={"client": ["CORE-003"]}))
    assert "CORE-003" in profile.required["client"]
    assert "CORE-003" not in profile.required.get("server", ())


def test_limits_carry_unit_source_and_default() -> None:
    limit = load_profile("csip-2.1").limits["response_deadline"]
    assert (limit.value, limit.unit, limit.source, limit.overridden) == (15, "s", "ours", False)


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(UsageError, match=r"loading the profile 'csip-9'(.|\n)*csip-2\.1"):
        load_profile("csip-9")


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"a: [", b"a: 2001-99-99", b"\x00"])
def test_what_is_not_yaml_is_told_with_the_path(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "bad.yaml"
    path.write_bytes(content)
    with pytest.raises(UsageError, match=r"reading the profile .*bad\.yaml"):
        load_profile(str(path))


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"edition": "2030.5-1999"}, "edition"),
        ({"scope": None}, "'scope' is a required property"),
        ({"colour": "red"}, "'colour' was unexpected"),
        ({"limits": {"x": {"value": "ten", "unit": "s", "source": "ours"}}}, "limits/x/value"),
        ({"limits": {"x": {"value": 1, "unit": "h", "source": "ours"}}}, "limits/x/unit"),
        ({"required": {"gateway": []}}, "required"),
        ({"promote": [{"requirement": "P38"}]}, "promote/0"),
    ],
)
def test_a_pack_of_another_form_is_refused_by_key(tmp_path: Path, changes: dict[str, object], told: str) -> None:
    with pytest.raises(UsageError) as raised:
        load_profile(pack(tmp_path, **changes))
    assert told in str(raised.value)


@pytest.mark.parametrize("text", ["", "just words", "[1, 2]"])
def test_a_document_that_is_no_mapping_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "odd.yaml").write_text(text)
    with pytest.raises(UsageError, match="the document: "):
        load_profile(str(tmp_path / "odd.yaml"))


def register(tmp_path: Path, *rows: str) -> Path:
    (tmp_path / "a.yaml").write_text("source: A document\nrequirements:\n" + "".join(f"  - {row}\n" for row in rows))
    return tmp_path


def test_a_requirement_names_document_and_clause(tmp_path: Path) -> None:
    rows = load_register(
        register(
            tmp_path,
            '{id: A.1, clause: "8.2", level: MUST, who: client, text: one}',
            "{id: A.2, level: MAY, who: both, text: two}",
        )
    )
    assert (rows["A.1"].source, rows["A.1"].level) == ("A document, 8.2", Level.MUST)
    assert rows["A.2"].source == "A document"


def test_a_requirement_twice_is_a_fault(tmp_path: Path) -> None:
    row = "{id: A.1, level: MUST, who: client, text: one}"
    with pytest.raises(HarnessError, match=r"A\.1 stands twice"):
        load_register(register(tmp_path, row, row))


def test_a_missing_shipped_folder_is_told_with_both_places(tmp_path: Path) -> None:
    package = tmp_path / "conformance"
    with pytest.raises(UsageError) as raised:
        shipped("profiles", package)
    assert str(package / "_bundled" / "profiles") in str(raised.value)
    assert str(tmp_path / "profiles") in str(raised.value)


def test_the_bundled_folder_comes_before_the_one_beside_the_package(tmp_path: Path) -> None:
    package = tmp_path / "conformance"
    (tmp_path / "profiles").mkdir()
    assert shipped("profiles", package) == tmp_path / "profiles"
    (package / "_bundled" / "profiles").mkdir(parents=True)
    assert shipped("profiles", package) == package / "_bundled" / "profiles"
