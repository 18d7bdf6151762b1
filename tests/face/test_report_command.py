import json

import pytest
from click.testing import CliRunner

from conformance.face.report_command import report
from conformance.vocabulary.errors import UsageError
from tests.output import sample_runs
from tests.output.test_outputs import leave


def invoke(*arguments):
    return CliRunner().invoke(report, [str(argument) for argument in arguments])


def test_it_renders_again_and_says_where_and_what(tmp_path):
    result = invoke(leave(tmp_path, sample_runs.rich()))
    assert result.exit_code == 0
    assert f"Report  {tmp_path / 'report.html'}" in result.output
    assert "Not conformant. 10 test cases" in result.output
    assert (tmp_path / "report.html").exists()
    assert not (tmp_path / "junit.xml").exists()


def test_it_renders_what_a_killed_run_left(tmp_path):
    leave(tmp_path, sample_runs.killed(), torn=b'{"event":"finding","x":"')
    result = invoke(tmp_path)
    assert result.exception is None
    assert "Interrupted" in (tmp_path / "report.html").read_text(encoding="utf-8")
    assert json.loads((tmp_path / "run.json").read_text(encoding="utf-8"))["finished_at"] is None


def test_out_and_junit_choose_what_is_written(tmp_path):
    out = tmp_path / "elsewhere.html"
    result = invoke(leave(tmp_path, sample_runs.all_passed()), "--out", out, "--junit")
    assert "Conformant (virtual time). 1 test case: 1 passed." in result.output
    assert out.exists()
    assert (tmp_path / "junit.xml").exists()
    assert not (tmp_path / "report.html").exists()


def test_a_page_of_one_test_case_is_written_beside_the_report(tmp_path):
    result = invoke(leave(tmp_path, sample_runs.rich()), "--only", "server/CORE-005")
    page = (tmp_path / "report-server-CORE-005.html").read_text(encoding="utf-8")
    assert f"Report  {tmp_path / 'report-server-CORE-005.html'}" in result.output
    assert "This page is of server/CORE-005 alone" in page
    assert not (tmp_path / "report.html").exists()


def test_it_renders_a_journal_cut_off_within_a_character(tmp_path):
    leave(tmp_path, sample_runs.killed(), torn='{"event":"finding","x":"ü'.encode()[:-1])
    assert invoke(tmp_path).exception is None


@pytest.mark.parametrize("name", ["missing", "."])
def test_a_wrong_folder_is_an_error_of_use_that_says_what_to_do(name, tmp_path):
    result = invoke(tmp_path / name)
    assert isinstance(result.exception, UsageError)
    assert "name a run folder" in str(result.exception)


def test_a_journal_that_is_none_is_an_error_of_use(tmp_path):
    (tmp_path / "events.jsonl").write_text("hello\n")
    assert isinstance(invoke(tmp_path).exception, UsageError)


def test_a_place_that_cannot_be_written_to_is_an_error_of_use(tmp_path):
    result = invoke(leave(tmp_path, sample_runs.empty()), "--out", tmp_path / "no" / "such" / "report.html")
    assert isinstance(result.exception, UsageError)
    assert "use --out" in str(result.exception)
