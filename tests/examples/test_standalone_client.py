"""The standalone client, which shares no code with the harness, is tested over sockets and told by a command."""

import json
import shutil
import socket
import subprocess
import sys
from pathlib import Path

EXAMPLE = Path(__file__).parents[2] / "examples" / "standalone-client"
QUICK = (
    *("COMM-001", "COMM-002", "COMM-003", "COMM-004A", "COMM-004B", "COMM-004C", "CORE-002", "CORE-009", "CORE-014"),
    *("ERR-001", "BASIC-001", "BASIC-027", "ALARM-001", "FUNCTIONS-002", "MOVED-001", "REGISTRATION-001"),
)


def test_a_client_that_nobody_of_the_harness_made_passes_every_quick_case(tmp_path: Path) -> None:
    folder = shutil.copytree(
        EXAMPLE, tmp_path / "example", ignore=shutil.ignore_patterns(".pki", "runs", "__pycache__")
    )
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    configuration = (folder / "csip.toml").read_text()
    assert configuration.count("5353") == 2
    (folder / "csip.toml").write_text(configuration.replace("5353", str(port)))
    chosen = [word for id in QUICK for word in ("--only", f"client/{id}")]
    words = [sys.executable, "-m", "conformance", "run", "--jobs", "6", "--out", "run", *chosen]
    ended = subprocess.run(words, cwd=folder, capture_output=True, text=True, timeout=240, check=False)
    record = json.loads((folder / "run" / "run.json").read_text())
    verdicts = {row["id"]: row["verdict"] for row in record["tests"] if row["id"] in QUICK}
    assert verdicts == dict.fromkeys(QUICK, "pass"), ended.stderr
    assert record["time"] == "real"
