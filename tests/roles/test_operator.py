"""The four ways an operator is reached, each with its deadline and its evidence."""

from __future__ import annotations

import asyncio
import http.server
import os
import pty
import signal
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from importlib.metadata import EntryPoint, EntryPoints
from pathlib import Path

import pytest

from conformance.catalogue.instructions import order
from conformance.roles import operator
from conformance.roles.operator import (
    CommandOperator,
    Done,
    HookOperator,
    Operator,
    Outcome,
    PluginOperator,
    PromptOperator,
    environment,
    fill,
    fill_text,
    load_plugin,
)
from conformance.vocabulary.errors import UsageError

STOP = order("stop_client", lfdi="ABCD")
PATIENCE = timedelta(seconds=20)
HASTE = timedelta(seconds=0.1)


def perform(way: Operator, deadline: timedelta = PATIENCE) -> Outcome:
    async def run() -> Outcome:
        return await way.perform(STOP, deadline)

    return asyncio.run(run())


@contextmanager
def terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """Put a terminal in the place of standard input; yields what a person types into."""
    person, ours = pty.openpty()
    with os.fdopen(ours, "r") as stdin:
        monkeypatch.setattr(sys, "stdin", stdin)
        yield person
    os.close(person)


def answered(monkeypatch: pytest.MonkeyPatch, typed: bytes, deadline: timedelta = PATIENCE) -> Outcome:
    with terminal(monkeypatch) as person:
        os.write(person, typed)

        async def run() -> Outcome:
            return await PromptOperator().perform(STOP, deadline)

        return asyncio.run(run())


def test_a_person_who_presses_enter_has_done_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert answered(monkeypatch, b"\n") == Outcome(Done.DONE, "")
    assert "Stop the client with LFDI ABCD." in capsys.readouterr().err


def test_a_person_may_refuse_and_say_why(monkeypatch: pytest.MonkeyPatch) -> None:
    assert answered(monkeypatch, b"no, it is locked\n") == Outcome(Done.REFUSED, "no, it is locked")


def test_a_person_who_says_nothing_is_not_waited_for_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    outcome = answered(monkeypatch, b"", HASTE)
    assert outcome == Outcome(Done.TIMED_OUT, "no answer within 0.1 s")


def test_a_person_is_asked_one_thing_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    with terminal(monkeypatch) as person:
        os.write(person, b"first\nno second\n")

        async def both() -> list[Outcome]:
            way = PromptOperator()
            return await asyncio.gather(way.perform(STOP, PATIENCE), way.perform(STOP, PATIENCE))

        assert [outcome.done for outcome in asyncio.run(both())] == [Done.DONE, Done.REFUSED]


