"""Declaring and loading test cases."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from conformance.catalogue.test_case import (
    CaseFunction,
    TestCase,
    case_files,
    case_of,
    declares_cases,
    load_cases,
    test_case,
)
from conformance.vocabulary.errors import HarnessError

GOOD = """Why it
    matters.

    Steps
        1. Do this,
           on two lines.
        2. Do that.

    Passes when
        all is
        well.
    """


def declare(docstring: str | None, **more: object) -> Callable[[], CaseFunction]:
    async def body() -> None:
        """Replaced."""

    body.__doc__ = docstring
    facts: dict[str, object] = {"id": "X-1", "title": "t", "subject": "server", "requirements": [], "flaws": []}
    return lambda: test_case(**(facts | more))(body)  # type: ignore[arg-type]


def declared(docstring: str | None = GOOD, **more: object) -> TestCase:
    case = case_of(declare(docstring, **more)())
    assert case is not None
    return case


def test_the_docstring_gives_why_steps_and_criterion_each_in_one_line() -> None:
    case = declared()
    assert case.why == "Why it matters."
    assert case.steps == ("Do this, on two lines.", "Do that.")
    assert case.passes_when == "all is well."
    assert case.key == "server/X-1"


@pytest.mark.parametrize(
    ("docstring", "told"),
    [
        (None, "must say why, then Steps"),
        ("", "must say why, then Steps"),
        ("Only why.", "must say why, then Steps"),
        (GOOD.replace("Steps", "Acts"), "must say why, then Steps"),
        (GOOD.replace("Passes when", "Passes if"), "must say why, then Steps"),
        (GOOD.replace("2. Do", "3. Do"), "numbered 1, 2, 3"),
        (GOOD.replace("1. Do", "0. Do"), "numbered 1, 2, 3"),
        (GOOD.replace("1. Do this,", "Do this,").replace("2. Do that.", "Do that."), "numbered 1, 2, 3"),
    ],
)
def test_a_docstring_of_another_shape_is_refused_with_the_id(docstring: str | None, told: str) -> None:
    with pytest.raises(HarnessError, match=f"X-1: .*{told}"):
        declare(docstring)()


def test_the_decorator_is_not_taken_for_a_test_by_pytest() -> None:
    assert test_case.__test__ is False  # type: ignore[attr-defined]
    assert TestCase.__test__ is False


def test_an_undeclared_function_is_no_test_case() -> None:
    assert case_of(print) is None
    assert case_of(object()) is None


MODULE = '''
from conformance.catalogue.test_case import test_case

{more}

@test_case(id="{id}", title="t", subject="{subject}", requirements=[], flaws=[])
async def body():
    """Why.

    Steps
        1. Act.

    Passes when
        well.
    """
'''


def write(path: Path, id: str, subject: str = "server", more: str = "") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(MODULE.format(id=id, subject=subject, more=more))
    return path


@pytest.fixture(autouse=True)
def _forget_the_modules() -> object:
    yield None
    for name in [name for name in sys.modules if name.startswith("csip_testcases.")]:
        del sys.modules[name]


def test_cases_come_in_the_order_of_folders_files_and_declarations(tmp_path: Path) -> None:
    write(tmp_path / "b" / "one.py", "B-1")
    write(tmp_path / "a" / "two.py", "A-2")
    write(tmp_path / "a" / "one.py", "A-1")
    assert [case.id for case in load_cases(tmp_path)] == ["A-1", "A-2", "B-1"]


def test_private_modules_hold_no_cases(tmp_path: Path) -> None:
    write(tmp_path / "_hidden.py", "H-1")
    assert case_files(tmp_path) == []


def test_the_same_id_may_stand_once_for_each_kind_of_subject(tmp_path: Path) -> None:
    write(tmp_path / "one.py", "A-1", "server")
    write(tmp_path / "two.py", "A-1", "client")
    assert {case.key for case in load_cases(tmp_path)} == {"server/A-1", "client/A-1"}


def test_a_case_declared_twice_is_a_fault(tmp_path: Path) -> None:
    write(tmp_path / "one.py", "A-1")
    write(tmp_path / "two.py", "A-1")
    with pytest.raises(HarnessError, match="declared twice: server/A-1"):
        load_cases(tmp_path)


def test_modules_of_one_name_in_two_folders_do_not_mix(tmp_path: Path) -> None:
    write(tmp_path / "server" / "core.py", "S-1")
    write(tmp_path / "client" / "core.py", "C-1", "client")
    assert [case.id for case in load_cases(tmp_path)] == ["C-1", "S-1"]


def test_a_module_that_cannot_be_imported_stays_broken_until_it_is_mended(tmp_path: Path) -> None:
    path = write(tmp_path / "broken.py", "A-1", more="raise RuntimeError('half done')")
    for _ in range(2):
        with pytest.raises(RuntimeError, match="half done"):
            load_cases(tmp_path)
    write(path, "A-1")
    assert [case.id for case in load_cases(tmp_path)] == ["A-1"]


def test_a_file_tells_without_being_imported_whether_it_declares_cases(tmp_path: Path) -> None:
    assert declares_cases(write(tmp_path / "one.py", "A-1", more="raise SystemExit"))
    (tmp_path / "other.py").write_bytes(b"\xff\xfe not text")
    assert not declares_cases(tmp_path / "other.py")
