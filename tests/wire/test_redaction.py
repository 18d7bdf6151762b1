"""Redaction: the file never holds a named secret, judging still sees it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from conformance.wire.exchange import Exchange, Moment, Side
from conformance.wire.exchange_log import RunLog, read_log
from conformance.wire.redaction import REDACTED, Redaction

NOW = Moment(datetime(2030, 5, 1, tzinfo=UTC), 0.0)
BODY = b'<Registration xmlns="urn:ieee:std:2030.5:ns"><pIN>111115</pIN></Registration>'


def exchange(
    request: bytes = b"GET /rg HTTP/1.1\r\nHost: h\r\n\r\n",
    response: bytes = b"",
    body: bytes = b"",
    request_headers: tuple[tuple[str, str], ...] = (),
    response_headers: tuple[tuple[str, str], ...] = (),
    number: int = 1,
) -> Exchange:
    return Exchange(
        number,
        "C",
        1,
        Side.SERVER,
        "GET",
        "/rg",
        request,
        request_headers,
        b"",
        NOW,
        NOW,
        200,
        "OK",
        response,
        response_headers,
        body,
    )


def test_the_pin_is_taken_out_of_body_and_bytes() -> None:
    stored, taken = Redaction().redact(exchange(response=b"HTTP/1.1 200 OK\r\n\r\n" + BODY, body=BODY))
    assert taken == ("pIN",)
    assert stored.response_body == BODY.replace(b"111115", b"[redacted]")
    assert stored.response == b"HTTP/1.1 200 OK\r\n\r\n" + stored.response_body


@pytest.mark.parametrize(
    "body",
    [
        b"<x:pIN>111115</x:pIN>",
        b"<pIN >111115</pIN >",
        b'<pIN a="b">\n 111115\n</pIN>',
        b"<pIN><![CDATA[111115]]></pIN>",
        b"<pIN><!-- -->111115</pIN>",
        b"<pIN>111115",
        b"<pIN>1111<b>15</b>111115</pIN>",
        b"<a><pIN>111115</pIN><pIN>111115</pIN></a>",
    ],
)
def test_the_pin_is_found_however_it_is_written(body: bytes) -> None:
    stored, taken = Redaction().redact(exchange(response=b"H\r\n\r\n" + body, body=body))
    assert taken == ("pIN",)
    assert b"111115" not in stored.response + stored.response_body


@pytest.mark.parametrize("body", [b"<pIN/>", b"<pIN />", b"<pINs>111115</pINs>", b"<PIN>1</PIN>", b"pIN 111115", b""])
def test_other_things_are_left_alone(body: bytes) -> None:
    whole = exchange(response=b"H\r\n\r\n" + body, body=body)
    assert Redaction().redact(whole) == (whole, ())


def test_a_pin_split_over_chunks_does_not_escape() -> None:
    raw = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n<pIN\r\na\r\n>111115</p\r\n3\r\nIN>\r\n0\r\n\r\n"
    stored, _ = Redaction().redact(exchange(response=raw, body=b"<pIN>111115</pIN>"))
    assert b"111115" not in stored.response + stored.response_body
    assert stored.response.startswith(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")


def test_headers_are_taken_out_in_any_casing_and_when_folded() -> None:
    request = b"GET / HTTP/1.1\r\nAUTHORIZATION: Basic\r\n c2VjcmV0\r\nCookie: c2VjcmV0\r\nAccept: x\r\n\r\n"
    headers = (("AUTHORIZATION", "Basic c2VjcmV0"), ("Cookie", "c2VjcmV0"), ("Accept", "x"))
    stored, taken = Redaction().redact(exchange(request, b"H\r\nSet-Cookie: c2VjcmV0\r\n\r\n", b"", headers))
    assert b"c2VjcmV0" not in stored.request + stored.response
    assert stored.request.endswith(b"Accept: x\r\n\r\n")
    assert stored.request_headers == (("AUTHORIZATION", REDACTED), ("Cookie", REDACTED), ("Accept", "x"))
    assert taken == ("AUTHORIZATION", "Cookie", "Set-Cookie")


def test_a_request_that_no_parser_accepted_is_redacted_too() -> None:
    stored, taken = Redaction().redact(exchange(b"rubbish\nauthorization : c2VjcmV0"))
    assert b"c2VjcmV0" not in stored.request
    assert taken


def test_the_names_are_configurable() -> None:
    redaction = Redaction(frozenset({"X-Key"}), frozenset({"serialNumber"}))
    stored, taken = redaction.redact(
        exchange(b"G\r\nx-key: 1\r\n\r\n", b"H\r\n\r\n<serialNumber>77</serialNumber><pIN>1</pIN>", b"")
    )
    assert taken == ("serialNumber", "x-key")
    assert b"77" not in stored.response
    assert b"<pIN>1</pIN>" in stored.response
    assert Redaction(frozenset(), frozenset()).redact(exchange(response=BODY, body=BODY))[1] == ()


def test_the_file_is_redacted_and_says_so_while_the_log_gives_the_whole(tmp_path: Path) -> None:
    run = RunLog(tmp_path / "exchanges.jsonl")
    log = run.for_case("C")
    response = b"HTTP/1.1 200 OK\r\n\r\n" + BODY
    for number in range(1, 101):
        log.exchange(exchange(response=response, body=BODY, number=number))
    assert b"111115" not in run.path.read_bytes()
    assert run.path.read_bytes().count(b'"redacted":["pIN"]') == 100
    assert all(seen.response_body == BODY for seen in log)
    assert all(isinstance(seen, Exchange) and b"111115" not in seen.response for seen in read_log(run.path))
    assert [path.name for path in tmp_path.iterdir()] == ["exchanges.jsonl"]
    run.close()
