"""A fail by a value whose source wants confirming is told apart from other fails, in every output."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance.judgement.finding import State
from conformance.output.html import render_report
from conformance.output.junit import junit
from conformance.output.record_reading import read_run
from conformance.output.text import finding_block, result_line
from conformance.output.wording import result_sentence
from tests.output.sample_facts import Sample, event, finding, finished, planned, run_started

MARK = '<span class="provisional">provisional</span>'


def sample(*findings: dict[str, bool]) -> Sample:
    """A run of one case for each of these sets of failed findings; each says which of them are provisional."""
    plan = [planned(f"client/X-{at}", "A figure of a handbook") for at, _ in enumerate(findings)]
    made = Sample([run_started(plan)])
    for at, fails in enumerate(findings):
        case = f"client/X-{at}"
        made.events.append(event("case_started", 1.0, case=case))
        for seen, provisional in fails.items():
            found = finding(State.FAIL, "at most 60 s", seen, provisional=provisional, demand="DERStatus.post_interval")
            made.events.append(event("finding", 1.1, case=case, finding=found))
        made.events.append(finished(case, 2.0, "fail"))
    made.events.append(event("run_finished", 3.0, interrupted=False))
    return made


def page(made: Sample, folder: Path) -> str:
    return render_report(made.record, made.log, folder / "report.html").read_text(encoding="utf-8")


def test_a_run_whose_fails_are_all_provisional_is_not_conformant_and_says_so(tmp_path: Path) -> None:
    made = sample({"70 s": True}, {"80 s": True})
    record = made.record
    assert (record["result"], record["exit_code"], record["provisional"]) == ("not conformant", 1, True)
    run = read_run(record)
    assert result_sentence(run) == (
        "2 of 2 test cases failed, all of them provisionally: the source of the values they break wants confirming."
    )
    assert result_line(record).endswith("Every fail is provisional.")
    assert finding_block(run.cases[0]).startswith("FAILED PROVISIONALLY  X-0")
    assert "observed     70 s [provisional]" in finding_block(run.cases[0])
    text = page(made, tmp_path)
    assert '<strong class="stamp">Every fail is provisional</strong>' in text
    assert text.count(MARK) >= 6
    assert "DERStatus.post_interval" in text
    properties = {it.get("name"): it.get("value") for it in junit(run).iter("property")}
    assert properties["provisional"] == "true"
    assert str(next(junit(run).iter("failure")).get("message")).startswith("provisional: expected at most 60 s")


def test_one_plain_fail_makes_a_case_fail_outright(tmp_path: Path) -> None:
    made = sample({"70 s": True, "80 s": False}, {"90 s": True})
    run = read_run(made.record)
    assert [case.provisional for case in run.cases] == [False, True]
    assert not run.provisional
    assert "failed, 1 of them provisionally" in result_sentence(run)
    assert "Every fail is provisional" not in page(made, tmp_path)
    assert str(next(junit(run).iter("failure")).get("message")).startswith("expected at most 60 s; observed 80 s")


@pytest.mark.parametrize("provisional", [True, False])
def test_a_finding_keeps_its_value_and_its_mark_through_the_record(provisional: bool) -> None:
    found = read_run(sample({"70 s": provisional}).record).cases[0].findings[0]
    assert (found.provisional, found.demand) == (provisional, "DERStatus.post_interval")


def test_a_run_without_fails_is_not_called_provisional() -> None:
    record = Sample([run_started([planned("client/X-1", "Title")])]).record
    assert record["provisional"] is False
