"""Servers under test that misbehave: a finding or an open question each time, never a fault of the harness."""

from __future__ import annotations

import asyncio
import itertools
import socket
from pathlib import Path

import pytest
from misbehaviour import HASTY, Csip, Handle, Run, pki, server_tables, serving, streaming

from conformance.reference.demo_identities import read_identities
from conformance.reference.server import ReferenceServer
from conformance.roles.utility import TEST_PIN
from conformance.vocabulary.clock import RealClock
from conformance.wire.messages import Answer, BrokenAnswer, Piece, Request
from conformance.wire.network import ByteStream

XML = (("Content-Type", "application/sep+xml"),)
NS = 'xmlns="urn:ieee:std:2030.5:ns"'
CORE = ("CORE-003", "CORE-005", "CORE-009", "COMM-002", "COMM-003", "TREE-001")
ONLY = tuple(itertools.chain.from_iterable(("--only", id) for id in CORE))


def judged(csip: Csip, port: int, *only: str, **limits: float) -> Run:
    """Run against a server and assert what holds for any subject: whole outputs, no fault, no pass of the whole."""
    tables = server_tables(port)
    tables["limits"] = {**HASTY, **limits}
    chosen = itertools.chain.from_iterable(("--only", id) for id in only or CORE)
    ended = csip.run(tables, *chosen)
    ended.must_be_whole()
    assert ended.code in (1, 3), ended.printed
    assert ended.record["exit_code"] == ended.code
    return ended


def answering(csip: Csip, status: int, body: str, headers: tuple[tuple[str, str], ...] = XML) -> Run:
    with serving(lambda request: Answer(status, headers, body.encode())) as port:
        return judged(csip, port)


def breaking(csip: Csip, *pieces: bytes, then: str = "close", **limits: float) -> Run:
    with serving(lambda request: BrokenAnswer(tuple(Piece(data) for data in pieces), then)) as port:
        return judged(csip, port, **limits)


def outcome(ended: Run) -> set[str]:
    return {ended.verdicts[id] for id in CORE}


def test_a_server_that_is_not_there_is_told_once_and_every_test_stays_open(csip: Csip) -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    ended = judged(csip, port, request_deadline=60)
    assert (ended.code, outcome(ended)) == (3, {"not_run"})
    assert "connection refused" in ended.printed
    assert ended.printed.count("subject.address") == 1


def test_a_server_that_sends_garbage_instead_of_http_fails(csip: Csip) -> None:
    ended = breaking(csip, b"\x00\xff\xfe garbage \x1b[31m\r\n\r\n")
    assert (ended.code, ended.verdicts["COMM-002"]) == (1, "fail")
    assert "\x1b[31m" not in ended.printed


def test_a_server_that_sends_garbage_instead_of_tls_cannot_be_judged_beyond_tls(csip: Csip) -> None:
    async def garbage(stream: ByteStream) -> None:
        await stream.send(b"SSH-2.0-OpenSSH_9.9\r\n")
        stream.close()

    with streaming(garbage) as port:
        ended = judged(csip, port)
    assert outcome(ended) <= {"inconclusive", "fail"}
    assert ended.verdicts["COMM-002"] == "inconclusive"


def test_a_body_announced_as_ten_gigabytes_is_not_read(csip: Csip) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/sep+xml\r\nContent-Length: 10737418240\r\n\r\n"
    ended = breaking(csip, head + b"<x>" * 1000)
    assert (ended.code, ended.verdicts["COMM-002"]) == (1, "fail")
    assert "too large: 10737418240 bytes are announced" in ended.printed


def test_a_chunked_body_without_end_is_not_read_to_its_end(csip: Csip) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/sep+xml\r\nTransfer-Encoding: chunked\r\n\r\n"
    chunk = b"100000\r\n" + b" " * 0x100000 + b"\r\n"
    with serving(lambda request: BrokenAnswer((Piece(head), *([Piece(chunk)] * 18)), "hang")) as port:
        tables = server_tables(port)
        tables["limits"] = {**HASTY, "request_deadline": 20}
        ended = csip.run(tables, "--only", "CORE-005")
    ended.must_be_whole()
    assert (ended.code, ended.verdicts["CORE-005"]) == (3, "inconclusive")
    assert "the body is too large" in ended.tests["CORE-005"]["reason"]


