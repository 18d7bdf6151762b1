"""Whatever a client sends, the utility answers; it never raises, and what it serves stays valid."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.roles.utility import Registration, Utility
from conformance.roles.utility.scenario import one_control
from conformance.wire.messages import Answer, Peer, Request
from tests.visitor import LFDI, OTHER, HandClock, UtilityVisitor, sep

METHODS = st.sampled_from(["GET", "HEAD", "PUT", "POST", "DELETE", "PATCH", "FOO", ""])
TEXT = st.text(max_size=12)
VALUES = st.one_of(TEXT, st.integers().map(str), st.sampled_from(["0A" * 16, LFDI, "²", "-1", "1.5", "9" * 30]))
KINDS = st.sampled_from(
    [
        "EndDevice",
        "MirrorUsagePoint",
        "MirrorMeterReading",
        "MirrorMeterReadingList",
        "DERControlResponse",
        "LogEvent",
        "DERSettings",
        "DERStatus",
        "DERCapability",
        "DERAvailability",
        "Response",
        "Odd",
    ]
)
NAMES = st.sampled_from(
    [
        "mRID",
        "lFDI",
        "sFDI",
        "status",
        "subject",
        "createdDateTime",
        "endDeviceLFDI",
        "deviceLFDI",
        "readingTime",
        "MirrorMeterReading",
        "Reading",
        "ReadingType",
        "value",
        "postRate",
        "logEventCode",
    ]
)


def offered() -> tuple[Utility, list[str]]:
    utility = Utility(HandClock(), registration=Registration.IN_BAND, seed="fuzz")
    utility.register(LFDI)
    one_control(utility, LFDI, {"opModMaxLimW": 1}, starts_in=timedelta(0), duration=timedelta(hours=1), default={})
    return utility, sorted(UtilityVisitor(utility).walk())


PATHS = offered()[1]
TARGETS = st.one_of(st.sampled_from(PATHS), TEXT, st.sampled_from(["https://[::1", "http://x/dcap", "*", "//"]))


@st.composite
def bodies(draw: st.DrawFn) -> bytes:
    children = draw(st.lists(st.tuples(NAMES, VALUES), max_size=5))
    inner = "".join(f"<{name}>{_escaped(value)}</{name}>" for name, value in children)
    whole = sep(f"<{draw(KINDS)}>{inner}</>".replace("</>", "")) + f"</{'x'}>"
    return draw(st.sampled_from([_closed(whole), whole.encode(errors="replace"), b"", b"<", b"\xff\xfe"]))


def _closed(text: str) -> bytes:
    name = text[1:].split()[0].split(">")[0]
    return text.replace("</x>", f"</{name}>").encode(errors="replace")


def _escaped(value: str) -> str:
    kept = "".join(letter for letter in value if letter.isprintable())
    return kept.replace("&", "&amp;").replace("<", "&lt;")


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(METHODS, TARGETS, TEXT, bodies(), st.sampled_from([LFDI, OTHER, ""])), max_size=6))
def test_every_request_is_answered_and_what_is_served_can_still_be_read(
    requests: list[tuple[str, str, str, bytes, str]],
) -> None:
    utility, _ = offered()
    for method, target, query, body, lfdi in requests:
        request = Request(method, f"{target}?{query}" if query else target, (("Accept", "*/*"),), body, Peer(lfdi))
        answer = utility.handle(request)
        assert isinstance(answer, Answer)
        assert answer.status in {200, 201, 204, 400, 403, 404, 405, 415, 501}
    for path in PATHS:
        assert utility.handle(Request("GET", f"{path}?l=255", peer=Peer(LFDI))).status in {200, 404}
