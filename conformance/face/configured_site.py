"""The simulated site behind a client under test, as ``csip.toml`` describes it under ``subject.southbound``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from conformance.roles.southbound import SouthboundSite


def configured_site(table: Mapping[str, object], listen: tuple[str, int]) -> SouthboundSite:
    """Return the site that a table describes; what it leaves out is as :class:`SouthboundSite` has it."""
    standard = SouthboundSite()
    parts = table.get("parts", standard.parts)
    assert isinstance(parts, Iterable)
    return SouthboundSite(
        host=listen[0],
        port=listen[1],
        unit=int(str(table.get("unit", standard.unit))),
        meter_unit=int(str(table.get("meter_unit", standard.meter_unit))),
        lag_s=float(str(table.get("lag_s", standard.lag_s))),
        parts=tuple(map(str, parts)),
    )
