"""The documents of the proof: the systematic corpus of an edition, random documents and their mutants.

Seeded: the same edition, sizes and seed give the same documents.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from conformance.wire.schema.document import Kind, Sample, serialise
from conformance.wire.schema.facts import read_model
from conformance.wire.schema.generator import FullMaker, Maker, generate
from conformance.wire.schema.model import Edition
from conformance.wire.schema.mutator import mutants
from conformance.wire.schema.probes import probes


@dataclass(frozen=True)
class Size:
    """How much of the corpus: the share of the systematic part, random documents, and how many of them are broken."""

    share: float
    documents: int
    broken: int


FULL = Size(share=1.0, documents=15_000, broken=4_000)
SAMPLE = Size(share=0.02, documents=200, broken=30)


def corpus(edition: Edition, size: Size, seed: int) -> Iterator[Sample]:
    """Yield every document of the proof for one edition."""
    model = read_model(edition)
    for tag in model.roots:
        for maker in (Maker(model), FullMaker(model), FullMaker(model, 3)):
            yield Sample(Kind.VALID, f"root {tag}", serialise(maker.root(tag)))
    yield from probes(model, share=size.share, seed=seed)
    for number, document in enumerate(islice(generate(edition, seed), size.documents)):
        yield Sample(Kind.VALID, "random", serialise(document.root, prefix="sep" if number % 3 == 0 else ""))
        if number * size.broken // size.documents != (number + 1) * size.broken // size.documents:
            yield from mutants(document, seed + number)