def test_without_a_terminal_nobody_is_there(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with (tmp_path / "input").open("w+") as nothing:
        monkeypatch.setattr(sys, "stdin", nothing)
        assert perform(PromptOperator()).done is Done.NOBODY_THERE
    monkeypatch.setattr(sys, "stdin", None)
    assert perform(PromptOperator()).done is Done.NOBODY_THERE


def script(text: str, *arguments: str) -> CommandOperator:
    return CommandOperator([sys.executable, "-c", text, *arguments])


def test_a_command_gets_the_values_in_its_words_and_its_environment() -> None:
    text = "import os, sys; print(sys.argv[1:], os.environ['CSIP_LFDI'], os.environ['CSIP_INSTRUCTION'])"
    outcome = perform(script(text, "{{ instruction }}", "{{ lfdi }}", "{{ text }}"))
    assert outcome.done is Done.DONE
    assert outcome.told == (
        "exit status 0; ['stop_client', 'ABCD', 'Stop the client with LFDI ABCD.'] ABCD stop_client"
    )


def test_a_command_starts_in_its_folder_and_may_be_run_by_our_python(tmp_path: Path) -> None:
    (tmp_path / "arrange.py").write_text("print('here')")
    outcome = perform(CommandOperator(["{{ python }}", "arrange.py"], tmp_path))
    assert outcome == Outcome(Done.DONE, "exit status 0; here")


def test_another_exit_status_means_that_it_failed_and_the_last_line_is_kept() -> None:
    outcome = perform(script("print('one'); print('no such client'); raise SystemExit(3)"))
    assert outcome == Outcome(Done.FAILED, "exit status 3; no such client")


def test_a_command_that_is_not_there_failed() -> None:
    outcome = perform(CommandOperator(["/nowhere/at-all"]))
    assert outcome.done is Done.FAILED
    assert "No such file" in outcome.told


def test_a_command_that_hangs_is_killed_with_its_children(tmp_path: Path) -> None:
    sign = tmp_path / "alive"
    os.mkfifo(sign)
    child = f"import time; held = open({str(sign)!r}, 'w'); held.write('x'); held.flush(); time.sleep(600)"
    text = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"

    async def run() -> Outcome:
        performing = asyncio.create_task(script(text).perform(STOP, timedelta(seconds=3)))
        with await asyncio.to_thread(sign.open) as pipe:
            outcome = await performing
            assert await asyncio.to_thread(pipe.read) == "x"  # ends only when the child has closed its side
        return outcome

    assert asyncio.run(run()) == Outcome(Done.TIMED_OUT, "killed after 3 s")


def test_a_place_that_nothing_fills_is_wrong_use() -> None:
    with pytest.raises(UsageError, match=r"places named (.|\n)*lfdi, (.|\n)*server_ulr"):
        CommandOperator(["echo", "{{ server_ulr }}"])


def test_a_place_that_another_instruction_has_is_left_empty() -> None:
    assert perform(script("import sys; print(sys.argv[1:])", "{{ server_url }}", "{{ lfdi }}")).told.endswith(
        "['', 'ABCD']"
    )


def test_what_a_command_leaves_running_is_not_waited_for(tmp_path: Path) -> None:
    """The client that a script starts holds the script's output open, and lives on."""
    sign = tmp_path / "sign"
    os.mkfifo(sign)
    client = f"held = open({str(sign)!r}, 'w'); import time; time.sleep(600)"
    text = f"import subprocess, sys, os; p = subprocess.Popen([sys.executable, '-c', {client!r}]); print(p.pid)"
    outcome = perform(script(text))
    assert outcome.done is Done.DONE
    with sign.open():
        os.kill(int(outcome.told.split("; ")[1]), signal.SIGKILL)


class Web(http.server.BaseHTTPRequestHandler):
    """Answers as its server was told, and keeps what was posted."""

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        self.server.posted.append(self.rfile.read(length))  # type: ignore[attr-defined]
        self.server.behave(self)  # type: ignore[attr-defined]

    def log_message(self, *ignored: object) -> None:
        """Say nothing."""


def status(code: int, body: bytes = b"told") -> object:
    def behave(handler: Web) -> None:
        handler.send_response(code)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return behave


@contextmanager
def web(behave: object) -> Iterator[tuple[str, list[bytes]]]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Web)
    server.daemon_threads = True
    posted: list[bytes] = []
    server.posted, server.behave = posted, behave  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/arrange", posted
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_a_hook_gets_the_instruction_as_json_and_2xx_means_done() -> None:
    with web(status(202)) as (url, posted):
        assert perform(HookOperator(url)) == Outcome(Done.DONE, "202 told")
    assert b'"instruction":"stop_client"' in posted[0].replace(b": ", b":")
    assert b'"values":{"lfdi":"ABCD"}' in posted[0].replace(b": ", b":")


@pytest.mark.parametrize("code", [301, 404, 500])
def test_any_other_status_of_a_hook_means_that_it_failed(code: int) -> None:
    with web(status(code)) as (url, _):
        assert perform(HookOperator(url)) == Outcome(Done.FAILED, f"{code} told")


def test_only_the_beginning_of_what_a_hook_tells_is_kept() -> None:
    with web(status(200, b"x" * 100_000)) as (url, _):
        assert perform(HookOperator(url)).told == "200 " + "x" * 200


