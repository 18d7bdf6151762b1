"""What clients send is kept as it came, and read back as it was sent."""

from datetime import timedelta

import pytest

from conformance.roles.utility import Utility
from conformance.roles.utility.scenario import one_control
from conformance.wire.messages import header
from conformance.wire.payload import Node, read
from tests.visitor import LFDI, OTHER, START, HandClock, UtilityVisitor, schema, sep

MINUTE = timedelta(minutes=1)
MUP_MRID = "0A" * 16
WATTS, VOLTS = "0B" * 16, "0c" * 16
TYPE = (
    "<ReadingType><accumulationBehaviour>12</accumulationBehaviour><commodity>1</commodity>"
    "<dataQualifier>0</dataQualifier><flowDirection>1</flowDirection><kind>37</kind><phase>0</phase>"
    "<powerOfTenMultiplier>0</powerOfTenMultiplier><uom>38</uom></ReadingType>"
)
DOCUMENTS = {
    "DERCapability": "<DERCapability><modesSupported>00100000</modesSupported><rtgMaxW><multiplier>0</multiplier>"
    "<value>5000</value></rtgMaxW><type>4</type></DERCapability>",
    "DERSettings": "<DERSettings><setGradW>100</setGradW><setMaxW><multiplier>0</multiplier>"
    "<value>4000</value></setMaxW><updatedTime>1700000000</updatedTime></DERSettings>",
    "DERStatus": "<DERStatus><genConnectStatus><dateTime>1</dateTime><value>01</value></genConnectStatus>"
    "<readingTime>1700000000</readingTime></DERStatus>",
    "DERAvailability": "<DERAvailability><readingTime>5</readingTime><statWAvail><multiplier>0</multiplier>"
    "<value>3</value></statWAvail></DERAvailability>",
}


def registered() -> UtilityVisitor:
    utility = Utility(HandClock(), seed="inbox")
    utility.register(LFDI)
    utility.register(OTHER)
    return UtilityVisitor(utility)


def usage_point(*readings: str, mrid: str = MUP_MRID) -> str:
    return sep(
        f"<MirrorUsagePoint><mRID>{mrid}</mRID><description>site</description><roleFlags>0049</roleFlags>"
        "<serviceCategoryKind>0</serviceCategoryKind><status>1</status>"
        f"<deviceLFDI>{LFDI}</deviceLFDI>{''.join(readings)}</MirrorUsagePoint>"
    )


def defined(mrid: str) -> str:
    return f"<MirrorMeterReading><mRID>{mrid}</mRID><description>W</description>{TYPE}</MirrorMeterReading>"


def value(mrid: str, number: int) -> str:
    return (
        f"<MirrorMeterReading><mRID>{mrid}</mRID><Reading><timePeriod><duration>0</duration><start>1</start></timePeriod>"
        f"<value>{number}</value></Reading></MirrorMeterReading>"
    )


def posted(client: UtilityVisitor, *readings: str) -> str:
    answer = client.send("POST", client.follow().link("MirrorUsagePointListLink") or "", usage_point(*readings))
    assert answer.status == 201
    return header(answer.headers, "Location") or ""


@pytest.mark.parametrize("kind", DOCUMENTS)
def test_a_der_document_is_valid_before_the_first_put_and_read_back_after(kind: str) -> None:
    client = registered()
    path = client.follow("EndDeviceListLink", "0", "DERListLink", "0").link(f"{kind}Link") or ""
    assert client.get(path).name == kind
    answer = client.send("PUT", path, sep(DOCUMENTS[kind]))
    assert (answer.status, answer.resource) == (204, kind)
    shown = client.get(path)
    assert shown.href == path
    assert [_flat(child) for child in shown.children()] == [_flat(child) for child in _parsed(DOCUMENTS[kind])]


def _parsed(body: str) -> tuple[Node, ...]:
    return read(sep(body).encode()).children()


def _flat(node: Node) -> object:
    return (node.name, node.content, [_flat(child) for child in node.children()])


def test_der_documents_are_kept_with_time_and_sender() -> None:
    client = registered()
    device = client.utility.devices[0]
    assert (device.der_settings, device.der_status, device.der_availability, device.der_capability) == (None,) * 4
    client.send("PUT", device.der.settings.path, sep(DOCUMENTS["DERSettings"]))
    kept = device.der_settings
    assert kept is not None
    assert (kept.at, kept.lfdi, kept.node.integer("setGradW")) == (START, LFDI, 100)


