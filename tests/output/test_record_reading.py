from conformance.judgement.finding import Finding, State
from conformance.output.record_reading import read_finding, read_run
from conformance.running.journal import as_json
from conformance.vocabulary.verdict import Grade, RunResult, Verdict
from tests.output import sample_runs
from tests.output.sample_facts import CLOCK_LIMIT, finding, timing


def test_a_finding_comes_back_from_json_as_it_was():
    whole = finding(
        State.FAIL,
        "a",
        "b",
        detail=("x", "y"),
        connections=(3,),
        limit=CLOCK_LIMIT,
        timing=timing(None, 5.0, None),
        grade=Grade.WIRE_AND_METER,
        policy="choice",
    )
    bare = Finding("kind", State.NOTE, None, whole.level, "", "")
    assert read_finding(as_json(whole)) == whole
    assert read_finding(as_json(bare)) == bare


def test_a_record_is_read_into_typed_facts():
    run = read_run(sample_runs.rich(virtual=True).record)
    assert (run.result, run.virtual, run.exit_code) == (RunResult.NOT_CONFORMANT, True, 4)
    assert run.profile.sources[1] == ("IEEE 2030.5-2018", "the schema edition judged by")
    assert [limit.name for limit in run.limits if limit.overridden] == ["response_deadline"]
    assert run.count(Verdict.FAIL) == 2
    assert run.versions[:2] == (("csip-conformance", "0.1.0"), ("Python", "3.12.4"))
    basic = run.cases[2]
    assert (basic.operator[0].outcome, basic.operator[0].way) == ("done", "person")
    assert [step.state for step in run.cases[1].steps] == ["fail", "fail", "not_reached"]


def test_a_record_that_carries_next_to_nothing_is_read_as_empty():
    bare = {"result": "incomplete", "exit_code": 3, "tests": [{"case": "server/X", "verdict": "not_run"}]}
    run = read_run(bare)
    assert run.subject.name == ""
    assert run.cases[0].findings == ()
    assert run.cases[0].started_at is None
