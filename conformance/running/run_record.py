"""The run record: what ``run.json`` holds and every output is made from.

It is a pure fold over the journal's events, so a run that was killed has a record as well: what did not
end is ``not_run`` or ``inconclusive``, and the result is never better than the evidence.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from conformance.running.journal import Event, Json, read_journal
from conformance.vocabulary.errors import UsageError, explain
from conformance.vocabulary.verdict import RunResult, Verdict

NOT_REACHED = "the run ended before its turn"
"""Why a test case has no verdict that was still to come when the run ended; what ended the run may follow."""

FORMAT = "csip-conformance/run"
VERSION = 1
INTERRUPTED = "interrupted"
"""The reason of a case that an interruption cut short."""

Row = dict[str, Json]


def record_from(events: Iterable[Event]) -> Row:
    """Return the run record as JSON values, described by ``reports/run.schema.json``."""
    record: Row = {"format": FORMAT, "version": VERSION}
    tests: dict[str, Row] = {}
    planned: dict[str, Row] = {}
    finished = False
    stopped: Json = None
    failure: Json = None
    for event in events:
        match event["event"]:
            case "run_started":
                record |= {key: value for key, value in event.items() if key not in ("event", "at", "plan")}
                record["started_at"] = event["at"]
                planned = {str(row["case"]): row for row in _rows(event["plan"])}
                tests = {case: _planned(row) for case, row in planned.items()}
            case "run_resumed":
                finished, stopped, failure = False, None, None
                tests |= {case: _planned(planned[case]) for case in _texts(event["again"])}
            case "run_finished":
                finished = True
                record |= {"finished_at": event["at"], "interrupted": event["interrupted"]}
                stopped, failure = event.get("stopped_by"), event.get("failure")
            case "waiting":
                pass
            case _:
                _apply(event, tests[str(event["case"])])
    rows = [_closed(row, stopped or failure) for row in tests.values()]
    if not finished:
        record |= {"finished_at": None, "interrupted": True}
    record |= {"failure": failure, "tests": rows}
    record["summary"] = {str(verdict): _count(rows, verdict) for verdict in Verdict}
    result, exit_code = outcome(rows, interrupted=bool(record["interrupted"]), broken=failure is not None)
    failed = [row for row in rows if row["verdict"] == Verdict.FAIL]
    record["provisional"] = bool(failed) and all(row["provisional"] is True for row in failed)
    return record | {"result": str(result), "exit_code": exit_code}


def outcome(rows: Iterable[Mapping[str, Json]], *, interrupted: bool, broken: bool = False) -> tuple[RunResult, int]:
    """Return the run's result and exit code; ``broken`` tells that a fault of the harness ended it.

    A required test that was not decided, or no decided test at all, makes the run incomplete; a fail makes it not
    conformant even when other tests are missing.
    """
    rows = list(rows)
    seen = {str(row["verdict"]) for row in rows}
    undecided = {Verdict.INCONCLUSIVE, Verdict.PENDING}
    missing = any(row["verdict"] == Verdict.NOT_RUN and row["required"] for row in rows)
    complete = Verdict.PASS in seen and not (seen & undecided) and not missing
    if broken or Verdict.ERROR in seen:
        result, code = (RunResult.NOT_CONFORMANT if Verdict.FAIL in seen else RunResult.INCOMPLETE), 4
    elif Verdict.FAIL in seen:
        result, code = RunResult.NOT_CONFORMANT, 1
    elif complete and not interrupted:
        result, code = RunResult.CONFORMANT, 0
    else:
        result, code = RunResult.INCOMPLETE, 3
    return result, 130 if interrupted else code


def load_record(folder: Path) -> Row:
    """Return the record of a run folder, from its journal.

    Raises:
        UsageError: the folder holds no journal with at least the start of a run.
    """
    journal = folder / "events.jsonl"
    try:
        events = list(read_journal(journal))
    except OSError as error:
        seen = f"{error.strerror or error}: {journal.name}" if folder.is_dir() else "no such folder"
        raise UsageError(_no_run(folder, seen)) from None
    except ValueError as error:
        raise UsageError(_no_run(folder, str(error))) from None
    if not events or events[0]["event"] != "run_started":
        raise UsageError(_no_run(folder, "no run_started event in events.jsonl"))
    try:
        return record_from(events)
    except (KeyError, TypeError, StopIteration, AssertionError) as error:
        raise UsageError(_no_run(folder, f"events.jsonl is damaged: {error!r}")) from error


def decided_cases(folder: Path) -> frozenset[str]:
    """Return the cases of a run folder that ended in their own right, which a resumed run keeps."""
    load_record(folder)
    keep = (Verdict.PASS, Verdict.FAIL, Verdict.INCONCLUSIVE, Verdict.NOT_APPLICABLE)
    ended = (event for event in read_journal(folder / "events.jsonl") if event["event"] == "case_finished")
    return frozenset(str(it["case"]) for it in ended if it["verdict"] in keep and it["reason"] != INTERRUPTED)


def left_out_cases(folder: Path) -> frozenset[str]:
    """Return the cases of a run folder that its plan left out: they have a verdict and never began."""
    events = list(read_journal(folder / "events.jsonl"))
    began, ended = (
        {str(event["case"]) for event in events if event["event"] == name} for name in ("case_started", "case_finished")
    )
    return frozenset(ended - began)


def write_record(folder: Path, record: Row) -> None:
    """Write ``run.json``, whole or not at all."""
    partial = folder / "run.json.partial"
    partial.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")
    partial.replace(folder / "run.json")


def _no_run(folder: Path, seen: str) -> str:
    return explain(f"reading the run in {folder}", "a folder made by csip run", seen, "name a run folder")


def _texts(value: Json) -> list[str]:
    assert isinstance(value, list)
    return [str(item) for item in value]


def _rows(value: Json) -> list[Row]:
    assert isinstance(value, list)
    return [dict(row) for row in value if isinstance(row, dict)]


def _planned(row: Row) -> Row:
    steps = [{"number": number, "text": text, "state": "not_reached"} for number, text in _steps(row)]
    fresh: Row = {"verdict": None, "reason": None, "started_at": None, "duration_s": None, "last_step": None}
    return row | fresh | {"steps": steps, "findings": [], "operator": []}


def _steps(row: Row) -> list[tuple[int, Json]]:
    texts = row["steps"]
    assert isinstance(texts, list)
    return list(enumerate(texts, start=1))


def _apply(event: Event, row: Row) -> None:
    match event["event"]:
        case "case_started":
            row["started_at"] = event["at"]
        case "step_started":
            row["last_step"] = event["step"]
            _step(row, event["step"])["started_at"] = event["at"]
            _step(row, event["step"])["state"] = "reached"
        case "finding":
            _append(row, "findings", event["finding"])
        case "operator":
            _append(row, "operator", {key: value for key, value in event.items() if key not in ("event", "case")})
        case "case_finished":
            row |= {"verdict": event["verdict"], "reason": event["reason"], "duration_s": event["duration_s"]}
            row |= {"exchanges": event["exchanges"], "connections": event["connections"]}
            row |= {"lag_s": event["lag_s"]}


def _append(row: Row, key: str, value: Json) -> None:
    held = row[key]
    assert isinstance(held, list)
    held.append(value)


def _step(row: Row, number: Json) -> Row:
    return next(step for step in _rows_of(row["steps"]) if step["number"] == number)


def _rows_of(value: Json) -> list[Row]:
    assert isinstance(value, list)
    return value


STEP_STATES = ("fail", "inconclusive", "warning", "pass")


def _closed(row: Row, stopped: Json) -> Row:
    """Give every step its state, and a verdict to what did not end; ``stopped`` says what ended the run early."""
    findings = _rows_of(row["findings"])
    for step in _rows_of(row["steps"]):
        states = {finding["state"] for finding in findings if finding["step"] == step["number"]}
        worst = next((state for state in STEP_STATES if state in states), None)
        step["state"] = worst or ("done" if step["state"] == "reached" else "not_reached")
    if row["verdict"] is None:
        began = row["started_at"] is not None
        row["verdict"] = str(Verdict.INCONCLUSIVE if began else Verdict.NOT_RUN)
        reason = "the run ended before this test case did" if began else NOT_REACHED
        row["reason"] = f"{reason}: {stopped}" if stopped else reason
    failed = [finding for finding in findings if finding["state"] == "fail"]
    row["provisional"] = bool(failed) and all(finding.get("provisional") is True for finding in failed)
    row.setdefault("exchanges", [])
    row.setdefault("connections", [])
    row.setdefault("lag_s", None)
    del row["last_step"]
    return row


def _count(rows: list[Row], verdict: Verdict) -> int:
    return sum(row["verdict"] == verdict for row in rows)
