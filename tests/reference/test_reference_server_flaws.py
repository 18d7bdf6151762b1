"""Each flaw of the reference server is observed, and breaks only what it names.

A probe looks at one rule and says whether it holds. The sound server passes every probe; a server with a flaw fails
its own probe and no other.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from lxml import etree

from conformance.reference.server_flaws import SERVER_FLAWS
from conformance.vocabulary.identity import sfdi_is_valid
from conformance.wire.messages import SEP_XML, header
from conformance.wire.payload import read
from conformance.wire.tls_context import CCM8
from tests.case_homes import CASES
from tests.reference.arranged_flaw_names import ARRANGED
from tests.test_recommendations import CASES as RECOMMENDED
from tests.visitor import LFDI, START, ServerVisitor, schema, sep

Probe = Callable[[ServerVisitor], bool]
NOW = int(START.timestamp())
STATUS = sep("<DERStatus><readingTime>77</readingTime></DERStatus>")
POINT = sep(
    f"<MirrorUsagePoint><mRID>{'0A' * 16}</mRID><roleFlags>0049</roleFlags><serviceCategoryKind>0</serviceCategoryKind>"
    f"<status>1</status><deviceLFDI>{LFDI}</deviceLFDI><MirrorMeterReading><mRID>{'0B' * 16}</mRID><Reading>"
    "<value>5</value></Reading></MirrorMeterReading></MirrorUsagePoint>"
)
DEVICE = sep(f"<EndDevice><lFDI>{LFDI}</lFDI><sFDI>1</sFDI><changedTime>0</changedTime></EndDevice>")


def program_list(visitor: ServerVisitor) -> str:
    return visitor.programs().href or ""


def own_list(visitor: ServerVisitor) -> str:
    return visitor.follow().link("EndDeviceListLink") or ""


def ordinals(visitor: ServerVisitor, query: str) -> list[int | None]:
    answer = visitor.send("GET", f"{program_list(visitor)}?{query}")
    return [program.integer("primacy") for program in read(answer.body).children()] if answer.status == 200 else [-1]


def lists_fit(attribute: str) -> Probe:
    def probe(visitor: ServerVisitor) -> bool:
        lists = [read(answer.body) for answer in visitor.walk().values() if (answer.resource or "").endswith("List")]
        return all(found.integer_attribute(attribute) == len(found.children()) for found in lists)

    return probe


def own_control(visitor: ServerVisitor) -> str:
    return visitor.follow(*TO_CONTROLS).children()[0].attribute("replyTo") or ""


TO_PROGRAM = ("EndDeviceListLink", "own", "FunctionSetAssignmentsListLink", "0", "DERProgramListLink", "best")
TO_CONTROLS = (*TO_PROGRAM, "DERControlListLink")
TO_DER = ("EndDeviceListLink", "own", "DERListLink", "0")


def posted_point(visitor: ServerVisitor) -> str | None:
    answer = visitor.send("POST", visitor.follow().link("MirrorUsagePointListLink") or "", POINT)
    if answer.status != 201:
        return None
    points = visitor.follow("MirrorUsagePointListLink").children()
    return points[0].href


def put_status(visitor: ServerVisitor) -> int:
    return visitor.send("PUT", visitor.follow(*TO_DER).link("DERStatusLink") or "", STATUS).status


def logged(visitor: ServerVisitor) -> list[int | None]:
    path = visitor.own().link("LogEventListLink") or ""
    for code in (1, 2):
        visitor.clock.forward(1)
        body = (
            f"<LogEvent><createdDateTime>{code}</createdDateTime><functionSet>0</functionSet>"
            f"<logEventCode>{code}</logEventCode><logEventID>1</logEventID><logEventPEN>0</logEventPEN>"
            "<profileID>2</profileID></LogEvent>"
        )
        visitor.send("POST", path, sep(body))
    return [event.integer("logEventCode") for event in visitor.get(f"{path}?l=9").children()]


def polls_answered(visitor: ServerVisitor) -> bool:
    path = program_list(visitor)
    statuses = [visitor.send("GET", path).status]
    visitor.clock.forward(60)
    return [*statuses, visitor.send("GET", path).status] == [200, 200]


def time_moves(visitor: ServerVisitor) -> bool:
    before = visitor.follow("TimeLink").integer("localTime") or 0
    visitor.clock.forward(10)
    return (visitor.follow("TimeLink").integer("localTime") or 0) == before + 10


def event_states(visitor: ServerVisitor) -> list[int | None]:
    states = (control.child("EventStatus") for control in visitor.follow(*TO_CONTROLS).children())
    return [state.integer("currentStatus") for state in states if state]


def events_dated(visitor: ServerVisitor) -> bool:
    states = [control.child("EventStatus") for control in visitor.follow(*TO_CONTROLS).children()]
    return all((state.integer("dateTime") or 0) >= NOW for state in states if state)


def all_readable(visitor: ServerVisitor) -> bool:
    return all(_encoding(answer.body) == "UTF-8" for answer in visitor.walk().values() if answer.status == 200)


def _encoding(body: bytes) -> str:
    return etree.fromstring(body).getroottree().docinfo.encoding or ""


def value_kept(visitor: ServerVisitor) -> bool:
    place = posted_point(visitor)
    if place is None:
        return True
    reading = visitor.get(place).child("MirrorMeterReading")
    value = reading.child("Reading") if reading else None
    return value is not None and value.integer("value") == 5


def put_kept(visitor: ServerVisitor) -> bool:
    return put_status(visitor) != 204 or visitor.follow(*TO_DER, "DERStatusLink").integer("readingTime") == 77


def located(visitor: ServerVisitor) -> bool:
    answer = visitor.send("POST", visitor.follow().link("MirrorUsagePointListLink") or "", POINT)
    return answer.status != 201 or header(answer.headers, "Location") is not None


def response_status(visitor: ServerVisitor) -> int:
    body = (
        f"<DERControlResponse><endDeviceLFDI>{LFDI}</endDeviceLFDI><subject>{'0' * 32}</subject></DERControlResponse>"
    )
    return visitor.send("POST", own_control(visitor), sep(body)).status


def registration_status(visitor: ServerVisitor) -> int:
    return visitor.send("POST", visitor.follow().link("EndDeviceListLink") or "", DEVICE).status


def own_pin(visitor: ServerVisitor) -> int | None:
    return visitor.get(visitor.own().link("RegistrationLink") or "").integer("pIN")


def dcap_type(visitor: ServerVisitor) -> str | None:
    return header(visitor.send("GET", "/dcap").headers, "Content-Type")


PROBES: dict[str, Probe] = {
    "no_ccm8": lambda visitor: visitor.server.tls_ciphers == CCM8,
    "no_client_certificate_needed": lambda visitor: visitor.server.requires_client_certificate,
    "dcap_wrong_media_type": lambda visitor: dcap_type(visitor) == SEP_XML,
    "utf16_body": all_readable,
    "no_allow_header": lambda visitor: bool(header(visitor.send("PUT", "/dcap").headers, "Allow")),
    "unknown_method_is_400": lambda visitor: visitor.send("FOO", "/dcap").status == 501,
    "unknown_path_is_500": lambda visitor: visitor.send("GET", "/no/such/path").status == 404,
    "created_without_location": located,
    "stops_answering_polls": polls_answered,
    "wrong_all": lists_fit("all"),
    "wrong_results": lists_fit("results"),
    "ignores_limit": lambda visitor: ordinals(visitor, "l=0") == [],
    "ignores_start": lambda visitor: ordinals(visitor, "s=3&l=1") == [],
    "ignores_after": lambda visitor: not visitor.get(f"{own_list(visitor)}?l=9&a={NOW + 9}").children(),
    "gives_all_by_default": lambda visitor: len(ordinals(visitor, "")) == 1,
    "last_parameter_wins": lambda visitor: len(ordinals(visitor, "l=0&l=2")) != 2,
    "refuses_unknown_parameter": lambda visitor: ordinals(visitor, "l=1&b=2") != [-1],
    "programs_out_of_order": lambda visitor: ordinals(visitor, "l=3") == [4, 7, 10],
    "invalid_body": lambda visitor: all(
        schema().validate(etree.fromstring(answer.body)) for answer in visitor.walk().values() if answer.status == 200
    ),
    "bad_mrid": lambda visitor: all(len(program.text("mRID") or "") == 32 for program in visitor.programs().children()),
    "dangling_link": lambda visitor: all(answer.status == 200 or answer.resource for answer in visitor.walk().values()),
    "clock_ahead": lambda visitor: (visitor.follow("TimeLink").integer("currentTime") or 0) <= NOW + 30,
    "clock_stands_still": time_moves,
    "unknown_time_quality": lambda visitor: visitor.follow("TimeLink").integer("quality") in (3, 4, 5, 6, 7),
    "wrong_registration_pin": lambda visitor: own_pin(visitor) == 111115,
    "wrong_sfdi": lambda visitor: sfdi_is_valid(visitor.own().integer("sFDI") or -1),
    "wrong_lfdi": lambda visitor: visitor.own().text("lFDI") == LFDI,
    "cross_device_leak": lambda visitor: len(visitor.follow("EndDeviceListLink").children()) == 1,
    "accepts_any_registration": lambda visitor: registration_status(visitor) == 403,
    "event_never_active": lambda visitor: event_states(visitor) == [1, 0, 0],
    "event_status_undated": events_dated,
    "default_missing": lambda visitor: all(
        answer.status == 200 for answer in visitor.walk().values() if answer.resource
    ),
    "refuses_responses": lambda visitor: response_status(visitor) == 201,
    "refuses_put": lambda visitor: put_status(visitor) == 204,
    "forgets_put": put_kept,
    "refuses_mirrors": lambda visitor: posted_point(visitor) is not None,
    "changes_readings": value_kept,
    "no_post_rate": lambda visitor: (
        (place := posted_point(visitor)) is None or visitor.get(place).integer("postRate") == 300
    ),
    "loses_log_events": lambda visitor: len(logged(visitor)) == 2,
    "log_events_oldest_first": lambda visitor: logged(visitor) in ([2, 1], []),
}


CHANGING = {
    "stops_answering_polls",
    "clock_stands_still",
    "created_without_location",
    "accepts_any_registration",
    "refuses_responses",
    "refuses_put",
    "forgets_put",
    "refuses_mirrors",
    "changes_readings",
    "no_post_rate",
    "loses_log_events",
    "log_events_oldest_first",
}
"""Probes that write to the server or move its clock; each gets a server of its own."""


@pytest.mark.parametrize("name", ["sound", *PROBES])
def test_a_flaw_fails_its_own_probe_and_no_other(name: str) -> None:
    flaws = () if name == "sound" else (name,)
    reader = ServerVisitor(*flaws)
    failed = {
        probe for probe, holds in PROBES.items() if not holds(ServerVisitor(*flaws) if probe in CHANGING else reader)
    }
    assert failed == set(flaws)


def test_every_flaw_has_a_probe_or_a_test_case_that_hunts_it() -> None:
    hunted = {flaw for case in CASES if case.subject == "server" for flaw in case.flaws}
    hunted |= {flaw for case, flaw, _ in RECOMMENDED if case.startswith("server/")}
    assert PROBES.keys() | ARRANGED | hunted == SERVER_FLAWS.keys()
    assert not PROBES.keys() & ARRANGED


def test_flaws_tell_what_they_break() -> None:
    for name, server_flaw in SERVER_FLAWS.items():
        flaw = server_flaw.flaw
        assert (flaw.name, flaw.side) == (name, "server")
        assert flaw.breaks
        assert len(flaw.what.split()) >= 3


def test_flaws_can_be_combined() -> None:
    visitor = ServerVisitor("wrong_all", "clock_ahead")
    assert visitor.follow("EndDeviceListLink").integer_attribute("all") == 2
    assert visitor.follow("TimeLink").integer("currentTime") == NOW + 60


def test_reading_a_list_twice_at_once_is_no_second_poll() -> None:
    visitor = ServerVisitor("stops_answering_polls")
    path = program_list(visitor)
    assert [visitor.send("GET", path).status for _ in range(3)] == [200, 200, 200]
    visitor.clock.forward(timedelta(seconds=2).total_seconds())
    assert visitor.send("GET", path).status == 503


@pytest.mark.parametrize("page", [1, 2])
def test_a_list_in_the_wrong_order_is_still_paged_completely(page: int) -> None:
    visitor = ServerVisitor("programs_out_of_order")
    seen = [one for start in range(0, 3, page) for one in ordinals(visitor, f"s={start}&l={page}")]
    assert seen == [10, 7, 4]
