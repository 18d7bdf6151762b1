"""A run that was interrupted or killed can be taken up again: what was decided is kept, the rest starts anew."""

from __future__ import annotations

import dataclasses
from contextlib import ExitStack
from pathlib import Path

import pytest

from conformance.face.configuration import read_configuration
from conformance.face.wiring import Choice, configured_run, demonstration
from conformance.running.journal import read_journal
from conformance.running.run_record import decided_cases, record_from
from conformance.running.session import RunSettings, Session
from conformance.vocabulary.errors import UsageError
from tests.badinput.misbehaviour import server_tables, write_configuration


def settings(folder: Path, keep: ExitStack, *only: str, resume: bool = False) -> RunSettings:
    choice = Choice(only=only or ("COMM-002", "COMM-003"), resume=folder if resume else None)
    return demonstration(choice, folder, keep, {"server": ()})


def whole_run(folder: Path, keep: ExitStack, kept: frozenset[str] | None = None) -> None:
    session = Session(dataclasses.replace(settings(folder, keep), kept=kept))
    session.start()
    session.finish()


def cut_after(folder: Path, event: str, case: str) -> None:
    """Cut the journal behind an event, as if the harness had been killed there."""
    journal = folder / "events.jsonl"
    lines = journal.read_bytes().splitlines(keepends=True)
    events = list(read_journal(journal))
    last = next(at for at, row in enumerate(events) if row["event"] == event and row.get("case") == case)
    journal.write_bytes(b"".join(lines[: last + 1]) + b'{"event":"fin')


def test_what_was_decided_is_kept_and_the_rest_runs_again(tmp_path: Path) -> None:
    with ExitStack() as keep:
        whole_run(tmp_path, keep)
        order = [row["case"] for row in read_journal(tmp_path / "events.jsonl") if row["event"] == "case_finished"]
        ended = [case for case in order if case in ("server/COMM-002", "server/COMM-003")]
        cut_after(tmp_path, "case_finished", str(ended[0]))
        kept = decided_cases(tmp_path)
        assert kept == {ended[0]}
        whole_run(tmp_path, keep, kept)
    events = list(read_journal(tmp_path / "events.jsonl"))
    started = [row["case"] for row in events if row["event"] == "case_started"]
    assert started.count(ended[0]) == 1
    record = record_from(events)
    tests = {row["case"]: row for row in record["tests"]}  # type: ignore[union-attr, index, call-overload]
    assert {tests[case]["verdict"] for case in ended} == {"pass"}
    assert record["interrupted"] is False


def test_exchange_numbers_go_on_where_the_first_run_ended(tmp_path: Path) -> None:
    with ExitStack() as keep:
        whole_run(tmp_path, keep)
        before = (tmp_path / "exchanges.jsonl").read_bytes()
        cut_after(tmp_path, "case_started", "server/COMM-003")
        whole_run(tmp_path, keep, decided_cases(tmp_path))
    after = (tmp_path / "exchanges.jsonl").read_bytes()
    assert after.startswith(before)
    assert len(after) > len(before)


def test_a_folder_without_a_run_cannot_be_resumed(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="a folder made by csip run"):
        decided_cases(tmp_path)


def test_a_run_is_resumed_by_the_same_selection_alone(tmp_path: Path) -> None:
    with ExitStack() as keep:
        whole_run(tmp_path, keep)
        cut_after(tmp_path, "case_started", "server/COMM-003")
        assert settings(tmp_path, keep, resume=True).kept == decided_cases(tmp_path)
        with pytest.raises(UsageError, match="other selected tests"):
            settings(tmp_path, keep, "COMM-002", resume=True)


def test_another_product_is_not_tested_under_the_verdicts_of_the_first(tmp_path: Path) -> None:
    config = write_configuration(tmp_path, server_tables(8443, version="1.0"))
    run = Session(configured_run(read_configuration(config), Choice(out=tmp_path / "out")))
    run.finish()
    again = Choice(resume=tmp_path / "out")
    assert configured_run(read_configuration(config), again).kept == decided_cases(tmp_path / "out")
    write_configuration(tmp_path, server_tables(8443, version="2.0"))
    with pytest.raises(UsageError, match="other subject"):
        configured_run(read_configuration(config), again)
    write_configuration(tmp_path, server_tables(8443, version="1.0", supports=["Time"]))
    with pytest.raises(UsageError, match="other selected tests"):
        configured_run(read_configuration(config), again)
