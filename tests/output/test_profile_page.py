from conformance.judgement.finding import State
from conformance.output.html import render_report
from tests.output import sample_facts
from tests.output.page import read_page


def text_between(page: str, begin: str, end: str) -> str:
    text = read_page(page).text
    start = text.index(begin, text.index("What weakens this result"))
    return text[start : text.index(end, start)]


def page_with(tmp_path, findings, cases=("CORE-005", "CORE-006"), **facts):
    """Return the page of a run whose test cases all fail by the same findings."""
    keys = [f"server/{case}" for case in cases]
    events = [sample_facts.run_started([sample_facts.planned(key, "Time") for key in keys], **facts)]
    for key in keys:
        events.append(sample_facts.event("case_started", 0.0, case=key))
        events += [sample_facts.event("finding", 0.5, case=key, finding=one) for one in findings]
        events.append(sample_facts.finished(key, 1.0, "fail"))
    events.append(sample_facts.event("run_finished", 2.0, interrupted=False))
    sample = sample_facts.Sample(events)
    return render_report(sample.record, sample.log, tmp_path / "r.html").read_text(encoding="utf-8")


def failed(**more):
    return sample_facts.finding(State.FAIL, "within 10 s", "59.9 s ahead", requirement="TIME.002", **more)


def test_one_cause_behind_many_failures_is_told_once_before_them(tmp_path):
    told = text_between(
        page_with(tmp_path, [failed()]), "1 requirement broken, by 2 test cases", "Times of day are UTC"
    )
    assert "TIME.002" in told
    assert "CORE-005 CORE-006" in told


def test_a_single_failure_needs_no_table_of_requirements(tmp_path):
    assert "requirement broken" not in read_page(page_with(tmp_path, [failed()], cases=["CORE-005"])).text


def test_a_choice_names_the_test_cases_it_touched_and_says_so_when_there_are_none(tmp_path):
    rows = [{"name": name, "choice": "the later", "source": "ours", "note": "silent"} for name in ("one", "other")]
    told = text_between(page_with(tmp_path, [failed(policy="one")], policies=rows), "Choices made", "Requirements From")
    assert "one the later silent ours CORE-005 CORE-006" in told
    assert "other the later silent ours none in this run" in told


def test_a_value_of_the_profile_shows_source_grade_cost_and_what_it_came_to(tmp_path):
    value = {"key": "Time.pollRate_floor", "figure": 900.0, "unit": "s", "bound": "min", "effect": "provisional"}
    value |= {"source": "A guide", "clause": "9.2.3", "grade": "second-hand", "pack": "ours"}
    modes = value | {"key": "Modes", "figure": ["a", "b"], "unit": "", "bound": "all", "effect": "warn"}
    page = page_with(tmp_path, [failed(demand="Time.pollRate_floor")], demands=[value, modes])
    told = text_between(page, "What the profile demands The", "Requirements From")
    assert "Time.pollRate_floor at least 900 s A guide 9.2.3 second-hand, pack ours fails provisionally" in told
    assert "failed CORE-005 CORE-006" in told
    assert "Modes all of a, b" in told
    assert "is a warning no finding of its own" in told


def test_a_profile_that_demands_no_value_has_no_such_section(tmp_path):
    assert "What the profile demands" not in page_with(tmp_path, [failed()])
