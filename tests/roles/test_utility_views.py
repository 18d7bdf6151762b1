"""Who sees what: registration out of band and in band, own and foreign resources, assignments."""

import re
from datetime import timedelta

import pytest

from conformance.roles.utility import TEST_PIN, EndDevice, Registration, Utility
from conformance.roles.utility.scenario import offer_topology, one_control, one_program
from conformance.vocabulary.errors import UsageError
from conformance.vocabulary.identity import sfdi_of_lfdi
from conformance.wire.messages import header
from tests.visitor import LFDI, OTHER, HandClock, UtilityVisitor, sep

LIMIT = {"opModMaxLimW": 5000}
MINUTE = timedelta(minutes=1)


def end_device(lfdi: str) -> str:
    return sep(
        f"<EndDevice><lFDI>{lfdi}</lFDI><sFDI>{sfdi_of_lfdi(lfdi)}</sFDI><changedTime>0</changedTime></EndDevice>"
    )


def test_out_of_band_a_client_sees_its_own_device_with_its_pin_only() -> None:
    utility = Utility(HandClock())
    utility.register(LFDI, pin=TEST_PIN, post_rate_s=60)
    utility.register(OTHER)
    listed = UtilityVisitor(utility).follow("EndDeviceListLink")
    assert [node.text("lFDI") for node in listed.children()] == [LFDI]
    own = UtilityVisitor(utility).own()
    assert (own.integer("sFDI"), own.integer("postRate")) == (sfdi_of_lfdi(LFDI), 60)
    assert UtilityVisitor(utility).get(own.link("RegistrationLink") or "").integer("pIN") == TEST_PIN


@pytest.mark.parametrize("lfdi", [OTHER, ""])
def test_a_stranger_sees_an_empty_list(lfdi: str) -> None:
    utility = Utility(HandClock())
    utility.register(LFDI)
    stranger = UtilityVisitor(utility, lfdi)
    assert stranger.follow("EndDeviceListLink").integer_attribute("all") == 0
    assert stranger.follow().child("EndDeviceListLink").integer_attribute("all") == 0  # type: ignore[union-attr]


@pytest.mark.parametrize("foreign_status", [404, 403])
def test_everything_below_a_device_is_hidden_from_others(foreign_status: int) -> None:
    utility = Utility(HandClock(), foreign_status=foreign_status)
    one_control(utility, LFDI, LIMIT, starts_in=MINUTE, duration=MINUTE, default=LIMIT)
    utility.register(OTHER)
    own, other = UtilityVisitor(utility).walk(), UtilityVisitor(utility, OTHER)
    shared = other.walk().keys()
    hidden = own.keys() - shared
    assert {own[path].name for path in hidden} >= {"EndDevice", "Registration", "DERProgram", "DERControl", "DERStatus"}
    assert {other.send("GET", path).status for path in hidden} == {foreign_status}


def test_an_aggregator_sees_the_devices_it_manages() -> None:
    utility = Utility(HandClock())
    utility.register(OTHER, has_assignments=False)
    managed = utility.register(LFDI, seen_by=[OTHER])
    offer_topology(utility, managed, "F-TOPO1")
    listed = UtilityVisitor(utility, OTHER).follow("EndDeviceListLink")
    assert {node.text("lFDI") for node in listed.children()} == {LFDI, OTHER}
    assert any(node.name == "DERProgram" for node in UtilityVisitor(utility, OTHER).walk().values())


def test_out_of_band_a_posted_device_is_refused() -> None:
    utility = Utility(HandClock())
    visitor = UtilityVisitor(utility)
    path = visitor.follow().link("EndDeviceListLink") or ""
    answer = visitor.send("POST", path, end_device(LFDI))
    assert (answer.status, answer.resource) == (403, "EndDeviceList")
    assert utility.devices == ()


