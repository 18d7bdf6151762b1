"""The sound reference server: a realistic tree, valid in every manner, and what an operator may do to it."""

from collections import Counter
from datetime import timedelta

import pytest
from lxml import etree

from conformance.reference.server_tree import NEIGHBOUR
from conformance.roles.utility import TEST_PIN, Manner
from conformance.vocabulary.errors import UsageError
from conformance.vocabulary.identity import sfdi_of_lfdi
from conformance.wire.tls_context import CCM8
from tests.visitor import LFDI, START, ServerVisitor, schema, sep

MANNERS = {
    "plain": Manner(),
    "elsewhere": Manner(entry_path="/x/2030.5/entry", path_prefix="/x/deep"),
    "absolute": Manner(absolute_hrefs=True),
    "prefixed": Manner(namespace_prefix="sep"),
    "lower case": Manner(lower_case_hex=True),
    "more links": Manner(extra_links=True),
    "all at once": Manner(
        entry_path="/e",
        path_prefix="/p",
        absolute_hrefs=True,
        namespace_prefix="n",
        lower_case_hex=True,
        extra_links=True,
    ),
}


@pytest.mark.parametrize("manner", MANNERS.values(), ids=MANNERS.keys())
def test_everything_served_is_there_and_valid(manner: Manner) -> None:
    answers = ServerVisitor(manner=manner).walk()
    assert {answer.status for answer in answers.values()} == {200}
    for path, answer in answers.items():
        assert schema().validate(etree.fromstring(answer.body)), (path, schema().error_log)


def test_the_tree_is_realistic() -> None:
    visitor = ServerVisitor()
    kinds = Counter(answer.resource for answer in visitor.walk().values())
    assert kinds["DERProgram"] == 3
    assert kinds["DefaultDERControl"] == 2
    assert kinds["DERControl"] == 3
    assert kinds["DERCurve"] == 1
    once = "Time SelfDevice DeviceInformation DERList DER MirrorUsagePointList Registration FunctionSetAssignments"
    assert {kinds[kind] for kind in once.split()} == {1}
    assert [program.text("primacy") for program in visitor.programs().children()] == ["4", "7", "10"]
    assert visitor.follow("TimeLink").integer("quality") == 3
    assert visitor.own().integer("sFDI") == sfdi_of_lfdi(LFDI)
    assert visitor.get(visitor.own().link("RegistrationLink") or "").integer("pIN") == TEST_PIN


def test_the_neighbour_is_registered_but_not_seen() -> None:
    visitor = ServerVisitor()
    assert visitor.server.utility.device(NEIGHBOUR) is not None
    assert visitor.follow("EndDeviceListLink").integer_attribute("all") == 1


def test_invalid_bodies_are_refused() -> None:
    visitor = ServerVisitor()
    path = visitor.server.utility.devices[0].der.status.path
    assert visitor.send("PUT", path, sep("<DERStatus><readingTime>1</readingTime></DERStatus>")).status == 204
    assert visitor.send("PUT", path, sep("<DERStatus><readingTime>soon</readingTime></DERStatus>")).status == 400


def test_paths_are_the_same_in_every_run_unless_unseeded() -> None:
    assert ServerVisitor().walk().keys() == ServerVisitor().walk().keys()
    assert ServerVisitor(seed=None).walk().keys() & ServerVisitor(seed=None).walk().keys() == {"/dcap"}


def test_a_sound_server_wants_ccm8_and_a_client_certificate() -> None:
    server = ServerVisitor().server
    assert (server.tls_ciphers, server.requires_client_certificate) == (CCM8, True)


def test_an_operator_may_register_a_device_and_publish_a_control_to_it() -> None:
    visitor = ServerVisitor()
    newcomer = "77" * 20
    visitor.server.register_device(newcomer, pin=222220)
    start = START + timedelta(minutes=1)
    control = visitor.server.publish_control(newcomer, {"opModFixedW": 1}, start=start, duration=timedelta(minutes=2))
    assert visitor.send("GET", control.path, lfdi=newcomer).status == 200
    assert visitor.send("GET", control.path).status == 200
    assert visitor.send("GET", control.path, lfdi=NEIGHBOUR).status == 404


def test_publishing_to_an_unknown_device_is_wrong_use() -> None:
    with pytest.raises(UsageError, match="register it first"):
        ServerVisitor().server.publish_control("99" * 20, {}, start=START, duration=timedelta(1))


def test_an_unknown_flaw_is_wrong_use() -> None:
    with pytest.raises(UsageError, match="correct the name"):
        ServerVisitor("no_such_flaw")
