"""Value rules catch what the schema lets through, and leave alone what is legal but unusual."""

from datetime import UTC, datetime

import pytest

from conformance.vocabulary.identity import HexCase
from conformance.vocabulary.mrid import PenForm
from conformance.vocabulary.verdict import Level
from conformance.wire.payload import read
from conformance.wire.schema.rating_rules import comparable
from conformance.wire.schema.value_rules import (
    RULES,
    Circumstances,
    ValueFinding,
    check_encoding,
    check_ratings,
    check_values,
)

NS = 'xmlns="urn:ieee:std:2030.5:ns"'
LFDI = "3E4F45AB31EDFE5B67E343E5E4562E3112345678"
MRID = "0123456789ABCDEF0123456789ABCDEF"


def wrap(name: str, content: str, attributes: str = "") -> bytes:
    return f"<{name} {NS} {attributes}>\n{content}\n</{name}>".encode()


def findings(body: bytes, **circumstances: object) -> list[tuple[str, Level]]:
    found = check_values(read(body), circumstances=Circumstances(**circumstances))  # type: ignore[arg-type]
    return [(finding.requirement, finding.level) for finding in found]


def control(status: int, start: int, duration: int = 300, more: str = "") -> bytes:
    return wrap(
        "DERControl",
        f"<mRID>{MRID}</mRID><creationTime>1</creationTime><EventStatus><currentStatus>{status}</currentStatus>"
        "<dateTime>1</dateTime><potentiallySuperseded>false</potentiallySuperseded></EventStatus>"
        f"<interval><duration>{duration}</duration><start>{start}</start></interval>{more}<DERControlBase/>",
    )


def test_every_rule_has_its_own_id_and_a_source_and_says_who_must_obey() -> None:
    ids = [rule.id for rule in RULES]
    assert {rule.who for rule in RULES} == {"server", "client", "both"}
    assert len(set(ids)) == len(ids) > 20
    assert all(rule.id.startswith("VAL.") and rule.text.endswith(".") and rule.source for rule in RULES)


LEGAL = {
    "an own LFDI and SFDI": wrap("EndDevice", f"<lFDI>{LFDI}</lFDI><sFDI>167261211391</sFDI>"),
    "lower case": wrap("EndDevice", f"<lFDI>{LFDI.lower()}</lFDI><sFDI>167261211391</sFDI>"),
    "an SFDI with leading zeros": wrap("EndDevice", "<sFDI>00000000000019</sFDI>"),
    "the PIN of the test procedures": wrap("Registration", "<pIN>111115</pIN>"),
    "an empty page of a list": wrap("EndDeviceList", "", 'all="7" results="0"'),
    "a page of a list": wrap("DERList", "<DER/><DER/>", 'all="9" results="2"'),
    "a link with all only": wrap("DeviceCapability", '<EndDeviceListLink all="0" href="/e"/>'),
    "a control for ever": control(1, 1, 4294967295),
    "an hour of randomization": control(0, 1, more="<randomizeStart>-3600</randomizeStart>"),
    "ten points": wrap("DERCurve", "<CurveData/>" * 10 + "<xMultiplier>-9</xMultiplier>"),
    "100 %": wrap("DERControlBase", "<opModFixedW>-10000</opModFixedW><opModMaxLimW>10000</opModMaxLimW>"),
    "bits in use": wrap("DERControl", "", 'responseRequired="07"'),
    "short bitmaps": wrap("DERSettings", "<modesEnabled>0f</modesEnabled>"),
    "a setMaxVar of zero": wrap("DERSettings", "<setMaxVar><multiplier>0</multiplier><value>0</value></setMaxVar>"),
    "a number of 5000 digits, for the schema": wrap("EndDevice", f"<sFDI>{'9' * 5000}</sFDI><pIN>{'9' * 5000}</pIN>"),
    "an object that only adds": wrap("DERList", '<v:extra xmlns:v="urn:example:vendor"/>', 'all="0" results="0"'),
    "values that are none": wrap("EndDevice", "<sFDI>x</sFDI><pIN/><multiplier>x</multiplier><roleFlags>x</roleFlags>"),
}


@pytest.mark.parametrize("name", LEGAL)
def test_what_is_legal_is_no_finding(name: str) -> None:
    assert findings(LEGAL[name]) == []


