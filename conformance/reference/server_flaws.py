"""The flaws of the reference server: each breaks one rule and leaves everything else sound.

A flaw either rearranges what the server offers, or stands between the clients and the server and changes single
answers. :data:`SERVER_FLAWS` is the whole list, by name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from conformance.reference import flawed_answers as answers
from conformance.reference.server_tree import ServerParts
from conformance.roles.utility import Interposer
from conformance.vocabulary.errors import UsageError, explain
from conformance.vocabulary.flaw import Flaw
from conformance.wire.messages import SEP_XML

GCM_ONLY = "ECDHE-ECDSA-AES128-GCM-SHA256"
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


def _interposed(interposer: Interposer) -> Callable[[ServerParts], None]:
    return lambda parts: parts.utility.interposers.append(interposer)


def _made(make: Callable[[ServerParts], Interposer]) -> Callable[[ServerParts], None]:
    return lambda parts: parts.utility.interposers.append(make(parts))


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


def _bad_mrid(parts: ServerParts) -> None:
    parts.programs[0].mrid = parts.programs[0].mrid[:4]


def _cross_device_leak(parts: ServerParts) -> None:
    if parts.neighbour:
        parts.neighbour.viewers.update(device.lfdi for device in parts.devices)


def _no_post_rate(parts: ServerParts) -> None:
    parts.utility.rates = replace(parts.utility.rates, mirror_post_rate_s=None)


_ALL: tuple[tuple[str, str, str, Callable[[ServerParts], None]], ...] = (
    # transport
    ("no_ccm8", "SEC.020", "offers AES-GCM in place of the mandatory CCM suite", _no_ccm8),
    (
        "no_client_certificate_needed",
        "SEC.016",
        "completes the handshake with a client that shows no certificate",
        _no_client_certificate_needed,
    ),
    # HTTP
    (
        "dcap_wrong_media_type",
        "GEN.052",
        "gives DeviceCapability the media type application/xml",
        _interposed(answers.headed("DeviceCapability", "Content-Type", SEP_XML, "application/xml")),
    ),
    (
        "utf16_body",
        "GEN.051",
        "writes the Time resource in UTF-16",
        _interposed(answers.utf16("Time")),
    ),
    (
        "no_allow_header",
        "GEN.047",
        "answers a method the resource does not have with 405 but without Allow",
        _interposed(answers.without_header(405, "Allow")),
    ),
    (
        "unknown_method_is_400",
        "GEN.048",
        "answers an invented method with 400",
        _interposed(answers.other_status(501, 400)),
    ),
    (
        "unknown_path_is_500",
        "GEN.044",
        "answers a path that does not exist with 500",
        _interposed(answers.other_status(404, 500)),
    ),
    (
        "created_without_location",
        "GEN.040",
        "answers a POST with 201 but without Location",
        _interposed(answers.without_header(201, "Location")),
    ),
    (
        "stops_answering_polls",
        "CORE-003",
        "answers the second poll of FSA list and program list with 503",
        _made(answers.stops_answering_polls),
    ),
    # lists
    ("wrong_all", "GEN.014", "counts one entry too many in all of every list", _interposed(answers.counting("all", 1))),
    (
        "wrong_results",
        "GEN.015",
        "counts one entry too many in results of every list",
        _interposed(answers.counting("results", 1)),
    ),
    ("ignores_limit", "GEN.020", "gives every entry whatever l asks for", _interposed(answers.asking_all)),
    ("ignores_start", "GEN.021", "gives the first entries whatever s asks for", _interposed(answers.dropping("s"))),
    ("ignores_after", "GEN.022", "gives old entries whatever a asks for", _interposed(answers.dropping("a"))),
    (
        "gives_all_by_default",
        "GEN.023",
        "gives every entry when l is absent",
        _interposed(answers.asking_all_by_default),
    ),
    (
        "last_parameter_wins",
        "GEN.024",
        "takes the last of a repeated query parameter",
        _interposed(answers.reversing_parameters),
    ),
    (
        "refuses_unknown_parameter",
        "GEN.025",
        "answers a query with an unknown parameter with 400",
        _interposed(answers.refuses_unknown_parameter),
    ),
    (
        "programs_out_of_order",
        "GEN.026",
        "lists programs with the worst primacy first",
        _interposed(answers.shuffled_programs),
    ),
    # documents
    (
        "invalid_body",
        "CORE-001",
        "writes two elements of DeviceInformation in the wrong order",
        _interposed(answers.edited(answers.swapped_last_two, "DeviceInformation")),
    ),
    ("bad_mrid", "BASE.075", "gives the best program an mRID of two octets", _bad_mrid),
    (
        "dangling_link",
        "CORE-002",
        "links DeviceCapability to a list that does not exist",
        _interposed(answers.edited(answers.dangling_link, "DeviceCapability")),
    ),
    # time
    (
        "clock_ahead",
        "TIME.002",
        "shows a time one minute ahead",
        _interposed(answers.edited(answers.minute_ahead, "Time")),
    ),
    ("clock_stands_still", "TIME.003", "shows the time it showed first, for ever", _made(answers.clock_stands_still)),
    (
        "unknown_time_quality",
        "TIME.008",
        "claims a quality of time that the standard does not know",
        _interposed(answers.edited(answers.texts("quality", "1"), "Time")),
    ),
    # identity
    ("wrong_registration_pin", "SEC.032", "registers the client's device with another PIN", _wrong_pin),
    ("wrong_sfdi", "SEC.002", "gives the client's device an SFDI with a wrong check digit", _wrong_sfdi),
    (
        "wrong_lfdi",
        "SEC.004",
        "gives devices an LFDI with one other digit",
        _interposed(answers.edited(answers.misprinted_lfdi, "EndDeviceList", "EndDevice")),
    ),
    ("cross_device_leak", "P20", "shows a client the device of another", _cross_device_leak),
    (
        "accepts_any_registration",
        "CORE-009",
        "answers a POST to the EndDeviceList with 201 though registration is out of band",
        _interposed(answers.accepts_any_registration),
    ),
    # controls
    (
        "event_never_active",
        "EVENT.002",
        "shows an event as scheduled while it runs",
        _interposed(answers.edited(answers.never_active, "DERControlList", "DERControl")),
    ),
    (
        "event_status_undated",
        "EVENT.003",
        "dates the status of every event at the beginning of 1970",
        _interposed(answers.edited(answers.undated, "DERControlList", "DERControl")),
    ),
    (
        "default_missing",
        "DER.005",
        "links to defaults that it does not serve",
        _interposed(answers.gone("DefaultDERControl")),
    ),
    (
        "refuses_responses",
        "BASE.030",
        "answers Responses with 403",
        _interposed(answers.refusing("POST", 403, "ResponseList")),
    ),
    # what clients write
    ("refuses_put", "CORE-014", "answers a PUT of DER documents with 403", _made(answers.refuses_put)),
    ("forgets_put", "CORE-014", "accepts a PUT of DER documents and keeps the old ones", _made(answers.forgets_put)),
    (
        "refuses_mirrors",
        "MUP.001",
        "answers a POST to the MirrorUsagePointList with 403",
        _interposed(answers.refusing("POST", 403, "MirrorUsagePointList")),
    ),
    (
        "changes_readings",
        "MUP.006",
        "gives readings back with one added to the value",
        _interposed(answers.edited(answers.value_plus_one, "MirrorUsagePoint", "MirrorMeterReading")),
    ),
    ("no_post_rate", "BASIC-029", "gives MirrorUsagePoints back without postRate", _no_post_rate),
    (
        "loses_log_events",
        "LOG.002",
        "accepts log events and lists none",
        _interposed(answers.edited(answers.emptied, "LogEventList")),
    ),
    (
        "log_events_oldest_first",
        "LOG.003",
        "lists the oldest log event first",
        _interposed(answers.reversed_entries("LogEventList")),
    ),
)

SERVER_FLAWS: Mapping[str, ServerFlaw] = {
    name: ServerFlaw(Flaw(name, "server", breaks, what), arrangement) for name, breaks, what, arrangement in _ALL
}
"""All flaws of the reference server, by name."""
