"""The simulated site behind a client, as csip.toml describes it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from conformance.face.configuration import Configuration, read_configuration
from conformance.face.test_pki import make_test_pki
from conformance.face.wiring import Choice, configured_plan, configured_run
from conformance.roles.southbound import SouthboundSite
from conformance.vocabulary.errors import UsageError
from conformance.vocabulary.verdict import Verdict

CLIENT = """profile = "csip-2.1"
[subject]
kind = "client"
pin = 111115
listen = "127.0.0.1:0"
start = "client {{ modbus_port }}"
instances = 2
"""
PKI = """
[identity]
test_pki = ".pki"
"""


def configured(folder: Path, site: str) -> Configuration:
    (folder / "csip.toml").write_text(CLIENT + site + PKI, encoding="utf-8")
    return read_configuration(folder / "csip.toml")


def test_an_empty_table_is_a_site_as_usual(tmp_path: Path) -> None:
    assert configured(tmp_path, "[subject.southbound]\n").southbound == SouthboundSite()
    assert configured(tmp_path, "").southbound is None


def test_every_key_counts(tmp_path: Path) -> None:
    table = "unit = 3\nmeter_unit = 4\nlag_s = 14.9\nparts = ['battery']\nlisten = '127.0.0.2:0'\n"
    site = configured(tmp_path, f"[subject.southbound]\n{table}").southbound
    assert site == SouthboundSite("127.0.0.2", 0, 3, 4, 14.9, ("battery",))


@pytest.mark.parametrize(
    ("table", "named"),
    [
        ("listen = '127.0.0.1:15020'", "subject.southbound.listen"),
        ("unit = 0", "subject.southbound.unit"),
        ("lag_s = -1", "subject.southbound.lag_s"),
        ("parts = ['wind']", "subject.southbound.parts"),
        ("port = 1", "subject.southbound"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, table: str, named: str) -> None:
    with pytest.raises(UsageError, match=named):
        configured(tmp_path, f"[subject.southbound]\n{table}\n")


def test_a_server_has_no_site_behind_it(tmp_path: Path) -> None:
    text = CLIENT.replace('"client"', '"server"').replace("instances = 2", 'address = "127.0.0.1:1"')
    (tmp_path / "csip.toml").write_text(f"{text}[subject.southbound]\n{PKI}", encoding="utf-8")
    with pytest.raises(UsageError, match="the form of csip-toml"):
        read_configuration(tmp_path / "csip.toml")


def test_cases_about_the_plant_are_run_only_with_a_site(tmp_path: Path) -> None:
    skips = {}
    for site in ("", "[subject.southbound]\n"):
        _, plan = configured_plan(configured(tmp_path, site), Choice(only=("SOUTHBOUND-001",)))
        skips[site] = next(row.skip for row in plan.rows if row.id == "SOUTHBOUND-001")
    assert skips["[subject.southbound]\n"] is None
    assert skips[""] is not None
    assert skips[""][0] is Verdict.NOT_RUN


def test_without_modbus_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_test_pki(tmp_path / ".pki")
    monkeypatch.setitem(sys.modules, "pymodbus", None)
    for name in [name for name in sys.modules if name.startswith(("pymodbus.", "conformance.reference.sunspec"))]:
        monkeypatch.delitem(sys.modules, name)
    with pytest.raises(UsageError, match=r"csip-conformance\[sunspec\]"):
        configured_run(configured(tmp_path, "[subject.southbound]\n"), Choice(out=tmp_path / "out"))
