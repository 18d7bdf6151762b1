"""One test case from its nouns to its verdict, whatever happens on the way."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from made_run import ScriptedOperator, Stage, case, passes, settings

from conformance.catalogue.instructions import order
from conformance.catalogue.test_case import CaseFunction
from conformance.judgement.check import Check, require
from conformance.roles.operator import Done, Outcome
from conformance.running.run_record import Row
from conformance.running.session import Session
from conformance.running.step import Steps
from conformance.vocabulary.errors import DoesNotApply, NotChosen, PreconditionNotMet, SubjectUnreachable


async def fails(check: Check) -> None:
    check.that(False, "R.MUST", "good", "bad")


async def warns(check: Check) -> None:
    check.that(False, "R.SHOULD", "good", "bad")


async def cannot_tell(check: Check) -> None:
    check.undecided("R.MUST", "good", "no time")


async def fails_then_stops(check: Check) -> None:
    check.that(False, "R.MUST", "good", "bad")
    require(None, "nothing there")


async def passes_then_stops(check: Check) -> None:
    await passes(check)
    require(None, "nothing there")


async def checks_nothing() -> None:
    return


async def breaks(check: Check) -> None:
    await passes(check)
    raise ZeroDivisionError("ours")


async def fails_then_breaks(check: Check) -> None:
    await fails(check)
    raise ZeroDivisionError("ours")


async def asks_for_too_much(moon: object, check: Check) -> None:
    await passes(check)


async def enters_what_is_not_there(step: Steps) -> None:
    with step(2):
        return


async def unreachable() -> None:
    raise SubjectUnreachable("the server is gone")


async def does_not_do_it(check: Check) -> None:
    await passes(check)
    raise DoesNotApply("the client made no subscription")


async def fails_and_does_not_do_it(check: Check) -> None:
    await fails(check)
    raise DoesNotApply("the client made no subscription")


async def takes_too_long() -> None:
    raise NotChosen("it takes a day")


async def instructs(instruct: object, check: Check) -> None:
    await instruct(order("stop_client", lfdi="AB"))  # type: ignore[operator]
    await passes(check)


async def fails_then_instructs(instruct: object, check: Check) -> None:
    await fails(check)
    await instruct(order("stop_client", lfdi="AB"))  # type: ignore[operator]


def row_of(tmp_path: Path, body: CaseFunction, stage: Stage | None = None, **more: object) -> Row:
    """Run one case in virtual time and return its row of the record."""
    made = case(body=body)
    session = Session(settings(tmp_path / "run", [made], stage, **more))  # type: ignore[arg-type]
    session.start()
    record = session.finish()
    session.raise_failure()
    tests = record["tests"]
    assert isinstance(tests, list)
    row = tests[0]
    assert isinstance(row, dict)
    assert session.result(made).verdict == row["verdict"]
    assert session.result(made).reason == row["reason"]
    return row


@pytest.mark.parametrize(
    ("body", "verdict", "reason"),
    [
        (passes, "pass", ""),
        (fails, "fail", ""),
        (warns, "pass", ""),
        (cannot_tell, "inconclusive", "no check was decided"),
        (checks_nothing, "inconclusive", "no check was decided"),
        (passes_then_stops, "inconclusive", "cannot go on: nothing there"),
        (fails_then_stops, "fail", "cannot go on: nothing there"),
        (unreachable, "inconclusive", "the server is gone"),
        (does_not_do_it, "not_applicable", "the client made no subscription"),
        (fails_and_does_not_do_it, "fail", "the client made no subscription"),
        (takes_too_long, "not_run", "it takes a day"),
        (breaks, "error", "ZeroDivisionError: ours"),
        (fails_then_breaks, "error", "ZeroDivisionError: ours"),
        (asks_for_too_much, "error", "server/X-1 asks for moon"),
        (enters_what_is_not_there, "error", "step 2 is not declared"),
    ],
)
def test_the_verdict_comes_from_the_findings_and_from_how_the_body_ended(
    tmp_path: Path, body: CaseFunction, verdict: str, reason: str
) -> None:
    row = row_of(tmp_path, body)
    assert row["verdict"] == verdict
    assert reason in str(row["reason"])


def test_a_subject_that_cannot_be_brought_about_leaves_the_case_undecided(tmp_path: Path) -> None:
    row = row_of(tmp_path, passes, Stage(on_open=SubjectUnreachable("no such program")))
    assert (row["verdict"], row["reason"], row["findings"]) == ("inconclusive", "no such program", [])


def test_a_missing_precondition_while_opening_leaves_the_case_undecided(tmp_path: Path) -> None:
    assert row_of(tmp_path, passes, Stage(on_open=PreconditionNotMet("not yet")))["verdict"] == "inconclusive"


def test_a_fault_while_opening_is_ours(tmp_path: Path) -> None:
    assert row_of(tmp_path, passes, Stage(on_open=RuntimeError("ours")))["verdict"] == "error"


@pytest.mark.parametrize("body", [passes, breaks, passes_then_stops])
def test_the_subject_is_taken_down_however_the_case_ends(tmp_path: Path, body: CaseFunction) -> None:
    stage = Stage()
    row_of(tmp_path, body, stage)
    assert (stage.closed, stage.open_now) == (["X-1"], 0)


def test_nouns_of_the_arrangement_and_of_the_desk_reach_the_body_by_name(tmp_path: Path) -> None:
    seen: dict[str, object] = {}

    async def body(server: object, limits: object, policies: object, clock: object, check: Check) -> None:
        seen.update(server=server, limits=limits, policies=policies, clock=clock)
        await passes(check)

    assert row_of(tmp_path, body, Stage(nouns={"server": "the server"}))["verdict"] == "pass"
    assert seen["server"] == "the server"
    assert None not in seen.values()


@pytest.mark.parametrize(
    ("done", "verdict"),
    [
        (Done.DONE, "pass"),
        (Done.NOBODY_THERE, "pending"),
        (Done.REFUSED, "not_run"),
        (Done.FAILED, "not_run"),
        (Done.TIMED_OUT, "not_run"),
    ],
)
def test_what_the_operator_made_of_an_instruction_decides_whether_the_case_goes_on(
    tmp_path: Path, done: Done, verdict: str
) -> None:
    operator = ScriptedOperator(Outcome(done, "as told"))
    row = row_of(tmp_path, instructs, operator=operator)
    assert row["verdict"] == verdict
    assert operator.orders[0].text == "Stop the client with LFDI AB."
    kept = row["operator"]
    assert isinstance(kept, list)
    assert isinstance(kept[0], dict)
    assert (kept[0]["instruction"], kept[0]["way"], kept[0]["outcome"]) == (
        "stop_client",
        "script",
        {"done": done.value, "told": "as told"},
    )


def test_a_failed_check_outweighs_an_instruction_that_nobody_carried_out(tmp_path: Path) -> None:
    operator = ScriptedOperator(Outcome(Done.NOBODY_THERE))
    assert row_of(tmp_path, fails_then_instructs, operator=operator)["verdict"] == "fail"


def test_findings_belong_to_the_step_under_way(tmp_path: Path) -> None:
    async def body(step: Steps, check: Check) -> None:
        await passes(check)
        with step(1):
            await fails(check)

    row = row_of(tmp_path, body)
    findings = row["findings"]
    assert isinstance(findings, list)
    assert [finding["step"] for finding in findings if isinstance(finding, dict)] == [None, 1]


def test_a_wait_costs_no_time_when_time_is_virtual(tmp_path: Path) -> None:
    async def body(check: Check) -> None:
        await asyncio.sleep(86_400)
        await passes(check)

    assert row_of(tmp_path, body)["duration_s"] == pytest.approx(86_400)
