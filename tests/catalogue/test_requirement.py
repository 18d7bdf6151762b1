from __future__ import annotations

from pathlib import Path

import pytest

from conformance.catalogue import shipped
from conformance.catalogue.requirement import Reason, Untested, load_register
from conformance.vocabulary.errors import HarnessError
from conformance.vocabulary.verdict import Level

ROW = '{id: X.1, level: SHOULD, who: aggregator, text: "A, b.", untested: {kind: to_do, note: Later.}}'


def register_of(folder: Path, *rows: str) -> Path:
    requirements = folder / "requirements"
    requirements.mkdir()
    lines = ["source: A document", "requirements:", *(f"  - {row}" for row in rows)]
    (requirements / "some.yaml").write_text("\n".join(lines), encoding="utf-8")
    return requirements


def test_a_row_says_level_who_source_and_why_it_is_not_tested(tmp_path: Path) -> None:
    row = load_register(register_of(tmp_path, ROW))["X.1"]
    assert (row.level, row.who, row.source) == (Level.SHOULD, "aggregator", "A document")
    assert row.untested == Untested(Reason.TO_DO, "Later.")


def test_an_aggregator_is_a_client_and_an_organisation_is_no_subject(tmp_path: Path) -> None:
    other = "{id: X.2, level: MUST, who: organisation, text: T.}"
    register = load_register(register_of(tmp_path, ROW, other))
    assert register["X.1"].binds("client")
    assert not register["X.1"].binds("server")
    assert not register["X.2"].binds("client")
    assert not register["X.2"].binds("server")


@pytest.mark.parametrize(
    ("row", "seen"),
    [
        ("{id: X.1, level: MUST, who: client, text: One, two.}", "two."),
        ("{id: X.1, level: SHALL, who: client, text: T.}", "SHALL"),
        ("{id: X.1, level: MUST, who: anybody, text: T.}", "anybody"),
        ("{id: x 1, level: MUST, who: client, text: T.}", "x 1"),
        ("{id: X.1, level: MUST, who: client, text: T., untested: {kind: to_do}}", "note"),
    ],
)
def test_a_row_of_another_form_is_an_error_that_names_it(row: str, seen: str, tmp_path: Path) -> None:
    with pytest.raises(HarnessError, match=r"some\.yaml") as error:
        load_register(register_of(tmp_path, row))
    assert seen in str(error.value)


def test_a_double_id_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(HarnessError, match="twice"):
        load_register(register_of(tmp_path, ROW, ROW))


def test_the_register_holds_every_row_of_the_implementation_guide() -> None:
    register = load_register(shipped.profiles_folder() / "requirements")
    guide = {f"G{number}" for number in range(1, 33)} | {f"P{number}" for number in range(1, 53)}
    assert guide <= set(register)
