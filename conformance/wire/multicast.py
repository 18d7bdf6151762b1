"""Datagrams to a group: real sockets, or a group in memory that also works in virtual time.

Multicast DNS has two groups: that of the link, for names in ``.local`` (RFC 6762), and that of the site, for names in
``.site``, which IEEE 2030.5 adds (xmDNS).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from conformance.vocabulary.clock import Clock

Address = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Group:
    """A multicast group by the domain whose names are asked for in it."""

    domain: str
    ipv4: str
    ipv6: str


GROUPS = (Group("local", "224.0.0.251", "ff02::fb"), Group("site", "239.255.255.251", "ff05::fb"))


def group_of(name: str) -> Group | None:
    """Return the group in which a name is asked for."""
    return next((group for group in GROUPS if name.lower().rstrip(".").endswith(f".{group.domain}")), None)


@dataclass(frozen=True, slots=True)
class Datagram:
    """What came, from whom, when, and whether to a group or to this port alone.

    ``one_shot``: it came from another port than that of multicast DNS; its sender, who may be in no group, wants the
    answer for itself (RFC 6762 5.1, 6.7).
    """

    data: bytes
    source: Address
    to_group: bool
    at: datetime
    one_shot: bool = False


Receive = Callable[[Datagram], None]


class Port(Protocol):
    """A member of both groups."""

    @property
    def reaches(self) -> str:
        """Which interface and which families of addresses, in words."""

    def send(self, data: bytes, group: Group) -> None:
        """Send to a group; nothing that goes wrong is told, as with any datagram."""

    def reply(self, data: bytes, to: Address) -> None:
        """Send to one address."""

    def close(self) -> None:
        """Leave; twice is fine."""


class Multicast(Protocol):
    """Makes ports."""

    def join(self, receive: Receive) -> Port:
        """Join both groups; datagrams of others are handed on. Raises ``UsageError`` where that cannot be."""


class PipeMulticast:
    """Groups within this process: every member hears every other one, at once and in order."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._members: dict[Address, Receive] = {}
        self._joined = 0

    def join(self, receive: Receive) -> Port:
        """Join both groups."""
        self._joined += 1
        address = (f"127.0.0.{self._joined}", 5353)
        self._members[address] = receive
        return _PipePort(self, address)

    def deliver(self, data: bytes, source: Address, to: Address | None) -> None:
        """Hand a datagram to one member, or to all but its sender."""
        for address, receive in tuple(self._members.items()):
            if address == to or (to is None and address != source):
                datagram = Datagram(data, source, to is None, self._clock.now())
                asyncio.get_running_loop().call_soon(receive, datagram)

    def leave(self, address: Address) -> None:
        """Forget a member."""
        self._members.pop(address, None)


class _PipePort:
    reaches = "both groups, in memory"

    def __init__(self, groups: PipeMulticast, address: Address) -> None:
        self._groups, self._address = groups, address

    def send(self, data: bytes, group: Group) -> None:
        self._groups.deliver(data, self._address, None)

    def reply(self, data: bytes, to: Address) -> None:
        self._groups.deliver(data, self._address, to)

    def close(self) -> None:
        self._groups.leave(self._address)
