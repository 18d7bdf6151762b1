"""Documents that the harness itself sends to a server under test (IEEE 2030.5-2018, 9.5, 10.2, 10.10 and 10.11)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from lxml import etree

from conformance.vocabulary.mrid import new_mrid
from conformance.wire.payload import element, write

MIRROR_ROLES = "0049"
"""``roleFlags``: a mirror of a DER behind a submeter."""
INSTANTANEOUS, ELECTRICITY, FORWARD, POWER = 12, 1, 1, 37
SERVED_STATUS_ON = 1
PROFILE_2030_5 = 2
DER_EVENT = 11
SOFTWARE_EVENT = 0
"""``functionSet`` general, code LE_GEN_SOFTWARE."""


def end_device(lfdi: str, sfdi: int, changed: datetime) -> bytes:
    """Return an EndDevice as a device posts it to register itself; ``sfdi`` with its check digit."""
    stamp = element("changedTime", _seconds(changed))
    return write(element("EndDevice", element("lFDI", lfdi), element("sFDI", sfdi), stamp))


def subscription(resource: str, uri: str, limit: int) -> etree._Element:
    """Make a Subscription in XML without a condition; ``limit`` is how many entries a notification may carry."""
    return element(
        "Subscription",
        element("subscribedResource", resource),
        element("encoding", 0),
        element("level", "+S1"),
        element("limit", limit),
        element("notificationURI", uri),
    )


def connection_point(namespace: str, text: str) -> bytes:
    """Return a ConnectionPoint of CSIP-AUS with an id."""
    point = element("connectionPointId", text, namespace=namespace)
    return write(element("ConnectionPoint", point, namespace=namespace))


def der_settings(updated: datetime, set_max_w: int) -> bytes:
    """Return a DERSettings with a maximum power in watts and a ramp rate of 1 % per second."""
    stamp = element("updatedTime", _seconds(updated))
    return write(element("DERSettings", element("setGradW", 100), _watts("setMaxW", set_max_w), stamp))


def der_capability(rtg_max_w: int, rtg_max_va: int, modes: str, kind: int) -> bytes:
    """Return a DERCapability: ratings in W and VA, ``modesSupported`` as eight hexadecimal digits, DERType."""
    return write(
        element(
            "DERCapability",
            element("modesSupported", modes),
            _watts("rtgMaxVA", rtg_max_va),
            _watts("rtgMaxW", rtg_max_w),
            element("type", kind),
        )
    )


def der_status(read_at: datetime, parts: Mapping[str, int | str]) -> bytes:
    """Return a DERStatus; ``parts`` are values by element name, in the order of the schema, all dated ``read_at``."""
    moment = _seconds(read_at)
    stamp = element("readingTime", moment)
    dated = {name: element(name, element("dateTime", moment), element("value", value)) for name, value in parts.items()}
    before = [made for name, made in dated.items() if name < "readingTime"]
    after = [made for name, made in dated.items() if name > "readingTime"]
    return write(element("DERStatus", *before, stamp, *after))


def control_response(at: datetime, lfdi: str, status: int, subject: str) -> bytes:
    """Return the Response of a device to a DERControl, named by its mRID."""
    return write(
        element(
            "DERControlResponse",
            element("createdDateTime", _seconds(at)),
            element("endDeviceLFDI", lfdi),
            element("status", status),
            element("subject", subject),
        )
    )


def log_event(at: datetime, number: int, pen: int) -> bytes:
    """Return a LogEvent of the general function set: a software error, with its number."""
    return _log_event(at, number, pen, SOFTWARE_EVENT, SOFTWARE_EVENT)


def alarm_event(at: datetime, number: int, pen: int, code: int) -> bytes:
    """Return a LogEvent of a DER (function set 11): an even ``code`` is an alarm, the odd one after it its end."""
    return _log_event(at, number, pen, DER_EVENT, code)


def _log_event(at: datetime, number: int, pen: int, function_set: int, code: int) -> bytes:
    return write(
        element(
            "LogEvent",
            element("createdDateTime", _seconds(at)),
            element("functionSet", function_set),
            element("logEventCode", code),
            element("logEventID", number),
            element("logEventPEN", pen),
            element("profileID", PROFILE_2030_5),
        )
    )


@dataclass(frozen=True, slots=True)
class Quantity:
    """One mirrored quantity: its mRID, its unit of measure, and the power of ten of its values."""

    mrid: str
    uom: int
    multiplier: int


WATT, VAR, HERTZ, VOLT = 38, 63, 33, 29
"""``uom`` of the four quantities that CSIP wants mirrored (G23)."""
MULTIPLIERS = {WATT: 0, VAR: 0, HERTZ: -2, VOLT: -1}


def csip_quantities(pen: int) -> dict[int, Quantity]:
    """Return real power, reactive power, frequency and voltage by unit, each with a fresh mRID that ends in a PEN."""
    return {uom: Quantity(new_mrid(pen), uom, multiplier) for uom, multiplier in MULTIPLIERS.items()}


def mirror_usage_point(
    mrid: str, lfdi: str, quantities: Sequence[Quantity], roles: str = MIRROR_ROLES, qualifier: int = 0
) -> bytes:
    """Return a MirrorUsagePoint with the reading types of its quantities and no values.

    ``roles`` are its ``roleFlags``, ``qualifier`` the ``dataQualifier`` of all quantities: 2 for averages.
    """
    return write(
        element(
            "MirrorUsagePoint",
            element("mRID", mrid),
            element("description", "DER"),
            element("roleFlags", roles),
            element("serviceCategoryKind", 0),
            element("status", SERVED_STATUS_ON),
            element("deviceLFDI", lfdi),
            *(_defined(quantity, qualifier) for quantity in quantities),
        )
    )


def mirror_reading(quantity: Quantity, value: int, at: datetime, lasts_s: int) -> bytes:
    """Return a MirrorMeterReading with one value over an interval in seconds that ends at ``at``."""
    start = _seconds(at) - lasts_s
    reading = element(
        "Reading",
        element("timePeriod", element("duration", lasts_s), element("start", start)),
        element("value", value),
    )
    return write(element("MirrorMeterReading", element("mRID", quantity.mrid), reading))


def _defined(quantity: Quantity, qualifier: int) -> etree._Element:
    reading_type = element(
        "ReadingType",
        element("accumulationBehaviour", INSTANTANEOUS),
        element("commodity", ELECTRICITY),
        element("dataQualifier", qualifier),
        element("flowDirection", FORWARD),
        element("kind", POWER),
        element("phase", 0),
        element("powerOfTenMultiplier", quantity.multiplier),
        element("uom", quantity.uom),
    )
    return element("MirrorMeterReading", element("mRID", quantity.mrid), reading_type)


def _watts(name: str, value: int) -> etree._Element:
    return element(name, element("multiplier", 0), element("value", value))


def _seconds(at: datetime) -> int:
    return int(at.timestamp())
