"""Runs that are killed or interrupted in the middle, and a person at the terminal."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from misbehaviour import (
    HASTY,
    Csip,
    Run,
    client_tables,
    command,
    in_another_process,
    pki,
    server_tables,
    serving,
    surroundings,
    write_configuration,
)

from conformance.reference.demo_identities import read_identities
from conformance.reference.server import ReferenceServer
from conformance.roles.utility import TEST_PIN
from conformance.vocabulary.clock import RealClock

CASES = ("COMM-002", "CORE-005")


@dataclass
class UnderWay:
    """A run whose first case is over and whose second one waits for minutes."""

    process: subprocess.Popen[str]
    seen: str

    def ended(self, csip: Csip) -> Run:
        rest, _ = self.process.communicate(timeout=60)
        return Run(self.process.returncode, self.seen + rest, csip.out)


@contextmanager
def under_way(csip: Csip) -> Iterator[UnderWay]:
    identities = read_identities(pki())
    peer = ReferenceServer(RealClock(), (), lfdis=[identities.device.lfdi])
    with serving(peer.handle) as port:
        tables = server_tables(port, pin=TEST_PIN, entry=peer.entry_path, lanes=1)
        tables["limits"] = {**HASTY, "request_deadline": 30, "pause_between_time_readings": 600}
        write_configuration(csip.folder, tables)
        words = command("run", "--out", str(csip.out), "--only", CASES[0], "--only", CASES[1])
        with in_another_process(words, csip.folder) as process:
            assert process.stdout is not None
            seen = ""
            for line in process.stdout:
                seen += line
                if CASES[0] in line:
                    break
            _wait_for_step(csip, 3)
            try:
                yield UnderWay(process, seen)
            finally:
                process.kill()


def _wait_for_step(csip: Csip, number: int) -> None:
    """Follow the journal until the case that waits has entered a step."""
    with (csip.out / "events.jsonl").open(encoding="utf-8") as journal:
        text = ""
        while not ("step_started" in text and f'"step":{number}' in text):
            text += journal.readline()


def test_a_killed_run_leaves_a_folder_that_can_be_reported(csip: Csip) -> None:
    with under_way(csip) as run:
        run.process.send_signal(signal.SIGKILL)
        assert run.ended(csip).code == -signal.SIGKILL
    reported = csip("report", str(csip.out), "--junit")
    assert reported.code == 0, reported.printed
    assert "Traceback" not in reported.printed
    page = (csip.out / "report.html").read_text(encoding="utf-8")
    assert "the run ended before this test case did" in page
    assert (csip.out / "junit.xml").is_file()


def test_an_interrupted_run_ends_with_130_and_complete_outputs(csip: Csip) -> None:
    with under_way(csip) as run:
        run.process.send_signal(signal.SIGINT)
        ended = run.ended(csip)
    assert ended.code == 130, ended.printed
    ended.must_be_whole()
    assert (ended.record["interrupted"], ended.record["exit_code"]) == (True, 130)
    assert (ended.verdicts["COMM-002"], ended.verdicts["CORE-005"]) == ("pass", "inconclusive")
    assert ended.tests["CORE-005"]["reason"] == "interrupted"
    steps = ended.tests["CORE-005"]["steps"]
    assert [step["state"] for step in steps] == ["pass", "pass", "done"]  # type: ignore[index]


def test_a_client_is_stopped_when_the_run_is_interrupted(csip: Csip) -> None:
    sign = csip.folder / "sign"
    os.mkfifo(sign)
    (csip.folder / "client.py").write_text(
        "import sys, time; held = open('sign', 'w'); held.write('up'); held.flush(); time.sleep(600)"
    )
    tables = client_tables(start=["{{ python }}", "client.py"])
    tables["limits"] = {**HASTY, "first_contact": 600}
    write_configuration(csip.folder, tables)
    words = command("run", "--out", str(csip.out), "--only", "COMM-002")
    with in_another_process(words, csip.folder) as process, sign.open() as pipe:
        assert pipe.read(2) == "up"
        process.send_signal(signal.SIGINT)
        assert pipe.read() == ""  # ends only when the client has ended
        printed, _ = process.communicate(timeout=60)
    ended = Run(process.returncode, printed, csip.out)
    assert ended.code == 130
    ended.must_be_whole()
    assert ended.tests["COMM-002"]["reason"] == "interrupted"


@pytest.mark.parametrize(("typed", "verdict"), [(b"\n", "inconclusive"), (b"n, it is locked\n", "not_run")])
def test_a_person_at_the_terminal_is_asked_and_heard(csip: Csip, typed: bytes, verdict: str) -> None:
    tables = client_tables()
    tables["limits"] = {**HASTY, "operator_deadline": 60, "first_contact": 0.2}
    write_configuration(csip.folder, tables)
    person, terminal = pty.openpty()
    os.write(person, typed)
    words = command("run", "--out", str(csip.out), "--only", "COMM-002")
    with os.fdopen(terminal) as stdin:
        ended = subprocess.run(
            words, cwd=csip.folder, env=surroundings(), stdin=stdin, capture_output=True, text=True, timeout=60,
            check=False,
        )  # fmt: skip
    os.close(person)
    assert "Restart the client so that it connects to https://127.0.0.1:" in ended.stderr
    run = Run(ended.returncode, ended.stdout + ended.stderr, csip.out)
    run.must_be_whole()
    assert (run.code, run.verdicts["COMM-002"]) == (3, verdict), run.printed
