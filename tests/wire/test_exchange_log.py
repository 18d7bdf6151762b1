"""The exchange log: nothing lost, nothing held, nobody who waits forgotten."""

from __future__ import annotations

import asyncio
import json
import tracemalloc
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.vocabulary.errors import HarnessError, UsageError
from conformance.wire.exchange import Alert, ClientHello, Connection, Exchange, Moment, Side
from conformance.wire.exchange_json import from_line, to_line
from conformance.wire.exchange_log import CaseLog, RunLog, read_log

NOW = Moment(datetime(2030, 5, 1, 12, 0, 0, 123456, UTC), 12.5)

text = st.text(max_size=20)
numbers = st.integers(0, 2**40)
short = st.integers(0, 65535)
bodies = st.binary(max_size=40) | st.text(max_size=40).map(lambda value: value.encode("utf-8", "surrogatepass"))
walls = st.datetimes(timezones=st.just(UTC))
moments = st.builds(Moment, walls, st.floats(allow_nan=False, allow_infinity=False), st.none() | walls)
pairs = st.lists(st.tuples(text, text), max_size=3).map(tuple)


def several(of: st.SearchStrategy[int]) -> st.SearchStrategy[tuple[int, ...]]:
    return st.lists(of, max_size=4).map(tuple)


exchanges = st.builds(
    Exchange,
    number=numbers,
    case=text,
    connection=numbers,
    side=st.sampled_from(Side),
    method=text,
    target=text,
    request=bodies,
    request_headers=pairs,
    request_body=bodies,
    request_first=moments,
    request_last=moments,
    status=st.none() | st.integers(0, 999),
    reason=text,
    response=bodies,
    response_headers=pairs,
    response_body=bodies,
    response_first=st.none() | moments,
    response_last=st.none() | moments,
    resource=st.none() | text,
    peer_lfdi=text,
    error=st.none() | text,
)
hellos = st.builds(
    ClientHello,
    record_version=short,
    version=short,
    cipher_suites=several(short),
    compression_methods=several(short),
    extensions=several(short),
    supported_versions=several(short),
    groups=several(short),
    signature_algorithms=several(short),
    server_name=st.none() | text,
    session_id=st.binary(max_size=32),
)
connections = st.builds(
    Connection,
    number=numbers,
    case=text,
    side=st.sampled_from(Side),
    remote=text,
    opened=moments,
    closed=st.none() | moments,
    client_hello=st.none() | hellos,
    version=st.none() | text,
    cipher=st.none() | text,
    chain=st.lists(st.binary(max_size=20), max_size=2).map(tuple),
    resumed=st.booleans(),
    alerts=st.lists(st.builds(Alert, st.booleans(), short, short, text), max_size=2).map(tuple),
    established=st.none() | moments,
    ended_by=st.none() | text,
    error=st.none() | text,
)


@settings(max_examples=40, deadline=None)
@given(exchanges)
def test_an_exchange_survives_the_file_without_loss(exchange: Exchange) -> None:
    line = to_line(exchange)
    assert line.count(b"\n") == 1
    assert from_line(line) == exchange


@settings(max_examples=40, deadline=None)
@given(connections)
def test_a_connection_survives_the_file_without_loss(connection: Connection) -> None:
    line = to_line(connection)
    assert line.count(b"\n") == 1
    assert from_line(line) == connection


def exchange(
    number: int, request: bytes = b"GET / HTTP/1.1\r\n\r\n", response: bytes = b"HTTP/1.1 200 OK\r\n\r\n"
) -> Exchange:
    return Exchange(number, "C", 1, Side.SERVER, "GET", "/", request, (), b"", NOW, NOW, 200, "OK", response)


def connection(number: int, closed: bool = False) -> Connection:
    return Connection(number, "C", Side.SERVER, "h:1", NOW, NOW if closed else None)


@pytest.fixture
def run(tmp_path: Path) -> RunLog:
    return RunLog(tmp_path / "exchanges.jsonl")


