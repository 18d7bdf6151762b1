"""Taking a message apart leniently, for the record, when no parser accepts it or none was asked."""

from __future__ import annotations

import re
from dataclasses import dataclass

_END_OF_HEAD = re.compile(rb"\r?\n\r?\n")
_STATUS = re.compile(r"HTTP/\d+\.\d+ +(\d{3})(?: +(.*))?")


@dataclass(frozen=True, slots=True)
class Message:
    """A start line, headers in order and casing, and what follows; missing parts are empty."""

    start: str
    headers: tuple[tuple[str, str], ...]
    body: bytes

    @property
    def method(self) -> str:
        """The first word of a request's start line, if the line has the three parts of one."""
        return self._parts[0]

    @property
    def target(self) -> str:
        """The second word of a request's start line."""
        return self._parts[1]

    @property
    def _parts(self) -> tuple[str, str]:
        words = self.start.split(" ")
        return (words[0], words[1]) if len(words) == 3 and words[2].startswith("HTTP/") else ("", "")

    @property
    def status(self) -> int | None:
        """The status of an answer, if its start line is a status line."""
        match = _STATUS.match(self.start)
        return int(match.group(1)) if match else None

    @property
    def reason(self) -> str:
        """The reason phrase of an answer."""
        match = _STATUS.match(self.start)
        return (match.group(2) or "") if match else ""


def take_apart(message: bytes) -> Message:
    """Split a message at its line ends; lines without a colon are no headers."""
    found = _END_OF_HEAD.search(message)
    head = (message[: found.start()] if found else message).decode("latin-1")
    start, *lines = head.split("\n") if head else [""]
    pairs = (line.rstrip("\r").partition(":") for line in lines if ":" in line)
    headers = tuple((name, value.strip()) for name, _, value in pairs)
    return Message(start.rstrip("\r"), headers, message[found.end() :] if found else b"")
