"""The requirement register: what a check can be argued from.

One YAML file a source under ``profiles/requirements``, each of the form of ``profiles/requirements.schema.json``; each
row has an id, our own wording, a level, who must obey, the source with its clause as far as known, and, if no test case
names it, the reason why not.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache
from pathlib import Path

import jsonschema
import yaml

from conformance.catalogue.shipped import profiles_folder
from conformance.vocabulary.errors import HarnessError
from conformance.vocabulary.verdict import Level

SCHEMA = "requirements.schema.json"


class Reason(StrEnum):
    """Why no test case names a requirement."""

    IMPLICIT = "implicit"
    """Other checks prove it along the way, or nothing could break it."""
    NOT_ON_THE_WIRE = "not_on_the_wire"
    """No exchange can prove it."""
    OUT_OF_SCOPE = "out_of_scope"
    """It binds somebody else, or something the harness does not look at."""
    TO_DO = "to_do"
    """A test case is wanted."""


@dataclass(frozen=True, slots=True)
class Untested:
    """Why no test case names a requirement; ``note`` says it in words."""

    kind: Reason
    note: str


@dataclass(frozen=True, slots=True)
class Requirement:
    """One requirement.

    ``who`` is ``server``, ``client``, ``both``, ``aggregator`` (a client with a fleet) or ``organisation`` (a utility
    or an issuer of certificates, not a product); ``source`` names document and clause.
    """

    id: str
    text: str
    level: Level
    who: str
    source: str
    untested: Untested | None = None

    def binds(self, subject: str) -> bool:
        """Return whether a kind of subject (``server`` or ``client``) must obey; aggregators are clients."""
        return subject in WHO[self.who]


WHO: Mapping[str, tuple[str, ...]] = {
    "server": ("server",),
    "client": ("client",),
    "both": ("server", "client"),
    "aggregator": ("client",),
    "organisation": (),
}

Register = Mapping[str, Requirement]


def load_register(folder: Path) -> Register:
    """Return all requirements below a folder, by id. A double id, or a file of another form, is an error of ours."""
    register: dict[str, Requirement] = {}
    for path in sorted(folder.glob("*.yaml")):
        for row in _read(path, path.read_text(encoding="utf-8")):
            if row.id in register:
                raise HarnessError(f"the requirement {row.id} stands twice in the register")
            register[row.id] = row
    return register


@lru_cache(maxsize=64)
def _read(path: Path, text: str) -> tuple[Requirement, ...]:
    """Return the requirements that a text says; kept, since many runs of one process ask for the same."""
    document = yaml.load(text, Loader=_LOADER)
    _must_fit(path, _validator().iter_errors(document))
    return tuple(_rows(document["source"], document["requirements"]))


@cache
def _validator() -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(json.loads((profiles_folder() / SCHEMA).read_text(encoding="utf-8")))


def _must_fit(path: Path, errors: Iterable[jsonschema.ValidationError]) -> None:
    seen = [f"{'/'.join(map(str, error.absolute_path))}: {error.message}" for error in errors]
    if seen:
        raise HarnessError(f"the register {path.name} is not of the form of {SCHEMA}: {'; '.join(seen)}")


def _rows(source: str, rows: Iterable[Mapping[str, str]]) -> Iterable[Requirement]:
    for row in rows:
        where = f"{source}, {row['clause']}" if "clause" in row else source
        yield Requirement(row["id"], row["text"], Level(row["level"]), row["who"], where, _untested(row))


def _untested(row: Mapping[str, object]) -> Untested | None:
    reason = row.get("untested")
    return Untested(Reason(reason["kind"]), str(reason["note"])) if isinstance(reason, Mapping) else None


_LOADER: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The quick one where it is built in: the register is read at every start."""
