"""Runs that are killed or interrupted in the middle, and a person at the terminal."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager

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
LOOK_AGAIN_S = 0.05


@contextmanager
def under_way(csip: Csip) -> Iterator[subprocess.Popen[str]]:
    """A run whose longest case has begun and waits for minutes, so that the other one has not begun."""
    identities = read_identities(pki())
    peer = ReferenceServer(RealClock(), (), lfdis=[identities.device.lfdi])
    with serving(peer.handle) as port:
        tables = server_tables(port, pin=TEST_PIN, entry=peer.entry_path, lanes=1)
        tables["limits"] = {**HASTY, "request_deadline": 30, "pause_between_time_readings": 600}
        write_configuration(csip.folder, tables)
        words = command("run", "--out", str(csip.out), "--only", CASES[0], "--only", CASES[1])
        with in_another_process(words, csip.folder) as process:
            try:
                _wait_for_step(csip, process, 3)
                yield process
            finally:
                process.kill()


def _wait_for_step(csip: Csip, process: subprocess.Popen[str], number: int) -> None:
    """Look into the journal until the case that waits has entered a step."""
    journal, pause = csip.out / "events.jsonl", threading.Event()
    while not (journal.exists() and f'"step":{number}' in journal.read_text(encoding="utf-8")):
        assert process.poll() is None, process.communicate()[0]
        pause.wait(LOOK_AGAIN_S)


def ended(process: subprocess.Popen[str], csip: Csip) -> Run:
    printed, _ = process.communicate(timeout=60)
    return Run(process.returncode, printed, csip.out)


def test_a_killed_run_leaves_a_folder_that_can_be_reported(csip: Csip) -> None:
    with under_way(csip) as process:
        process.send_signal(signal.SIGKILL)
        assert ended(process, csip).code == -signal.SIGKILL
    reported = csip("report", str(csip.out), "--junit")
    assert reported.code == 0, reported.printed
    assert "Traceback" not in reported.printed
    page = (csip.out / "report.html").read_text(encoding="utf-8")
    assert "the run ended before this test case did" in page
    assert (csip.out / "junit.xml").is_file()


INTERRUPTIONS = pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
"""Ctrl-C, and what a CI server or a service manager sends."""


@INTERRUPTIONS
def test_an_interrupted_run_ends_with_130_and_complete_outputs(csip: Csip, number: signal.Signals) -> None:
    with under_way(csip) as process:
        process.send_signal(number)
        run = ended(process, csip)
    assert run.code == 130, run.printed
    run.must_be_whole()
    assert (run.record["interrupted"], run.record["exit_code"]) == (True, 130)
    assert (run.verdicts["COMM-002"], run.verdicts["CORE-005"]) == ("not_run", "inconclusive")
    assert run.tests["CORE-005"]["reason"] == "interrupted"
    steps = run.tests["CORE-005"]["steps"]
    assert [step["state"] for step in steps] == ["pass", "pass", "done"]  # type: ignore[index]
    assert f"--resume {csip.out}" in run.printed


@INTERRUPTIONS
def test_a_client_is_stopped_when_the_run_is_interrupted(csip: Csip, number: signal.Signals) -> None:
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
        process.send_signal(number)
        assert pipe.read() == ""  # ends only when the client has ended
        run = ended(process, csip)
    assert run.code == 130
    run.must_be_whole()
    assert run.tests["COMM-002"]["reason"] == "interrupted"


@pytest.mark.parametrize(("typed", "verdict"), [(b"\n", "inconclusive"), (b"n, it is locked\n", "not_run")])
def test_a_person_at_the_terminal_is_asked_and_heard(csip: Csip, typed: bytes, verdict: str) -> None:
    tables = client_tables()
    tables["limits"] = {**HASTY, "operator_deadline": 60, "first_contact": 0.2}
    write_configuration(csip.folder, tables)
    person, terminal = pty.openpty()
    os.write(person, typed)
    words = command("run", "--out", str(csip.out), "--only", "COMM-002")
    with os.fdopen(terminal) as stdin:
        asked = subprocess.run(
            words, cwd=csip.folder, env=surroundings(), stdin=stdin, capture_output=True, text=True, timeout=60,
            check=False,
        )  # fmt: skip
    os.close(person)
    assert "Restart the client so that it connects to https://127.0.0.1:" in asked.stderr
    run = Run(asked.returncode, asked.stdout + asked.stderr, csip.out)
    run.must_be_whole()
    assert (run.code, run.verdicts["COMM-002"]) == (3, verdict), run.printed
