"""The ten list queries of SunSpec CTP 1.3 CORE-004 and what each must bring (errata 15 to 17 and 29).

Without ``l`` one entry is given; of a repeated parameter the first counts; an unknown one means nothing; ``a`` leaves
out what is not later than a time, in lists whose first key is a time, and means nothing in others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lxml import etree

from conformance.judgement.finding import State
from conformance.judgement.judged import Judged, passed_if
from conformance.wire.exchange import Exchange
from conformance.wire.parser import Malformed
from conformance.wire.payload import Node, read

DAY_S = 86400


@dataclass(frozen=True, slots=True)
class ListQuery:
    """One query; ``{now}`` and ``{later}`` stand for times. It brings ``most`` entries (``None``: all) of them."""

    text: str
    start: int
    most: int | None

    @property
    def after_now(self) -> bool:
        """True when only entries after the present are asked for."""
        return "a={now}" in self.text

    def asked(self, now_s: int) -> str:
        """Return the query with its question mark, or nothing."""
        return self.text.format(now=now_s, later=now_s + DAY_S)

    def wanted(self, entries: Sequence[Node], *, timed: bool) -> Sequence[Node]:
        """Return what it must bring of the whole list, all of whose times are past."""
        if timed and self.after_now:
            return ()
        return entries[self.start :] if self.most is None else entries[self.start : self.start + self.most]


LIST_QUERIES = (
    ListQuery("?s=0", 0, 1),
    ListQuery("", 0, 1),
    ListQuery("?a={now}", 0, 1),
    ListQuery("?l=0", 0, 0),
    ListQuery("?l=1000", 0, None),
    ListQuery("?s=3&a={now}", 3, 1),
    ListQuery("?s=1&l=1&s=2", 1, 1),
    ListQuery("?l=0&l=2", 0, 0),
    ListQuery("?s=1&a={now}&a={later}", 1, 1),
    ListQuery("?l=1&b=2", 0, 1),
)
"""In the order of the procedure."""


def brings(
    exchange: Exchange, query: ListQuery, entries: Sequence[Node], wanted: Sequence[Node], *others: Sequence[Node]
) -> Judged:
    """Judge which entries an answer holds; they are told apart by href, or by their content without one.

    ``l`` is the most that may come: a server whose pages are shorter answers with the first of the entries wanted.
    ``others`` are answers that will do as well.
    """
    will_do = (wanted, *others)
    listed = dict.fromkeys(_places(entries, one) for one in will_do)
    expected = f"{query.text or 'no query'} brings {' or '.join(listed)}"
    if exchange.status != 200:
        return Judged("brings", State.FAIL, expected, f"{exchange.status or exchange.error}", (exchange.number,))
    try:
        shown = read(exchange.response_body, exchange.target).children()
    except Malformed as error:
        return Judged("brings", State.FAIL, expected, f"no document: {error.reason}", (exchange.number,))
    good = any(_begins(shown, one) for one in will_do)
    return Judged("brings", passed_if(good), expected, _places(entries, shown), (exchange.number,))


def _begins(shown: Sequence[Node], wanted: Sequence[Node]) -> bool:
    seen, due = [_identity(node) for node in shown], [_identity(node) for node in wanted]
    return seen == (due[: len(seen)] if seen else due)


def _places(entries: Sequence[Node], some: Sequence[Node]) -> str:
    known = [_identity(node) for node in entries]
    places = [str(known.index(it) + 1) if (it := _identity(node)) in known else "an unknown one" for node in some]
    return f"entries {', '.join(places)} of {len(entries)}" if places else "no entry"


def _identity(node: Node) -> str | bytes:
    return node.href or etree.tostring(node.xml, method="c14n")
