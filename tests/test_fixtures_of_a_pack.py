"""A utility's own topology serves both roles: the procedures run on it as they do on the printed ones."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import pytest

from conformance.face.wiring import Choice, demonstration
from conformance.running.session import Session
from tests.catalogue.made_pack import Rows, write

LEVELS: Rows = {"Zone": 80, "Feeder": 60, "Street": 50, "Transformer": 40, "Service point": 20}
ASIDE: Rows = {"name": "Aside", "programs": {"Trial": 90}, "outside": True}
FIXTURES: dict[str, Rows] = {
    "F-REG": {"changed_s_ago": {"subject": 7200, "neighbours": [60, 90]}},
    "F-TOPO1": {"groups": [{"name": "Line", "programs": LEVELS}]},
    "F-TOPO2": {"groups": [{"name": name, "programs": {name: primacy}} for name, primacy in LEVELS.items()]},
    "F-TOPO3": {"groups": [{"name": "Line", "programs": LEVELS}, ASIDE]},
    "F-CTRL": {"groups": [{"name": "Line", "programs": LEVELS}, ASIDE]},
    "F-EVT": {"groups": [{"name": "Trials", "programs": {"SY": 200, "SP": 100}}]},
}
CASES = ("CORE-010", "BASIC-002", "BASIC-003", "BASIC-007", "BASIC-010", "BASIC-015", "BASIC-021")


@pytest.mark.timeout(300)
@pytest.mark.parametrize("side", ["server", "client"])
def test_the_procedures_run_on_a_topology_of_the_utility(side: str, tmp_path: Path) -> None:
    rows = {name: {"kind": "replace", "source": "handbook"} | row for name, row in FIXTURES.items()}
    pack = write(tmp_path, "mine", inherits="csip-2.1", fixtures=rows)
    choice = Choice(profile=str(pack), only=tuple(f"{side}/{id}" for id in CASES))
    with ExitStack() as keep:
        session = Session(demonstration(choice, tmp_path / "run", keep, {side: ()}))
        session.start()
        record = session.finish()
    tests = record["tests"]
    assert isinstance(tests, list)
    ended = {row["id"]: row["verdict"] for row in tests if row["verdict"] not in ("not_run", "not_applicable")}
    assert ended == dict.fromkeys(CASES, "pass")
    wire = (tmp_path / "run" / "exchanges.jsonl").read_text(encoding="utf-8")
    assert "Aside" in wire
    assert "Group-Z" not in wire