def test_in_band_a_device_registers_itself_and_finds_its_program() -> None:
    utility = Utility(HandClock(), registration=Registration.IN_BAND)
    offered = one_program(utility, LFDI)
    visitor = UtilityVisitor(utility)
    path = visitor.follow().link("EndDeviceListLink") or ""
    assert visitor.get(path).integer_attribute("all") == 0
    answer = visitor.send("POST", path, end_device(LFDI))
    place = header(answer.headers, "Location")
    assert answer.status == 201
    assert place == visitor.own().href
    assert visitor.get(place or "").text("lFDI") == LFDI
    assert offered.program.path in visitor.walk()


def test_in_band_a_second_post_of_the_same_device_makes_no_second_one() -> None:
    utility = Utility(HandClock(), registration=Registration.IN_BAND)
    visitor = UtilityVisitor(utility)
    path = visitor.follow().link("EndDeviceListLink") or ""
    visitor.send("POST", path, end_device(LFDI))
    answer = visitor.send("POST", path, end_device(LFDI))
    assert (answer.status, header(answer.headers, "Location")) == (204, utility.devices[0].path)
    assert len(utility.devices) == 1


def test_in_band_nobody_registers_another_unless_registered() -> None:
    utility = Utility(HandClock(), registration=Registration.IN_BAND)
    visitor = UtilityVisitor(utility)
    path = visitor.follow().link("EndDeviceListLink") or ""
    assert visitor.send("POST", path, end_device(OTHER)).status == 403
    visitor.send("POST", path, end_device(LFDI))
    assert visitor.send("POST", path, end_device(OTHER)).status == 201
    assert UtilityVisitor(utility, OTHER).own().text("lFDI") == OTHER


def test_in_band_who_is_not_admitted_is_refused() -> None:
    utility = Utility(HandClock(), registration=Registration.IN_BAND)
    utility.admit(lambda sender, lfdi: False)
    visitor = UtilityVisitor(utility)
    assert visitor.send("POST", visitor.follow().link("EndDeviceListLink") or "", end_device(LFDI)).status == 403


def test_in_band_an_unreadable_lfdi_is_refused() -> None:
    visitor = UtilityVisitor(Utility(HandClock(), registration=Registration.IN_BAND))
    body = sep("<EndDevice><lFDI>ABCD</lFDI><sFDI>1</sFDI><changedTime>0</changedTime></EndDevice>")
    assert visitor.send("POST", visitor.follow().link("EndDeviceListLink") or "", body).status == 400


def test_in_band_a_device_can_be_deleted() -> None:
    utility = Utility(HandClock(), registration=Registration.IN_BAND)
    visitor = UtilityVisitor(utility)
    visitor.send("POST", visitor.follow().link("EndDeviceListLink") or "", end_device(LFDI))
    path = utility.devices[0].path
    assert visitor.send("DELETE", path).status == 204
    assert visitor.send("GET", path).status == 404
    assert utility.devices == ()


def test_on_registration_sees_the_newcomer() -> None:
    utility = Utility(HandClock(), registration=Registration.IN_BAND)
    newcomers: list[EndDevice] = []
    utility.on_registration = newcomers.append
    visitor = UtilityVisitor(utility)
    visitor.send("POST", visitor.follow().link("EndDeviceListLink") or "", end_device(LFDI))
    assert [device.lfdi for device in newcomers] == [LFDI]


def test_a_deregistered_device_takes_all_it_had_along() -> None:
    utility = Utility(HandClock())
    device = utility.register(LFDI)
    before = {
        path for path, node in UtilityVisitor(utility).walk().items() if node.name not in ("DeviceCapability", "Time")
    }
    device_paths = {path for path in before if UtilityVisitor(utility, OTHER).send("GET", path).status == 404}
    utility.deregister(device)
    assert {UtilityVisitor(utility).send("GET", path).status for path in device_paths} == {404}


def test_a_program_taken_away_is_gone_but_its_responses_are_still_taken() -> None:
    utility = Utility(HandClock())
    made = one_control(utility, LFDI, LIMIT, starts_in=MINUTE, duration=MINUTE)
    visitor = UtilityVisitor(utility)
    utility.remove_program(made.program)
    assert visitor.send("GET", made.program.path).status == 404
    assert visitor.get(made.assignment.path).child("DERProgramListLink").integer_attribute("all") == 0  # type: ignore[union-attr]
    body = sep(
        f"<DERControlResponse><endDeviceLFDI>{LFDI}</endDeviceLFDI><subject>{made.control.mrid}</subject></DERControlResponse>"
    )
    assert visitor.send("POST", made.control.reply_to, body).status == 201


