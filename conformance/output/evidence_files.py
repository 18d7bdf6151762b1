"""The files of a run folder that a verdict rests on, each with its size and digest, so that a change can be seen."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

NAMES = ("exchanges.jsonl", "events.jsonl", "run.json")
"""The exchange log, the journal, and the record that is made from it."""


@dataclass(frozen=True, slots=True)
class EvidenceFile:
    """A file: its name, its size in bytes, and its SHA-256 in hexadecimal digits as ``sha256sum`` prints them."""

    name: str
    size: int
    sha256: str


def evidence_files(folder: Path) -> tuple[EvidenceFile, ...]:
    """Return what the folder holds of these files, read in pieces, as they are now."""
    return tuple(_told(folder / name) for name in NAMES if (folder / name).is_file())


def _told(path: Path) -> EvidenceFile:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256")
        return EvidenceFile(path.name, file.tell(), digest.hexdigest())
