"""Paths and mRIDs that a client cannot guess.

A client has to follow links; only the entry path may be known to it (IEEE 2030.5-2018, 4.3 and 11.2). Every other path
therefore carries a random token, and none carries a running number. A seed makes a run repeatable.
"""

from __future__ import annotations

import random
import secrets

from conformance.vocabulary.mrid import pen_tail

TOKEN_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
TOKEN_LENGTH = 12
DOCUMENTATION_PEN = 32473
"""The private enterprise number that RFC 5612 sets aside for examples; it ends the mRIDs made here."""


class Addresses:
    """Mints paths and mRIDs, from the system's randomness or from a seed."""

    def __init__(self, seed: str | None = None, prefix: str = "") -> None:
        self._random = secrets.SystemRandom() if seed is None else random.Random(seed)
        self._prefix = prefix.rstrip("/")

    def path(self, word: str) -> str:
        """Return a fresh path; ``word`` only makes logs readable."""
        return f"{self._prefix}/{word}-{self.token()}"

    def token(self) -> str:
        """Return about 59 bits of randomness as lower-case letters and digits."""
        return "".join(self._random.choice(TOKEN_ALPHABET) for _ in range(TOKEN_LENGTH))

    def mrid(self) -> str:
        """Return a fresh mRID: 24 random hexadecimal digits and the enterprise number in 8."""
        return f"{self._random.getrandbits(96):024X}{pen_tail(DOCUMENTATION_PEN)}"
