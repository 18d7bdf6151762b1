"""The exchange log: every connection and exchange of a run, on disk as it happens.

``exchanges.jsonl`` gets one line per record, written at once, so killing the harness loses at most the line under
way. In memory stay only the places of the lines, the kinds of exchanges (who looks for requests of one kind reads only
those again) and a few recent ones, so a long run stays small. What :mod:`conformance.wire.redaction` takes out of the
file is kept for judging in an anonymous temporary file that vanishes with the process.
"""

from __future__ import annotations

import asyncio
import tempfile
from bisect import bisect_right
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path

from conformance.vocabulary.errors import HarnessError, UsageError, explain
from conformance.wire.exchange import Connection, Exchange, Kind
from conformance.wire.exchange_json import from_line, to_line
from conformance.wire.log_lines import Lines, Places, mend_last_line
from conformance.wire.redaction import Redaction

_RECENT = 32
_RECENT_BYTES = 64 * 1024


Wanted = Callable[[Kind], bool]


class RunLog:
    """Writes ``exchanges.jsonl`` and hands out one :class:`CaseLog` per test case; numbers run through all cases."""

    def __init__(self, path: Path, redaction: Redaction | None = None) -> None:
        """Open the log, going on after what is there (a resumed run). Raises ``UsageError`` if it cannot be written."""
        self.path = path
        self._redaction = redaction or Redaction()
        self._last_connection = self._last_exchange = 0
        for record in read_log(path) if path.exists() else ():
            self._count(record)
        try:
            mend_last_line(path)
            self._lines = Lines(path.open("r+b", buffering=0))
        except OSError as error:
            raise UsageError(_unwritable(path, error)) from error
        self._whole: Lines | None = None

    def _count(self, record: Connection | Exchange) -> None:
        if isinstance(record, Exchange):
            self._last_exchange = max(self._last_exchange, record.number)
        else:
            self._last_connection = max(self._last_connection, record.number)

    def for_case(self, case: str) -> CaseLog:
        """Return a new, empty log for a test case."""
        return CaseLog(self, case)

    def next_connection(self) -> int:
        """Return the number of a new connection."""
        self._last_connection += 1
        return self._last_connection

    def next_exchange(self) -> int:
        """Return the number of a new exchange."""
        self._last_exchange += 1
        return self._last_exchange

    def write(self, record: Connection | Exchange) -> tuple[int, int]:
        """Store a record; return its place and length for :meth:`read`."""
        stored, redacted = self._redaction.redact(record) if isinstance(record, Exchange) else (record, ())
        line = to_line(stored, redacted)
        try:
            begin = self._lines.append(line)
        except OSError as error:
            raise HarnessError(_unwritable(self.path, error)) from error
        if not redacted:
            return begin * 2, len(line)
        whole = to_line(record)
        return self._whole_lines().append(whole) * 2 + 1, len(whole)

    def read(self, place: int, length: int) -> Connection | Exchange:
        """Return a record written before, whole."""
        lines = self._whole_lines() if place % 2 else self._lines
        return from_line(lines.read(place // 2, length))

    def _whole_lines(self) -> Lines:
        if self._whole is None:
            # Without a name in any folder: nothing but this process can read it, and it goes when the process goes.
            self._whole = Lines(tempfile.TemporaryFile(buffering=0))  # noqa: SIM115
        return self._whole

    def close(self) -> None:
        """Close the files; the case logs cannot be read afterwards."""
        self._lines.close()
        if self._whole is not None:
            self._whole.close()


class CaseLog:
    """The exchanges and connections of one test case; a :class:`~conformance.wire.recorder.Recorder`."""

    def __init__(self, run: RunLog, case: str) -> None:
        self.case = case
        self._run = run
        self._exchanges, self._connections = Places(), Places()
        self._kinds: list[Kind] = []
        self._same: dict[Kind, Kind] = {}
        self._recent: deque[Exchange] = deque(maxlen=_RECENT)
        self._waiting: set[asyncio.Future[None]] = set()

    def next_connection(self) -> int:
        """Return the number of a new connection, from 1 in each run."""
        return self._run.next_connection()

    def next_exchange(self) -> int:
        """Return the number of a new exchange, from 1 in each run; to be asked for when it is complete."""
        return self._run.next_exchange()

    def connection(self, connection: Connection) -> None:
        """Store a connection, once or again."""
        self._connections.add(connection.number, *self._run.write(connection))
        self._tell()

    def exchange(self, exchange: Exchange) -> None:
        """Store an exchange. Raises ``HarnessError`` when its number is not larger than the last one's."""
        if self._exchanges.numbers and exchange.number <= self._exchanges.numbers[-1]:
            raise HarnessError(f"exchange {exchange.number} is stored after {self._exchanges.numbers[-1]}")
        self._exchanges.add(exchange.number, *self._run.write(exchange))
        self._kinds.append(self._same.setdefault(exchange.kind, exchange.kind))  # one of each, however many exchanges
        if len(exchange.request) + len(exchange.response) > _RECENT_BYTES:
            self._recent.clear()  # the recent ones must be the last ones; a big one is read from disk
        else:
            self._recent.append(exchange)
        self._tell()

    def __len__(self) -> int:
        """Return how many exchanges there are."""
        return len(self._exchanges.numbers)

    def __iter__(self) -> Iterator[Exchange]:
        return self.exchanges()

    def exchanges(self, after: int = 0, wanted: Wanted | None = None) -> Iterator[Exchange]:
        """Return the exchanges with numbers above ``after``, in order, one by one, with those that come meanwhile.

        With ``wanted`` only those of the kinds it wants; the others are not even read.
        """
        index = bisect_right(self._exchanges.numbers, after)
        while index < len(self):
            if wanted is None or wanted(self._kinds[index]):
                yield self._at(index)
            index += 1

    def _at(self, index: int) -> Exchange:
        recent = index - (len(self) - len(self._recent))
        if recent >= 0:
            return self._recent[recent]
        record = self._run.read(*self._exchanges[index])
        if not isinstance(record, Exchange):
            raise HarnessError(f"the exchange log {self._run.path} was changed by another program")
        return record

    def exchange_numbers(self) -> tuple[int, ...]:
        """Return the numbers of all exchanges, in order."""
        return tuple(self._exchanges.numbers)

    def connection_numbers(self) -> tuple[int, ...]:
        """Return the numbers of all connections, in order."""
        return tuple(sorted(set(self._connections.numbers)))

    def connections(self) -> tuple[Connection, ...]:
        """Return the connections by number, each as it was stored last."""
        latest = {number: index for index, number in enumerate(self._connections.numbers)}
        return tuple(self._connection_at(latest[number]) for number in sorted(latest))

    def connection_of(self, exchange: Exchange) -> Connection | None:
        """Return the connection of an exchange as it was stored last."""
        numbers = self._connections.numbers
        found = (index for index in range(len(numbers) - 1, -1, -1) if numbers[index] == exchange.connection)
        index = next(found, None)
        return None if index is None else self._connection_at(index)

    def _connection_at(self, index: int) -> Connection:
        record = self._run.read(*self._connections[index])
        if not isinstance(record, Connection):
            raise HarnessError(f"the exchange log {self._run.path} was changed by another program")
        return record

    @property
    def last(self) -> int:
        """The number of the last exchange, 0 before the first: the start for :meth:`next_after`."""
        return self._exchanges.numbers[-1] if self._exchanges.numbers else 0

    async def next_after(self, number: int) -> Exchange:
        """Wait for the first exchange with a number above ``number`` and return it."""
        while self.last <= number:
            await self.news()
        return self._at(bisect_right(self._exchanges.numbers, number))

    def news(self) -> asyncio.Future[None]:
        """Return a future that is done when anything is stored, exchange or connection, from this call on.

        Any number of tasks may wait, each on a future of its own.
        """
        waiter = asyncio.get_running_loop().create_future()
        self._waiting.add(waiter)
        waiter.add_done_callback(self._waiting.discard)
        return waiter

    def _tell(self) -> None:
        for waiter in self._waiting:
            if not waiter.done():
                waiter.set_result(None)


def read_log(path: Path) -> Iterator[Connection | Exchange]:
    """Return the records of a log in order; a last line that was cut off by a crash is left out.

    A connection appears when its handshake ended and again when it closed. Raises ``UsageError`` for a file that is
    not an exchange log.
    """
    try:
        with path.open("rb") as file:
            for number, line in enumerate(file, 1):
                if line.endswith(b"\n"):
                    yield _record(path, number, line)
    except OSError as error:
        raise UsageError(_unreadable(path, error.strerror or str(error))) from error


def _record(path: Path, number: int, line: bytes) -> Connection | Exchange:
    try:
        return from_line(line)
    except ValueError as error:
        raise UsageError(_unreadable(path, f"line {number}: {error}")) from error


def _unreadable(path: Path, seen: str) -> str:
    return explain(
        f"Reading the exchange log {path}",
        "one connection or exchange in JSON on each line",
        seen,
        "take the file from an unchanged run folder",
    )


def _unwritable(path: Path, error: OSError) -> str:
    seen = error.strerror or str(error)
    return explain(f"Writing the exchange log {path}", "a folder with room", seen, "choose another place with --out")
