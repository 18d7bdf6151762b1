"""Tells subscribers what has changed: a TLS client of each listener that a client named in its Subscription.

At most one notification of a resource goes to a client within ``interval`` (IEEE 2030.5-2018, 8.7.3.4 k); what changes
meanwhile is told when that time is over. A listener that does not answer, or answers 5xx, is tried again after growing
pauses; one that answers 4xx does not want the subscription any more, which then ends.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import timedelta
from urllib.parse import urlsplit

from conformance.roles.utility.delivery_start import Told
from conformance.roles.utility.subscriptions import Subscription
from conformance.roles.utility.utility import Utility
from conformance.vocabulary.bell import Bell
from conformance.vocabulary.clock import Clock
from conformance.wire.exchange import Exchange
from conformance.wire.http_client import HttpClient
from conformance.wire.messages import SEP_XML

HTTPS_PORT = 443
RETRIES_S = (30.0, 100.0, 300.0)
"""Pauses before a notification is tried again; after the last one the subscriber is left to its polling. Ours."""
PATIENCE = timedelta(seconds=30)

Connect = Callable[[str, int], HttpClient]
"""Makes the TLS client of a listener at a host and a port."""


class Notifier:
    """Sends the notifications of one utility, from :meth:`run` on.

    Args:
        utility: whose subscriptions.
        clock: whose time the pauses go by.
        connect: makes the TLS client of a listener.
        interval: the least time between two notifications of one resource to one client.
        retries_s: the pauses before a notification that was not taken is tried again.
        edit: changes every notification before it is sent.
    """

    def __init__(
        self,
        utility: Utility,
        clock: Clock,
        connect: Connect,
        interval: timedelta,
        retries_s: Sequence[float] = RETRIES_S,
        edit: Callable[[bytes], bytes] = lambda body: body,
    ) -> None:
        self._utility = utility
        self._clock = clock
        self._connect = connect
        self.interval = interval
        self._retries_s = retries_s
        self._edit = edit
        self._links: dict[tuple[str, int], HttpClient] = {}
        self._sent: dict[tuple[str, str], float] = {}
        self._bell = Bell()

    async def run(self) -> None:
        """Tell subscribers of changes until cancelled; then close all connections."""
        kept: set[Subscription] = set()
        self._utility.tree.on_change.append(self._bell.ring)
        try:
            async with asyncio.TaskGroup() as group:
                while True:
                    for subscription in self._utility.subscriptions.live:
                        if subscription not in kept:
                            kept.add(subscription)
                            group.create_task(self._keep(subscription))
                    await self._bell.wait()
        finally:
            self._utility.tree.on_change.remove(self._bell.ring)
            for link in self._links.values():
                await link.aclose()

    async def cancel(self, subscription: Subscription) -> Exchange:
        """End a subscription and tell the subscriber (status 1)."""
        return await self.send(subscription, self._utility.subscriptions.cancel(subscription))

    async def send(self, subscription: Subscription, body: bytes) -> Exchange:
        """Send a body to a subscription's listener, whatever it is, and return what came of it."""
        uri = urlsplit(subscription.uri)
        host, port = uri.hostname or "", uri.port or HTTPS_PORT
        link = self._links.get((host, port))
        if link is None:
            link = self._links[host, port] = self._connect(host, port)
        target = (uri.path or "/") + (f"?{uri.query}" if uri.query else "")
        self._sent[subscription.owner, subscription.resource] = self._clock.monotonic()
        headers = (("Content-Type", SEP_XML),)
        return await link.exchange("POST", target, headers, body, "Notification", deadline=PATIENCE)

    async def _keep(self, subscription: Subscription) -> None:
        """Tell one subscriber of every change until its subscription ends."""
        while not subscription.ended:
            await self._pause_kept(subscription)
            body = self._utility.subscriptions.news(subscription)
            if body is None:
                await self._bell.wait()
            else:
                await self._deliver(subscription, self._edit(body))

    async def _pause_kept(self, subscription: Subscription) -> None:
        last = self._sent.get((subscription.owner, subscription.resource))
        if last is not None:
            left = last + self.interval.total_seconds() - self._clock.monotonic()
            await self._clock.wait(timedelta(seconds=left))

    async def _deliver(self, subscription: Subscription, body: bytes) -> None:
        for pause_s in (*self._retries_s, None):
            exchange = await self.send(subscription, body)
            self._utility.subscriptions.answered(subscription, Told(exchange.request_last.wall, body, exchange.status))
            if (exchange.status is not None and exchange.status < 500) or pause_s is None:
                return
            await self._clock.wait(timedelta(seconds=pause_s))
            body = self._utility.subscriptions.news(subscription) or body if not subscription.ended else body
