"""Profile packs as they are written: one YAML file is one layer, of the form of ``profiles/pack.schema.json``.

A pack holds no code. It names its parent (``inherits``), demands values, sets the harness's own limits, selects test
cases, and records choices, open questions and contradictions between its sources.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import jsonschema
import yaml

from conformance.catalogue.demands import DEMANDS, demand_of
from conformance.catalogue.pack_cells import Cell, read_cells
from conformance.catalogue.pack_values import Question
from conformance.catalogue.plain_yaml import plain_yaml
from conformance.catalogue.shipped import profiles_folder
from conformance.vocabulary.errors import UsageError, explain, meant

Row = Mapping[str, object]
"""One row of a pack, its form already proven by the schema."""

LAYERS = ("harness", "base", "national", "regime", "utility", "programme", "environment")
"""Layers in the order they are laid on one another."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """A document that is asked for beside the tests: nothing on the wire shows it."""

    id: str
    title: str
    required_when: str
    source: str


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Two sources that disagree: what each says, the choice made here, and the values or lint notes it is about."""

    id: str
    about: tuple[str, ...]
    sides: tuple[str, ...]
    choice: str
    source: str


@dataclass(frozen=True, slots=True)
class Pack:
    """One layer as written. ``values`` holds the rows of each name; all else is as in the file."""

    path: Path
    id: str
    title: str
    version: str
    layer: str
    status: str
    inherits: str
    edition: str
    scope: str
    sources: tuple[tuple[str, str], ...]
    required: Mapping[str, tuple[str, ...]]
    not_required: tuple[Row, ...]
    limits: Mapping[str, Row]
    policies: Mapping[str, Row]
    fixtures: Mapping[str, Row]
    promote: tuple[Row, ...]
    values: Mapping[str, tuple[Row, ...]]
    questions: Mapping[str, Question]
    contradictions: tuple[Contradiction, ...]
    evidence: tuple[Evidence, ...]
    procedures: tuple[str, ...] = ()
    cells: tuple[Cell, ...] = ()


def pack_names() -> list[str]:
    """Return the names of the packs that come with the harness."""
    return sorted(path.stem for path in profiles_folder().glob("*.yaml"))


def read_chain(name_or_path: str) -> tuple[Pack, ...]:
    """Read a pack and all it inherits from, the lowest layer first.

    Raises:
        UsageError: a pack is missing, unreadable, of another form, in a circle, or below one of a higher layer.
    """
    chain = [read_pack(locate(name_or_path))]
    while chain[0].inherits:
        child = chain[0]
        parent = read_pack(locate(child.inherits, beside=child.path.parent))
        if parent.id in {pack.id for pack in chain}:
            seen = " → ".join([*(pack.id for pack in reversed(chain)), parent.id])
            raise _wrong(child, "a chain that ends", seen, "inherit from another pack")
        if LAYERS.index(parent.layer) > LAYERS.index(child.layer):
            seen = f"{child.id} ({child.layer}) on {parent.id} ({parent.layer})"
            raise _wrong(child, f"layers in the order {', '.join(LAYERS)}", seen, "correct layer or inherits")
        chain.insert(0, parent)
    return tuple(chain)


def locate(name_or_path: str, beside: Path | None = None) -> Path:
    """Return the file of a shipped pack, of a pack beside another one, or of a path. Raises ``UsageError``."""
    shipped = profiles_folder() / f"{name_or_path}.yaml"
    near = [] if beside is None else [beside / f"{name_or_path}.yaml", beside / name_or_path]
    for place in (shipped, *near, Path(name_or_path)):
        if place.is_file():
            return place
    do = meant(name_or_path, pack_names(), f"correct the path, or name one of {', '.join(pack_names())}")
    expected = "the name of a pack that comes with the harness, or the path of a file"
    raise UsageError(explain(f"loading the profile {name_or_path!r}", expected, "neither", do))


