"""The requirement register: what a check can be argued from.

One YAML file a source under ``profiles/requirements``; each row has an id, our own wording, a level, who must obey and
the source with its clause as far as known.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from conformance.vocabulary.errors import HarnessError
from conformance.vocabulary.verdict import Level


@dataclass(frozen=True, slots=True)
class Requirement:
    """One requirement. ``who`` is ``server``, ``client`` or ``both``; ``source`` names document and clause."""

    id: str
    text: str
    level: Level
    who: str
    source: str


Register = Mapping[str, Requirement]


def load_register(folder: Path) -> Register:
    """Return all requirements below a folder, by id. A double id is an error of ours."""
    register: dict[str, Requirement] = {}
    for path in sorted(folder.glob("*.yaml")):
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
        for row in _rows(document["source"], document["requirements"]):
            if row.id in register:
                raise HarnessError(f"the requirement {row.id} stands twice in the register")
            register[row.id] = row
    return register


def _rows(source: str, rows: Iterable[Mapping[str, str]]) -> Iterable[Requirement]:
    for row in rows:
        where = f"{source}, {row['clause']}" if "clause" in row else source
        yield Requirement(row["id"], row["text"], Level(row["level"]), row["who"], where)
