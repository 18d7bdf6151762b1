"""The user's own copy is found by content, whatever its files are called and wherever they point."""

import shutil
from pathlib import Path

import pytest

from conformance.catalogue.shipped import xsd_folder
from conformance.vocabulary.errors import UsageError
from conformance.wire.schema import Edition, Validator

XS = "http://www.w3.org/2001/XMLSchema"
IEEE = "urn:ieee:std:2030.5:ns"
AUS = "https://csipaus.org/ns"
CORE = f"""<xs:schema xmlns:xs="{XS}" xmlns="{IEEE}" xmlns:a="{AUS}"
 targetNamespace="{IEEE}" elementFormDefault="qualified">
<xs:import namespace="{AUS}" schemaLocation="nowhere/ext.xsd"/>
<xs:redefine schemaLocation="not-there.xsd"><xs:complexType name="DERControlBase"><xs:complexContent>
<xs:extension base="DERControlBase"><xs:sequence><xs:element ref="a:opModImpLimW" minOccurs="0"/></xs:sequence>
</xs:extension></xs:complexContent></xs:complexType></xs:redefine></xs:schema>"""
EXTENSION = f"""<xs:schema xmlns:xs="{XS}" xmlns:s="{IEEE}" targetNamespace="{AUS}" elementFormDefault="qualified">
<xs:import namespace="{IEEE}" schemaLocation="not-there.xsd"/>
<xs:element name="opModImpLimW" type="s:ActivePower"/></xs:schema>"""
LIMITED = f"""<DERControlBase xmlns="{IEEE}" xmlns:a="{AUS}"><a:opModImpLimW><multiplier>0</multiplier><value>%s</value>
</a:opModImpLimW></DERControlBase>"""


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy with foreign file names: the base of 2018 and 2023, and an extension that redefines the former."""
    for edition in ("2030.5-2018", "2030.5-2023"):
        shutil.copytree(xsd_folder() / edition, tmp_path / edition / edition)
        shutil.copy(xsd_folder() / f"{edition}.xsd", tmp_path / edition / f"base of {edition}.xsd")
    (tmp_path / "x1.xsd").write_text(CORE)
    (tmp_path / "x2.xsd").write_text(EXTENSION)
    (tmp_path / "noise.xsd").write_text("<not-a-schema/>")
    (tmp_path / "broken.xsd").write_text("<")
    return tmp_path


@pytest.mark.parametrize("edition", [Edition.IEEE_2018, Edition.IEEE_2023])
def test_the_base_is_told_by_its_version(copy: Path, edition: Edition) -> None:
    validator = Validator(edition, official_xsd=copy)
    new = (
        f'<DERStatus xmlns="{IEEE}"><connectStatus><dateTime>1</dateTime><value>01</value></connectStatus></DERStatus>'
    )
    report = validator.validate(f'<Time xmlns="{IEEE}" schemaVer="2.1"/>'.encode())
    attribute_refused = any("schemaVer" in problem.path for problem in report.problems)
    assert attribute_refused == (edition is Edition.IEEE_2018)
    assert not validator.quick(new.encode())


@pytest.mark.parametrize("place", [".", "x1.xsd", "x2.xsd"])
def test_an_extension_is_entered_at_the_file_that_redefines(copy: Path, place: str) -> None:
    validator = Validator(Edition.CSIP_AUS_1_2, official_xsd=copy / place)
    assert validator.quick((LIMITED % "5").encode())
    report = validator.validate((LIMITED % "x").encode())
    assert [problem.path for problem in report.problems] == ["/DERControlBase/a:opModImpLimW/value"]


def test_where_the_copy_differs_from_our_facts_the_copy_decides(copy: Path) -> None:
    body = (
        f'<DERCapability xmlns="{IEEE}"><modesSupported>00</modesSupported><rtgMaxW><multiplier>0</multiplier>'
        "<value>5</value></rtgMaxW><type>4</type></DERCapability>"
    ).encode()
    assert not Validator(Edition.CSIP_AUS_1_2).quick(body)
    assert Validator(Edition.CSIP_AUS_1_2, official_xsd=copy).validate(body).valid


def test_what_only_the_copy_refuses_is_told_in_libxml2_s_words(copy: Path) -> None:
    body = LIMITED.replace("opModImpLimW", "opModExpLimW") % "5"
    assert Validator(Edition.CSIP_AUS_1_2).quick(body.encode())
    report = Validator(Edition.CSIP_AUS_1_2, official_xsd=copy).validate(body.encode())
    assert not report.valid
    assert [(problem.path, problem.line) for problem in report.problems] == [("/DERControlBase/a:opModExpLimW", 1)]


def test_a_missing_edition_says_what_was_looked_for(copy: Path) -> None:
    with pytest.raises(UsageError, match=r"imports https://csipaus\.org/ns/v1\.3"):
        Validator(Edition.CSIP_AUS_1_3, official_xsd=copy)


def test_an_empty_folder_is_wrong_use(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="looking for the official schemas"):
        Validator(Edition.IEEE_2018, official_xsd=tmp_path)


def test_two_different_copies_are_not_guessed_between(copy: Path) -> None:
    other = copy / "other"
    other.mkdir()
    entry = (copy / "2030.5-2018" / "base of 2030.5-2018.xsd").read_text()
    (other / "base too.xsd").write_text(
        entry.replace("<xs:include", "<!-- --><xs:include", 1).replace("time.xsd", "t.xsd")
    )
    with pytest.raises(UsageError, match=r"base too\.xsd"):
        Validator(Edition.IEEE_2018, official_xsd=copy)


def test_a_copy_that_does_not_compile_is_wrong_use(tmp_path: Path) -> None:
    head = f'<xs:schema xmlns:xs="{XS}" targetNamespace="{IEEE}" version="2.1.0">'
    (tmp_path / "a.xsd").write_text(f'{head}<xs:element name="a" type="b"/></xs:schema>')
    with pytest.raises(UsageError, match="compiling"):
        Validator(Edition.IEEE_2018, official_xsd=tmp_path)
