import pytest
from lxml import etree

from conformance.output.junit import write_junit
from tests.output import sample_runs


def suite_of(sample, folder):
    path = write_junit(sample.record, folder / "junit.xml")
    root = etree.parse(str(path)).getroot()
    assert root.tag == "testsuites"
    (suite,) = root
    return suite


def outcome(suite, id):
    (case,) = [case for case in suite.iter("testcase") if case.get("name").split()[0] == id]
    return [(told.tag, told.get("message")) for told in case]


def properties(suite):
    return {one.get("name"): one.get("value") for one in suite.iter("property")}


def test_each_planned_test_case_is_one_testcase_whatever_its_number_of_findings(tmp_path):
    suite = suite_of(sample_runs.rich(), tmp_path)
    counts = {key: suite.get(key) for key in ("tests", "failures", "errors", "skipped")}
    assert counts == {"tests": "10", "failures": "2", "errors": "2", "skipped": "3"}
    assert len(list(suite.iter("testcase"))) == 10
    assert len(list(suite.iter("failure"))) == 2


@pytest.mark.parametrize(
    ("id", "told"),
    [
        ("COMM-002", []),
        ("CORE-005", [("failure", "expected a document valid against the schema 2030.5-2018; observed 2 problems")]),
        ("ERR-001", [("error", "inconclusive: cannot go on: a connection to the subject")]),
        ("CORE-010", [("error", "harness error: HarnessError: the profile has no limit named 'list_page'")]),
        ("UTIL-003", [("skipped", "pending: waits for an operator: set the plant to 5 kW")]),
        ("CORE-022", [("skipped", "not run: left out by --only")]),
        ("AGG-001", [("skipped", "not applicable: the declaration does not claim Aggregator")]),
    ],
)
def test_verdicts_map_to_what_junit_knows(id, told, tmp_path):
    assert outcome(suite_of(sample_runs.rich(), tmp_path), id) == told


def test_a_failure_tells_requirement_expected_observed_and_evidence(tmp_path):
    suite = suite_of(sample_runs.rich(), tmp_path)
    text = next(case for case in suite.iter("testcase") if case.get("name").startswith("CORE-005")).findtext("failure")
    assert "requirement  TIME.002 (MUST)   limit server_clock_error 10 s" in text
    assert "observed     14:04:07 UTC, 59.9 s ahead" in text


@pytest.mark.parametrize(("virtual", "time"), [(True, "virtual"), (False, "real")])
def test_properties_tell_result_profile_and_whether_time_was_virtual(virtual, time, tmp_path):
    told = properties(suite_of(sample_runs.rich(virtual=virtual), tmp_path))
    assert told["time"] == time
    assert told["result"] == "not conformant"
    assert told["profile"] == "csip 1"
    assert told["exit_code"] == "4"


def test_hostile_and_forbidden_characters_give_well_formed_xml(tmp_path):
    suite = suite_of(sample_runs.hostile(), tmp_path)
    (case,) = suite.iter("testcase")
    assert r"\x1b[31mred\u202e" in case.get("name")
    assert case.find("failure") is not None


def test_an_empty_plan_gives_an_empty_suite(tmp_path):
    suite = suite_of(sample_runs.empty(), tmp_path)
    assert suite.get("tests") == "0"
    assert properties(suite)["result"] == "incomplete"


def test_a_killed_run_leaves_what_did_not_run_skipped(tmp_path):
    suite = suite_of(sample_runs.killed(), tmp_path)
    assert outcome(suite, "COMM-004") == [("skipped", "not run: the run ended before its turn")]
    assert outcome(suite, "BASIC-009") == [("error", "inconclusive: the run ended before this test case did")]
