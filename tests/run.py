"""Sets up an environment of its own and runs the harness's tests.

python3 tests/run.py [arguments of pytest]
"""

import os
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FOLDER = Path(os.environ.get("CSIP_TEST_ENVIRONMENT", ROOT / ".venv-test"))
PROGRAMS = FOLDER / ("Scripts" if sys.platform == "win32" else "bin")

if sys.version_info < (3, 11):
    sys.exit("csip-conformance needs Python 3.11 or newer; this is " + sys.version.split()[0])
if not PROGRAMS.exists():
    venv.create(FOLDER, with_pip=True)
pip = [PROGRAMS / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
subprocess.run([*pip, "--upgrade", "pip>=25.1"], check=True)
subprocess.run([*pip, "--editable", ".", "--group", "dev"], check=True, cwd=ROOT)
pytest = [PROGRAMS / "python", "-m", "pytest", "--numprocesses", str(os.cpu_count() or 1), *sys.argv[1:]]
sys.exit(subprocess.run(pytest, cwd=ROOT).returncode)
