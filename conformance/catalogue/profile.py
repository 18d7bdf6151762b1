"""Profile packs: what is required, by which figures, from which source.

A pack is one YAML file, described by ``profiles/pack.schema.json``. It holds no code: it selects test cases, sets
limits, records the choices made where the procedures are ambiguous, and may promote a SHOULD.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import jsonschema
import yaml

from conformance.catalogue.shipped import profiles_folder
from conformance.vocabulary.errors import UsageError, explain
from conformance.vocabulary.limits import Limit, Limits


@dataclass(frozen=True, slots=True)
class Policy:
    """A choice made where the requirement's text leaves one: the choice, its source and a note."""

    name: str
    choice: str
    source: str
    note: str


@dataclass(frozen=True, slots=True)
class Promotion:
    """A SHOULD that this profile treats as a MUST, and why."""

    requirement: str
    reason: str


@dataclass(frozen=True, slots=True)
class Profile:
    """A pack, loaded. ``edition`` is the schema edition, ``required`` the test ids by subject kind."""

    id: str
    title: str
    version: str
    edition: str
    scope: str
    sources: tuple[tuple[str, str], ...]
    required: Mapping[str, tuple[str, ...]]
    limits: Limits
    policies: Mapping[str, Policy]
    promotions: Mapping[str, Promotion]

    def requires(self, subject: str, test_id: str) -> bool:
        """Return whether a test must be passed by that kind of subject."""
        return test_id in self.required.get(subject, ())


def profile_names() -> list[str]:
    """Return the names of the packs that come with the harness."""
    return sorted(path.stem for path in profiles_folder().glob("*.yaml"))


def load_profile(name_or_path: str) -> Profile:
    """Load a shipped pack by name, or any pack by path.

    Raises:
        UsageError: no such pack, not readable, or not of the published form.
    """
    path = _locate(name_or_path)
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise UsageError(explain(f"reading the profile {path}", "a YAML file", str(error), "mend the file")) from None
    _must_fit_schema(path, document)
    return _profile(document)


def _locate(name_or_path: str) -> Path:
    shipped = profiles_folder() / f"{name_or_path}.yaml"
    if shipped.is_file():
        return shipped
    if Path(name_or_path).is_file():
        return Path(name_or_path)
    names = ", ".join(profile_names())
    raise UsageError(
        explain(f"loading the profile {name_or_path!r}", f"one of {names}, or a path", "no such", "name one")
    )


def _must_fit_schema(path: Path, document: object) -> None:
    schema = json.loads((profiles_folder() / "pack.schema.json").read_text(encoding="utf-8"))
    errors = jsonschema.Draft202012Validator(schema).iter_errors(document)
    seen = [f"{'/'.join(map(str, error.absolute_path)) or 'the document'}: {error.message}" for error in errors]
    if seen:
        raise UsageError(
            explain(f"loading the profile {path}", "the form of pack.schema.json", "; ".join(seen), "mend it")
        )


def _profile(document: Mapping[str, object]) -> Profile:
    return Profile(
        id=str(document["id"]),
        title=str(document["title"]),
        version=str(document["version"]),
        edition=str(document["edition"]),
        scope=str(document["scope"]),
        sources=tuple((row["name"], row["note"]) for row in _rows(document["sources"])),
        required={kind: tuple(ids) for kind, ids in _mapping(document["required"]).items()},
        limits=Limits({name: _limit(name, row) for name, row in _mapping(document["limits"]).items()}),
        policies={name: _policy(name, row) for name, row in _mapping(document["policies"]).items()},
        promotions={
            row["requirement"]: Promotion(row["requirement"], row["reason"]) for row in _rows(document["promote"])
        },
    )


def _limit(name: str, row: Mapping[str, object]) -> Limit:
    value = float(str(row["value"]))
    return Limit(name, value, str(row["unit"]), str(row["source"]), str(row.get("note", "")), default=value)


def _policy(name: str, row: Mapping[str, object]) -> Policy:
    return Policy(name, str(row["choice"]), str(row["source"]), str(row["note"]))


def _rows(value: object) -> Iterable[Mapping[str, str]]:
    assert isinstance(value, list)
    return value


def _mapping(value: object) -> Mapping[str, dict[str, object]]:
    assert isinstance(value, dict)
    return value
