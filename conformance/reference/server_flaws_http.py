"""Flaws of the reference server in TLS, in its ways in and in HTTP."""

from __future__ import annotations

from conformance.reference import flawed_answers as answers
from conformance.reference import flawed_offers as offers
from conformance.reference.server_flaw import arranged, between, elsewhere, remembering
from conformance.reference.server_tree import ServerParts
from conformance.wire.messages import SEP_XML

GCM_ONLY = "ECDHE-ECDSA-AES128-GCM-SHA256"


def _no_ccm8(parts: ServerParts) -> None:
    parts.tls_ciphers = GCM_ONLY


def _no_client_certificate_needed(parts: ServerParts) -> None:
    parts.requires_client_certificate = False


def _asks_for_no_certificate(parts: ServerParts) -> None:
    parts.asks_for_certificate = False


def _ignores_authority_extensions(parts: ServerParts) -> None:
    parts.judges_chains = False


XML = answers.headed("DeviceCapability", "Content-Type", SEP_XML, "application/xml")

TRANSPORT = (
    arranged("no_ccm8", "SEC.020", "offers AES-GCM in place of the mandatory CCM suite", _no_ccm8),
    arranged(
        "no_client_certificate_needed",
        "SEC.016",
        "completes the handshake with a client that shows no certificate",
        _no_client_certificate_needed,
    ),
    arranged(
        "asks_for_no_certificate",
        "SEC.016",
        "asks no client for a certificate, and so looks at none",
        _asks_for_no_certificate,
    ),
    arranged(
        "ignores_authority_extensions",
        "SEC.100",
        "accepts authorities with name constraints or policy mappings",
        _ignores_authority_extensions,
    ),
    elsewhere("names_no_authority_key", "SEC.064", "shows a certificate without the key identifier of its authority"),
    between("refuses_chains_of_two", "SEC.035", "refuses a chain of two certificates", offers.refusing_chains(2)),
    between("refuses_chains_of_three", "SEC.035", "refuses a chain of three certificates", offers.refusing_chains(3)),
)
"""Flaws of TLS and of what is accepted as a certificate."""


WAYS_IN = (
    elsewhere("answers_no_discovery", "CTP.COMM-001", "answers no question by DNS-SD"),
    elsewhere("offers_no_subtypes", "DNS.027-039", "offers the plain service by DNS-SD and no subtype of it"),
    elsewhere("offers_no_https", "P6", "leaves the key https out of its TXT records"),
    elsewhere("offers_stale_entry", "CTP.COMM-001", "offers a DeviceCapability by DNS-SD that is gone"),
    elsewhere("offers_unknown_level", "DNS.023-026", "names a level of the schema that does not exist"),
    elsewhere("serves_in_the_clear", "P6", "serves DeviceCapability without TLS"),
    elsewhere("redirects_the_clear_nowhere", "GEN.037", "redirects clear text to a path that does not exist"),
)
"""Flaws of DNS-SD and of the port without TLS."""


HTTP = (
    between("dcap_wrong_media_type", "CTP.GENERAL.2", "gives DeviceCapability the media type application/xml", XML),
    between("utf16_body", "CTP.GENERAL.2", "writes the Time resource in UTF-16", answers.utf16("Time")),
    between("no_allow_header", "GEN.047", "answers 405 without Allow", answers.without_header(405, "Allow")),
    between("allows_what_it_refuses", "GEN.047", "names the method that it refuses in Allow", answers.allows_all),
    between("unknown_method_is_400", "GEN.048", "answers an invented method with 400", answers.other_status(501, 400)),
    between("unknown_path_is_500", "GEN.044", "answers an unknown path with 500", answers.other_status(404, 500)),
    between("created_without_location", "GEN.040", "gives 201 no Location", answers.without_header(201, "Location")),
    between(
        "accepts_forbidden_methods",
        "GEN.047",
        "answers methods that a resource must not have with 204",
        answers.other_status(405, 204),
    ),
    between(
        "redirects_nowhere",
        "GEN.037",
        "redirects DeviceCapability to a path that does not exist",
        offers.redirecting(lambda place: f"{place}-gone"),
    ),
    between(
        "redirects_in_the_clear",
        "GEN.037",
        "redirects DeviceCapability to an address without TLS",
        offers.redirecting(lambda place: place.replace("https://", "http://")),
    ),
    between("time_refuses_queries", "CTP.BASIC-002", "answers Time with a query by 400", offers.time_refuses_queries),
    remembering(
        "stops_answering_polls",
        "CTP.CORE-003",
        "answers the second poll of FunctionSetAssignmentsList and DERProgramList with 503",
        answers.stops_answering_polls,
    ),
)
"""Flaws of methods, headers, statuses and redirections."""
