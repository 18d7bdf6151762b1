"""A client under test, seen from the test server: what it asked for and sent, and waiting for what it should.

Requests are matched by the kind of resource they address, never by path, and legal traffic in between is ignored.
Absence is judged only after proof that the client was alive.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from conformance.judgement.check import Check
from conformance.judgement.finding import State
from conformance.judgement.judged import Judged, limit_used
from conformance.judgement.plant import Plant
from conformance.judgement.polling import Occurrence
from conformance.vocabulary.clock import Clock
from conformance.vocabulary.contact import Contact
from conformance.vocabulary.errors import PreconditionNotMet
from conformance.vocabulary.limits import Limit
from conformance.wire.exchange import Connection, Exchange, Kind, Side
from conformance.wire.exchange_log import CaseLog
from conformance.wire.parser import Malformed
from conformance.wire.payload import Node, read

Matcher = Callable[[Exchange], bool]
Kinds = str | tuple[str, ...]
Found = TypeVar("Found")


class ObservedClient:
    """The client under test.

    ``begin`` starts the subject (a process, an embedded peer, or an instruction to a person) and returns what tells of
    its end, ``end`` stops it; ``lfdi``, ``sfdi`` and ``pin`` are what it declares. From its start on ``plant`` is the
    plant behind it, where a simulator or a southbound observation shows it.
    """

    def __init__(
        self,
        log: CaseLog,
        clock: Clock,
        check: Check,
        begin: Callable[[Contact], Awaitable[Awaitable[str]]],
        *,
        lfdi: str,
        sfdi: int,
        pin: int,
        end: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        self.lfdi = lfdi
        self.sfdi = sfdi
        self.pin = pin
        self.plant: Plant | None = None
        self._log = log
        self._clock = clock
        self._check = check
        self._begin = begin
        self._end = end
        self._ended: asyncio.Future[str] | None = None

    async def start(self, within: Limit, contact: Contact = Contact.DIRECT) -> None:
        """Start the client and wait until it speaks; one that never does ends the test case as inconclusive.

        A client that was started before is stopped first.
        """
        before = max((it.number for it in self.connections()), default=0)
        await self.begin(contact)
        first = await self._wait(lambda: self._first_word(before), within.duration)
        if first is None:
            raise PreconditionNotMet(
                f"cannot go on: no TLS connection from the client within {within.value:g} s after its start"
                " (is it running, and pointed at the harness's address?)"
            )

    async def begin(self, contact: Contact) -> None:
        """Start the client, to find its server in some way, and go on at once."""
        await self.stop()
        self._ended = asyncio.ensure_future(await self._begin(contact))

    async def stop(self) -> None:
        """Stop the client, if it is ours to stop; it may be started again."""
        self.forget()
        if self._end is not None:
            await self._end()

    def exchanges(self, resource: str | None = None, method: str | None = None) -> tuple[Exchange, ...]:
        """Return what the client asked so far, of one kind and method; of ``Notification`` what it was sent."""

        def wanted(kind: Kind) -> bool:
            asked = kind.side is Side.SERVER if resource is None else kind.resource == resource
            return asked and (method is None or kind.method == method)

        return tuple(self._log.exchanges(wanted=wanted))

    def connections(self) -> tuple[Connection, ...]:
        """Return the connections so far, failed ones included."""
        return tuple(it for it in self._log.connections() if it.side is Side.SERVER)

    def occurrences(self, resource: str, method: str = "GET") -> tuple[Occurrence, ...]:
        """Return when a kind of resource was successfully asked for."""
        return tuple(
            Occurrence(arrival(exchange), exchange.number)
            for exchange in self.exchanges(resource, method)
            if exchange.status is not None and exchange.status < 400
        )

    async def must_get(
        self, resource: Kinds, within: Limit, requirement: str, matching: Matcher | None = None
    ) -> Exchange | None:
        """Wait for a GET of a kind of resource, or of one of several; one that came before counts."""
        return await self._must("GET", kinds(resource), within, requirement, matching)

    async def must_put(
        self, resource: Kinds, within: Limit, requirement: str, matching: Matcher | None = None
    ) -> Exchange | None:
        """Wait for a PUT to a kind of resource, or to one of several."""
        return await self._must("PUT", kinds(resource), within, requirement, matching)

    async def must_post(
        self, resource: Kinds, within: Limit, requirement: str, matching: Matcher | None = None
    ) -> Exchange | None:
        """Wait for a POST to a kind of resource, or to one of several."""
        return await self._must("POST", kinds(resource), within, requirement, matching)

    async def must_get_linked(self, within: Limit, requirement: str) -> Exchange | None:
        """Wait for a GET of any resource of the test server but DeviceCapability."""

        def linked(exchange: Exchange) -> bool:
            return exchange.resource not in (None, "DeviceCapability")

        return await self._must("GET", None, within, requirement, linked)

    async def first_handshake(self, within: Limit, after: int = 0) -> Connection:
        """Wait until the first TLS handshake has ended, well or badly, of connections numbered above ``after``."""

        def ended() -> Connection | None:
            done = (it for it in self.connections() if it.handshake_completed or it.error or it.closed)
            return next((it for it in done if it.number > after), None)

        connection = await self._wait(ended, within.duration)
        if connection is None:
            raise PreconditionNotMet(f"cannot go on: no TLS handshake ended within {within.value:g} s")
        return connection

    async def response(self, control: Event, status: int, until: datetime) -> Exchange | None:
        """Wait for a Response with a status to an event, until a moment."""
        return await self.seen("POST", ("ResponseList",), until, lambda it: answers(it, control, status))

    def statuses(self, control: Event) -> set[int]:
        """Return the statuses of all Responses to an event so far."""
        posted = (response_in(exchange) for exchange in self.exchanges("ResponseList", "POST"))
        mine = (node for node in posted if node is not None and node.hexadecimal("subject") == control.mrid)
        return {node.integer("status") or 0 for node in mine}

    async def seen(
        self, method: str, resources: Iterable[str] | None, until: datetime, matching: Matcher | None = None
    ) -> Exchange | None:
        """Wait until a moment for a matching request and return it, judging nothing; one that came before counts."""
        among = None if resources is None else frozenset(resources)
        looked_at = 0

        def wanted(kind: Kind) -> bool:
            return kind.method == method and (among is None or kind.resource in among)

        def find() -> Exchange | None:
            nonlocal looked_at
            since, looked_at = looked_at, self._log.last
            fitting = (it for it in self._log.exchanges(since, wanted) if it.error is None)
            return next((it for it in fitting if matching is None or matching(it)), None)

        return await self._wait(find, until - self._clock.now())

    async def _must(
        self, method: str, wanted: tuple[str, ...] | None, within: Limit, requirement: str, matching: Matcher | None
    ) -> Exchange | None:
        what = f"{method} {' or '.join(wanted or ('a linked resource',))}"
        expected, limit = f"{what} within {within.value:g} s", limit_used(within)
        before = self._log.last

        def missing(instead: str) -> Judged:
            state = State.FAIL if self._alive() else State.INCONCLUSIVE
            return Judged("must_request", state, expected, instead, limit=limit)

        try:
            found = await self.seen(method, wanted, self._clock.now() + within.duration, matching)
        except ClientGone as gone:
            self._check.judged(requirement, missing(f"{self._instead(before)}; then {gone.told}"))
            raise
        if found is None:
            self._check.judged(requirement, missing(self._instead(before)))
        else:
            seen = Judged("must_request", State.PASS, expected, "seen", (found.number,), limit=limit)
            self._check.judged(requirement, seen)
        return found

    def _alive(self) -> bool:
        return any(exchange.status is not None for exchange in self._log.exchanges())

    def _instead(self, began: int) -> str:
        """Tell what came in place of what was awaited, since the waiting began; if nothing did, what came before."""
        during = _counted(self._log.exchanges(after=began))
        if during:
            return f"never; instead {during}"
        before = _counted(self._log.exchanges())
        return f"never; nothing at all in this time, before it {before}" if before else "never; no request at all"

    def _first_word(self, before: int) -> Connection | None:
        return next((it for it in self.connections() if it.number > before), None)

    async def _wait(self, find: Callable[[], Found | None], duration: timedelta) -> Found | None:
        """Look now and at every new entry of the log, until the duration has passed or the client is gone."""
        until = self._clock.now() + duration
        while (found := find()) is None and (left := (until - self._clock.now()).total_seconds()) > 0:
            try:
                await self._news(left)
            except ClientGone:
                if (found := find()) is None:  # its last words and its end may be noticed in one moment
                    raise
        return found

    async def _news(self, left_s: float) -> None:
        """Wait for a new entry of the log; a client that has ended meanwhile ends the test case."""
        news = asyncio.ensure_future(self._log.news())
        awaited: set[asyncio.Future[object]] = {news}  # type: ignore[arg-type]
        if self._ended is not None:
            awaited.add(self._ended)  # type: ignore[arg-type]
        try:
            await asyncio.wait(awaited, timeout=left_s, return_when=asyncio.FIRST_COMPLETED)
        finally:
            news.cancel()
        if self._ended is not None and self._ended.done():
            raise ClientGone(self._ended.result())

    def forget(self) -> None:
        """Stop watching for the client's end."""
        if self._ended is not None:
            self._ended.cancel()
            self._ended = None


