"""Flaws of the reference server in what it takes of devices, and in what it notifies them of."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from conformance.reference import flawed_answers as answers
from conformance.reference import flawed_documents as documents
from conformance.reference import flawed_lists as lists
from conformance.reference import flawed_offers as offers
from conformance.reference import flawed_subscriptions as subscriptions
from conformance.reference.flawed_documents import edited
from conformance.reference.server_flaw import arranged, between, remembering
from conformance.reference.server_tree import ServerParts


def _no_post_rate(parts: ServerParts) -> None:
    parts.utility.rates = replace(parts.utility.rates, mirror_post_rate_s=None)


UNLISTED = edited(documents.emptied, "LogEventList")
MIRRORS = ("MirrorUsagePointList", "MirrorUsagePoint", "MirrorMeterReading")

RECEIVED = (
    between("refuses_put", "CTP.CORE-009", "answers a PUT of DER documents with 403", answers.refuses_put),
    remembering("forgets_put", "CTP.CORE-009", "accepts a PUT of DER documents and drops it", answers.forgets_put),
    between("refuses_mirrors", "MUP.001", "answers a posted MirrorUsagePoint with 403", answers.refuses_mirrors),
    between(
        "changes_reading_types",
        "MUP.006",
        "calls every mirrored quantity real power",
        edited(documents.texts("uom", "38"), *MIRRORS),
    ),
    between("changes_readings", "MUP.006", "adds one to readings", edited(documents.value_plus_one, *MIRRORS)),
    arranged("no_post_rate", "CTP.BASIC-029", "gives MirrorUsagePoints back without postRate", _no_post_rate),
    between(
        "log_event_misplaced",
        "GEN.040",
        "gives log events a Location that does not exist",
        answers.misplaced("LogEventList"),
    ),
    between(
        "changes_log_events",
        "CTP.BASIC-027",
        "shows log events as those of another maker",
        edited(documents.texts("logEventPEN", "1"), "LogEventList"),
    ),
    between("keeps_five_log_events", "LOG.002", "lists five log events at most", offers.capped("LogEventList", 5)),
    between("loses_log_events", "LOG.002", "accepts log events and lists none", UNLISTED),
    between("log_events_oldest_first", "LOG.003", "lists the oldest event first", lists.backwards("LogEventList")),
)
"""Flaws of DER documents, readings and log events that devices send."""


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
    arranged("no_subscriptions", "G16", "offers no subscriptions", _no_subscriptions),
    between(
        "forgets_subscriptions",
        "SUB.LISTED",
        "notifies subscribers and lists no subscription",
        edited(documents.emptied, "SubscriptionList"),
    ),
    remembering(
        "refuses_second_subscription",
        "SUB.AGAIN",
        "answers a Subscription that it has with 409",
        subscriptions.refusing_seconds,
    ),
    between(
        "notifies_after_delete",
        "SUB.DELETE",
        "answers the DELETE of a Subscription and notifies on",
        subscriptions.keeping_deleted,
    ),
    arranged("never_notifies", "NOTIFY.CHANGE", "takes subscriptions and never notifies", _never_notifies),
    arranged(
        "notifies_of_other_values", "NOTIFY.CONTENT", "notifies of values that are one off", _notifies_of_other_values
    ),
    arranged("notifies_at_once", "NOTIFY.INTERVAL", "notifies of every change at once", _notifies_at_once),
    arranged("gives_up_notifying", "NOTIFY.AGAIN", "never sends a notification a second time", _gives_up_notifying),
)
"""Flaws of subscriptions and notifications."""
