"""Connection point ids in the form of an NMI: ten characters and a check digit (the market operator's NMI rules)."""

from __future__ import annotations

from collections.abc import Iterable

NMI_BODY = 10
NOT_VALID = "NOTAVALIDID"
"""An id of the right length that no network has (S-OPT-02)."""
PREFIXES = ("SAAA", "VAAA", "VBBB", "VCCC", "VDDD", "VEEE", "NAAA", "NCCC", "NDDD", "NGGG", "QAAA", "WAAA")
"""How ids of different networks begin."""


def connection_id(prefix: str, number: int = 1) -> str:
    """Return an id that begins so: filled up with digits, and closed by the check digit."""
    body = prefix + str(number).zfill(max(0, NMI_BODY - len(prefix)))
    return body[:NMI_BODY] + check_digit(body[:NMI_BODY])


def check_digit(body: str) -> str:
    """Return the check digit of ten characters: every other character's code doubled from the last, digits summed."""
    total = 0
    for place, character in enumerate(reversed(body)):
        value = ord(character) * (2 if place % 2 == 0 else 1)
        total += sum(int(digit) for digit in str(value))
    return str(-total % 10)


def own_ids(prefixes: Iterable[str]) -> tuple[str, str]:
    """Return two different ids of a network."""
    first = next(iter(prefixes))
    return connection_id(first, 1), connection_id(first, 2)


def another_networks_id(prefixes: Iterable[str]) -> str:
    """Return an id of a network whose ids begin otherwise."""
    own = tuple(prefixes)
    other = next(known for known in PREFIXES if not any(known.startswith(one) or one.startswith(known) for one in own))
    return connection_id(other)