def test_nobody_writes_the_documents_of_another() -> None:
    client = registered()
    path = client.utility.devices[0].der.settings.path
    assert UtilityVisitor(client.utility, OTHER).send("PUT", path, sep(DOCUMENTS["DERSettings"])).status == 404


def test_a_second_der_has_documents_of_its_own() -> None:
    client = registered()
    second = client.utility.devices[0].add_der()
    client.send("PUT", second.settings.path, sep(DOCUMENTS["DERSettings"]))
    assert client.own().child("DERListLink").integer_attribute("all") == 2  # type: ignore[union-attr]
    assert client.utility.devices[0].der_settings is None


def test_a_usage_point_is_given_back_with_the_post_rate() -> None:
    client = registered()
    shown = client.get(posted(client, defined(WATTS)))
    assert (shown.text("mRID"), shown.text("roleFlags"), shown.integer("postRate")) == (MUP_MRID, "0049", 300)
    reading = shown.child("MirrorMeterReading")
    assert reading is not None
    assert reading.child("ReadingType").integer("uom") == 38  # type: ignore[union-attr]


def test_readings_replace_the_value_and_keep_the_type() -> None:
    client = registered()
    place = posted(client, defined(WATTS))
    for number in (4000, 4100):
        assert client.send("POST", place, sep(value(WATTS, number))).status == 204
    reading = client.get(place).child("MirrorMeterReading")
    assert reading is not None
    assert reading.child("Reading").integer("value") == 4100  # type: ignore[union-attr]
    assert reading.child("ReadingType").integer("uom") == 38  # type: ignore[union-attr]
    assert reading.text("description") == "W"
    kept = client.utility.readings
    assert [one.value for one in kept] == [4000, 4100]
    assert kept[0].reading_type is not None
    assert kept[0].reading_type.integer("uom") == 38


@pytest.mark.parametrize("status", [201, 204])
def test_readings_with_a_new_mrid_are_answered_by_policy(status: int) -> None:
    client = registered()
    client.utility.answer_new_readings(status)
    place = posted(client)
    answer = client.send("POST", place, sep(value(VOLTS, 230)))
    assert answer.status == status
    where = header(answer.headers, "Location")
    assert (where is not None) is (status == 201)
    if where:
        assert client.get(where).child("Reading").integer("value") == 230  # type: ignore[union-attr]


def test_a_list_of_readings_is_taken_as_a_whole() -> None:
    client = registered()
    place = posted(client, defined(WATTS), defined(VOLTS))
    body = sep(
        f'<MirrorMeterReadingList all="2" results="2">{value(WATTS, 1)}{value(VOLTS, 2)}</MirrorMeterReadingList>'
    )
    assert client.send("POST", place, body).status == 204
    assert [(one.mrid, one.value) for one in client.utility.readings] == [(WATTS, 1), (VOLTS.upper(), 2)]


def test_reading_sets_are_kept_too() -> None:
    client = registered()
    place = posted(client, defined(WATTS))
    body = (
        f"<MirrorMeterReading><mRID>{WATTS}</mRID><MirrorReadingSet><mRID>{'0D' * 16}</mRID>"
        "<timePeriod><duration>300</duration><start>1</start></timePeriod>"
        "<Reading><value>7</value></Reading><Reading><value>8</value></Reading></MirrorReadingSet></MirrorMeterReading>"
    )
    assert client.send("POST", place, sep(body)).status == 204
    assert [one.value for one in client.utility.readings] == [7, 8]
    assert client.get(place).child("MirrorMeterReading").child("ReadingType") is not None  # type: ignore[union-attr]


def test_posting_a_usage_point_again_updates_it() -> None:
    client = registered()
    place = posted(client, defined(WATTS))
    again = client.send("POST", client.follow().link("MirrorUsagePointListLink") or "", usage_point(defined(VOLTS)))
    assert (again.status, header(again.headers, "Location")) == (204, place)
    assert len(client.utility.mirror_usage_points) == 1
    assert len(client.get(place).children("MirrorMeterReading")) == 2


def test_a_usage_point_can_be_deleted() -> None:
    client = registered()
    place = posted(client, defined(WATTS))
    assert client.send("DELETE", place).status == 204
    assert client.send("GET", place).status == 404
    assert client.follow("MirrorUsagePointListLink").integer_attribute("all") == 0


