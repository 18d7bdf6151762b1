"""Messages of multicast DNS: what is written is read again, and what is none is told as such."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.wire.dns_messages import Kind, Question, Record, pairs_of, query, read_message, response, texts_of

INSTANCE = "csip._smartenergy._tcp.local"
RECORDS = (
    Record("_smartenergy._tcp.local", Kind.PTR, target=INSTANCE),
    Record(INSTANCE, Kind.SRV, target="host.local", port=8443),
    Record(INSTANCE, Kind.TXT, texts=texts_of([("txtvers", "1"), ("dcap", "/dcap"), ("https", "")])),
    Record("host.local", Kind.A, address="127.0.0.1"),
    Record("host.local", Kind.AAAA, address="fe80::1"),
)


@pytest.mark.parametrize("unicast", [False, True])
def test_a_query_is_read_as_it_was_written(unicast: bool) -> None:
    asked = Question("_derp._sub._smartenergy._tcp.site", Kind.PTR, unicast)
    message = read_message(query([asked]))
    assert message is not None
    assert (message.response, message.questions, message.records) == (False, (asked,), ())


def test_a_response_is_read_as_it_was_written() -> None:
    message = read_message(response(RECORDS[:1], RECORDS[1:]))
    assert message is not None
    assert message.response
    assert message.records == RECORDS
    assert "PTR _smartenergy._tcp.local csip" in message.told


def test_keys_have_no_case_the_first_counts_and_a_key_may_have_no_value() -> None:
    assert pairs_of([b"Https=8443", b"https=1", b"level", b"=odd", b""]) == {"https": "8443", "level": ""}


@given(st.binary(max_size=64))
def test_any_datagram_is_a_message_or_none(data: bytes) -> None:
    read_message(data)


@pytest.mark.parametrize("cut", [1, 5, 11, 20])
def test_half_a_message_is_none_or_holds_less(cut: int) -> None:
    message = read_message(response(RECORDS)[:cut])
    assert message is None or len(message.records) < len(RECORDS)
