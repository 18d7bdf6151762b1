"""Foreign namespaces are tolerated, noted or left to the schema; mistakes of our own stay mistakes."""

import pytest

from conformance.wire.schema import Edition, Extensions, Problem, ProblemKind, Validator

NS = 'xmlns="urn:ieee:std:2030.5:ns" xmlns:aus="https://csipaus.org/ns" xmlns:v="urn:vendor"'
LIMIT = "<aus:opModImpLimW><multiplier>0</multiplier><value>5</value></aus:opModImpLimW>"
BASE = f"<DERControlBase {NS}>\n<opModMaxLimW>5</opModMaxLimW>\n{LIMIT}\n</DERControlBase>"


def judge(body: str, extensions: Extensions, edition: Edition = Edition.IEEE_2018) -> tuple[bool, int, int]:
    report = Validator(edition, extensions=extensions).validate(body.encode())
    return report.valid, len(report.problems), len(report.notes)


@pytest.mark.parametrize(
    ("extensions", "outcome"),
    [(Extensions.TOLERATE, (True, 0, 0)), (Extensions.NOTE, (True, 0, 1)), (Extensions.REFUSE, (False, 1, 0))],
)
def test_the_profile_says_what_becomes_of_a_foreign_element(
    extensions: Extensions, outcome: tuple[bool, int, int]
) -> None:
    assert judge(BASE, extensions) == outcome


def test_a_note_names_the_namespace_with_path_and_line() -> None:
    report = Validator(Edition.IEEE_2018, extensions=Extensions.NOTE).validate(BASE.encode())
    message = (
        "`DERControlBase/aus:opModImpLimW` is an extension in https://csipaus.org/ns "
        "(this is the namespace of CSIP-AUS 1.2)"
    )
    path = "/DERControlBase/aus:opModImpLimW"
    assert report.notes == (Problem(path, 3, "aus:opModImpLimW", "", message, ProblemKind.FOREIGN),)


def test_a_refused_extension_is_told_apart_from_a_mistake_of_our_own() -> None:
    body = BASE.replace("</DERControlBase>", "<oops/></DERControlBase>")
    report = Validator(Edition.IEEE_2018).validate(body.encode())
    assert [problem.kind for problem in report.problems] == [ProblemKind.FOREIGN, ProblemKind.UNKNOWN]


def test_elements_of_the_profile_s_own_extension_are_judged() -> None:
    assert judge(BASE, Extensions.REFUSE, Edition.CSIP_AUS_1_2) == (True, 0, 0)
    assert judge(BASE.replace("<value>5", "<value>x"), Extensions.TOLERATE, Edition.CSIP_AUS_1_2) == (False, 1, 0)


def test_elements_of_another_version_are_named_as_such() -> None:
    report = Validator(Edition.CSIP_AUS_1_3).validate(BASE.encode())
    assert (
        "this is the namespace of CSIP-AUS 1.2); the document is checked as CSIP-AUS 1.3" in report.problems[0].message
    )


@pytest.mark.parametrize(
    "body",
    [
        f"<DERControlBase {NS}><oops/><v:a/></DERControlBase>",
        f'<DERControlBase {NS}><opModMaxLimW xmlns="http://ieee.org/2030.5">5</opModMaxLimW></DERControlBase>',
        f'<DERControlBase {NS}><opModMaxLimW xmlns="">5</opModMaxLimW></DERControlBase>',
        f"<DERControlBase {NS}><v:a/>text</DERControlBase>",
        f"<DERControlBase {NS}><opModMaxLimW>5<v:a/></opModMaxLimW></DERControlBase>",
        '<v:DERControlBase xmlns:v="urn:vendor"/>',
    ],
)
def test_tolerance_hides_no_mistake_of_our_own(body: str) -> None:
    assert not Validator(Edition.IEEE_2018, extensions=Extensions.TOLERATE).validate(body.encode()).valid


def test_foreign_attributes_and_nested_elements_count_once() -> None:
    body = f'<DERControlBase {NS} v:x="1"><v:a><v:b/><opModMaxLimW/></v:a></DERControlBase>'
    assert judge(body, Extensions.NOTE) == (True, 0, 2)


def test_2023_has_room_of_its_own_and_keeps_to_it_when_the_schema_decides() -> None:
    at_end = f"<DERControlBase {NS}><opModMaxLimW>5</opModMaxLimW><v:a/></DERControlBase>"
    content = "<endDeviceLFDI>AA</endDeviceLFDI><subject>AA</subject>"
    control = f'<DERControlResponse {NS} href="/r">{content}%s</DERControlResponse>'
    assert judge(control % "<v:a/>", Extensions.REFUSE, Edition.IEEE_2023)[0] is False
    assert judge(control % "<v:a/>", Extensions.NOTE, Edition.IEEE_2023) == (True, 0, 1)
    assert judge(at_end, Extensions.REFUSE, Edition.IEEE_2023)[0] is False


def test_many_extensions_are_noted_up_to_a_limit() -> None:
    body = f"<DERControlBase {NS}>{'<v:a/>' * 600}</DERControlBase>"
    report = Validator(Edition.IEEE_2018, extensions=Extensions.NOTE).validate(body.encode())
    assert report.valid
    assert report.notes[-1].message == "only 500 of 600 extensions are shown"
