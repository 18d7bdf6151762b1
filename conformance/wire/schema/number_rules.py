"""Value rules on numbers: powers of ten, percentages, time offsets, reserved bits, codes and points of a curve.

IEEE 2030.5-2018, the types named by each rule. The schema knows only how many bits a number has. Reserved bits and
codes are a SHOULD: a later edition may give them a meaning.
"""

from __future__ import annotations

from collections.abc import Iterator

from conformance.vocabulary.event import CurrentStatus
from conformance.vocabulary.verdict import Level
from conformance.wire.payload import Node, integer
from conformance.wire.schema.value_rule import (
    Circumstances,
    Observation,
    Observe,
    Subject,
    ValueRule,
    hex_number,
)

POWERS_OF_TEN = frozenset(
    {"multiplier", "powerOfTenMultiplier", "pricePowerOfTenMultiplier", "xMultiplier", "yMultiplier"}
)
PERCENTAGES = frozenset(
    {
        "availabilityUpdatePercentChangeThreshold",
        "estimatedChargeRemaining",
        "opModMaxLimW",
        "reserveChargePercent",
        "reservePercent",
        "sheddablePercent",
        "targetStateOfCharge",
    }
)
BITS_IN_USE = {
    "roleFlags": 7,
    "modesSupported": 27,
    "modesEnabled": 27,
    "alarmStatus": 11,
    "doeModesSupported": 4,
    "doeModesEnabled": 4,
}
"""How many of the lowest bits of a bitmap have a meaning in 2030.5-2018 and CSIP-AUS."""

CONNECTION_STATUS_BITS = 5
RESPONSE_REQUIRED_BITS = 3
RESPONSE_CODES = frozenset({*range(1, 15), 252, 253, 254})


def _within(least: int, most: int, unit: str) -> Observe:
    def observe(node: Node, _: Circumstances) -> Iterator[Observation]:
        value = integer(node.content)
        if value is not None and not least <= value <= most:
            yield Observation(str(value), f"{least} to {most} {unit}".strip())

    return observe


def _bits(node: Node, _: Circumstances) -> Iterator[Observation]:
    yield from _reserved(node.content, BITS_IN_USE[node.name], "")


def _connection_status(node: Node, _: Circumstances) -> Iterator[Observation]:
    yield from _reserved(node.text("value") or "", CONNECTION_STATUS_BITS, "value")


def _response_required(node: Node, _: Circumstances) -> Iterator[Observation]:
    yield from _reserved(node.attribute("responseRequired") or "", RESPONSE_REQUIRED_BITS, "@responseRequired")


def _reserved(text: str, in_use: int, below: str) -> Iterator[Observation]:
    value = hex_number(text)
    if value is not None and value >> in_use:
        bits = [str(bit) for bit in range(in_use, value.bit_length()) if value >> bit & 1]
        yield Observation(
            f"{text} (bits {', '.join(bits)} set)", f"bits above {in_use - 1}, which are reserved, at 0", below
        )


def _response_code(node: Node, _: Circumstances) -> Iterator[Observation]:
    code = node.integer("status")
    if code is not None and code not in RESPONSE_CODES:
        yield Observation(str(code), "1 to 14, 252, 253 or 254; the rest is reserved", "status")


def _event_code(node: Node, _: Circumstances) -> Iterator[Observation]:
    code = node.integer("currentStatus")
    if code is not None and code not in set(CurrentStatus):
        yield Observation(str(code), "0 scheduled, 1 active, 2 or 3 cancelled, 4 superseded", "currentStatus")


def _points(node: Node, _: Circumstances) -> Iterator[Observation]:
    points = len(node.children("CurveData"))
    if not 1 <= points <= 10:
        yield Observation(f"{points} points", "1 to 10 points")


def _more_than_one_point(node: Node, _: Circumstances) -> Iterator[Observation]:
    if len(node.children("CurveData")) == 1:
        yield Observation("1 point", "at least 2 points; one makes no curve")


NUMBER_RULES = (
    ValueRule(
        "VAL.POWER_OF_TEN",
        "A power of ten lies between -9 and 9.",
        Level.MUST,
        "IEEE 2030.5-2018, type PowerOfTenMultiplierType",
        POWERS_OF_TEN,
        _within(-9, 9, ""),
    ),
    ValueRule(
        "VAL.PERCENT",
        "A percentage lies between 0 and 100 %, in hundredths of a percent.",
        Level.MUST,
        "IEEE 2030.5-2018, type PerCent",
        PERCENTAGES,
        _within(0, 10_000, "hundredths of a percent"),
    ),
    ValueRule(
        "VAL.SIGNED_PERCENT",
        "A signed percentage lies between -100 and 100 %, in hundredths of a percent.",
        Level.MUST,
        "IEEE 2030.5-2018, type SignedPerCent",
        frozenset({"opModFixedW"}),
        _within(-10_000, 10_000, "hundredths of a percent"),
        who="server",
    ),
    ValueRule(
        "VAL.EVENT.RANDOMIZATION",
        "A randomization is at most an hour either way.",
        Level.MUST,
        "IEEE 2030.5-2018, type OneHourRangeType; EVENT.044, EVENT.045",
        frozenset({"randomizeStart", "randomizeDuration"}),
        _within(-3600, 3600, "s"),
        who="server",
    ),
    ValueRule(
        "VAL.BITMAP.RESERVED",
        "Reserved bits of a bitmap are 0.",
        Level.SHOULD,
        "IEEE 2030.5-2018, types RoleFlagsType and DERControlType, DERStatus alarmStatus; CSIP-AUS DOEControlType",
        frozenset(BITS_IN_USE),
        _bits,
    ),
    ValueRule(
        "VAL.BITMAP.CONNECTION",
        "Reserved bits of a connection status are 0.",
        Level.SHOULD,
        "IEEE 2030.5-2018, type ConnectStatusType",
        frozenset({"genConnectStatus", "storConnectStatus"}),
        _connection_status,
        who="client",
    ),
    ValueRule(
        "VAL.BITMAP.RESPONSE_REQUIRED",
        "Reserved bits of responseRequired are 0.",
        Level.SHOULD,
        "IEEE 2030.5-2018, type RespondableResource",
        frozenset({"responseRequired"}),
        _response_required,
        Subject.ATTRIBUTE,
        who="server",
    ),
    ValueRule(
        "VAL.RESPONSE.STATUS",
        "The status of a Response is one of the codes of table 27.",
        Level.SHOULD,
        "IEEE 2030.5-2018, table 27",
        frozenset({"Response", "DERControlResponse", "DrResponse", "PriceResponse", "TextResponse"}),
        _response_code,
        who="client",
    ),
    ValueRule(
        "VAL.EVENT.STATUS_CODE",
        "The status of an event is one of the codes 0 to 4.",
        Level.MUST,
        "IEEE 2030.5-2018, EventStatus currentStatus",
        frozenset({"EventStatus"}),
        _event_code,
        who="server",
    ),
    ValueRule(
        "VAL.CURVE.POINTS",
        "A curve has 1 to 10 points.",
        Level.MUST,
        "IEEE 2030.5-2018, DERCurve CurveData",
        frozenset({"DERCurve"}),
        _points,
        who="server",
    ),
    ValueRule(
        "VAL.CURVE.ONE_POINT",
        "A curve has at least two points.",
        Level.SHOULD,
        "IEEE 2030.5-2018, DERCurve CurveData: our reading",
        frozenset({"DERCurve"}),
        _more_than_one_point,
        who="server",
    ),
)
"""The rows."""