def test_a_hook_that_never_answers_or_dribbles_is_given_up() -> None:
    over = threading.Event()

    def dribble(handler: Web) -> None:
        handler.send_response(200)
        handler.end_headers()
        while not over.wait(0.02):
            try:
                handler.wfile.write(b"x")
            except OSError:
                return

    with web(dribble) as (url, _):
        outcome = perform(HookOperator(url), HASTE)
        over.set()
    assert outcome == Outcome(Done.TIMED_OUT, "no answer within 0.1 s")


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/", "http://", "http://[::1", "https://127.0.0.1:1/"])
def test_a_hook_that_cannot_be_reached_failed(url: str) -> None:
    outcome = perform(HookOperator(url))
    assert outcome.done is Done.FAILED
    assert outcome.told


async def obliging(name: str, values: Mapping[str, str]) -> str:
    return f"{name} {dict(values)}"


async def unable(name: str, values: Mapping[str, str]) -> str:
    raise KeyError(name)


def unable_at_once(name: str, values: Mapping[str, str]) -> str:
    raise OSError("no bus")


async def sleepy(name: str, values: Mapping[str, str]) -> str:
    await asyncio.Event().wait()
    return "never"


def test_a_plug_in_tells_what_to_note() -> None:
    assert perform(PluginOperator(obliging)) == Outcome(Done.DONE, "stop_client {'lfdi': 'ABCD'}")


@pytest.mark.parametrize(
    ("function", "told"),
    [(unable, "KeyError: 'stop_client'"), (unable_at_once, "OSError: no bus"), (lambda *_: "not awaitable", "TypeErr")],
)
def test_whatever_a_plug_in_raises_is_its_outcome(function: object, told: str) -> None:
    outcome = perform(PluginOperator(function))  # type: ignore[arg-type]
    assert outcome.done is Done.FAILED
    assert outcome.told.startswith(told)


def test_a_plug_in_has_a_deadline() -> None:
    assert perform(PluginOperator(sleepy), HASTE) == Outcome(Done.TIMED_OUT, "not done within 0.1 s")


def install(monkeypatch: pytest.MonkeyPatch, **points: str) -> None:
    found = EntryPoints(EntryPoint(name, value, operator.PLUGIN_GROUP) for name, value in points.items())
    monkeypatch.setattr(operator, "entry_points", lambda group: found.select(group=group))


def test_a_plug_in_is_found_by_its_entry_point(monkeypatch: pytest.MonkeyPatch) -> None:
    install(monkeypatch, bench=f"{__name__}:obliging")
    assert perform(load_plugin("bench")).done is Done.DONE


def test_an_unknown_plug_in_lists_the_installed_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    install(monkeypatch, bench=f"{__name__}:obliging")
    with pytest.raises(UsageError, match=r"'table'(.|\n)*one of: bench"):
        load_plugin("table")


@pytest.mark.parametrize("value", ["no_such_module:f", f"{__name__}:no_such_name"])
def test_a_plug_in_that_cannot_be_imported_is_wrong_use(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    install(monkeypatch, bench=value)
    with pytest.raises(UsageError, match="mend the plug-in"):
        load_plugin("bench")


def test_a_plug_in_that_breaks_while_it_is_imported_is_wrong_use(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "breaks_on_import.py").write_text("raise RuntimeError('no licence')")
    monkeypatch.syspath_prepend(tmp_path)
    install(monkeypatch, bench="breaks_on_import:arrange")
    with pytest.raises(UsageError, match="no licence"):
        load_plugin("bench")


def test_values_are_put_in_literally_and_never_read_as_templates() -> None:
    assert fill(["{{ a }}", "x{{ b }}y"], {"a": "{{ b }}", "b": "; rm <&>"}) == ["{{ b }}", "x; rm <&>y"]
    assert fill_text("{{ a }}\n", {"a": "1"}) == "1\n"


@pytest.mark.parametrize("text", ["{{ nothing }}", "{{ a", "{% for %}", "{{ a | nosuch }}"])
def test_a_text_that_cannot_be_filled_is_wrong_use(text: str) -> None:
    with pytest.raises(UsageError, match="places named a"):
        fill_text(text, {"a": "1"})


def test_environment_names_are_ours() -> None:
    assert environment({"server_url": "u"}) == {"CSIP_SERVER_URL": "u"}
