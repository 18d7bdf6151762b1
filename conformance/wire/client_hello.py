"""Reading a ClientHello (RFC 5246 7.4.1.2; extensions: RFC 6066, RFC 8422, RFC 8446).

Reserved values that clients sprinkle in (GREASE, RFC 8701) are left out. A malformed hello gives nothing: then
the TLS library's own complaint is the evidence.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from conformance.wire.exchange import ClientHello

_SERVER_NAME, _GROUPS, _SIGNATURES, _VERSIONS = 0, 10, 13, 43


class Cursor:
    """Takes numbers and length-prefixed vectors off a byte string; raises ``ValueError`` past its end."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def __bool__(self) -> bool:
        """True while something is left."""
        return self._at < len(self._data)

    def take(self, size: int) -> bytes:
        """Return the next bytes."""
        end = self._at + size
        if end > len(self._data):
            raise ValueError(f"{size} bytes wanted, {len(self._data) - self._at} left")
        taken, self._at = self._data[self._at : end], end
        return taken

    def number(self, size: int) -> int:
        """Return the next big-endian number of ``size`` bytes."""
        return int.from_bytes(self.take(size), "big")

    def vector(self, size: int) -> bytes:
        """Return the next vector, whose length takes ``size`` bytes."""
        return self.take(self.number(size))


def parse_client_hello(body: bytes, record_version: int = 0x0301) -> ClientHello | None:
    """Return what a client offered.

    Args:
        body: the handshake message without its four bytes of type and length.
        record_version: the version in the header of the record that began it.
    """
    try:
        return _hello(Cursor(body), record_version)
    except ValueError:
        return None


def _hello(at: Cursor, record_version: int) -> ClientHello:
    version = at.number(2)
    at.take(32)  # the random
    session_id = at.vector(1)
    suites = _numbers(at.vector(2))
    compression = tuple(at.vector(1))
    extensions = list(_extensions(Cursor(at.vector(2)))) if at else []
    content = dict(extensions)
    return ClientHello(
        record_version=record_version,
        version=version,
        cipher_suites=suites,
        compression_methods=compression,
        extensions=_without_grease(number for number, _ in extensions),
        supported_versions=_list(content.get(_VERSIONS), prefix=1),
        groups=_list(content.get(_GROUPS), prefix=2),
        signature_algorithms=_list(content.get(_SIGNATURES), prefix=2),
        server_name=_server_name(content.get(_SERVER_NAME)),
        session_id=session_id,
    )


def _extensions(at: Cursor) -> Iterator[tuple[int, bytes]]:
    while at:
        yield at.number(2), at.vector(2)


def _list(data: bytes | None, prefix: int) -> tuple[int, ...]:
    return () if data is None else _numbers(Cursor(data).vector(prefix))


def _numbers(data: bytes) -> tuple[int, ...]:
    if len(data) % 2:
        raise ValueError("a list of 16-bit numbers has an odd length")
    return _without_grease(int.from_bytes(data[at : at + 2], "big") for at in range(0, len(data), 2))


def _without_grease(numbers: Iterable[int]) -> tuple[int, ...]:
    return tuple(number for number in numbers if not (number & 0x0F0F == 0x0A0A and number >> 8 == number & 0xFF))


def _server_name(data: bytes | None) -> str | None:
    if not data:
        return None
    names = Cursor(Cursor(data).vector(2))
    while names:
        kind, name = names.number(1), names.vector(2)
        if kind == 0:
            return name.decode("ascii", "backslashreplace")
    return None
