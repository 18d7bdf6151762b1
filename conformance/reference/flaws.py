"""All flaws of both reference peers, by name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from conformance.reference.client_flaws import CLIENT_FLAWS
from conformance.reference.server_flaws import SERVER_FLAWS
from conformance.vocabulary.errors import UsageError, explain, meant
from conformance.vocabulary.flaw import Flaw

FLAWS: Mapping[str, Flaw] = {
    **{name: row.flaw for name, row in SERVER_FLAWS.items()},
    **CLIENT_FLAWS,
}


def flaw_sides(names: Iterable[str]) -> dict[str, Sequence[str]]:
    """Return the names by kind of subject. Raises ``UsageError`` for a name that no flaw has."""
    sides: dict[str, list[str]] = {}
    for name in names:
        if name not in FLAWS:
            do = meant(name, FLAWS, "take one that csip show names for a test case")
            raise UsageError(explain("giving a reference peer a flaw", "the name of a flaw", name, do))
        sides.setdefault(FLAWS[name].side, []).append(name)
    return {side: tuple(flaws) for side, flaws in sides.items()}