def test_an_assignment_taken_away_hides_its_programs() -> None:
    utility = Utility(HandClock())
    offered = one_program(utility, LFDI)
    utility.unassign(offered.assignment)
    visitor = UtilityVisitor(utility)
    assert visitor.send("GET", offered.program.path).status == 404
    assert visitor.get(visitor.own().link("FunctionSetAssignmentsListLink") or "").integer_attribute("all") == 0


def test_fifteen_assignments_come_by_mrid_and_may_lack_programs() -> None:
    utility = Utility(HandClock())
    device = utility.register(LFDI)
    for number in range(15):
        utility.assign(device, mrid=f"{number + 1:032X}", shows_programs=number % 2 == 0)
    listed = UtilityVisitor(utility).follow("EndDeviceListLink", "0", "FunctionSetAssignmentsListLink").children()
    assert [int(node.text("mRID") or "", 16) for node in listed] == list(range(15, 0, -1))
    assert [node.link("DERProgramListLink") is not None for node in listed] == [n % 2 == 0 for n in range(14, -1, -1)]


def test_programs_come_by_primacy_then_mrid() -> None:
    utility = Utility(HandClock())
    device = utility.register(LFDI)
    for primacy, mrid in ((5, "01"), (4, "02"), (5, "03")):
        utility.add_program(device, primacy=primacy, mrid=mrid)
    listed = UtilityVisitor(utility).follow(
        "EndDeviceListLink", "0", "FunctionSetAssignmentsListLink", "0", "DERProgramListLink"
    )
    assert [int(node.text("mRID") or "", 16) for node in listed.children()] == [2, 3, 1]


def test_a_program_can_be_shared_by_several_assignments() -> None:
    utility = Utility(HandClock())
    devices = [utility.register(LFDI), utility.register(OTHER)]
    program = utility.add_program(devices, primacy=3)
    assert all(program.path in UtilityVisitor(utility, lfdi).walk() for lfdi in (LFDI, OTHER))


def test_no_path_but_the_entry_can_be_guessed() -> None:
    utility, again = Utility(HandClock()), Utility(HandClock())
    for one in (utility, again):
        one_control(one, LFDI, LIMIT, starts_in=MINUTE, duration=MINUTE)
    paths, others = UtilityVisitor(utility).walk().keys(), UtilityVisitor(again).walk().keys()
    assert paths & others == {"/dcap"}
    assert all(re.fullmatch(r"/[a-z]+-[a-z0-9]{12}", path) for path in paths - {"/dcap"})


def test_a_seed_makes_paths_repeatable() -> None:
    walks = []
    for _ in range(2):
        utility = Utility(HandClock(), seed="seven")
        one_control(utility, LFDI, LIMIT, starts_in=MINUTE, duration=MINUTE)
        walks.append(UtilityVisitor(utility).walk().keys())
    assert walks[0] == walks[1]


def test_a_hidden_link_is_left_out_of_lists_too() -> None:
    utility = Utility(HandClock())
    utility.register(LFDI)
    utility.hidden_links.add("RegistrationLink")
    assert UtilityVisitor(utility).own().link("RegistrationLink") is None


def test_a_wrong_lfdi_is_refused_with_advice() -> None:
    with pytest.raises(UsageError, match="40 hexadecimal digits"):
        Utility(HandClock()).register("12")


def test_rates_can_change_while_clients_watch() -> None:
    utility = Utility(HandClock())
    utility.register(LFDI)
    before = UtilityVisitor(utility).follow().integer_attribute("pollRate")
    utility.rates = type(utility.rates).every(60)
    after = UtilityVisitor(utility).walk().values()
    assert before == 300
    assert {node.integer_attribute("pollRate") for node in after} == {60, None}
