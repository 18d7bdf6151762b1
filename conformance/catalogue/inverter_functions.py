"""The values of SunSpec CTP 1.3 BASIC-004 to BASIC-014: what the default holds, and what the control sets.

Data only, for both sides. A mode's value is a number, a truth value, a mapping for a structure, or a :class:`Curve`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

Structure = Mapping[str, int | bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """A curve's content; ``curve_type`` is the ``curveType`` that fits the mode it is for."""

    curve_type: int
    points: tuple[tuple[int, int], ...]
    x_multiplier: int = -2
    y_multiplier: int = -2
    y_ref_type: int = 0
    open_loop_tms: int | None = None
    autonomous_vref_enable: bool | None = None
    autonomous_vref_time_constant: int | None = None


ModeValue = int | bool | Structure | Curve
Modes = Mapping[str, ModeValue]


@dataclass(frozen=True, slots=True)
class InverterFunction:
    """One function: the modes of the default and of the control, and settings that only a default has."""

    default: Modes = field(default_factory=dict)
    test: Modes = field(default_factory=dict)
    default_settings: Mapping[str, int] = field(default_factory=dict)
    test_settings: Mapping[str, int] = field(default_factory=dict)


PERCENT_OF_MAX_W, PERCENT_OF_MAX_VAR, PERCENT_OF_EFFECTIVE_V = 1, 2, 4
"""``DERUnitRefType``: what y is a percentage of; 0 where it is none, as for frequencies. Ours where none is printed."""


def _voltage_ride_through(curve_type: int, *points: tuple[int, int]) -> Curve:
    return Curve(curve_type=curve_type, points=points, y_ref_type=PERCENT_OF_EFFECTIVE_V)


def _frequency_ride_through(curve_type: int, *points: tuple[int, int]) -> Curve:
    return Curve(curve_type=curve_type, points=points)


def _volt_var(open_loop_tms: int, *points: tuple[int, int]) -> Curve:
    return Curve(
        curve_type=11,
        points=points,
        y_ref_type=PERCENT_OF_MAX_VAR,
        open_loop_tms=open_loop_tms,
        autonomous_vref_enable=False,
        autonomous_vref_time_constant=0,
    )


def _power_factor(displacement: int) -> Structure:
    return {"displacement": displacement, "excitation": False, "multiplier": -3}


FIXED_PF = _power_factor(900)
"""The control of the event tests, by way of example."""
FIXED_W = 6000
"""The control that is independent of the fixed power factor, in hundredths of a percent."""
IDLE_PF = _power_factor(950)
"""What a default holds while no event is active."""

TEN_POINTS = Curve(
    curve_type=11,
    points=tuple((9000 + 200 * number, 4500 - 1000 * number) for number in range(10)),
    y_ref_type=PERCENT_OF_MAX_VAR,
    open_loop_tms=10,
)
"""A volt-var curve with as many points as a curve may have (CORE-012, CORE-022)."""
FOUR_POINTS = Curve(
    curve_type=11,
    points=((9200, 3000), (9670, 0), (10300, 0), (10700, -3000)),
    y_ref_type=PERCENT_OF_MAX_VAR,
    open_loop_tms=10,
)
"""A volt-var curve of usual size (CORE-021)."""