def put(log: CaseLog, count: int = 1) -> None:
    for _ in range(count):
        log.exchange(exchange(log.next_exchange()))


def test_text_is_readable_in_the_file_and_a_body_is_not_written_twice(tmp_path: Path) -> None:
    body = b"<Time xmlns='urn:ieee:std:2030.5:ns'/>"
    sent = Exchange(
        1, "C", 1, Side.CLIENT, "GET", "/tm", b"GET /tm", (), b"", NOW, NOW, 200, "OK", b"head" + body, (), body
    )
    line = to_line(sent)
    assert line.count(b"urn:ieee") == 1
    fields = json.loads(line)
    assert fields["type"] == "exchange"
    assert fields["response"] == "head" + body.decode()
    assert fields["response_body"] == {"tail": len(body)}
    assert json.loads(to_line(exchange(1, request=b"\xff")))["request"] == {"base64": "/w=="}


def test_each_record_is_in_the_file_as_soon_as_it_is_stored(run: RunLog) -> None:
    log = run.for_case("C")
    log.connection(connection(log.next_connection()))
    put(log)
    assert [type(record) for record in read_log(run.path)] == [Connection, Exchange]
    run.close()


def test_numbers_run_through_all_cases_and_each_case_sees_its_own(run: RunLog) -> None:
    first, second = run.for_case("C"), run.for_case("D")
    put(first)
    put(second)
    put(first)
    assert [exchange.number for exchange in first] == [1, 3] == list(first.exchange_numbers())
    assert [exchange.number for exchange in second.exchanges()] == [2]
    assert (len(first), first.last, second.last, run.for_case("E").last) == (2, 3, 2, 0)
    assert [exchange.number for exchange in first.exchanges(after=1)] == [3]
    run.close()


def test_old_exchanges_come_from_the_disk_as_they_were(run: RunLog) -> None:
    log = run.for_case("C")
    stored = [exchange(number, request=b"%d" % number, response=bytes(number * 100)) for number in range(1, 200)]
    for one in stored:
        log.exchange(one)
    assert list(log) == stored
    assert list(log) == stored
    put_after = exchange(500)
    log.exchange(put_after)
    assert list(log)[-1] == put_after
    run.close()


def test_a_big_exchange_is_not_kept_in_memory(run: RunLog) -> None:
    log = run.for_case("C")
    big = exchange(2, response=bytes(1_000_000))
    for one in (exchange(1), big, exchange(3)):
        log.exchange(one)
    assert [len(seen.response) for seen in log] == [19, 1_000_000, 19]
    assert [seen.number for seen in log._recent] == [3]
    run.close()


def test_iterating_includes_what_comes_meanwhile(run: RunLog) -> None:
    log = run.for_case("C")
    put(log, 2)
    seen = []
    for one in log:
        seen.append(one.number)
        if len(log) < 5:
            put(log)
    assert seen == [1, 2, 3, 4, 5]
    run.close()


def test_a_connection_is_seen_once_as_it_was_stored_last(run: RunLog) -> None:
    log = run.for_case("C")
    for one in (connection(2), connection(1), connection(2, closed=True)):
        log.connection(one)
    assert log.connections() == (connection(1), connection(2, closed=True))
    assert log.connection_numbers() == (1, 2)
    put(log)
    assert log.connection_of(exchange(1)) == connection(1)
    assert run.for_case("D").connection_of(exchange(1)) is None
    run.close()


def test_exchanges_must_come_in_the_order_of_their_numbers(run: RunLog) -> None:
    log = run.for_case("C")
    log.exchange(exchange(2))
    with pytest.raises(HarnessError, match="exchange 1 is stored after 2"):
        log.exchange(exchange(1))
    run.close()


