"""The listener: what it records and how it answers, well and badly, to clients good and bad."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import timedelta
from typing import TypeVar

import pytest
from wire_rig import DEADLINE, START, XML, MemoryRecorder, Rig, client_tls, hello, run_real, run_virtual, server_tls

from conformance.vocabulary.errors import HarnessError, UsageError
from conformance.vocabulary.identity import lfdi_of, sfdi_of
from conformance.wire import http_server
from conformance.wire.exchange import Exchange, Side
from conformance.wire.http_server import Listener
from conformance.wire.limits import WireLimits
from conformance.wire.messages import Answer, BrokenAnswer, Piece, Request
from conformance.wire.server_connection import UNANSWERED
from conformance.wire.tls import StreamBroken, TlsStream

Result = TypeVar("Result")
GET = b"GET /dcap HTTP/1.1\r\nHost: h\r\n\r\n"


async def dial(rig: Rig, listener: Listener) -> TlsStream:
    """Return a TLS connection to the listener."""
    stream = await rig.network.connect("127.0.0.1", listener.port)
    tls = TlsStream(stream, client_tls(), Side.CLIENT, rig.asked, rig.clock)
    await tls.handshake(DEADLINE)
    return tls


async def said(tls: TlsStream, until: bytes | None = None) -> bytes:
    """Return what the server says, up to ``until`` or to its end."""
    got = b""
    while until is None or until not in got:
        data, _ = await tls.read()
        if not data:
            break
        got += data
    return got


def talk(
    data: bytes,
    handler: Callable[[Request], Coroutine[None, None, Answer | BrokenAnswer]] = hello,
    limits: WireLimits | None = None,
    until: bytes | None = None,
) -> tuple[bytes, list[Exchange]]:
    """Send bytes to a listener; return what it said and what it recorded."""

    async def test(rig: Rig) -> tuple[bytes, list[Exchange]]:
        listener = await rig.listen(handler, limits=limits)
        tls = await dial(rig, listener)
        await tls.write(data)
        answer = await said(tls, until)
        await tls.close()
        await listener.close()
        return answer, rig.served.exchanges

    return run_virtual(test)


END = b"<DeviceCapability/>"


def test_an_exchange_holds_the_exact_bytes_and_who_asked() -> None:
    request = b"POST /mup?x=1 HTTP/1.1\r\nhOST: h\r\nCONTENT-type: application/sep+xml\r\ncontent-length: 4\r\n\r\n<x/>"
    peers: list[Request] = []

    async def handler(asked: Request) -> Answer:
        peers.append(asked)
        return await hello(asked)

    answer, [exchange] = talk(request, handler, until=END)
    assert exchange.request == request
    assert exchange.response == answer
    assert exchange.request_headers == (
        ("hOST", "h"),
        ("CONTENT-type", "application/sep+xml"),
        ("content-length", "4"),
    )
    assert (exchange.method, exchange.path, exchange.query, exchange.request_body) == ("POST", "/mup", "x=1", b"<x/>")
    assert (exchange.status, exchange.reason, exchange.resource) == (200, "OK", "DeviceCapability")
    assert exchange.response_body == END
    certificate = peers[0].peer.certificate
    assert exchange.peer_lfdi == peers[0].peer.lfdi == lfdi_of(certificate)
    assert peers[0].peer.sfdi == sfdi_of(certificate)
    assert peers[0].received_at == START


def test_the_answer_is_written_in_the_order_given_with_date_and_length() -> None:
    async def handler(request: Request) -> Answer:
        return Answer(201, (("LOCATION", "/edev/3"), ("x-odd", "1")), b"")

    answer, _ = talk(GET, handler, until=b"\r\n\r\n")
    assert answer == (
        b"HTTP/1.1 201 Created\r\nDate: Wed, 01 May 2030 12:00:00 GMT\r\n"
        b"LOCATION: /edev/3\r\nx-odd: 1\r\nContent-Length: 0\r\n\r\n"
    )


def test_headers_of_the_handler_are_not_doubled() -> None:
    async def handler(request: Request) -> Answer:
        return Answer(200, (("date", "never"), ("CONTENT-LENGTH", "2")), b"ok")

    answer, _ = talk(GET, handler, until=b"ok")
    assert answer == b"HTTP/1.1 200 OK\r\ndate: never\r\nCONTENT-LENGTH: 2\r\n\r\nok"


def test_pipelined_requests_are_answered_in_order_each_with_its_own_bytes() -> None:
    async def handler(request: Request) -> Answer:
        return Answer(200, (), request.target.encode())

    second = b"PUT /2 HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc"
    third = b"GET /3 HTTP/1.1\r\nHost: h\r\n\r\n"
    answer, exchanges = talk(GET + second + third, handler, until=b"/3")
    assert [exchange.request for exchange in exchanges] == [GET, second, third]
    assert answer == b"".join(exchange.response for exchange in exchanges)
    assert len({exchange.connection for exchange in exchanges}) == 1


def test_a_chunked_body_is_put_together_and_its_bytes_are_kept() -> None:
    request = b"POST /x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
    _, [exchange] = talk(request, until=END)
    assert (exchange.request, exchange.request_body) == (request, b"abcde")


def test_a_head_is_answered_without_a_body_but_with_its_length() -> None:
    answer, [exchange] = talk(GET.replace(b"GET", b"HEAD"), until=b"\r\n\r\n")
    assert answer.endswith(b"Content-Length: 19\r\n\r\n")
    assert exchange.response_body == b""


def test_no_content_has_neither_length_nor_body() -> None:
    async def handler(request: Request) -> Answer:
        return Answer(204, (), b"ignored")

    answer, _ = talk(GET, handler, until=b"\r\n\r\n")
    assert b"ontent-" not in answer.partition(b"\r\n")[2]
    assert answer.endswith(b"GMT\r\n\r\n")


def test_connection_close_ends_it_from_either_side() -> None:
    async def closing(request: Request) -> Answer:
        return Answer(200, (("Connection", "close"),), b"bye")

    for request, handler in ((GET.replace(b"Host", b"Connection: close\r\nHost"), hello), (GET, closing)):
        answer, exchanges = talk(request + GET, handler)  # read to the end: the listener ends it
        assert answer.startswith(b"HTTP/1.1 200 OK")
        assert len(exchanges) == 1


def test_http_1_0_is_answered_and_closed() -> None:
    answer, [exchange] = talk(b"GET /dcap HTTP/1.0\r\n\r\n")
    assert answer.endswith(END)
    assert exchange.error is None


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"GET /dcap HTTP/1.1\r\n\r\n",
        b"GET /dcap HTTP/1.1\r\nHost : h\r\n\r\n",
        b"GET /dcap HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        b"complete rubbish\r\n\r\n",
        b"\x00\x01\x02\x03",
        b"\r\n\r\n\r\n",
        b"GET /dc\xc3\xa4p HTTP/1.1\r\nHost: h\r\n\r\n",
    ],
)
def test_a_malformed_request_is_kept_and_answered_400(request_bytes: bytes) -> None:
    answer, [exchange] = talk(request_bytes)
    assert answer.startswith(b"HTTP/1.1 400 Bad Request\r\n")
    assert exchange.request == request_bytes
    assert exchange.status == 400
    assert exchange.error is not None
    assert exchange.error.startswith("the request is not proper HTTP/1.1: ")


def test_a_malformed_request_shows_its_method_and_target_if_it_has_them() -> None:
    _, [exchange] = talk(b"GET /dcap HTTP/1.1\r\nAccept: x\r\n\r\n")
    assert (exchange.method, exchange.target, exchange.request_headers) == ("GET", "/dcap", (("Accept", "x"),))


def test_the_good_request_before_a_bad_one_is_answered() -> None:
    answer, exchanges = talk(GET + b"rubbish\r\n\r\n")
    assert [exchange.status for exchange in exchanges] == [200, 400]
    assert answer.count(b"HTTP/1.1 ") == 2


@pytest.mark.parametrize(
    ("head", "body"),
    [(b"Content-Length: 10737418240", b"x"), (b"Transfer-Encoding: chunked", b"800\r\n" + bytes(2048) + b"\r\n")],
)
def test_a_body_too_large_is_refused(head: bytes, body: bytes) -> None:
    request = b"POST /mup HTTP/1.1\r\nHost: h\r\n" + head + b"\r\n\r\n" + body
    answer, [exchange] = talk(request, limits=WireLimits(body_bytes=1024))
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert exchange.error == "the request's body is larger than 1024 bytes"


def test_endless_headers_are_refused() -> None:
    answer, [exchange] = talk(b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 1000, limits=WireLimits(header_bytes=1024))
    assert answer.startswith(b"HTTP/1.1 431 ")
    assert exchange.status == 431


def test_a_client_that_waits_for_100_continue_gets_it() -> None:
    async def test(rig: Rig) -> tuple[bytes, bytes, list[Exchange]]:
        listener = await rig.listen()
        tls = await dial(rig, listener)
        await tls.write(b"POST /mup HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n")
        first = await said(tls, b"\r\n\r\n")
        await tls.write(b"<")
        await tls.write(b"x/>")
        second = await said(tls, END)
        await tls.close()
        await listener.close()
        return first, second, rig.served.exchanges

    first, second, [exchange] = run_virtual(test)
    assert first == b"HTTP/1.1 100 Continue\r\n\r\n"
    assert exchange.response == first + second
    assert (exchange.request_body, exchange.status) == (b"<x/>", 200)


def test_a_request_that_ends_in_the_middle_is_recorded() -> None:
    async def test(rig: Rig) -> list[Exchange]:
        listener = await rig.listen()
        for end in ("close", "reset"):
            tls = await dial(rig, listener)
            await tls.write(b"POST /mup HTTP/1.1\r\nHost: h\r\nContent-Length: 400\r\n\r\n<Mirror")
            if end == "close":
                await tls.close()
            else:
                tls.reset()
            await rig.clock.wait(timedelta(seconds=5))
        await listener.close()
        return rig.served.exchanges

    closed, reset = run_virtual(test)
    assert closed.error == "the request is incomplete: the peer closed after 59 bytes"
    assert reset.error == "the request is incomplete: the peer reset the connection"
    for exchange in (closed, reset):
        assert (exchange.method, exchange.target, exchange.request_body) == ("POST", "/mup", b"<Mirror")
        assert exchange.status is None


def test_a_client_that_half_closes_is_still_answered() -> None:
    async def test(rig: Rig) -> bytes:
        listener = await rig.listen()
        tls = await dial(rig, listener)
        await tls.write(GET)
        await tls.end_of_sending()
        answer = await said(tls)
        await tls.close()
        await listener.close()
        return answer

    assert run_virtual(test).endswith(END)
    assert run_real(test).endswith(END)


def test_several_connections_are_served_at_once() -> None:
    async def slow(rig: Rig, request: Request) -> Answer:
        await rig.clock.wait(timedelta(seconds=10))
        return Answer(200, (), b"done")

    async def test(rig: Rig) -> tuple[float, set[int]]:
        listener = await rig.listen(lambda request: slow(rig, request))
        before = rig.clock.monotonic()
        streams = [await dial(rig, listener) for _ in range(20)]
        await asyncio.gather(*(tls.write(GET) for tls in streams))
        await asyncio.gather(*(said(tls, b"done") for tls in streams))
        took = rig.clock.monotonic() - before
        for tls in streams:
            await tls.close()
        await listener.close()
        return took, {exchange.connection for exchange in rig.served.exchanges}

    took, connections = run_virtual(test)
    assert took == pytest.approx(10)
    assert len(connections) == 20


def test_an_idle_connection_stays_open_for_a_day() -> None:
    async def test(rig: Rig) -> bytes:
        listener = await rig.listen()
        tls = await dial(rig, listener)
        await rig.clock.wait(timedelta(days=1))
        await tls.write(GET)
        answer = await said(tls, END)
        await tls.close()
        await listener.close()
        return answer

    assert run_virtual(test).endswith(END)


def test_an_idle_connection_is_closed_when_asked_for() -> None:
    async def test(rig: Rig) -> tuple[bytes, float]:
        listener = await rig.listen(limits=WireLimits(idle=timedelta(minutes=1)))
        tls = await dial(rig, listener)
        answer = await said(tls)
        took = rig.clock.monotonic()
        await tls.close()
        await listener.close()
        return answer, took

    assert run_virtual(test) == (b"", 60)


PARTS = (Piece(b"HTTP/1.1 200 "), Piece(b"Odd\r\nContent-Length: 100\r\n", 5), Piece(b"\r\n<Trunc", 7))


@pytest.mark.parametrize("then", ["close", "reset", "hang", "keep"])
def test_a_broken_answer_goes_out_as_it_is(then: str) -> None:
    async def handler(request: Request) -> BrokenAnswer:
        return BrokenAnswer(PARTS, then, "Time")

    async def test(rig: Rig) -> tuple[bytes, str | None, list[Exchange], float]:
        listener = await rig.listen(handler)
        tls = await dial(rig, listener)
        await tls.write(GET)
        got = await said(tls, b"<Trunc")
        took = rig.clock.monotonic()
        ended = await _ends(rig, tls)
        await tls.close()
        await listener.close()
        return got, ended, rig.served.exchanges, took

    got, ended, exchanges, took = run_virtual(test)
    exchange = exchanges[0]
    assert got == exchange.response == b"HTTP/1.1 200 Odd\r\nContent-Length: 100\r\n\r\n<Trunc"
    assert (exchange.status, exchange.reason, exchange.resource) == (200, "Odd", "Time")
    assert (exchange.response_headers, exchange.response_body) == ((("Content-Length", "100"),), b"<Trunc")
    assert exchange.error is None
    assert exchange.response_first is not None
    assert exchange.response_last is not None
    assert exchange.response_last.mono - exchange.response_first.mono == took == 12
    assert ended == {"close": "eof", "reset": "reset", "hang": None, "keep": None}[then]


async def _ends(rig: Rig, tls: TlsStream) -> str | None:
    try:
        async with asyncio.timeout(3600):
            data, _ = await tls.read()
    except TimeoutError:
        return None
    except StreamBroken:
        return "reset"
    return "eof" if not data else "more"


def test_a_server_that_hangs_records_what_is_asked_and_never_answers() -> None:
    async def handler(request: Request) -> BrokenAnswer:
        return BrokenAnswer((), "hang")

    async def test(rig: Rig) -> list[Exchange]:
        listener = await rig.listen(handler)
        tls = await dial(rig, listener)
        await tls.write(GET)
        await rig.clock.wait(timedelta(seconds=30))
        await tls.write(GET)
        assert await _ends(rig, tls) is None
        await tls.close()
        await listener.close()
        return rig.served.exchanges

    first, second = run_virtual(test)
    assert (first.status, first.response, first.error) == (None, b"", None)
    assert (second.request, second.error) == (GET, UNANSWERED)


def test_a_fault_of_the_handler_is_ours_answered_500_and_raised_at_the_end() -> None:
    async def faulty(request: Request) -> Answer:
        raise KeyError("edev")

    async def test(rig: Rig) -> tuple[bytes, list[Exchange]]:
        listener = await rig.listen(faulty)
        tls = await dial(rig, listener)
        await tls.write(GET)
        answer = await said(tls, b"\r\n\r\n")
        await tls.close()
        with pytest.raises(HarnessError, match="'edev'"):
            await listener.close()
        return answer, rig.served.exchanges

    answer, [exchange] = run_virtual(test)
    assert answer.startswith(b"HTTP/1.1 500 ")
    assert exchange.error == "harness error: KeyError: 'edev'"


def test_a_fault_of_the_handler_is_told_to_who_wants_to_know() -> None:
    fault = RuntimeError("broken harness")
    told: list[Exception] = []

    async def faulty(request: Request) -> Answer:
        raise fault

    async def test(rig: Rig) -> None:
        listener = await Listener.start(
            rig.network, rig.clock, server_tls(), faulty, rig.served, on_harness_error=told.append
        )
        tls = await dial(rig, listener)
        await tls.write(GET)
        await said(tls, b"\r\n\r\n")
        await tls.close()
        await listener.close()

    run_virtual(test)
    assert told == [fault]


def test_a_port_in_use_is_explained() -> None:
    async def test(rig: Rig) -> str:
        listener = await rig.listen()
        with pytest.raises(UsageError) as raised:
            await Listener.start(rig.network, rig.clock, server_tls(), hello, rig.served, port=listener.port)
        await listener.close()
        return str(raised.value)

    for run in (run_virtual, run_real):
        text = run(test)
        assert "another program uses it" in text
        assert "  do  " in text


def test_closing_ends_what_is_under_way_and_records_it() -> None:
    async def never(rig: Rig) -> Answer:
        await rig.clock.wait(timedelta(days=365))
        return Answer(200)

    async def test(rig: Rig) -> tuple[MemoryRecorder, bytes]:
        listener = await rig.listen(lambda request: never(rig))
        busy, half, idle = [await dial(rig, listener) for _ in range(3)]
        await busy.write(GET)
        await half.write(GET[:10])
        await rig.clock.wait(timedelta(seconds=1))
        await listener.close()
        rest = await said(idle)
        for tls in (busy, half, idle):
            await tls.close()
        return rig.served, rest

    served, rest = run_virtual(test)
    assert rest == b""
    assert {exchange.request for exchange in served.exchanges} == {GET, GET[:10]}
    assert all("the harness stopped its server" in (exchange.error or "") for exchange in served.exchanges)
    assert sum(connection.closed is not None for connection in served.stored) == 3


def test_the_next_case_takes_over_open_connections() -> None:
    async def other(request: Request) -> Answer:
        return Answer(200, (), b"second case")

    async def test(rig: Rig) -> MemoryRecorder:
        listener = await rig.listen()
        tls = await dial(rig, listener)
        await tls.write(GET)
        await said(tls, END)
        following = MemoryRecorder("TEST-002")
        listener.use(other, following)
        await tls.write(GET)
        await said(tls, b"second case")
        await tls.close()
        await listener.close()
        return following

    following = run_virtual(test)
    assert [exchange.case for exchange in following.exchanges] == ["TEST-002"]
    assert following.stored[0].number == following.exchanges[0].connection
    assert following.stored[-1].closed is not None


def test_a_client_that_does_not_read_slows_only_itself() -> None:
    big = bytes(4_000_000)

    async def handler(request: Request) -> Answer:
        return Answer(200, XML, big if request.target == "/big" else b"small")

    async def test(rig: Rig) -> list[Exchange]:
        listener = await rig.listen(handler)
        greedy, modest = await dial(rig, listener), await dial(rig, listener)
        await greedy.write(GET.replace(b"/dcap", b"/big"))
        await modest.write(GET)
        assert (await said(modest, b"small")).endswith(b"small")
        greedy.reset()
        await rig.clock.wait(timedelta(seconds=1))
        await modest.close()
        await listener.close()
        return rig.served.exchanges

    small, large = run_virtual(test)
    assert small.error is None
    assert large.error == "the answer could not be written: the peer reset the connection"
    assert replace(large, error=None).status == 200


def test_requests_of_a_resumed_or_new_connection_have_the_same_identity() -> None:
    async def test(rig: Rig) -> set[str]:
        listener = await rig.listen()
        for _ in range(2):
            tls = await dial(rig, listener)
            await tls.write(GET)
            await said(tls, END)
            await tls.close()
        await listener.close()
        return {exchange.peer_lfdi for exchange in rig.served.exchanges}

    assert len(run_virtual(test)) == 1


def test_a_record_that_cannot_be_written_is_told_and_not_swallowed() -> None:
    class Full(MemoryRecorder):
        def exchange(self, exchange: Exchange) -> None:
            raise HarnessError("no space left")

    async def test(rig: Rig) -> None:
        rig.served = Full()
        listener = await rig.listen()
        tls = await dial(rig, listener)
        await tls.write(GET)
        await said(tls)
        await tls.close()
        with pytest.raises(HarnessError, match="no space left"):
            await listener.close()

    run_virtual(test)


def test_sessions_are_let_go_after_a_while_without_disturbing_anybody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_server, "_SESSIONS_KEPT", 2)
    contexts: set[int] = set()

    async def test(rig: Rig) -> list[Exchange]:
        listener = await rig.listen()
        for _ in range(5):
            tls = await dial(rig, listener)
            await tls.write(GET)
            await said(tls, END)
            contexts.add(id(listener._context))
            await tls.close()
        await listener.close()
        return rig.served.exchanges

    assert [exchange.status for exchange in run_virtual(test)] == [200] * 5
    assert len(contexts) >= 2
