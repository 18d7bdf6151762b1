"""The operator: whoever arranges the subject. Four ways to carry out a named instruction.

    prompt    a person reads the text and confirms
    command   a program is started with the values in its environment and in ``{{ place }}`` of its arguments
    hook      the instruction is posted as JSON to a web address
    plugin    a Python function, named by an entry point of the group ``csip_conformance.operator``

Each has a deadline, and each attempt ends in an :class:`Outcome` that goes into the evidence.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import tempfile
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from importlib.metadata import entry_points
from pathlib import Path
from typing import IO, Protocol

import httpx
import jinja2

from conformance.catalogue.instructions import INSTRUCTIONS, Order
from conformance.vocabulary.errors import UsageError, explain

PLUGIN_GROUP = "csip_conformance.operator"
TOLD_BYTES = 200
KILL = signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM


class Done(StrEnum):
    """How an instruction ended."""

    DONE = "done"
    REFUSED = "refused"
    FAILED = "failed"
    TIMED_OUT = "timed_out"
    NOBODY_THERE = "nobody_there"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an instruction, and what was said about it."""

    done: Done
    told: str = ""


class Operator(Protocol):
    """Carries out instructions."""

    way: str

    async def perform(self, order: Order, deadline: timedelta) -> Outcome:
        """Carry out one instruction; whatever goes wrong is an outcome, not an exception.

        Raises:
            UsageError: the configuration of the operator has a place that no value fills.
        """


class PromptOperator:
    """Asks the person at the terminal; without a terminal nobody is there."""

    way = "prompt"

    def __init__(self) -> None:
        self._one_at_a_time = asyncio.Lock()

    async def perform(self, order: Order, deadline: timedelta) -> Outcome:
        """Print the text and wait for Enter, or for ``n`` when it cannot be done."""
        if sys.stdin is None or not sys.stdin.isatty():
            return Outcome(Done.NOBODY_THERE, "standard input is not a terminal")
        async with self._one_at_a_time:
            print(f"\n  {order.text}\n  Enter when it is done, n when it cannot be done:", file=sys.stderr, flush=True)
            try:
                said = await asyncio.wait_for(_line(), deadline.total_seconds())
            except TimeoutError:
                return Outcome(Done.TIMED_OUT, f"no answer within {deadline.total_seconds():g} s")
        return Outcome(Done.REFUSED, said) if said.lower().startswith("n") else Outcome(Done.DONE, said)


async def _line() -> str:
    """Read one line of standard input, without a thread where the loop can watch the terminal."""
    loop = asyncio.get_running_loop()
    ready: asyncio.Future[None] = loop.create_future()
    try:
        loop.add_reader(sys.stdin.fileno(), _wake, ready)
    except NotImplementedError:
        return await asyncio.to_thread(_read_line)
    try:
        await ready
    finally:
        loop.remove_reader(sys.stdin.fileno())
    return _read_line()


def _read_line() -> str:
    return str(sys.stdin.readline()).strip()


def _wake(ready: asyncio.Future[None]) -> None:
    if not ready.done():
        ready.set_result(None)


PLACES = {name: "" for instruction in INSTRUCTIONS.values() for name in instruction.parameters}
"""The values that one instruction or another has; a place for one that an instruction has not is left empty."""


class CommandOperator:
    """Starts a program for each instruction, in a folder; exit status 0 means done. ``{{ python }}`` is our own.

    What the program leaves running, such as the client itself, is not waited for, whatever its output goes to.
    """

    way = "command"

    def __init__(self, command: Sequence[str], folder: Path | None = None) -> None:
        """Take the words. Raises ``UsageError`` for a place that no instruction fills."""
        self._command = tuple(command)
        self._folder = folder
        fill(self._command, {**PLACES, "instruction": "", "text": "", "python": ""})

    async def perform(self, order: Order, deadline: timedelta) -> Outcome:
        """Run the command; its last line of output is kept."""
        with tempfile.TemporaryFile() as output:  # no pipe: what is left running would hold it open
            return await self._run(order, deadline, output)

    async def _run(self, order: Order, deadline: timedelta, output: IO[bytes]) -> Outcome:
        values = {"instruction": order.instruction.name, "text": order.text, "python": sys.executable, **order.values}
        try:
            process = await asyncio.create_subprocess_exec(
                *fill(self._command, PLACES | values),
                cwd=self._folder,
                env=os.environ | environment(values),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=asyncio.subprocess.STDOUT,
                start_new_session=True,
            )
        except (OSError, ValueError) as error:
            return Outcome(Done.FAILED, str(error))
        try:
            await asyncio.wait_for(process.wait(), deadline.total_seconds())
        except TimeoutError:
            return Outcome(Done.TIMED_OUT, f"killed after {deadline.total_seconds():g} s")
        finally:
            if process.returncode is None:
                end_group(process)
                await process.wait()
        output.seek(0)
        told = (output.read().decode(errors="replace").strip().splitlines() or [""])[-1]
        done = Done.DONE if process.returncode == 0 else Done.FAILED
        return Outcome(done, f"exit status {process.returncode}; {told}".strip("; "))


