"""Value rules on identifiers: LFDI, SFDI, PIN, mRID, the maker's number that ends them, and letter case.

IEEE 2030.5-2018 clause 6.3 and the types mRIDType, SFDIType and PINType; requirement rows SEC.001 to SEC.008.
Lower-case hexadecimal is legal XML and legal 2030.5: only a profile can ask for one case (CSIP-AUS: upper).
"""

from __future__ import annotations

from collections.abc import Iterator

from conformance.vocabulary.identity import (
    LFDI_DIGITS,
    SFDI_BITS,
    HexCase,
    hex_case,
    is_lfdi,
    pin_is_valid,
    sfdi_is_valid,
    sfdi_of_lfdi,
)
from conformance.vocabulary.mrid import MRID_DIGITS, pen_forms, pen_tail
from conformance.vocabulary.verdict import Level
from conformance.wire.payload import Node, integer
from conformance.wire.schema.value_rule import Circumstances, Observation, ValueRule

LFDIS = frozenset({"lFDI", "endDeviceLFDI", "deviceLFDI"})
MRIDS = frozenset({"mRID"})


def _lfdi_length(node: Node, _: Circumstances) -> Iterator[Observation]:
    if len(node.content) != LFDI_DIGITS:
        yield Observation(_digits(node.content), f"{LFDI_DIGITS} hexadecimal digits")


def _sfdi_range(node: Node, _: Circumstances) -> Iterator[Observation]:
    sfdi = integer(node.content)
    if sfdi is not None and sfdi // 10 >> SFDI_BITS:
        yield Observation(str(sfdi), f"{SFDI_BITS} bits as a decimal number, then one check digit")


def _sfdi_check_digit(node: Node, _: Circumstances) -> Iterator[Observation]:
    sfdi = integer(node.content)
    if sfdi is not None and not sfdi // 10 >> SFDI_BITS and not sfdi_is_valid(sfdi):
        yield Observation(str(sfdi), "digits whose sum is a multiple of ten")


def _sfdi_of_lfdi(node: Node, _: Circumstances) -> Iterator[Observation]:
    sfdi, lfdi = node.integer("sFDI"), node.text("lFDI")
    if sfdi is not None and lfdi is not None and is_lfdi(lfdi) and sfdi != sfdi_of_lfdi(lfdi):
        yield Observation(str(sfdi), f"{sfdi_of_lfdi(lfdi)}, which follows from the lFDI", "sFDI")


def _pin_check_digit(node: Node, _: Circumstances) -> Iterator[Observation]:
    pin = integer(node.content)
    if pin is not None and not pin_is_valid(pin):
        yield Observation(str(pin), "five digits and a check digit that brings their sum to a multiple of ten")


def _mrid_there(node: Node, _: Circumstances) -> Iterator[Observation]:
    if not node.content:
        yield Observation("empty", "at least one octet")


def _mrid_length(node: Node, _: Circumstances) -> Iterator[Observation]:
    if node.content and len(node.content) != MRID_DIGITS:
        yield Observation(_digits(node.content), f"{MRID_DIGITS} hexadecimal digits, 128 bits")


def _pen(node: Node, circumstances: Circumstances) -> Iterator[Observation]:
    pen, form = circumstances.pen, circumstances.pen_form
    if pen is not None and node.content and form not in pen_forms(node.content, pen):
        yield Observation(f"...{node.content[-8:]}", f"{pen_tail(pen, form)} at the end, the number {pen} in {form}")


def _letter_case(node: Node, circumstances: Circumstances) -> Iterator[Observation]:
    wanted = circumstances.letter_case
    if wanted is not None and hex_case(node.content) not in (wanted, HexCase.NONE):
        yield Observation(node.content, f"{wanted}-case hexadecimal digits")


def _digits(text: str) -> str:
    return f"{text} ({len(text)} digits)" if text else "empty"


IDENTIFIER_RULES = (
    ValueRule(
        "VAL.LFDI.LENGTH",
        "An LFDI is 160 bits long.",
        Level.MUST,
        "IEEE 2030.5-2018 6.3; SEC.005",
        LFDIS,
        _lfdi_length,
    ),
    ValueRule(
        "VAL.SFDI.RANGE",
        "An SFDI is a number of 36 bits followed by a check digit.",
        Level.MUST,
        "IEEE 2030.5-2018 6.3; SEC.001",
        frozenset({"sFDI"}),
        _sfdi_range,
    ),
    ValueRule(
        "VAL.SFDI.CHECK_DIGIT",
        "The check digit of an SFDI brings the sum of all digits to a multiple of ten.",
        Level.MUST,
        "IEEE 2030.5-2018 6.3; SEC.001",
        frozenset({"sFDI"}),
        _sfdi_check_digit,
    ),
    ValueRule(
        "VAL.SFDI.OF_LFDI",
        "SFDI and LFDI of a device begin with the same 36 bits.",
        Level.SHOULD,
        "IEEE 2030.5-2018 6.3; identifiers not made from a certificate may differ",
        frozenset({"EndDevice", "SelfDevice"}),
        _sfdi_of_lfdi,
    ),
    ValueRule(
        "VAL.PIN.CHECK_DIGIT",
        "A PIN has five digits and a check digit.",
        Level.MUST,
        "IEEE 2030.5-2018 6.3; SEC.001 to SEC.008",
        frozenset({"pIN"}),
        _pin_check_digit,
        who="server",
    ),
    ValueRule(
        "VAL.MRID.EMPTY",
        "An mRID is not empty.",
        Level.MUST,
        "IEEE 2030.5-2018, type mRIDType",
        MRIDS,
        _mrid_there,
    ),
    ValueRule(
        "VAL.MRID.LENGTH",
        "An mRID is 128 bits long; shorter ones are in use.",
        Level.SHOULD,
        "IEEE 2030.5-2018, type mRIDType",
        MRIDS,
        _mrid_length,
    ),
    ValueRule(
        "VAL.MRID.PEN",
        "An mRID ends in the Private Enterprise Number of who made it, in the form the profile asks for.",
        Level.MUST,
        "IEEE 2030.5-2018, type mRIDType; TS 5573 4.2 for decimal digits",
        MRIDS,
        _pen,
    ),
    ValueRule(
        "VAL.HEX.CASE",
        "An LFDI is written in the letter case the profile asks for.",
        Level.MUST,
        "profile: CSIP-AUS upper case, Fortress lower case, otherwise either",
        LFDIS,
        _letter_case,
    ),
)
"""The rows; the last two are asked only when the profile gives its choice."""
