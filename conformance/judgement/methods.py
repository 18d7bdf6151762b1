"""Which methods a resource must not have, by its kind (the WADL of IEEE 2030.5-2018, as far as it leaves no choice)."""

from __future__ import annotations

TAKES_POSTS = frozenset({"MirrorUsagePoint"})
"""Resources that are no lists and yet take a POST."""


def forbidden_methods(kind: str | None) -> tuple[str, ...]:
    """Return methods that must be answered 405; only such as cannot do harm to a server that takes them wrongly."""
    if kind == "DeviceCapability":
        return ("POST", "PUT", "DELETE")
    if (kind or "").endswith("List"):
        return ("PUT",)
    return () if kind in TAKES_POSTS else ("POST",)
