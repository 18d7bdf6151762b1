"""A subject started by a command: files, environment, end, stubbornness, children, its private folder."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from conformance.roles.subject_process import StartCommand, SubjectProcess, as_words, prepare
from conformance.vocabulary.errors import SubjectUnreachable, UsageError

VALUES = {"server_url": "https://127.0.0.1:1", "pin": "111115"}


def python(text: str, *arguments: str) -> tuple[str, ...]:
    return (sys.executable, "-c", text, *arguments)


async def lived(command: StartCommand, log: Path) -> int:
    """Start, wait for the end, clean up; return the exit status."""
    process = await SubjectProcess.start(command, VALUES, log)
    status = await process.ended()
    await process.stop()
    return status


def run(words: tuple[str, ...], tmp_path: Path, files: Mapping[str, Path] | None = None) -> tuple[int, str]:
    log = tmp_path / "subject.log"
    status = asyncio.run(lived(StartCommand(words, files=files or {}, base=tmp_path), log))
    return status, log.read_text()


def test_values_reach_the_subject_in_words_environment_and_files(tmp_path: Path) -> None:
    (tmp_path / "conf.in").write_text("url: {{ server_url }}\npin: {{ pin }}\n")
    text = "import os, sys; print(sys.argv[1], os.environ['CSIP_PIN'], open(sys.argv[2]).read())"
    words = python(text, "{{ server_url }}", "{{ folder }}/sub/conf.yaml")
    status, printed = run(words, tmp_path, {"sub/conf.yaml": tmp_path / "conf.in"})
    assert status == 0
    assert printed.split() == ["https://127.0.0.1:1", "111115", "url:", "https://127.0.0.1:1", "pin:", "111115"]


def test_it_starts_in_the_folder_of_the_configuration_without_standard_input(tmp_path: Path) -> None:
    _, printed = run(python("import os, sys; print(os.getcwd(), sys.stdin.read() == '')"), tmp_path)
    assert printed.split() == [str(tmp_path.resolve()), "True"]


def test_everything_it_prints_goes_to_the_log(tmp_path: Path) -> None:
    _, printed = run(python("import sys; print('out', flush=True); print('err', file=sys.stderr)"), tmp_path)
    assert printed == "out\nerr\n"


def test_its_own_end_is_told_with_its_exit_status(tmp_path: Path) -> None:
    assert run(python("raise SystemExit(7)"), tmp_path)[0] == 7


def test_its_private_folder_is_closed_to_others_and_deleted_afterwards(tmp_path: Path) -> None:
    text = "import os, sys; print(sys.argv[1], oct(os.stat(sys.argv[1]).st_mode & 0o777))"
    _, printed = run(python(text, "{{ folder }}"), tmp_path)
    folder, mode = printed.split()
    assert mode == "0o700"
    assert not Path(folder).exists()


def test_a_program_that_is_not_there_is_an_unreachable_subject(tmp_path: Path) -> None:
    with pytest.raises(SubjectUnreachable, match=r"starting the subject: /nowhere/at-all(.|\n)*subject\.start"):
        run(("/nowhere/at-all",), tmp_path)


@pytest.mark.parametrize("content", [None, b"\xff\xfe", b"{{ nowhere }}"])
def test_a_template_that_cannot_be_used_is_wrong_use(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "conf.in").write_bytes(content)
    with pytest.raises(UsageError):
        run(python("pass"), tmp_path, {"conf": tmp_path / "conf.in"})


async def ready(process: SubjectProcess, sign: Path) -> None:
    """Wait until the subject has opened the pipe that tells that it runs."""
    with await asyncio.to_thread(sign.open) as pipe:
        assert await asyncio.to_thread(pipe.readline) == "ready\n"


READY = "held = open({sign!r}, 'w'); held.write('ready\\n'); held.flush(); "
SLEEP = "import time; time.sleep(600)"


def signed(tmp_path: Path) -> tuple[Path, str]:
    sign = tmp_path / "sign"
    os.mkfifo(sign)
    return sign, READY.format(sign=str(sign))


def stopped(text: str, sign: Path, tmp_path: Path, grace_s: float = 20.0) -> str:
    async def run() -> str:
        process = await SubjectProcess.start(StartCommand(python(text)), VALUES, tmp_path / "log")
        await ready(process, sign)
        return await process.stop(grace_s)

    return asyncio.run(run())


def test_a_running_subject_is_stopped(tmp_path: Path) -> None:
    sign, say_ready = signed(tmp_path)
    assert stopped(say_ready + SLEEP, sign, tmp_path) == "stopped"


def test_a_stubborn_subject_is_killed(tmp_path: Path) -> None:
    sign, say_ready = signed(tmp_path)
    text = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); " + say_ready + SLEEP
    assert stopped(text, sign, tmp_path, grace_s=0.1) == "killed: it did not stop within 0.1 s"


def outlived(text: str, sign: Path, tmp_path: Path) -> str:
    """Start a subject with a child that holds the pipe, stop it, and read until the child is gone as well."""

    async def run() -> str:
        process = await SubjectProcess.start(StartCommand(python(text)), VALUES, tmp_path / "log")
        with await asyncio.to_thread(sign.open) as pipe:
            assert await asyncio.to_thread(pipe.readline) == "ready\n"
            how = await process.stop()
            assert await asyncio.to_thread(pipe.read) == ""
        return how

    return asyncio.run(run())


def test_a_child_that_ignores_the_signal_ends_as_well(tmp_path: Path) -> None:
    sign, say_ready = signed(tmp_path)
    child = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); " + say_ready + SLEEP
    text = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {child!r}]); {SLEEP}"
    assert outlived(text, sign, tmp_path) == "stopped"


def test_a_child_does_not_outlive_a_subject_that_had_ended_by_itself(tmp_path: Path) -> None:
    sign, say_ready = signed(tmp_path)
    text = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {say_ready + SLEEP!r}])"

    async def run() -> str:
        process = await SubjectProcess.start(StartCommand(python(text)), VALUES, tmp_path / "log")
        with await asyncio.to_thread(sign.open) as pipe:
            assert await asyncio.to_thread(pipe.readline) == "ready\n"
            await process.ended()
            how = await process.stop()
            assert await asyncio.to_thread(pipe.read) == ""
        return how

    assert asyncio.run(run()) == "it had already ended with exit status 0"


def test_stopping_that_is_broken_off_still_leaves_nothing_behind(tmp_path: Path) -> None:
    sign, say_ready = signed(tmp_path)
    text = "import signal, sys; signal.signal(signal.SIGTERM, signal.SIG_IGN); "
    text += "open(sys.argv[1] + '/x', 'w'); " + say_ready + SLEEP
    words = python(text, "{{ folder }}")

    async def run() -> Path:
        process = await SubjectProcess.start(StartCommand(words), VALUES, tmp_path / "log")
        with await asyncio.to_thread(sign.open) as pipe:
            await asyncio.to_thread(pipe.readline)
            stopping = asyncio.create_task(process.stop())
            await asyncio.sleep(0)
            stopping.cancel()
            await asyncio.wait({stopping})
            assert await asyncio.to_thread(pipe.read) == ""
        await process.ended()
        return process._folder

    assert not asyncio.run(run()).exists()


def test_preparing_runs_to_its_end_before_anything_else(tmp_path: Path) -> None:
    command = StartCommand((), python("print('made')"), base=tmp_path)
    asyncio.run(prepare(command, tmp_path / "prepare.log"))
    assert (tmp_path / "prepare.log").read_text() == "made\n"


def test_nothing_to_prepare_writes_nothing(tmp_path: Path) -> None:
    asyncio.run(prepare(StartCommand(("x",)), tmp_path / "prepare.log"))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("words", "seen"), [(python("raise SystemExit(4)"), "exit status 4"), (("/nowhere",), "No su")]
)
def test_preparing_that_fails_is_an_unreachable_subject(tmp_path: Path, words: tuple[str, ...], seen: str) -> None:
    with pytest.raises(SubjectUnreachable, match=seen):
        asyncio.run(prepare(StartCommand((), words, base=tmp_path), tmp_path / "prepare.log"))


def test_preparing_that_is_broken_off_is_ended(tmp_path: Path) -> None:
    sign, say_ready = signed(tmp_path)
    command = StartCommand((), python(say_ready + SLEEP), base=tmp_path)

    async def run() -> str:
        preparing = asyncio.create_task(prepare(command, tmp_path / "prepare.log"))
        with await asyncio.to_thread(sign.open) as pipe:
            await asyncio.to_thread(pipe.readline)
            preparing.cancel()
            await asyncio.wait({preparing})
            return await asyncio.to_thread(pipe.read)

    assert asyncio.run(run()) == ""


def test_a_command_as_one_text_is_split_like_a_shell_would() -> None:
    assert as_words("run 'a b' --x=\"y z\"") == ("run", "a b", "--x=y z")
    assert as_words(["run", "a b"]) == ("run", "a b")


def test_a_preparation_that_does_not_end_is_killed_with_all_it_started(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "sign")
    child = "import time; held = open('sign', 'w'); held.write('up'); held.flush(); time.sleep(600)"
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"
    command = StartCommand((), python(parent), base=tmp_path, prepare_deadline_s=3.0)

    async def watched() -> str:
        held = asyncio.create_task(asyncio.to_thread((tmp_path / "sign").read_text))
        with pytest.raises(SubjectUnreachable, match=r"its end within 3 s(.|\n)*still running"):
            await prepare(command, tmp_path / "prepare.log")
        return await held  # ends only when the child has ended

    assert asyncio.run(watched()) == "up"
