"""The ResponseSetList: one set for each program, seen by the clients that see the program."""

from __future__ import annotations

from lxml import etree

from conformance.roles.utility.context import Context
from conformance.roles.utility.paging import list_document
from conformance.roles.utility.response_set import ReceivedResponse, ResponseSet
from conformance.roles.utility.tree import Audience, Call, Endpoint


class ResponseSets:
    """All response sets, also those of programs taken away since."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._all: list[ResponseSet] = []
        self.path = context.addresses.path("rsps")
        context.tree.add(Endpoint(kind="ResponseSetList", path=self.path, get=self._list))

    @property
    def received(self) -> tuple[ReceivedResponse, ...]:
        """All Responses, oldest first."""
        everything = (response for kept in self._all for response in kept.received)
        return tuple(sorted(everything, key=lambda response: response.at))

    def add(self, audience: Audience, description: str | None) -> ResponseSet:
        """Make a set for a program."""
        self._all.append(ResponseSet(self._context, audience, description))
        return self._all[-1]

    def seen_by(self, lfdi: str) -> list[ResponseSet]:
        """Return the sets that a client sees."""
        return [kept for kept in self._all if kept.audience(lfdi)]

    def _list(self, call: Call) -> etree._Element:
        entries = (kept.entry(call) for kept in self.seen_by(call.lfdi))
        rate = self._context.rates.response_set_list_s
        return list_document("ResponseSetList", self.path, entries, call.query, poll_rate_s=rate)
