"""Running the cases of a plan side by side in one event loop.

Each kind of subject has lanes: that many of its cases run at once, started a little apart so that handshakes, polls and
the starting of processes do not coincide; the longest take their lanes first. Serial cases run alone on their kind of
subject, after the others.
A wrong configuration that comes to light in one case ends them all.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence

from conformance.catalogue.test_case import TestCase
from conformance.running.case_run import Arrangement, Bench, CaseResult, run_case
from conformance.running.schedule import longest_first


async def run_cases(
    cases: Sequence[TestCase],
    arrangements: Mapping[str, Arrangement],
    bench: Bench,
    *,
    jobs: int,
    done: Callable[[CaseResult], None],
) -> None:
    """Run all cases; at most ``jobs`` at once, and no more on a subject than its arrangement has lanes.

    Raises:
        UsageError: inside an exception group, after every case under way has ended with what it has.
    """
    everything = asyncio.Semaphore(jobs)
    lag = asyncio.create_task(bench.lag.run())
    try:
        async with asyncio.TaskGroup() as group:
            for subject, arrangement in arrangements.items():
                mine = [case for case in cases if case.subject == subject]
                group.create_task(_run_subject(mine, arrangement, bench, everything, done))
    finally:
        lag.cancel()
        await asyncio.wait({lag})


async def _run_subject(
    cases: Sequence[TestCase],
    arrangement: Arrangement,
    bench: Bench,
    everything: asyncio.Semaphore,
    done: Callable[[CaseResult], None],
) -> None:
    lanes = asyncio.Semaphore(arrangement.lanes)

    async def one(case: TestCase, turn: int) -> None:
        async with lanes, everything:
            await asyncio.sleep(arrangement.stagger_s * turn if turn < arrangement.lanes else 0)
            result = await run_case(case, arrangement, bench)
            done(result)
        if result.stop is not None:
            raise result.stop
        _go_on_unless_interrupted()

    queue = longest_first(cases, bench.limits)
    async with asyncio.TaskGroup() as group:
        for turn, case in enumerate(case for case in queue if not case.serial):
            group.create_task(one(case, turn))
    for case in queue:
        if case.serial:
            await one(case, 0)


def _go_on_unless_interrupted() -> None:
    """Take up again the cancellation that a test case under way used to end with what it had."""
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError
