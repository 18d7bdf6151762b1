"""Runs documents past two schemas and counts, by class, where the verdicts agree and where they do not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from lxml import etree

from conformance.catalogue.shipped import xsd_folder
from conformance.wire.schema.document import Kind, Sample
from conformance.wire.schema.model import Edition

Error = tuple[int, str, str]


@dataclass
class Comparison:
    """What came of it. ``accepted`` and ``rejected`` count agreed verdicts by class."""

    accepted: Counter[Kind] = field(default_factory=Counter)
    rejected: Counter[Kind] = field(default_factory=Counter)
    differences: list[str] = field(default_factory=list)
    other_errors: list[str] = field(default_factory=list)
    refused_valid: list[str] = field(default_factory=list)

    @property
    def valid(self) -> int:
        """How many documents were made to be valid."""
        return self.accepted[Kind.VALID] + self.rejected[Kind.VALID]

    @property
    def mutants(self) -> int:
        """How many documents were broken on purpose."""
        return self.accepted.total() + self.rejected.total() - self.valid

    def table(self) -> str:
        """Return the counts, a class a line."""
        lines = [f"    {'class':<20}{'accepted':>10}{'rejected':>10}"]
        lines += [f"    {kind:<20}{self.accepted[kind]:>10}{self.rejected[kind]:>10}" for kind in Kind]
        return "\n".join(lines)


def own_schema(edition: Edition) -> etree.XMLSchema:
    """Compile our own schema of an edition."""
    return etree.XMLSchema(etree.parse(xsd_folder() / f"{edition}.xsd"))


def official_schema(path: Path) -> etree.XMLSchema:
    """Compile an official schema; one of CSIP-AUS must be entered at its core file, or its redefinition is lost."""
    return etree.XMLSchema(etree.parse(path))


def compare(ours: etree.XMLSchema, theirs: etree.XMLSchema, samples: Iterable[Sample]) -> Comparison:
    """Judge every sample by both schemas; verdicts must agree, and so must the errors."""
    found = Comparison()
    for sample in samples:
        tree = etree.fromstring(sample.xml)
        verdict = ours.validate(tree)
        if theirs.validate(tree) is not verdict:
            found.differences.append(f"{sample.kind}: {sample.about}: ours says {verdict}\n{sample.xml.decode()}")
            continue
        (found.accepted if verdict else found.rejected)[sample.kind] += 1
        if verdict:
            continue
        if errors(ours) != errors(theirs):
            found.other_errors.append(f"{sample.about}: {errors(ours)} but {errors(theirs)}")
        if sample.kind is Kind.VALID:
            found.refused_valid.append(f"{sample.about}: {ours.error_log.last_error}")
    return found


def errors(schema: etree.XMLSchema) -> list[Error]:
    """Return the errors of the last validation: line, what sort, and the text."""
    return [(error.line, error.type_name, error.message) for error in schema.error_log]
