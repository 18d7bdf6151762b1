"""Facts recorded of every connection and every exchange, exactly as they went over the wire.

A :class:`Connection` is recorded also when its handshake failed. An :class:`Exchange` is one HTTP request
with its answer or its error. Both are immutable and turn into one line of ``exchanges.jsonl``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from conformance.vocabulary.clock import Clock
from conformance.wire.messages import Targeted


class Side(StrEnum):
    """Which part the harness played."""

    CLIENT = "client"
    SERVER = "server"


@dataclass(frozen=True, slots=True)
class Moment:
    """One instant, read on both clocks: ``wall`` in UTC, ``mono`` in seconds.

    ``kernel`` is the kernel's receive stamp (UTC), where there is one.
    """

    wall: datetime
    mono: float
    kernel: datetime | None = None

    @classmethod
    def now(cls, clock: Clock, kernel: datetime | None = None) -> Moment:
        """Return the present instant."""
        return cls(clock.now(), clock.monotonic(), kernel)


@dataclass(frozen=True, slots=True)
class Alert:
    """A TLS alert; ``sent`` by the harness, or received from the subject."""

    sent: bool
    level: int
    code: int
    name: str


@dataclass(frozen=True, slots=True)
class ClientHello:
    """What a TLS client offered (RFC 5246 7.4.1.2). Numbers as on the wire, GREASE left out."""

    record_version: int
    version: int
    cipher_suites: tuple[int, ...]
    compression_methods: tuple[int, ...]
    extensions: tuple[int, ...]
    supported_versions: tuple[int, ...] = ()
    groups: tuple[int, ...] = ()
    signature_algorithms: tuple[int, ...] = ()
    server_name: str | None = None
    session_id: bytes = b""


@dataclass(frozen=True, slots=True)
class Connection:
    """One TLS connection, successful or not. Certificates are DER, leaf first, as the peer sent them."""

    number: int
    case: str
    side: Side
    remote: str
    opened: Moment
    closed: Moment | None = None
    client_hello: ClientHello | None = None
    version: str | None = None
    cipher: str | None = None
    chain: tuple[bytes, ...] = ()
    resumed: bool = False
    alerts: tuple[Alert, ...] = ()
    established: Moment | None = None
    ended_by: str | None = None
    error: str | None = None

    @property
    def handshake_completed(self) -> bool:
        """True when application data could flow."""
        return self.established is not None


class Kind(NamedTuple):
    """What kind of exchange it was: asked of whom, how, for which kind of resource."""

    side: Side
    method: str
    resource: str | None


@dataclass(frozen=True, slots=True)
class Exchange(Targeted):
    """One HTTP request with its answer or its error.

    ``request`` and ``response`` are the exact bytes; headers keep casing and order. ``resource`` is the kind of
    resource addressed (``EndDeviceList``), ``peer_lfdi`` the identity of the client, ``listed`` the test cases that
    share the exchange. Times are when the first and the last byte was read or written.
    """

    number: int
    case: str
    connection: int
    side: Side
    method: str
    target: str
    request: bytes
    request_headers: tuple[tuple[str, str], ...]
    request_body: bytes
    request_first: Moment
    request_last: Moment
    status: int | None = None
    reason: str = ""
    response: bytes = b""
    response_headers: tuple[tuple[str, str], ...] = ()
    response_body: bytes = b""
    response_first: Moment | None = None
    response_last: Moment | None = None
    resource: str | None = None
    peer_lfdi: str = ""
    error: str | None = None

    @property
    def kind(self) -> Kind:
        """What kind of exchange it was."""
        return Kind(self.side, self.method, self.resource)
