"""Which status answers what, and how documents leave the utility."""

from dataclasses import replace

import pytest
from lxml import etree

from conformance.roles.utility import Handler, Manner, Utility
from conformance.roles.utility.scenario import one_program
from conformance.wire.messages import Answer, Request, header
from tests.visitor import LFDI, START_S, HandClock, UtilityVisitor, schema, sep

SETTINGS = sep(
    "<DERSettings><setGradW>1</setGradW><setMaxW><multiplier>0</multiplier><value>5</value></setMaxW>"
    "<updatedTime>1</updatedTime></DERSettings>"
)


def visitor(**options: object) -> UtilityVisitor:
    utility = Utility(HandClock(), **options)  # type: ignore[arg-type]
    utility.register(LFDI)
    return UtilityVisitor(utility)


def test_an_unknown_path_is_404_and_an_unknown_method_501() -> None:
    assert visitor().send("GET", "/edev").status == 404
    assert visitor().send("FOO", "/dcap").status == 501
    assert visitor().send("FOO", "/nowhere").status == 501


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE", "PATCH", "OPTIONS"])
def test_a_method_the_resource_does_not_have_is_405_with_allow(method: str) -> None:
    answer = visitor().send(method, "/dcap", SETTINGS)
    assert (answer.status, header(answer.headers, "Allow")) == (405, "GET, HEAD")
    assert answer.resource == "DeviceCapability"


def test_allow_names_the_methods_of_a_writable_resource() -> None:
    client = visitor()
    path = client.utility.devices[0].der.settings.path
    assert header(client.send("POST", path, SETTINGS).headers, "Allow") == "GET, HEAD, PUT"


def test_head_is_get_without_the_body() -> None:
    client = visitor()
    got, head = client.send("GET", "/dcap"), client.send("HEAD", "/dcap")
    assert (head.status, head.body) == (200, b"")
    assert header(head.headers, "Content-Length") == str(len(got.body))
    assert header(head.headers, "Content-Type") == header(got.headers, "Content-Type")


@pytest.mark.parametrize(
    ("accept", "status"),
    [
        ("application/sep+xml", 200),
        ("application/sep+xml;level=S1, application/sep-exi;q=0.1", 200),
        ("text/html, image/gif, *; q=.2, */*; q=.2", 200),
        ("APPLICATION/SEP+XML", 200),
        ("application/*", 200),
        ("", 200),
        ("application/sep-exi", 406),
        ("application/sep+xml;q=0, text/plain", 406),
        ("gibberish", 400),
    ],
)
def test_accept_is_read_leniently(accept: str, status: int) -> None:
    assert visitor().send("GET", "/dcap", Accept=accept).status == status


@pytest.mark.parametrize(
    ("media_type", "status"),
    [
        ("application/sep+xml", 204),
        ("application/sep+xml; charset=utf-8", 204),
        ("text/xml", 204),
        ("application/sep-exi", 415),
        ("application/json", 415),
    ],
)
def test_the_media_type_of_a_body_is_checked(media_type: str, status: int) -> None:
    client = visitor()
    path = client.utility.devices[0].der.settings.path
    assert client.send("PUT", path, SETTINGS, Content_Type=media_type).status == status


@pytest.mark.parametrize(
    "body", ["", "no xml", "<DERSettings>", sep("<DERStatus><readingTime>1</readingTime></DERStatus>")]
)
def test_a_body_that_is_not_the_resource_is_400(body: str) -> None:
    client = visitor()
    device = client.utility.devices[0]
    assert client.send("PUT", device.der.settings.path, body).status == 400
    assert device.der_settings is None


def test_a_body_that_the_schema_refuses_is_400() -> None:
    client = visitor(validate=lambda body: schema().validate(etree.fromstring(body)))
    path = client.utility.devices[0].der.settings.path
    assert client.send("PUT", path, SETTINGS.replace("setGradW", "setGradX")).status == 400
    assert client.send("PUT", path, SETTINGS).status == 204


def test_a_content_type_on_a_get_is_no_matter() -> None:
    assert visitor().send("GET", "/dcap", Content_Type="application/sep+xml").status == 200


def test_a_target_may_be_an_absolute_uri() -> None:
    assert visitor().send("GET", "https://server:8443/dcap?l=1").resource == "DeviceCapability"


