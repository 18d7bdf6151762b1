"""In which encoding a server answered: XML, EXI, or XML packed by gzip (RFC 9110, 8.4)."""

from __future__ import annotations

import zlib

from conformance.wire.exchange import Exchange
from conformance.wire.messages import header
from conformance.wire.parser import Malformed
from conformance.wire.payload import read

EXI_TYPE = "application/sep-exi"
GZIP_WINDOW = 16 + zlib.MAX_WBITS
MOST_BYTES = 1 << 22
"""A body is unpacked no further than this."""


def spoken(exchange: Exchange) -> str:
    """Return ``xml``, ``exi`` or ``gzip``; empty for an answer that is none of them, or not what its headers say.

    Of EXI only the media type is looked at.
    """
    if exchange.status != 200:
        return ""
    media_type = (header(exchange.response_headers, "Content-Type") or "").partition(";")[0].strip().lower()
    if media_type == EXI_TYPE:
        return "exi"
    packed = (header(exchange.response_headers, "Content-Encoding") or "").strip().lower() in ("gzip", "x-gzip")
    body = unpacked(exchange.response_body) if packed else exchange.response_body
    try:
        read(body)
    except Malformed:
        return ""
    return "gzip" if packed else "xml"


def unpacked(body: bytes) -> bytes:
    """Return what was packed by gzip; nothing if it cannot be unpacked."""
    try:
        return zlib.decompressobj(GZIP_WINDOW).decompress(body, MOST_BYTES)
    except zlib.error:
        return b""
