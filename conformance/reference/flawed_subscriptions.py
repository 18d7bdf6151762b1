"""Flaws in how a server keeps subscriptions: interposers that change single answers."""

from __future__ import annotations

from dataclasses import replace

from conformance.reference.server_tree import ServerParts
from conformance.roles.utility import Handler, Interposer
from conformance.wire.messages import Answer, Request
from conformance.wire.payload import read

CONFLICT = 409


def keeping_deleted(request: Request, handler: Handler) -> Answer:
    """Answer the DELETE of a Subscription without carrying it out."""
    if request.method != "DELETE":
        return handler(request)
    shown = handler(replace(request, method="GET", body=b""))
    return Answer(204, resource="Subscription") if shown.resource == "Subscription" else handler(request)


def refusing_seconds(parts: ServerParts) -> Interposer:
    """Answer a Subscription that stands already with 409."""
    kept = parts.utility.subscriptions

    def refusing(request: Request, handler: Handler) -> Answer:
        if request.method == "POST" and b"notificationURI" in request.body:
            uri = read(request.body).text("notificationURI")
            if any(one.uri == uri for one in kept.live):
                return Answer(CONFLICT, resource="SubscriptionList")
        return handler(request)

    return refusing
