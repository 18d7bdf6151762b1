"""One flaw of the reference server, and the ways to make one.

A flaw either rearranges what the server offers, or stands between the clients and the server and changes single
answers.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from conformance.reference.server_tree import ServerParts
from conformance.roles.utility import Interposer
from conformance.vocabulary.flaw import Flaw


@dataclass(frozen=True, slots=True)
class ServerFlaw:
    """A flaw, and what it does to the server."""

    flaw: Flaw
    arrange: Callable[[ServerParts], None]


def elsewhere(name: str, breaks: str, what: str) -> ServerFlaw:
    """A flaw of a way in beside the address, see :mod:`conformance.reference.ways_in`, or of the certificate shown."""
    return arranged(name, breaks, what, lambda parts: None)


def arranged(name: str, breaks: str, what: str, arrangement: Callable[[ServerParts], None]) -> ServerFlaw:
    """A flaw that rearranges what the server offers."""
    return ServerFlaw(Flaw(name, "server", breaks, what), arrangement)


def between(name: str, breaks: str, what: str, interposer: Interposer) -> ServerFlaw:
    """A flaw that stands between the clients and the server, and keeps nothing."""
    return arranged(name, breaks, what, lambda parts: parts.utility.interposers.append(interposer))


def remembering(name: str, breaks: str, what: str, make: Callable[[ServerParts], Interposer]) -> ServerFlaw:
    """A flaw that stands between the clients and the server; each server is made one of its own."""
    return arranged(name, breaks, what, lambda parts: parts.utility.interposers.append(make(parts)))
