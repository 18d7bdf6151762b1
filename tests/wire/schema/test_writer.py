"""The committed schema files are what the writer makes of the facts, and they compile."""

from __future__ import annotations

import pytest
from lxml import etree

from conformance.catalogue.shipped import xsd_folder
from conformance.wire.schema.facts import read_model
from conformance.wire.schema.model import Child, Edition, Model, local
from conformance.wire.schema.writer import read_notes, render

FACTS = xsd_folder() / "facts"


@pytest.mark.parametrize("edition", Edition)
def test_the_committed_files_are_what_the_writer_writes(edition: Edition) -> None:
    files = render(edition, FACTS)
    committed = {f"{edition}/{path.name}" for path in (xsd_folder() / edition).glob("*.xsd")} | {f"{edition}.xsd"}
    assert committed == set(files)
    different = [path for path, text in files.items() if (xsd_folder() / path).read_text(encoding="utf-8") != text]
    assert different == [], "run: python -m conformance.wire.schema.writer"


@pytest.mark.parametrize("edition", Edition)
def test_every_edition_compiles_from_its_entry_file_alone(edition: Edition) -> None:
    schema = etree.XMLSchema(etree.parse(xsd_folder() / f"{edition}.xsd"))
    assert not schema.validate(etree.fromstring('<DeviceCapability xmlns="urn:wrong"/>'))
    time = (
        '<Time xmlns="urn:ieee:std:2030.5:ns"><currentTime>1</currentTime><dstEndTime>1</dstEndTime>'
        "<dstOffset>1</dstOffset>"
        "<dstStartTime>1</dstStartTime><quality>7</quality><tzOffset>0</tzOffset></Time>"
    )
    assert schema.validate(etree.fromstring(time))


@pytest.mark.parametrize("edition", [Edition.CSIP_AUS_1_2, Edition.CSIP_AUS_1_3_BETA_STORAGE, Edition.CSIP_AUS_1_3])
def test_csip_aus_is_not_lost_from_the_entry_file(edition: Edition) -> None:
    schema = etree.XMLSchema(etree.parse(xsd_folder() / f"{edition}.xsd"))
    control = (
        f'<DERControlBase xmlns="urn:ieee:std:2030.5:ns"><opModExpLimW xmlns="{read_model(edition).extension}">'
        '<multiplier xmlns="urn:ieee:std:2030.5:ns">0</multiplier><value xmlns="urn:ieee:std:2030.5:ns">1</value>'
        "</opModExpLimW></DERControlBase>"
    )
    assert schema.validate(etree.fromstring(control)), schema.error_log


@pytest.mark.parametrize("edition", Edition)
def test_every_note_stands_at_a_type_or_a_member(edition: Edition) -> None:
    general = read_notes(FACTS / "notes.yaml", Edition.IEEE_2018)
    own = {key: text for key, text in read_notes(FACTS / "notes.yaml", edition).items() if general.get(key) != text}
    assert [key for key in own if key not in _places(read_model(edition))] == []


def test_every_general_note_stands_somewhere() -> None:
    places = set().union(*(_places(read_model(edition)) for edition in Edition))
    assert [key for key in read_notes(FACTS / "notes.yaml", Edition.IEEE_2018) if key not in places] == []


def test_what_is_inferred_is_marked() -> None:
    files = render(Edition.CSIP_AUS_1_3, FACTS)
    assert all("INFERRED" in text for text in files.values())
    assert "Inferred" in files["csip-aus-1.3/pricing.xsd"]


def _places(model: Model) -> set[str]:
    members = {
        f"{local(step.name)}.{local(place.tag)}"
        for step in model.complex.values()
        for place in step.own_particles
        if isinstance(place, Child)
    }
    return members | {local(name) for name in [*model.complex, *model.simple, *model.roots]}
