"""Taking messages apart for the record, whatever is in them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from conformance.wire.http_head import take_apart


def test_a_request_has_its_parts() -> None:
    seen = take_apart(b"GET /dcap HTTP/1.1\r\nHost: h\r\naccept:x \r\nno colon\r\n\r\nbody")
    assert (seen.method, seen.target, seen.body) == ("GET", "/dcap", b"body")
    assert seen.headers == (("Host", "h"), ("accept", "x"))
    assert seen.status is None


def test_an_answer_has_its_status_and_reason() -> None:
    seen = take_apart(b"HTTP/1.1 200 All Well\nX: 1\n\n")
    assert (seen.status, seen.reason, seen.headers, seen.body) == (200, "All Well", (("X", "1"),), b"")
    assert take_apart(b"HTTP/1.1 204").reason == ""


def test_half_a_message_gives_what_is_there() -> None:
    assert take_apart(b"GET / HTT").start == "GET / HTT"
    assert take_apart(b"GET / HTT").method == ""
    assert take_apart(b"").headers == ()


@given(st.binary(max_size=200))
def test_nothing_raises(message: bytes) -> None:
    seen = take_apart(message)
    assert message.endswith(seen.body)
    assert isinstance(seen.method + seen.target + seen.reason, str)
