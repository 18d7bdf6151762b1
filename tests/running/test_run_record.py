"""The record of a run, folded from its journal: whole, killed, interrupted, broken."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from conformance.running.journal import Json
from conformance.running.run_record import Row, load_record, outcome, record_from, write_record
from conformance.vocabulary.errors import UsageError

AT = "2030-01-01T00:00:00.000+00:00"


def started(*ids: str, required: bool = True) -> Row:
    plan: list[Json] = [
        {"case": f"server/{id}", "id": id, "subject": "server", "required": required, "steps": ["One.", "Two."]}
        for id in ids
    ]
    return {"event": "run_started", "at": AT, "plan": plan, "time": "virtual"}


def of(event: str, id: str = "A", **facts: Json) -> Row:
    return {"event": event, "at": AT, "case": f"server/{id}", **facts}


def finished(id: str = "A", verdict: str = "pass") -> Row:
    return of("case_finished", id, verdict=verdict, reason="", duration_s=1.0, exchanges=[1], connections=[], lag_s=0.0)


def ended(**facts: Json) -> Row:
    return {"event": "run_finished", "at": AT, "interrupted": False, **facts}


def finding(state: str, step: int | None = 1) -> Row:
    return of("finding", finding={"state": state, "step": step})


def rows(record: Row) -> list[Row]:
    tests = record["tests"]
    assert isinstance(tests, list)
    return tests


def test_a_whole_run_has_its_result_and_its_counts() -> None:
    record = record_from([started("A", "B"), of("case_started"), finished(), finished("B", "fail"), ended()])
    assert (record["result"], record["exit_code"], record["interrupted"]) == ("not conformant", 1, False)
    assert record["summary"] == {
        "pass": 1, "fail": 1, "inconclusive": 0, "not_applicable": 0, "pending": 0, "not_run": 0, "error": 0,
    }  # fmt: skip
    assert record["time"] == "virtual"
    assert "plan" not in record


def test_a_killed_run_has_a_record_that_is_no_better_than_its_evidence() -> None:
    record = record_from([started("A", "B", "C"), of("case_started"), finished(), of("case_started", "B")])
    assert [row["verdict"] for row in rows(record)] == ["pass", "inconclusive", "not_run"]
    assert rows(record)[1]["reason"] == "the run ended before this test case did"
    assert rows(record)[2]["reason"] == "the run ended before its turn"
    assert (record["finished_at"], record["interrupted"], record["exit_code"]) == (None, True, 130)


def test_a_run_that_could_not_go_on_says_why_at_each_case_it_did_not_reach() -> None:
    record = record_from([started("A"), ended(stopped_by="starting the subject: nope")])
    assert rows(record)[0]["reason"] == "the run ended before its turn: starting the subject: nope"
    assert (record["exit_code"], record["failure"]) == (3, None)


def test_a_fault_of_the_harness_is_exit_code_4_whatever_else_there_is() -> None:
    record = record_from([started("A"), finished(), ended(failure="KeyError: x")])
    assert (record["result"], record["exit_code"], record["failure"]) == ("incomplete", 4, "KeyError: x")


def test_steps_have_the_worst_state_of_their_findings() -> None:
    def states(*events: Row) -> list[Json]:
        record = record_from([started("A"), of("case_started"), *events, finished(), ended()])
        steps = rows(record)[0]["steps"]
        assert isinstance(steps, list)
        return [step["state"] for step in steps]

    reached = of("step_started", step=1)
    assert states() == ["not_reached", "not_reached"]
    assert states(reached) == ["done", "not_reached"]
    assert states(reached, finding("note")) == ["done", "not_reached"]
    assert states(reached, finding("pass"), finding("warning")) == ["warning", "not_reached"]
    assert states(reached, finding("inconclusive"), finding("pass")) == ["inconclusive", "not_reached"]
    assert states(reached, finding("fail"), finding("inconclusive"), finding("fail", 2)) == ["fail", "fail"]
    assert states(reached, finding("fail", None)) == ["done", "not_reached"]


def test_what_the_operator_did_is_kept() -> None:
    asked = of("operator", instruction="stop_client", outcome={"done": "done", "told": ""})
    record = record_from([started("A"), asked, finished(), ended()])
    kept = rows(record)[0]["operator"]
    assert isinstance(kept, list)
    assert kept[0]["instruction"] == "stop_client"


@pytest.mark.parametrize(
    ("verdicts", "required", "interrupted", "result", "code"),
    [
        (["pass"], True, False, "conformant", 0),
        (["pass", "not_applicable"], True, False, "conformant", 0),
        (["pass", "not_run"], False, False, "conformant", 0),
        (["pass", "not_run"], True, False, "incomplete", 3),
        (["pass", "fail", "not_run"], True, False, "not conformant", 1),
        (["pass", "inconclusive"], True, False, "incomplete", 3),
        (["pass", "pending"], True, False, "incomplete", 3),
        (["not_applicable"], True, False, "incomplete", 3),
        ([], True, False, "incomplete", 3),
        (["pass", "error"], True, False, "incomplete", 4),
        (["fail", "error"], True, False, "not conformant", 4),
        (["pass"], True, True, "incomplete", 130),
        (["fail"], True, True, "not conformant", 130),
        (["error"], True, True, "incomplete", 130),
    ],
)
def test_every_result_and_exit_code(
    verdicts: list[str], required: bool, interrupted: bool, result: str, code: int
) -> None:
    made = [{"verdict": verdict, "required": required} for verdict in verdicts]
    assert outcome(made, interrupted=interrupted) == (result, code)


def journal(folder: Path, *events: Row, tail: bytes = b"") -> Path:
    lines = b"".join(json.dumps(event).encode() + b"\n" for event in events)
    (folder / "events.jsonl").write_bytes(lines + tail)
    return folder


def test_a_torn_last_line_does_not_count(tmp_path: Path) -> None:
    journal(tmp_path, started("A"), of("case_started"), tail=b'{"event":"case_finished","case":"server/A","verd')
    assert rows(load_record(tmp_path))[0]["verdict"] == "inconclusive"


@pytest.mark.parametrize(
    "content",
    [
        None,
        b"",
        b'{"event":"run_sta',
        b"garbage\n",
        b'{"event":"run_finished"}\n',
        b"[1]\n",
        b"\xff\xfe\n",
        b"null\n",
        b'{"no": "event"}\n',
    ],
)
def test_what_is_no_journal_is_wrong_use(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "events.jsonl").write_bytes(content)
    with pytest.raises(UsageError, match=r"reading the run in(.|\n)*name a run folder"):
        load_record(tmp_path)


@pytest.mark.parametrize(
    "damage",
    [of("case_started", "Z"), of("step_started", step=9), {"event": "finding"}, of("case_finished"), {"at": AT}],
)
def test_a_damaged_journal_is_wrong_use(tmp_path: Path, damage: Row) -> None:
    with pytest.raises(UsageError, match="damaged"):
        load_record(journal(tmp_path, started("A"), damage, ended()))


def test_the_record_is_written_whole(tmp_path: Path) -> None:
    write_record(tmp_path, {"name": "größe"})
    write_record(tmp_path, {"name": "\ud800"})
    assert json.loads((tmp_path / "run.json").read_text(encoding="utf-8")) == {"name": "\ud800"}
    assert [path.name for path in tmp_path.iterdir()] == ["run.json"]
