"""A whole run: side by side, stopped, interrupted, broken."""

from __future__ import annotations

import asyncio
import json
import threading
from pathlib import Path

import pytest
from made_run import Stage, case, passes, settings

from conformance.judgement.check import Check
from conformance.running.case_run import CaseResult
from conformance.running.journal import read_journal
from conformance.running.run_record import Row
from conformance.running.session import Interrupted, Session
from conformance.vocabulary.errors import HarnessError, SubjectUnreachable, UsageError


def finished(session: Session) -> dict[str, tuple[str, str]]:
    """Start and finish; return verdict and reason by id."""
    session.start()
    return told(session.finish())


def told(record: Row) -> dict[str, tuple[str, str]]:
    tests = record["tests"]
    assert isinstance(tests, list)
    return {str(row["id"]): (str(row["verdict"]), str(row["reason"])) for row in tests if isinstance(row, dict)}


async def a_minute(check: Check) -> None:
    await asyncio.sleep(60)
    await passes(check)


def test_cases_run_side_by_side_as_far_as_the_subject_has_lanes(tmp_path: Path) -> None:
    stage = Stage(lanes=3)
    cases = [case(f"X-{number}", a_minute) for number in range(7)]
    assert {verdict for verdict, _ in finished(Session(settings(tmp_path, cases, stage))).values()} == {"pass"}
    assert stage.open_most == 3


def test_no_more_cases_run_at_once_than_there_are_jobs(tmp_path: Path) -> None:
    stage = Stage(lanes=8)
    finished(Session(settings(tmp_path, [case(f"X-{number}", a_minute) for number in range(6)], stage, jobs=2)))
    assert stage.open_most == 2


def test_serial_cases_run_alone_after_the_others(tmp_path: Path) -> None:
    stage = Stage(lanes=8)
    alone: list[int] = []

    async def counts(check: Check) -> None:
        alone.append(stage.open_now)
        await a_minute(check)

    cases = [case("S-1", counts, serial=True), case("X-1", a_minute), case("S-2", counts, serial=True)]
    finished(Session(settings(tmp_path, cases, stage)))
    assert stage.order == ["X-1", "S-1", "S-2"]
    assert alone == [1, 1]


def test_kinds_of_subject_do_not_wait_for_each_other(tmp_path: Path) -> None:
    stages = {"server": Stage(lanes=1), "client": Stage(lanes=1)}
    cases = [case("X-1", a_minute), case("X-2", a_minute), case("X-1", a_minute, "client")]
    session = Session(settings(tmp_path, cases, arrange=lambda clock: stages))
    session.start()
    record = session.finish()
    assert session.result(cases[1]).duration.total_seconds() == pytest.approx(60, abs=1)
    assert record["exit_code"] == 0
    assert stages["server"].ended
    assert stages["client"].ended


def test_the_folder_holds_the_journal_and_the_record(tmp_path: Path) -> None:
    finished(Session(settings(tmp_path / "deep" / "run", [case()])))
    events = [event["event"] for event in read_journal(tmp_path / "deep" / "run" / "events.jsonl")]
    assert events == ["run_started", "case_started", "finding", "case_finished", "run_finished"]
    record = json.loads((tmp_path / "deep" / "run" / "run.json").read_text())
    assert (record["result"], record["exit_code"], record["time"]) == ("conformant", 0, "virtual")
    assert (tmp_path / "deep" / "run" / "exchanges.jsonl").exists()


def test_a_folder_that_holds_a_run_is_never_written_over(tmp_path: Path) -> None:
    finished(Session(settings(tmp_path, [case()])))
    before = (tmp_path / "events.jsonl").read_bytes()
    with pytest.raises(UsageError, match="it holds a run"):
        Session(settings(tmp_path, [case()]))
    assert (tmp_path / "events.jsonl").read_bytes() == before


def test_a_folder_that_cannot_be_made_is_wrong_use(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="making the run folder"):
        Session(settings(tmp_path / "file" / "run", [case()]))


def test_a_subject_that_cannot_be_started_leaves_everything_not_run_and_says_why(tmp_path: Path) -> None:
    session = Session(settings(tmp_path, [case("X-1"), case("X-2")], Stage(on_running=SubjectUnreachable("no port"))))
    verdicts = finished(session)
    assert set(verdicts.values()) == {("not_run", "the run ended before its turn: no port")}
    with pytest.raises(SubjectUnreachable, match="no port"):
        session.raise_failure()
    with pytest.raises(SubjectUnreachable, match="no port"):
        session.result(case("X-1"))


