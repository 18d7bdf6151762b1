"""All that the author of a test case imports.

Nouns reach a test case by parameter name: ``step``, ``check``, ``limits``, ``policies``, ``clock``, ``instruct``; for a
server under test ``server`` and ``pin``; for a client under test ``utility`` and ``client``.
"""

from conformance.catalogue.instructions import order
from conformance.catalogue.test_case import test_case
from conformance.judgement.check import require
from conformance.judgement.plant import Plant, Span
from conformance.judgement.polling import Cadence, Occurrence
from conformance.judgement.ratings import quantity
from conformance.judgement.telemetry import defined, mirrored
from conformance.judgement.timing import Window, instant
from conformance.roles.observed_client import arrival, response_in
from conformance.roles.test_client import Listing, Reading, links_in
from conformance.roles.utility.scenario import one_control, one_program, registered_last, topology_1
from conformance.wire.documents import der_settings
from conformance.wire.payload import Node, read

__all__ = [
    "Cadence",
    "Listing",
    "Node",
    "Occurrence",
    "Plant",
    "Reading",
    "Span",
    "Window",
    "arrival",
    "defined",
    "der_settings",
    "instant",
    "links_in",
    "mirrored",
    "one_control",
    "one_program",
    "order",
    "quantity",
    "read",
    "registered_last",
    "require",
    "response_in",
    "test_case",
    "topology_1",
]
