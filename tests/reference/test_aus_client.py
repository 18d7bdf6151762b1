"""What the reference client does beyond CSIP follows from the profile, and its site is arranged by hand."""

from __future__ import annotations

import math
from datetime import timedelta

from conformance.catalogue.profile import load_profile
from conformance.face.wiring import DEMONSTRATED
from conformance.reference.aus_conduct import PLAIN, AusConduct
from conformance.reference.aus_flaws import bent
from conformance.reference.conduct import client_conduct
from conformance.reference.plant import Load, Pv
from conformance.reference.simulator import Site
from conformance.reference.switch import Switch
from tests.visitor import START


def conduct(profile: str) -> AusConduct:
    return client_conduct(load_profile(profile).declared_as(DEMONSTRATED).put_to("client").values).aus


def test_plain_csip_has_no_australian_conduct() -> None:
    assert conduct("csip-2.1") == PLAIN


def test_the_conduct_follows_from_the_pack() -> None:
    older, newer = conduct("csip-aus-1.2"), conduct("csip-aus-1.3-storage")
    assert (older.extension.namespace, older.discovers) == ("https://csipaus.org/ns", False)
    assert (newer.extension.namespace, newer.discovers) == ("https://csipaus.org/ns/v1.3-beta/storage", True)
    assert older.connection_point
    assert older.echoes_ramp
    assert newer.extension.adds("setMinWh", to="DERSettings")
    assert not older.extension.adds("setMinWh", to="DERSettings")


def test_a_network_that_waives_the_connection_point_gets_none() -> None:
    assert not conduct("au-energy-queensland").connection_point


def test_a_switch_turns_the_sun_from_now_on_and_leaves_the_past() -> None:
    sun = Switch(0.5)
    site = Site(START, Pv(rated_w=4000, sun=sun), load=Load())
    site.advance(timedelta(seconds=60))
    sun.turn(1.0, 60.0)
    assert (sun.value(59.0), sun.value(61.0), sun.next_change(61.0)) == (0.5, 1.0, math.inf)
    site.advance(timedelta(seconds=120))
    assert site.telemetry().pv_w == 4000
    assert 2000 < site.counters.pv_ws / 180 < 4000


def test_flaws_bend_what_is_asked_of_the_plant() -> None:
    asked = {"opModExpLimW": 500.0, "opModStorageTargetW": 2500.0, "opModConnect": False}
    assert "opModExpLimW" not in bent(asked, frozenset({"target_over_limit"}))
    assert "opModExpLimW" not in bent(asked, frozenset({"ignores_export_limit"}))
    assert bent(asked, frozenset({"never_disconnects"}))["opModConnect"] is True
    assert bent(asked, frozenset()) == asked