def test_a_wrong_configuration_that_comes_to_light_in_one_case_ends_the_run(tmp_path: Path) -> None:
    stage = Stage(lanes=1, on_open=UsageError("the port is taken"))
    session = Session(settings(tmp_path, [case("X-1"), case("X-2")], stage))
    verdicts = finished(session)
    assert verdicts["X-1"] == ("not_run", "the port is taken")
    assert verdicts["X-2"][0] == "not_run"
    with pytest.raises(UsageError, match="the port is taken"):
        session.raise_failure()
    assert json.loads((tmp_path / "run.json").read_text())["exit_code"] == 3


def test_a_fault_of_the_harness_that_ends_the_run_is_told_with_its_traceback(tmp_path: Path) -> None:
    session = Session(settings(tmp_path, [case()], Stage(on_running=ZeroDivisionError("ours"))))
    session.start()
    record = session.finish()
    assert (record["exit_code"], record["failure"]) == (4, "ZeroDivisionError: ours")
    with pytest.raises(HarnessError, match=r"a fault of the harness(.|\n)*ZeroDivisionError: ours"):
        session.raise_failure()


def test_a_run_in_which_nothing_is_to_be_run_is_incomplete(tmp_path: Path) -> None:
    session = Session(settings(tmp_path, []))
    session.start()
    record = session.finish()
    session.raise_failure()
    assert (record["result"], record["exit_code"]) == ("incomplete", 3)


def test_a_run_that_never_started_still_has_a_record(tmp_path: Path) -> None:
    session = Session(settings(tmp_path, [case()]))
    assert told(session.finish()) == {"X-1": ("not_run", "the run ended before its turn")}


class Held:
    """A test case that tells when it is under way, and then waits for ever."""

    def __init__(self) -> None:
        self.under_way = threading.Event()

    async def body(self, check: Check) -> None:
        await passes(check)
        self.under_way.set()
        await asyncio.Event().wait()


def interrupted(session: Session, *held: Held) -> dict[str, tuple[str, str]]:
    session.start()
    for one in held:
        assert one.under_way.wait(30)
    session.interrupt()
    return told(session.finish())


@pytest.mark.parametrize("virtual", [True, False])
def test_interrupting_lets_what_is_under_way_end_with_what_it_has(tmp_path: Path, virtual: bool) -> None:
    stage, held = Stage(lanes=1), Held()
    cases = [case("X-1", held.body), case("X-2")]
    session = Session(settings(tmp_path, cases, stage, virtual=virtual))
    verdicts = interrupted(session, held)
    session.raise_failure()
    assert verdicts["X-1"] == ("inconclusive", "interrupted")
    assert verdicts["X-2"][0] == "not_run"
    assert stage.closed == ["X-1"]
    record = json.loads((tmp_path / "run.json").read_text())
    assert (record["interrupted"], record["exit_code"], record["failure"]) == (True, 130, None)
    assert isinstance(session.result(cases[0]), CaseResult)
    with pytest.raises(Interrupted):
        session.result(cases[1])


def test_interrupting_one_serial_case_does_not_begin_the_next(tmp_path: Path) -> None:
    stage, held = Stage(), Held()
    cases = [case("S-1", held.body, serial=True), case("S-2", serial=True)]
    verdicts = interrupted(Session(settings(tmp_path, cases, stage, virtual=False)), held)
    assert (verdicts["S-1"][0], verdicts["S-2"][0]) == ("inconclusive", "not_run")
    assert stage.order == ["S-1"]


def test_interrupting_a_run_that_is_over_already_changes_nothing_that_was_decided(tmp_path: Path) -> None:
    only = case()
    session = Session(settings(tmp_path, [only]))
    session.start()
    session.result(only)
    session._thread.join()
    session.interrupt()
    assert told(session.finish())["X-1"][0] == "pass"


def test_finishing_twice_is_the_same(tmp_path: Path) -> None:
    session = Session(settings(tmp_path, [case()]))
    session.start()
    assert session.finish() == session.finish()


def test_listeners_hear_what_the_journal_holds(tmp_path: Path) -> None:
    heard: list[object] = []
    session = Session(settings(tmp_path, [case()]))
    session.journal.listen(lambda event: heard.append(event["event"]))
    finished(session)
    assert heard == [event["event"] for event in read_journal(tmp_path / "events.jsonl")]
