"""How the client finds its server: a question by multicast DNS, and the service that answers."""

from __future__ import annotations

import itertools
import socket
import struct
import time
from collections.abc import Iterator
from contextlib import suppress

PTR, TXT, SRV, INTERNET, ASK_ME_ALONE = 12, 16, 33, 1, 0x8000
GROUPS = {"local": "224.0.0.251", "site": "239.255.255.251"}
SERVICE = "_smartenergy._tcp"


def question(name: str, kind: int, alone: bool) -> bytes:
    """Write a question of multicast DNS."""
    labels = b"".join(bytes([len(it)]) + it.encode() for it in name.split("."))
    return struct.pack("!6H", 0, 0, 1, 0, 0, 0) + labels + struct.pack("!xHH", kind, INTERNET | ASK_ME_ALONE * alone)


def name_at(data: bytes, at: int) -> tuple[str, int]:
    """Read a name, which may lead back to an earlier one; return it in lower case, and where it ends."""
    labels, end = [], 0
    while data[at]:
        if data[at] >= 0xC0:
            end = end or at + 2
            at = struct.unpack_from("!H", data, at)[0] & 0x3FFF
        else:
            labels.append(data[at + 1 : at + 1 + data[at]].decode(errors="replace").lower())
            at += 1 + data[at]
    return ".".join(labels), end or at + 1


def records(data: bytes) -> Iterator[tuple[str, int, object]]:
    """Yield name, type and what is said by each record of an answer that means something here."""
    _, _, questions, *counts = struct.unpack_from("!6H", data)
    at = 12
    for _ in range(questions):
        at = name_at(data, at)[1] + 4
    for _ in range(sum(counts)):
        name, at = name_at(data, at)
        kind, _, _, size = struct.unpack_from("!HHIH", data, at)
        at += 10
        if kind == PTR:
            yield name, kind, name_at(data, at)[0]
        elif kind == SRV:
            yield name, kind, (struct.unpack_from("!H", data, at + 4)[0], name_at(data, at + 6)[0])
        elif kind == 1:
            yield name, kind, socket.inet_ntoa(data[at : at + 4])
        elif kind == TXT:
            yield name, kind, dict(pairs(data[at : at + size]))
        at += size


def pairs(data: bytes) -> Iterator[tuple[str, str]]:
    """Read the keys of a TXT record."""
    at = 0
    while at < len(data):
        key, _, value = data[at + 1 : at + 1 + data[at]].decode(errors="replace").partition("=")
        yield key.lower(), value
        at += 1 + data[at]


def discover(interface: str, port: int) -> tuple[str, str]:
    """Ask until a service answers; return scheme with place, and path of DeviceCapability.

    The questions come from a port of their own, so that answers need no listening in the groups (RFC 6762 5.1).
    """
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        asking.bind((interface, 0))
        asking.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(interface))
        known: dict[tuple[str, int], object] = {}
        for subtype, alone in itertools.cycle((("derp", False), ("derp", True), ("tm", False), ("", False))):
            for domain, group in GROUPS.items():
                name = f"{f'_{subtype}._sub.' if subtype else ''}{SERVICE}.{domain}"
                asking.sendto(question(name, PTR, alone), (group, port))
            hear(asking, known, 1.0)
            if subtype == "" and (found := resolved(known)):
                return found
    raise AssertionError("unreachable")


def hear(asking: socket.socket, known: dict[tuple[str, int], object], for_s: float) -> None:
    """Take in answers for a while."""
    end = time.monotonic() + for_s
    while (left := end - time.monotonic()) > 0:
        asking.settimeout(left)
        with suppress(TimeoutError):
            known |= {(name, kind): said for name, kind, said in records(asking.recv(9000))}


def resolved(known: dict[tuple[str, int], object]) -> tuple[str, str] | None:
    """Put a plain service together: by the key https the port, by the key dcap the path."""
    for domain in GROUPS:
        instance = known.get((f"{SERVICE}.{domain}", PTR))
        match known.get((str(instance), SRV)), known.get((str(instance), TXT)):
            case (_, host), {"dcap": path, "https": port} if address := known.get((str(host), 1)):
                return f"https://{address}:{port or 443}", str(path)
    return None
