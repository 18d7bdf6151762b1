"""Reads the fact tables in ``xsd/facts/`` into a model of the wire format.

A table has one fact a row; ``xsd/README.md`` explains the columns. The tables of CSIP-AUS are additions to
2030.5-2018: rows with owner kind ``redefine`` append to the base type of that name.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from conformance.catalogue.shipped import xsd_folder
from conformance.vocabulary.errors import UsageError, explain
from conformance.wire.schema.model import (
    IEEE,
    XS,
    Attribute,
    Child,
    ComplexType,
    Edition,
    Model,
    Particle,
    Root,
    SimpleType,
    Wildcard,
)

Row = dict[str, str]
BASE_EDITIONS = (Edition.IEEE_2018, Edition.IEEE_2023)


@cache
def read_model(edition: Edition) -> Model:
    """Return the model of an edition, read from the shipped fact tables."""
    return build_model(edition, xsd_folder() / "facts")


def build_model(edition: Edition, folder: Path) -> Model:
    """Read the model of an edition from a folder of fact tables.

    Raises:
        UsageError: a table is missing.
    """
    rows = _read(folder / f"{edition}.csv")
    if edition in BASE_EDITIONS:
        return _assemble(edition, rows, IEEE)
    base = _read(folder / f"{Edition.IEEE_2018}.csv")
    extension = next(row["value"] for row in rows if row["fact"] == "import" and row["ns"] == "sep")
    return _assemble(edition, [*base, *(row for row in rows if row["fact"] != "schema")], extension)


def _read(table: Path) -> list[Row]:
    if not table.is_file():
        raise UsageError(
            explain(f"read the fact table {table.name}", "the file", f"none in {table.parent}", "install again")
        )
    with table.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def _assemble(edition: Edition, rows: list[Row], extension: str) -> Model:
    names = _Names(extension)
    members: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        members.setdefault((row["ns"] + row["owner_kind"].replace("redefine", "type"), row["owner"]), []).append(row)
    heads = [row for row in rows if row["fact"] == "type" and row["owner_kind"] != "redefine"]
    root_types = {
        names.element(row["ns"], row["owner"]): names.type(row["ns"], row["type"] or row["base"])
        for row in rows
        if row["fact"] == "root"
    }
    simple = [_simple(row, members["sepsimple", row["owner"]], names) for row in heads if row["owner_kind"] == "simple"]
    complex_ = [
        _complex(row, members[row["ns"] + "type", row["owner"]], names, root_types)
        for row in heads
        if row["owner_kind"] == "type"
    ]
    roots = [
        Root(
            tag := names.element(row["ns"], row["owner"]),
            root_types[tag],
            row["function_set"],
            _attributes(members[row["ns"] + "root", row["owner"]], names),
        )
        for row in rows
        if row["fact"] == "root"
    ]
    return Model(
        edition=edition,
        version=next((row["value"] for row in rows if row["fact"] == "schema" and row["name"] == "version"), None),
        extension=None if extension == IEEE else extension,
        simple={step.name: step for step in simple},
        complex={step.name: step for step in complex_},
        roots={root.tag: root for root in roots},
    )


class _Names:
    """Turns the prefixed names of a table into Clark notation."""

    def __init__(self, extension: str) -> None:
        self._prefixes = {"sep": IEEE, "csipaus": extension, "xs": XS}

    def element(self, home: str, name: str) -> str:
        prefix, _, rest = name.rpartition(":")
        return f"{{{self._prefixes[prefix or home]}}}{rest}"

    type = element


def _simple(head: Row, members: Iterable[Row], names: _Names) -> SimpleType:
    facets = {row["name"]: row["value"] for row in members if row["fact"] == "facet"}
    return SimpleType(names.type("sep", head["owner"]), names.type("sep", head["base"]), head["function_set"], facets)


def _complex(head: Row, members: list[Row], names: _Names, roots: dict[str, str]) -> ComplexType:
    return ComplexType(
        name=names.type(head["ns"], head["owner"]),
        base=names.type(head["ns"], head["base"]) if head["base"] else None,
        function_set=head["function_set"],
        own_particles=tuple(_particle(row, names, roots) for row in members if row["fact"] in ("child", "ref", "any")),
        own_attributes=_attributes(members, names),
        any_attribute=any(row["fact"] == "anyattr" for row in members),
    )


def _attributes(members: Iterable[Row], names: _Names) -> tuple[Attribute, ...]:
    return tuple(
        Attribute(row["name"], names.type(row["ns"], row["type"]), row["use"] == "required", row["default"] or None)
        for row in members
        if row["fact"] == "attr"
    )


def _particle(row: Row, names: _Names, roots: dict[str, str]) -> Particle:
    least = int(row["min"])
    most = None if row["max"] == "unbounded" else int(row["max"])
    if row["fact"] == "any":
        return Wildcard(row["value"].split()[0], least, most)
    tag = names.element(row["ns"], row["name"])
    if row["fact"] == "ref":
        return Child(tag, roots[tag], least, most, reference=True)
    return Child(tag, names.type(row["ns"], row["type"]), least, most, row["default"] or None)
