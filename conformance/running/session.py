"""A run from its start to its record: a thread with one event loop runs the cases, others wait for their results.

The loop's time is real for real subjects and virtual for the reference peers. Interrupting a session lets every case
under way end with what it has, so that the evidence is complete.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
import traceback
from collections.abc import Callable, Mapping
from concurrent.futures import Future, wait
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from conformance.catalogue.profile import Profile
from conformance.catalogue.requirement import Register
from conformance.catalogue.test_case import TestCase
from conformance.roles.operator import Operator
from conformance.running.case_run import Arrangement, Bench, CaseResult
from conformance.running.journal import Journal, Json
from conformance.running.lag import LagMonitor
from conformance.running.plan import Plan
from conformance.running.run_record import Row, load_record, write_record
from conformance.running.runner import run_cases
from conformance.vocabulary.clock import Clock, RealClock, VirtualClock, VirtualTimeLoop
from conformance.vocabulary.errors import HarnessError, SubjectUnreachable, UsageError, explain
from conformance.vocabulary.limits import Limits
from conformance.wire.exchange_log import RunLog
from conformance.wire.schema import Validator

HEARTBEAT_S = 0.5

Arrange = Callable[[Clock], Mapping[str, Arrangement]]
"""Makes the arrangements, by kind of subject, inside the running loop."""


@dataclass(frozen=True, slots=True)
class RunSettings:
    """All that a run needs; ``facts`` go into the record as they are (subject, environment, limits, sources).

    ``kept`` names the cases whose verdicts a resumed run keeps; ``None`` for a new run.
    """

    folder: Path
    profile: Profile
    limits: Limits
    register: Register
    validator: Validator
    plan: Plan
    arrange: Arrange
    operator: Operator
    virtual: bool
    jobs: int
    facts: Mapping[str, Json]
    kept: frozenset[str] | None = None

    @property
    def to_run(self) -> tuple[TestCase, ...]:
        """The cases to run: those of the plan, less those a resumed run keeps."""
        return tuple(case for case in self.plan.to_run if case.key not in (self.kept or ()))


class Session:
    """One run. ``start``, then ``result`` for each case of the plan, then ``finish``."""

    def __init__(self, settings: RunSettings) -> None:
        """Make the run folder. Raises ``UsageError`` if that cannot be, or if the folder holds a run already."""
        if settings.kept is None:
            _make_fresh(settings.folder)
        self.settings = settings
        self.journal = Journal(settings.folder / "events.jsonl")
        self.futures: dict[str, Future[CaseResult]] = {case.key: Future() for case in settings.to_run}
        self._log = RunLog(settings.folder / "exchanges.jsonl")
        self._thread = threading.Thread(target=self._main, name="csip-run", daemon=True)
        self._loop: asyncio.AbstractEventLoop = VirtualTimeLoop() if settings.virtual else asyncio.new_event_loop()
        self._task: asyncio.Task[None] | None = None
        self._failure: BaseException | None = None
        self._interrupted = False
        self._announced = False
        self._finished = False
        self._record: Row | None = None

    def start(self) -> None:
        """Write the start of the journal and run the cases in a thread of its own."""
        self._announce()
        self._thread.start()

    def _announce(self) -> None:
        self._announced = True
        settings = self.settings
        if settings.kept is not None:
            self.journal.write("run_resumed", datetime.now(UTC), again=list(self.futures))
            return
        rows = [row.row() for row in settings.plan.rows]
        time = "virtual" if settings.virtual else "real"
        self.journal.write("run_started", datetime.now(UTC), **settings.facts, time=time, plan=rows)
        for row in settings.plan.rows:
            if row.skip is not None:
                self._skipped(row.key, *row.skip)

    def result(self, case: TestCase) -> CaseResult:
        """Wait for a test case and return how it ended. Raises what kept the run from going on."""
        future = self.futures[case.key]
        while not wait([future], timeout=HEARTBEAT_S).done:
            pass  # waking up now and then lets Ctrl-C through on every platform
        return future.result()

    def interrupt(self) -> None:
        """Let the cases under way end, and start no more."""
        self._interrupted = True
        with contextlib.suppress(RuntimeError):  # the loop is closed: the cases have all ended in this very moment
            self._loop.call_soon_threadsafe(self._cancel)

    def finish(self) -> Row:
        """Wait for the end, write ``run.json`` and return the record. May be called twice."""
        if self._thread.is_alive():
            self._thread.join()
        if not self._announced:
            self._announce()  # something kept the run from starting; its folder says so
            self._loop.close()
        if not self._finished:
            self._finished = True
            stopped, fault = self._ending()
            self.journal.write(
                "run_finished", datetime.now(UTC), interrupted=self._interrupted, stopped_by=stopped, failure=fault
            )
            self.journal.close()
            self._log.close()
        if self._record is None:
            self._record = load_record(self.settings.folder)
            write_record(self.settings.folder, self._record)
        return self._record

    def raise_failure(self) -> None:
        """Raise what kept the run from going on, if anything did; anything unexpected as a ``HarnessError``."""
        if self._failure is None:
            return
        if isinstance(self._failure, HarnessError):
            raise self._failure
        text = "".join(traceback.format_exception(self._failure))
        raise HarnessError(f"the run ended by a fault of the harness\n{text}") from self._failure

    def _ending(self) -> tuple[str | None, str | None]:
        """Return what stopped the run, and whether that was a fault of the harness."""
        if self._failure is None:
            return None, None
        if isinstance(self._failure, NOT_A_FAULT):
            return str(self._failure), None
        return None, f"{type(self._failure).__name__}: {self._failure}"

    def _skipped(self, key: str, verdict: str, reason: str) -> None:
        nothing: dict[str, object] = {"duration_s": 0.0, "exchanges": [], "connections": [], "lag_s": 0.0}
        self.journal.write("case_finished", datetime.now(UTC), case=key, verdict=verdict, reason=reason, **nothing)

    def _main(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._task = self._loop.create_task(self._run())
        try:
            self._loop.run_until_complete(self._task)
        except asyncio.CancelledError:
            pass  # interrupted: the cases have ended, and the record says so
        except BaseException as failure:  # told to whoever waits for a result, and again by raise_failure()
            self._failure = _first(failure)
        finally:
            self._release()
            self._loop.close()

    def _release(self) -> None:
        """Leave nobody waiting for a case that did not come to its turn."""
        for future in self.futures.values():
            if not future.done():
                future.set_exception(self._failure or Interrupted("the run was interrupted"))

    def _cancel(self) -> None:
        if self._task is not None:
            self._task.cancel()

    async def _run(self) -> None:
        settings = self.settings
        clock: Clock = VirtualClock(datetime.now(UTC), self._loop) if settings.virtual else RealClock()
        bench = Bench(
            profile=settings.profile,
            limits=settings.limits,
            register=settings.register,
            validator=settings.validator,
            clock=clock,
            journal=self.journal,
            log=self._log,
            lag=LagMonitor(clock),
            operator=settings.operator,
        )
        arrangements = settings.arrange(clock)
        async with AsyncExitStack() as stack:
            for arrangement in arrangements.values():
                await stack.enter_async_context(arrangement.running(settings.folder))
            await run_cases(settings.to_run, arrangements, bench, jobs=settings.jobs, done=self._done)

    def _done(self, result: CaseResult) -> None:
        self.futures[result.case.key].set_result(result)


def _first(failure: BaseException) -> BaseException:
    """Return the failure itself out of the groups that the tasks have put it into."""
    while isinstance(failure, BaseExceptionGroup):
        failure = failure.exceptions[0]
    return failure


def _make_fresh(folder: Path) -> None:
    """Make the run folder; one that holds a run is never written over."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        seen = error.strerror or str(error)
        raise UsageError(explain(f"making the run folder {folder}", "a folder", seen, "choose another --out")) from None
    if (folder / "events.jsonl").exists():
        text = explain(f"using the run folder {folder}", "an empty folder", "it holds a run", "choose another --out")
        raise UsageError(text)


class Interrupted(Exception):
    """The run ended before this case had its turn."""


NOT_A_FAULT = (UsageError, SubjectUnreachable, Interrupted)
"""What may keep a run from going on without being a fault of the harness."""
