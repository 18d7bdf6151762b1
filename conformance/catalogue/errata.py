"""Errata I of the SunSpec procedures, which made edition 1.3 of 1.2: those that change a verdict of a test case here.

The policy ``ctp_edition`` of a profile says which edition a subject is judged by. Test cases ask by number, as the
annex of 1.3 counts: ``29 in errata``. Rows that are not switched, and why, stand in the note of the policy.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

from conformance.vocabulary.errors import HarnessError, UsageError, explain

Edition = Literal["1.2", "1.3"]
"""An edition of the SunSpec CSIP Conformance Test Procedures."""

EDITIONS: tuple[Edition, ...] = ("1.2", "1.3")
POLICY = "ctp_edition"

SWITCHED: Mapping[int, str] = {
    7: "COMM-004: a refusal needs no TLS alert",
    9: "BASIC-002: no second poll of the assignments is asked for",
    20: "CORE-013: ten programs instead of seven",
    23: "CORE-014: a server is held to what was PUT",
    29: "CORE-004: lists keyed by a time give nothing for a time that is not over",
    33: "CORE-023: new",
    36: "BASIC-029: usage point and readings may be posted in any shape",
    39: "CORE-014: modesSupported may show modes, and need not",
}
"""What each erratum that is switched did, in our words."""


class Chosen(Protocol):
    """A policy, as far as it is needed here."""

    @property
    def choice(self) -> str:
        """What was chosen."""


@dataclass(frozen=True, slots=True)
class Errata:
    """The errata that an edition has: all of them in 1.3, none in 1.2. ``policy`` is what findings name."""

    edition: Edition
    policy: str = POLICY

    def __contains__(self, number: int) -> bool:
        """Say whether the edition has an erratum; to ask for one that is not switched is a fault of a test case."""
        if number not in SWITCHED:
            raise HarnessError(f"erratum {number} changes no verdict here; those that do: {sorted(SWITCHED)}")
        return self.edition != "1.2"


def errata_of(policies: Mapping[str, Chosen]) -> Errata:
    """Return the errata that a profile's choice of an edition brings; the newest where it chooses none.

    Raises:
        UsageError: the choice is no edition.
    """
    wanted = policies[POLICY].choice if POLICY in policies else EDITIONS[-1]
    for edition in EDITIONS:
        if wanted == edition:
            return Errata(edition)
    raise UsageError(explain(f"reading the policy {POLICY}", " or ".join(EDITIONS), wanted, "name one of them"))
