"""Subjects that misbehave, configurations for them, and a run from the command line in this process or another."""

from __future__ import annotations

import asyncio
import atexit
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import xml.etree.ElementTree as ET
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from conformance.face.cli import main
from conformance.face.test_pki import make_test_pki
from conformance.reference.silent_recorder import SilentRecorder
from conformance.vocabulary.clock import RealClock
from conformance.wire.http_server import Listener
from conformance.wire.messages import Answer, BrokenAnswer, Request
from conformance.wire.network import ByteStream
from conformance.wire.sockets import SocketNetwork
from conformance.wire.tls_context import server_context

ROOT = Path(__file__).parents[2]
HEED_INTERRUPTS = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
"""Undoes what a shell does to programs in the background: it has them ignore interrupts."""
FILES = ("events.jsonl", "exchanges.jsonl", "run.json", "junit.xml", "report.html")

Handle = Callable[[Request], Answer | BrokenAnswer]
Behave = Callable[[ByteStream], Awaitable[None]]


@cache
def pki() -> Path:
    """One folder of test certificates for all tests; it goes with the process."""
    folder = Path(tempfile.mkdtemp(prefix="badinput-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    make_test_pki(folder / "pki")
    return folder / "pki"


def toml(value: object) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{json.dumps(key)} = {toml(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(toml(item) for item in value) + "]"
    return json.dumps(value) if isinstance(value, str | bool) else str(value)


def write_configuration(folder: Path, tables: Mapping[str, Mapping[str, object]], profile: str = "csip-2.1") -> Path:
    lines = [f"profile = {toml(profile)}"]
    for name, table in tables.items():
        lines += [f"[{name}]", *(f"{json.dumps(key)} = {toml(value)}" for key, value in table.items())]
    path = folder / "csip.toml"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


HASTY: Mapping[str, object] = {
    "request_deadline": 1, "first_contact": 1, "discovery": 1, "operator_deadline": 1, "server_poll_pause": 0,
    "pause_between_time_readings": 0, "polling_window": 1, "reporting_window": 1, "control_lead": 1,
    "control_duration": 1, "response_deadline": 1,
}  # fmt: skip


def identity(side: str) -> dict[str, object]:
    made = pki()
    return {"certificate": f"{made}/{side}.pem", "key": f"{made}/{side}.key", "roots": f"{made}/serca.pem"}


def server_tables(port: int, **subject: object) -> dict[str, dict[str, object]]:
    """The tables for a server under test on the loopback."""
    return {
        "subject": {"kind": "server", "address": f"127.0.0.1:{port}", "pin": 111115, **subject},
        "identity": identity("device"),
        "limits": dict(HASTY),
    }


def client_tables(**subject: object) -> dict[str, dict[str, object]]:
    """The tables for a client under test; its start command is given."""
    return {
        "subject": {"kind": "client", "pin": 111115, "certificate": f"{pki()}/device.pem", "instances": 8, **subject},
        "identity": identity("server"),
        "limits": dict(HASTY),
    }


@dataclass
class Run:
    """How a run ended: its exit code, what it printed, and its folder."""

    code: int
    printed: str
    folder: Path

    @property
    def record(self) -> dict[str, object]:
        return json.loads((self.folder / "run.json").read_text(encoding="utf-8"))  # type: ignore[no-any-return]

    @property
    def verdicts(self) -> dict[str, str]:
        return {row["id"]: row["verdict"] for row in self.tests.values()}

    @property
    def tests(self) -> dict[str, dict[str, str]]:
        rows = self.record["tests"]
        assert isinstance(rows, list)
        return {row["id"]: row for row in rows}

    def must_be_whole(self) -> None:
        """Assert that every output is there and readable, and that nothing of it is a fault of the harness."""
        assert [name for name in FILES if not (self.folder / name).is_file()] == [], self.printed
        assert ET.parse(self.folder / "junit.xml").getroot().tag == "testsuites"
        assert (self.folder / "report.html").read_text(encoding="utf-8").rstrip().endswith("</html>")
        assert "error" not in self.verdicts.values(), [row["reason"] for row in self.tests.values()]
        assert "Traceback" not in self.printed
        assert not (self.folder / "empty-pytest.ini").exists()
        leftovers = ("was never retrieved", "was destroyed", "ResourceWarning")
        assert [words for words in leftovers if words in self.printed] == [], self.printed


@dataclass
class Csip:
    """The command line in a folder of its own."""

    folder: Path
    printed: Callable[[], str]

    @property
    def out(self) -> Path:
        return self.folder / "out"

    def __call__(self, *arguments: str) -> Run:
        """Run the command line in this process."""
        code = 0
        try:
            main(arguments)
        except SystemExit as ending:
            code = ending.code if isinstance(ending.code, int) else 1
        return Run(code, self.printed(), self.out)

    def run(self, tables: Mapping[str, Mapping[str, object]], *arguments: str) -> Run:
        """Write the configuration and run it."""
        config = write_configuration(self.folder, tables)
        return self("run", "--config", str(config), "--out", str(self.out), *arguments)


def command(*arguments: str) -> list[str]:
    """The command line as a program of its own."""
    return [sys.executable, "-c", f"{HEED_INTERRUPTS}; from conformance.face.cli import main; main()", *arguments]


def surroundings(**more: str) -> dict[str, str]:
    """An environment in which another process finds this very checkout."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST_")}
    return kept | {"PYTHONPATH": str(ROOT), "COLUMNS": "200"} | more


def in_another_process(
    words: Sequence[str], folder: Path, environment: Mapping[str, str] | None = None
) -> subprocess.Popen[str]:
    return subprocess.Popen(
        words,
        cwd=folder,
        env=surroundings(**(environment or {})),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


@contextmanager
def _looping(start: Callable[[], Awaitable[tuple[int, Callable[[], Awaitable[None]]]]]) -> Iterator[int]:
    """Run something that listens in a loop and thread of its own; yields its port."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="misbehaving")
    thread.start()

    async def begin() -> tuple[int, Callable[[], Awaitable[None]]]:
        return await start()

    port, close = asyncio.run_coroutine_threadsafe(begin(), loop).result(10)

    async def end() -> None:
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        await close()

    try:
        yield port
    finally:
        asyncio.run_coroutine_threadsafe(end(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


@contextmanager
def serving(handle: Handle, client_certificate: bool = True) -> Iterator[int]:
    """A server with proper TLS that answers as a test says; yields its port."""
    made = pki()

    async def start() -> tuple[int, Callable[[], Awaitable[None]]]:
        clock = RealClock()
        context = server_context(
            made / "server.pem", made / "server.key", made / "serca.pem", client_certificate=client_certificate
        )

        async def answer(request: Request) -> Answer | BrokenAnswer:
            return handle(request)

        listener = await Listener.start(SocketNetwork(clock), clock, context, answer, SilentRecorder())
        return listener.port, listener.close

    with _looping(start) as port:
        yield port


@contextmanager
def streaming(behave: Behave) -> Iterator[int]:
    """A server that does with the raw stream as a test says; yields its port."""

    async def start() -> tuple[int, Callable[[], Awaitable[None]]]:
        listening = await SocketNetwork(RealClock()).listen("127.0.0.1", 0, behave)
        return listening.port, listening.close

    with _looping(start) as port:
        yield port
