"""TLS on both sides: what a connection's record holds, in good and in bad cases."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from wire_rig import MemoryRecorder, Rig, client_tls, files, run_real, run_virtual, server_tls

from conformance.wire.certificates import Fault
from conformance.wire.exchange import Alert, Connection, Side
from conformance.wire.network import ByteStream
from conformance.wire.tls import Ending, StreamBroken, TlsStream
from conformance.wire.tls_context import client_context, server_context

GCM = "ECDHE-ECDSA-AES128-GCM-SHA256:@SECLEVEL=0"
WITHIN = timedelta(seconds=10)
Talk = Callable[[TlsStream], Awaitable[None]]


async def nothing(tls: TlsStream) -> None:
    await tls.read()
    await tls.close()


async def meet(
    rig: Rig,
    client: ssl.SSLContext,
    server: ssl.SSLContext,
    talk: Talk = nothing,
    answer: Talk = nothing,
    carry: Callable[[ByteStream], ByteStream] = lambda stream: stream,
) -> tuple[Connection, Connection]:
    """Let both sides shake hands and talk; return the last records of client and server."""
    done = asyncio.Event()

    async def serve(stream: ByteStream) -> None:
        await play(TlsStream(stream, server, Side.SERVER, rig.served, rig.clock), answer)
        done.set()

    port = await rig.peer(serve)
    near = carry(await rig.network.connect("127.0.0.1", port))
    await play(TlsStream(near, client, Side.CLIENT, rig.asked, rig.clock), talk)
    await done.wait()
    return rig.asked.last, rig.served.last


async def play(tls: TlsStream, talk: Talk) -> None:
    try:
        await tls.handshake(WITHIN)
        await talk(tls)
    except StreamBroken:
        tls.abandon()


async def goodbye(tls: TlsStream) -> None:
    await tls.close()


def met(
    client: ssl.SSLContext, server: ssl.SSLContext, talk: Talk = goodbye, answer: Talk = nothing
) -> tuple[Connection, Connection]:
    return run_virtual(lambda rig: meet(rig, client, server, talk, answer))


def test_a_good_handshake_is_recorded_in_full_on_both_sides() -> None:
    client, server = met(client_tls(), server_tls())
    for connection, shown in ((client, "server"), (server, "client")):
        assert connection.handshake_completed
        assert (connection.version, connection.cipher) == ("TLSv1.2", "ECDHE-ECDSA-AES128-CCM8")
        assert connection.error is None
        assert not connection.resumed
        assert [ssl.DER_cert_to_PEM_cert(der) for der in connection.chain] == _pems(shown)
        assert connection.client_hello is not None
        assert connection.client_hello.cipher_suites == (0xC0AE, 0x00FF)
        assert connection.client_hello.groups == (23,)
        assert connection.closed is not None


def _pems(name: str, fault: Fault | None = None) -> list[str]:
    text = files(name, fault).chain.read_text()
    return [part + "-----END CERTIFICATE-----\n" for part in text.split("-----END CERTIFICATE-----\n") if part]


def test_a_connection_is_recorded_when_established_and_again_when_closed() -> None:
    async def test(rig: Rig) -> MemoryRecorder:
        await meet(rig, client_tls(), server_tls(), goodbye)
        return rig.served

    first, second = run_virtual(test).stored
    assert first.number == second.number
    assert (first.closed, first.ended_by) == (None, None)
    assert second.ended_by == "peer close_notify"


def test_close_notify_is_an_alert_in_both_directions() -> None:
    client, server = met(client_tls(), server_tls())
    assert client.ended_by == Ending.HARNESS
    assert Alert(True, 1, 0, "close_notify") in client.alerts
    assert server.ended_by == Ending.CLOSE_NOTIFY
    assert set(server.alerts) == {Alert(False, 1, 0, "close_notify"), Alert(True, 1, 0, "close_notify")}


def test_an_end_without_close_notify_is_told_apart() -> None:
    async def vanish(tls: TlsStream) -> None:
        tls.abandon()

    _, server = met(client_tls(), server_tls(), vanish)
    assert server.ended_by == Ending.EOF
    assert server.error is None


def test_a_reset_after_the_handshake_is_an_error() -> None:
    async def reset(tls: TlsStream) -> None:
        tls.reset()

    _, server = met(client_tls(), server_tls(), reset)
    assert server.handshake_completed
    assert (server.ended_by, server.error) == (Ending.RESET, "the peer reset the connection")


def test_large_data_crosses_whole_in_both_networks() -> None:
    sent = bytes(range(256)) * 8192

    async def send(tls: TlsStream) -> None:
        await tls.write(sent)
        await tls.close()

    async def test(rig: Rig) -> bytes:
        got = bytearray()

        async def collect(tls: TlsStream) -> None:
            while data := (await tls.read())[0]:
                got.extend(data)
            await tls.close()

        await meet(rig, client_tls(), server_tls(), send, collect)
        return bytes(got)

    assert run_virtual(test) == sent
    assert run_real(test) == sent


def failing(client: ssl.SSLContext, server: ssl.SSLContext | None = None) -> tuple[Connection, Connection]:
    seen = met(client, server or server_tls())
    for connection in seen:
        assert not connection.handshake_completed
        assert connection.error
        assert connection.closed is not None
        assert (connection.version, connection.cipher) == (None, None)
    return seen


def test_no_client_certificate_is_refused_and_said_on_both_sides() -> None:
    client, server = failing(client_context(None, None, files("client").root))
    assert server.error == "the peer showed no certificate"
    assert server.chain == ()
    assert client.error == "the peer sent the TLS alert 40 handshake_failure"
    assert client.alerts == (Alert(False, 2, 40, "handshake_failure"),)
    assert server.alerts == (Alert(True, 2, 40, "handshake_failure"),)
    assert client.ended_by == Ending.ALERT


@pytest.mark.parametrize(
    ("fault", "code", "words"),
    [
        (Fault.EXPIRED, 45, "certificate has expired"),
        (Fault.NOT_YET_VALID, 42, "certificate is not yet valid"),
        (Fault.OTHER_ROOT, 48, "verify code"),
        (Fault.SELF_SIGNED, 48, "verify code 18"),
        (Fault.MISSING_INTERMEDIATE, 48, "unable to get local issuer"),
        (Fault.UNKNOWN_CRITICAL_EXTENSION, 46, "unhandled critical extension"),
        (Fault.P384, 47, "curve"),
    ],
)
def test_a_bad_client_certificate_leaves_its_chain_and_the_alert_as_evidence(
    fault: Fault, code: int, words: str
) -> None:
    made = files(f"client-{fault.value}", fault)
    client, server = failing(client_context(made.chain, made.key, files("client").root))
    assert server.error is not None
    assert words in server.error
    assert [alert.code for alert in client.alerts] == [alert.code for alert in server.alerts] == [code]
    assert [ssl.DER_cert_to_PEM_cert(der) for der in server.chain] == _pems(f"client-{fault.value}", fault)


def test_a_server_with_another_root_is_refused_by_the_client() -> None:
    made = files("server-other-root", Fault.OTHER_ROOT)
    client, server = failing(client_tls(), server_context(made.chain, made.key, made.root))
    assert client.error is not None
    assert client.error.startswith("the peer's certificate is not accepted")
    assert [alert.sent for alert in client.alerts] == [True]
    assert client.chain
    assert server.ended_by == Ending.ALERT


def test_a_client_without_ccm8_finds_no_suite() -> None:
    made = files("client")
    client, server = failing(client_context(made.chain, made.key, made.root, ciphers=GCM))
    assert server.error == "the peer offered no cipher suite that is allowed here"
    assert server.client_hello is not None
    assert 0xC02B in server.client_hello.cipher_suites
    assert 0xC0AE not in server.client_hello.cipher_suites
    assert client.error == "the peer sent the TLS alert 40 handshake_failure"


def test_another_tls_version_is_refused() -> None:
    made = files("client")
    only = ssl.TLSVersion.TLSv1_3
    _, server = failing(client_context(made.chain, made.key, made.root, minimum=only, maximum=only))
    assert server.error == "the peer wants a TLS version that is not allowed here"
    assert server.client_hello is not None
    assert server.client_hello.supported_versions == (0x0304,)


def test_the_chain_is_known_in_tls_1_3_too() -> None:
    only = ssl.TLSVersion.TLSv1_3
    mine, theirs = files("client"), files("server")
    client, server = met(
        client_context(mine.chain, mine.key, mine.root, minimum=only, maximum=only),
        server_context(theirs.chain, theirs.key, theirs.root, minimum=only, maximum=only),
    )
    assert client.version == server.version == "TLSv1.3"
    assert [ssl.DER_cert_to_PEM_cert(der) for der in server.chain] == _pems("client")
    assert [ssl.DER_cert_to_PEM_cert(der) for der in client.chain] == _pems("server")


def test_a_resumed_session_keeps_the_chain_of_its_full_handshake() -> None:
    made = files("resuming")
    context = client_context(made.chain, made.key, made.root)

    async def test(rig: Rig) -> tuple[Connection, Connection]:
        sessions: list[ssl.SSLSession] = []

        async def keep(tls: TlsStream) -> None:
            session = tls._tls.session
            assert session is not None
            sessions.append(session)
            await tls.close()

        async def again(tls: TlsStream) -> None:
            await tls.close()

        _, first = await meet(rig, context, server_tls(), keep)
        near = TlsStream(
            await rig.network.connect("127.0.0.1", rig.bound[-1].port), context, Side.CLIENT, rig.asked, rig.clock
        )
        near._tls.session = sessions[0]
        await play(near, again)
        await rig.clock.wait(timedelta(seconds=1))
        return first, rig.served.last

    first, second = run_virtual(test)
    assert (first.resumed, second.resumed) == (False, True)
    assert len(first.chain) == 3
    assert second.chain == first.chain


def test_no_tickets_are_issued() -> None:
    async def look(tls: TlsStream) -> None:
        session = tls._tls.session
        assert session is not None
        assert not session.has_ticket
        await tls.close()

    client, _ = met(client_tls(), server_tls(), look)
    assert client.handshake_completed


def raw_peer(data: bytes, then: str = "close") -> Connection:
    """Let a raw peer talk to our server side; return the server's record."""

    async def test(rig: Rig) -> Connection:
        async def serve(stream: ByteStream) -> None:
            await play(TlsStream(stream, server_tls(), Side.SERVER, rig.served, rig.clock), nothing)

        peer = await rig.network.connect("127.0.0.1", await rig.peer(serve))
        if data:
            await peer.send(data)
        if then == "close":
            peer.close()
        elif then == "reset":
            peer.reset()
        elif then == "half-close":
            await peer.send_eof()
        await rig.clock.wait(timedelta(seconds=60))
        peer.close()
        return rig.served.last

    return run_virtual(test)


