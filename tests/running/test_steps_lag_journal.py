"""Declared steps, the lag of the loop, the journal."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from conformance.running.journal import Event, Journal, as_json, read_journal
from conformance.running.lag import LEAST_UNCERTAINTY_S, PERIOD_S, LagMonitor, LagWindow
from conformance.running.step import Steps
from conformance.vocabulary.clock import RealClock, VirtualClock, VirtualTimeLoop
from conformance.vocabulary.errors import HarnessError
from conformance.vocabulary.verdict import Verdict

NOW = datetime(2030, 1, 1, tzinfo=UTC)


def test_entering_a_step_is_told_and_findings_belong_to_it() -> None:
    entered: list[int] = []
    step = Steps(("One.", "Two."), entered.append)
    assert step.current is None
    with step(2):
        assert step.current == 2
    assert (step.current, entered) == (None, [2])


@pytest.mark.parametrize("number", [0, 3, -1])
def test_a_step_that_is_not_declared_is_a_fault_of_the_test_case(number: int) -> None:
    with (
        pytest.raises(HarnessError, match=f"step {number} is not declared; the docstring has 2"),
        Steps(("One.", "Two."), lambda entered: None)(number),
    ):
        pass


def test_a_stall_of_the_loop_is_the_uncertainty_of_the_windows_open_then() -> None:
    async def run() -> tuple[LagWindow, LagWindow]:
        monitor = LagMonitor(RealClock())
        measuring = asyncio.create_task(monitor.run())
        with monitor.window() as early:
            await asyncio.sleep(0)
            time.sleep(PERIOD_S * 3)  # noqa: ASYNC251 - the very stall that is to be noticed
            await asyncio.sleep(PERIOD_S / 5)
        with monitor.window() as late:
            await asyncio.sleep(0)
        measuring.cancel()
        return early, late

    early, late = asyncio.run(run())
    assert early.worst_s >= PERIOD_S
    assert early.uncertainty_s() == early.worst_s
    assert late.uncertainty_s() == LEAST_UNCERTAINTY_S


def test_a_quiet_loop_still_has_a_least_uncertainty() -> None:
    assert LagWindow().uncertainty_s() == LEAST_UNCERTAINTY_S


def test_virtual_time_is_exact() -> None:
    async def run() -> float:
        monitor = LagMonitor(VirtualClock(NOW, asyncio.get_running_loop()))
        await monitor.run()
        with monitor.window() as window:
            window.worst_s = 5.0
            return window.uncertainty_s()

    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        assert runner.run(run()) == 0.0


@dataclass(frozen=True)
class Fact:
    verdict: Verdict
    after: timedelta
    at: datetime
    many: frozenset[int]


def test_facts_become_json_values() -> None:
    fact = Fact(Verdict.PASS, timedelta(seconds=1.5), NOW, frozenset({7}))
    assert as_json({"fact": fact, 1: (True, None, 2)}) == {
        "fact": {"verdict": "pass", "after": 1.5, "at": "2030-01-01T00:00:00.000+00:00", "many": [7]},
        "1": [True, None, 2],
    }
    assert type(as_json(Verdict.PASS)) is str


def test_what_has_no_json_form_is_refused() -> None:
    with pytest.raises(TypeError, match="object has no JSON form"):
        as_json(object())


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    made = Journal(tmp_path / "events.jsonl")
    yield made
    made.close()


def test_each_event_is_a_line_at_once_and_listeners_are_told(journal: Journal, tmp_path: Path) -> None:
    heard: list[Event] = []
    journal.listen(heard.append)
    journal.write("finding", NOW, case="server/A", text="line\nbreak \u2028 größe \ud800 \x00")
    lines = (tmp_path / "events.jsonl").read_bytes().splitlines()
    assert len(lines) == 1
    assert json.loads(lines[0]) == heard[0]
    assert list(read_journal(tmp_path / "events.jsonl")) == heard


def test_a_torn_line_is_left_out_and_mended_when_the_journal_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    path.write_bytes(b'{"event":"a"}\n{"event":"b')
    assert [event["event"] for event in read_journal(path)] == ["a"]
    resumed = Journal(path)
    resumed.write("c", NOW)
    resumed.close()
    assert [event["event"] for event in read_journal(path)] == ["a", "c"]


def test_lines_of_several_threads_do_not_mix(journal: Journal, tmp_path: Path) -> None:
    def write(name: str) -> None:
        for number in range(50):
            journal.write(name, NOW, number=number, long="x" * 5000)

    threads = [threading.Thread(target=write, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(list(read_journal(tmp_path / "events.jsonl"))) == 200


def test_a_duration_is_as_uncertain_as_the_loop_was_late_between_its_ends() -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    window = LagWindow()
    window.note(start + timedelta(seconds=5), 3.0)
    assert window.uncertainty_s(start + timedelta(seconds=60), start + timedelta(seconds=70)) == LEAST_UNCERTAINTY_S
    assert window.uncertainty_s(start + timedelta(seconds=3)) == 3.0
    assert window.uncertainty_s(start, start + timedelta(seconds=70)) == 3.0
    assert window.uncertainty_s() == 3.0
