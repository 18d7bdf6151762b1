"""Exchanges and connections made by hand, for the tests of the checks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache

from conformance.vocabulary.limits import Limit
from conformance.wire.exchange import Alert, ClientHello, Connection, Exchange, Moment, Side
from conformance.wire.schema import Edition, Extensions, Validator

START = datetime(2030, 5, 1, 12, 0, tzinfo=UTC)
NS = 'xmlns="urn:ieee:std:2030.5:ns"'


def at(seconds: float) -> datetime:
    """An instant so many seconds after the start."""
    return START + timedelta(seconds=seconds)


def moment(seconds: float = 0.0) -> Moment:
    return Moment(at(seconds), seconds)


def served(
    body: str = "",
    status: int | None = 200,
    *,
    number: int = 1,
    headers: tuple[tuple[str, str], ...] = (("Content-Type", "application/sep+xml"),),
    resource: str | None = None,
    error: str | None = None,
    raw: bytes = b"HTTP/1.1",
    target: str = "/dcap",
) -> Exchange:
    """What a server under test answered."""
    return Exchange(
        number,
        "TEST-1",
        1,
        Side.CLIENT,
        "GET",
        target,
        b"GET",
        (("Accept", "application/sep+xml"),),
        b"",
        moment(),
        moment(),
        status=status,
        response=raw,
        response_headers=headers,
        response_body=body.encode(),
        resource=resource,
        error=error,
    )


def sent(
    body: str = "",
    method: str = "PUT",
    *,
    number: int = 1,
    headers: tuple[tuple[str, str], ...] = (),
    resource: str | None = None,
    status: int | None = 204,
    error: str | None = None,
    seconds: float = 0.0,
) -> Exchange:
    """What a client under test sent."""
    return Exchange(
        number,
        "TEST-1",
        1,
        Side.SERVER,
        method,
        "/x",
        b"PUT",
        headers,
        body.encode(),
        moment(seconds),
        moment(seconds),
        status=status,
        resource=resource,
        error=error,
    )


def connection(
    *,
    up: bool = True,
    version: str | None = "TLSv1.2",
    cipher: str | None = "ECDHE-ECDSA-AES128-CCM8",
    chain: tuple[bytes, ...] = (),
    suites: tuple[int, ...] | None = (0xC0AE,),
    alerts: tuple[tuple[bool, int, str], ...] = (),
    error: str | None = None,
) -> Connection:
    """A TLS connection; alerts are (sent by the harness, code, name)."""
    hello = None if suites is None else ClientHello(0x0301, 0x0303, suites, (0,), ())
    return Connection(
        1,
        "TEST-1",
        Side.SERVER,
        "127.0.0.1:1",
        moment(),
        client_hello=hello,
        version=version,
        cipher=cipher,
        chain=chain,
        alerts=tuple(Alert(by_us, 2, code, name) for by_us, code, name in alerts),
        established=moment() if up else None,
        error=error,
    )


def limit(value: float = 15.0, name: str = "response_deadline", unit: str = "s") -> Limit:
    return Limit(name, value, unit, "ours", default=value)


@cache
def validator() -> Validator:
    return Validator(Edition("2030.5-2018"), extensions=Extensions.NOTE)