def test_plain_http_on_the_tls_port_is_named() -> None:
    seen = raw_peer(b"GET /dcap HTTP/1.1\r\nHost: x\r\n\r\n", "stay")
    assert seen.error == "the peer spoke plain HTTP instead of TLS; it began with b'GET /dcap HTTP/1'"


def test_garbage_instead_of_tls_is_shown() -> None:
    seen = raw_peer(b"\xde\xad\xbe\xef" * 8, "stay")
    assert seen.error is not None
    assert "it began with b'\\xde\\xad\\xbe\\xef" in seen.error


def test_a_connection_that_says_nothing_times_out() -> None:
    seen = raw_peer(b"", "stay")
    assert seen.error == "the TLS handshake did not end within 10 s; 0 bytes came from the peer"
    assert seen.closed is not None
    assert (seen.closed.wall - seen.opened.wall) <= timedelta(seconds=12)


def test_a_connection_that_ends_in_the_handshake_is_recorded() -> None:
    seen = raw_peer(_hello(), "half-close")
    assert seen.error == f"the peer closed the connection during the TLS handshake, after {len(_hello())} bytes"
    assert seen.client_hello is not None
    assert seen.ended_by == Ending.EOF


@pytest.mark.parametrize("then", ["close", "reset"])  # who closes fully resets what is still sent to him
def test_a_reset_in_the_handshake_is_recorded(then: str) -> None:
    seen = raw_peer(_hello(), then)
    assert seen.error == "the peer reset the connection"
    assert seen.ended_by == Ending.RESET
    assert seen.client_hello is not None


