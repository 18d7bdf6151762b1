"""``csip show`` tells what a test case needs and where it stands; a misspelt name is answered with those near it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from conformance.face.cli import csip
from conformance.reference.flaws import flaw_sides
from conformance.running.run_record import load_record
from conformance.vocabulary.errors import UsageError


def told(*arguments: str) -> str:
    ended = CliRunner().invoke(csip, arguments, catch_exceptions=False)
    assert ended.exit_code == 0, ended.output
    return ended.output


def refused(*arguments: str) -> str:
    with pytest.raises(UsageError) as refusal:
        CliRunner().invoke(csip, arguments, catch_exceptions=False)
    return str(refusal.value)


def test_a_case_of_one_edition_says_so_and_others_do_not() -> None:
    assert "from SunSpec CSIP CTP 1.3, only in edition 1.3\n" in told("show", "client/CORE-023")
    assert "only in edition" not in told("show", "client/CORE-022")


@pytest.mark.parametrize(
    ("case", "profile", "standing"),
    [
        ("client/CORE-022", "csip-2.1", "required by csip-2.1"),
        ("client/CORE-023", "csip-2.1", "optional by csip-2.1"),
        ("client/CORE-023", "csip-2.1-ctp-1.2", "not applicable by csip-2.1-ctp-1.2: not in edition 1.2"),
        ("client/CLAIM-001", "csip-2.1", "not applicable by csip-2.1: it is of SA TS 5573"),
    ],
)
def test_a_case_says_where_it_stands_in_the_profile(case: str, profile: str, standing: str) -> None:
    assert standing in told("show", case, "--profile", profile)


def test_a_case_says_which_function_sets_it_needs() -> None:
    assert "claims or has\n    Time" in told("show", "server/CORE-005")


@pytest.mark.parametrize(
    ("arguments", "near"),
    [
        (("show", "core-05"), "CORE-005"),
        (("show", "COMM-004"), "COMM-004G"),
        (("profile", "show", "csip2.1"), "csip-2.1"),
        (("demo", "--only", "CORE-05"), "CORE-005"),
        (("demo", "--flaw", "clock_ahed"), "clock_ahead"),
    ],
)
def test_a_misspelt_name_is_answered_with_those_near_it(arguments: tuple[str, ...], near: str) -> None:
    said = refused(*arguments)
    assert "perhaps" in said
    assert near in said


@pytest.mark.parametrize(
    ("ask", "do"),
    [
        (lambda: refused("show", "qq"), "see csip list"),
        (lambda: refused("profile", "show", "nobody.yaml"), "correct the path"),
    ],
)
def test_a_name_that_nothing_is_near_to_is_answered_with_where_to_look(ask: Callable[[], str], do: str) -> None:
    assert do in ask()


def test_a_folder_without_a_run_is_told_from_none(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="No such file or directory: events"):
        load_record(tmp_path)
    with pytest.raises(UsageError, match="no such folder"):
        load_record(tmp_path / "none")


def test_a_flaw_that_is_there_is_sorted_by_side() -> None:
    assert flaw_sides(["clock_ahead"]) == {"server": ("clock_ahead",)}
