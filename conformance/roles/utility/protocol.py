"""HTTP as a 2030.5 server speaks it: which status answers what (IEEE 2030.5-2018, 4.2 to 4.5; GEN.037 to GEN.059).

An unknown method is 501, an unknown path 404, a resource of somebody else's 404 (or 403), a method that the resource
does not have 405 with ``Allow``, a body that cannot be read or is not what the resource takes 400, another media type
415, and a client that accepts neither this one nor anything 406.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import replace

from lxml import etree

from conformance.roles.utility.manner import Manner
from conformance.roles.utility.paging import BadQuery
from conformance.roles.utility.tree import Call, Endpoint, Tree
from conformance.wire.messages import SEP_XML, Answer, Request, header
from conformance.wire.parser import Malformed
from conformance.wire.payload import read

HTTP_METHODS = frozenset({"GET", "HEAD", "PUT", "POST", "DELETE", "OPTIONS", "PATCH", "TRACE", "CONNECT"})
XML_TYPES = frozenset({SEP_XML, "application/xml", "text/xml"})
SERVED_TYPES = frozenset({SEP_XML, "application/*", "*/*", "*"})
_MEDIA_RANGE = re.compile(r"[\w!#$&^.+-]+/[\w!#$&^.+*-]+|\*/\*|\*")


class Protocol:
    """Turns requests into answers by a resource tree.

    ``validate`` judges request bodies against a schema (true: valid); ``hidden`` names links that are left out of every
    document; ``foreign_status`` answers a request for somebody else's resource.
    """

    def __init__(
        self,
        tree: Tree,
        manner: Manner,
        *,
        foreign_status: int,
        validate: Callable[[bytes], bool] | None,
        hidden: Collection[str],
    ) -> None:
        self._tree = tree
        self._manner = manner
        self._foreign_status = foreign_status
        self._validate = validate
        self._hidden = hidden

    def answer(self, request: Request) -> Answer:
        """Answer a request."""
        if request.method not in HTTP_METHODS:
            return Answer(501)
        endpoint = self._tree.find(request.path)
        if endpoint is None:
            return Answer(404)
        return replace(self._reach(endpoint, request), resource=endpoint.kind)

    def _reach(self, endpoint: Endpoint, request: Request) -> Answer:
        if not endpoint.audience(request.peer.lfdi.upper()):
            return Answer(self._foreign_status)
        if request.method not in endpoint.allowed:
            return Answer(405, (("Allow", ", ".join(endpoint.allowed)),))
        if request.method in ("GET", "HEAD"):
            return self._get(endpoint, request)
        return self._located(self._change(endpoint, request), request)

    def _get(self, endpoint: Endpoint, request: Request) -> Answer:
        if status := _not_acceptable(header(request.headers, "Accept")):
            return Answer(status)
        try:
            document = endpoint.get(Call(request))
        except BadQuery:
            return Answer(400)
        leave_out(self._hidden, document)
        body = self._manner.speak(document, request)
        if request.method == "HEAD":
            return Answer(200, (("Content-Type", SEP_XML), ("Content-Length", str(len(body)))))
        return Answer(200, (("Content-Type", SEP_XML),), body)

    def _change(self, endpoint: Endpoint, request: Request) -> Answer:
        if request.method == "DELETE" and endpoint.delete:
            return endpoint.delete(Call(request))
        media_type = (header(request.headers, "Content-Type") or SEP_XML).partition(";")[0].strip().lower()
        if media_type not in XML_TYPES:
            return Answer(415)
        try:
            body = read(request.body)
        except Malformed:
            return Answer(400)
        if not endpoint.accepts(body.name) or (self._validate and not self._validate(request.body)):
            return Answer(400)
        handler = endpoint.put if request.method == "PUT" else endpoint.post
        assert handler is not None, "a method that is allowed has a handler"
        return handler(Call(request, body))

    def _located(self, answer: Answer, request: Request) -> Answer:
        headers = ((name, self._manner.address(value, request)) for name, value in answer.headers)
        return replace(answer, headers=tuple(headers))


def leave_out(names: Collection[str], document: etree._Element) -> None:
    """Take elements of these names out of a document."""
    for child in [*document.iter(*(f"{{*}}{name}" for name in names))] if names else []:
        parent = child.getparent()
        if parent is not None:
            parent.remove(child)


def _not_acceptable(accept: str | None) -> int | None:
    """Return 400 for an ``Accept`` without one readable media range, 406 for one that excludes ours."""
    if accept is None or not accept.strip():
        return None
    ranges = [part.partition(";") for part in accept.split(",")]
    readable = [
        (name.strip().lower(), parameters) for name, _, parameters in ranges if _MEDIA_RANGE.fullmatch(name.strip())
    ]
    if not readable:
        return 400
    wanted = {name for name, parameters in readable if not re.search(r"q\s*=\s*0(\.0*)?\s*(;|$)", parameters)}
    return None if wanted & SERVED_TYPES else 406
