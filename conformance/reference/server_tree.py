"""What the reference server offers: a small but realistic CSIP tree, the same for every client it was told of.

Each client's device is assigned three programs: the system's, the feeder's and the service point's. The service point
has a default, a control that is active for a day, one that comes soon and one after that day; the feeder has a default
with a volt-var curve. A neighbour with a program of its own is registered too, which no client may see.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from lxml import etree

from conformance.reference.conduct import CSIP_SERVER, ServerConduct
from conformance.roles.notifier import RETRIES_S
from conformance.roles.utility import DERProgram, EndDevice, Modes, Utility
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
LIMITS, LIMIT_W = 3, 5000
LIMIT_FOR = timedelta(minutes=5)
"""Limits of CSIP-AUS that follow one another, where it is spoken."""
MOST_W = 32767
"""The largest ``value`` of an ActivePower."""
VOLT_VAR = 11
VOLT_VAR_POINTS = ((9200, 4400), (9800, 0), (10200, 0), (10800, -4400))


@dataclass(slots=True)
class Notifying:
    """How the reference server notifies: whether at all, how often at most, when it tries again; what it falsifies."""

    active: bool = True
    interval: timedelta = timedelta(seconds=30)
    retries_s: tuple[float, ...] = RETRIES_S
    edit: Callable[[etree._Element], None] | None = None


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
    notifying: Notifying = field(default_factory=Notifying)


def build(
    clock: Clock,
    utility: Utility,
    lfdis: Iterable[str],
    pin: int,
    post_rate_s: int,
    conduct: ServerConduct = CSIP_SERVER,
) -> ServerParts:
    """Put the tree into an empty utility."""
    devices = [utility.register(lfdi, pin=pin, post_rate_s=post_rate_s) for lfdi in lfdis]
    programs = _programs(utility, devices, conduct)
    neighbour = utility.register(NEIGHBOUR)
    utility.add_program(neighbour, primacy=4, description="Other service point").set_default({"opModMaxLimW": 10000})
    utility.self_device.log.log(function_set=0, code=0)
    return ServerParts(clock, utility, devices, neighbour, programs)


def _programs(utility: Utility, devices: list[EndDevice], conduct: ServerConduct) -> list[DERProgram]:
    assignments = [utility.assign(device, description="Topology") for device in devices]
    system = utility.add_program(assignments, primacy=10, description="System")
    feeder = utility.add_program(assignments, primacy=7, description="Feeder")
    point = utility.add_program(assignments, primacy=4, description="Service point")
    curve = feeder.add_curve(
        VOLT_VAR, VOLT_VAR_POINTS, x_multiplier=-2, y_multiplier=-2, y_ref_type=4, open_loop_tms=500
    )
    feeder.set_default({"opModVoltVar": curve}, description="Volt-var")
    point.set_default(_default_modes(conduct), setGradW=conduct.gradient, setSoftGradW=100)
    asked, longest = RECEIVED_STARTED_COMPLETED, conduct.longest_control_s or ACTIVE_FOR.total_seconds()
    inject = {"displacement": 950, "excitation": False, "multiplier": -3}
    active_for, later_for = (min(lasts, timedelta(seconds=longest)) for lasts in (ACTIVE_FOR, LATER_FOR))
    point.add_control({"opModMaxLimW": 8000}, duration=active_for, response_required=asked)
    point.add_control({"opModFixedPFInjectW": inject}, starts_in=SOON, duration=SOON_FOR, response_required=asked)
    point.add_control(
        {"opModMaxLimW": 6000},
        starts_in=LATER,
        duration=later_for,
        response_required=asked,
        randomize_start_s=conduct.randomize_start_s,
    )
    _limits(system, conduct)
    return [point, feeder, system]


def _default_modes(conduct: ServerConduct) -> Modes:
    """Return the modes of the service point's default: with an export limit where the profile wants one."""
    own: Modes = {"opModMaxLimW": 10000}
    if conduct.default_export_w is None or not conduct.namespace:
        return own
    return {**own, "opModExpLimW": watts(conduct.default_export_w)}


def _limits(program: DERProgram, conduct: ServerConduct) -> None:
    """Publish limits as a profile wants them: at their floor, and one after the other."""
    if not conduct.namespace:
        return
    limit = watts(conduct.export_floor_w or LIMIT_W)
    lasts = timedelta(seconds=conduct.interval_s or LIMIT_FOR.total_seconds())
    for number in range(LIMITS):
        program.add_control(
            {"opModExpLimW": limit},
            starts_in=SOON + number * lasts,
            duration=lasts,
            response_required=RECEIVED_STARTED_COMPLETED,
        )


def watts(power: int) -> Mapping[str, int]:
    """Return a power in W as a mode takes it, as exactly as 16 bits allow."""
    multiplier = 0
    while abs(power) > MOST_W:
        power, multiplier = power // 10, multiplier + 1
    return {"multiplier": multiplier, "value": power}
