"""All that the author of a test case imports.

Nouns reach a test case by parameter name: ``step``, ``check``, ``limits``, ``policies``, ``clock``, ``instruct``; for a
server under test ``server``, ``device``, ``arrange``, ``subscriber`` and ``pin``; for a client under test ``utility``,
``client``, ``listener`` and ``notifier``.
"""

from conformance.catalogue.demands import POLLED
from conformance.catalogue.event_rules import EVENT_RULES
from conformance.catalogue.fleet import INVERTERS, fleet_nodes
from conformance.catalogue.instructions import order
from conformance.catalogue.inverter_functions import FIXED_PF, IDLE_PF, INVERTER_FUNCTIONS
from conformance.catalogue.offers import DOCUMENTATION_PEN, ControlOffer, DefaultOffer, GroupOffer, ProgramOffer
from conformance.catalogue.pack_values import Phase
from conformance.catalogue.reading_words import reading_word
from conformance.catalogue.ride_through import RIDE_THROUGH
from conformance.catalogue.test_case import test_case
from conformance.judgement.alarms import GENERAL, LOG_EVENT, logged
from conformance.judgement.aus import enough_readings, speaks, well_formed_lfdi
from conformance.judgement.charge import charges, has_moved
from conformance.judgement.check import require
from conformance.judgement.demanded import (
    all_equal,
    all_within,
    kept,
    kept_by_server,
    largest,
    least,
    left_open,
    most,
    unseen,
)
from conformance.judgement.der_status import status_elements
from conformance.judgement.echoes import echoes, mirrors_as_posted
from conformance.judgement.encodings import spoken
from conformance.judgement.extended import extension_elements, has_reason, in_namespace, versions_in
from conformance.judgement.intervals import aligned, intervals, whole, whole_intervals
from conformance.judgement.list_queries import LIST_QUERIES
from conformance.judgement.methods import forbidden_methods
from conformance.judgement.plant import Plant, Span
from conformance.judgement.polling import Cadence, Occurrence
from conformance.judgement.randomisation import evenly_drawn
from conformance.judgement.readings import MIRRORED, carries_readings, mirrored_series
from conformance.judgement.requirements import value_rules
from conformance.judgement.seldom import clock_gained, heard_of
from conformance.judgement.telemetry import QUANTITIES, defined, mirrored, occurrences
from conformance.judgement.timing import Window, instant
from conformance.judgement.tls import beyond_us
from conformance.roles.aus_schedules import both_ways, minute_by_minute, scaled_limits, tells_ramp
from conformance.roles.chain_trial import greeted, refuses, turned_down
from conformance.roles.charging_ramp_scene import ChargingRampScene
from conformance.roles.claims import in_band, redirections, storage_claims, told_modes
from conformance.roles.client_reports import (
    found_its_device,
    has_put,
    maker_of,
    of_its_device,
    put_of_der,
    reports,
    sent,
    to_its_own,
)
from conformance.roles.connection_ids import NOT_VALID, another_networks_id, own_ids
from conformance.roles.connection_status import (
    AVAILABLE,
    CONNECTED,
    OFF,
    OPERATING,
    OPERATIONAL,
    connection_is,
    operation_is,
)
from conformance.roles.control_reading import (
    all_read,
    all_received,
    cancellation_answered,
    is_able,
    never_ran,
    status_is_fresh,
)
from conformance.roles.delivery_watch import DeliveryWatch
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
from conformance.roles.inverter_trial import carry_out, walk_begins
from conformance.roles.limit_offers import CONTROLS as LIMIT_CONTROLS
from conformance.roles.limit_offers import DEFAULTS as LIMIT_DEFAULTS
from conformance.roles.limit_offers import LIMITS, TARGETS, control_for, programs_for
from conformance.roles.limit_offers import TARGETED as STORAGE_TARGETS
from conformance.roles.limit_scene import LimitScene, active_power
from conformance.roles.long_schedule import A_DAY, DAYS, LongSchedule, only_if_chosen
from conformance.roles.newcomer import devices_seen, programs_seen, register, twice, was_taken, way_of
from conformance.roles.observed_client import arrival, names, response_in
from conformance.roles.offered_versions import offer_versions
from conformance.roles.pace_watch import PaceWatch
from conformance.roles.place_scene import PlaceScene
from conformance.roles.ramp_scene import RampScene
from conformance.roles.reaction_watch import ReactionWatch
from conformance.roles.seldom_watch import dated_responses, leave_alone
from conformance.roles.served_reading import Listing, Reading, links_in, location_of, one_of_each_kind, target_of
from conformance.roles.served_schedules import (
    event_group,
    event_offer,
    fifteen_groups,
    function_default,
    outranked,
    plain_default,
    planned_group,
    planned_offer,
    topology_groups,
)
from conformance.roles.served_tree import (
    controls,
    defaults,
    duration_s,
    entries_with_addresses,
    in_sequence,
    leading_away,
    miscounted,
    mode_of,
    poll_rates,
    randomized_s,
    rewritten,
)
from conformance.roles.single_program import IDLE, polls_again, published, with_one_default
from conformance.roles.site_trial import SiteTrial
from conformance.roles.status_agreement import connection_agrees, readings_fall_silent
from conformance.roles.storage_scene import StorageScene
from conformance.roles.stored_events import StoredEvents
from conformance.roles.subscription_scene import CSIP_KINDS, SubscriptionScene, limiting
from conformance.roles.utility.detours import UNKNOWN, extend, make_broken, make_busy, move, resettle, restate
from conformance.roles.utility.inverter_function import on_offer
from conformance.roles.utility.registration import Registration
from conformance.roles.utility.scenario import (
    ALL_RESPONSES,
    BRANCH,
    fifteen_assignments,
    offer_topology,
    one_control,
    one_program,
    registered_between,
    registered_last,
    swap_branch,
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
from conformance.vocabulary.contact import Contact
from conformance.vocabulary.event import CurrentStatus, ResponseStatus
from conformance.vocabulary.identity import lfdi_of
from conformance.vocabulary.mrid import new_managed_lfdi, new_mrid
from conformance.wire.csipaus import WELL_KNOWN
from conformance.wire.documents import (
    HERTZ,
    VAR,
    VOLT,
    WATT,
    alarm_event,
    connection_point,
    control_response,
    csip_quantities,
    der_capability,
    der_settings,
    der_status,
    log_event,
    mirror_reading,
    mirror_usage_point,
)
from conformance.wire.extended_documents import FIRST_TOLD, SECOND_TOLD, capability, settings
from conformance.wire.payload import Node, quantity, read

COMMISSIONING = Phase.COMMISSIONING

__all__ = [
    "ALL_RESPONSES",
    "ANSWERED",
    "AVAILABLE",
    "A_DAY",
    "BRANCH",
    "CANCELLED",
    "COMMISSIONING",
    "COMPLETED",
    "CONNECTED",
    "CSIP_KINDS",
    "DAYS",
    "DOCUMENTATION_PEN",
    "EVENT_RULES",
    "FIRST_TOLD",
    "FIXED_PF",
    "GENERAL",
    "HERTZ",
    "IDLE",
    "IDLE_PF",
    "IMMEDIATE_AND_CURVE",
    "INVERTERS",
    "INVERTER_FUNCTIONS",
    "LIMITS",
    "LIMIT_CONTROLS",
    "LIMIT_DEFAULTS",
    "LIST_QUERIES",
    "LOG_EVENT",
    "MIRRORED",
    "NOT_VALID",
    "OFF",
    "OPERATING",
    "OPERATIONAL",
    "POLLED",
    "QUANTITIES",
    "RANDOMIZED",
    "RECEIVED",
    "RIDE_THROUGH",
    "RIVALS",
    "SECOND_TOLD",
    "STARTED",
    "STORAGE_TARGETS",
    "SUPERSEDED",
    "TARGETS",
    "TEN_PROGRAMS",
    "UNKNOWN",
    "VAR",
    "VOLT",
    "WATT",
    "WELL_KNOWN",
    "Cadence",
    "ChargingRampScene",
    "Contact",
    "ControlOffer",
    "CurrentStatus",
    "DefaultOffer",
    "DeliveryWatch",
    "EventScene",
    "EventWatch",
    "GroupOffer",
    "LimitScene",
    "Listing",
    "LongSchedule",
    "Node",
    "Occurrence",
    "PaceWatch",
    "PlaceScene",
    "Plant",
    "ProgramOffer",
    "RampScene",
    "ReactionWatch",
    "Reading",
    "Registration",
    "ResponseStatus",
    "SiteTrial",
    "Span",
    "StorageScene",
    "StoredEvents",
    "SubscriptionScene",
    "Window",
    "active_power",
    "alarm_event",
    "aligned",
    "all_equal",
    "all_read",
    "all_received",
    "all_within",
    "another_networks_id",
    "arrival",
    "beyond_us",
    "both_ways",
    "cancellation_answered",
    "capability",
    "carries_readings",
    "carry_out",
    "charges",
    "clock_gained",
    "connection_agrees",
    "connection_is",
    "connection_point",
    "control_for",
    "control_response",
    "controls",
    "csip_quantities",
    "dated_responses",
    "defaults",
    "defined",
    "der_capability",
    "der_settings",
    "der_status",
    "devices_seen",
    "drawn_by_chance",
    "duration_s",
    "echoes",
    "enough_readings",
    "entries_with_addresses",
    "evenly_drawn",
    "event_group",
    "event_offer",
    "extend",
    "extension_elements",
    "fifteen_assignments",
    "fifteen_groups",
    "fleet_nodes",
    "forbidden_methods",
    "found_its_device",
    "function_default",
    "greeted",
    "has_moved",
    "has_put",
    "has_reason",
    "heard_of",
    "in_band",
    "in_namespace",
    "in_sequence",
    "instant",
    "intervals",
    "is_able",
    "kept",
    "kept_by_server",
    "largest",
    "leading_away",
    "least",
    "leave_alone",
    "left_open",
    "lfdi_of",
    "limiting",
    "links_in",
    "location_of",
    "log_event",
    "logged",
    "make_broken",
    "make_busy",
    "maker_of",
    "minute_by_minute",
    "mirror_reading",
    "mirror_usage_point",
    "mirrored",
    "mirrored_series",
    "mirrors_as_posted",
    "miscounted",
    "mode_of",
    "most",
    "move",
    "names",
    "never_ran",
    "new_managed_lfdi",
    "new_mrid",
    "occurrences",
    "of_its_device",
    "offer_topology",
    "offer_versions",
    "on_offer",
    "one_control",
    "one_of_each_kind",
    "one_program",
    "only_if_chosen",
    "operation_is",
    "order",
    "outranked",
    "own_ids",
    "plain_default",
    "planned_group",
    "planned_offer",
    "poll_rates",
    "polls_again",
    "power_factor",
    "programs_for",
    "programs_seen",
    "published",
    "put_of_der",
    "quantity",
    "randomized_s",
    "read",
    "reading_word",
    "readings_fall_silent",
    "redirections",
    "refuses",
    "register",
    "registered_between",
    "registered_last",
    "reports",
    "require",
    "resettle",
    "response_in",
    "restate",
    "rewritten",
    "scaled_limits",
    "schedule",
    "sent",
    "settings",
    "shows",
    "speaks",
    "spoken",
    "status_elements",
    "status_is_fresh",
    "storage_claims",
    "swap_branch",
    "target_of",
    "tells_ramp",
    "test_case",
    "to_its_own",
    "told_modes",
    "topology_groups",
    "turned_down",
    "twice",
    "unseen",
    "value_rules",
    "versions_in",
    "walk_begins",
    "was_taken",
    "way_of",
    "well_formed_lfdi",
    "whole",
    "whole_intervals",
    "with_one_default",
]
