"""Interposers for a utility: resources that have moved or are gone, a server that is too busy, statuses that nobody
knows (RFC 9110 10.2.3, 15, 15.4), documents with elements that nobody knows.
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
class Resettled:
    """A resource that is gone from ``old`` (404): documents link to ``new``, where it is served.

    Up to the first request for ``old`` they link to that, so that somebody learns by a 404 that it is gone.
    """

    old: str
    new: str
    kind: str
    missed: bool = False

    def __call__(self, request: Request, handler: Handler) -> Answer:
        """Serve the resource at its new address only, and put that into all that is served."""
        if request.path == self.old:
            self.missed = True
            return Answer(404, resource=self.kind)
        here = request.path == self.new
        answer = handler(replace(request, target=_retargeted(request, self.old)) if here else request)
        if not self.missed:
            return answer
        return replace(answer, body=answer.body.replace(f'{self.old}"'.encode(), f'{self.new}"'.encode()))


@dataclass(slots=True)
class Restated:
    """A server that gives one kind of resource, where it would say 200, with another status while ``active``.

    A success comes with the document, a failure without.
    """

    kind: str
    status: int
    active: bool = True

    def __call__(self, request: Request, handler: Handler) -> Answer:
        """Answer a GET of that kind so; anything else is served."""
        answer = handler(request)
        if not self.active or request.method != "GET" or (answer.resource, answer.status) != (self.kind, 200):
            return answer
        return replace(answer, status=self.status, body=answer.body if self.status < FAILURES else b"")


FAILURES = 400
"""The least status that says that something went wrong."""


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


def resettle(utility: Server, path: str, kind: str) -> Resettled:
    """Take a resource of a utility from its address for good, and link to it at one that nobody can guess."""
    resettled = Resettled(path, utility.fresh_path("resettled"), kind)
    utility.interposers.append(resettled)
    return resettled


def restate(utility: Server, kind: str, status: int) -> Restated:
    """Give one kind of resource with another status than 200, until ``active`` is unset."""
    restated = Restated(kind, status)
    utility.interposers.append(restated)
    return restated


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
