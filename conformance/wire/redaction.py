"""Leaving secrets out of what is stored, by the name of the field, at the moment of writing.

A name stands for a header (in any casing) and for an XML element (exact local name). Only the file is redacted;
what is judged in memory is whole. Private keys never pass here: nothing of them is ever part of an exchange.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from conformance.wire.exchange import Exchange

REDACTED = "[redacted]"
DEFAULT_NAMES = frozenset({"Authorization", "Cookie", "Set-Cookie", "pIN"})

_MARK = REDACTED.encode()
_END_OF_HEAD = re.compile(rb"\r?\n\r?\n")


@dataclass(frozen=True)
class Redaction:
    """Which named fields are not stored."""

    names: frozenset[str] = DEFAULT_NAMES
    _header: re.Pattern[bytes] = field(init=False, repr=False, compare=False)
    _element: re.Pattern[bytes] = field(init=False, repr=False, compare=False)
    _lowered: frozenset[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        either = b"|".join(re.escape(name.encode()) for name in sorted(self.names)) or rb"(?!)"
        # A folded header goes on in lines that begin with a blank.
        header = rb"(?im)^(%b)[ \t]*:[^\r\n]*(?:\r?\n[ \t][^\r\n]*)*" % either
        # A body that was cut off may lack the end tag: then all the rest goes.
        element = rb"(?s)(<(?:[\w.-]+:)?(%b)(?:\s[^<>]*)?(?<!/)>)(.*?)(?=</(?:[\w.-]+:)?(?:%b)\s*>|\Z)" % (
            either,
            either,
        )
        object.__setattr__(self, "_header", re.compile(header))
        object.__setattr__(self, "_element", re.compile(element))
        object.__setattr__(self, "_lowered", frozenset(name.lower() for name in self.names))

    def redact(self, exchange: Exchange) -> tuple[Exchange, tuple[str, ...]]:
        """Return the exchange as it may be stored, and the names of what was taken out (none: the same object)."""
        taken: set[str] = set()
        request_body = self._body(exchange.request_body, taken)
        response_body = self._body(exchange.response_body, taken)
        request = self._message(exchange.request, exchange.request_body, request_body, taken)
        response = self._message(exchange.response, exchange.response_body, response_body, taken)
        if not taken:
            return exchange, ()
        stored = replace(
            exchange,
            request=request,
            request_headers=self._headers(exchange.request_headers),
            request_body=request_body,
            response=response,
            response_headers=self._headers(exchange.response_headers),
            response_body=response_body,
        )
        return stored, tuple(sorted(taken))

    def _headers(self, headers: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
        return tuple((key, REDACTED if key.lower() in self._lowered else value) for key, value in headers)

    def _body(self, body: bytes, taken: set[str]) -> bytes:
        if b"<" not in body:
            return body
        return self._element.sub(lambda match: _without_content(match, taken), body)

    def _message(self, message: bytes, body: bytes, stored_body: bytes, taken: set[str]) -> bytes:
        """Redact a whole message. A body that travelled in chunks is written whole, lest a split hides a name."""
        found = _END_OF_HEAD.search(message)
        end = found.end() if found else len(message)
        head = self._header.sub(lambda match: _without_value(match, taken), message[:end])
        rest = message[end:]
        if body != stored_body:
            return head + stored_body
        return head + (stored_body if rest == body else self._body(rest, taken))


def _without_value(match: re.Match[bytes], taken: set[str]) -> bytes:
    taken.add(match.group(1).decode())
    return match.group(1) + b": " + _MARK


def _without_content(match: re.Match[bytes], taken: set[str]) -> bytes:
    taken.add(match.group(2).decode())
    return match.group(1) + _MARK
