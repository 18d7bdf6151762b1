"""Interposers for a utility: resources that have moved, a server that is too busy (RFC 9110 10.2.3, 15.4), documents
with elements that nobody knows.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from conformance.roles.utility.server import Handler, Server
from conformance.wire.messages import SEP_XML, Answer, Request, header
from conformance.wire.payload import element, read, write

UNKNOWN = "urn:example:nobody-knows"
"""A namespace that no edition of the standard and no extension has."""


@dataclass(slots=True)
class Moved:
    """A resource that has moved: requests for ``old`` are redirected to ``new``, where it is served.

    The Location is absolute where the request named its host, since not every client resolves a relative one.
    """

    old: str
    new: str
    status: int
    kind: str | None = None

    def __call__(self, request: Request, handler: Handler) -> Answer:
        """Answer in the utility's stead, or hand the request on to where the resource really is."""
        if request.path == self.new:
            return handler(replace(request, target=_retargeted(request, self.old)))
        if request.path != self.old:
            return handler(request)
        host = header(request.headers, "Host")
        location = _retargeted(request, self.new)
        return Answer(self.status, (("Location", f"https://{host}{location}" if host else location),), b"", self.kind)


@dataclass(slots=True)
class Busy:
    """A server too busy to serve one kind of resource while ``active``; ``status`` is 503 or 429."""

    kind: str
    status: int
    retry_after_s: int
    active: bool = True

    def __call__(self, request: Request, handler: Handler) -> Answer:
        """Answer a GET of that kind with Retry-After; anything else is served."""
        answer = handler(request)
        if not self.active or request.method != "GET" or answer.resource != self.kind:
            return answer
        return Answer(self.status, (("Retry-After", str(self.retry_after_s)),), b"", self.kind)


@dataclass(slots=True)
class Broken:
    """A server that answers everything with one status while ``active``, such as 500."""

    status: int
    active: bool = True

    def __call__(self, request: Request, handler: Handler) -> Answer:
        """Answer in the utility's stead."""
        return Answer(self.status) if self.active else handler(request)


@dataclass(slots=True)
class Extended:
    """A server whose documents all end in an element of a namespace that nobody knows."""

    def __call__(self, request: Request, handler: Handler) -> Answer:
        """Hand a request on, and add the element to what is served."""
        answer = handler(request)
        if not answer.body or header(answer.headers, "Content-Type") != SEP_XML:
            return answer
        document = read(answer.body).xml
        document.append(element("note", "for others", namespace=UNKNOWN))
        return replace(answer, body=write(document))


def move(utility: Server, path: str, status: int, kind: str) -> Moved:
    """Move a resource of a utility to a path that nobody can guess."""
    moved = Moved(path, utility.fresh_path("moved"), status, kind)
    utility.interposers.append(moved)
    return moved


def make_busy(utility: Server, kind: str, status: int, retry_after_s: int) -> Busy:
    """Make a utility too busy for one kind of resource, until ``active`` is unset."""
    busy = Busy(kind, status, retry_after_s)
    utility.interposers.append(busy)
    return busy


def extend(utility: Server) -> Extended:
    """Have every document of a utility end in an element of the namespace :data:`UNKNOWN`."""
    extended = Extended()
    utility.interposers.append(extended)
    return extended


def make_broken(utility: Server, status: int) -> Broken:
    """Make a utility answer everything with a status, until ``active`` is unset."""
    broken = Broken(status)
    utility.interposers.append(broken)
    return broken


def _retargeted(request: Request, path: str) -> str:
    return f"{path}?{request.query}" if request.query else path