@pytest.mark.parametrize(
    ("body", "rule", "level"),
    [
        (wrap("EndDevice", "<lFDI>AA</lFDI>"), "VAL.LFDI.LENGTH", Level.MUST),
        (wrap("DERControlResponse", "<endDeviceLFDI/>"), "VAL.LFDI.LENGTH", Level.MUST),
        (wrap("EndDevice", "<sFDI>167261211392</sFDI>"), "VAL.SFDI.CHECK_DIGIT", Level.MUST),
        (wrap("EndDevice", "<sFDI>687194767360</sFDI>"), "VAL.SFDI.RANGE", Level.MUST),
        (wrap("EndDevice", f"<lFDI>{LFDI}</lFDI><sFDI>19</sFDI>"), "VAL.SFDI.OF_LFDI", Level.SHOULD),
        (wrap("Registration", "<pIN>111111</pIN>"), "VAL.PIN.CHECK_DIGIT", Level.MUST),
        (wrap("Registration", "<pIN>1111115</pIN>"), "VAL.PIN.CHECK_DIGIT", Level.MUST),
        (wrap("UsagePoint", "<mRID/>"), "VAL.MRID.EMPTY", Level.MUST),
        (wrap("UsagePoint", "<mRID>01</mRID>"), "VAL.MRID.LENGTH", Level.SHOULD),
        (wrap("DERList", "<DER/>", 'all="2" results="2"'), "VAL.LIST.RESULTS", Level.MUST),
        (wrap("DERList", "<DER/>", 'all="0" results="1"'), "VAL.LIST.ALL", Level.MUST),
        (wrap("ActivePower", "<multiplier>10</multiplier><value>1</value>"), "VAL.POWER_OF_TEN", Level.MUST),
        (wrap("DERControlBase", "<opModMaxLimW>10001</opModMaxLimW>"), "VAL.PERCENT", Level.MUST),
        (wrap("DERControlBase", "<opModFixedW>-10001</opModFixedW>"), "VAL.SIGNED_PERCENT", Level.MUST),
        (control(0, 1, more="<randomizeDuration>3601</randomizeDuration>"), "VAL.EVENT.RANDOMIZATION", Level.MUST),
        (wrap("DERCapability", "<modesSupported>08000000</modesSupported>"), "VAL.BITMAP.RESERVED", Level.SHOULD),
        (wrap("DERStatus", "<genConnectStatus><value>20</value></genConnectStatus>"),
         "VAL.BITMAP.CONNECTION", Level.SHOULD),
        (wrap("DERControl", "", 'responseRequired="0F"'), "VAL.BITMAP.RESPONSE_REQUIRED", Level.SHOULD),
        (wrap("DERControlResponse", "<status>15</status>"), "VAL.RESPONSE.STATUS", Level.SHOULD),
        (control(5, 1), "VAL.EVENT.STATUS_CODE", Level.MUST),
        (control(0, 1, 0), "VAL.EVENT.DURATION", Level.SHOULD),
        (wrap("DERCurve", ""), "VAL.CURVE.POINTS", Level.MUST),
        (wrap("DERCurve", "<CurveData/>"), "VAL.CURVE.ONE_POINT", Level.SHOULD),
        (wrap("DERSettings", "<setMaxVar><multiplier>0</multiplier><value>-1</value></setMaxVar>"),
         "VAL.DER.VAR_SIGN", Level.MUST),
    ],
)  # fmt: skip
def test_what_the_schema_lets_through_is_found(body: bytes, rule: str, level: Level) -> None:
    assert findings(body) == [(rule, level)]


@pytest.mark.parametrize(
    ("status", "start", "late"),
    [(0, -59, False), (0, -61, True), (1, 59, False), (1, 61, True), (1, -359, False), (1, -361, True),
     (2, -999, False), (4, 999, False)],
)  # fmt: skip
def test_a_status_is_held_against_the_server_s_time_with_slack(status: int, start: int, late: bool) -> None:
    now = datetime(2030, 1, 1, tzinfo=UTC)
    body = control(status, int(now.timestamp()) + start)
    assert [finding.requirement for finding in check_values(read(body), now)] == ["VAL.EVENT.STATUS_TIME"] * late
    assert check_values(read(body)) == ()


def test_randomization_widens_the_slack() -> None:
    now = datetime(2030, 1, 1, tzinfo=UTC)
    body = control(0, int(now.timestamp()) - 100, more="<randomizeStart>60</randomizeStart>")
    assert check_values(read(body), now) == ()