def test_every_answer_names_the_kind_of_resource_it_is_about() -> None:
    client = visitor()
    one_program(client.utility, LFDI).program.set_default({"opModMaxLimW": 1})
    for path, node in client.walk().items():
        assert client.send("GET", path).resource == node.name
        assert client.send("PATCH", path).resource == node.name


def test_an_interposer_may_answer_in_the_utilitys_stead() -> None:
    client = visitor()

    def busy(request: Request, handler: Handler) -> Answer:
        answer = handler(request)
        return replace(answer, status=503, body=b"") if answer.resource == "Time" else answer

    client.utility.interposers.append(busy)
    assert client.send("GET", client.follow().link("TimeLink") or "").status == 503
    client.utility.interposers.clear()
    assert client.follow("TimeLink").integer("currentTime") == START_S


def test_time_has_quality_7_and_adds_up() -> None:
    client = visitor()
    client.utility.entrance.tz_offset_s = 36000
    time = client.follow("TimeLink")
    assert time.integer("quality") == 7
    assert (time.integer("localTime") or 0) - (time.integer("currentTime") or 0) == time.integer("tzOffset") == 36000


def test_the_entry_can_be_elsewhere() -> None:
    client = visitor(entry="/api/in")
    assert client.follow().href == "/api/in"
    assert client.send("GET", "/dcap").status == 404


UNUSUAL = Manner(
    entry_path="/smart/energy/entry",
    path_prefix="/deep/down/v1",
    absolute_hrefs=True,
    namespace_prefix="sep",
    lower_case_hex=True,
    extra_links=True,
)


def unusual() -> UtilityVisitor:
    utility = Utility(HandClock(), manner=UNUSUAL)
    program = one_program(utility, LFDI).program
    program.set_default({"opModMaxLimW": 1}, setGradW=3)
    return UtilityVisitor(utility)


def test_an_unusual_manner_is_still_valid_and_complete() -> None:
    usual = visitor()
    one_program(usual.utility, LFDI).program.set_default({"opModMaxLimW": 1}, setGradW=3)
    kinds = sorted(node.name for node in usual.walk().values())
    extra = ["DemandResponseProgramList", "FileList", "MessagingProgramList", "TariffProfileList"]
    assert sorted(node.name for node in unusual().walk().values()) == sorted([*kinds, *extra])


def test_hrefs_can_be_absolute_and_deep() -> None:
    link = unusual().follow().link("TimeLink") or ""
    assert link.startswith("https://server:8443/deep/down/v1/tm-")
    answer = unusual().utility.handle(Request("GET", UNUSUAL.entry_path))
    assert b"https://" not in answer.body


def test_the_namespace_can_have_a_prefix_and_hexadecimal_lower_case() -> None:
    client = unusual()
    answer = client.send("GET", client.follow().link("EndDeviceListLink") or "")
    assert answer.body.count(b"<sep:EndDevice ") == 1
    assert LFDI.lower().encode() in answer.body


def test_bodies_can_come_in_chunks() -> None:
    manner = Manner(chunked=True)
    answer = UtilityVisitor(Utility(HandClock(), manner=manner, seed="s")).send("GET", "/dcap")
    whole = UtilityVisitor(Utility(HandClock(), seed="s")).send("GET", "/dcap")
    assert header(answer.headers, "Transfer-Encoding") == "chunked"
    rest, pieces = answer.body, []
    while rest:
        size, rest = rest.split(b"\r\n", 1)
        pieces.append(rest[: int(size, 16)])
        rest = rest[int(size, 16) :].removeprefix(b"\r\n")
    assert len(pieces) == 3
    assert b"".join(pieces) == whole.body


def test_locations_are_absolute_too() -> None:
    client = unusual()
    path = client.utility.devices[0].log.path
    body = sep(
        "<LogEvent><createdDateTime>1</createdDateTime><functionSet>11</functionSet><logEventCode>2</logEventCode>"
        "<logEventID>1</logEventID><logEventPEN>0</logEventPEN><profileID>2</profileID></LogEvent>"
    )
    place = header(client.send("POST", path, body).headers, "Location") or ""
    assert place.startswith("https://server:8443/deep/down/v1/")
    assert client.get(place.removeprefix("https://server:8443")).integer("logEventCode") == 2
