"""The command line in a folder of its own, with all its outputs at hand."""

from __future__ import annotations

from pathlib import Path

import pytest
from misbehaviour import Csip


@pytest.fixture
def csip(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Csip:
    """Return the command line; the working folder is empty."""
    monkeypatch.chdir(tmp_path)

    def printed() -> str:
        captured = capsys.readouterr()
        return captured.out + captured.err

    return Csip(tmp_path, printed)
