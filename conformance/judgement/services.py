"""Checks on services found by DNS-SD: the records of an instance, and the keys of its TXT record.

Of keys whose wording was not seen only what is there is judged; what is missing and might be needed is warned of.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from conformance.judgement.finding import State
from conformance.judgement.judged import Judged, passed_if

HTTPS_PORT = 443
"""The port of HTTPS where the key ``https`` names none (DNS.021)."""
LARGEST_PORT = 65535
LEVEL = re.compile(r"[+-]?S\d+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Found:
    """A service that was found, as far as it was resolved; ``texts`` is ``None`` without a TXT record."""

    instance: str
    host: str = ""
    port: int | None = None
    texts: Mapping[str, str] | None = None
    addresses: tuple[str, ...] = ()

    @property
    def https_port(self) -> int | None:
        """The port to speak HTTPS at; ``None`` where HTTPS is not offered."""
        text = (self.texts or {}).get("https")
        if text is None:
            return None
        if not text:
            return HTTPS_PORT
        return int(text) if text.isdecimal() and 0 < int(text) <= LARGEST_PORT else None

    @property
    def place(self) -> tuple[str, int, str] | None:
        """Address, port and path of DeviceCapability over HTTPS, as far as they are told; IPv4 before IPv6."""
        addresses = sorted(self.addresses, key=lambda address: ":" in address)
        if not addresses or self.https_port is None or not self.entry:
            return None
        return addresses[0], self.https_port, self.entry

    @property
    def entry(self) -> str | None:
        """The path of DeviceCapability."""
        return (self.texts or {}).get("dcap")


def described(found: Found, subtype: str) -> Iterator[tuple[str, Judged]]:
    """Yield judgements of one instance, each with its requirement; ``subtype`` is empty for the plain service."""
    yield "DNS.001-019", _judged("SRV and TXT of the instance", *_resolved(found))
    yield "DNS.001-019", _judged("an address of the host SRV names", bool(found.addresses), _listed(found.addresses))
    if found.texts is None:
        return
    yield from _keys(found.texts, found)
    if subtype:
        path = found.texts.get("path")
        known = _judged("path, where the function set is", (path or "/").startswith("/"), _told(path))
        yield "DNS.027-039", known if path is not None else replace(known, state=State.WARNING)


def _keys(texts: Mapping[str, str], found: Found) -> Iterator[tuple[str, Judged]]:
    version, entry, level, https = (texts.get(name) for name in ("txtvers", "dcap", "level", "https"))
    known = _judged("txtvers=1", version in (None, "1"), _told(version))
    yield "DNS.001-019", known if version is not None else replace(known, state=State.WARNING)
    yield "DNS.001-019", _judged("dcap, a path that begins with /", (entry or "").startswith("/"), _told(entry))
    wanted = "https, empty or with a port: without it clients speak HTTP"
    yield "P6", _judged(wanted, found.https_port is not None, _told(https))
    known = _judged("level such as -S1", level is None or LEVEL.fullmatch(level) is not None, _told(level))
    yield "DNS.023-026", known if level is not None else replace(known, state=State.WARNING)


def _resolved(found: Found) -> tuple[bool, str]:
    missing = [name for name, here in (("SRV", found.port), ("TXT", found.texts)) if here is None]
    return not missing, f"no {' and no '.join(missing)}" if missing else f"both, of {found.instance}"


def _judged(expected: str, holds: bool, observed: str) -> Judged:
    return Judged("described", passed_if(holds), expected, observed)


def _told(text: str | None) -> str:
    return "no such key" if text is None else repr(text)


def _listed(addresses: tuple[str, ...]) -> str:
    return ", ".join(addresses) or "none"
