from datetime import timedelta

from conformance.catalogue.test_case import TestCase
from conformance.judgement.finding import State
from conformance.output.record_reading import read_run
from conformance.output.text import failure_blocks, finding_block, result_line, summary_lines
from conformance.running.case_run import CaseResult
from conformance.vocabulary.verdict import Verdict
from conformance.wire.exchange import Exchange
from tests.output import sample_facts, sample_runs


def case(sample, id):
    return next(case for case in read_run(sample.record).cases if case.id == id)


def test_a_failed_finding_is_told_as_a_block_a_person_can_act_on():
    sample = sample_runs.rich()
    exchanges = {fact.number: fact for fact in sample.log if isinstance(fact, Exchange)}
    block = finding_block(case(sample, "CORE-005"), exchanges)
    assert block.splitlines()[0] == "FAILED  CORE-005  Served time is right and moves forward"
    assert block.endswith(
        """\
  step 2  Compare currentTime with the harness's clock.
    requirement  TIME.002 (MUST)   limit server_clock_error 10 s (ours; not overridden)
    expected     within 10 s of 14:03:07.120 UTC
    observed     14:04:07 UTC, 59.9 s ahead
    timing       Measured 59.9 s ± 0.02 s; permitted from −10 s to 10 s; 49.9 s too late.
    evidence     exchange 4  GET /tm  200
    again        csip run --only CORE-005"""
    )


def test_a_result_that_never_was_in_a_record_is_told_the_same_way():
    declared = TestCase(
        id="X-1",
        title="Title",
        subject="server",
        requirements=(),
        flaws=(),
        function=None,
        needs=(),
        origin="",
        aliases=(),
        serial=False,
        duration=(),
        instructions=(),
        why="",
        steps=("One.", "Two."),
        passes_when="",
    )
    found = (sample_facts.finding(State.FAIL, "a", "b"), sample_facts.finding(State.PASS, "quiet", "quiet"))
    block = finding_block(CaseResult(declared, Verdict.FAIL, "a reason\nin two lines", found, timedelta(0)))
    assert block.startswith("FAILED  X-1  Title\n  a reason\n  in two lines\n  step 2  Two.\n")
    assert "quiet" not in block


def test_findings_that_are_no_failure_are_marked():
    block = finding_block(case(sample_runs.rich(), "BASIC-009"))
    assert "observed     +60.010 s [inconclusive]" in block
    assert "observed     +214.000 s [warning]" in block
    assert "observed     never\n" in block


def test_an_exchange_without_answer_says_why():
    sample = sample_runs.rich()
    exchanges = {fact.number: fact for fact in sample.log if isinstance(fact, Exchange)}
    block = finding_block(case(sample, "BASIC-009"), exchanges)
    assert "evidence     exchange 7  GET /derp/1/derc  no answer: no answer within 10 s" in block


def test_texts_of_the_subject_cannot_steer_the_terminal():
    (block,) = failure_blocks(sample_runs.hostile().record, sample_runs.hostile().log[:1])
    assert "\x1b" not in block
    assert "\u202e" not in block
    assert r"\x1b[31m" in block


def test_many_detail_lines_are_bounded():
    sample = sample_runs.rich()
    bad = sample_facts.finding(
        State.FAIL, "a", "b", detail=tuple(f"line {n}" for n in range(50)), exchanges=tuple(range(1, 30))
    )
    sample.events.insert(-1, sample_facts.event("finding", 1.0, case="server/CORE-011", finding=bad))
    block = finding_block(case(sample, "CORE-011"))
    assert "detail       and 40 more lines, in the report" in block
    assert "evidence     and 24 more, in the report" in block


def test_blocks_are_given_for_failed_test_cases_only():
    blocks = failure_blocks(sample_runs.rich().record)
    assert [block.split()[1] for block in blocks] == ["CORE-005", "BASIC-009"]


def test_the_summary_ends_with_the_result_after_what_weakens_it():
    lines = summary_lines(sample_runs.rich().record)
    assert "inconclusive   ERR-001  cannot go on: a connection to the subject" in lines
    assert "weakened by    limits overridden: response_deadline" in lines
    assert lines[-1] == (
        "Not conformant. 10 test cases: 3 passed, 2 failed, 1 inconclusive, 1 harness error, 1 pending, 1 not run, "
        "1 not applicable."
    )


def test_the_summary_tells_one_cause_behind_many_failures_once():
    ids = [f"CORE-{number:03}" for number in range(1, 8)]
    keys = [f"server/{id}" for id in ids]
    events = [sample_facts.run_started([sample_facts.planned(key, "Title") for key in keys])]
    for key in keys:
        found = sample_facts.finding(State.FAIL, "a", "b", requirement="TIME.002")
        events += [sample_facts.event("case_started", 0.0, case=key)]
        events += [sample_facts.event("finding", 0.5, case=key, finding=found), sample_facts.finished(key, 1.0, "fail")]
    lines = summary_lines(sample_facts.Sample(events).record)
    assert lines[0] == "broken         TIME.002  7 test cases: CORE-001, CORE-002, CORE-003, CORE-004, CORE-005, ..."


def test_a_single_failure_needs_no_line_of_what_is_broken():
    key = "server/CORE-001"
    found = sample_facts.event("finding", 0.5, case=key, finding=sample_facts.finding(State.FAIL, "a", "b"))
    events = [sample_facts.run_started([sample_facts.planned(key, "Title")])]
    events += [sample_facts.event("case_started", 0.0, case=key), found, sample_facts.finished(key, 1.0, "fail")]
    assert not any(line.startswith("broken") for line in summary_lines(sample_facts.Sample(events).record))


def test_virtual_time_is_stamped():
    record = sample_runs.all_passed(virtual=True).record
    assert result_line(record) == "Conformant (virtual time). 1 test case: 1 passed."
    assert any("Virtual time" in line for line in summary_lines(record))


def test_a_run_of_nothing_says_of_what_was_selected_why_it_does_not_apply():
    plan = [sample_facts.planned("client/CORE-005", "Title"), sample_facts.planned("client/CORE-006", "Title")]
    started = [sample_facts.run_started(plan)]
    ends = [
        sample_facts.finished("client/CORE-005", 0.0, "not_applicable", reason="it is of another procedure"),
        sample_facts.finished("client/CORE-006", 0.0, "not_run", reason="not selected (--only)"),
    ]
    lines = summary_lines(sample_facts.Sample([*started, *ends]).record)
    assert "not applicable CORE-005  it is of another procedure" in lines
    assert not any("CORE-006  not selected" in line for line in lines)
