"""The test client against servers of every kind: whatever they do, an exchange says it in plain words."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from wire_rig import (
    DEADLINE,
    XML,
    MemoryRecorder,
    Rig,
    client_tls,
    files,
    hello,
    run_real,
    run_virtual,
    server_tls,
)

from conformance.vocabulary.errors import UsageError
from conformance.vocabulary.identity import lfdi_of
from conformance.wire.certificates import Fault
from conformance.wire.client_transport import STALE
from conformance.wire.exchange import Exchange, Side
from conformance.wire.http_client import HttpClient, HttpSender
from conformance.wire.limits import WireLimits
from conformance.wire.messages import Answer, BrokenAnswer, NoAnswer, Piece, Request
from conformance.wire.network import ByteStream
from conformance.wire.tls import StreamBroken, TlsStream
from conformance.wire.tls_context import client_context, server_context

Behave = Callable[[TlsStream], Awaitable[None]]
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n<x/>"
LIMITS = WireLimits(header_bytes=4096, body_bytes=100_000)


async def serve_raw(rig: Rig, behave: Behave) -> int:
    """Serve TLS connections with hand-made bytes; return the port."""

    async def on_stream(stream: ByteStream) -> None:
        tls = TlsStream(stream, server_tls(), Side.SERVER, rig.served, rig.clock)
        try:
            await tls.handshake(timedelta(seconds=10))
            await tls.read()
            await behave(tls)
        except StreamBroken:
            tls.abandon()
        else:
            await tls.close()

    return await rig.peer(on_stream)


def got(behave: Behave, method: str = "GET", deadline: timedelta = DEADLINE) -> Exchange:
    """Return what one request to such a server brings."""

    async def test(rig: Rig) -> Exchange:
        rig.limits = LIMITS
        async with rig.client(await serve_raw(rig, behave)) as client:
            return await client.exchange(method, "/dcap", resource="DeviceCapability", deadline=deadline)

    return run_virtual(test)


def saying(*data: bytes, stay: bool = False) -> Behave:
    async def behave(tls: TlsStream) -> None:
        for piece in data:
            await tls.write(piece)
        if stay:
            await tls.read()

    return behave


def with_server(
    handler: Callable[[Request], Awaitable[Answer | BrokenAnswer]],
    use: Callable[[Rig, HttpClient], Awaitable[None]],
    connections: int = 1,
) -> Rig:
    """Let a client use a proper listener; return the rig with all records."""

    async def test(rig: Rig) -> Rig:
        listener = await rig.listen(handler)
        async with rig.client(listener.port, connections=connections) as client:
            await use(rig, client)
        await listener.close()
        return rig

    return run_virtual(test)


def test_both_sides_record_the_same_bytes() -> None:
    async def use(rig: Rig, client: HttpClient) -> None:
        await client.exchange(
            "PUT", "/edev/1/der/1/ders?x=%20y", (*XML, ("X-oDD", "é")), b"<DERStatus/>", deadline=DEADLINE
        )

    rig = with_server(hello, use)
    [asked], [served] = rig.asked.exchanges, rig.served.exchanges
    assert asked.request == served.request
    assert asked.response == served.response
    assert asked.request.startswith(b"PUT /edev/1/der/1/ders?x=%20y HTTP/1.1\r\nHost: 127.0.0.1:49152\r\n")
    assert b"X-oDD: \xe9\r\n" in asked.request
    assert asked.request_headers == served.request_headers
    assert asked.response_headers == served.response_headers
    assert (asked.status, asked.reason, asked.response_body) == (200, "OK", b"<DeviceCapability/>")
    assert asked.peer_lfdi == served.peer_lfdi != ""
    assert asked.connection == asked.number == 1


def test_nothing_is_sent_that_was_not_asked_for() -> None:
    async def use(rig: Rig, client: HttpClient) -> None:
        await client.exchange("GET", "/dcap", deadline=DEADLINE)

    [asked] = with_server(hello, use).asked.exchanges
    assert asked.request == b"GET /dcap HTTP/1.1\r\nHost: 127.0.0.1:49152\r\n\r\n"


def test_proxies_of_the_environment_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")

    async def use(rig: Rig, client: HttpClient) -> None:
        assert (await client.exchange("GET", "/dcap", deadline=DEADLINE)).status == 200

    assert len(with_server(hello, use).served.exchanges) == 1


def test_a_connection_is_kept_and_used_again_until_a_fresh_one_is_wanted() -> None:
    async def use(rig: Rig, client: HttpClient) -> None:
        for _ in range(3):
            await client.exchange("GET", "/dcap", deadline=DEADLINE)
        await client.fresh()
        await client.exchange("GET", "/dcap", deadline=DEADLINE)

    rig = with_server(hello, use)
    assert [exchange.connection for exchange in rig.asked.exchanges] == [1, 1, 1, 2]
    assert all(connection.closed for connection in (rig.asked.last, rig.served.last))


def test_requests_at_once_use_several_connections_up_to_the_limit() -> None:
    async def slow(request: Request) -> Answer:
        await asyncio.sleep(5)
        return Answer(200)

    async def use(rig: Rig, client: HttpClient) -> None:
        await asyncio.gather(*(client.exchange("GET", f"/{n}", deadline=DEADLINE) for n in range(6)))

    rig = with_server(slow, use, connections=3)
    assert {exchange.connection for exchange in rig.asked.exchanges} == {1, 2, 3}
    assert all(exchange.status == 200 for exchange in rig.asked.exchanges)


def test_waiting_for_a_free_connection_is_bounded_too() -> None:
    async def never(request: Request) -> BrokenAnswer:
        return BrokenAnswer((), "hang")

    async def use(rig: Rig, client: HttpClient) -> None:
        first = asyncio.create_task(client.exchange("GET", "/1", deadline=timedelta(minutes=5)))
        await asyncio.sleep(1)
        second = await client.exchange("GET", "/2", deadline=timedelta(seconds=3))
        assert second.error == "no connection of the harness was free within 3 s"
        assert (await first).error == "no complete answer within 300 s; nothing of the answer came"

    assert len(with_server(never, use).asked.exchanges) == 2


@pytest.mark.parametrize(
    "location", ["/dcap", "/elsewhere", "http://[::1", "https://other.example/\u00e9", "", "http://x:99999/"]
)
def test_a_redirect_is_an_answer_like_any_other(location: str) -> None:
    async def handler(request: Request) -> Answer:
        return Answer(302, (("Location", location),))

    async def use(rig: Rig, client: HttpClient) -> None:
        exchange = await client.exchange("GET", "/dcap", deadline=DEADLINE)
        assert (exchange.status, exchange.error) == (302, None)

    assert len(with_server(handler, use).served.exchanges) == 1


def test_a_compressed_body_stays_as_it_was_sent() -> None:
    exchange = got(saying(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\n\x1f\x8b\x00!!"))
    assert (exchange.response_body, exchange.error) == (b"\x1f\x8b\x00!!", None)


def test_a_chunked_body_is_put_together() -> None:
    raw = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n<a/\r\n1;x=y\r\n>\r\n0\r\n\r\n"
    exchange = got(saying(raw[:60], raw[60:]))
    assert (exchange.response, exchange.response_body, exchange.error) == (raw, b"<a/>", None)


def test_a_body_to_the_end_of_the_connection_is_read() -> None:
    exchange = got(saying(b"HTTP/1.1 200 OK\r\n\r\n<all", b"/>"))
    assert (exchange.response_body, exchange.error) == (b"<all/>", None)


def test_an_interim_answer_is_kept_in_the_bytes() -> None:
    exchange = got(saying(b"HTTP/1.1 103 Early Hints\r\n\r\n", OK))
    assert exchange.status == 200
    assert exchange.response == b"HTTP/1.1 103 Early Hints\r\n\r\n" + OK


def test_odd_header_casing_and_order_are_kept() -> None:
    exchange = got(saying(b"HTTP/1.1 200 fine\r\ncontent-LENGTH: 0\r\nX-b: 2\r\nx-A: 1\r\nX-b: 3\r\n\r\n"))
    assert exchange.response_headers == (("content-LENGTH", "0"), ("X-b", "2"), ("x-A", "1"), ("X-b", "3"))
    assert exchange.reason == "fine"


def test_a_head_has_no_body_whatever_is_announced() -> None:
    exchange = got(saying(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n"), "HEAD")
    assert (exchange.status, exchange.error, exchange.response_body) == (200, None, b"")


async def _silent(tls: TlsStream) -> None:
    await tls.read()


async def _reset(tls: TlsStream) -> None:
    tls.reset()


async def _partial_reset(tls: TlsStream) -> None:
    await tls.write(OK[:-2])
    tls.reset()


async def _vanish(tls: TlsStream) -> None:
    tls.abandon()


async def _endless_chunks(tls: TlsStream) -> None:
    await tls.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while True:
        await tls.write(b"1000\r\n" + bytes(4096) + b"\r\n")


async def _endless_interim(tls: TlsStream) -> None:
    while True:
        await tls.write(b"HTTP/1.1 102 Processing\r\n\r\n" * 50)


async def _endless_headers(tls: TlsStream) -> None:
    await tls.write(b"HTTP/1.1 200 OK\r\n")
    while True:
        await tls.write(b"X-More: of the same\r\n" * 50)


async def _huge(tls: TlsStream) -> None:
    await tls.write(b"HTTP/1.1 200 OK\r\nContent-Length: 10737418240\r\n\r\n")
    while True:
        await tls.write(bytes(65536))


async def _endless_body(tls: TlsStream) -> None:
    await tls.write(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        await tls.write(b"<Entry/>" * 500)


@pytest.mark.parametrize(
    ("behave", "words", "status"),
    [
        (_silent, "no complete answer within 30 s; nothing of the answer came", None),
        (saying(OK[:-1], stay=True), "no complete answer within 30 s; 41 bytes of the answer came", 200),
        (_reset, "the peer reset the connection; nothing of the answer came", None),
        (_partial_reset, "the peer reset the connection; 40 bytes of the answer came", 200),
        (_vanish, "the server closed the connection without an answer; nothing of the answer came", None),
        (saying(OK[:-1]), "the answer is not proper HTTP/1.1: peer closed connection without sending complete", 200),
        (saying(b"rubbish\r\n\r\n"), "the answer is not proper HTTP/1.1: illegal status line", None),
        (saying(bytes(8192)), "the answer is not proper HTTP/1.1", None),
        (saying(b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n"), "the answer is not proper HTTP/1.1", None),
        (saying(b"HTTP/1.1 200 OK\r\nNo colon\r\n\r\n"), "the answer is not proper HTTP/1.1", None),
        (saying(OK + b"more"), "4 bytes follow the end of the answer", 200),
        (_huge, "the body is too large: 10737418240 bytes are announced, at most 100000 are read", 200),
        (_endless_chunks, "the body is too large: at most 100000 bytes are read", 200),
        (_endless_body, "the body is too large: at most 100000 bytes are read", 200),
        (_endless_interim, "the body is too large", None),
        (_endless_headers, "the answer is not proper HTTP/1.1: Receive buffer too long", None),
    ],
)
def test_misbehaviour_is_said_in_plain_words(behave: Behave, words: str, status: int | None) -> None:
    exchange = got(behave)
    assert exchange.error is not None
    assert exchange.error.startswith(words)
    assert exchange.status == status
    assert exchange.connection == 1
    assert len(exchange.response) < 500_000


def test_a_slow_answer_that_keeps_the_deadline_is_fine() -> None:
    async def dribble(tls: TlsStream) -> None:
        for at in range(len(OK)):
            await asyncio.sleep(0.5)
            await tls.write(OK[at : at + 1])
        await tls.read()

    exchange = got(dribble)
    assert (exchange.error, exchange.response_body) == (None, b"<x/>")
    assert exchange.response_first is not None
    assert exchange.response_last is not None
    assert exchange.response_first.mono - exchange.request_last.mono == 0.5
    assert exchange.response_last.mono - exchange.request_last.mono == len(OK) / 2


def test_after_a_failure_the_next_request_gets_a_new_connection() -> None:
    answers: list[Answer | BrokenAnswer] = [
        BrokenAnswer((Piece(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx"),), "hang"),
        Answer(200),
    ]

    async def handler(request: Request) -> Answer | BrokenAnswer:
        return answers.pop(0)

    async def use(rig: Rig, client: HttpClient) -> None:
        first = await client.exchange("GET", "/1", deadline=timedelta(seconds=1))
        second = await client.exchange("GET", "/2", deadline=timedelta(seconds=1))
        assert (first.error is None, second.error) == (False, None)

    assert [exchange.connection for exchange in with_server(handler, use).asked.exchanges] == [1, 2]


def test_a_kept_connection_that_the_server_closed_meanwhile_is_not_used_again() -> None:
    async def test(rig: Rig) -> MemoryRecorder:
        listener = await rig.listen()
        async with rig.client(listener.port) as client:
            await client.exchange("GET", "/1", deadline=DEADLINE)
            await listener.drop_connections()
            await client.exchange("POST", "/2", deadline=DEADLINE)
        await listener.close()
        return rig.asked

    for run in (run_virtual, run_real):
        asked = run(test)
        assert [(exchange.connection, exchange.error) for exchange in asked.exchanges] == [(1, None), (2, None)]
        assert next(c for c in asked.stored if c.number == 1 and c.closed).ended_by == "peer close_notify"


@pytest.mark.parametrize(("method", "repeated"), [("GET", True), ("PUT", True), ("POST", False)])
def test_a_request_that_crosses_the_servers_close_is_sent_again_if_it_may_be(method: str, repeated: bool) -> None:
    async def behave(tls: TlsStream) -> None:
        await tls.write(OK)
        if tls.number == 1:
            await tls.read()  # the next request comes, and the connection goes
            tls.abandon()
        else:
            await tls.read()

    async def test(rig: Rig) -> list[Exchange]:
        async with rig.client(await serve_raw(rig, behave)) as client:
            await client.exchange("GET", "/1", deadline=DEADLINE)
            await client.exchange(method, "/2", deadline=DEADLINE)
        return rig.asked.exchanges

    exchanges = run_virtual(test)
    if repeated:
        assert [(exchange.connection, exchange.error) for exchange in exchanges] == [(1, None), (1, STALE), (2, None)]
        assert exchanges[1].request == exchanges[2].request
    else:
        assert len(exchanges) == 2
        assert exchanges[1].error == "the server closed the connection without an answer; nothing of the answer came"


def test_an_unasked_answer_on_an_idle_connection_is_not_taken_for_the_next_one() -> None:
    async def behave(tls: TlsStream) -> None:
        await tls.write(OK)
        if tls.number == 1:
            await asyncio.sleep(1)
            await tls.write(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nwrong")
        await tls.read()

    async def test(rig: Rig) -> list[Exchange]:
        async with rig.client(await serve_raw(rig, behave)) as client:
            await client.exchange("GET", "/1", deadline=DEADLINE)
            await rig.clock.wait(timedelta(seconds=2))
            await client.exchange("GET", "/2", deadline=DEADLINE)
        return rig.asked.exchanges

    assert [(exchange.connection, exchange.response_body) for exchange in run_virtual(test)] == [
        (1, b"<x/>"),
        (2, b"<x/>"),
    ]


def test_a_refusal_that_comes_before_the_whole_body_was_sent_is_an_answer() -> None:
    async def refuse(tls: TlsStream) -> None:
        await tls.write(b"HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")

    async def test(rig: Rig) -> Exchange:
        async with rig.client(await serve_raw(rig, refuse)) as client:
            return await client.exchange("POST", "/mup", body=bytes(3_000_000), deadline=DEADLINE)

    exchange = run_virtual(test)
    assert (exchange.status, exchange.error) == (413, None)


def test_a_refused_connection_is_an_exchange_and_a_connection() -> None:
    async def test(rig: Rig) -> tuple[Exchange, MemoryRecorder]:
        listener = await rig.listen()
        await listener.close()
        async with rig.client(listener.port) as client:
            return await client.exchange("GET", "/dcap", resource="X", deadline=DEADLINE), rig.asked

    for run in (run_virtual, run_real):
        exchange, asked = run(test)
        assert exchange.error == asked.last.error == "connection refused: nothing listens there"
        assert exchange.connection == asked.last.number == 1
        assert exchange.request.startswith(b"GET /dcap ")
        assert not asked.last.handshake_completed


def test_a_name_that_does_not_exist_is_said() -> None:
    async def test(rig: Rig) -> Exchange:
        client = HttpClient(rig.network, rig.clock, client_tls(), "no-such-host.invalid", 443, rig.asked)
        async with client:
            return await client.exchange("GET", "/dcap", deadline=DEADLINE)

    exchange = run_real(test)
    assert exchange.error is not None
    assert exchange.error.startswith("the host name cannot be resolved")


def test_a_refused_certificate_is_said_with_the_alert() -> None:
    made = files("client-expired", Fault.EXPIRED)
    context = client_context(made.chain, made.key, files("client").root)

    async def test(rig: Rig) -> tuple[Exchange, MemoryRecorder]:
        listener = await rig.listen()
        async with rig.client(listener.port, context) as client:
            exchange = await client.exchange("GET", "/dcap", deadline=DEADLINE)
        await listener.close()
        return exchange, rig.asked

    exchange, asked = run_virtual(test)
    assert exchange.error == "the peer sent the TLS alert 45 certificate_expired"
    assert [alert.code for alert in asked.last.alerts] == [45]


def test_a_server_that_accepts_and_stays_silent_ends_at_the_deadline() -> None:
    async def silent(stream: ByteStream) -> None:
        await stream.receive()
        await stream.receive()

    async def test(rig: Rig) -> tuple[Exchange, float]:
        async with rig.client(await rig.peer(silent)) as client:
            exchange = await client.exchange("GET", "/dcap", deadline=timedelta(seconds=4))
        return exchange, rig.clock.monotonic()

    exchange, took = run_virtual(test)
    assert exchange.error == "the TLS handshake did not end within 4 s; 0 bytes came from the peer"
    assert exchange.connection == 1
    assert took < 6


def test_raw_bytes_go_out_as_they_are_on_a_connection_of_their_own() -> None:
    data = b"get  /dcap HTTP/1.1\r\nhost : x\r\n\r\n"

    async def use(rig: Rig, client: HttpClient) -> None:
        await client.exchange("GET", "/dcap", deadline=DEADLINE)
        await client.raw(data, deadline=DEADLINE)
        await client.exchange("GET", "/dcap", deadline=DEADLINE)

    rig = with_server(hello, use)
    assert [exchange.connection for exchange in rig.asked.exchanges] == [1, 2, 1]
    assert rig.asked.exchanges[1].request == rig.served.exchanges[1].request == data
    assert rig.asked.exchanges[1].status == 400


def test_a_raw_request_shows_its_parts() -> None:
    async def use(rig: Rig, client: HttpClient) -> None:
        await client.raw(b"PUT /x HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nab", deadline=DEADLINE)

    [asked] = with_server(hello, use).asked.exchanges
    assert (asked.method, asked.target, asked.request_body, asked.status) == ("PUT", "/x", b"ab", 200)


@pytest.mark.parametrize(("method", "target"), [("GET", "/a b"), ("BAD METHOD", "/x"), ("GET", "/\x00")])
def test_an_improper_request_is_a_usage_error(method: str, target: str) -> None:
    async def use(rig: Rig, client: HttpClient) -> None:
        with pytest.raises(UsageError, match=r"raw\(\)"):
            await client.exchange(method, target, deadline=DEADLINE)

    assert with_server(hello, use).asked.exchanges == []


def test_a_handshake_alone_returns_its_record() -> None:
    async def use(rig: Rig, client: HttpClient) -> None:
        seen = await client.handshake_only(deadline=DEADLINE)
        assert seen.handshake_completed
        assert seen.cipher == "ECDHE-ECDSA-AES128-CCM8"
        assert seen.closed is not None
        assert lfdi_of(seen.chain[0])

    rig = with_server(hello, use)
    assert rig.asked.exchanges == rig.served.exchanges == []


@pytest.mark.parametrize("what", ["no certificate", "nobody listens"])
def test_a_handshake_alone_that_fails_returns_its_record(what: str) -> None:
    context = client_context(None, None, files("client").root)

    async def test(rig: Rig) -> str | None:
        listener = await rig.listen()
        if what == "nobody listens":
            await listener.close()
        async with rig.client(listener.port, context) as client:
            seen = await client.handshake_only(deadline=DEADLINE)
        if what != "nobody listens":
            await listener.close()
        return seen.error

    expected = {
        "no certificate": "the peer sent the TLS alert 40 handshake_failure",
        "nobody listens": "connection refused: nothing listens there",
    }
    assert run_virtual(test) == expected[what]


def test_a_refusal_after_a_tls_1_3_handshake_is_waited_for() -> None:
    import ssl

    only = ssl.TLSVersion.TLSv1_3
    theirs = files("server")
    server = server_context(theirs.chain, theirs.key, theirs.root, minimum=only, maximum=only)
    client_side = client_context(None, None, theirs.root, minimum=only, maximum=only)

    async def test(rig: Rig) -> tuple[str | None, list[int]]:
        listener = await rig.listen(context=server)
        async with rig.client(listener.port, client_side) as client:
            seen = await client.handshake_only(deadline=DEADLINE)
        await listener.close()
        return seen.error, [alert.code for alert in seen.alerts if not alert.sent]

    error, alerts = run_virtual(test)
    assert error == "the peer sent the TLS alert 116 certificate_required"
    assert alerts == [116]


def test_a_cancelled_exchange_leaves_a_record() -> None:
    async def never(request: Request) -> BrokenAnswer:
        return BrokenAnswer((), "hang")

    async def use(rig: Rig, client: HttpClient) -> None:
        task = asyncio.create_task(client.exchange("GET", "/dcap", deadline=DEADLINE))
        await rig.clock.wait(timedelta(seconds=2))
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    [asked] = with_server(never, use).asked.exchanges
    assert asked.error == "the harness stopped waiting; nothing of the answer came"


def test_a_sender_gives_answers_or_says_why_there_is_none() -> None:
    answers: list[Answer | BrokenAnswer] = [Answer(201, (("Location", "/mup/1"),), b""), BrokenAnswer((), "reset")]

    async def handler(request: Request) -> Answer | BrokenAnswer:
        return answers.pop(0)

    async def use(rig: Rig, client: HttpClient) -> None:
        sender = HttpSender(client, timedelta(seconds=9))
        answer = await sender.send("POST", "/mup", b"<x/>", XML, "MirrorUsagePointList")
        assert answer.status == 201
        assert ("Location", "/mup/1") in answer.headers
        with pytest.raises(NoAnswer, match="reset"):
            await sender.send("POST", "/mup/1")

    [first, *_] = with_server(handler, use).asked.exchanges
    assert first.resource == "MirrorUsagePointList"


def test_it_works_over_real_sockets_with_kernel_stamps_in_order() -> None:
    async def test(rig: Rig) -> MemoryRecorder:
        listener = await rig.listen()
        async with rig.client(listener.port) as client:
            for _ in range(5):
                await client.exchange("GET", "/dcap", deadline=DEADLINE)
        await listener.close()
        return rig.served

    served = run_real(test)
    assert len(served.exchanges) == 5
    for exchange in served.exchanges:
        assert exchange.request_first.mono <= exchange.request_last.mono
        assert exchange.response_first is not None
        assert exchange.request_last.mono <= exchange.response_first.mono


@pytest.mark.parametrize("host", ["bad host", "a/b", "[", "h\x00"])
def test_a_host_that_is_none_is_a_usage_error(host: str) -> None:
    async def test(rig: Rig) -> None:
        with pytest.raises(UsageError, match="Addressing the server"):
            HttpClient(rig.network, rig.clock, client_tls(), host, 443, rig.asked)

    run_virtual(test)
