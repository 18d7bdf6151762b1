"""The documents that the reference client sends, in the schema's order (IEEE 2030.5-2018)."""

from __future__ import annotations

from lxml import etree

from conformance.reference.client_reading import supported_modes
from conformance.reference.schedule_facts import Owed
from conformance.reference.simulator import Site
from conformance.reference.telemetry import Telemetry
from conformance.vocabulary.der_modes import MODE_BITS
from conformance.wire.csipaus import DOE_BITS, NONE, VPP_BITS, Extension
from conformance.wire.payload import SEP, element

LARGEST_INT16 = 32767
PV, STORAGE, EVSE, PV_AND_STORAGE = 4, 80, 82, 83
PROFILE_2030_5 = 2
POWER_FLAG, ALL_ON = 0x01, "07"
DEFAULT_GRAD_W = 10000
LOWEST_POWER_FACTOR = 800
"""In thousandths, over- and under-excited."""
MODE_BITS_OF = {"doeModes": DOE_BITS, "vppModes": VPP_BITS}


def scaled(name: str, value: float, namespace: str = SEP) -> etree._Element:
    """Write a value with the smallest power of ten that lets it fit 16 bits; its members are the standard's own."""
    multiplier = 0
    while abs(value) / 10**multiplier > LARGEST_INT16:
        multiplier += 1
    members = element("multiplier", multiplier), element("value", round(value / 10**multiplier))
    return element(name, *members, namespace=namespace)


def end_device(lfdi: str, sfdi: int, now_s: int) -> etree._Element:
    """Write the EndDevice that registers a client in band."""
    return element("EndDevice", element("lFDI", lfdi), element("sFDI", sfdi), element("changedTime", now_s))


def control_response(owed: Owed, lfdi: str, mrid: str) -> etree._Element:
    """Write the Response to a control, dated when the thing it tells of happened."""
    return element(
        "DERControlResponse",
        element("createdDateTime", int(owed.at_s)),
        element("endDeviceLFDI", lfdi),
        element("status", int(owed.status)),
        element("subject", mrid),
    )


def connection_point(extension: Extension, point_id: str) -> etree._Element:
    """Write the ConnectionPoint of CSIP-AUS."""
    return extension.written("ConnectionPoint", extension.written("connectionPointId", point_id))


def der_capability(site: Site, extension: Extension = NONE, claimed: frozenset[str] | None = None) -> etree._Element:
    """Write the nameplate, with the modes of CSIP-AUS if it is spoken; ``claimed`` are those claimed."""
    battery, storage = site.battery, bool(extension and site.battery)
    return element(
        "DERCapability",
        element("modesSupported", _mode_bits(site)),
        scaled("rtgMaxChargeRateW", battery.max_charge_w) if battery else None,
        scaled("rtgMaxDischargeRateW", battery.max_discharge_w) if battery else None,
        scaled("rtgMaxVA", apparent_va(site)),
        scaled("rtgMaxVar", reactive_var(site)),
        scaled("rtgMaxVarNeg", -reactive_var(site)) if storage else None,
        scaled("rtgMaxW", site.rated_w),
        scaled("rtgMaxWh", battery.capacity_wh) if battery else None,
        power_factor("rtgMinPFOverExcited"),
        power_factor("rtgMinPFUnderExcited") if storage else None,
        element("type", _der_type(site)),
        *_aus_modes("Supported", site, extension, claimed, "DERCapability"),
    )


def der_settings(
    site: Site,
    updated_s: int,
    grad_w: int,
    max_w: float,
    extension: Extension = NONE,
    claimed: frozenset[str] | None = None,
) -> etree._Element:
    """Write the adjusted settings; ``max_w`` is the set maximum power."""
    battery, storage = site.battery, bool(extension and site.battery)
    floor = battery is not None and extension.adds("setMinWh", to="DERSettings")
    return element(
        "DERSettings",
        element("modesEnabled", _mode_bits(site)),
        element("setGradW", grad_w),
        scaled("setMaxChargeRateW", battery.max_charge_w) if battery else None,
        scaled("setMaxDischargeRateW", battery.max_discharge_w) if battery else None,
        scaled("setMaxVA", apparent_va(site)),
        scaled("setMaxVar", reactive_var(site)),
        scaled("setMaxVarNeg", -reactive_var(site)) if storage else None,
        scaled("setMaxW", max_w),
        scaled("setMaxWh", battery.capacity_wh) if battery else None,
        power_factor("setMinPFOverExcited") if storage else None,
        power_factor("setMinPFUnderExcited") if storage else None,
        element("updatedTime", updated_s),
        *_aus_modes("Enabled", site, extension, claimed, "DERSettings"),
        scaled("setMinWh", battery.floor_wh, extension.namespace) if battery and floor else None,
    )


