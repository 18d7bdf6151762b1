"""A client moves by the rampTms of a control, by the setGradW of the default, or by its own rate, in this order."""

from __future__ import annotations

from conformance.catalogue.profile import load_profile
from conformance.face.wiring import DEMONSTRATED
from conformance.reference.client_reading import FASTEST, known_control, setpoints
from conformance.reference.conduct import client_conduct
from conformance.reference.plant import Pv
from conformance.reference.simulator import Site
from conformance.wire.payload import read
from tests.visitor import START

CONTROL = (
    '<DERControl xmlns="urn:ieee:std:2030.5:ns"><mRID>0A</mRID><interval><duration>60</duration><start>1</start>'
    "</interval><DERControlBase><opModMaxLimW>3000</opModMaxLimW>{ramp}</DERControlBase></DERControl>"
)


def own_gradient(profile: str) -> int:
    return client_conduct(load_profile(profile).declared_as(DEMONSTRATED).put_to("client").values).aus.own_gradient


def ramp_of(text: str) -> float | None:
    control = known_control(read(CONTROL.format(ramp=text).encode()))
    assert control is not None
    assert set(control.modes) == {"opModMaxLimW"}
    return control.ramp_s


def test_the_ramp_of_a_control_is_told_in_hundredths_of_a_second_and_is_no_mode() -> None:
    assert ramp_of("<rampTms>6000</rampTms>") == 60.0
    assert ramp_of("") is None


def test_the_default_wins_over_the_clients_own_rate() -> None:
    site = Site(START, Pv())
    assert setpoints({"setGradW": 27}, site, 666).grad_w == 27
    assert setpoints({}, site, 666).grad_w == 666
    assert setpoints({}, site, 666, 60.0).ramp_s == 60.0


def test_a_client_that_was_told_no_ramp_takes_fifteen_seconds_in_australia() -> None:
    assert own_gradient("csip-aus-1.2") == 666
    assert own_gradient("csip-2.1") == FASTEST
