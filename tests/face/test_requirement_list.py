from __future__ import annotations

import itertools
import json

from click.testing import CliRunner

from conformance.catalogue import shipped
from conformance.catalogue.test_case import load_cases
from conformance.face.catalogue_commands import list_command
from conformance.face.requirement_list import matrix, matrix_lines
from conformance.judgement.requirements import whole_register

REGISTER = whole_register()
CASES = load_cases(shipped.testcases_folder())
BOTH = ("server", "client")


def test_the_matrix_leads_both_ways_to_the_same_pairs() -> None:
    told = matrix(REGISTER, CASES, BOTH)
    there = {(row["id"], case) for row in told["requirements"] for case in row["tested_by"]}
    back = {(id, row["case"]) for row in told["tests"] for id in row["requirements"]}
    assert there == back == {(id, case.key) for case in CASES for id in case.requirements}
    assert [row["id"] for row in told["requirements"]] == list(REGISTER)


def test_one_kind_of_subject_shows_what_binds_it() -> None:
    told = matrix(REGISTER, CASES, ["server"])
    assert {row["who"] for row in told["requirements"] if not row["tested_by"]} == {"server", "both"}
    assert all(row["case"].startswith("server/") for row in told["tests"])


def test_a_person_reads_the_test_cases_or_the_reason() -> None:
    lines = list(matrix_lines(REGISTER, CASES, BOTH))
    after = dict(itertools.pairwise(lines))
    told = {line.split()[0]: after[line].strip() for line in lines if line and line.split()[0] in REGISTER}
    assert told["P9"] == f"tested by {' '.join(sorted(case.key for case in CASES if 'P9' in case.requirements))}"
    assert told["G24"].startswith("not provable on the wire: ")
    assert told["G26"].startswith("proven along the way: ")


def test_the_command_prints_the_matrix_as_json() -> None:
    result = CliRunner().invoke(list_command, ["--requirements", "--json"], catch_exceptions=False)
    assert json.loads(result.output) == matrix(REGISTER, CASES, BOTH)
