"""Reading a ClientHello: hand-made, split, malformed, and a real one."""

from __future__ import annotations

import ssl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.wire.client_hello import parse_client_hello
from conformance.wire.handshake_watch import HandshakeWatch

CCM8_ONLY = bytes.fromhex("c0ae00ff")


def extension(number: int, content: bytes) -> bytes:
    return number.to_bytes(2, "big") + len(content).to_bytes(2, "big") + content


def vector(content: bytes, size: int = 2) -> bytes:
    return len(content).to_bytes(size, "big") + content


def hello_body(suites: bytes = CCM8_ONLY, extensions: bytes | None = None, session: bytes = b"") -> bytes:
    body = b"\x03\x03" + bytes(32) + vector(session, 1) + vector(suites) + vector(b"\x00", 1)
    return body if extensions is None else body + vector(extensions)


def records(handshake: bytes, size: int, kind: int = 22) -> bytes:
    pieces = (handshake[at : at + size] for at in range(0, len(handshake), size))
    return b"".join(bytes([kind, 3, 1]) + vector(piece) for piece in pieces)


def message(kind: int, body: bytes) -> bytes:
    return bytes([kind]) + len(body).to_bytes(3, "big") + body


def test_a_ccm8_client_shows_its_one_suite_and_its_curve() -> None:
    extensions = extension(10, vector(b"\x00\x17")) + extension(13, vector(b"\x04\x03")) + extension(23, b"")
    hello = parse_client_hello(hello_body(extensions=extensions, session=b"\x07" * 8), 0x0303)
    assert hello is not None
    assert hello.cipher_suites == (0xC0AE, 0x00FF)
    assert hello.version == hello.record_version == 0x0303
    assert (hello.groups, hello.signature_algorithms, hello.extensions) == ((23,), (0x0403,), (10, 13, 23))
    assert (hello.compression_methods, hello.session_id) == ((0,), b"\x07" * 8)


def test_server_name_and_supported_versions_are_read() -> None:
    extensions = extension(0, vector(b"\x00" + vector(b"utility.example"))) + extension(
        43, vector(b"\x03\x04\x03\x03", 1)
    )
    hello = parse_client_hello(hello_body(extensions=extensions))
    assert hello is not None
    assert hello.server_name == "utility.example"
    assert hello.supported_versions == (0x0304, 0x0303)


def test_reserved_values_are_left_out() -> None:
    extensions = extension(0x1A1A, b"") + extension(10, vector(b"\xaa\xaa\x00\x17")) + extension(23, b"")
    hello = parse_client_hello(hello_body(suites=b"\x2a\x2a" + CCM8_ONLY, extensions=extensions))
    assert hello is not None
    assert (hello.cipher_suites, hello.groups, hello.extensions) == ((0xC0AE, 0x00FF), (23,), (10, 23))


def test_a_hello_without_extensions_is_whole() -> None:
    hello = parse_client_hello(hello_body())
    assert hello is not None
    assert hello.extensions == ()


@pytest.mark.parametrize("cut", range(len(hello_body(extensions=extension(10, vector(b"\x00\x17"))))))
def test_a_truncated_hello_gives_nothing_or_less_but_no_error(cut: int) -> None:
    whole = hello_body(extensions=extension(10, vector(b"\x00\x17")))
    hello = parse_client_hello(whole[:cut])
    assert hello is None or hello.groups == ()


@given(st.binary(max_size=300))
def test_garbage_never_raises(data: bytes) -> None:
    hello = parse_client_hello(data)
    assert hello is None or len(data) >= 38


@given(st.binary(max_size=200), st.integers(1, 50))
def test_watching_garbage_never_raises_and_counts_every_byte(data: bytes, size: int) -> None:
    watch = HandshakeWatch(sent=False)
    for at in range(0, len(data), size):
        watch.feed(data[at : at + size])
    assert watch.seen == len(data)


@pytest.mark.parametrize(("record", "segment"), [(1000, 1), (7, 1000), (3, 2)])
def test_a_hello_split_over_records_and_segments_is_put_together(record: int, segment: int) -> None:
    watch = HandshakeWatch(sent=False)
    data = records(message(1, hello_body()), record)
    for at in range(0, len(data), segment):
        watch.feed(data[at : at + segment])
    assert watch.client_hello is not None
    assert watch.client_hello.cipher_suites == (0xC0AE, 0x00FF)


def test_certificates_session_and_open_alerts_are_read() -> None:
    watch = HandshakeWatch(sent=True)
    server_hello = b"\x03\x03" + bytes(32) + vector(b"\x09" * 32, 1) + b"\xc0\xae\x00"
    chain = vector(vector(b"leaf", 3) + vector(b"issuer", 3), 3)
    watch.feed(records(message(2, server_hello) + message(11, chain), 4096) + records(b"\x02\x2d", 2, kind=21))
    assert watch.session_id == b"\x09" * 32
    assert watch.certificates == (b"leaf", b"issuer")
    assert [(alert.sent, alert.level, alert.code, alert.name) for alert in watch.alerts] == [
        (True, 2, 45, "certificate_expired")
    ]


def test_watching_stops_at_the_first_encrypted_record() -> None:
    watch = HandshakeWatch(sent=False)
    watch.feed(
        records(b"\x01", 1, kind=20) + records(message(1, hello_body()), 4096) + records(b"\x02\x28", 2, kind=21)
    )
    assert watch.client_hello is None
    assert watch.alerts == []


def test_a_real_hello_is_read() -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    out = ssl.MemoryBIO()
    client = context.wrap_bio(ssl.MemoryBIO(), out, server_hostname="peer.example")
    with pytest.raises(ssl.SSLWantReadError):
        client.do_handshake()
    watch = HandshakeWatch(sent=True)
    watch.feed(out.read())
    assert watch.client_hello is not None
    assert watch.client_hello.server_name == "peer.example"
    assert 0x0304 in watch.client_hello.supported_versions
