"""Who a device is: LFDI, SFDI and PIN (IEEE 2030.5-2018 6.3; requirement rows SEC.001 to SEC.008).

The long form is the first 160 bits of the SHA-256 of the DER certificate, the short form the first
36 bits of it as a decimal number with one check digit. Case never distinguishes two identifiers; whether
a profile wants upper or lower case is another question, asked with :func:`hex_case`.
"""

from __future__ import annotations

import hashlib
import re
from enum import StrEnum

from conformance.vocabulary.errors import UsageError, explain

LFDI_DIGITS = 40
SFDI_BITS = 36
PIN_LIMIT = 100_000

_HEX = re.compile(r"[0-9A-Fa-f]+")


class HexCase(StrEnum):
    """How the letters of a hexadecimal text are written."""

    UPPER = "upper"
    LOWER = "lower"
    MIXED = "mixed"
    NONE = "none"


def is_hex(text: str) -> bool:
    """Say whether the text is one or more hexadecimal digits, of either case, and nothing else."""
    return _HEX.fullmatch(text) is not None


def hex_case(text: str) -> HexCase:
    """Return the case of the letters; ``NONE`` when there are only digits."""
    if text.upper() == text.lower():
        return HexCase.NONE
    if text == text.upper():
        return HexCase.UPPER
    return HexCase.LOWER if text == text.lower() else HexCase.MIXED


def check_digit(number: int) -> int:
    """Return the digit that brings the sum of all decimal digits to a multiple of ten."""
    return -_digit_sum(number) % 10


def _digit_sum(number: int) -> int:
    return sum(int(digit) for digit in str(number))


def lfdi_of(certificate_der: bytes) -> str:
    """Return the LFDI of a DER certificate: 40 upper-case hexadecimal digits."""
    return hashlib.sha256(certificate_der).hexdigest()[:LFDI_DIGITS].upper()


def is_lfdi(text: str) -> bool:
    """Say whether the text is 40 hexadecimal digits, of either case."""
    return len(text) == LFDI_DIGITS and is_hex(text)


def normal_lfdi(text: str) -> str:
    """Return an LFDI typed by a person as 40 upper-case digits; blanks and hyphens may group it.

    Raises ``UsageError`` when it is not 40 hexadecimal digits.
    """
    digits = re.sub(r"[\s-]", "", text)
    if not is_lfdi(digits):
        raise UsageError(
            explain(
                "Reading an LFDI.", "40 hexadecimal digits", _seen(text, digits), "copy the LFDI of the certificate"
            )
        )
    return digits.upper()


def _seen(text: str, digits: str) -> str:
    return f"{text!r}, {len(digits)} characters" + ("" if is_hex(digits) else ", not all of them hexadecimal")


def same_lfdi(one: str, other: str) -> bool:
    """Compare two LFDIs; case does not matter."""
    return one.upper() == other.upper()


def grouped_lfdi(lfdi: str) -> str:
    """Return the LFDI for display, in groups of four digits with hyphens between them."""
    digits = normal_lfdi(lfdi)
    return "-".join(digits[start : start + 4] for start in range(0, LFDI_DIGITS, 4))


def sfdi_of_lfdi(lfdi: str) -> int:
    """Return the SFDI, check digit included. Raises ``UsageError`` when the LFDI is not one."""
    body = int(normal_lfdi(lfdi)[: SFDI_BITS // 4], 16)
    return body * 10 + check_digit(body)


def sfdi_of(certificate_der: bytes) -> int:
    """Return the SFDI of a DER certificate, check digit included."""
    return sfdi_of_lfdi(lfdi_of(certificate_der))


def sfdi_is_valid(sfdi: int) -> bool:
    """Say whether the body fits in 36 bits and the check digit is right."""
    return 0 <= sfdi // 10 < 1 << SFDI_BITS and _digit_sum(sfdi) % 10 == 0


def grouped_sfdi(sfdi: int) -> str:
    """Return the SFDI for display: eleven digits and the check digit, in groups of three."""
    digits = f"{sfdi:012d}"
    return "-".join(digits[start : start + 3] for start in range(0, 12, 3))


def pin_is_valid(pin: int) -> bool:
    """Say whether the number is five digits, leading zeros allowed, and the right check digit."""
    return 0 <= pin // 10 < PIN_LIMIT and _digit_sum(pin) % 10 == 0


def pin_with_check_digit(five: int) -> int:
    """Return a PIN from its first five digits. Raises ``UsageError`` when there are more, or fewer than none."""
    if not 0 <= five < PIN_LIMIT:
        raise UsageError(explain("Adding a PIN's check digit.", "0 to 99999", str(five), "give the first five digits"))
    return five * 10 + check_digit(five)