def power_factor(name: str) -> etree._Element:
    """Write the lowest power factor that the site can run at."""
    return element(name, element("displacement", LOWEST_POWER_FACTOR), element("multiplier", -3))


def _aus_modes(
    suffix: str, site: Site, extension: Extension, claimed: frozenset[str] | None, owner: str
) -> list[etree._Element]:
    able = supported_modes(site) if claimed is None else claimed
    written = [(f"{name}{suffix}", bits) for name, bits in MODE_BITS_OF.items()]
    return [
        extension.written(name, f"{sum(1 << bit for mode, bit in bits.items() if mode in able):02X}")
        for name, bits in written
        if extension.adds(name, to=owner)
    ]


def der_status(site: Site, now_s: int, alarms: int) -> etree._Element:
    """Write the operational status."""
    shown = site.telemetry()
    connected = site.setpoints.connected
    switch = ALL_ON if connected and not site.isolated else "00"

    def dated(name: str, value: str | int) -> etree._Element:
        return element(name, element("dateTime", now_s), element("value", value))

    charge = shown.state_of_charge_pct if site.battery else shown.vehicle_charge_pct
    return element(
        "DERStatus",
        element("alarmStatus", f"{alarms:08X}"),
        dated("genConnectStatus", switch) if site.pv else None,
        dated("inverterStatus", _inverter_status(site, shown)),
        dated("localControlModeStatus", 1),
        dated("manufacturerStatus", "OK" if connected else "OFF"),
        dated("operationalModeStatus", 2 if connected else 1),
        element("readingTime", now_s),
        dated("stateOfChargeStatus", round(100 * charge)) if charge is not None else None,
        dated("storageModeStatus", _storage_mode(shown.battery_w)) if site.battery else None,
        dated("storConnectStatus", switch) if site.battery else None,
    )


def der_availability(site: Site, now_s: int) -> etree._Element:
    """Write what the DER could deliver now."""
    return element(
        "DERAvailability",
        element("readingTime", now_s),
        scaled("statVarAvail", reactive_var(site)),
        scaled("statWAvail", max(0.0, site.rated_w - site.telemetry().der_w)),
    )


def log_event(now_s: int, function_set: int, code: int, number: int, pen: int) -> etree._Element:
    """Write a log event of IEEE 2030.5 itself."""
    return element(
        "LogEvent",
        element("createdDateTime", now_s),
        element("functionSet", function_set),
        element("logEventCode", code),
        element("logEventID", number),
        element("logEventPEN", pen),
        element("profileID", PROFILE_2030_5),
    )


def apparent_va(site: Site) -> float:
    """Return the rated apparent power."""
    return site.rated_w * 1.1


def reactive_var(site: Site) -> float:
    """Return the rated reactive power."""
    return site.rated_w * 0.44


def _mode_bits(site: Site) -> str:
    able = set(supported_modes(site)) | ({"charge", "discharge"} if site.battery else {"discharge"})
    return f"{sum(1 << bit for bit, name in enumerate(MODE_BITS) if name in able):08X}"


def _der_type(site: Site) -> int:
    if site.pv and site.battery:
        return PV_AND_STORAGE
    if site.battery:
        return STORAGE
    return EVSE if site.evse and not site.pv else PV


def _inverter_status(site: Site, shown: Telemetry) -> int:
    if not site.setpoints.connected:
        return 1
    asked = site.setpoints
    limits = (asked.max_w, asked.fixed_w, asked.export_limit_w, asked.generation_limit_w)
    reduced = any(limit is not None for limit in limits)
    return 5 if reduced else 4


def _storage_mode(battery_w: float) -> int:
    return 2 if abs(battery_w) < 1 else 1 if battery_w > 0 else 0
