"""How the reference peers keep to a profile: what they do where utilities differ.

A sound peer's conduct follows from the profile's values. A peer that departs from one demand, and from that only, has
the conduct of a profile with another figure in its place; so each demand of a pack can be broken by itself.
"""

from __future__ import annotations

from dataclasses import dataclass

from conformance.catalogue.pack_values import Values


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientConduct:
    """What the reference client does where profiles differ; the defaults are those of CSIP 2.1.

    Args:
        elements: elements the profile requires, as ``Resource.element``; sent where they are not sent anyway.
        without: elements the profile forbids; left out.
    """

    elements: frozenset[str] = frozenset()
    without: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerConduct:
    """What the reference server does where profiles differ; the defaults are those of CSIP 2.1.

    Args:
        elements: elements the profile requires, as ``Resource.element``; served where they are not served anyway.
        without: elements the profile forbids; left out.
    """

    elements: frozenset[str] = frozenset()
    without: frozenset[str] = frozenset()


CSIP_CLIENT, CSIP_SERVER = ClientConduct(), ServerConduct()
"""The conduct of peers that know of no utility."""


def client_conduct(values: Values) -> ClientConduct:
    """Return the conduct of a client that keeps to all values put to it."""
    return ClientConduct(elements=_elements(values, "required"), without=_elements(values, "forbidden"))


def server_conduct(values: Values) -> ServerConduct:
    """Return the conduct of a server that keeps to all values put to it."""
    return ServerConduct(elements=_elements(values, "required"), without=_elements(values, "forbidden"))


def _elements(values: Values, presence: str) -> frozenset[str]:
    held = (value for name in {value.name for value in values.values()} for value in values.holding(name))
    return frozenset(value.name for value in held if value.figure == presence and "." in value.name)
