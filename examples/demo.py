"""Sets up an environment of its own and runs the demonstration, which ends with a report.

python3 examples/demo.py [arguments of csip demo]
"""

import os
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FOLDER = Path(os.environ.get("CSIP_ENVIRONMENT", ROOT / ".venv"))
PROGRAMS = FOLDER / ("Scripts" if sys.platform == "win32" else "bin")

if sys.version_info < (3, 11):
    sys.exit("csip-conformance needs Python 3.11 or newer; this is " + sys.version.split()[0])
if not PROGRAMS.exists():
    venv.create(FOLDER, with_pip=True)
python = PROGRAMS / "python"
install = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--editable", ROOT]
subprocess.run(install, check=True)
sys.exit(subprocess.run([python, "-m", "conformance", "demo", *sys.argv[1:]]).returncode)
