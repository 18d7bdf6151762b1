"""The utility server that the harness plays against a client under test: a protocol core without I/O.

Import :class:`Utility` and its companions from here.
"""

from conformance.roles.utility.context import Received
from conformance.roles.utility.der import DER
from conformance.roles.utility.der_control import DERControl
from conformance.roles.utility.der_curve import DERCurve
from conformance.roles.utility.der_program import Default, DERProgram
from conformance.roles.utility.end_device import TEST_PIN, EndDevice
from conformance.roles.utility.function_set_assignments import FunctionSetAssignments
from conformance.roles.utility.manner import Manner
from conformance.roles.utility.mirror_usage_point import MirrorUsagePoint, ReceivedReading
from conformance.roles.utility.modes import Modes, ModeValue
from conformance.roles.utility.rates import Rates
from conformance.roles.utility.registration import Registration
from conformance.roles.utility.response_set import ReceivedResponse
from conformance.roles.utility.server import Handler, Interposer
from conformance.roles.utility.utility import Utility
from conformance.vocabulary.event import CurrentStatus

__all__ = [
    "DER",
    "TEST_PIN",
    "CurrentStatus",
    "DERControl",
    "DERCurve",
    "DERProgram",
    "Default",
    "EndDevice",
    "FunctionSetAssignments",
    "Handler",
    "Interposer",
    "Manner",
    "MirrorUsagePoint",
    "ModeValue",
    "Modes",
    "Rates",
    "Received",
    "ReceivedReading",
    "ReceivedResponse",
    "Registration",
    "Utility",
]