INVERTER_FUNCTIONS: Mapping[str, InverterFunction] = {
    "BASIC-004": InverterFunction(
        {
            "opModHVRTMustTrip": _voltage_ride_through(
                5, (16, 13000), (16, 12000), (1300, 12000), (1300, 11000), (10000, 11000)
            ),
            "opModHVRTMomentaryCessation": _voltage_ride_through(4, (0, 11000), (1300, 11000)),
            "opModLVRTMustTrip": _voltage_ride_through(
                10, (150, 0), (150, 5000), (1100, 5000), (1100, 7000), (2100, 7000), (2100, 8800), (10000, 8800)
            ),
            "opModLVRTMomentaryCessation": _voltage_ride_through(9, (0, 5000), (150, 5000)),
        },
        {
            "opModHVRTMustTrip": _voltage_ride_through(
                5, (16, 12000), (16, 11000), (1200, 11000), (1200, 10000), (10000, 10000)
            ),
            "opModHVRTMomentaryCessation": _voltage_ride_through(4, (0, 10000), (1200, 10000)),
            "opModLVRTMustTrip": _voltage_ride_through(
                10, (150, 0), (150, 5000), (1200, 5000), (1200, 7000), (2200, 7000), (2200, 8800), (10000, 8800)
            ),
            "opModLVRTMomentaryCessation": _voltage_ride_through(9, (0, 6000), (150, 6000)),
        },
    ),
    "BASIC-005": InverterFunction(
        {
            "opModHFRTMustTrip": _frequency_ride_through(
                2, (16, 6400), (16, 6200), (30000, 6200), (30000, 6050), (40000, 6050)
            ),
            "opModLFRTMustTrip": _frequency_ride_through(
                7, (16, 5300), (16, 5690), (30000, 5690), (30000, 5850), (40000, 5850)
            ),
        },
        {
            "opModHFRTMustTrip": _frequency_ride_through(
                2, (16, 6500), (16, 6100), (28000, 6100), (28000, 6050), (40000, 6050)
            ),
            "opModLFRTMustTrip": _frequency_ride_through(
                7, (16, 5300), (16, 5690), (27000, 5690), (27000, 5850), (40000, 5850)
            ),
        },
    ),
    "BASIC-006": InverterFunction(
        {"opModVoltVar": _volt_var(10, (9200, 3000), (9670, 0), (10300, 0), (10700, -3000))},
        {"opModVoltVar": _volt_var(5, (9100, 4000), (9570, 0), (10400, 0), (10600, -4000))},
    ),
    "BASIC-007": InverterFunction(
        default_settings={"setGradW": 10000, "setSoftGradW": 200},
        test_settings={"setGradW": 9000, "setSoftGradW": 400},
    ),
    "BASIC-008": InverterFunction(
        {"opModFixedPFInjectW": _power_factor(950)}, {"opModFixedPFInjectW": _power_factor(900)}
    ),
    "BASIC-009": InverterFunction({"opModEnergize": True}, {"opModEnergize": True}),
    "BASIC-010": InverterFunction({"opModMaxLimW": 5000}, {"opModMaxLimW": 6000}),
    "BASIC-011": InverterFunction(
        {
            "opModVoltWatt": Curve(
                curve_type=12, points=((10000, 10000), (10600, 10000), (11000, 0)), y_ref_type=PERCENT_OF_MAX_W
            )
        },
        {
            "opModVoltWatt": Curve(
                curve_type=12, points=((10000, 10000), (10500, 10000), (10900, 0)), y_ref_type=PERCENT_OF_MAX_W
            )
        },
    ),
    # Printed are dead bands of 60030 and 59970, which erratum 43 declares wrong without giving others: they are the
    # frequencies in mHz of 30 mHz about 60 Hz, where the standard wants the distance (policy droop_values).
    "BASIC-012": InverterFunction(
        {"opModFreqDroop": {"dBOF": 36, "dBUF": 36, "kOF": 50, "kUF": 50, "openLoopTms": 500}},
        {
            "opModFreqDroop": {"dBOF": 30, "dBUF": 30, "kOF": 40, "kUF": 40, "openLoopTms": 600},
            "opModFreqWatt": Curve(
                curve_type=0,
                points=((5900, 100), (5950, 80), (6050, 80), (6200, 0)),
                y_multiplier=0,
                y_ref_type=PERCENT_OF_MAX_W,
            ),
        },
    ),
    "BASIC-013": InverterFunction({"opModFixedW": 5000}, {"opModFixedW": 6000}),
    "BASIC-014": InverterFunction(
        {"opModTargetW": {"multiplier": 0, "value": 2000}}, {"opModTargetW": {"multiplier": 0, "value": 3000}}
    ),
}
