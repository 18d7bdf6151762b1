"""Checks on one HTTP exchange: that it was answered, how, and with what kind of body (IEEE 2030.5 clause 6)."""

from __future__ import annotations

from collections.abc import Sequence

from conformance.judgement.finding import State
from conformance.judgement.judged import Judged, one_or_more, passed_if
from conformance.wire.exchange import Exchange
from conformance.wire.messages import header

SEP_MEDIA_TYPES = ("application/sep+xml", "application/sep-exi")


def answered(exchange: Exchange, statuses: Sequence[int]) -> Judged:
    """Judge the status of an answer.

    No answer at all is inconclusive, since the wire does not tell a refusal from an outage; an answer that is broken
    off or is not HTTP fails.
    """
    expected = f"{exchange.method} {exchange.target} answered {one_or_more(statuses)}"
    if exchange.status is None:
        state = State.FAIL if exchange.response else State.INCONCLUSIVE
        return Judged("answered", state, expected, f"no answer: {exchange.error}", (exchange.number,))
    if exchange.error:
        observed = f"{exchange.status}, then {exchange.error}"
        return Judged("answered", State.FAIL, expected, observed, (exchange.number,))
    observed = f"{exchange.status} {exchange.reason}".strip()
    return Judged("answered", passed_if(exchange.status in statuses), expected, observed, (exchange.number,))


CLIENT_WRITTEN = frozenset(
    {
        "Configuration",
        "DERAvailability",
        "DERCapability",
        "DERSettings",
        "DERStatus",
        "DeviceInformation",
        "DeviceStatus",
        "FileStatus",
        "LoadShedAvailability",
        "PowerStatus",
    }
)
"""What stands below an EndDevice for the client to PUT: before it did, there may be nothing to serve."""


def advertised(exchange: Exchange) -> Judged:
    """Judge whether what a link advertises can be had."""
    if exchange.status == 404 and exchange.resource in CLIENT_WRITTEN:
        expected = f"{exchange.resource} served once a client has written it"
        return Judged("advertised", State.NOTE, expected, "404, nothing was written yet", (exchange.number,))
    return answered(exchange, (200,))


def media_type(exchange: Exchange) -> Judged:
    """Judge the Content-Type of an answer's body; parameters and casing do not matter."""
    value = header(exchange.response_headers, "Content-Type")
    bare = (value or "").partition(";")[0].strip().lower()
    expected = f"Content-Type {one_or_more(SEP_MEDIA_TYPES)}"
    return Judged("media_type", passed_if(bare in SEP_MEDIA_TYPES), expected, value or "none", (exchange.number,))


def sent_as(exchange: Exchange) -> Judged:
    """Judge the Content-Type of a request's body, whose parameters and casing do not matter; XML is in UTF-8."""
    value = header(exchange.request_headers, "Content-Type")
    bare = (value or "").partition(";")[0].strip().lower()
    expected = f"{exchange.method} with Content-Type {one_or_more(SEP_MEDIA_TYPES)}, XML in UTF-8"
    in_utf8 = bare == SEP_MEDIA_TYPES[1] or _in_utf8(exchange.request_body)
    observed = f"{value or 'none'}{'' if in_utf8 else '; the body is in another encoding'}"
    return Judged("sent_as", passed_if(bare in SEP_MEDIA_TYPES and in_utf8), expected, observed, (exchange.number,))


def _in_utf8(body: bytes) -> bool:
    """Say whether bytes are text in UTF-8; XML has no NUL, which UTF-16 is full of."""
    try:
        return "\0" not in body.decode("utf-8")
    except UnicodeDecodeError:
        return False


def accept_header(exchange: Exchange) -> Judged:
    """Judge whether a request says in Accept that it takes a 2030.5 media type."""
    value = header(exchange.request_headers, "Accept")
    offered = [part.partition(";")[0].strip().lower() for part in (value or "").split(",")]
    fits = any(item in (*SEP_MEDIA_TYPES, "application/*", "*/*") for item in offered)
    expected = f"an Accept header that takes {one_or_more(SEP_MEDIA_TYPES)}"
    return Judged("accept_header", passed_if(fits), expected, value or "no Accept header", (exchange.number,))


def has_location(exchange: Exchange) -> Judged:
    """Judge whether a 201 answer says where the new resource is."""
    value = header(exchange.response_headers, "Location")
    return Judged("has_location", passed_if(bool(value)), "a Location header", value or "none", (exchange.number,))


def has_allow(exchange: Exchange) -> Judged:
    """Judge whether a 405 answer says which methods there are: not the one that was refused (RFC 9110, 10.2.1)."""
    value = header(exchange.response_headers, "Allow")
    named = [method.strip().upper() for method in (value or "").split(",")]
    good = value is not None and exchange.method not in named
    expected = f"an Allow header without {exchange.method}"
    return Judged("has_allow", passed_if(good), expected, "none" if value is None else value, (exchange.number,))
