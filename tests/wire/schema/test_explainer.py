"""Each broken document is explained with the exact path, line and message; every mistake is told."""

import pytest

from conformance.wire.schema import Edition, ProblemKind, Validator

NS = 'xmlns="urn:ieee:std:2030.5:ns"'
XSI = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
VALIDATOR = Validator(Edition.IEEE_2018)


def problems(*lines: str, validator: Validator = VALIDATOR) -> list[tuple[str, int, str]]:
    report = validator.validate("\n".join(lines).encode())
    assert not report.valid
    return [(problem.path, problem.line, problem.message) for problem in report.problems]


def test_a_missing_element_is_named_with_what_it_must_precede() -> None:
    found = problems(
        f'<DERSettings {NS} href="/derg">',
        "<setMaxA><multiplier>0</multiplier><value>10</value></setMaxA>",
        "<setMaxW><multiplier>0</multiplier><value>10</value></setMaxW>",
        "<updatedTime>1</updatedTime>",
        "</DERSettings>",
    )
    expected = "`DERSettings/setGradW` is missing; it must come before `setMaxA`"
    assert found == [("/DERSettings/setGradW", 2, expected)]


def test_an_element_missing_at_the_end_is_told_on_its_parent() -> None:
    found = problems(f'<Registration {NS} href="/r">', "<dateTimeRegistered>1</dateTimeRegistered>", "</Registration>")
    message = "`Registration/pIN` is missing; it must come after `dateTimeRegistered`"
    assert found == [("/Registration/pIN", 1, message)]


def test_swapped_elements_are_one_problem() -> None:
    found = problems(f"<DateTimeInterval {NS}>", "<start>1</start>", "<duration>1</duration>", "</DateTimeInterval>")
    message = "`DateTimeInterval/start` is in the wrong place; it must come after `duration`"
    assert found == [("/DateTimeInterval/start", 2, message)]


def test_an_optional_element_that_comes_late_is_told_where_it_is() -> None:
    found = problems(
        f'<EndDevice {NS} href="/e">',
        "<sFDI>1</sFDI>",
        "<lFDI>AA</lFDI>",
        "<changedTime>1</changedTime>",
        "</EndDevice>",
    )
    message = "`EndDevice/lFDI` is in the wrong place; it must come before `sFDI`"
    assert found == [("/EndDevice/lFDI", 3, message)]


def test_an_element_that_comes_too_often_is_told_with_its_position() -> None:
    found = problems(
        f"<DateTimeInterval {NS}>", "<duration>1</duration>", "<duration>2</duration>", "<start>1</start>",
        "</DateTimeInterval>",
    )  # fmt: skip
    message = "`DateTimeInterval/duration` is there too often; it may come at most once"
    assert found == [("/DateTimeInterval/duration[2]", 3, message)]


def test_a_value_out_of_range_is_told_with_its_limits() -> None:
    found = problems(
        f'<DERControlList {NS} href="/c" all="0" results="-1"/>',
    )
    message = '`DERControlList/@results` is "-1"; it must be UInt32: a whole number from 0 to 4294967295'
    assert found == [("/DERControlList/@results", 1, message)]


def test_a_long_text_is_told_with_its_greatest_length() -> None:
    status = "<manufacturerStatus><dateTime>1</dateTime><value>ABCDEFG</value></manufacturerStatus>"
    found = problems(f"<DERStatus {NS}>", status, "<readingTime>1</readingTime>", "</DERStatus>")
    message = '`manufacturerStatus/value` is "ABCDEFG"; it must be String6: text at most 6 characters'
    assert found == [("/DERStatus/manufacturerStatus/value", 2, message)]


@pytest.mark.parametrize("value", ["A", "GG", "0x01", "A" * 42])
def test_bad_hexadecimal_is_told_with_the_digits_allowed(value: str) -> None:
    found = problems(
        f"<EndDevice {NS}><lFDI>{value}</lFDI><sFDI>1</sFDI><changedTime>1</changedTime></EndDevice>",
    )
    message = (
        f'`EndDevice/lFDI` is "{value}"; it must be HexBinary160: an even number of hexadecimal digits, at most 40'
    )
    assert found == [("/EndDevice/lFDI", 1, message)]


def test_an_unknown_element_is_told_with_what_it_may_have_been() -> None:
    found = problems(
        f"<EndDevice {NS}>",
        "<sFDI>1</sFDI>",
        "<changedTIme>1</changedTIme>",
        "<changedTime>1</changedTime>",
        "</EndDevice>",
    )
    message = (
        "`EndDevice/changedTIme` does not belong here; the name is written `changedTime`; "
        "expected here: changedTime (required)"
    )
    assert found == [("/EndDevice/changedTIme", 3, message)]


def test_an_element_of_a_later_edition_is_recognised() -> None:
    found = problems(f"<DERStatus {NS}>", "<connectStatus/>", "<readingTime>1</readingTime>", "</DERStatus>")
    assert [path for path, _, _ in found] == ["/DERStatus/connectStatus"]
    assert "IEEE 2030.5-2023 has it" in found[0][2]


def test_a_list_of_one_fault_in_each_entry_tells_every_entry_by_its_position() -> None:
    device = "<EndDevice><sFDI>x</sFDI><changedTime>1</changedTime></EndDevice>"
    found = problems(f'<EndDeviceList {NS} all="3" results="3">', device, device, device, "</EndDeviceList>")
    assert [(path, line) for path, line, _ in found] == [
        (f"/EndDeviceList/EndDevice[{number}]/sFDI", number + 1) for number in (1, 2, 3)
    ]


