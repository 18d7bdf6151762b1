"""A Response that misses its deadline is told with its lateness, in the step that awaited it, and holds up no other."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

from conformance.face.wiring import Choice, demonstration
from conformance.judgement.finding import State
from conformance.output.record_reading import read_run
from conformance.running.session import Session


def test_a_start_half_a_minute_late_is_told_as_such(tmp_path: Path) -> None:
    with ExitStack() as keep:
        choice = Choice(only=("client/CORE-012",))
        session = Session(demonstration(choice, tmp_path / "run", keep, {"client": ("starts_late",)}))
        session.start()
        run = read_run(session.finish())
    (case,) = (case for case in run.cases if case.key == "client/CORE-012")
    (late,) = (it for it in case.findings_in(State.FAIL) if it.expected.startswith("Response 2"))
    assert late.observed.startswith("+30.0")
    assert late.step == 3
    assert late.timing is not None
    assert late.timing.measured_s is not None
    assert late.exchanges != ()
