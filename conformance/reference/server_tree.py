"""What the reference server offers: a small but realistic CSIP tree, the same for every client it was told of.

Each client's device is assigned three programs: the system's, the feeder's and the service point's. The service point
has a default, a control that is active for a day, one that comes soon and one after that day; the feeder has a default
with a volt-var curve. A neighbour with a program of its own is registered too, which no client may see.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from conformance.roles.utility import DERProgram, EndDevice, Utility
from conformance.vocabulary.clock import Clock
from conformance.wire.tls_context import CCM8

NEIGHBOUR = "5E21C0A94B7D3F8861F0E1D2C3B4A5968778695A"
"""The LFDI of the neighbour."""

RECEIVED_STARTED_COMPLETED = 3
ACTIVE_FOR = timedelta(days=1)
SOON = timedelta(minutes=15)
SOON_FOR = timedelta(minutes=5)
LATER = timedelta(days=1, hours=1)
LATER_FOR = timedelta(hours=1)
VOLT_VAR = 11
VOLT_VAR_POINTS = ((9200, 4400), (9800, 0), (10200, 0), (10800, -4400))


@dataclass(slots=True)
class ServerParts:
    """The reference server taken apart, as flaws reach for it. ``programs`` are ordered by primacy, best first."""

    clock: Clock
    utility: Utility
    devices: list[EndDevice]
    neighbour: EndDevice
    programs: list[DERProgram]
    tls_ciphers: str = CCM8
    requires_client_certificate: bool = True
    judges_chains: bool = True
    asks_for_certificate: bool = True


def build(clock: Clock, utility: Utility, lfdis: Iterable[str], pin: int, post_rate_s: int) -> ServerParts:
    """Put the tree into an empty utility."""
    devices = [utility.register(lfdi, pin=pin, post_rate_s=post_rate_s) for lfdi in lfdis]
    programs = _programs(utility, devices)
    neighbour = utility.register(NEIGHBOUR)
    utility.add_program(neighbour, primacy=4, description="Other service point").set_default({"opModMaxLimW": 10000})
    utility.self_device.log.log(function_set=0, code=0)
    return ServerParts(clock, utility, devices, neighbour, programs)


def _programs(utility: Utility, devices: list[EndDevice]) -> list[DERProgram]:
    assignments = [utility.assign(device, description="Topology") for device in devices]
    system = utility.add_program(assignments, primacy=10, description="System")
    feeder = utility.add_program(assignments, primacy=7, description="Feeder")
    point = utility.add_program(assignments, primacy=4, description="Service point")
    curve = feeder.add_curve(
        VOLT_VAR, VOLT_VAR_POINTS, x_multiplier=-2, y_multiplier=-2, y_ref_type=4, open_loop_tms=500
    )
    feeder.set_default({"opModVoltVar": curve}, description="Volt-var")
    point.set_default({"opModMaxLimW": 10000}, setGradW=100, setSoftGradW=100)
    asked = RECEIVED_STARTED_COMPLETED
    inject = {"displacement": 950, "excitation": False, "multiplier": -3}
    point.add_control({"opModMaxLimW": 8000}, duration=ACTIVE_FOR, response_required=asked)
    point.add_control({"opModFixedPFInjectW": inject}, starts_in=SOON, duration=SOON_FOR, response_required=asked)
    point.add_control({"opModMaxLimW": 6000}, starts_in=LATER, duration=LATER_FOR, response_required=asked)
    return [point, feeder, system]
