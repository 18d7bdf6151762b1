"""The resource tree: which path leads to which kind of resource, who may see it, what may be done with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from lxml import etree

from conformance.roles.utility.paging import ListQuery, list_query
from conformance.wire.messages import Answer, Request
from conformance.wire.payload import Node

Audience = Callable[[str], bool]
"""Says whether the client with that LFDI may see a resource."""


@dataclass(frozen=True, slots=True)
class Call:
    """A request that reached a resource: who sent it, and its body, if it has one."""

    request: Request
    body: Node | None = None

    @property
    def lfdi(self) -> str:
        """The client's LFDI; empty without a certificate."""
        return self.request.peer.lfdi.upper()

    @property
    def query(self) -> ListQuery:
        """The list query. Raises :class:`~conformance.roles.utility.paging.BadQuery`."""
        return list_query(self.request.query)

    @property
    def document(self) -> Node:
        """The body of a PUT or POST; the protocol has seen to it that there is one."""
        assert self.body is not None, "a PUT or POST reaches its resource with a body"
        return self.body


def everyone(lfdi: str) -> bool:
    """Let any client see a resource."""
    return True


def always() -> bool:
    """Let a resource be there at any time."""
    return True


def any_document(name: str) -> bool:
    """Accept a document with any root element."""
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One resource. What is ``None`` is not allowed; ``alive`` turns false when it is gone;
    ``accepts`` judges the root element of a body."""

    kind: str
    path: str
    get: Callable[[Call], etree._Element]
    audience: Audience = everyone
    alive: Callable[[], bool] = always
    put: Callable[[Call], Answer] | None = None
    post: Callable[[Call], Answer] | None = None
    delete: Callable[[Call], Answer] | None = None
    accepts: Callable[[str], bool] = any_document

    @property
    def allowed(self) -> tuple[str, ...]:
        """The methods allowed, as ``Allow`` names them."""
        optional = {"PUT": self.put, "POST": self.post, "DELETE": self.delete}
        return ("GET", "HEAD", *(method for method, handler in optional.items() if handler))


class Tree:
    """All resources by path. What stands in ``on_change`` is called whenever something below may have changed."""

    def __init__(self) -> None:
        self._endpoints: dict[str, Endpoint] = {}
        self.on_change: list[Callable[[], None]] = []

    def touched(self) -> None:
        """Say that a resource may read otherwise from now on."""
        for told in tuple(self.on_change):
            told()

    def __iter__(self) -> Iterator[Endpoint]:
        return iter(tuple(self._endpoints.values()))

    def add(self, endpoint: Endpoint) -> None:
        """Put a resource at its path."""
        self._endpoints[endpoint.path] = endpoint
        self.touched()

    def remove(self, path: str) -> None:
        """Take a resource away; its path answers 404 from now on."""
        self._endpoints.pop(path, None)
        self.touched()

    def find(self, path: str) -> Endpoint | None:
        """Return the resource at a path, if there is one now."""
        endpoint = self._endpoints.get(path)
        return endpoint if endpoint and endpoint.alive() else None


def created(path: str) -> Answer:
    """Return 201 with the place of the new resource."""
    return Answer(201, (("Location", path),))


def changed(path: str | None = None) -> Answer:
    """Return 204, with the place of the changed resource if the client did not name it."""
    return Answer(204, (("Location", path),) if path else ())


def refused(status: int) -> Answer:
    """Return an answer without a body, such as 403."""
    return Answer(status)
