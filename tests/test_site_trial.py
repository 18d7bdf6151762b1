"""The test of a new site is over when its plant obeys and its own readings show it, not before."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from conformance.catalogue.pack_values import Phase
from conformance.face.wiring import DEMONSTRATED, Choice, demonstration
from conformance.judgement.finding import State
from conformance.output.record_reading import read_run
from conformance.output.run_view import CaseView
from conformance.running.session import Session

CASE = "client/COMMISSION-001"


def tried(folder: Path, *flaws: str) -> CaseView:
    with ExitStack() as keep:
        whom = replace(DEMONSTRATED["client"], phase=Phase.COMMISSIONING)
        choice = Choice(profile="au-sapn", only=(CASE,), client=whom)
        session = Session(demonstration(choice, folder, keep, {"client": flaws}))
        session.start()
        run = read_run(session.finish())
    return next(case for case in run.cases if case.key == CASE)


def test_a_site_that_obeys_and_tells_of_it_in_time_passes(tmp_path: Path) -> None:
    assert str(tried(tmp_path).verdict) == "pass"


@pytest.mark.parametrize("flaw", ["readings_once", "ignores_export_limit", "ignores_control"])
def test_a_site_that_does_not_obey_or_does_not_tell_of_it_fails(flaw: str, tmp_path: Path) -> None:
    (finding,) = tried(tmp_path, flaw).findings_in(State.FAIL)
    assert (finding.demand, finding.observed) == ("EndDevice.capability_test@commissioning", "never")