def kinds(resource: Kinds) -> tuple[str, ...]:
    """Return one or several kinds of resource as a tuple."""
    return (resource,) if isinstance(resource, str) else resource


class ClientGone(PreconditionNotMet):
    """The client ended by itself; ``told`` says how."""

    def __init__(self, told: str) -> None:
        super().__init__(f"cannot go on: {told}")
        self.told = told


class Event(Protocol):
    """An event on offer, or anything else with an mRID; in upper case."""

    @property
    def mrid(self) -> str:
        """The mRID."""


def response_in(exchange: Exchange) -> Node | None:
    """Return the Response in a posted body; ``None`` when the body is no document."""
    try:
        return read(exchange.request_body)
    except Malformed:
        return None


def answers(exchange: Exchange, control: Event, status: int) -> bool:
    """Return whether a request carries a Response with a status to an event."""
    node = response_in(exchange)
    return node is not None and node.hexadecimal("subject") == control.mrid and node.integer("status") == status


def names(thing: Event) -> Matcher:
    """Match an answer that names a resource by its mRID, in whatever casing."""
    return lambda exchange: thing.mrid in exchange.response_body.decode(errors="replace").upper()


def arrival(exchange: Exchange) -> datetime:
    """Return when a request arrived: the kernel's stamp of its first byte where there is one."""
    return exchange.request_first.kernel or exchange.request_first.wall


def _counted(exchanges: Iterable[Exchange]) -> str:
    seen = Counter(f"{one.method} {one.resource or one.path} {one.status}" for one in exchanges)
    return ", ".join(f"{count} x {what}" for what, count in seen.items())
