"""A run from the command line: pytest as the engine, our own face, outputs and exit codes."""

from __future__ import annotations

import json
import os
import signal
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import click
import pytest

from conformance import pytest_plugin
from conformance.catalogue.shipped import testcases_folder
from conformance.face.paragraphs import echo_width, fitted
from conformance.face.progress import Progress
from conformance.output.outputs import recorded, write_outputs
from conformance.output.text import failure_blocks, summary_lines
from conformance.running.run_record import Row
from conformance.running.session import RunSettings, Session
from conformance.vocabulary.errors import HarnessError, UsageError, explain
from conformance.vocabulary.verdict import Verdict
from conformance.wire.exchange import Exchange

EMPTY_INI = "empty-pytest.ini"


class _Handover:
    """Gives pytest the session that was made here."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def pytest_configure(self, config: pytest.Config) -> None:
        """Attach the session."""
        pytest_plugin.attach(config, self._session)


def run_to_the_end(settings: RunSettings, expect: Path | None) -> int:
    """Run a plan, write every output, tell the result, and return the exit code.

    Raises ``HarnessError`` when something kept the run from going on; its outputs are written all the same.
    """
    expected = None if expect is None else _expected(expect)
    session = Session(settings)
    with _sigterm_interrupts():
        with Progress(settings) as progress:
            session.journal.listen(progress.event)
            code = _engine(session)
        record = session.finish()
    written = write_outputs(settings.folder)
    _tell(record, settings.folder)
    click.echo(f"report  {written.report}")
    if record["interrupted"] and not settings.virtual:
        click.echo(f"go on   with the same command and --resume {settings.folder} instead of any --out")
    session.raise_failure()
    if code in (pytest.ExitCode.INTERNAL_ERROR, pytest.ExitCode.USAGE_ERROR):
        raise HarnessError(f"the engine ended with {pytest.ExitCode(code).name}; the run folder holds what came before")
    return int(str(record["exit_code"])) if expected is None else _compared(record, expected)


def _engine(session: Session) -> int:
    """Run pytest so that nothing of the surroundings changes the run: no ini, no environment, no other plug-in."""
    ini = session.settings.folder / EMPTY_INI
    ini.write_text("[pytest]\n", encoding="utf-8")
    arguments = [
        str(testcases_folder()),
        f"--rootdir={testcases_folder()}",
        f"--config-file={ini}",
        "--import-mode=importlib",
        "--noconftest",
        "--capture=no",
        "-p",
        "no:terminal",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:logging",
        "-p",
        "conformance.pytest_plugin",
    ]
    try:
        with _undisturbed():
            return pytest.main(arguments, plugins=[_Handover(session)])
    finally:
        ini.unlink(missing_ok=True)


@contextmanager
def _sigterm_interrupts() -> Iterator[None]:
    """End a run upon SIGTERM as upon Ctrl-C: subjects are stopped, outputs written. Only the main thread can say so."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Take out of the environment what would change a pytest run, and put it back."""
    held = {name: os.environ.pop(name, None) for name in ("PYTEST_ADDOPTS", "PYTEST_PLUGINS")}
    autoload = os.environ.get("PYTEST_DISABLE_PLUGIN_AUTOLOAD")
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    try:
        yield
    finally:
        del os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"]
        held["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = autoload
        os.environ.update({name: value for name, value in held.items() if value is not None})


def _tell(record: Row, folder: Path) -> None:
    for block in failure_blocks(record, _exchanges(folder)):
        click.echo(fitted(block, echo_width()) + "\n")
    for line in summary_lines(record):
        click.echo(fitted(line, echo_width()))


def _exchanges(folder: Path) -> Iterator[Exchange]:
    return (item for item in recorded(folder) if isinstance(item, Exchange))


Verdicts = Mapping[str, str]
NOT_RUN = ("not_run", "not_applicable")


def _expected(path: Path) -> Verdicts:
    """Return the verdicts of an earlier run by case. Raises ``UsageError``."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        return {f"{row['subject']}/{row['id']}": str(Verdict(row["verdict"])) for row in document["tests"]}
    except OSError as error:
        seen = error.strerror or str(error)
    except (KeyError, TypeError):
        seen = "no list of tests with subject, id and verdict"
    except ValueError as error:
        seen = str(error)  # no JSON, no UTF-8, or a word that is no verdict
    attempted = f"reading the expected verdicts in {path}"
    raise UsageError(explain(attempted, "a run.json", seen, "name the run.json of a run"))


def _compared(record: Row, expected: Verdicts) -> int:
    """Tell every difference to the expected verdicts; 0 when there is none and the run came to its end.

    A case that was not run, and of which nothing is expected, is no difference: new cases spoil no selection.
    """
    tests = record["tests"]
    assert isinstance(tests, list)
    seen = {f"{row['subject']}/{row['id']}": str(row["verdict"]) for row in tests if isinstance(row, dict)}
    ran = {key for key, verdict in seen.items() if verdict not in NOT_RUN}
    different = [key for key in sorted({*ran, *expected}) if seen.get(key) != expected.get(key)]
    for key in different:
        click.echo(f"not as expected  {key}: {seen.get(key, 'missing')} instead of {expected.get(key, 'missing')}")
    if not different and not record["interrupted"]:
        click.echo("exactly as expected")
        return 0
    return int(str(record["exit_code"])) or 1
