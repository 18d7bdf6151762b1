"""Wrong lists of a flawed reference server: counts, pages and order.

What an interposer does not mean to break it passes on unchanged.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from urllib.parse import parse_qsl, urlencode

from conformance.roles.utility import Handler, Interposer
from conformance.wire.messages import Answer, Request
from conformance.wire.parser import parse
from conformance.wire.payload import SEP, write


def counting(attribute: str) -> Interposer:
    """Count one entry too many in ``all`` or ``results`` of every list."""

    def interpose(request: Request, handler: Handler) -> Answer:
        answer = handler(request)
        if answer.status != 200 or not (answer.resource or "").endswith("List") or not answer.body:
            return answer
        root = parse(answer.body)
        root.set(attribute, str(int(root.get(attribute, "0")) + 1))
        return replace(answer, body=write(root))

    return interpose


def _asked(request: Request, change: Callable[[list[tuple[str, str]]], list[tuple[str, str]]]) -> Request:
    query = urlencode(change(parse_qsl(request.query, keep_blank_values=True)))
    return replace(request, target=f"{request.path}?{query}" if query else request.path)


def dropping(name: str) -> Interposer:
    """Take a query parameter for not given."""
    return lambda request, handler: handler(_asked(request, lambda query: [one for one in query if one[0] != name]))


def asking_all(request: Request, handler: Handler) -> Answer:
    """Take any limit for a limit that is large enough."""
    return handler(_asked(request, lambda query: [(name, "1000" if name == "l" else text) for name, text in query]))


def asking_all_by_default(request: Request, handler: Handler) -> Answer:
    """Take no limit for a limit that is large enough."""
    return handler(_asked(request, lambda query: [*query, ("l", "1000")]))


def asking_backwards(request: Request, handler: Handler) -> Answer:
    """Read the query from its end."""
    return handler(_asked(request, lambda query: query[::-1]))


def pedantic(request: Request, handler: Handler) -> Answer:
    """Answer 400 to a query with a parameter that the standard does not know."""
    answer = handler(request)
    unknown = {name for name, _ in parse_qsl(request.query)} - {"s", "a", "l"}
    return Answer(400, resource=answer.resource) if unknown else answer


def backwards(kind: str) -> Interposer:
    """Give the entries of a list in the opposite order, over all its pages."""

    def interpose(request: Request, handler: Handler) -> Answer:
        answer = handler(request)
        if answer.status != 200 or answer.resource != kind or not answer.body:
            return answer
        page = parse(answer.body)
        whole = parse(handler(replace(request, target=f"{request.path}?l=1000")).body)
        first = int(dict(reversed(parse_qsl(request.query))).get("s", "0"))
        page[:] = [deepcopy(entry) for entry in whole[::-1][first : first + len(page)]]
        return replace(answer, body=write(page))

    return interpose


def ties_backwards(kind: str, key: str) -> Interposer:
    """Sort a list by its first key alone, an element of that name, and give what has one key in the opposite order."""

    def interpose(request: Request, handler: Handler) -> Answer:
        answer = handler(request)
        if answer.status != 200 or answer.resource != kind or not answer.body:
            return answer
        page = parse(answer.body)
        last_first = parse(handler(replace(request, target=f"{request.path}?l=1000")).body)[::-1]
        entries = sorted(last_first, key=lambda entry: int(entry.findtext(f".//{{{SEP}}}{key}") or "0"))
        first = int(dict(reversed(parse_qsl(request.query))).get("s", "0"))
        page[:] = [deepcopy(entry) for entry in entries[first : first + len(page)]]
        return replace(answer, body=write(page))

    return interpose
