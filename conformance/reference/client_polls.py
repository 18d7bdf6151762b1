"""Polling as a tree: each resource that is watched leads to the ones it links to, each at its own rate (G18, P38).

A :class:`Watch` says what to read and what to do with it; doing so returns the watches that follow from it. Those are
begun at once, in order; those no longer wanted by anybody are dropped. A resource that cannot be read is tried again
with growing pauses, at most its poll rate, and not before Retry-After.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from conformance.reference.client_session import KNOWN, Fetched, NotServed, Session
from conformance.reference.pace import CSIP_PACE, SCHEMA_RATE_S, ClientPace
from conformance.vocabulary.clock import TICK_S, Clock

FIRST_PAUSE_S = 5.0
TIME_PAUSE_S = 15.0
"""Between two requests for Time before there is a time to go by, at first (TIME.010)."""
GONE = 404
FOR_EVER_S = 1e7
BROKEN = (500, 502, 504)
"""Statuses of a server that is there and does not work: to the client as good as away."""
SLOWED = frozenset({"FunctionSetAssignmentsList", "DERProgramList"})


@dataclass(frozen=True, slots=True)
class Watch:
    """A resource to read again and again.

    ``entry`` is the kind of entry if it is a list. ``seen`` takes what was read and returns the watches below it;
    ``dropped`` is called when nobody wants the resource any more, ``cut_off`` when the server did not answer at all.
    """

    resource: str
    target: str
    seen: Callable[[Fetched], Awaitable[Sequence[Watch]]]
    entry: str | None = None
    dropped: Callable[[], None] = lambda: None
    cut_off: Callable[[], None] = lambda: None


@dataclass(slots=True)
class _Node:
    watch: Watch
    wanted_by: set[str]
    below: set[str] = field(default_factory=set)
    task: asyncio.Task[None] | None = None
    rate_s: float = SCHEMA_RATE_S
    rate_known: bool = False
    failures: int = 0


class Polls:
    """All watches of a client, by target."""

    def __init__(
        self,
        group: asyncio.TaskGroup,
        session: Session,
        clock: Clock,
        factor: float,
        flaws: frozenset[str],
        pace: ClientPace = CSIP_PACE,
    ) -> None:
        self._group = group
        self._session = session
        self._clock = clock
        self._factor = factor
        self._flaws = flaws
        self._pace = pace
        self._retry_at = 0.0
        self._one_at_a_time = asyncio.Lock()
        self._nodes: dict[str, _Node] = {}

    async def follow(self, watch: Watch, wanted_by: str = "") -> None:
        """Read a resource now, and from now on; one that is watched already is only wanted once more."""
        known = self._nodes.get(watch.target)
        if known is not None:
            known.wanted_by.add(wanted_by)
            return
        node = self._nodes[watch.target] = _Node(watch, {wanted_by})
        started = self._clock.monotonic()
        pause_s = await self._visit(node)
        if "polls_once" in self._flaws and not node.failures:
            return
        if self._nodes.get(watch.target) is node:
            node.task = self._group.create_task(self._repeat(node, started + pause_s))

    async def _repeat(self, node: _Node, due: float) -> None:
        while True:
            await self._wait_for_turn(due)
            async with self._one_at_a_time if self._retry_at else contextlib.nullcontext():
                if self._retry_at - self._clock.monotonic() >= TICK_S:
                    continue  # another one tried in vain meanwhile
                started = self._clock.monotonic()
                due = started + await self._visit(node)

    async def _wait_for_turn(self, due: float) -> None:
        while (left_s := max(due, self._retry_at) - self._clock.monotonic()) >= TICK_S:
            await self._clock.wait(timedelta(seconds=left_s))

    async def visit(self, target: str, fetched: Fetched | None = None) -> None:
        """Look at a watched resource out of turn: read it, or take it as it was fetched otherwise."""
        if (node := self._nodes.get(target)) is not None:
            await self._visit(node, fetched)

    async def _visit(self, node: _Node, given: Fetched | None = None) -> float:
        """Read once, unless it is given; return the seconds until the next time."""
        watch = node.watch
        try:
            fetched = given or await self._read(watch)
            if not (node.rate_known and "keeps_first_poll_rate" in self._flaws):
                node.rate_s, node.rate_known = self._rate(watch, fetched), True
            below = await watch.seen(fetched)
        except NotServed as failure:
            node.failures += 1
            if failure.status is None or failure.status in BROKEN:
                watch.cut_off()
            return self._pause(node, failure)
        node.failures, self._retry_at = 0, 0.0
        await self._reconcile(node, below)
        return node.rate_s

    def _rate(self, watch: Watch, fetched: Fetched) -> float:
        slowed = "ignores_poll_rate" in self._flaws and watch.resource in SLOWED
        stated = fetched.poll_rate_s
        rate_s = self._pace.own_rate_s(watch.resource) if stated is None else stated
        if watch.resource == "DeviceCapability" and self._pace.contact_s is not None:
            rate_s = min(rate_s, self._pace.contact_s)
        keenness = 1.0 if watch.resource == "Time" else self._factor  # Time has a floor, 15 min (TIME.009)
        return max(1.0, rate_s * keenness * (4 if slowed else 1))

    async def _read(self, watch: Watch) -> Fetched:
        if watch.entry is None:
            return await self._session.get(watch.target, watch.resource)
        return await self._session.get_list(watch.target, watch.resource, watch.entry)

    def _pause(self, node: _Node, failure: NotServed) -> float:
        offline, busy = failure.status is None, failure.status in (429, 503)
        strange = failure.status is not None and failure.status not in KNOWN
        ends = {
            "stays_offline": offline,
            "gives_up_when_busy": busy,
            "knows_few_codes": strange,
            "gives_lost_up": failure.status == GONE,
        }
        if any(given_up and flaw in self._flaws for flaw, given_up in ends.items()):
            return FOR_EVER_S
        growing = self._first_pause_s(node.watch) * 2.0 ** min(node.failures - 1, 16)
        if self._pace.recovery_s is not None and (offline or failure.status in BROKEN):
            self._retry_at = max(self._retry_at, self._clock.monotonic() + self._pace.recovery_s)
            return self._pace.recovery_s
        pause_s = node.rate_s if failure.final else min(growing, node.rate_s)
        return max(pause_s, failure.retry_after_s or 0.0)

    def _first_pause_s(self, watch: Watch) -> float:
        hasty = watch.resource != "Time" or "asks_time_hastily" in self._flaws
        return FIRST_PAUSE_S if hasty else TIME_PAUSE_S

    async def _reconcile(self, node: _Node, below: Sequence[Watch]) -> None:
        wanted = {watch.target for watch in below}
        for target in node.below - wanted:
            self._unwant(target, node.watch.target)
        node.below = wanted
        for watch in below:
            await self.follow(watch, node.watch.target)

    def _unwant(self, target: str, wanted_by: str) -> None:
        node = self._nodes.get(target)
        if node is None:
            return
        node.wanted_by.discard(wanted_by)
        if node.wanted_by:
            return
        del self._nodes[target]
        for child in node.below:
            self._unwant(child, target)
        if node.task is not None:
            node.task.cancel()
        node.watch.dropped()
