"""Reads the open part of a TLS handshake off the raw bytes of one direction (RFC 5246 6.2 and 7.4).

In TLS 1.2 the hellos, the certificates and most alerts of a failed handshake travel in the open. Taking them from
the bytes needs no private interface, works the same in every Python, and also works when the handshake failed. In
TLS 1.3 only the hellos are open. Watching stops at the first encrypted record.
"""

from __future__ import annotations

from conformance.wire.alerts import alert
from conformance.wire.client_hello import Cursor, parse_client_hello
from conformance.wire.exchange import Alert, ClientHello

_CHANGE_CIPHER_SPEC, _ALERT, _HANDSHAKE = 20, 21, 22
_CLIENT_HELLO, _SERVER_HELLO, _CERTIFICATE = 1, 2, 11
_MOST_BYTES = 256 * 1024


class HandshakeWatch:
    """Watches one direction. ``sent`` says whether the harness is the sender."""

    def __init__(self, sent: bool) -> None:
        self.sent = sent
        self.seen = 0
        self.begin = b""
        self.client_hello: ClientHello | None = None
        self.session_id = b""
        self.certificates: tuple[bytes, ...] = ()
        self.alerts: list[Alert] = []
        self._records = bytearray()
        self._messages = bytearray()
        self._watching = True

    def feed(self, data: bytes) -> None:
        """Take the next raw bytes."""
        self.seen += len(data)
        if not self._watching:
            return
        self.begin = self.begin or data[:16]
        self._records += data
        while self._watching and len(self._records) >= 5:
            length = int.from_bytes(self._records[3:5], "big")
            if not self._looks_like_tls(length):
                self.stop()
            elif len(self._records) < 5 + length:
                return
            else:
                record, self._records = bytes(self._records[: 5 + length]), self._records[5 + length :]
                self._record(record[0], int.from_bytes(record[1:3], "big"), record[5:])

    def stop(self) -> None:
        """Stop watching and let go of what was held."""
        self._watching = False
        self._records, self._messages = bytearray(), bytearray()

    def _looks_like_tls(self, length: int) -> bool:
        return self._records[1] == 3 and length <= 2**14 + 2048 and self.seen <= _MOST_BYTES

    def _record(self, kind: int, version: int, content: bytes) -> None:
        if kind == _HANDSHAKE:
            self._messages += content
            self._take_messages(version)
        elif kind == _ALERT and len(content) == 2:
            self.alerts.append(alert(self.sent, content[0], content[1]))
        else:
            self.stop()

    def _take_messages(self, version: int) -> None:
        while len(self._messages) >= 4:
            length = int.from_bytes(self._messages[1:4], "big")
            if len(self._messages) < 4 + length:
                return
            kind, body = self._messages[0], bytes(self._messages[4 : 4 + length])
            del self._messages[: 4 + length]
            self._message(kind, body, version)

    def _message(self, kind: int, body: bytes, version: int) -> None:
        if kind == _CLIENT_HELLO and self.client_hello is None:
            self.client_hello = parse_client_hello(body, version)
        elif kind == _SERVER_HELLO:
            self.session_id = _session_id(body)
        elif kind == _CERTIFICATE:
            self.certificates = _certificates(body)


def _session_id(server_hello: bytes) -> bytes:
    try:
        at = Cursor(server_hello)
        at.take(34)  # version and random
        return at.vector(1)
    except ValueError:
        return b""


def _certificates(body: bytes) -> tuple[bytes, ...]:
    try:
        at = Cursor(Cursor(body).vector(3))
        found = []
        while at:
            found.append(at.vector(3))
        return tuple(found)
    except ValueError:
        return ()
