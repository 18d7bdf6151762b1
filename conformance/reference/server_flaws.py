"""The flaws of the reference server: each breaks one rule and leaves everything else sound.

A flaw either rearranges what the server offers, or stands between the clients and the server and changes single
answers. :data:`SERVER_FLAWS` is the whole list, by name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from conformance.reference import flawed_answers as answers
from conformance.reference import flawed_documents as documents
from conformance.reference import flawed_lists as lists
from conformance.reference import flawed_offers as offers
from conformance.reference import flawed_subscriptions as subscriptions
from conformance.reference.flawed_documents import edited
from conformance.reference.server_tree import ServerParts
from conformance.roles.utility import Interposer
from conformance.vocabulary.errors import UsageError, explain
from conformance.vocabulary.flaw import Flaw
from conformance.wire.messages import SEP_XML

GCM_ONLY = "ECDHE-ECDSA-AES128-GCM-SHA256"
MOST_RANDOMIZED_S = 3600
"""The range of ``randomizeStart``, either way."""
OTHER_PIN = 222220
"""A well-formed PIN that no device was registered with."""


@dataclass(frozen=True, slots=True)
class ServerFlaw:
    """A flaw, and what it does to the server."""

    flaw: Flaw
    arrange: Callable[[ServerParts], None]


def arrange(parts: ServerParts, names: Iterable[str]) -> None:
    """Give the server its flaws. Raises ``UsageError`` for one that does not exist."""
    for name in sorted(names):
        if name not in SERVER_FLAWS:
            known = ", ".join(sorted(SERVER_FLAWS))
            raise UsageError(explain("Giving the reference server a flaw.", known, name, "correct the name"))
        SERVER_FLAWS[name].arrange(parts)


def _no_ccm8(parts: ServerParts) -> None:
    parts.tls_ciphers = GCM_ONLY


def _no_client_certificate_needed(parts: ServerParts) -> None:
    parts.requires_client_certificate = False


def _wrong_pin(parts: ServerParts) -> None:
    for device in parts.devices:
        device.identity = replace(device.identity, pin=OTHER_PIN)


def _wrong_sfdi(parts: ServerParts) -> None:
    for device in parts.devices:
        body, digit = divmod(device.identity.sfdi, 10)
        device.identity = replace(device.identity, sfdi=body * 10 + (digit + 1) % 10)


def _cross_device_leak(parts: ServerParts) -> None:
    parts.neighbour.viewers.update(device.lfdi for device in parts.devices)


def _randomizes_too_much(parts: ServerParts) -> None:
    parts.programs[0].controls[-1].randomize_start_s = 2 * MOST_RANDOMIZED_S


def _no_post_rate(parts: ServerParts) -> None:
    parts.utility.rates = replace(parts.utility.rates, mirror_post_rate_s=None)


def _asks_for_no_certificate(parts: ServerParts) -> None:
    parts.asks_for_certificate = False


def _ignores_authority_extensions(parts: ServerParts) -> None:
    parts.judges_chains = False


def _elsewhere(name: str, breaks: str, what: str) -> ServerFlaw:
    """A flaw of a way in beside the address; see :mod:`conformance.reference.ways_in`."""
    return _arranged(name, breaks, what, lambda parts: None)


def _arranged(name: str, breaks: str, what: str, arrangement: Callable[[ServerParts], None]) -> ServerFlaw:
    return ServerFlaw(Flaw(name, "server", breaks, what), arrangement)


def _between(name: str, breaks: str, what: str, interposer: Interposer) -> ServerFlaw:
    return _arranged(name, breaks, what, lambda parts: parts.utility.interposers.append(interposer))


def _remembering(name: str, breaks: str, what: str, make: Callable[[ServerParts], Interposer]) -> ServerFlaw:
    return _arranged(name, breaks, what, lambda parts: parts.utility.interposers.append(make(parts)))


XML = answers.headed("DeviceCapability", "Content-Type", SEP_XML, "application/xml")
UNLISTED = edited(documents.emptied, "LogEventList")
EVENTS = ("DERControlList", "DERControl")
MAY_TRIP = ("opModHFRTMayTrip", "opModHVRTMayTrip", "opModLFRTMayTrip", "opModLVRTMayTrip")
DEVICES = ("EndDeviceList", "EndDevice")
LINKING = (*DEVICES, "FunctionSetAssignmentsList", "DERProgramList")
MIRRORS = ("MirrorUsagePointList", "MirrorUsagePoint", "MirrorMeterReading")

TRANSPORT = (
    _arranged("no_ccm8", "SEC.020", "offers AES-GCM in place of the mandatory CCM suite", _no_ccm8),
    _arranged(
        "no_client_certificate_needed",
        "SEC.016",
        "completes the handshake with a client that shows no certificate",
        _no_client_certificate_needed,
    ),
    _arranged(
        "asks_for_no_certificate",
        "SEC.016",
        "asks no client for a certificate, and so looks at none",
        _asks_for_no_certificate,
    ),
    _arranged(
        "ignores_authority_extensions",
        "SEC.100",
        "accepts authorities with name constraints or policy mappings",
        _ignores_authority_extensions,
    ),
    _between("refuses_chains_of_two", "SEC.035", "refuses a chain of two certificates", offers.refusing_chains(2)),
    _between("refuses_chains_of_three", "SEC.035", "refuses a chain of three certificates", offers.refusing_chains(3)),
)

WAYS_IN = (
    _elsewhere("answers_no_discovery", "CTP.COMM-001", "answers no question by DNS-SD"),
    _elsewhere("offers_no_subtypes", "DNS.027-039", "offers the plain service by DNS-SD and no subtype of it"),
    _elsewhere("offers_no_https", "P6", "leaves the key https out of its TXT records"),
    _elsewhere("offers_stale_entry", "CTP.COMM-001", "offers a DeviceCapability by DNS-SD that is gone"),
    _elsewhere("offers_unknown_level", "DNS.023-026", "names a level of the schema that does not exist"),
    _elsewhere("serves_in_the_clear", "P6", "serves DeviceCapability without TLS"),
    _elsewhere("redirects_the_clear_nowhere", "GEN.037", "redirects clear text to a path that does not exist"),
)

HTTP = (
    _between("dcap_wrong_media_type", "CTP.GENERAL.2", "gives DeviceCapability the media type application/xml", XML),
    _between("utf16_body", "CTP.GENERAL.2", "writes the Time resource in UTF-16", answers.utf16("Time")),
    _between("no_allow_header", "GEN.047", "answers 405 without Allow", answers.without_header(405, "Allow")),
    _between("allows_what_it_refuses", "GEN.047", "names the method that it refuses in Allow", answers.allows_all),
    _between("unknown_method_is_400", "GEN.048", "answers an invented method with 400", answers.other_status(501, 400)),
    _between("unknown_path_is_500", "GEN.044", "answers an unknown path with 500", answers.other_status(404, 500)),
    _between("created_without_location", "GEN.040", "gives 201 no Location", answers.without_header(201, "Location")),
    _between(
        "accepts_forbidden_methods",
        "GEN.047",
        "answers methods that a resource must not have with 204",
        answers.other_status(405, 204),
    ),
    _between(
        "redirects_nowhere",
        "GEN.037",
        "redirects DeviceCapability to a path that does not exist",
        offers.redirecting(lambda place: f"{place}-gone"),
    ),
    _between(
        "redirects_in_the_clear",
        "GEN.037",
        "redirects DeviceCapability to an address without TLS",
        offers.redirecting(lambda place: place.replace("https://", "http://")),
    ),
    _between("time_refuses_queries", "CTP.BASIC-002", "answers Time with a query by 400", offers.time_refuses_queries),
    _remembering(
        "stops_answering_polls",
        "CTP.CORE-003",
        "answers the second poll of FunctionSetAssignmentsList and DERProgramList with 503",
        answers.stops_answering_polls,
    ),
)

LISTS = (
    _between("wrong_all", "GEN.LIST", "counts one too many in all of every list", lists.counting("all")),
    _between(
        "links_miscount", "GEN.LIST", "says in links that lists are empty", edited(documents.empty_by_links, *LINKING)
    ),
    _between("wrong_results", "VAL.LIST.RESULTS", "counts one too many in results of lists", lists.counting("results")),
    _between("ignores_limit", "GEN.LIMIT", "gives every entry whatever l asks for", lists.asking_all),
    _between("ignores_start", "CTP.GENERAL.4", "gives the first entries whatever s says", lists.dropping("s")),
    _between("ignores_after", "CTP.GENERAL.4", "gives old entries whatever a says", lists.dropping("a")),
    _between("gives_all_by_default", "CTP.GENERAL.4", "gives every entry without l", lists.asking_all_by_default),
    _between("last_parameter_wins", "CTP.GENERAL.4", "takes the last of repeated parameters", lists.asking_backwards),
    _between("refuses_unknown_parameter", "CTP.GENERAL.4", "answers unknown parameters with 400", lists.pedantic),
    _between("lists_seven_programs", "GEN.LIST", "lists seven programs at most", offers.capped("DERProgramList", 7)),
    _between(
        "lists_six_assignments",
        "GEN.LIST",
        "lists six assignments at most",
        offers.capped("FunctionSetAssignmentsList", 6),
    ),
    _between("keeps_ten_controls", "GEN.LIST", "lists ten controls at most", offers.capped("DERControlList", 10)),
    _remembering(
        "serves_removed_programs",
        "CTP.BASIC-003",
        "lists programs that were removed",
        offers.serves_removed_programs,
    ),
    _between("controls_out_of_order", "GEN.026", "lists the last control first", lists.backwards("DERControlList")),
    _between("programs_out_of_order", "GEN.026", "lists the worst program first", lists.backwards("DERProgramList")),
)

DOCUMENTS = (
    _between(
        "invalid_body",
        "CTP.GENERAL.3",
        "writes two elements of DeviceInformation in the wrong order",
        edited(documents.swapped_last_two, "DeviceInformation"),
    ),
    _between(
        "dangling_link",
        "GEN.LINK",
        "links DeviceCapability to a list that does not exist",
        edited(documents.dangling_link, "DeviceCapability"),
    ),
    _between(
        "bad_mrid",
        "VAL.MRID.EMPTY",
        "gives programs an empty mRID",
        edited(documents.texts("mRID", ""), "DERProgramList", "DERProgram"),
    ),
)

TIME = (
    _between("clock_ahead", "TIME.002", "is a minute ahead of the time", edited(documents.minute_ahead, "Time")),
    _remembering("clock_stands_still", "TIME.011", "shows its first time for ever", answers.clock_stands_still),
    _between("unknown_time_quality", "TIME.008", "claims quality 1", edited(documents.texts("quality", "1"), "Time")),
)

IDENTITY = (
    _arranged("wrong_registration_pin", "SEC.032", "registers the client's device with another PIN", _wrong_pin),
    _arranged(
        "wrong_sfdi", "VAL.SFDI.CHECK_DIGIT", "gives the client's device an SFDI with a wrong digit", _wrong_sfdi
    ),
    _between("wrong_lfdi", "SEC.005", "misprints the last digit of LFDIs", edited(documents.misprinted_lfdi, *DEVICES)),
    _arranged("cross_device_leak", "P20", "shows a client the device of another", _cross_device_leak),
    _remembering("shows_foreign_devices", "P20", "shows every client every device", offers.shows_foreign_devices),
    _remembering("shares_all_programs", "P20", "shows every device the programs of all", offers.shares_all_programs),
    _remembering("lets_anybody_write", "P17", "takes a PUT to the DER of another", offers.lets_anybody_write),
    _remembering(
        "forgets_registration", "SEC.005", "takes an EndDevice with 201 and forgets it", offers.forgets_registration
    ),
    _between(
        "accepts_any_registration", "CTP.CORE-009", "answers a posted EndDevice with 201", answers.accepts_strangers
    ),
)

CONTROLS = (
    _arranged(
        "randomizes_too_much", "CTP.GENERAL.3", "spreads the start of a control over two hours", _randomizes_too_much
    ),
    _between("event_never_active", "EVENT.002", "shows running events as scheduled", edited(documents.idle, *EVENTS)),
    _between(
        "event_status_undated", "VAL.EVENT.STATUS_TIME", "dates every status at 0", edited(documents.undated, *EVENTS)
    ),
    _between(
        "controls_only_listed",
        "GEN.LINK",
        "answers a DERControl at its own address by 404",
        answers.gone("DERControl"),
    ),
    _remembering(
        "recreates_controls", "DER.CONTROL", "dates the creation of controls at the present", documents.created_now
    ),
    _between(
        "changes_control_values",
        "DER.CONTROL",
        "shows values of controls and defaults that are one off",
        edited(offers.changed_values, *EVENTS, "DefaultDERControl"),
    ),
    _between(
        "drops_curve_points",
        "DER.CURVE",
        "leaves out the last point of curves",
        edited(offers.fewer_points, "DERCurve", "DERCurveList"),
    ),
    _between(
        "switches_off_unasked",
        "DER.CONTROL",
        "adds opModConnect false to controls and defaults",
        edited(offers.switched_off, *EVENTS, "DefaultDERControl"),
    ),
    _between(
        "curves_of_other_type",
        "CTP.GENERAL.2",
        "gives curves the media type application/xml",
        answers.headed("DERCurve", "Content-Type", SEP_XML, "application/xml"),
    ),
    _between(
        "loses_may_trip",
        "DER.CONTROL",
        "leaves the curves of what may trip out",
        edited(offers.without(*MAY_TRIP), *EVENTS, "DefaultDERControl"),
    ),
    _between(
        "drops_randomization",
        "DER.CONTROL",
        "leaves the randomization of controls out",
        edited(offers.without("randomizeStart", "randomizeDuration"), *EVENTS),
    ),
    _between(
        "loses_ramp_rates",
        "DER.005",
        "leaves the ramp rates of defaults out",
        edited(offers.without("setGradW", "setSoftGradW"), "DefaultDERControl"),
    ),
    _between(
        "cancelled_controls_vanish", "EVENT.026", "takes cancelled controls out of their list", offers.cancelled_vanish
    ),
    _remembering(
        "hides_cancellation",
        "EVENT.STATE",
        "shows cancelled controls as if they ran",
        offers.ignores_cancellation,
    ),
    _remembering(
        "revives_cancelled",
        "EVENT.STATE",
        "shows cancelled controls as active once they start",
        offers.revives_cancelled,
    ),
    _remembering(
        "ends_independent_events",
        "EVENT.STATE",
        "calls a control superseded by one of other modes",
        offers.superseding_wrongly(offers.independent),
    ),
    _remembering(
        "supersedes_the_better",
        "EVENT.STATE",
        "calls both of two rivals superseded, the better one too",
        offers.superseding_wrongly(offers.alike),
    ),
    _between("default_missing", "DER.005", "answers defaults with 404", answers.gone("DefaultDERControl")),
    _between("refuses_responses", "BASE.030", "answers Responses with 403", answers.refusing("POST", "ResponseList")),
)

RECEIVED = (
    _between("refuses_put", "CTP.CORE-009", "answers a PUT of DER documents with 403", answers.refuses_put),
    _remembering("forgets_put", "CTP.CORE-009", "accepts a PUT of DER documents and drops it", answers.forgets_put),
    _between("refuses_mirrors", "MUP.001", "answers a posted MirrorUsagePoint with 403", answers.refuses_mirrors),
    _between(
        "changes_reading_types",
        "MUP.006",
        "calls every mirrored quantity real power",
        edited(documents.texts("uom", "38"), *MIRRORS),
    ),
    _between("changes_readings", "MUP.006", "adds one to readings", edited(documents.value_plus_one, *MIRRORS)),
    _arranged("no_post_rate", "CTP.BASIC-029", "gives MirrorUsagePoints back without postRate", _no_post_rate),
    _between(
        "log_event_misplaced",
        "GEN.040",
        "gives log events a Location that does not exist",
        answers.misplaced("LogEventList"),
    ),
    _between(
        "changes_log_events",
        "CTP.BASIC-027",
        "shows log events as those of another maker",
        edited(documents.texts("logEventPEN", "1"), "LogEventList"),
    ),
    _between("keeps_five_log_events", "LOG.002", "lists five log events at most", offers.capped("LogEventList", 5)),
    _between("loses_log_events", "LOG.002", "accepts log events and lists none", UNLISTED),
    _between("log_events_oldest_first", "LOG.003", "lists the oldest event first", lists.backwards("LogEventList")),
)


def _never_notifies(parts: ServerParts) -> None:
    parts.notifying.active = False


def _notifies_at_once(parts: ServerParts) -> None:
    parts.notifying.interval = timedelta(0)


def _notifies_of_other_values(parts: ServerParts) -> None:
    parts.notifying.edit = offers.changed_values


def _gives_up_notifying(parts: ServerParts) -> None:
    parts.notifying.retries_s = ()


def _no_subscriptions(parts: ServerParts) -> None:
    parts.utility.subscriptions.offered = False


NOTIFYING = (
    _arranged("no_subscriptions", "G16", "offers no subscriptions", _no_subscriptions),
    _between(
        "forgets_subscriptions",
        "SUB.LISTED",
        "notifies subscribers and lists no subscription",
        edited(documents.emptied, "SubscriptionList"),
    ),
    _remembering(
        "refuses_second_subscription",
        "SUB.AGAIN",
        "answers a Subscription that it has with 409",
        subscriptions.refusing_seconds,
    ),
    _between(
        "notifies_after_delete",
        "SUB.DELETE",
        "answers the DELETE of a Subscription and notifies on",
        subscriptions.keeping_deleted,
    ),
    _arranged("never_notifies", "NOTIFY.CHANGE", "takes subscriptions and never notifies", _never_notifies),
    _arranged(
        "notifies_of_other_values", "NOTIFY.CONTENT", "notifies of values that are one off", _notifies_of_other_values
    ),
    _arranged("notifies_at_once", "NOTIFY.INTERVAL", "notifies of every change at once", _notifies_at_once),
    _arranged("gives_up_notifying", "NOTIFY.AGAIN", "never sends a notification a second time", _gives_up_notifying),
)

SERVER_FLAWS: Mapping[str, ServerFlaw] = {
    flaw.flaw.name: flaw
    for flaw in (*TRANSPORT, *WAYS_IN, *HTTP, *LISTS, *DOCUMENTS, *TIME, *IDENTITY, *CONTROLS, *RECEIVED, *NOTIFYING)
}
"""All flaws of the reference server, by name."""
