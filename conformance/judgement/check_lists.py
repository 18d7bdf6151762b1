"""Checks on lists: which entries came, and how they were counted."""

from __future__ import annotations

from collections.abc import Sequence

from conformance.judgement import list_queries, payloads
from conformance.judgement.court import Judging
from conformance.judgement.payloads import Entries
from conformance.wire.exchange import Exchange
from conformance.wire.payload import Node


class CheckLists(Judging):
    """Which entries of a list came, and how they were counted."""

    def brings(
        self,
        exchange: Exchange,
        query: list_queries.ListQuery,
        entries: Sequence[Node],
        wanted: Sequence[Node],
        *others: Sequence[Node],
        requirement: str,
        policy: str | None = None,
    ) -> bool:
        """Judge which entries of a list a query brought; ``others`` will do as well."""
        return self.judged(requirement, list_queries.brings(exchange, query, entries, wanted, *others), policy)

    def whole_list(self, listing: Entries, beyond: Exchange, requirement: str) -> bool:
        """Judge ``all`` against the entries of all pages, and that nothing comes after them.

        ``beyond`` is the page that starts behind the last entry.
        """
        return self.judged(requirement, payloads.whole_list(listing, beyond))

    def at_most(self, exchange: Exchange, limit: int, requirement: str) -> bool:
        """Judge that a page holds no more entries than asked for."""
        return self.judged(requirement, payloads.at_most(exchange, limit))

    def all_different(self, exchanges: Sequence[Exchange], requirement: str) -> bool:
        """Judge that pages from different starts hold different entries."""
        return self.judged(requirement, payloads.all_different(exchanges))
