"""pytest as the engine: collects test cases and reports their results. Loaded by name only.

``csip run`` hands its session over. Those who run pytest themselves give a configuration::

    pytest -p conformance.pytest_plugin --csip-config csip.toml --csip-cases

and get the same run folder, the same verdicts, and, with ``--html``, a table with our columns.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from conformance.catalogue.pack_values import SourceGrade
from conformance.catalogue.shipped import testcases_folder
from conformance.catalogue.test_case import TestCase, cases_in_file, declares_cases, load_cases
from conformance.face.configuration import DEFAULT_NAME, read_configuration
from conformance.face.wiring import SUBJECTS, Choice, configured_run, demonstration
from conformance.output.outputs import write_outputs
from conformance.output.text import finding_block
from conformance.running.case_run import CaseResult
from conformance.running.session import Interrupted, RunSettings, Session
from conformance.vocabulary.errors import HarnessError, UsageError, explain
from conformance.vocabulary.verdict import Verdict

SESSION = pytest.StashKey[Session]()
HANDED_OVER = pytest.StashKey[bool]()
"""Set where somebody else made the session, and writes its outputs."""
RESULT = pytest.StashKey[CaseResult]()
SKIPPED = (Verdict.NOT_APPLICABLE, Verdict.NOT_RUN, Verdict.PENDING)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add our options."""
    group = parser.getgroup("csip", "IEEE 2030.5 conformance")
    group.addoption("--csip-config", metavar="FILE", help="configuration: subject, connection, declaration")
    group.addoption("--csip-profile", metavar="NAME", help="profile pack, by name or path")
    grades = [grade.value for grade in SourceGrade]
    group.addoption("--csip-fail-from", choices=grades, help="weakest source whose demands fail a test outright")
    group.addoption("--csip-out", metavar="DIR", help="run folder to write")
    group.addoption("--csip-demo", action="store_true", help="test the embedded reference peers in virtual time")
    group.addoption("--csip-cases", action="store_true", help="collect the test cases that come with the harness")


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    """Load no conftest of the folder that pytest is started in where only the shipped test cases are wanted."""
    if early_config.known_args_namespace.csip_cases:
        early_config.known_args_namespace.file_or_dir = [str(testcases_folder())]


def pytest_configure(config: pytest.Config) -> None:
    """Collect the shipped test cases where asked for."""
    asked = any(config.getoption(name) for name in ("csip_cases", "csip_demo", "csip_config"))
    if asked and (config.getoption("numprocesses", None) or config.getoption("tx", None)):
        do = "leave out -n: a run has lanes of its own for what may run side by side"
        raise pytest.UsageError(explain("starting the run", "one process", "several, by pytest-xdist", do))
    if config.getoption("csip_cases"):
        config.args = [str(testcases_folder())]


