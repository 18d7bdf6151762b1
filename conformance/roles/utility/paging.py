"""List queries and list documents (IEEE 2030.5-2018, 4.6: ``s``, ``a``, ``l``).

``s`` is the ordinal of the first entry wanted, ``l`` the most entries wanted (1 when absent), ``a`` a time: in a list
whose first sort key is a time, only entries later than it are given; in any other list it means nothing. Of a repeated
parameter the first counts; unknown parameters mean nothing. ``all`` always counts the whole list.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from urllib.parse import parse_qsl

from lxml import etree

from conformance.wire.payload import element

DEFAULT_LIMIT = 1
MOST_AT_ONCE = 1000
MOST_DIGITS = 19


class BadQuery(Exception):
    """A query parameter that the standard knows has a value it does not allow; the answer is 400."""


@dataclass(frozen=True, slots=True)
class ListQuery:
    """What a client asked of a list."""

    start: int = 0
    after: int | None = None
    limit: int = DEFAULT_LIMIT


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a list: its sort key, how to write it, and its time if the list's first key is a time."""

    key: tuple[int | str, ...]
    write: Callable[[], etree._Element]
    time: int | None = None


def list_query(query: str) -> ListQuery:
    """Read the query of a target. Raises :class:`BadQuery` for a value that is no whole number."""
    first: dict[str, str] = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        first.setdefault(name, value)
    start, after, limit = (_whole(name, first.get(name), signed=name == "a") for name in ("s", "a", "l"))
    return ListQuery(start or 0, after, DEFAULT_LIMIT if limit is None else limit)


def _whole(name: str, text: str | None, *, signed: bool) -> int | None:
    if text is None:
        return None
    digits = text.removeprefix("-") if signed else text
    if not (digits.isascii() and digits.isdigit() and len(digits) <= MOST_DIGITS):
        raise BadQuery(f"{name}={text} is not a whole number")
    return int(text)


def page(entries: Iterable[Entry], query: ListQuery, most: int = MOST_AT_ONCE) -> list[Entry]:
    """Return the entries asked for, in the order of their keys."""
    ordered = sorted(entries, key=lambda entry: entry.key)
    if query.after is not None:
        after = query.after
        ordered = [entry for entry in ordered if entry.time is None or entry.time > after]
    return ordered[query.start : query.start + min(query.limit, most)]


def list_document(
    name: str,
    path: str,
    entries: Iterable[Entry],
    query: ListQuery,
    *,
    poll_rate_s: int | None = None,
    subscribable: bool = False,
    offered: bool = False,
) -> etree._Element:
    """Write a list.

    ``subscribable`` is set for the list types that may carry the attribute; it is written as 1 if subscriptions to the
    list are ``offered``, else as 0.
    """
    everything = list(entries)
    shown = page(everything, query)
    return element(
        name,
        *(entry.write() for entry in shown),
        href=path,
        subscribable=str(int(offered)) if subscribable else None,
        all=len(everything),
        results=len(shown),
        pollRate=poll_rate_s,
    )
