"""A gateway that is observed on both sides, over real sockets and in real time."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
CONFIGURATION = """
profile = "csip-2.1"
[subject]
kind = "client"
pin = 111115
start = [
    "{{ python }}", "-m", "conformance.reference", "client", "--pki", ".pki", "--host", "{{ server_host }}",
    "--port", "{{ server_port }}", "--modbus-port", "{{ modbus_port }}", "--modbus-unit", "{{ modbus_unit }}",
    FLAW
]
[subject.southbound]
unit = 3
[identity]
test_pki = ".pki"
[limits]
program_list_poll_rate = 1
der_list_poll_rate = 2
control_lead = 6
control_duration = 9
event_aftermath = 9
plant_settling = 3
"""


def started(folder: Path, flaw: str) -> subprocess.Popen[str]:
    folder.mkdir()
    flawed = f'"--flaw", "{flaw}"' if flaw else ""
    (folder / "csip.toml").write_text(CONFIGURATION.replace("FLAW", flawed), encoding="utf-8")
    command = [sys.executable, "-m", "conformance", "run", "--only", "SOUTHBOUND-001", "--out", str(folder / "out")]
    kept = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST_")}
    return subprocess.Popen(
        command,
        cwd=folder,
        env=kept | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def of_the_case(out: Path, event: str) -> list[dict[str, object]]:
    lines = (out / "events.jsonl").read_text(encoding="utf-8").splitlines()
    return [row for row in map(json.loads, lines) if row["event"] == event]


def verdict(out: Path) -> object:
    record = json.loads((out / "run.json").read_text(encoding="utf-8"))
    return next(row["verdict"] for row in record["tests"] if row["id"] == "SOUTHBOUND-001")


@pytest.mark.slow
@pytest.mark.real
def test_who_answers_started_without_writing_the_register_is_caught(tmp_path: Path) -> None:
    runs = {flaw: started(tmp_path / (flaw or "sound"), flaw) for flaw in ("", "ignores_control")}
    told = {flaw: run.communicate()[0] for flaw, run in runs.items()}
    sound, flawed = tmp_path / "sound" / "out", tmp_path / "ignores_control" / "out"
    assert verdict(sound) == "pass", told[""]
    assert verdict(flawed) == "fail", told["ignores_control"]
    written = [
        (row["unit"], f"{row['model']}.{row['point']}", row["new"]) for row in of_the_case(sound, "register_written")
    ]
    limits = [words for unit, point, words in written if (unit, point) == (3, "704.WMaxLimPct")]
    assert limits == [[8000], [5000], [8000]]
    assert of_the_case(flawed, "register_written") == []
    posted = (flawed / "exchanges.jsonl").read_text(encoding="utf-8")
    assert posted.count("DERControlResponse") > 0