def test_many_can_wait_for_the_next_exchange(run: RunLog) -> None:
    async def test() -> list[int]:
        log = run.for_case("C")
        put(log)
        waiting = [asyncio.create_task(log.next_after(number)) for number in (0, 1, 1, 2)]
        await asyncio.sleep(0)
        put(log)
        await asyncio.sleep(0)
        waiting[1].cancel()
        put(log)
        return [exchange.number for exchange in await asyncio.gather(waiting[0], waiting[2], waiting[3])]

    assert asyncio.run(test()) == [1, 2, 3]
    run.close()


def test_news_between_asking_and_waiting_is_not_lost(run: RunLog) -> None:
    async def test() -> bool:
        log = run.for_case("C")
        news = log.news()
        other = log.news()
        other.cancel()
        log.connection(connection(1))
        async with asyncio.timeout(5):
            await news
        return other.cancelled()

    assert asyncio.run(test())
    run.close()


def test_a_line_cut_off_by_a_crash_is_left_out(run: RunLog) -> None:
    log = run.for_case("C")
    put(log, 3)
    run.close()
    whole = run.path.read_bytes()
    lines = whole.splitlines(keepends=True)
    for cut in (1, len(lines[2]) // 2, len(lines[2]) - 1):
        run.path.write_bytes(whole[:-cut])
        assert [record.number for record in read_log(run.path)] == [1, 2]


def test_a_log_is_taken_up_again_after_a_crash(run: RunLog) -> None:
    log = run.for_case("C")
    log.connection(connection(log.next_connection()))
    put(log, 2)
    run.close()
    run.path.write_bytes(run.path.read_bytes() + b'{"type":"exch')
    again = RunLog(run.path)
    log = again.for_case("C")
    assert (log.next_connection(), log.next_exchange()) == (2, 3)
    log.exchange(exchange(3))
    again.close()
    assert [record.number for record in read_log(run.path) if isinstance(record, Exchange)] == [1, 2, 3]


@pytest.mark.parametrize(
    "content",
    [
        b"not json\n",
        b'{"type":"other"}\n',
        b'{"type":"exchange"}\n',
        b"[]\n",
        b'{"type":"connection","number":"\xff"}\n',
    ],
)
def test_a_file_that_is_no_log_is_explained(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "exchanges.jsonl"
    path.write_bytes(content)
    with pytest.raises(UsageError, match="line 1"):
        list(read_log(path))


def test_a_missing_log_or_folder_is_explained(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="No such file"):
        list(read_log(tmp_path / "nothing.jsonl"))
    with pytest.raises(UsageError, match="--out"):
        RunLog(tmp_path / "nowhere" / "exchanges.jsonl")


def test_memory_stays_flat(run: RunLog) -> None:
    log = run.for_case("C")
    put(log, 200)
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    put(log, 2000)
    assert sum(1 for _ in log) == 2200
    grown = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    assert grown < 2000 * 60
    run.close()


@settings(max_examples=30, deadline=timedelta(seconds=2))
@given(st.lists(st.binary(max_size=50), min_size=1, max_size=60))
def test_whatever_is_stored_is_read_back(responses: list[bytes]) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        run = RunLog(Path(folder) / "x.jsonl")
        log = run.for_case("C")
        stored = [exchange(number, response=data) for number, data in enumerate(responses, 1)]
        for one in stored:
            log.exchange(one)
        assert list(log) == stored
        run.close()


def test_a_full_disk_is_explained_and_leaves_no_broken_line(run: RunLog, monkeypatch: pytest.MonkeyPatch) -> None:
    log = run.for_case("C")
    put(log)
    file = run._lines._file

    class Full:
        """Takes half a line, then has no room left."""

        def write(self, data: memoryview) -> int:
            file.write(data[: len(data) // 2])
            raise OSError(28, "No space left on device")

        def __getattr__(self, name: str) -> object:
            return getattr(file, name)

    monkeypatch.setattr(run._lines, "_file", Full())
    with pytest.raises(HarnessError, match="No space left"):
        put(log)
    monkeypatch.setattr(run._lines, "_file", file)
    log.exchange(exchange(log.next_exchange(), response=bytes(2000)))
    run.close()
    assert [record.number for record in read_log(run.path)] == [1, 3]