def _hello() -> bytes:
    out = ssl.MemoryBIO()
    with pytest.raises(ssl.SSLWantReadError):
        client_tls().wrap_bio(ssl.MemoryBIO(), out).do_handshake()
    return out.read()


class _Dribble:
    """Sends one byte at a time."""

    def __init__(self, stream: ByteStream) -> None:
        self._stream = stream

    def __getattr__(self, name: str) -> object:
        return getattr(self._stream, name)

    async def send(self, data: bytes) -> None:
        for at in range(len(data)):
            await self._stream.send(data[at : at + 1])
            await asyncio.sleep(0)


def test_a_handshake_in_single_bytes_is_understood() -> None:
    async def test(rig: Rig) -> tuple[Connection, Connection]:
        return await meet(rig, client_tls(), server_tls(), goodbye, carry=_Dribble)  # type: ignore[arg-type]

    _, server = run_virtual(test)
    assert server.handshake_completed
    assert server.client_hello is not None


def test_a_record_that_was_tampered_with_breaks_the_connection() -> None:
    class Tamper(_Dribble):
        async def send(self, data: bytes) -> None:
            if data[0] == 23:
                data = data[:-1] + bytes([data[-1] ^ 1])
            await self._stream.send(data)

    async def talk(tls: TlsStream) -> None:
        await tls.write(b"hello")
        await tls.read()

    async def test(rig: Rig) -> tuple[Connection, Connection]:
        return await meet(rig, client_tls(), server_tls(), talk, carry=Tamper)  # type: ignore[arg-type]

    client, server = run_virtual(test)
    assert server.error == "a TLS record of the peer cannot be decrypted"
    assert Alert(True, 2, 20, "bad_record_mac") in server.alerts
    assert Alert(False, 2, 20, "bad_record_mac") in client.alerts
    assert client.ended_by == Ending.ALERT


