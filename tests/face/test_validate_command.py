"""``csip validate`` judges files and folders, says precisely what is wrong, and exits 0, 1 or 2."""

import json
import os
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from conformance.catalogue.shipped import xsd_folder
from conformance.face.validate_command import validate

NS = 'xmlns="urn:ieee:std:2030.5:ns"'
GOOD = f"<DateTimeInterval {NS}><duration>1</duration><start>1</start></DateTimeInterval>"
BAD = f"<DateTimeInterval {NS}>\n<start>1</start>\n</DateTimeInterval>"
AUS = (
    f'<DERControlBase {NS} xmlns:a="https://csipaus.org/ns">\n'
    "<a:opModImpLimW><multiplier>0</multiplier><value>1</value></a:opModImpLimW></DERControlBase>"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "good.xml").write_text(GOOD)
    (tmp_path / "deeper").mkdir()
    (tmp_path / "deeper" / "bad.xml").write_text(BAD)
    (tmp_path / "notes.txt").write_text("not a payload")
    return tmp_path


def run(*arguments: object) -> Result:
    return CliRunner().invoke(validate, [str(argument) for argument in arguments])


def test_a_valid_file_exits_with_0(folder: Path) -> None:
    result = run(folder / "good.xml")
    assert result.exit_code == 0
    assert result.output == (
        f"{folder / 'good.xml'}: valid (DateTimeInterval)\n1 document, 0 invalid, checked against IEEE 2030.5-2018\n"
    )


def test_a_folder_is_searched_and_one_bad_file_exits_with_1(folder: Path) -> None:
    result = run(folder)
    assert result.exit_code == 1
    assert result.output.splitlines() == [
        f"{folder / 'deeper' / 'bad.xml'}: INVALID (DateTimeInterval)",
        "  bad.xml:2: `DateTimeInterval/duration` is missing; it must come before `start`",
        f"{folder / 'good.xml'}: valid (DateTimeInterval)",
        "2 documents, 1 invalid, checked against IEEE 2030.5-2018",
    ]


def test_json_holds_every_problem(folder: Path) -> None:
    result = run(folder, "--json")
    data = json.loads(result.output)
    assert (result.exit_code, data["version"], data["edition"], data["valid"]) == (1, 1, "2030.5-2018", False)
    bad, good = data["files"]
    assert good == {
        "file": str(folder / "good.xml"), "valid": True, "root": "DateTimeInterval",
        "problems": [], "notes": [], "values": [],
    }  # fmt: skip
    assert bad["problems"] == [
        {
            "kind": "missing",
            "path": "/DateTimeInterval/duration",
            "line": 2,
            "found": "start",
            "expected": "duration",
            "message": "`DateTimeInterval/duration` is missing; it must come before `start`",
        }
    ]


def test_a_file_given_twice_is_judged_once(folder: Path) -> None:
    assert "1 document," in run(folder / "good.xml", folder / "good.xml").output


@pytest.mark.parametrize(
    ("arguments", "exit_code", "said"),
    [
        ((), 1, "it is in https://csipaus.org/ns (this is the namespace of CSIP-AUS 1.2)"),
        (("--schema", "csip-aus-1.2"), 0, "valid"),
        (("--extensions", "note"), 0, "note: `DERControlBase/a:opModImpLimW` is an extension"),
        (("--extensions", "tolerate"), 0, "0 invalid"),
    ],
)
def test_edition_and_extensions_are_chosen(
    arguments: tuple[str, ...], exit_code: int, said: str, tmp_path: Path
) -> None:
    (tmp_path / "aus.xml").write_text(AUS)
    result = run(tmp_path / "aus.xml", *arguments)
    assert result.exit_code == exit_code
    assert said in result.output


def test_value_rules_are_put_on_demand(tmp_path: Path) -> None:
    file = tmp_path / "r.xml"
    file.write_text(f"<Registration {NS}>\n<dateTimeRegistered>1</dateTimeRegistered>\n<pIN>1</pIN></Registration>")
    assert run(file).exit_code == 0
    result = run(file, "--values")
    assert result.exit_code == 1
    assert "  r.xml:3: MUST VAL.PIN.CHECK_DIGIT: `Registration/pIN` is 1; expected five digits" in result.output


def test_a_should_that_is_broken_does_not_make_a_document_invalid(tmp_path: Path) -> None:
    file = tmp_path / "e.xml"
    file.write_text(f"<IdentifiedObject {NS}><mRID>01</mRID></IdentifiedObject>")
    result = run(file, "--values")
    assert result.exit_code == 0
    assert "SHOULD VAL.MRID.LENGTH" in result.output


def test_a_file_that_is_no_xml_is_invalid(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_text("{}")
    result = run(tmp_path, "--values")
    assert result.exit_code == 1
    assert "a.xml:1: not acceptable XML" in result.output


def test_an_official_copy_takes_the_place_of_ours(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    copy = tmp_path_factory.mktemp("official")
    shutil.copytree(xsd_folder() / "2030.5-2018", copy / "2030.5-2018")
    shutil.copy(xsd_folder() / "2030.5-2018.xsd", copy / "sep.xsd")
    assert run(folder / "good.xml", "--official-xsd", copy).exit_code == 0
    assert run(folder / "deeper", "--official-xsd", copy / "sep.xsd").exit_code == 1


@pytest.mark.parametrize(
    "arguments",
    [(), ("nowhere.xml",), (".", "--schema", "2030.5-1999"), (".", "--official-xsd", "nowhere")],
)
def test_wrong_use_exits_with_2(arguments: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(*arguments).exit_code == 2


def test_nothing_to_validate_is_wrong_use_not_success(tmp_path: Path) -> None:
    result = run(tmp_path)
    assert result.exit_code == 2
    assert "looking for payloads" in result.output


def test_a_folder_without_the_official_schemas_is_wrong_use(folder: Path) -> None:
    result = run(folder / "good.xml", "--official-xsd", folder)
    assert result.exit_code == 2
    assert "looking for the official schemas" in result.output


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="rights do not bind this user")
def test_an_unreadable_file_is_wrong_use(folder: Path) -> None:
    (folder / "good.xml").chmod(0)
    assert run(folder / "good.xml").exit_code == 2
