"""The wheel and the checkout, each installed into a fresh environment and used from a foreign, hostile folder."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HOSTILE_INI = "[pytest]\naddopts = --no-such-option\npython_files = *.none\n"
HOSTILE_CONFTEST = "raise RuntimeError('somebody else\\'s conftest')\n"

pytestmark = [pytest.mark.packaging, pytest.mark.timeout(600)]


def run(*words: object, cwd: Path, **environment: str) -> str:
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("PYTEST", "PYTHON"))}
    done = subprocess.run(
        [str(word) for word in words], cwd=cwd, env=kept | environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout


def fresh_environment(folder: Path, *install: object) -> Path:
    venv.create(folder, with_pip=True)
    programs = folder / ("Scripts" if sys.platform == "win32" else "bin")
    run(programs / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *install, cwd=folder)
    return programs


def foreign_folder(above: Path) -> Path:
    above.mkdir()
    (above / "pytest.ini").write_text(HOSTILE_INI)
    (above / "conftest.py").write_text(HOSTILE_CONFTEST)
    inside = above / "somewhere"
    inside.mkdir()
    return inside


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "build", "--wheel", "--outdir", out, ROOT, cwd=out)
    return next(out.glob("*.whl"))


def demonstrated(programs: Path, folder: Path) -> dict[str, object]:
    environment = {"PYTEST_ADDOPTS": "--maxfail=1 -k nothing"}
    run(programs / "csip", "demo", "--out", "out", cwd=folder, **environment)
    assert (folder / "out" / "report.html").stat().st_size > 10_000
    record: dict[str, object] = json.loads((folder / "out" / "run.json").read_text(encoding="utf-8"))
    return record


def test_the_wheel_works_in_a_foreign_folder(wheel: Path, tmp_path: Path) -> None:
    programs = fresh_environment(tmp_path / "environment", wheel)
    record = demonstrated(programs, foreign_folder(tmp_path / "foreign"))
    assert record["result"] == "conformant"


def test_the_editable_checkout_works_in_a_foreign_folder(tmp_path: Path) -> None:
    programs = fresh_environment(tmp_path / "environment", "--editable", ROOT)
    record = demonstrated(programs, foreign_folder(tmp_path / "foreign"))
    assert record["result"] == "conformant"


def test_the_wheel_puts_one_package_at_the_top_and_leaves_the_tests_out(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.split("/")[0] for name in names}
    assert tops == {"conformance", next(top for top in tops if top.endswith(".dist-info"))}
    assert not [name for name in names if "tests/" in name or name.endswith((".key", ".pem"))]
    assert {name.split("/")[2] for name in names if name.startswith("conformance/_bundled/")} == {
        "testcases",
        "profiles",
        "xsd",
        "reports",
    }