class HookOperator:
    """Posts ``{"instruction", "text", "values"}`` to a web address; any 2xx status means done."""

    way = "hook"

    def __init__(self, url: str) -> None:
        self._url = url

    async def perform(self, order: Order, deadline: timedelta) -> Outcome:
        """Post the instruction."""
        body = {"instruction": order.instruction.name, "text": order.text, "values": dict(order.values)}
        try:
            async with (
                asyncio.timeout(deadline.total_seconds()),
                httpx.AsyncClient(timeout=None, trust_env=False) as client,
                client.stream("POST", self._url, json=body) as answer,
            ):
                told = (await _beginning(answer)).decode(errors="replace")
        except TimeoutError:
            return Outcome(Done.TIMED_OUT, f"no answer within {deadline.total_seconds():g} s")
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            return Outcome(Done.FAILED, str(error) or type(error).__name__)
        return Outcome(Done.DONE if answer.is_success else Done.FAILED, f"{answer.status_code} {told}".strip())


async def _beginning(answer: httpx.Response) -> bytes:
    """Return the first bytes of an answer's body; the rest is not waited for."""
    begun = b""
    async for chunk in answer.aiter_bytes():
        begun += chunk
        if len(begun) >= TOLD_BYTES:
            break
    return begun[:TOLD_BYTES]


PluginFunction = Callable[[str, Mapping[str, str]], Awaitable[str]]
"""Takes the instruction's name and its values, returns what to note; raises when it cannot be done."""


class PluginOperator:
    """Calls a Python function."""

    way = "plugin"

    def __init__(self, function: PluginFunction) -> None:
        self._function = function

    async def perform(self, order: Order, deadline: timedelta) -> Outcome:
        """Call the function; an exception means that it failed, and is told."""
        try:
            call = self._function(order.instruction.name, order.values)
            return Outcome(Done.DONE, str(await asyncio.wait_for(call, deadline.total_seconds())))
        except TimeoutError:
            return Outcome(Done.TIMED_OUT, f"not done within {deadline.total_seconds():g} s")
        except Exception as error:  # a plug-in is not ours: whatever it raises is its outcome
            return Outcome(Done.FAILED, f"{type(error).__name__}: {error}")


def load_plugin(name: str) -> PluginOperator:
    """Return the operator that an installed plug-in offers under a name.

    Raises:
        UsageError: no such plug-in, or it cannot be imported.
    """
    found = entry_points(group=PLUGIN_GROUP)
    known = ", ".join(sorted(point.name for point in found)) or "none installed"
    attempted = f"loading the operator plug-in {name!r}"
    if name not in found.names:
        raise UsageError(explain(attempted, f"one of: {known}", "no such plug-in", "install it or correct the name"))
    try:
        return PluginOperator(found[name].load())
    except Exception as error:  # a plug-in is not ours: importing it may raise anything
        raise UsageError(explain(attempted, "an importable function", repr(error), "mend the plug-in")) from error


def fill(words: Sequence[str], values: Mapping[str, str]) -> list[str]:
    """Put values into the ``{{ place }}`` of each word.

    Raises:
        UsageError: a place without a value.
    """
    return [fill_text(word, values) for word in words]


def fill_text(text: str, values: Mapping[str, str]) -> str:
    """Put values into the ``{{ place }}`` of a text; a place without a value is a usage error."""
    template = jinja2.Environment(undefined=jinja2.StrictUndefined, autoescape=False, keep_trailing_newline=True)
    try:
        return template.from_string(text).render(values)
    except jinja2.TemplateError as error:
        known = ", ".join(sorted(values))
        raise UsageError(explain(f"filling {text!r}", f"places named {known}", str(error), "correct it")) from None


def end_group(process: asyncio.subprocess.Process, number: signal.Signals = KILL) -> None:
    """Signal a process and everything it started in its session: by default, kill it.

    Where there are no process groups only the process itself is signalled.
    """
    try:
        if hasattr(os, "killpg"):
            os.killpg(process.pid, number)
        elif process.returncode is None:
            process.send_signal(number)
    except (ProcessLookupError, PermissionError):
        return  # nothing of it is left, which is what was wanted


def environment(values: Mapping[str, str]) -> dict[str, str]:
    """Return values as environment variables: ``server_url`` becomes ``CSIP_SERVER_URL``."""
    return {f"CSIP_{key.upper()}": value for key, value in values.items()}
