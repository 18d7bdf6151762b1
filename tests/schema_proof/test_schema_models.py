"""Fact table, our schema and the official one come to the same model, type by type, by an independent parser."""

from __future__ import annotations

import pytest
from compiled_model import Shapes, shapes_of_facts, shapes_of_file
from oracle import FILES
from test_schema_equivalence import official

from conformance.catalogue.shipped import xsd_folder
from conformance.wire.schema.facts import read_model
from conformance.wire.schema.model import Edition


def ours(edition: Edition) -> Shapes:
    return shapes_of_file(xsd_folder() / f"{edition}.xsd")


def differing(one: Shapes, other: Shapes) -> list[str]:
    return sorted(name for name in {**one, **other} if one.get(name) != other.get(name))


@pytest.mark.parametrize("edition", Edition)
def test_our_schema_says_what_the_fact_table_says(edition: Edition) -> None:
    assert differing(ours(edition), shapes_of_facts(read_model(edition))) == []


@pytest.mark.parametrize("edition", FILES)
def test_our_schema_says_what_the_official_schema_says(edition: Edition) -> None:
    theirs = shapes_of_file(official(edition))
    assert len(theirs) > 500
    assert differing(ours(edition), theirs) == []
