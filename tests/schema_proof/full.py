"""The whole proof in one command: ``python tests/schema_proof/full.py [EDITION ...]``.

For each edition that has an official schema: at least 20,000 valid documents and 20,000 mutants past our schema and the
official one, counted by class. For the edition that has none, valid documents must pass and systematic mutants must
fail by our schema alone. Ends with 1 if anything differs. The sample in ``test_schema_equivalence.py`` is part of this.
"""

from __future__ import annotations

import argparse
import sys
import time
from itertools import chain, islice

from corpus import FULL, SAMPLE, Size, corpus
from differential import Comparison, compare, official_schema, own_schema
from lxml import etree
from oracle import FILES, schema_file

from conformance.wire.schema.document import Kind, Sample
from conformance.wire.schema.facts import read_model
from conformance.wire.schema.generator import generate
from conformance.wire.schema.model import Edition
from conformance.wire.schema.probes import probes

WANTED = 20_000


def main() -> int:
    """Run the editions asked for, print the counts, and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("editions", nargs="*", type=Edition, default=list(Edition), help=", ".join(Edition))
    parser.add_argument("--seed", type=int, default=20305, help="of the random part")
    parser.add_argument("--sample", action="store_true", help="a small part only, to try it out")
    asked = parser.parse_args()
    return max(prove(edition, asked.seed, asked.sample) for edition in asked.editions)


def prove(edition: Edition, seed: int, sample: bool) -> int:
    """Prove one edition; return 1 if anything differs or too few documents were made."""
    begun = time.perf_counter()
    if edition not in FILES:
        return _alone(edition, seed, SAMPLE if sample else FULL)
    size = SAMPLE if sample else FULL
    found = compare(own_schema(edition), official_schema(schema_file(edition)), corpus(edition, size, seed))
    seconds = time.perf_counter() - begun
    print(f"{edition}: {found.valid} valid documents, {found.mutants} mutants, {seconds:.0f} s")
    print(found.table())
    _name("verdicts differ", found.differences)
    _name("same verdict, other errors", found.other_errors)
    _name("made to be valid, refused by both", found.refused_valid)
    enough = sample or min(found.valid, found.mutants) >= WANTED
    if not enough:
        print(f"    too few: {WANTED} of each are wanted")
    return 0 if enough and not _faults(found) else 1


def _alone(edition: Edition, seed: int, size: Size) -> int:
    schema, counts = own_schema(edition), Comparison()
    wrong = []
    drawn = (Sample(Kind.VALID, "random", it.xml) for it in islice(generate(edition, seed), size.documents))
    for each in chain(probes(read_model(edition), share=size.share, seed=seed), drawn):
        verdict = schema.validate(etree.fromstring(each.xml))
        (counts.accepted if verdict else counts.rejected)[each.kind] += 1
        if verdict is not (each.kind is Kind.VALID):
            wrong.append(f"{each.kind}: {each.about}")
    print(f"{edition}: no official schema to compare with; {counts.valid} valid documents, {counts.mutants} mutants")
    print(counts.table())
    _name("not the verdict the facts demand", wrong)
    return 1 if wrong else 0


def _faults(found: Comparison) -> list[str]:
    return [*found.differences, *found.other_errors, *found.refused_valid]


def _name(what: str, lines: list[str]) -> None:
    print(f"    {what}: {len(lines)}")
    for line in lines[:20]:
        print(f"      {line}")


if __name__ == "__main__":
    sys.exit(main())