def test_every_mistake_is_told_though_libxml2_stops_at_the_first() -> None:
    found = problems(
        f'<DERControl {NS} href="/c" color="red">',
        "<mRID>0</mRID>",
        "<creationTime>now</creationTime>",
        "<EventStatus><currentStatus>0</currentStatus><dateTime>1</dateTime></EventStatus>",
        "<interval><start>1</start><duration>300</duration></interval>",
        "<DERControlBase><opModMaxLimW>70000</opModMaxLimW><opModConnect>yes</opModConnect></DERControlBase>",
        "</DERControl>",
    )
    assert [(path, line) for path, line, _ in found] == [
        ("/DERControl/@color", 1),
        ("/DERControl/mRID", 2),
        ("/DERControl/creationTime", 3),
        ("/DERControl/EventStatus/potentiallySuperseded", 4),
        ("/DERControl/interval/start", 5),
        ("/DERControl/DERControlBase/opModConnect", 6),
        ("/DERControl/DERControlBase/opModMaxLimW", 6),
        ("/DERControl/DERControlBase/opModConnect", 6),
    ]


def test_the_pre_2018_namespace_is_named() -> None:
    found = problems('<Time xmlns="http://ieee.org/2030.5"/>')
    message = (
        "`Time` is in http://ieee.org/2030.5 (this is the pre-2018 namespace); it must be in urn:ieee:std:2030.5:ns"
    )
    assert found == [("/Time", 1, message)]


def test_a_document_without_namespace_is_told_so() -> None:
    assert problems("<Time/>") == [("/Time", 1, "`Time` is in no namespace; it must be in urn:ieee:std:2030.5:ns")]


def test_a_root_in_the_wrong_case_is_recognised() -> None:
    message = "`time` is not a root element of IEEE 2030.5-2018; the name is written `Time`"
    assert problems(f"<time {NS}/>") == [("/time", 1, message)]


def test_a_part_is_no_document_in_2023() -> None:
    message = "`DERControlListLink` is not a root element of IEEE 2030.5-2023; it is only a part of other documents"
    found = problems(f'<DERControlListLink {NS} href="/c"/>', validator=Validator(Edition.IEEE_2023))
    assert found == [("/DERControlListLink", 1, message)]


NOTIFICATION = ("<status>0</status>", "<subscriptionURI>/s</subscriptionURI>", "</Notification>")


def notification(resource: str) -> list[tuple[str, int, str]]:
    return problems(
        f"<Notification {NS} {XSI}>", "<subscribedResource>/x</subscribedResource>", resource, *NOTIFICATION
    )


def test_a_resource_with_content_needs_its_type() -> None:
    message = "`Notification/Resource` has content but no xsi:type; expected xsi:type with the name of the resource"
    assert notification("<Resource><currentTime>1</currentTime></Resource>") == [("/Notification/Resource", 3, message)]


def test_an_unknown_type_is_told() -> None:
    message = (
        '`Notification/Resource` has xsi:type="Tme", which IEEE 2030.5-2018 does not have; '
        "expected Resource or a type derived from it"
    )
    assert notification('<Resource xsi:type="Tme"/>') == [("/Notification/Resource/@xsi:type", 3, message)]


def test_a_type_that_is_no_resource_is_told() -> None:
    message = (
        '`Notification/Resource` has xsi:type="DateTimeInterval", which is not derived from Resource; '
        "expected Resource or a type derived from it"
    )
    assert notification('<Resource xsi:type="DateTimeInterval"/>') == [("/Notification/Resource/@xsi:type", 3, message)]


def test_content_is_judged_by_the_type_named() -> None:
    found = notification('<Resource xsi:type="EndDeviceList" all="0"/>')
    assert found == [("/Notification/Resource/@results", 3, "`Resource/@results` is missing")]


def test_a_resource_under_its_own_name_is_told_how_to_be_written() -> None:
    path, line, message = notification('<EndDeviceList all="0" results="0"/>')[0]
    assert (path, line) == ("/Notification/EndDeviceList", 3)
    assert 'write it as `Resource` with xsi:type="EndDeviceList"' in message


def test_stray_text_and_nil_are_told() -> None:
    found = problems(f"<DateTimeInterval {NS} {XSI}>", '<duration xsi:nil="true">1</duration>oops', "<start>1</start>",
                     "</DateTimeInterval>")  # fmt: skip
    assert found == [
        ("/DateTimeInterval", 1, '`DateTimeInterval` holds text ("oops"); expected elements only'),
        ("/DateTimeInterval/duration/@xsi:nil", 2,
         "`DateTimeInterval/duration` has xsi:nil; no element of 2030.5 may be nil"),
    ]  # fmt: skip


def test_a_comment_does_not_split_a_value() -> None:
    body = f"<DateTimeInterval {NS}><duration>1<!-- -->2</duration><start>1</start></DateTimeInterval>"
    assert VALIDATOR.validate(body.encode()).valid


def test_after_many_problems_the_rest_is_only_counted() -> None:
    device = "<EndDevice><sFDI>x</sFDI><changedTime>1</changedTime></EndDevice>"
    body = f'<EndDeviceList {NS} all="1" results="1">{device * 600}</EndDeviceList>'
    report = VALIDATOR.validate(body.encode())
    assert len(report.problems) == 501
    assert report.problems[-1].kind is ProblemKind.UNSHOWN
