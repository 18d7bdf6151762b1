"""Multicast over real sockets (RFC 6762): IPv4 by the address of an interface, IPv6 by its name.

Given an address, such as 127.0.0.1, the IPv4 groups are joined on it. Given the name of an interface, such as eth0,
the IPv6 groups are joined on it, and the IPv4 groups on its address where the system tells it. What is sent to a group
comes to a socket bound to the group; what is sent to this host alone, to the socket that sends.
"""

from __future__ import annotations

import asyncio
import errno
import ipaddress
import os
import socket
import struct
import sys
from collections.abc import Iterator
from contextlib import ExitStack, suppress

from conformance.vocabulary.clock import Clock
from conformance.vocabulary.errors import UsageError, explain
from conformance.wire.multicast import GROUPS, Address, Datagram, Group, Port, Receive

MDNS_PORT = 5353
LARGEST = 9000
SIOCGIFADDR = 0x8915
"""Linux: the IPv4 address of an interface."""


class SocketMulticast:
    """Joins the groups on one interface."""

    def __init__(self, clock: Clock, interface: str = "127.0.0.1", port: int = MDNS_PORT) -> None:
        self._clock, self._interface, self._port = clock, interface, port

    def join(self, receive: Receive) -> Port:
        """Join. Raises ``UsageError`` when the interface has none of the groups, or the port is in use."""
        with ExitStack() as opened:
            try:
                families = [*self._ipv4(opened), *self._ipv6(opened)]
            except OSError as error:
                raise UsageError(self._cannot(error)) from error
            keep = opened.pop_all()
        return _SocketPort(self._interface, self._port, families, keep, receive, self._clock)

    def _ipv4(self, opened: ExitStack) -> Iterator[_Family]:
        own = self._interface if _is_ipv4(self._interface) else _address_of(self._interface)
        if own is None:
            return
        sender = _bound(opened, socket.AF_INET, (own, self._port))
        sender.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(own))
        listeners = []
        for group in GROUPS:
            listener = _bound(opened, socket.AF_INET, (group.ipv4, self._port))
            member = struct.pack("4s4s", socket.inet_aton(group.ipv4), socket.inet_aton(own))
            listener.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, member)
            listeners.append(listener)
        yield _Family(sender, tuple(listeners), {group.domain: (group.ipv4, self._port) for group in GROUPS})

    def _ipv6(self, opened: ExitStack) -> Iterator[_Family]:
        if _is_ipv4(self._interface):
            return
        index = socket.if_nametoindex(self._interface)
        sender = _bound(opened, socket.AF_INET6, ("::", self._port), index)
        with suppress(OSError, AttributeError):  # so that it hears what comes to this interface only
            sender.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, self._interface.encode())
        sender.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_IF, index)
        listeners = []
        for group in GROUPS:
            listener = _bound(opened, socket.AF_INET6, (group.ipv6, self._port), index)
            member = socket.inet_pton(socket.AF_INET6, group.ipv6) + struct.pack("@I", index)
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_JOIN_GROUP, member)
            listeners.append(listener)
        places = {group.domain: (f"{group.ipv6}%{self._interface}", self._port) for group in GROUPS}
        yield _Family(sender, tuple(listeners), places)

    def _cannot(self, error: OSError) -> str:
        seen = os.strerror(error.errno) if error.errno else str(error)
        do = "correct [discovery] in csip.toml: an IPv4 address of this host, or the name of an interface; and its port"
        attempted = f"joining the groups of multicast DNS on {self._interface}, port {self._port}"
        return explain(attempted, "an interface that has multicast, and a port to share", seen, do)


class _Family:
    """The sockets of one family of addresses: one that sends and hears what is sent to it alone, and one per group."""

    def __init__(self, sender: socket.socket, listeners: tuple[socket.socket, ...], places: dict[str, Address]) -> None:
        self.sender, self.listeners, self.places = sender, listeners, places

    @property
    def name(self) -> str:
        return "IPv6" if self.sender.family == socket.AF_INET6 else "IPv4"


class _SocketPort:
    def __init__(
        self, interface: str, number: int, families: list[_Family], keep: ExitStack, receive: Receive, clock: Clock
    ) -> None:
        self._number = number
        self._families, self._keep, self._receive, self._clock = families, keep, receive, clock
        self._loop = asyncio.get_running_loop()
        self.reaches = _reached(interface, families)
        for family in families:
            self._loop.add_reader(family.sender, self._on_readable, family.sender, False)
            for listener in family.listeners:
                self._loop.add_reader(listener, self._on_readable, listener, True)

    def send(self, data: bytes, group: Group) -> None:
        for family in self._families:
            with suppress(OSError):  # a datagram may be lost at any time: who waits for its effect finds out
                family.sender.sendto(data, _resolved(family.sender, family.places[group.domain]))

    def reply(self, data: bytes, to: Address) -> None:
        wanted = socket.AF_INET6 if ":" in to[0] else socket.AF_INET
        for family in self._families:
            if family.sender.family == wanted:
                with suppress(OSError):
                    family.sender.sendto(data, _resolved(family.sender, to))

    def close(self) -> None:
        for family in self._families:
            for sock in (family.sender, *family.listeners):
                self._loop.remove_reader(sock)
        self._families = []
        self._keep.close()

    def _on_readable(self, sock: socket.socket, to_group: bool) -> None:
        try:
            data, source = sock.recvfrom(LARGEST)
        except OSError:
            return
        one_shot = source[1] != self._number
        self._receive(Datagram(data, (str(source[0]), int(source[1])), to_group, self._clock.now(), one_shot))


def _reached(interface: str, families: list[_Family]) -> str:
    """Say what is tried, and why the rest is not."""
    reached = f"{' and '.join(family.name for family in families)} on {interface}"
    if _is_ipv4(interface):
        return f"{reached}; IPv6 is not tried, since [discovery] names an IPv4 address and no interface"
    return reached if len(families) > 1 else f"{reached}; IPv4 is not tried, since {interface} has no address of it"


def _bound(opened: ExitStack, family: int, address: Address, index: int = 0) -> socket.socket:
    sock = opened.enter_context(socket.socket(family, socket.SOCK_DGRAM))
    sock.setblocking(False)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if sys.platform != "linux":  # there it would share out what is sent to one address among all who bound it
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    if family == socket.AF_INET6:
        sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        sock.bind((*address, 0, index if address[0].startswith("ff") else 0))
    else:
        sock.bind(address)
    return sock


def _resolved(sock: socket.socket, to: Address) -> tuple[str, int] | tuple[str, int, int, int]:
    if sock.family == socket.AF_INET:
        return to
    host, _, zone = to[0].partition("%")
    return host, to[1], 0, socket.if_nametoindex(zone) if zone else 0


def _is_ipv4(text: str) -> bool:
    try:
        return ipaddress.ip_address(text).version == 4
    except ValueError:
        return False


def _address_of(interface: str) -> str | None:
    """Return the IPv4 address of an interface; ``None`` where it has none, or the system does not tell."""
    try:
        import fcntl
    except ImportError:
        return None
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        try:
            told = fcntl.ioctl(asking.fileno(), SIOCGIFADDR, struct.pack("256s", interface.encode()[:15]))
        except OSError as error:
            if error.errno in (errno.EADDRNOTAVAIL, errno.ENODEV):
                return None
            raise
    return socket.inet_ntoa(told[20:24])
