"""The test server speaks CSIP-AUS where its edition has it, validly by the schema of that edition."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from lxml import etree

from conformance.catalogue.shipped import xsd_folder
from conformance.roles.offered_versions import offer_versions
from conformance.roles.utility import Utility
from conformance.roles.utility.version_discovery import serve_versions
from conformance.vocabulary.errors import UsageError
from conformance.wire.csipaus import NONE, WELL_KNOWN, Extension, extension_in, extension_of
from conformance.wire.messages import header
from conformance.wire.payload import read
from tests.visitor import LFDI, HandClock, Visitor

EDITIONS = ("csip-aus-1.2", "csip-aus-1.3-beta-storage", "csip-aus-1.3")
MINUTE = timedelta(minutes=1)
POWER = {"multiplier": 2, "value": 15}


def client_of(extension: Extension) -> tuple[Utility, Visitor]:
    utility = Utility(HandClock(), seed="aus", extension=extension)
    utility.register(LFDI)
    return utility, Visitor(utility)


def put_point(client: Visitor, text: str, namespace: str) -> int:
    (device,) = client.follow("EndDeviceListLink").children()
    body = f'<ConnectionPoint xmlns="{namespace}"><connectionPointId>{text}</connectionPointId></ConnectionPoint>'
    return client.send("PUT", device.link("ConnectionPointLink") or "", body).status


@pytest.mark.parametrize("edition", EDITIONS)
def test_limits_and_the_connection_point_are_served_in_the_namespace_of_the_edition(edition: str) -> None:
    extension = extension_of(edition)
    utility, client = client_of(extension)
    program = utility.add_program(utility.devices[0], primacy=1)
    limits = dict.fromkeys(reversed(extension.elements["DERControlBase"]), POWER)
    control = program.add_control({**limits, "opModEnergize": True}, duration=MINUTE)
    program.set_default(limits, setGradW=27)
    xsd = etree.XMLSchema(etree.parse(xsd_folder() / f"{edition}.xsd"))
    for path in (control.path, program.default_path, utility.devices[0].path):
        document = etree.fromstring(client.send("GET", path).body)
        xsd.assertValid(document)
        assert any(extension.namespace in str(node.tag) for node in document.iter("*"))


def test_plain_csip_knows_neither_limits_nor_a_connection_point() -> None:
    utility, client = client_of(NONE)
    assert client.own().link("ConnectionPointLink") is None
    with pytest.raises(UsageError, match="opModExpLimW"):
        utility.add_program(utility.devices[0], primacy=1).add_control({"opModExpLimW": POWER}, duration=MINUTE)


def test_a_limit_that_is_no_power_is_refused() -> None:
    utility, _ = client_of(extension_of("csip-aus-1.2"))
    with pytest.raises(UsageError, match="multiplier, value"):
        utility.add_program(utility.devices[0], primacy=1).set_default({"opModExpLimW": 1500})


def test_a_connection_point_id_is_kept_and_a_bad_one_refused_with_an_error() -> None:
    spoken = extension_of("csip-aus-1.2")
    utility, client = client_of(spoken)
    utility.connection.admits = lambda text: text.startswith("2")
    assert put_point(client, "9123", spoken.namespace) == 400
    assert put_point(client, "2123", extension_of("csip-aus-1.3").namespace) == 400
    assert put_point(client, "2123", spoken.namespace) == 204
    point = utility.devices[0].connection_point
    assert point is not None
    assert point.id == "2123"
    assert read(client.send("GET", point.path).body).text("connectionPointId") == "2123"
    utility.connection.changeable = False
    assert [put_point(client, text, spoken.namespace) for text in ("2123", "2999")] == [204, 409]


def test_the_well_known_document_tells_the_entry_of_the_version() -> None:
    utility, client = client_of(extension_of("csip-aus-1.3"))
    serve_versions(utility)
    answer = client.send("GET", WELL_KNOWN)
    assert header(answer.headers, "Content-Type") == "application/json"
    assert json.loads(answer.body) == {
        "supportedSchemaVersions": {"https://csipaus.org/ns/v1.3": {"dcap": [utility.entry_path]}}
    }
    assert client.send("PUT", WELL_KNOWN, "{}").status == 405


def test_versions_on_offer_lead_to_one_entry_and_away_from_the_others() -> None:
    utility, client = client_of(extension_of("csip-aus-1.3"))
    versions = offer_versions(utility)
    told = json.loads(client.send("GET", WELL_KNOWN).body)["supportedSchemaVersions"]
    assert told["https://csipaus.org/ns/v1.3"]["dcap"] == [versions.own]
    assert told["https://csipaus.org/ns"]["dcap"] == []
    assert client.get(versions.own).href == versions.own
    assert {path for entry in told.values() for path in entry["dcap"]} - {versions.own} < versions.others


def test_an_unknown_namespace_takes_the_elements_of_the_oldest_edition() -> None:
    assert extension_in("urn:x").elements == extension_of("csip-aus-1.2").elements
    assert extension_in("https://csipaus.org/ns/v1.3") == extension_of("csip-aus-1.3")
    assert not extension_of("2030.5-2018")
