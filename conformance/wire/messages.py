"""HTTP messages as the protocol cores see them: no socket, no TLS object, no clock.

A utility core maps a :class:`Request` to an :class:`Answer`; a device core asks for one through a
:class:`Sender`. Header names keep the casing they had on the wire.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from urllib.parse import unquote

SEP_XML = "application/sep+xml"

Headers = Sequence[tuple[str, str]]


def header(headers: Headers, name: str) -> str | None:
    """Return the first header of that name, whatever its casing."""
    wanted = name.lower()
    return next((value for key, value in headers if key.lower() == wanted), None)


@dataclass(frozen=True, slots=True)
class Peer:
    """Who is at the other end of a mutual TLS connection.

    ``lfdi`` is 40 upper-case hexadecimal digits, ``sfdi`` the decimal number with its check digit;
    both are empty when no certificate was shown. ``chain`` is DER, leaf first, as the peer sent it.
    """

    lfdi: str = ""
    sfdi: int = 0
    certificate: bytes = b""
    chain: tuple[bytes, ...] = ()


class Targeted:
    """Something with a ``target``, as sent: a path with its query, or both after scheme and host (RFC 9112 3.2)."""

    __slots__ = ()
    target: str

    @property
    def path(self) -> str:
        """The path of the target; what needs no percent-encoding has none (RFC 3986, 6.2.2.2)."""
        return UNRESERVED.sub(lambda found: unquote(found[0]), _path_and_query(self.target)[0])

    @property
    def query(self) -> str:
        """The query of the target without the question mark."""
        return _path_and_query(self.target)[1]


UNRESERVED = re.compile("%(2[DE]|3[0-9]|4[1-9A-F]|5[0-9AF]|6[1-9A-F]|7[0-9AE])", re.IGNORECASE)
"""Letters, digits, ``-``, ``.``, ``_`` and ``~``, percent-encoded."""


def _path_and_query(target: str) -> tuple[str, str]:
    path, _, query = target.partition("?")
    if not path.lower().startswith(("http://", "https://")):
        return path, query
    return f"/{path.partition('://')[2].partition('/')[2]}", query


@dataclass(frozen=True, slots=True)
class Request(Targeted):
    """A request, complete."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    peer: Peer = Peer()
    received_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer. ``resource`` names the kind of resource addressed, such as ``EndDeviceList``."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    resource: str | None = None


@dataclass(frozen=True, slots=True)
class Piece:
    """Bytes written after a pause."""

    data: bytes
    pause_s: float = 0.0


@dataclass(frozen=True, slots=True)
class BrokenAnswer:
    """What a listener writes when it shall misbehave: raw pieces, then how the connection ends.

    ``then`` is ``keep`` (stay open), ``close`` (orderly), ``reset`` (TCP reset) or ``hang`` (say nothing more
    and leave the connection open).
    """

    pieces: tuple[Piece, ...] = ()
    then: str = "close"
    resource: str | None = None


class Sender(Protocol):
    """Carries a device core's requests to the server."""

    async def send(
        self, method: str, target: str, body: bytes = b"", headers: Headers = (), resource: str | None = None
    ) -> Answer:
        """Send one request and return its answer; raises :class:`~conformance.wire.messages.NoAnswer`."""


class NoAnswer(Exception):
    """No complete answer came: refused, reset, timed out, TLS alert, malformed. The text says which."""