def test_going_over_to_another_case_records_the_connection_there() -> None:
    async def test(rig: Rig) -> MemoryRecorder:
        other = MemoryRecorder("TEST-002")

        async def change(tls: TlsStream) -> None:
            tls.record_to(other)
            await nothing(tls)

        await meet(rig, client_tls(), server_tls(), goodbye, change)
        return other

    now, at_close = run_virtual(test).stored
    assert now.case == at_close.case == "TEST-002"
    assert now.handshake_completed
    assert (now.closed is None, at_close.closed is None) == (True, False)


def test_a_cancelled_handshake_is_recorded_and_closed() -> None:
    async def test(rig: Rig) -> Connection:
        near, _ = await rig.pair()
        tls = TlsStream(near, client_tls(), Side.CLIENT, rig.asked, rig.clock)
        shaking = asyncio.create_task(tls.handshake(WITHIN))
        await rig.clock.wait(timedelta(seconds=1))
        shaking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await shaking
        return rig.asked.last

    seen = run_virtual(test)
    assert seen.error == "the harness gave up the handshake"
    assert seen.closed is not None


def test_handshakes_cost_no_virtual_time() -> None:
    async def test(rig: Rig) -> float:
        before = rig.clock.monotonic()
        await meet(rig, client_tls(), server_tls(), goodbye)
        return rig.clock.monotonic() - before

    assert run_virtual(test) == 0
