"""Every ride-through mode of CSIP Table 9, as default and as control. The figures are ours.

BASIC-004 and BASIC-005 send the must-trip and momentary-cessation curves only. Here each region has all its curves,
in keeping with one another, so that a plant can carry out all of them at once. Times are in hundredths of a second,
voltages in hundredths of a percent, frequencies in hundredths of a hertz.
"""

from __future__ import annotations

from collections.abc import Mapping

from conformance.catalogue.inverter_functions import PERCENT_OF_EFFECTIVE_V, Curve, InverterFunction


def _voltage(curve_type: int, *points: tuple[int, int]) -> Curve:
    return Curve(curve_type=curve_type, points=points, y_ref_type=PERCENT_OF_EFFECTIVE_V)


def _frequency(curve_type: int, *points: tuple[int, int]) -> Curve:
    return Curve(curve_type=curve_type, points=points)


RIDE_THROUGH: Mapping[str, InverterFunction] = {
    "RIDE-001": InverterFunction(
        {
            "opModHVRTMayTrip": _voltage(3, (16, 12000), (16, 11500), (1200, 11500), (1200, 11000), (10000, 11000)),
            "opModHVRTMomentaryCessation": _voltage(4, (0, 11000), (1300, 11000)),
            "opModHVRTMustTrip": _voltage(5, (16, 13000), (16, 12000), (1300, 12000), (1300, 11000), (10000, 11000)),
            "opModLVRTMayTrip": _voltage(8, (100, 0), (100, 5000), (1000, 5000), (1000, 7000), (10000, 8800)),
            "opModLVRTMomentaryCessation": _voltage(9, (0, 5000), (150, 5000)),
            "opModLVRTMustTrip": _voltage(10, (150, 0), (150, 5000), (2100, 5000), (2100, 8800), (10000, 8800)),
        },
        {
            "opModHVRTMayTrip": _voltage(3, (16, 11900), (16, 11400), (1100, 11400), (1100, 10900), (10000, 10900)),
            "opModHVRTMomentaryCessation": _voltage(4, (0, 10900), (1200, 10900)),
            "opModHVRTMustTrip": _voltage(5, (16, 12900), (16, 11900), (1200, 11900), (1200, 10900), (10000, 10900)),
            "opModLVRTMayTrip": _voltage(8, (110, 0), (110, 5100), (1100, 5100), (1100, 7100), (10000, 8700)),
            "opModLVRTMomentaryCessation": _voltage(9, (0, 5100), (160, 5100)),
            "opModLVRTMustTrip": _voltage(10, (160, 0), (160, 5100), (2200, 5100), (2200, 8700), (10000, 8700)),
        },
    ),
    "RIDE-002": InverterFunction(
        {
            "opModHFRTMayTrip": _frequency(1, (16, 6180), (29900, 6180), (29900, 6040), (40000, 6040)),
            "opModHFRTMustTrip": _frequency(2, (16, 6400), (16, 6200), (30000, 6200), (30000, 6050), (40000, 6050)),
            "opModLFRTMayTrip": _frequency(6, (16, 5710), (29900, 5710), (29900, 5860), (40000, 5860)),
            "opModLFRTMustTrip": _frequency(7, (16, 5300), (16, 5690), (30000, 5690), (30000, 5850), (40000, 5850)),
        },
        {
            "opModHFRTMayTrip": _frequency(1, (16, 6170), (28900, 6170), (28900, 6030), (40000, 6030)),
            "opModHFRTMustTrip": _frequency(2, (16, 6390), (16, 6190), (29000, 6190), (29000, 6040), (40000, 6040)),
            "opModLFRTMayTrip": _frequency(6, (16, 5720), (28900, 5720), (28900, 5870), (40000, 5870)),
            "opModLFRTMustTrip": _frequency(7, (16, 5310), (16, 5700), (29000, 5700), (29000, 5860), (40000, 5860)),
        },
    ),
}
"""By the id of the case: voltage and frequency."""
