"""Flaws: named deviations of a reference peer, each of which breaks one rule and no other.

Every test case is proven by at least one: it passes on the sound peer and fails on a peer with the flaw it hunts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Flaw:
    """One deviation.

    ``side`` is the peer that has it, ``breaks`` the requirement it breaks (an id of the catalogue), ``what`` tells in
    one sentence what the flawed peer does.
    """

    name: str
    side: Literal["server", "client"]
    breaks: str
    what: str
