"""Our schemas give the verdict of the official ones; a sample of ``full.py``, which has the numbers."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from corpus import SAMPLE, corpus
from differential import Comparison, compare, official_schema, own_schema
from lxml import etree
from oracle import FILES, IndexUnreachable, schema_file

from conformance.wire.schema.document import Kind
from conformance.wire.schema.facts import read_model
from conformance.wire.schema.generator import FullMaker
from conformance.wire.schema.hosts import hosts
from conformance.wire.schema.model import Child, Edition, local
from conformance.wire.schema.probes import probes

SEED = 7
UNREACHED_IN_2023 = {  # types that no document can hold: only others derive from them, or nothing refers to them
    "FixedPointType",
    "FixedVar",
    "PowerFactorWithExcitation",
    "UnsignedFixedPointType",
    "UnsignedFixedVar",
    "Link",
    "ListLink",
    "ActiveFlowReservationListLink",
    "CustomerAccountLink",
    "DERLink",
    "DERProgramLink",
    "DeviceCapabilityLink",
    "EndDeviceLink",
    "MeterReadingLink",
    "NotificationListLink",
}


def official(edition: Edition) -> Path:
    try:
        return schema_file(edition)
    except IndexUnreachable as why:
        pytest.skip(f"the official schemas cannot be fetched, the package index does not answer: {why}")


@cache
def sampled(edition: Edition) -> Comparison:
    return compare(own_schema(edition), official_schema(official(edition)), corpus(edition, SAMPLE, SEED))


@pytest.mark.parametrize("edition", FILES)
def test_verdicts_and_errors_are_those_of_the_official_schema(edition: Edition) -> None:
    found = sampled(edition)
    assert found.differences == []
    assert found.other_errors == []


@pytest.mark.parametrize("edition", FILES)
def test_every_document_made_to_be_valid_is_valid(edition: Edition) -> None:
    found = sampled(edition)
    assert found.valid > 1000
    assert found.refused_valid == []


@pytest.mark.parametrize("edition", FILES)
def test_every_class_of_mutant_is_in_the_sample_and_is_rejected(edition: Edition) -> None:
    found = sampled(edition)
    assert [kind for kind in Kind if kind is not Kind.VALID and not found.rejected[kind]] == []


@pytest.mark.parametrize("edition", [edition for edition in Edition if edition is not Edition.IEEE_2023])
def test_without_wildcards_the_verdict_is_what_the_facts_demand(edition: Edition) -> None:
    schema, model = own_schema(edition), read_model(edition)
    wrong = [
        f"{sample.kind}: {sample.about}"
        for sample in probes(model, share=0.02, seed=SEED)
        if schema.validate(etree.fromstring(sample.xml)) is not (sample.kind is Kind.VALID)
    ]
    assert wrong == []


@pytest.mark.parametrize("edition", Edition)
def test_the_corpus_reaches_every_type_with_every_optional_element_and_attribute(edition: Edition) -> None:
    model = read_model(edition)
    found = hosts(model)
    unreached = {local(name) for name in model.complex if name not in found}
    assert unreached == (UNREACHED_IN_2023 if edition is Edition.IEEE_2023 else set())
    for host in found.values():
        node = FullMaker(model).element(host.tag, host.type)
        tags = [place.tag for place in model.particles(host.type) if isinstance(place, Child)]
        assert [child.tag for child in node.children if child.type] == tags
        assert list(node.attributes) == [each.name for each in model.attributes(host.type)]
