"""All that the author of a test case imports.

Nouns reach a test case by parameter name: ``step``, ``check``, ``limits``, ``policies``, ``clock``, ``instruct``; for a
server under test ``server`` and ``pin``; for a client under test ``utility`` and ``client``.
"""

from conformance.catalogue.instructions import order
from conformance.catalogue.inverter_functions import FIXED_PF, IDLE_PF, INVERTER_FUNCTIONS
from conformance.catalogue.test_case import test_case
from conformance.judgement.alarms import GENERAL, LOG_EVENT, logged
from conformance.judgement.check import require
from conformance.judgement.der_status import status_elements
from conformance.judgement.plant import Plant, Span
from conformance.judgement.polling import Cadence, Occurrence
from conformance.judgement.ratings import quantity
from conformance.judgement.telemetry import defined, mirrored
from conformance.judgement.timing import Window, instant
from conformance.roles.control_reading import (
    all_read,
    all_received,
    cancellation_answered,
    is_able,
    never_ran,
    status_is_fresh,
)
from conformance.roles.event_scene import EventScene
from conformance.roles.event_watch import (
    CANCELLED,
    COMPLETED,
    RECEIVED,
    STARTED,
    SUPERSEDED,
    EventWatch,
    drawn_by_chance,
    shows,
)
from conformance.roles.observed_client import arrival, names, response_in
from conformance.roles.test_client import Listing, Reading, links_in
from conformance.roles.utility.detours import make_busy, move
from conformance.roles.utility.inverter_function import on_offer
from conformance.roles.utility.scenario import (
    ALL_RESPONSES,
    fifteen_assignments,
    one_control,
    one_program,
    registered_last,
    swap_branch,
    topology_1,
    topology_2,
    topology_3,
)
from conformance.roles.utility.schedules import (
    ANSWERED,
    IMMEDIATE_AND_CURVE,
    RANDOMIZED,
    RIVALS,
    TEN_PROGRAMS,
    power_factor,
    schedule,
)
from conformance.vocabulary.event import CurrentStatus
from conformance.vocabulary.identity import lfdi_of
from conformance.wire.documents import der_settings
from conformance.wire.payload import Node, read

__all__ = [
    "ALL_RESPONSES",
    "ANSWERED",
    "CANCELLED",
    "COMPLETED",
    "FIXED_PF",
    "GENERAL",
    "IDLE_PF",
    "IMMEDIATE_AND_CURVE",
    "INVERTER_FUNCTIONS",
    "RANDOMIZED",
    "RECEIVED",
    "RIVALS",
    "STARTED",
    "SUPERSEDED",
    "TEN_PROGRAMS",
    "Cadence",
    "CurrentStatus",
    "EventScene",
    "EventWatch",
    "LOG_EVENT",
    "Listing",
    "Node",
    "Occurrence",
    "Plant",
    "Reading",
    "Span",
    "Window",
    "all_read",
    "all_received",
    "arrival",
    "cancellation_answered",
    "defined",
    "der_settings",
    "drawn_by_chance",
    "fifteen_assignments",
    "instant",
    "is_able",
    "lfdi_of",
    "links_in",
    "logged",
    "make_busy",
    "mirrored",
    "move",
    "names",
    "never_ran",
    "on_offer",
    "one_control",
    "one_program",
    "order",
    "power_factor",
    "quantity",
    "read",
    "registered_last",
    "require",
    "response_in",
    "schedule",
    "shows",
    "status_is_fresh",
    "status_elements",
    "swap_branch",
    "test_case",
    "topology_1",
    "topology_2",
    "topology_3",
]
