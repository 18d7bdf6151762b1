"""Connections and exchanges as lines of JSON, and back, without loss.

Bytes are text where they are valid UTF-8, else ``{"base64": ...}``. A body that is the end of its message is
``{"tail": n}``: its last ``n`` bytes. Times are ISO 8601 in UTC. Integers of a session are decimal, as on the wire.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from json.encoder import encode_basestring_ascii as _text
from typing import Any

from conformance.wire.exchange import Alert, ClientHello, Connection, Exchange, Moment, Side

_Json = dict[str, Any]  # what the json module reads and writes; it does not leave this module


def to_line(record: Connection | Exchange, redacted: tuple[str, ...] = ()) -> bytes:
    """Return one line of JSON with its line feed; ``redacted`` names what was left out."""
    fields = _exchange_fields(record) if isinstance(record, Exchange) else _connection_fields(record)
    if redacted:
        fields["redacted"] = json.dumps(redacted)
    # Put together from encoded values: this is done for every exchange, and takes a third less time so.
    return (_template(*fields) % fields).encode("ascii")


@lru_cache
def _template(*names: str) -> str:
    return "{" + ",".join(f'"{name}":%({name})s' for name in names) + "}\n"


def from_line(line: bytes) -> Connection | Exchange:
    """Return what a line stands for. Raises ``ValueError`` when it is no such line."""
    fields = json.loads(line)
    if not isinstance(fields, dict) or fields.get("type") not in ("connection", "exchange"):
        raise ValueError("neither a connection nor an exchange")
    try:
        return _exchange(fields) if fields["type"] == "exchange" else _connection(fields)
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"a field is missing or malformed: {error}") from error


def _exchange_fields(exchange: Exchange) -> dict[str, object]:
    request_first, response_first = _moment_written(exchange.request_first), _moment_written(exchange.response_first)
    at_once = exchange.request_last is exchange.request_first
    return {
        "type": '"exchange"',
        "number": exchange.number,
        "case": _text(exchange.case),
        "connection": exchange.connection,
        "side": _text(exchange.side),
        "method": _text(exchange.method),
        "target": _text(exchange.target),
        "status": "null" if exchange.status is None else exchange.status,
        "reason": _text(exchange.reason),
        "resource": _optional(exchange.resource),
        "peer_lfdi": _text(exchange.peer_lfdi),
        "error": _optional(exchange.error),
        "request_first": request_first,
        "request_last": request_first if at_once else _moment_written(exchange.request_last),
        "response_first": response_first,
        "response_last": _moment_written(exchange.response_last),
        "request_headers": _headers_written(exchange.request_headers),
        "response_headers": _headers_written(exchange.response_headers),
        "request": _written(exchange.request),
        "request_body": _body_written(exchange.request_body, exchange.request),
        "response": _written(exchange.response),
        "response_body": _body_written(exchange.response_body, exchange.response),
    }


def _exchange(fields: Mapping[str, Any]) -> Exchange:
    request, response = _read(fields["request"]), _read(fields["response"])
    return Exchange(
        number=fields["number"],
        case=fields["case"],
        connection=fields["connection"],
        side=Side(fields["side"]),
        method=fields["method"],
        target=fields["target"],
        request=request,
        request_headers=_headers(fields["request_headers"]),
        request_body=_body(fields["request_body"], request),
        request_first=_moment(fields["request_first"]),
        request_last=_moment(fields["request_last"]),
        status=fields["status"],
        reason=fields["reason"],
        response=response,
        response_headers=_headers(fields["response_headers"]),
        response_body=_body(fields["response_body"], response),
        response_first=_moment_or_none(fields["response_first"]),
        response_last=_moment_or_none(fields["response_last"]),
        resource=fields["resource"],
        peer_lfdi=fields["peer_lfdi"],
        error=fields["error"],
    )


def _connection_fields(connection: Connection) -> dict[str, object]:
    hello = connection.client_hello
    chain = [base64.b64encode(certificate).decode() for certificate in connection.chain]
    return {
        "type": '"connection"',
        "number": connection.number,
        "case": _text(connection.case),
        "side": _text(connection.side),
        "remote": _text(connection.remote),
        "version": _optional(connection.version),
        "cipher": _optional(connection.cipher),
        "resumed": json.dumps(connection.resumed),
        "ended_by": _optional(connection.ended_by),
        "error": _optional(connection.error),
        "opened": _moment_written(connection.opened),
        "established": _moment_written(connection.established),
        "closed": _moment_written(connection.closed),
        "alerts": json.dumps([[alert.sent, alert.level, alert.code, alert.name] for alert in connection.alerts]),
        "client_hello": json.dumps(None if hello is None else _hello_fields(hello)),
        "chain": json.dumps(chain),
    }


def _connection(fields: Mapping[str, Any]) -> Connection:
    hello = fields["client_hello"]
    return Connection(
        number=fields["number"],
        case=fields["case"],
        side=Side(fields["side"]),
        remote=fields["remote"],
        opened=_moment(fields["opened"]),
        closed=_moment_or_none(fields["closed"]),
        client_hello=None if hello is None else _hello(hello),
        version=fields["version"],
        cipher=fields["cipher"],
        chain=tuple(base64.b64decode(certificate) for certificate in fields["chain"]),
        resumed=fields["resumed"],
        alerts=tuple(Alert(*alert) for alert in fields["alerts"]),
        established=_moment_or_none(fields["established"]),
        ended_by=fields["ended_by"],
        error=fields["error"],
    )


def _hello_fields(hello: ClientHello) -> _Json:
    return {
        "record_version": hello.record_version,
        "version": hello.version,
        "cipher_suites": hello.cipher_suites,
        "compression_methods": hello.compression_methods,
        "extensions": hello.extensions,
        "supported_versions": hello.supported_versions,
        "groups": hello.groups,
        "signature_algorithms": hello.signature_algorithms,
        "server_name": hello.server_name,
        "session_id": hello.session_id.hex(),
    }


def _hello(fields: Mapping[str, Any]) -> ClientHello:
    return ClientHello(
        record_version=fields["record_version"],
        version=fields["version"],
        cipher_suites=tuple(fields["cipher_suites"]),
        compression_methods=tuple(fields["compression_methods"]),
        extensions=tuple(fields["extensions"]),
        supported_versions=tuple(fields["supported_versions"]),
        groups=tuple(fields["groups"]),
        signature_algorithms=tuple(fields["signature_algorithms"]),
        server_name=fields["server_name"],
        session_id=bytes.fromhex(fields["session_id"]),
    )


def _moment_written(moment: Moment | None) -> str:
    if moment is None:
        return "null"
    kernel = "" if moment.kernel is None else f',"kernel":"{moment.kernel.isoformat()}"'
    return f'{{"wall":"{moment.wall.isoformat()}","mono":{moment.mono!r}{kernel}}}'


def _moment(fields: Mapping[str, Any]) -> Moment:
    kernel = fields.get("kernel")
    wall = datetime.fromisoformat(fields["wall"])
    return Moment(wall, fields["mono"], datetime.fromisoformat(kernel) if kernel else None)


def _moment_or_none(fields: Mapping[str, Any] | None) -> Moment | None:
    return None if fields is None else _moment(fields)


def _optional(text: str | None) -> str:
    return "null" if text is None else _text(text)


def _headers_written(headers: tuple[tuple[str, str], ...]) -> str:
    return "[" + ",".join([f"[{_text(name)},{_text(value)}]" for name, value in headers]) + "]"


def _written(data: bytes) -> str:
    try:
        return _text(data.decode())
    except UnicodeDecodeError:
        return json.dumps({"base64": base64.b64encode(data).decode()})


def _read(value: str | Mapping[str, str]) -> bytes:
    return value.encode() if isinstance(value, str) else base64.b64decode(value["base64"])


def _body_written(body: bytes, message: bytes) -> str:
    return f'{{"tail":{len(body)}}}' if body and message.endswith(body) else _written(body)


def _body(value: str | Mapping[str, Any], message: bytes) -> bytes:
    if isinstance(value, str) or "tail" not in value:
        return _read(value)
    return message[-int(value["tail"]) :]


def _headers(pairs: list[list[str]]) -> tuple[tuple[str, str], ...]:
    return tuple((key, value) for key, value in pairs)
