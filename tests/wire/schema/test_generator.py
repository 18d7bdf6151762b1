"""Generated documents are valid, varied and repeatable; mutants differ from them."""

from __future__ import annotations

from itertools import islice

import pytest
from lxml import etree

from conformance.catalogue.shipped import xsd_folder
from conformance.wire.schema.document import Document, Kind, Node, serialise
from conformance.wire.schema.facts import read_model
from conformance.wire.schema.generator import FullMaker, Maker, generate
from conformance.wire.schema.model import IEEE, Edition
from conformance.wire.schema.mutator import WAYS, mutants
from conformance.wire.schema.probes import probes
from conformance.wire.schema.values import illegal, legal


def schema_of(edition: Edition) -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(xsd_folder() / f"{edition}.xsd"))


@pytest.mark.parametrize("edition", Edition)
def test_random_documents_are_valid(edition: Edition) -> None:
    schema = schema_of(edition)
    for document in islice(generate(edition, seed=3), 350):
        assert schema.validate(etree.fromstring(document.xml)), (document.xml, schema.error_log)


def test_the_least_and_the_fullest_documents_are_valid() -> None:
    schema, model = schema_of(Edition.CSIP_AUS_1_3), read_model(Edition.CSIP_AUS_1_3)
    for tag in model.roots:
        for maker in (Maker(model), FullMaker(model)):
            document = Document(model.edition, maker.root(tag))
            assert schema.validate(etree.fromstring(document.xml)), (document.xml, schema.error_log)


def test_the_same_seed_gives_the_same_documents_and_another_gives_others() -> None:
    def texts(seed: int) -> list[bytes]:
        return [document.xml for document in islice(generate(Edition.IEEE_2018, seed), 50)]

    assert texts(1) == texts(1)
    assert texts(1) != texts(2)


def test_a_stream_of_documents_goes_through_all_root_elements() -> None:
    model = read_model(Edition.IEEE_2018)
    assert {document.root.tag for document in islice(generate(model.edition, 0), len(model.roots))} == set(model.roots)


def test_prefixed_and_unprefixed_documents_say_the_same() -> None:
    schema = schema_of(Edition.CSIP_AUS_1_2)
    for document in islice(generate(Edition.CSIP_AUS_1_2, 5), 60):
        plain, prefixed = document.xml, serialise(document.root, prefix="s")
        assert etree.tostring(etree.fromstring(plain)) != prefixed
        assert [one.tag for one in etree.fromstring(plain).iter()] == [
            one.tag for one in etree.fromstring(prefixed).iter()
        ]
        assert schema.validate(etree.fromstring(prefixed)), schema.error_log


def test_an_element_without_namespace_is_written_without_one() -> None:
    root = Node(f"{{{IEEE}}}Outer", children=[Node("inner", children=[Node(f"{{{IEEE}}}Again")])])
    tags = [one.tag for one in etree.fromstring(serialise(root)).iter()]
    assert tags == [f"{{{IEEE}}}Outer", "inner", f"{{{IEEE}}}Again"]


def test_mutants_leave_the_document_alone_and_differ_from_it() -> None:
    for document in islice(generate(Edition.IEEE_2018, 9), 40):
        before = document.xml
        found = list(mutants(document, seed=4))
        assert document.xml == before
        assert len(found) > 10
        assert all(mutant.kind is not Kind.VALID for mutant in found)
        assert all(etree.fromstring(mutant.xml) is not None and mutant.xml != before for mutant in found)


def test_every_way_of_breaking_is_used_over_some_documents() -> None:
    kinds = [sample.kind for document in islice(generate(Edition.IEEE_2018, 2), 120) for sample in mutants(document)]
    assert {kind for kind, _ in WAYS} == set(kinds)


@pytest.mark.parametrize("edition", [Edition.IEEE_2018, Edition.CSIP_AUS_1_3])
def test_a_probe_is_valid_exactly_if_it_says_so(edition: Edition) -> None:
    schema = schema_of(edition)
    for sample in probes(read_model(edition), [f"{{{IEEE}}}EndDevice", f"{{{IEEE}}}DERControlList"]):
        assert schema.validate(etree.fromstring(sample.xml)) is (sample.kind is Kind.VALID), sample


@pytest.mark.parametrize("edition", [Edition.IEEE_2018, Edition.IEEE_2023])
def test_no_text_is_both_legal_and_illegal(edition: Edition) -> None:
    model = read_model(edition)
    for name in model.simple:
        assert not set(legal(model, name)) & {text for _, text in illegal(model, name)}, name
