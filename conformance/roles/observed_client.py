"""A client under test, seen from the test server: what it asked for and sent, and waiting for what it should.

Requests are matched by the kind of resource they address, never by path, and legal traffic in between is ignored.
Absence is judged only after proof that the client was alive.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime, timedelta
from typing import TypeVar

from conformance.judgement.check import Check
from conformance.judgement.finding import State
from conformance.judgement.judged import Judged, limit_used
from conformance.judgement.polling import Occurrence
from conformance.vocabulary.clock import Clock
from conformance.vocabulary.errors import PreconditionNotMet
from conformance.vocabulary.limits import Limit
from conformance.wire.exchange import Connection, Exchange
from conformance.wire.exchange_log import CaseLog

Matcher = Callable[[Exchange], bool]
Found = TypeVar("Found")


class ObservedClient:
    """The client under test.

    ``begin`` starts the subject (a process, an embedded peer, or an instruction to a person); ``lfdi``, ``sfdi`` and
    ``pin`` are what it declares.
    """

    def __init__(
        self,
        log: CaseLog,
        clock: Clock,
        check: Check,
        begin: Callable[[], Awaitable[None]],
        *,
        lfdi: str,
        sfdi: int,
        pin: int,
    ) -> None:
        self.lfdi = lfdi
        self.sfdi = sfdi
        self.pin = pin
        self._log = log
        self._clock = clock
        self._check = check
        self._begin = begin

    async def start(self, within: Limit) -> None:
        """Start the client and wait until it speaks; one that never does ends the test case as inconclusive."""
        await self._begin()
        first = await self._wait(self._first_word, within.duration)
        if first is None:
            raise PreconditionNotMet(
                f"cannot go on: no TLS connection from the client within {within.value:g} s after its start"
                " (is it running, and pointed at the harness's address?)"
            )

    def exchanges(self, resource: str | None = None, method: str | None = None) -> tuple[Exchange, ...]:
        """Return what was exchanged so far, of one kind of resource and one method."""
        return tuple(
            exchange
            for exchange in self._log.exchanges()
            if (resource is None or exchange.resource == resource) and (method is None or exchange.method == method)
        )

    def connections(self) -> tuple[Connection, ...]:
        """Return the connections so far, failed ones included."""
        return self._log.connections()

    def occurrences(self, resource: str, method: str = "GET") -> tuple[Occurrence, ...]:
        """Return when a kind of resource was successfully asked for."""
        return tuple(
            Occurrence(arrival(exchange), exchange.number)
            for exchange in self.exchanges(resource, method)
            if exchange.status is not None and exchange.status < 400
        )

    async def must_get(
        self, resource: str, within: Limit, requirement: str, matching: Matcher | None = None
    ) -> Exchange | None:
        """Wait for a GET of a kind of resource, also one that came before."""
        return await self._must("GET", (resource,), within, requirement, matching)

    async def must_put(
        self, resource: str, within: Limit, requirement: str, matching: Matcher | None = None
    ) -> Exchange | None:
        """Wait for a PUT to a kind of resource."""
        return await self._must("PUT", (resource,), within, requirement, matching)

    async def must_post(
        self, resource: str | Iterable[str], within: Limit, requirement: str, matching: Matcher | None = None
    ) -> Exchange | None:
        """Wait for a POST to a kind of resource, or to one of several."""
        kinds = (resource,) if isinstance(resource, str) else tuple(resource)
        return await self._must("POST", kinds, within, requirement, matching)

    async def seen(
        self, method: str, resources: Iterable[str], until: datetime, matching: Matcher | None = None
    ) -> Exchange | None:
        """Wait until a moment for a matching request and return it, judging nothing."""
        kinds = tuple(resources)

        def find() -> Exchange | None:
            return self._find(method, kinds, matching)

        return await self._wait(find, until - self._clock.now())

    async def _must(
        self, method: str, kinds: tuple[str, ...], within: Limit, requirement: str, matching: Matcher | None
    ) -> Exchange | None:
        found = await self.seen(method, kinds, self._clock.now() + within.duration, matching)
        what = f"{method} {' or '.join(kinds)}"
        if found is not None:
            observed, state, numbers = "seen", State.PASS, (found.number,)
        else:
            observed, state, numbers = self._instead(), State.FAIL if self._alive() else State.INCONCLUSIVE, ()
        expected = f"{what} within {within.value:g} s"
        self._check.judged(
            requirement, Judged("must_request", state, expected, observed, numbers, limit=limit_used(within))
        )
        return found

    def _find(self, method: str, kinds: tuple[str, ...], matching: Matcher | None) -> Exchange | None:
        fitting = (
            exchange
            for exchange in self._log.exchanges()
            if exchange.method == method
            and exchange.resource in kinds
            and exchange.error is None
            and (matching is None or matching(exchange))
        )
        return next(fitting, None)

    def _alive(self) -> bool:
        return any(exchange.status is not None for exchange in self._log.exchanges())

    def _instead(self) -> str:
        seen: dict[str, int] = {}
        for exchange in self._log.exchanges():
            key = f"{exchange.method} {exchange.resource or exchange.path} {exchange.status}"
            seen[key] = seen.get(key, 0) + 1
        told = ", ".join(f"{count} x {key}" for key, count in seen.items())
        return f"never; instead {told}" if told else "never; the client sent no request at all"

    def _first_word(self) -> Connection | None:
        return next(iter(self._log.connections()), None)

    async def _wait(self, find: Callable[[], Found | None], duration: timedelta) -> Found | None:
        """Look now and at every new entry of the log, until the duration has passed."""
        if (found := find()) is not None:
            return found
        try:
            async with asyncio.timeout(max(0.0, duration.total_seconds())):
                while found is None:
                    await self._log.changed()
                    found = find()
        except TimeoutError:
            return find()
        return found


def arrival(exchange: Exchange) -> datetime:
    """Return when a request arrived: the kernel's stamp of its first byte where there is one."""
    return exchange.request_first.kernel or exchange.request_first.wall
