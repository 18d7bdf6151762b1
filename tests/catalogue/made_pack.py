"""Packs made by hand: written to a folder, one on another."""

from __future__ import annotations

from pathlib import Path

import yaml

from conformance.catalogue.profile import Profile, load_profile

Rows = dict[str, object]

RATE: Rows = {"value": 600, "unit": "s", "source": "handbook", "clause": "1", "grade": "primary"}
"""A value that fits any demand in seconds."""


def write(folder: Path, id: str, **parts: object) -> Path:
    """Write a pack; without ``inherits`` it is a base pack with all that one must have."""
    document: Rows = {
        "id": id,
        "title": f"title of {id}",
        "version": "1",
        "scope": "made",
        "sources": [{"name": "handbook", "note": "made"}, {"name": "letter", "note": "made"}],
    }
    if "inherits" not in parts:
        document |= {"edition": "2030.5-2018", "required": {}, "limits": {}, "policies": {}, "promote": []}
    path = folder / f"{id}.yaml"
    path.write_text(yaml.safe_dump(document | parts, sort_keys=False), encoding="utf-8")
    return path


def two(folder: Path, below: Rows, above: Rows) -> Profile:
    """Load a pack with the values ``above`` on one with the values ``below``."""
    write(folder, "below", values=below)
    return load_profile(str(write(folder, "above", inherits="below", values=above)))


def rate(**changes: object) -> Rows:
    """Return a value in seconds, changed."""
    return RATE | changes


def word(value: object, **changes: object) -> Rows:
    """Return a value in words."""
    return {"value": value, "source": "handbook", "clause": "1", "grade": "primary"} | changes
