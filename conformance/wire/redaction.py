"""Leaving secrets out of what is stored, by the name of the field, at the moment of writing.

Only the file is redacted; what is judged in memory is whole. Private keys never pass here: nothing of them is ever
part of an exchange.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from conformance.wire.exchange import Exchange

REDACTED = "[redacted]"
HEADERS = frozenset({"Authorization", "Cookie", "Set-Cookie"})
ELEMENTS = frozenset({"pIN"})

_MARK = REDACTED.encode()
_END_OF_HEAD = re.compile(rb"\r?\n\r?\n")


@dataclass(frozen=True)
class Redaction:
    """Which headers (in any casing) and which XML elements (exact local name) are not stored."""

    headers: frozenset[str] = HEADERS
    elements: frozenset[str] = ELEMENTS
    _header: re.Pattern[bytes] = field(init=False, repr=False, compare=False)
    _element: re.Pattern[bytes] = field(init=False, repr=False, compare=False)
    _header_hints: tuple[bytes, ...] = field(init=False, repr=False, compare=False)
    _element_hints: tuple[bytes, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        header, element = _either(self.headers), _either(self.elements)
        # A folded header goes on in lines that begin with a blank.
        folded = rb"(?im)^(%b)[ \t]*:[^\r\n]*(?:\r?\n[ \t][^\r\n]*)*" % header
        # A body that was cut off may lack the end tag: then all the rest goes.
        whole = rb"(?s)(<(?:[\w.-]+:)?(%b)(?:\s[^<>]*)?(?<!/)>)(.*?)(?=</(?:[\w.-]+:)?(?:%b)\s*>|\Z)" % (
            element,
            element,
        )
        object.__setattr__(self, "_header", re.compile(folded))
        object.__setattr__(self, "_element", re.compile(whole))
        object.__setattr__(self, "_header_hints", tuple(name.lower().encode() for name in self.headers))
        object.__setattr__(self, "_element_hints", tuple(name.encode() for name in self.elements))

    def redact(self, exchange: Exchange) -> tuple[Exchange, tuple[str, ...]]:
        """Return the exchange as it may be stored, and the names of what was taken out (none: the same object)."""
        # Nearly all exchanges hold not even the letters of a name, and to see that is quick.
        if not self._hinted(exchange.request, exchange.request_body) and not self._hinted(
            exchange.response, exchange.response_body
        ):
            return exchange, ()
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

    def _hinted(self, message: bytes, body: bytes) -> bool:
        end = message.find(b"\r\n\r\n")
        head = (message if end < 0 else message[:end]).lower()
        whole = message if message.endswith(body) else message + body  # a body in chunks is not the end of its message
        return any(map(head.__contains__, self._header_hints)) or any(map(whole.__contains__, self._element_hints))

    def _headers(self, headers: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
        hidden = {name.lower() for name in self.headers}
        return tuple((key, REDACTED if key.lower() in hidden else value) for key, value in headers)

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


def _either(names: frozenset[str]) -> bytes:
    return b"|".join(re.escape(name.encode()) for name in sorted(names)) or rb"(?!)"


def _without_value(match: re.Match[bytes], taken: set[str]) -> bytes:
    taken.add(match.group(1).decode())
    return match.group(1) + b": " + _MARK


def _without_content(match: re.Match[bytes], taken: set[str]) -> bytes:
    taken.add(match.group(2).decode())
    return match.group(1) + _MARK
