"""The subscriptions that clients hold (IEEE 2030.5-2018, 8.7): each client's list below its own EndDevice.

Nothing here sends anything: :class:`~conformance.roles.notifier.Notifier` does, and writes down here what became of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlsplit

from lxml import etree

from conformance.roles.utility.context import Context
from conformance.roles.utility.delivery_start import Told
from conformance.roles.utility.manner import Manner
from conformance.roles.utility.notification import NotificationStatus, fingerprint, notification
from conformance.roles.utility.paging import Entry, list_document
from conformance.roles.utility.tree import Audience, Call, Endpoint, changed, created, refused
from conformance.wire.messages import Answer, Request
from conformance.wire.payload import Node, element

SUBSCRIBABLE = ("1", "3")
XML = 0
LARGEST_PORT = 65535


@dataclass(eq=False, slots=True, kw_only=True)
class Subscription:
    """One subscription: whose, to which path, and where its notifications go.

    ``known`` is the fingerprint of what the subscriber knows; ``ended`` is true once it was deleted, cancelled or
    dropped because the client did not want its notifications.
    """

    path: str
    owner: str
    resource: str
    request: Request
    document: Node
    made_at: datetime
    renewed_at: datetime
    known: bytes = b""
    ended: bool = False

    @property
    def uri(self) -> str:
        """Where the client wants its notifications: ``notificationURI``."""
        return self.document.text("notificationURI") or ""

    @property
    def limit(self) -> int:
        """How many entries of a list a notification carries at most."""
        return self.document.integer("limit") or 0

    @property
    def named(self) -> str:
        """The subscribed resource as the client wrote it."""
        return self.document.text("subscribedResource") or ""


class Subscriptions:
    """All subscriptions of a utility. ``all`` holds also those that have ended, oldest first."""

    def __init__(self, context: Context, manner: Manner, leave_out: Callable[[etree._Element], None]) -> None:
        self._context = context
        self._manner = manner
        self._leave_out = leave_out
        self.all: list[Subscription] = []
        self.told: list[Told] = []

    @property
    def offered(self) -> bool:
        """Whether clients may subscribe: shown by ``subscribable`` and by ``SubscriptionListLink``."""
        return self._context.subscribable

    @offered.setter
    def offered(self, offered: bool) -> None:
        self._context.subscribable = offered

    @property
    def live(self) -> tuple[Subscription, ...]:
        """The subscriptions that stand."""
        return tuple(kept for kept in self.all if not kept.ended)

    def of(self, kind: str) -> tuple[Subscription, ...]:
        """Return the subscriptions that stand to a kind of resource, such as ``DERControlList``."""
        return tuple(kept for kept in self.live if self.kind_of(kept) == kind)

    def kind_of(self, subscription: Subscription) -> str | None:
        """Return the kind of resource subscribed to, if it is still there."""
        endpoint = self._context.tree.find(subscription.resource)
        return endpoint.kind if endpoint else None

    def serve(self, path: str, audience: Audience) -> None:
        """Serve a device's SubscriptionList at a path."""
        self._context.tree.add(
            Endpoint(
                kind="SubscriptionList",
                path=path,
                get=lambda call: self._list(path, call),
                post=self._post,
                audience=audience,
                alive=lambda: self.offered,
                accepts=lambda name: name == "Subscription",
            )
        )

    def cancel(self, subscription: Subscription) -> bytes:
        """End a subscription and return the Notification that tells of it (status 1)."""
        self.drop(subscription)
        return self._written(subscription, NotificationStatus.CANCELLED, None)

    def drop(self, subscription: Subscription) -> None:
        """End a subscription without a word."""
        subscription.ended = True
        self._context.tree.remove(subscription.path)

    def news(self, subscription: Subscription) -> bytes | None:
        """Return the Notification of what has changed since the subscriber was told last; ``None`` if nothing has.

        A resource that is gone is told of with status 4, and one that the client may no longer see with status 1. What
        is returned counts as known from now on.
        """
        endpoint = self._context.tree.find(subscription.resource)
        if endpoint is None or not endpoint.audience(subscription.owner):
            self.drop(subscription)
            status = NotificationStatus.DELETED if endpoint is None else NotificationStatus.CANCELLED
            return self._written(subscription, status, None)
        document = self._now(endpoint, subscription)
        seen = fingerprint(self._now(endpoint, subscription, everything=True))
        if seen == subscription.known:
            return None
        subscription.known = seen
        return self._written(subscription, NotificationStatus.CURRENT, document)

    def answered(self, subscription: Subscription, sent: Told) -> None:
        """Write down a notification that was sent; an answer of 4xx ends the subscription."""
        self.told.append(sent)
        if sent.status is not None and 400 <= sent.status < 500:
            self.drop(subscription)

    def _now(self, endpoint: Endpoint, subscription: Subscription, everything: bool = False) -> etree._Element:
        """Return the resource as its subscriber would read it."""
        limit = EVERYTHING if everything else subscription.limit
        target = f"{subscription.resource}?s=0&l={limit}"
        asked = self._manner.heard(replace(subscription.request, method="GET", target=target, body=b""))
        document = endpoint.get(Call(asked))
        self._leave_out(document)
        return document

    def _written(
        self, subscription: Subscription, status: NotificationStatus, document: etree._Element | None
    ) -> bytes:
        place = self._manner.address(subscription.path, subscription.request)
        return self._manner.speak(notification(subscription.named, place, status, document), subscription.request)

    def _list(self, path: str, call: Call) -> etree._Element:
        entries = (self._entry(kept) for kept in self.live if kept.owner == call.lfdi)
        return list_document("SubscriptionList", path, entries, call.query)

    def _entry(self, subscription: Subscription) -> Entry:
        return Entry((subscription.path,), lambda: _write(subscription))

    def _post(self, call: Call) -> Answer:
        path = urlsplit(call.document.text("subscribedResource") or "").path
        endpoint = self._context.tree.find(path)
        if endpoint is None or not endpoint.audience(call.lfdi):
            return refused(400)
        if not _acceptable(call.document) or not self._subscribable(endpoint, call):
            return refused(400)
        known = next(self._same(call, path), None)
        if known is not None:
            known.document, known.request, known.renewed_at = call.document, call.request, self._context.clock.now()
            return created(known.path)
        made = self._take_in(call, path)
        made.known = fingerprint(self._now(endpoint, made, everything=True))
        self.all.append(made)
        self._serve(made)
        return created(made.path)

    def _same(self, call: Call, path: str) -> Iterator[Subscription]:
        uri = call.document.text("notificationURI")
        return (kept for kept in self.live if (kept.owner, kept.resource, kept.uri) == (call.lfdi, path, uri))

    def _take_in(self, call: Call, path: str) -> Subscription:
        now = self._context.clock.now()
        return Subscription(
            path=self._context.addresses.path("sub"),
            owner=call.lfdi,
            resource=path,
            request=call.request,
            document=call.document,
            made_at=now,
            renewed_at=now,
        )

    def _subscribable(self, endpoint: Endpoint, call: Call) -> bool:
        document = endpoint.get(Call(replace(call.request, method="GET", target=endpoint.path, body=b"")))
        return document.get("subscribable") in SUBSCRIBABLE

    def _serve(self, subscription: Subscription) -> None:
        self._context.tree.add(
            Endpoint(
                kind="Subscription",
                path=subscription.path,
                get=lambda call: _write(subscription),
                delete=lambda call: self._delete(subscription),
                audience=lambda lfdi: lfdi == subscription.owner,
            )
        )

    def _delete(self, subscription: Subscription) -> Answer:
        self.drop(subscription)
        return changed()


EVERYTHING = 10**6


def _acceptable(document: Node) -> bool:
    """Say whether a Subscription can be served: XML, without a condition, and over TLS.

    CSIP speaks over mutual TLS only (P8 to P12), so notifications in the clear are refused.
    """
    if document.integer("encoding") != XML or document.child("Condition") is not None:
        return False
    try:
        uri = urlsplit(document.text("notificationURI") or "")
        port = uri.port
    except ValueError:
        return False
    return uri.scheme == "https" and bool(uri.hostname) and (port is None or 0 < port <= LARGEST_PORT)


def _write(subscription: Subscription) -> etree._Element:
    return element(
        "Subscription",
        element("subscribedResource", subscription.named),
        element("encoding", XML),
        element("level", subscription.document.text("level") or "+S1"),
        element("limit", subscription.limit),
        element("notificationURI", subscription.uri),
        href=subscription.path,
    )