def read_pack(path: Path) -> Pack:
    """Read one layer. Raises ``UsageError`` if it cannot be read or is not of the published form."""
    try:
        return _read(path, path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise _no_yaml(path, error) from None


@lru_cache(maxsize=64)
def _read(path: Path, text: str) -> Pack:
    """Return the layer that a text says; kept, since many runs of one process ask for the same."""
    try:
        document = plain_yaml(text)
    except (ValueError, yaml.YAMLError) as error:
        raise _no_yaml(path, error) from None
    _must_fit_schema(path, document)
    return _pack(path, document)


def _no_yaml(path: Path, error: Exception) -> UsageError:
    return UsageError(explain(f"reading the profile {path}", "a YAML file", str(error), "mend the file"))


def _must_fit_schema(path: Path, document: object) -> None:
    seen = [_told(error) for error in _validator().iter_errors(document)]
    if seen:
        raise UsageError(
            explain(f"loading the profile {path}", "the form of pack.schema.json", "; ".join(seen), "mend it")
        )


def _told(error: jsonschema.ValidationError) -> str:
    """Say what is wrong and where; for a name outside the vocabulary also what is near it."""
    place = "/".join(map(str, error.absolute_path)) or "the document"
    if place == "values" and error.validator == "additionalProperties":
        unknown = [name for name in _row(error.instance) if demand_of(str(name)) is None]
        return f"values: {'; '.join(_unknown(str(name)) for name in unknown)}"
    quotes = "; put it in quotes" if error.validator == "type" and isinstance(error.instance, int | float) else ""
    return f"{place}: {error.message}{quotes if place.endswith(QUOTED) else ''}"


def _unknown(name: str) -> str:
    near = difflib.get_close_matches(name, DEMANDS, n=3, cutoff=0.5)
    return f"no demand is called {name}{', perhaps ' if near else ''}{' or '.join(near)}"


@cache
def _validator() -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(
        json.loads((profiles_folder() / "pack.schema.json").read_text(encoding="utf-8"))
    )


def _pack(path: Path, read: object) -> Pack:
    document = _row(read)
    return Pack(
        path=path,
        id=str(document["id"]),
        title=str(document["title"]),
        version=str(document["version"]),
        layer=str(document.get("layer", "utility" if "inherits" in document else "base")),
        status=str(document.get("status", "draft")),
        inherits=str(document.get("inherits", "")),
        edition=str(document.get("edition", "")),
        scope=str(document["scope"]),
        sources=tuple((str(row["name"]), str(row["note"])) for row in _rows(document, "sources")),
        required={kind: _words(ids) for kind, ids in _mapping(document, "required").items()},
        not_required=tuple(_rows(document, "not_required")),
        limits=_row_mapping(document, "limits"),
        policies=_row_mapping(document, "policies"),
        fixtures=_row_mapping(document, "fixtures"),
        promote=tuple(_rows(document, "promote")),
        values={name: _variants(rows) for name, rows in _mapping(document, "values").items()},
        questions={
            id: Question(id, str(row["ask"]), str(row["text"]))
            for id, row in _row_mapping(document, "questions").items()
        },
        contradictions=tuple(_contradiction(row) for row in _rows(document, "contradictions")),
        evidence=tuple(
            Evidence(str(row["id"]), str(row["title"]), str(row["required_when"]), str(row["source"]))
            for row in _rows(document, "evidence")
        ),
        procedures=_words(document.get("procedures", [])),
        cells=read_cells(_rows(document, "cells")),
    )


def _contradiction(row: Row) -> Contradiction:
    sides, about = _words(row["sides"]), _words(row["about"])
    return Contradiction(str(row["id"]), about, sides, str(row["choice"]), str(row["source"]))


def _variants(rows: object) -> tuple[Row, ...]:
    return tuple(rows) if isinstance(rows, list) else (_row(rows),)


def _rows(document: Row, key: str) -> Iterable[Row]:
    rows = document.get(key, [])
    assert isinstance(rows, list)
    return rows


def _mapping(document: Row, key: str) -> Row:
    return _row(document.get(key, {}))


def _row_mapping(document: Row, key: str) -> Mapping[str, Row]:
    return {name: _row(row) for name, row in _mapping(document, key).items()}


def _row(value: object) -> Row:
    assert isinstance(value, dict)
    return value


def _words(value: object) -> tuple[str, ...]:
    assert isinstance(value, list)
    return tuple(str(item) for item in value)


def _wrong(pack: Pack, expected: str, seen: str, do: str) -> UsageError:
    return UsageError(explain(f"loading the profile {pack.path}", expected, seen, do))


QUOTED = ("clause", "version", "source")
"""Keys whose values look like numbers and are not: section 5.10 is not section 5.1."""