def test_letter_case_is_asked_only_when_the_profile_chooses() -> None:
    body = wrap("EndDevice", f"<lFDI>{LFDI.lower()}</lFDI>")
    assert findings(body, letter_case=HexCase.UPPER) == [("VAL.HEX.CASE", Level.MUST)]
    assert findings(body, letter_case=HexCase.LOWER) == []


def test_the_maker_s_number_is_asked_only_when_the_profile_gives_it() -> None:
    body = wrap("UsagePoint", f"<mRID>{MRID[:24]}00012345</mRID>")
    assert findings(body, pen=12345, pen_form=PenForm.DECIMAL) == []
    assert findings(body, pen=12345, pen_form=PenForm.HEX) == [("VAL.MRID.PEN", Level.MUST)]


def test_a_finding_says_where_and_what() -> None:
    body = wrap("DERList", "<DER/>\n<DER/>", 'all="3" results="3"')
    message = "`DERList/@results` is 3; expected 2, the number of entries in this document"
    (finding,) = check_values(read(body))
    assert isinstance(finding, ValueFinding)
    assert (finding.path, finding.line, finding.message) == ("/DERList/@results", 1, message)


def test_a_typed_resource_is_judged_by_its_type() -> None:
    xsi = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    body = wrap("Notification", '<Resource xsi:type="DERCurve"/>', xsi)
    assert findings(body) == [("VAL.CURVE.POINTS", Level.MUST)]


def rated(name: str, **values: tuple[int, int]) -> bytes:
    mantissas = {key: "displacement" if "PF" in key else "value" for key in values}
    return wrap(name, "".join(
        f"<{key}><{mantissas[key]}>{value}</{mantissas[key]}><multiplier>{power}</multiplier></{key}>"
        for key, (value, power) in values.items()
    ))  # fmt: skip


CAPABILITY = rated("DERCapability", rtgMaxW=(5, 3), rtgMaxVarNeg=(-60, 0), rtgMinPFOverExcited=(90, -2))


@pytest.mark.parametrize(
    ("settings", "beyond"),
    [
        ({"setMaxW": (5000, 0)}, []),
        ({"setMaxW": (50001, -1)}, ["/DERSettings/setMaxW"]),
        ({"setMaxVarNeg": (-50, 0)}, []),
        ({"setMaxVarNeg": (-61, 0)}, ["/DERSettings/setMaxVarNeg"]),
        ({"setMinPFOverExcited": (95, -2)}, []),
        ({"setMinPFOverExcited": (89, -2)}, ["/DERSettings/setMinPFOverExcited"]),
        ({"setMaxVarNeg": (50, 0)}, []),
        ({"setMaxVA": (99, 3)}, []),
        ({"setMaxW": (10**400, 0)}, []),
        ({"setMaxW": (9, 10**9)}, []),
    ],
)
def test_settings_are_held_against_known_ratings(settings: dict[str, tuple[int, int]], beyond: list[str]) -> None:
    found = check_ratings(read(rated("DERSettings", **settings)), read(CAPABILITY))
    assert [finding.path for finding in found] == beyond


def test_what_can_be_compared_is_told() -> None:
    settings = rated("DERSettings", setMaxW=(1, 0), setMaxVA=(1, 0), setMinPFOverExcited=(95, -2))
    assert comparable(read(settings), read(CAPABILITY)) == ("MaxW", "MinPFOverExcited")


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (b"<a/>", None),
        (b"\xef\xbb\xbf<?xml version='1.0' encoding='utf-8'?><a/>", None),
        ("<?xml version='1.0' encoding='UTF-16'?><a/>".encode("utf-16"), "in UTF-16 or UTF-32"),
        (b'<?xml version="1.0" encoding="ISO-8859-1"?><a>\xe9</a>', "not UTF-8 (byte 46)"),
        (b'<?xml version="1.0" encoding="ISO-8859-1"?><a/>', "declared as iso-8859-1"),
        (b'<?xml version="1.1"?><a/>', "declared as another version of XML than 1.0"),
    ],
)
def test_only_utf8_is_what_2030_5_exchanges(body: bytes, found: str | None) -> None:
    assert [finding.found for finding in check_encoding(body)] == ([found] if found else [])


def test_findings_are_bounded() -> None:
    body = wrap("X", "<sFDI>1</sFDI>" * 600)
    assert len(check_values(read(body))) == 500
