"""A subject started by a command: its files written, its process watched, stopped at the end.

Values such as ``server_url`` reach the subject three ways: in ``{{ place }}`` of the command, in templates written to
the process's own folder, and as environment variables (``CSIP_SERVER_URL``). A PIN or key never goes into a run folder:
the process's folder is a private one, deleted afterwards.
"""

from __future__ import annotations

import asyncio
import os
import shlex
import shutil
import signal
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from conformance.roles.operator import end_group, environment, fill, fill_text
from conformance.vocabulary.errors import SubjectUnreachable, UsageError, explain

STOP_GRACE_S = 5.0
PREPARE_DEADLINE_S = 1800.0
"""Long enough to install a subject over a slow line; ``subject.prepare_deadline_s`` says otherwise."""


@dataclass(frozen=True, slots=True)
class StartCommand:
    """How to start a subject: the command's words, templates by file name, and the folder it starts in.

    ``prepare`` is run once, before the first start of a run, to its end, for which it has ``prepare_deadline_s``.
    """

    words: tuple[str, ...]
    prepare: tuple[str, ...] = ()
    files: Mapping[str, Path] = field(default_factory=dict)
    base: Path = field(default_factory=Path.cwd)
    prepare_deadline_s: float = PREPARE_DEADLINE_S


class SubjectProcess:
    """A running subject. ``log`` receives everything it prints."""

    def __init__(self, process: asyncio.subprocess.Process, folder: Path) -> None:
        self._process = process
        self._folder = folder

    @classmethod
    async def start(cls, command: StartCommand, values: Mapping[str, str], log: Path) -> SubjectProcess:
        """Write the files and start the process.

        Raises:
            UsageError: a template that cannot be read or filled.
            SubjectUnreachable: the program does not start.
        """
        folder = Path(tempfile.mkdtemp(prefix="csip-subject-"))
        values = {**values, "folder": str(folder), "python": sys.executable}
        try:
            _write_files(command.files, values, folder)
            words = fill(command.words, values)
            with log.open("ab") as output:
                process = await asyncio.create_subprocess_exec(
                    *words,
                    cwd=command.base,
                    env=os.environ | environment(values),
                    stdin=asyncio.subprocess.DEVNULL,
                    stdout=output,
                    stderr=asyncio.subprocess.STDOUT,
                    start_new_session=True,
                )
        except (OSError, ValueError) as error:
            shutil.rmtree(folder, ignore_errors=True)
            text = explain(
                f"starting the subject: {' '.join(command.words)}",
                "a running process",
                str(error),
                "correct subject.start",
            )
            raise SubjectUnreachable(text) from None
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        return cls(process, folder)

    @property
    def exit_status(self) -> int | None:
        """The exit status, or ``None`` while it runs."""
        return self._process.returncode

    async def ended(self) -> int:
        """Wait until the process ends by itself and return its exit status."""
        return await self._process.wait()

    async def stop(self, grace_s: float = STOP_GRACE_S) -> str:
        """Stop the process and everything it started; return how it ended, in words.

        What it started does not outlive it, and its folder is deleted, however it ends.
        """
        try:
            return await self._stop(grace_s)
        finally:
            end_group(self._process)
            await self._process.wait()
            shutil.rmtree(self._folder, ignore_errors=True)

    async def _stop(self, grace_s: float) -> str:
        if self._process.returncode is not None:
            return f"it had already ended with exit status {self._process.returncode}"
        end_group(self._process, signal.SIGTERM)
        try:
            await asyncio.wait_for(self._process.wait(), grace_s)
        except TimeoutError:
            end_group(self._process)
            await self._process.wait()
            return f"killed: it did not stop within {grace_s:g} s"
        return "stopped"


async def prepare(command: StartCommand, log: Path) -> None:
    """Run the preparing command, if there is one; what it prints goes to ``log``.

    Raises:
        SubjectUnreachable: it does not start, ends with another status than 0, or does not end in time.
    """
    if not command.prepare:
        return
    words = fill(command.prepare, {"python": sys.executable})
    attempted = f"preparing the subject: {' '.join(words)}"
    try:
        with log.open("ab") as output:
            process = await asyncio.create_subprocess_exec(
                *words,
                cwd=command.base,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
            try:
                status = await asyncio.wait_for(process.wait(), command.prepare_deadline_s)
            finally:
                if process.returncode is None:
                    end_group(process)
                    await process.wait()
    except TimeoutError:
        expected, do = f"its end within {command.prepare_deadline_s:g} s", "mend it, or give it more time"
        raise SubjectUnreachable(explain(attempted, expected, f"still running; see {log}", do)) from None
    except (OSError, ValueError) as error:
        raise SubjectUnreachable(explain(attempted, "a program", str(error), "correct subject.prepare")) from None
    if status != 0:
        seen = f"exit status {status}; its output is in {log}"
        raise SubjectUnreachable(explain(attempted, "exit status 0", seen, "run it by hand and mend it"))


def _write_files(files: Mapping[str, Path], values: Mapping[str, str], folder: Path) -> None:
    for name, template in files.items():
        try:
            text = template.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            seen = explain(f"reading the template {template}", "a text file", str(error), "correct subject.files")
            raise UsageError(seen) from None
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(fill_text(text, values), encoding="utf-8")


def as_words(command: str | Sequence[str]) -> tuple[str, ...]:
    """Return a command as words; a string is split as a shell would, without being given to one."""
    return tuple(shlex.split(command)) if isinstance(command, str) else tuple(command)
