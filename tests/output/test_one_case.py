import re

import pytest

from conformance.output.html import render_report
from conformance.output.one_case import EVERYTHING, of_one_case
from conformance.vocabulary.errors import UsageError
from tests.output import sample_facts, sample_runs
from tests.output.page import read_page


def test_the_page_of_one_test_case_holds_all_of_its_exchanges(tmp_path):
    sample, log = sample_runs.huge(2_000)
    record = of_one_case(sample.record, sample.record["tests"][0]["id"])
    page = read_page(render_report(record, log, tmp_path / "r.html", EVERYTHING).read_text(encoding="utf-8"))
    assert len([id for id in page.ids() if re.fullmatch(r"x\d+", id)]) == 2_000
    assert "left out here" not in page.text


def test_the_page_of_one_test_case_claims_no_conformance_and_says_what_the_whole_run_came_to():
    record = of_one_case(sample_runs.rich().record, "COMM-002")
    assert (record["result"], record["exit_code"]) == ("incomplete", 3)
    assert record["weakened_by"][0].endswith("The whole run came to: not conformant.")
    assert [row["id"] for row in record["tests"]] == ["COMM-002"]


@pytest.mark.parametrize("name", ["CORE-005", "server/CORE-005", "CORE-005-S"])
def test_a_test_case_is_found_by_id_by_side_and_by_public_id(name):
    assert [row["case"] for row in of_one_case(sample_runs.rich().record, name)["tests"]] == ["server/CORE-005"]


def test_requirements_of_other_test_cases_are_left_out():
    rows = [{"id": id, "text": "It is.", "level": "MUST", "source": "A guide"} for id in ("TIME.001", "OTHER.001")]
    started = sample_facts.run_started([sample_facts.planned("server/CORE-005", "Time")], requirements=rows)
    record = of_one_case(sample_facts.Sample([started]).record, "CORE-005")
    assert [row["id"] for row in record["requirements"]] == ["TIME.001"]


def test_a_test_case_that_the_run_does_not_have_is_wrong_use():
    with pytest.raises(UsageError, match="CORE-999"):
        of_one_case(sample_runs.rich().record, "CORE-999")
