"""mRIDs, and the Private Enterprise Number (PEN) that ends them.

IEEE 2030.5 puts the PEN in the last 32 bits of the 128-bit mRID, so it reads as eight hexadecimal
digits. CSIP-AUS practice writes the same eight places in decimal, and lets an aggregator make LFDIs for the
DERs it manages that end in the same way. Which form a profile wants is the profile's to say.
"""

from __future__ import annotations

import secrets
from enum import StrEnum

from conformance.vocabulary.errors import UsageError, explain
from conformance.vocabulary.identity import LFDI_DIGITS, is_hex

MRID_DIGITS = 32
PEN_DIGITS = 8


class PenForm(StrEnum):
    """How the eight places of the PEN are read."""

    HEX = "hex"
    DECIMAL = "decimal"

    @property
    def largest(self) -> int:
        """The largest PEN that fits in eight places."""
        return 0xFFFF_FFFF if self is PenForm.HEX else 99_999_999


def pen_tail(pen: int, form: PenForm = PenForm.HEX) -> str:
    """Return the eight characters that end an identifier. Raises ``UsageError`` when the PEN does not fit."""
    if not 0 <= pen <= form.largest:
        raise UsageError(
            explain(
                "Writing a Private Enterprise Number into an identifier.",
                f"0 to {form.largest} for eight {form} digits",
                str(pen),
                "give the number that IANA assigned to your organisation",
            )
        )
    return f"{pen:08X}" if form is PenForm.HEX else f"{pen:08d}"


def pen_of(identifier: str, form: PenForm = PenForm.HEX) -> int | None:
    """Return the PEN that ends an mRID or LFDI; ``None`` when the last eight places cannot be read so."""
    tail = identifier[-PEN_DIGITS:]
    if len(tail) < PEN_DIGITS or not is_hex(tail):
        return None
    if form is PenForm.HEX:
        return int(tail, 16)
    return int(tail) if tail.isdigit() else None


def pen_forms(identifier: str, pen: int) -> frozenset[PenForm]:
    """Return the forms in which the identifier ends in this PEN: none, one or both."""
    return frozenset(form for form in PenForm if pen_of(identifier, form) == pen)


def is_mrid(text: str) -> bool:
    """Say whether the text is whole octets in hexadecimal, sixteen at most, as HexBinary128 wants it."""
    return len(text) <= MRID_DIGITS and len(text) % 2 == 0 and is_hex(text)


def normal_mrid(text: str) -> str:
    """Return an mRID as 32 upper-case digits, filled up with zeros on the left. Raises ``UsageError``."""
    if not is_mrid(text):
        raise UsageError(
            explain("Reading an mRID.", "an even number of hexadecimal digits, at most 32", repr(text), "correct it")
        )
    return text.upper().zfill(MRID_DIGITS)


def same_mrid(one: str, other: str) -> bool:
    """Compare two mRIDs as numbers of 128 bits; texts that are no mRIDs are compared as they are."""
    if is_mrid(one) and is_mrid(other):
        return normal_mrid(one) == normal_mrid(other)
    return one == other


def new_mrid(pen: int, form: PenForm = PenForm.HEX) -> str:
    """Return a fresh, unpredictable mRID that ends in the PEN: 32 upper-case hexadecimal digits."""
    return _random_before(pen_tail(pen, form), MRID_DIGITS)


def new_managed_lfdi(pen: int, form: PenForm = PenForm.DECIMAL) -> str:
    """Return a fresh LFDI such as an aggregator makes for a DER without a certificate: 40 upper-case digits."""
    return _random_before(pen_tail(pen, form), LFDI_DIGITS)


def _random_before(tail: str, digits: int) -> str:
    return secrets.token_hex((digits - PEN_DIGITS) // 2).upper() + tail