def attach(config: pytest.Config, session: Session) -> None:
    """Use a session made elsewhere; its outputs are written by those who made it."""
    config.stash[SESSION], config.stash[HANDED_OVER] = session, True


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collect modules that declare test cases."""
    if file_path.suffix == ".py" and declares_cases(file_path):
        return CaseFile.from_parent(parent, path=file_path)
    return None


class CaseFile(pytest.File):
    """A module of test cases."""

    def collect(self) -> Iterator[CaseItem]:
        """Yield an item for each test case."""
        for case in cases_in_file(self.path):
            yield CaseItem.from_parent(self, name=f"{case.id}", case=case)


class CaseItem(pytest.Item):
    """One test case; its body runs in the session's loop, side by side with others."""

    def __init__(self, *, case: TestCase, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.case = case

    def runtest(self) -> None:
        """Wait for the verdict and report it in pytest's terms."""
        result = self.session.config.stash[SESSION].result(self.case)
        self.stash[RESULT] = result
        if result.verdict in SKIPPED:
            pytest.skip(result.reason)
        if result.verdict is not Verdict.PASS:
            raise NotPassed(result)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> str:
        """Show the findings, not a traceback."""
        error = excinfo.value
        if isinstance(error, NotPassed):
            return error.text()
        if isinstance(error, HarnessError | Interrupted):
            return str(error)
        return str(super().repr_failure(excinfo, style))

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Name the test case."""
        return self.path, None, f"{self.case.id} {self.case.title}"


class NotPassed(Exception):
    """A test case did not pass."""

    def __init__(self, result: CaseResult) -> None:
        super().__init__(result.verdict)
        self.result = result

    def text(self) -> str:
        """Return verdict, reason and findings as text."""
        return finding_block(self.result)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Make the session, and keep the items that its plan runs."""
    cases = [item for item in items if isinstance(item, CaseItem)]
    if not cases:
        return
    planned = _planned(config, [item.case for item in cases])
    dropped = [item for item in cases if item.case.key not in planned]
    items[:] = [item for item in items if item not in dropped]
    config.hook.pytest_deselected(items=dropped)


def _planned(config: pytest.Config, cases: list[TestCase]) -> Collection[str]:
    """Return the cases that the plan runs; prepares the run of the collected ones, but where they are only listed.

    What is wrong with our options pytest tells as wrong use.
    """
    if SESSION not in config.stash:
        try:
            settings = _settings(config, cases)
            if config.option.collectonly:
                return {case.key for case in settings.to_run}
            config.stash[SESSION] = Session(settings)
        except HarnessError as error:
            raise pytest.UsageError(str(error)) from error
    return config.stash[SESSION].futures


def _choice(config: pytest.Config, cases: list[TestCase], subjects: Sequence[str]) -> Choice:
    """Choose the collected cases; the shipped ones that were not collected stay in the plan as not selected."""
    everything = (*load_cases(testcases_folder()), *cases)
    known = {case.key: case for case in everything if case.subject in subjects}
    only = tuple(case.key for case in cases if case.subject in subjects)
    if not only:
        seen = f"{len(cases)} of other subjects"
        raise UsageError(explain("selecting tests", f"some for the {' or '.join(subjects)}", seen, "select others"))
    out, grade = config.getoption("csip_out"), config.getoption("csip_fail_from")
    return Choice(
        config.getoption("csip_profile"),
        () if len(only) == len(known) else only,
        out=out and Path(out),
        cases=tuple(known.values()),
        fail_from=None if grade is None else SourceGrade(grade),
    )


def _settings(config: pytest.Config, cases: list[TestCase]) -> RunSettings:
    if config.getoption("csip_demo"):
        choice = _choice(config, cases, SUBJECTS)
        keep = ExitStack()
        config.add_cleanup(keep.close)
        return demonstration(choice, choice.out or Path("csip-demo"), keep, {})
    configuration = read_configuration(Path(config.getoption("csip_config") or DEFAULT_NAME))
    return configured_run(configuration, _choice(config, cases, [configuration.kind]))


def pytest_runtestloop(session: pytest.Session) -> None:
    """Start the run before pytest's own loop asks for results."""
    if SESSION in session.config.stash:
        session.config.stash[SESSION].start()


def pytest_sessionfinish(session: pytest.Session, exitstatus: int | pytest.ExitCode) -> None:
    """End the run and write its outputs, if it is ours."""
    if SESSION not in session.config.stash:
        return
    run = session.config.stash[SESSION]
    if exitstatus == pytest.ExitCode.INTERRUPTED:
        run.interrupt()
    run.finish()
    if HANDED_OVER not in session.config.stash:
        write_outputs(run.settings.folder)
    _tell_failure(session, run)


def _tell_failure(session: pytest.Session, run: Session) -> None:
    """Let what kept the run from going on decide pytest's exit status as well; its text is told by each case."""
    try:
        run.raise_failure()
    except HarnessError as failure:
        usage = isinstance(failure, UsageError)
        session.exitstatus = pytest.ExitCode.USAGE_ERROR if usage else pytest.ExitCode.TESTS_FAILED


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
    """Give the report the case's own duration and our columns."""
    report = yield
    result = item.stash.get(RESULT, None)
    if call.when == "call" and result is not None:
        report.duration = result.duration.total_seconds()
        report.csip = (result.verdict.value, result.case.subject, ", ".join(result.case.requirements))
    return report


@pytest.hookimpl(optionalhook=True)
def pytest_html_results_table_header(cells: list[str]) -> None:
    """Add our columns to pytest-html's table."""
    cells[2:2] = ["<th>Verdict</th>", "<th>Subject</th>", "<th>Requirements</th>"]


@pytest.hookimpl(optionalhook=True)
def pytest_html_results_table_row(report: Any, cells: list[str]) -> None:
    """Fill our columns."""
    cells[2:2] = [f"<td>{value}</td>" for value in getattr(report, "csip", ("", "", ""))]
