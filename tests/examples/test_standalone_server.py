"""The standalone server, which shares no code with the harness, is tested over sockets and arranged by its web hook."""

import json
import shutil
import socket
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

EXAMPLE = Path(__file__).parents[2] / "examples" / "standalone-server"
QUICK = (
    *("COMM-002", "COMM-003", "CORE-001", "CORE-002", "CORE-003", "CORE-005", "CORE-009", "CORE-010", "CORE-011"),
    *("CORE-014", "ERR-001", "BASIC-001", "BASIC-007", "BASIC-016", "BASIC-027", "BASIC-028", "BASIC-029"),
    *("TREE-001", "UTIL-001"),
)


def free_ports(count: int) -> list[int]:
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        return [one.getsockname()[1] for one in sockets]


def test_a_server_that_nobody_of_the_harness_made_passes_every_quick_case(tmp_path: Path) -> None:
    folder = shutil.copytree(
        EXAMPLE, tmp_path / "example", ignore=shutil.ignore_patterns(".pki", "runs", "__pycache__")
    )
    configuration = (folder / "csip.toml").read_text()
    for known, free in zip(("20405", "20406"), free_ports(2), strict=True):
        assert known in configuration
        configuration = configuration.replace(known, str(free))
    (folder / "csip.toml").write_text(configuration)
    chosen = [word for id in QUICK for word in ("--only", f"server/{id}")]
    words = [sys.executable, "-m", "conformance", "run", "--out", "run", *chosen]
    ended = subprocess.run(words, cwd=folder, capture_output=True, text=True, timeout=240, check=False)
    record = json.loads((folder / "run" / "run.json").read_text())
    verdicts = {row["id"]: row["verdict"] for row in record["tests"] if row["id"] in QUICK}
    assert verdicts == dict.fromkeys(QUICK, "pass"), ended.stderr
    assert record["time"] == "real"
