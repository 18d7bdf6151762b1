"""The journal of a run: every event as one line of ``events.jsonl``, written as it happens.

Killing the harness loses at most the line under way; the run record is made from the journal alone. Event names:
``run_started``, ``case_started``, ``step_started``, ``waiting``, ``finding``, ``operator``, ``case_finished``,
``run_finished``. Each has ``at`` (UTC) and, where it concerns a test case, ``case`` (``server/COMM-002``).
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeAlias

Json: TypeAlias = "bool | int | float | str | Sequence[Json] | Mapping[str, Json] | None"
Event = Mapping[str, Json]
Listener = Callable[[Event], None]


def as_json(value: object) -> Json:
    """Turn facts (dataclasses, enums, times, tuples) into JSON values; times are ISO 8601 in UTC, durations seconds."""
    if value is None or isinstance(value, bool | int | float | str):
        return value if type(value) in (type(None), bool, int, float, str) else str(value)
    if isinstance(value, datetime):
        return value.isoformat(timespec="milliseconds")
    if isinstance(value, timedelta):
        return value.total_seconds()
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: as_json(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): as_json(item) for key, item in value.items()}
    if isinstance(value, Sequence | set | frozenset):
        return [as_json(item) for item in value]
    raise TypeError(f"{type(value).__name__} has no JSON form")


class Journal:
    """Appends events to a file and tells the listeners. Safe to use from several threads."""

    def __init__(self, path: Path) -> None:
        _mend(path)
        self._file = path.open("a", encoding="utf-8")
        self._lock = threading.Lock()
        self._listeners: list[Listener] = []

    def listen(self, listener: Listener) -> None:
        """Call the listener with each later event, in the thread that reports it."""
        self._listeners.append(listener)

    def write(self, event: str, at: datetime, **facts: object) -> None:
        """Append one event and flush it."""
        row: dict[str, Json] = {"event": event, "at": as_json(at)}
        row |= {key: as_json(value) for key, value in facts.items()}
        with self._lock:
            self._file.write(json.dumps(row, separators=(",", ":")) + "\n")
            self._file.flush()
        for listener in self._listeners:
            listener(row)

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def read_journal(path: Path) -> Iterator[Event]:
    """Yield the events of a journal; a torn last line is left out. Raises ``ValueError`` for a line that is none."""
    with path.open("rb") as lines:
        for line in lines:
            if not line.endswith(b"\n"):
                return
            event = json.loads(line)
            if not isinstance(event, dict) or "event" not in event:
                raise ValueError(f"a line that is no event: {line[:80]!r}")
            yield event


def _mend(path: Path) -> None:
    """Cut off a last line that a crash left torn."""
    if path.exists():
        whole = path.read_bytes().rpartition(b"\n")
        path.write_bytes(whole[0] + whole[1])
