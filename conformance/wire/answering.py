"""An answer's bytes, written by hand: status line, headers in the order given, length, body (RFC 9112).

A :class:`~conformance.wire.messages.BrokenAnswer` goes out piece by piece, exactly as it is. Nothing is added to it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import formatdate
from functools import lru_cache
from http import HTTPStatus

from conformance.vocabulary.clock import Clock
from conformance.wire.exchange import Moment
from conformance.wire.http_head import take_apart
from conformance.wire.messages import Answer, BrokenAnswer

CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"

_PHRASES = {status.value: status.phrase for status in HTTPStatus}


@dataclass(slots=True)
class Written:
    """What was written as the answer to one request, and when."""

    data: bytes = b""
    status: int | None = None
    reason: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    first: Moment | None = None
    last: Moment | None = None


class AnswerWriter:
    """Writes one answer through ``write`` and keeps account of it, also when writing fails half-way."""

    def __init__(self, write: Callable[[bytes], Awaitable[None]], clock: Clock) -> None:
        self._write = write
        self._clock = clock
        self.written = Written()

    async def go_on(self) -> None:
        """Tell a client that waits for it to send the body (RFC 9110 10.1.1)."""
        await self._put(CONTINUE)

    async def answer(self, answer: Answer, to_head: bool = False) -> None:
        """Write an answer; without its body when the request was a HEAD."""
        written = self.written
        written.status, written.reason = answer.status, _PHRASES.get(answer.status, "")
        written.headers = complete_headers(answer, self._clock.now())
        written.body = b"" if to_head or not _may_have_body(answer.status) else answer.body
        await self._put(head_bytes(answer.status, written.reason, written.headers) + written.body)

    async def broken(self, answer: BrokenAnswer) -> None:
        """Write the pieces, each after its pause."""
        try:
            for piece in answer.pieces:
                if piece.pause_s > 0:
                    await self._clock.wait(timedelta(seconds=piece.pause_s))
                await self._put(piece.data)
        finally:
            seen = take_apart(self.written.data)
            self.written.status, self.written.reason = seen.status, seen.reason
            self.written.headers, self.written.body = seen.headers, seen.body

    async def _put(self, data: bytes) -> None:
        written = self.written
        written.first = written.first or Moment.now(self._clock)
        written.data += data
        await self._write(data)
        written.last = Moment.now(self._clock)


def complete_headers(answer: Answer, now: datetime) -> tuple[tuple[str, str], ...]:
    """Return the answer's headers, with Date before and Content-Length after them where they are missing."""
    names = [name.lower() for name, _ in answer.headers]
    date = () if "date" in names else (("Date", _http_date(int(now.timestamp()))),)
    lengthless = "content-length" in names or "transfer-encoding" in names or not _may_have_body(answer.status)
    return (*date, *answer.headers, *(() if lengthless else (("Content-Length", str(len(answer.body))),)))


def head_bytes(status: int, reason: str, headers: tuple[tuple[str, str], ...]) -> bytes:
    """Return the status line and the headers, up to and with the empty line."""
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers)
    return f"HTTP/1.1 {status} {reason}\r\n{lines}\r\n".encode("latin-1")


def _may_have_body(status: int) -> bool:
    return status >= 200 and status not in (204, 304)


@lru_cache(maxsize=4)
def _http_date(seconds: int) -> str:
    return formatdate(seconds, usegmt=True)
