"""Installs the client, pinned, into an environment of its own beside this file; the harness never imports it."""

import subprocess
import sys
import venv
from pathlib import Path

CLIENT = "py20305[cli,sunspec]==0.16.1"
FOLDER = Path(__file__).parent / ".venv"
DONE = FOLDER / CLIENT.replace("[", "-").replace("]", "-")

if not DONE.exists():
    venv.create(FOLDER, with_pip=True, clear=True)
    python = FOLDER / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    subprocess.run([python, "-m", "pip", "install", "--disable-pip-version-check", CLIENT], check=True)
    DONE.touch()
