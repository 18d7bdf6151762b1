"""How devices come to be registered (CSIP Implementation Guide 5.2; IEEE 2030.5-2018, 8.2 and 8.4).

Out of band: the utility knows its devices beforehand, and a POST to the EndDeviceList is refused with 403. In band: the
list is empty until the client posts its own EndDevice; one that is not admitted is refused with 403.
"""

from __future__ import annotations

from enum import StrEnum

from conformance.roles.utility.end_device import Identity
from conformance.vocabulary.identity import is_lfdi, sfdi_of_lfdi
from conformance.wire.payload import Node


class Registration(StrEnum):
    """Who makes the EndDevice."""

    OUT_OF_BAND = "out_of_band"
    IN_BAND = "in_band"


def identity_posted(body: Node, sender: str, pin: int) -> Identity | None:
    """Return the identity in a posted EndDevice; its LFDI is the sender's if it gives none. ``None``: unreadable."""
    lfdi = body.hexadecimal("lFDI") or sender
    sfdi = body.integer("sFDI")
    if not is_lfdi(lfdi):
        return None
    category = body.hexadecimal("deviceCategory")
    return Identity(lfdi=lfdi, sfdi=sfdi_of_lfdi(lfdi) if sfdi is None else sfdi, pin=pin, category=category)
