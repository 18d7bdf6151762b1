"""Documents that the harness itself sends to a server under test (IEEE 2030.5-2018, 10.10)."""

from __future__ import annotations

from datetime import datetime

from conformance.wire.payload import element, write


def der_settings(updated: datetime, set_max_w: int) -> bytes:
    """Return a DERSettings with a maximum power in watts and a ramp rate of 1 % per second."""
    power = element("setMaxW", element("multiplier", 0), element("value", set_max_w))
    stamp = element("updatedTime", int(updated.timestamp()))
    return write(element("DERSettings", element("setGradW", 100), power, stamp))
