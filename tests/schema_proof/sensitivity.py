"""Whether the systematic corpus notices a wrong fact; all of them: ``python tests/schema_proof/sensitivity.py``."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from enum import StrEnum
from functools import cache

from broken_facts import Broken, broken_models
from lxml import etree

from conformance.wire.schema.facts import read_model
from conformance.wire.schema.hosts import hosts
from conformance.wire.schema.model import Child, Edition, Model
from conformance.wire.schema.probes import probes
from conformance.wire.schema.writer import one_file


class Outcome(StrEnum):
    """What became of a schema with one wrong fact."""

    NOTICED = "a verdict changed"
    UNNOTICED = "no verdict changed"
    OUT_OF_REACH = "no verdict changed, but no document can hold the type itself"
    NOT_A_SCHEMA = "it does not compile"


def notice(model: Model, broken: Broken) -> Outcome:
    """Run the documents of the changed type, then of those that use it, until a verdict changes."""
    try:
        schema = etree.XMLSchema(etree.fromstring(one_file(broken.model).encode()))
    except etree.XMLSchemaParseError:
        return Outcome.NOT_A_SCHEMA
    held = False
    for type_name in concerned(model, broken.type):
        for tree, verdict in judged(model, type_name):
            held = True
            if schema.validate(tree) is not verdict:
                return Outcome.NOTICED
    only_derived = broken.type in model.complex and broken.type not in hosts(model)
    return Outcome.UNNOTICED if held and not only_derived else Outcome.OUT_OF_REACH


def concerned(model: Model, type_name: str) -> Iterator[str]:
    """Yield the type, its bases, those derived from it, and those with a child or attribute of one of these."""
    yield from model.ancestry(type_name)
    below = [name for name in [*model.complex, *model.simple] if model.derives(name, type_name)]
    yield from below
    for name in model.complex:
        places = [place for place in model.particles(name) if isinstance(place, Child)]
        types = {place.type for place in places} | {each.type for each in model.attributes(name)}
        if types & {*model.ancestry(type_name), *below}:
            yield name


@cache
def judged(model: Model, type_name: str) -> tuple[tuple[etree._Element, bool], ...]:
    """Return the documents of a type with the verdict of the sound schema."""
    schema = sound(model)
    trees = (etree.fromstring(sample.xml) for sample in probes(model, [type_name]))
    return tuple((tree, schema.validate(tree)) for tree in trees)


@cache
def sound(model: Model) -> etree.XMLSchema:
    """Compile the schema of a model."""
    return etree.XMLSchema(etree.fromstring(one_file(model).encode()))


def main() -> int:
    """Break every fact of the base editions named, or of both; print counts and the names of what passes unnoticed."""
    surprises = 0
    for edition in map(Edition, sys.argv[1:] or (Edition.IEEE_2018, Edition.IEEE_2023)):
        model, counts = read_model(edition), Counter[Outcome]()
        unnoticed = []
        for broken in broken_models(model):
            outcome = notice(model, broken)
            counts[outcome] += 1
            if outcome is Outcome.UNNOTICED:
                unnoticed.append(broken.about)
        print(f"{edition}: " + ", ".join(f"{outcome} {number}" for outcome, number in counts.items()))
        for about in unnoticed:
            print(f"    unnoticed: {about}")
        surprises += len(unnoticed)
    return 1 if surprises else 0


if __name__ == "__main__":
    sys.exit(main())
