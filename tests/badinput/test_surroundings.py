"""What lies around a run changes nothing of it; pytest users get the same run by the plug-in."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from pathlib import Path

import pytest
from misbehaviour import HASTY, ROOT, Csip, Run, command, pki, server_tables, serving, surroundings, write_configuration

from conformance.face.run_pytest import _compared
from conformance.reference.demo_identities import read_identities
from conformance.reference.server import ReferenceServer
from conformance.roles.utility import TEST_PIN
from conformance.vocabulary.clock import RealClock

BARE = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
"""Without the other plug-ins that happen to be installed, which take time to load."""

HOSTILE_INI = "[pytest]\naddopts = --no-such-option -k nothing\npython_files = nothing\nfilterwarnings = error\n"
HOSTILE_CONFTEST = "raise SystemExit('a hostile conftest was loaded')\n"


def hostile(folder: Path) -> Path:
    """Make a folder below others that hold what would change a pytest run."""
    (folder / "pytest.ini").write_text(HOSTILE_INI)
    (folder / "conftest.py").write_text(HOSTILE_CONFTEST)
    (folder / "pyproject.toml").write_text("[tool.pytest.ini_options]\naddopts = '--no-such-option'\n")
    work = folder / "work"
    work.mkdir()
    (work / "conftest.py").write_text(HOSTILE_CONFTEST)
    (work / "test_theirs.py").write_text("def test_theirs(): assert False\n")
    return work


def finished(words: list[str], folder: Path, environment: Mapping[str, str], out: Path) -> Run:
    ended = subprocess.run(
        words,
        cwd=folder,
        env=surroundings(**environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=100,
        check=False,
    )
    return Run(ended.returncode, ended.stdout, out)


def test_environment_ini_and_conftest_change_nothing(csip: Csip) -> None:
    work = hostile(csip.folder)
    environment = {"PYTEST_ADDOPTS": "--no-such-option -x", "PYTEST_PLUGINS": "no_such_plugin"}
    words = command("demo", "--out", str(csip.out), "--only", "COMM-002")
    ended = finished(words, work, environment, csip.out)
    ended.must_be_whole()
    assert "hostile" not in ended.printed
    assert {row["verdict"] for row in ended.tests.values() if row["id"] == "COMM-002"} == {"pass"}
    assert ended.code == 3  # required tests were not selected


def tables(port: int, peer: ReferenceServer) -> dict[str, dict[str, object]]:
    made = server_tables(port, pin=TEST_PIN, entry=peer.entry_path)
    return made | {"limits": {**HASTY, "request_deadline": 30, "pause_between_time_readings": 1.1}}


def by_pytest(csip: Csip, *arguments: str) -> Run:
    """Run the plug-in with pytest against the reference server."""
    peer = ReferenceServer(RealClock(), (), lfdis=[read_identities(pki()).device.lfdi])
    with serving(peer.handle) as port:
        config = write_configuration(csip.folder, tables(port, peer))
        words = [sys.executable, "-m", "pytest", "-p", "conformance.pytest_plugin", "-p", "no:cacheprovider"]
        words += ["--csip-config", str(config), "--csip-out", str(csip.out), *arguments]
        return finished(words, csip.folder, {}, csip.out)


def test_pytest_users_get_the_same_run_folder_and_our_columns(csip: Csip) -> None:
    pytest.importorskip("pytest_html")
    chosen = ("--csip-cases", "-k", "CORE-005 or COMM-002")
    ended = by_pytest(csip, *chosen, "--junitxml=theirs.xml", "--html=out.html", "--self-contained-html")
    assert ended.code == 0, ended.printed
    ended.must_be_whole()
    assert (ended.verdicts["CORE-005"], ended.verdicts["COMM-002"]) == ("pass", "pass")
    assert (ended.verdicts["TREE-001"], ended.tests["TREE-001"]["reason"]) == ("not_run", "not selected (--only)")
    cases = ET.parse(csip.folder / "theirs.xml").getroot().iter("testcase")
    assert {case.get("name") for case in cases} == {"CORE-005", "COMM-002"}
    page = (csip.folder / "out.html").read_text(encoding="utf-8")
    for words in ("Verdict", "Subject", "Requirements", "CTP.COMM-002, CTP.GENERAL.2, CTP.GENERAL.3"):
        assert words in page, words


def test_pytest_users_see_findings_not_tracebacks(csip: Csip) -> None:
    peer = ReferenceServer(RealClock(), ("clock_ahead",), lfdis=[read_identities(pki()).device.lfdi])
    with serving(peer.handle) as port:
        config = write_configuration(csip.folder, tables(port, peer))
        words = [sys.executable, "-m", "pytest", "-p", "conformance.pytest_plugin", "-p", "no:cacheprovider"]
        words += ["--csip-config", str(config), "--csip-out", str(csip.out), "--csip-cases", "-k", "CORE-005"]
        ended = finished(words, csip.folder, BARE, csip.out)
    assert ended.code == 1
    ended.must_be_whole()
    assert "TIME.002" in ended.printed
    assert "csip run --only CORE-005" in ended.printed


def test_what_is_wrong_with_the_configuration_is_wrong_use_of_pytest(csip: Csip) -> None:
    words = [sys.executable, "-m", "pytest", "-p", "conformance.pytest_plugin", "-p", "no:cacheprovider"]
    ended = finished([*words, "--csip-cases", "--csip-config", "none.toml"], csip.folder, BARE, csip.out)
    assert ended.code == 4, ended.printed
    assert "reading the configuration none.toml" in ended.printed
    assert "Traceback" not in ended.printed
    assert not csip.out.exists()


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "utf-8"])
def test_signs_that_a_pipe_has_no_code_for_stop_nothing(csip: Csip, encoding: str) -> None:
    shown = finished(command("profile", "show", "na-reference"), csip.folder, {"PYTHONIOENCODING": encoding}, csip.out)
    assert (shown.code, "laid on harness" in shown.printed) == (0, True), shown.printed
    words = command("profile", "show", "na-reference", "--json")
    facts = finished(words, csip.folder, {"PYTHONIOENCODING": encoding}, csip.out)
    assert "DERControlList.pollRate" in [row["name"] for row in json.loads(facts.printed)["values"]]


PLUG_IN = [sys.executable, "-m", "pytest", "-p", "conformance.pytest_plugin", "-p", "no:cacheprovider"]


def test_listing_the_cases_leaves_no_run_folder(csip: Csip) -> None:
    words = [*PLUG_IN, "--csip-demo", "--csip-cases", "-k", "COMM-002", "--collect-only", "-q", "--csip-out", "out"]
    ended = finished(words, csip.folder, BARE, csip.out)
    assert (ended.code, "server/comm.py::COMM-002" in ended.printed) == (0, True), ended.printed
    assert not csip.out.exists()


def test_the_plug_in_runs_in_a_checkout_with_nothing_of_what_develops_it(csip: Csip) -> None:
    words = [*PLUG_IN, "--csip-demo", "--csip-cases", "-k", "COMM-002", "--collect-only", "-q", "-p", "no:timeout"]
    broken = csip.folder / "hypothesis.py"
    broken.write_text("raise ImportError('no such package')")
    search = {"PYTHONPATH": f"{csip.folder}{os.pathsep}{ROOT}"}
    ended = finished([*words, "--csip-out", str(csip.out)], ROOT, BARE | search, csip.out)
    assert (ended.code, "server/comm.py::COMM-002" in ended.printed) == (0, True), ended.printed


def test_several_processes_of_pytest_are_refused_in_words(csip: Csip) -> None:
    pytest.importorskip("xdist")
    ended = finished([*PLUG_IN, "-p", "xdist", "--csip-demo", "--csip-cases", "-n2"], csip.folder, BARE, csip.out)
    assert (ended.code, "leave out -n" in ended.printed) == (4, True), ended.printed
    assert "INTERNALERROR" not in ended.printed


def test_without_being_asked_for_the_plug_in_leaves_other_tests_alone(csip: Csip) -> None:
    (csip.folder / "test_theirs.py").write_text("def test_theirs(): pass\n")
    words = [sys.executable, "-m", "pytest", "-p", "conformance.pytest_plugin", "-p", "no:cacheprovider", "-q"]
    ended = finished(words, csip.folder, BARE, csip.out)
    assert ended.code == 0, ended.printed
    assert "1 passed" in ended.printed


def test_expected_verdicts_make_the_exit_code(csip: Csip) -> None:
    assert csip("demo", "--out", "first", "--only", "COMM-002").code == 3
    document = json.loads((csip.folder / "first" / "run.json").read_text())
    peer = ReferenceServer(RealClock(), (), lfdis=[read_identities(pki()).device.lfdi])
    document["tests"] = [row for row in document["tests"] if row["subject"] == "server" and row["id"] == "COMM-002"]
    (csip.folder / "expected.json").write_text(json.dumps(document))
    with serving(peer.handle) as port:
        again = csip.run(tables(port, peer), "--only", "COMM-002", "--expect", "expected.json")
    assert (again.code, "exactly as expected" in again.printed) == (0, True), again.printed


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (None, "No such file"),
        (b"{", "Expecting property name"),
        (b'{"x": "\xff"}', "utf-8"),
        (b"[1]", "no list of tests"),
        (
            b'{"tests": [{"subject": "server", "id": "COMM-002", "verdict": "passed"}]}',
            "'passed' is not a valid Verdict",
        ),
    ],
)
def test_what_holds_no_expected_verdicts_is_told_before_the_run(csip: Csip, content: bytes | None, told: str) -> None:
    if content is not None:
        (csip.folder / "expected.json").write_bytes(content)
    refused = csip.run(server_tables(1), "--expect", "expected.json")
    assert (refused.code, told in refused.printed) == (2, True), refused.printed
    assert not csip.out.exists() or not (csip.out / "events.jsonl").exists()


def test_an_interrupted_run_is_never_as_expected() -> None:
    tests = [{"subject": "server", "id": "COMM-002", "verdict": "inconclusive"}]
    expected = {"server/COMM-002": "inconclusive"}
    assert _compared({"tests": tests, "interrupted": True, "exit_code": 130}, expected) == 130
    assert _compared({"tests": tests, "interrupted": False, "exit_code": 3}, expected) == 0
