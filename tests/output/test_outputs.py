import json
import os
import signal
import subprocess
import sys

import pytest

from conformance.output.outputs import write_outputs
from conformance.vocabulary.errors import UsageError
from conformance.wire.exchange_json import to_line
from tests.output import sample_runs


def leave(folder, sample, torn=b""):
    """Write a run folder as the harness leaves it, with a last line that was cut off."""
    lines = b"".join(json.dumps(event, ensure_ascii=False).encode() + b"\n" for event in sample.events)
    (folder / "events.jsonl").write_bytes(lines + torn)
    (folder / "exchanges.jsonl").write_bytes(b"".join(to_line(fact) for fact in sample.log) + torn)
    return folder


def test_a_run_folder_gets_its_record_its_junit_file_and_its_report(tmp_path):
    written = write_outputs(leave(tmp_path, sample_runs.rich()))
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == ["events.jsonl", "exchanges.jsonl", "junit.xml", "report.html", "run.json"]
    assert json.loads(written.run.read_text(encoding="utf-8")) == written.record
    assert "Not conformant" in written.report.read_text(encoding="utf-8")
    assert written.junit.read_bytes().startswith(b"<?xml")


def test_a_folder_whose_last_lines_were_cut_off_is_rendered(tmp_path):
    written = write_outputs(leave(tmp_path, sample_runs.killed(), torn=b'{"event":"fin'))
    assert written.record["interrupted"] is True
    assert "Interrupted" in written.report.read_text(encoding="utf-8")


def test_a_run_without_an_exchange_log_is_rendered(tmp_path):
    leave(tmp_path, sample_runs.empty())
    (tmp_path / "exchanges.jsonl").unlink()
    assert write_outputs(tmp_path).record["result"] == "incomplete"


def test_a_folder_that_is_no_run_folder_is_refused(tmp_path):
    with pytest.raises(UsageError, match="reading the run in"):
        write_outputs(tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="the system has no SIGKILL")
def test_a_process_killed_while_it_writes_leaves_a_folder_that_renders(tmp_path):
    writing = (
        "import sys, json, pathlib\n"
        "from datetime import UTC, datetime\n"
        "from conformance.running.journal import Journal\n"
        "from tests.output import sample_runs\n"
        "journal = Journal(pathlib.Path(sys.argv[1]) / 'events.jsonl')\n"
        "for event in sample_runs.killed().events:\n"
        "    facts = {key: value for key, value in event.items() if key not in ('event', 'at')}\n"
        "    journal.write(event['event'], datetime.fromisoformat(event['at']), **facts)\n"
        "print('written', flush=True)\n"
        "sys.stdin.read()\n"
    )
    command = [sys.executable, "-c", writing, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"written\n"
        os.kill(process.pid, signal.SIGKILL)
    record = write_outputs(tmp_path).record
    assert record["interrupted"] is True
    assert record["result"] == "not conformant"
    assert record["summary"]["pass"] == 1
