"""How a client under test is to find its server."""

from __future__ import annotations

from enum import StrEnum


class Contact(StrEnum):
    """The way in: by the address it is given, by DNS-SD, or by an address in the clear that redirects to HTTPS."""

    DIRECT = "direct"
    DISCOVERY = "discovery"
    CLEAR_TEXT = "clear_text"
