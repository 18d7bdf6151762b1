"""Fact tables come out as the model they describe."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance.catalogue.shipped import xsd_folder
from conformance.vocabulary.errors import UsageError
from conformance.wire.schema.facts import build_model, read_model
from conformance.wire.schema.model import IEEE, XS, Child, Edition, Wildcard, local

AUS = "https://csipaus.org/ns"
SIZES = {  # complex types, simple types, root elements
    Edition.IEEE_2018: (324, 25, 324),
    Edition.IEEE_2023: (364, 29, 129),
    Edition.CSIP_AUS_1_2: (326, 25, 332),
    Edition.CSIP_AUS_1_3_BETA_STORAGE: (327, 25, 336),
    Edition.CSIP_AUS_1_3: (329, 25, 338),
}


def sep(name: str) -> str:
    return f"{{{IEEE}}}{name}"


@pytest.mark.parametrize("edition", Edition)
def test_every_edition_is_complete(edition: Edition) -> None:
    model = read_model(edition)
    assert (len(model.complex), len(model.simple), len(model.roots)) == SIZES[edition]


@pytest.mark.parametrize("edition", Edition)
def test_every_name_that_is_used_is_defined(edition: Edition) -> None:
    model = read_model(edition)
    used = {root.type for root in model.roots.values()}
    for name in model.complex:
        used |= {place.type for place in model.particles(name) if isinstance(place, Child)}
        used |= {each.type for each in model.attributes(name)}
        used |= set(model.ancestry(name))
    unknown = {name for name in used if name not in model.complex and name not in model.simple}
    assert [name for name in unknown if not name.startswith(f"{{{XS}}}")] == []


@pytest.mark.parametrize("edition", Edition)
def test_own_children_are_in_alphabetical_order_but_for_identity_slots_and_extensions(edition: Edition) -> None:
    model = read_model(edition)
    for step in model.complex.values():
        names = [local(place.tag) for place in step.own_particles if isinstance(place, Child) and not place.reference]
        names = [name for name in names if not name.endswith("_r2_3")]
        if names[:3] == ["mRID", "description", "version"]:
            names = names[3:]
        assert names == sorted(names, key=str.lower), step.name


def test_inherited_children_come_before_own_ones() -> None:
    tags = [local(p.tag) for p in read_model(Edition.IEEE_2018).particles(sep("DERControl")) if isinstance(p, Child)]
    assert tags == [
        *("mRID", "description", "version", "creationTime", "EventStatus", "interval"),
        *("randomizeDuration", "randomizeStart", "DERControlBase", "deviceCategory"),
    ]


def test_csip_aus_appends_to_the_base_types() -> None:
    places = read_model(Edition.CSIP_AUS_1_2).particles(sep("DERCapability"))
    assert places[-1] == Child(f"{{{AUS}}}doeModesSupported", f"{{{AUS}}}DOEControlType", 1, 1, reference=True)


def test_2023_has_slots_and_wildcards() -> None:
    places = read_model(Edition.IEEE_2023).particles(sep("DERCurveLink"))
    assert Wildcard("##other", 0, None) in places
    assert any(isinstance(place, Child) and local(place.tag) == "DERCurveLink_r2_3" for place in places)


def test_values_are_traced_to_their_primitive_and_facets() -> None:
    model = read_model(Edition.IEEE_2018)
    assert model.value_type(sep("SFDIType")) == sep("UInt40")
    assert model.primitive(sep("SFDIType")) == "unsignedLong"
    assert model.facets(sep("SFDIType")) == {"maxInclusive": str(2**48 - 1)}
    assert model.value_type(sep("EndDevice")) is None


def test_the_subscribable_default_is_kept() -> None:
    attributes = {each.name: each for each in read_model(Edition.IEEE_2018).attributes(sep("EndDeviceList"))}
    assert attributes["subscribable"].default == "0"
    assert attributes["all"].required
    assert attributes["pollRate"].default == "900"


def test_a_missing_table_says_which(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"2030\.5-2018\.csv"):
        build_model(Edition.IEEE_2018, tmp_path)


def test_the_tables_name_no_column_that_is_not_described() -> None:
    described = (xsd_folder() / "README.md").read_text(encoding="utf-8")
    for table in (xsd_folder() / "facts").glob("*.csv"):
        columns = table.read_text(encoding="utf-8").splitlines()[0].split(",")
        assert [column for column in columns if f"`{column}`" not in described] == []