def test_mirrors_are_private_and_their_mrids_taken() -> None:
    client = registered()
    place = posted(client)
    other = UtilityVisitor(client.utility, OTHER)
    assert other.follow("MirrorUsagePointListLink").integer_attribute("all") == 0
    assert other.send("GET", place).status == 404
    assert other.send("POST", other.follow().link("MirrorUsagePointListLink") or "", usage_point()).status == 400


def test_a_stranger_may_not_mirror() -> None:
    client = registered()
    stranger = UtilityVisitor(client.utility, "99" * 20)
    answer = stranger.send("POST", stranger.follow().link("MirrorUsagePointListLink") or "", usage_point())
    assert (answer.status, answer.resource) == (403, "MirrorUsagePointList")


def test_a_usage_point_cannot_be_posted_into_another() -> None:
    client = registered()
    assert client.send("POST", posted(client), usage_point(mrid="0E" * 16)).status == 400


def response(subject: str, status: int, moment: int = 1) -> str:
    return sep(
        f"<DERControlResponse><createdDateTime>{moment}</createdDateTime><endDeviceLFDI>{LFDI}</endDeviceLFDI>"
        f"<status>{status}</status><subject>{subject}</subject></DERControlResponse>"
    )


def test_responses_are_kept_in_order_and_read_back() -> None:
    client = registered()
    made = one_control(client.utility, LFDI, {"opModMaxLimW": 1}, starts_in=MINUTE, duration=MINUTE)
    for status in (1, 2):
        answer = client.send("POST", made.control.reply_to, response(made.control.mrid.lower(), status, status))
        assert (answer.status, answer.resource) == (201, "ResponseList")
    assert client.get(header(answer.headers, "Location") or "").name == "DERControlResponse"
    assert [(one.subject, one.status, one.lfdi, one.at) for one in client.utility.responses] == [
        (made.control.mrid, 1, LFDI, START),
        (made.control.mrid, 2, LFDI, START),
    ]
    listed = client.follow("ResponseSetListLink", "0", "ResponseListLink")
    assert [node.integer("status") for node in listed.children()] == [2, 1]


def test_what_is_no_response_is_refused() -> None:
    client = registered()
    made = one_control(client.utility, LFDI, {"opModMaxLimW": 1}, starts_in=MINUTE, duration=MINUTE)
    assert client.send("POST", made.control.reply_to, sep(DOCUMENTS["DERStatus"])).status == 400
    assert client.utility.responses == ()


def log_event(moment: int, code: int) -> str:
    return sep(
        f"<LogEvent><createdDateTime>{moment}</createdDateTime><functionSet>0</functionSet>"
        f"<logEventCode>{code}</logEventCode><logEventID>1</logEventID><logEventPEN>0</logEventPEN>"
        "<profileID>2</profileID></LogEvent>"
    )


def test_log_events_are_listed_newest_first() -> None:
    client = registered()
    path = client.own().link("LogEventListLink") or ""
    for moment, code in ((10, 1), (30, 2), (20, 3), (30, 4)):
        answer = client.send("POST", path, log_event(moment, code))
        assert answer.status == 201
        assert client.get(header(answer.headers, "Location") or "").integer("logEventCode") == code
    listed = client.get(f"{path}?l=255")
    assert [node.integer("logEventCode") for node in listed.children()] == [4, 2, 3, 1]
    assert [kept.node.integer("logEventCode") for kept in client.utility.devices[0].log_events] == [1, 2, 3, 4]


def test_the_utilitys_own_log_is_read_only() -> None:
    client = registered()
    client.utility.self_device.log.log(function_set=0, code=5)
    path = client.follow("SelfDeviceLink").link("LogEventListLink") or ""
    assert client.get(path).children()[0].integer("logEventCode") == 5
    assert client.send("POST", path, log_event(1, 1)).status == 405


def test_what_a_client_sent_with_a_prefix_is_given_back_validly() -> None:
    client = registered()
    path = client.utility.devices[0].der.status.path
    body = '<x:DERStatus xmlns:x="urn:ieee:std:2030.5:ns" href="/mine"><x:readingTime>9</x:readingTime></x:DERStatus>'
    assert client.send("PUT", path, body).status == 204
    assert (client.get(path).integer("readingTime"), client.get(path).href) == (9, path)
    schema().assertValid(client.get(path).xml)