def test_a_list_that_always_has_one_more_page_ends_undecided(csip: Csip, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("conformance.roles.test_client.MOST_PAGES", 50)

    def handle(request: Request) -> Answer:
        entry = f"<EndDevice><changedTime>1</changedTime><sFDI>{len(request.target)}</sFDI></EndDevice>"
        listing = f'<EndDeviceList {NS} all="4294967295" results="1">{entry}</EndDeviceList>'
        dcap = f'<DeviceCapability {NS}><EndDeviceListLink href="/edev" all="4294967295"/></DeviceCapability>'
        return Answer(200, XML, (dcap if request.path == "/dcap" else listing).encode())

    with serving(handle) as port:
        ended = judged(csip, port)
    assert ended.tests["CORE-003"]["reason"].endswith("EndDeviceList did not end after 50 pages")


def test_links_that_lead_on_for_ever_end(csip: Csip, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("conformance.roles.test_client.MOST_RESOURCES", 50)
    with serving(
        lambda request: Answer(
            200, XML, f'<DeviceCapability {NS}><TimeLink href="{request.path}/on"/></DeviceCapability>'.encode()
        )
    ) as port:
        ended = judged(csip, port)
    assert ended.verdicts["CORE-003"] == "inconclusive"


def test_a_redirect_that_leads_to_itself_is_followed_nowhere_for_ever(csip: Csip) -> None:
    ended = answering(csip, 301, "", (("Location", "/dcap"),))
    assert outcome(ended) <= {"fail", "inconclusive"}
    assert ended.verdicts["COMM-002"] == "fail"


@pytest.mark.parametrize("location", ["http://[half", "\x7f"])
def test_a_redirect_to_nonsense_breaks_nothing(csip: Csip, location: str) -> None:
    ended = answering(csip, 302, "", (("Location", location),))
    assert ended.verdicts["COMM-002"] == "fail"


def test_a_connection_that_is_reset_before_the_handshake_leaves_everything_open(csip: Csip) -> None:
    async def reset(stream: ByteStream) -> None:
        await stream.receive()
        stream.reset()

    with streaming(reset) as port:
        ended = judged(csip, port)
    assert (ended.code, outcome(ended)) == (3, {"inconclusive"})


def test_a_connection_that_is_reset_after_each_request_leaves_everything_open(csip: Csip) -> None:
    ended = breaking(csip, then="reset")
    assert "pass" not in ended.verdicts.values()
    assert (ended.code, ended.verdicts["COMM-002"]) == (3, "inconclusive")


def test_an_answer_that_breaks_off_fails(csip: Csip) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/sep+xml\r\nContent-Length: 1000\r\n\r\n<DeviceCap"
    assert breaking(csip, head).verdicts["COMM-002"] == "fail"


def test_a_server_that_hangs_after_accepting_is_given_up(csip: Csip) -> None:
    async def hang(stream: ByteStream) -> None:
        await asyncio.Event().wait()

    with streaming(hang) as port:
        ended = judged(csip, port, request_deadline=0.2)
    assert (ended.code, outcome(ended)) == (3, {"inconclusive"})


def test_a_server_that_hangs_instead_of_answering_is_given_up(csip: Csip) -> None:
    ended = breaking(csip, then="hang", request_deadline=0.3)
    assert (ended.code, ended.verdicts["COMM-002"]) == (3, "inconclusive")
    assert "no complete answer within 0.3 s" in ended.printed


def test_a_server_that_dies_in_the_middle_of_the_run_leaves_the_rest_open(csip: Csip) -> None:
    identities = read_identities(pki())
    peer = ReferenceServer(RealClock(), (), lfdis=[identities.device.lfdi])
    served = itertools.count()

    def handle(request: Request) -> Answer | BrokenAnswer:
        if next(served) > 6:
            return BrokenAnswer((), "reset")
        return peer.handle(request)

    with serving(handle) as port:
        tables = server_tables(port, pin=TEST_PIN, entry=peer.entry_path, lanes=1)
        ended = csip.run(tables, *ONLY)
    ended.must_be_whole()
    assert ended.code == 3
    assert ended.verdicts["COMM-002"] == "pass"
    assert ended.verdicts["TREE-001"] == "inconclusive"


def tree(*hrefs: str, **by_path: Answer | BrokenAnswer) -> Handle:
    """Serve a DeviceCapability with these links, and answers by path without the first slash."""
    links = "".join(f'<TimeLink href="{href}"/>' for href in hrefs)
    dcap = Answer(200, XML, f"<DeviceCapability {NS}>{links}</DeviceCapability>".encode())

    def handle(request: Request) -> Answer | BrokenAnswer:
        return {"dcap": dcap, **by_path}.get(request.path.strip("/"), Answer(404))

    return handle


HREFS = [
    "", " ", "relative", "http://[half", "https://other.example/tm", "/a b", "/\u00fc", "//", "?", "#", "%",
    "/tm?s=0&amp;l=1", "javascript:alert(1)", "/" + "x" * 70_000, "/&#9;tab", "/\u2028",
]  # fmt: skip


def test_links_with_any_address_can_be_walked(csip: Csip) -> None:
    with serving(tree(*HREFS)) as port:
        ended = judged(csip, port, "TREE-001")
    assert ended.verdicts["TREE-001"] == "fail"


@pytest.mark.parametrize("href", ["http://[half", " ", "/\u00fc b"])
def test_a_link_with_any_address_can_be_followed(csip: Csip, href: str) -> None:
    with serving(tree(href)) as port:
        ended = judged(csip, port, "CORE-005", "COMM-002")
    assert ended.verdicts["CORE-005"] in ("fail", "inconclusive")


@pytest.mark.parametrize("moment", ["9223372036854775807", "-9223372036854775808", "9" * 5000, "now"])
def test_a_time_with_any_value_breaks_nothing(csip: Csip, moment: str) -> None:
    time = f"<Time {NS}><currentTime>{moment}</currentTime><dstEndTime>1</dstEndTime><dstOffset>0</dstOffset>"
    time += "<dstStartTime>1</dstStartTime><quality>4</quality><tzOffset>0</tzOffset></Time>"
    with serving(tree("/tm", tm=Answer(200, XML, time.encode()))) as port:
        ended = judged(csip, port, "CORE-005")
    assert ended.verdicts["CORE-005"] == "fail"


BODIES = [
    "",
    "hello",
    "<html/>",
    "<DeviceCapability/>",
    '<!DOCTYPE x [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><x>&b;</x>',
    "<a>" * 300 + "</a>" * 300,
    f"<DeviceCapability {NS}>",
    f"<DeviceCapability {NS}><TimeLink href='/\x01'/></DeviceCapability>",
    f"<EndDevice {NS}><sFDI>{'9' * 5000}</sFDI><lFDI>zz</lFDI><mRID>{'f' * 9999}</mRID></EndDevice>",
]


def test_any_body_below_the_entry_breaks_nothing(csip: Csip) -> None:
    bodies = {f"b{number}": Answer(200, XML, body.encode()) for number, body in enumerate(BODIES)}
    with serving(tree(*(f"/{path}" for path in bodies), **bodies)) as port:
        ended = judged(csip, port, "TREE-001")
    assert ended.verdicts["TREE-001"] == "fail"


@pytest.mark.parametrize("body", ["", "<html/>"])
def test_any_body_of_the_entry_breaks_nothing(csip: Csip, body: str) -> None:
    assert "fail" in answering(csip, 200, body).verdicts.values()


def test_any_status_breaks_nothing(csip: Csip) -> None:
    statuses = {
        f"s{status}": BrokenAnswer((Piece(f"HTTP/1.1 {status} \r\nContent-Length: 0\r\n\r\n".encode()),), "close")
        for status in (100, 204, 304, 401, 404, 418, 500, 599, 999)
    }
    with serving(tree(*(f"/{path}" for path in statuses), **statuses)) as port:
        ended = judged(csip, port, "TREE-001")
    assert ended.verdicts["TREE-001"] == "fail"


def patient_tables(port: int, peer: ReferenceServer) -> dict[str, dict[str, object]]:
    tables = server_tables(port, pin=TEST_PIN, entry=peer.entry_path)
    return tables | {"limits": {**HASTY, "request_deadline": 20, "pause_between_time_readings": 1.1}}


def test_a_server_that_serves_anybody_fails_for_that_alone(csip: Csip) -> None:
    identities = read_identities(pki())
    peer = ReferenceServer(RealClock(), (), lfdis=[identities.device.lfdi])
    with serving(peer.handle, client_certificate=False) as port:
        ended = csip.run(patient_tables(port, peer), *ONLY)
    ended.must_be_whole()
    failed = [id for id in CORE if ended.verdicts[id] == "fail"]
    assert (ended.code, failed) == (1, ["COMM-003"])


def test_a_sound_server_passes(csip: Csip) -> None:
    identities = read_identities(pki())
    peer = ReferenceServer(RealClock(), (), lfdis=[identities.device.lfdi])
    with serving(peer.handle) as port:
        ended = csip.run(patient_tables(port, peer), *ONLY)
    ended.must_be_whole()
    assert outcome(ended) == {"pass"}, ended.printed


def test_a_server_that_cannot_be_started_is_unreachable_and_the_report_says_so(csip: Csip) -> None:
    ended = csip.run(server_tables(1, start=["/nowhere/at-all"]))
    assert ended.code == 3
    ended.must_be_whole()
    assert "subject.start" in ended.printed
    assert "/nowhere/at-all" in ended.tests["COMM-002"]["reason"]


def test_a_server_whose_preparing_fails_is_unreachable(csip: Csip, tmp_path: Path) -> None:
    ended = csip.run(server_tables(1, start=["true"], prepare=["false"]))
    assert ended.code == 3
    ended.must_be_whole()
    assert "exit status 1" in ended.printed


def test_a_server_that_dies_at_once_is_unreachable(csip: Csip) -> None:
    ended = csip.run(server_tables(1, start=["{{ python }}", "-c", "raise SystemExit(9)"]))
    assert ended.code == 3
    ended.must_be_whole()
    assert "exit status 9" in ended.printed


def test_where_something_listens_already_no_server_is_started(csip: Csip) -> None:
    async def idle(stream: ByteStream) -> None:
        stream.close()

    with streaming(idle) as port:
        ended = csip.run(server_tables(port, start=["{{ python }}", "-c", "open('sign', 'w')"]))
    assert (ended.code, "left behind" in ended.printed) == (2, True), ended.printed
    ended.must_be_whole()
    assert not (csip.folder / "sign").exists()
