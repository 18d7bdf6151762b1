"""Checks on the identifiers in a document: SFDI, LFDI, mRID (IEEE 2030.5-2018, 6.3.3, 6.3.4 and mRIDType)."""

from __future__ import annotations

from collections.abc import Iterator

from conformance.judgement.finding import State
from conformance.judgement.judged import Judged, passed_if
from conformance.judgement.payloads import body_of
from conformance.vocabulary.identity import LFDI_DIGITS, is_hex, is_lfdi, sfdi_is_valid
from conformance.wire.exchange import Exchange
from conformance.wire.parser import Malformed
from conformance.wire.payload import Node, read

SFDI_DIGITS = 12
MRID_OCTETS = 16
PEN_OCTETS = 4


def identifiers(exchange: Exchange) -> Iterator[tuple[str, Judged]]:
    """Yield a requirement and a judgement for each identifier in the subject's body; no document yields nothing."""
    try:
        root = read(body_of(exchange))
    except Malformed:
        return
    for xml in root.xml.iter(f"{{{root.namespace}}}sFDI", f"{{{root.namespace}}}lFDI", f"{{{root.namespace}}}mRID"):
        yield from _JUDGES[Node(xml).name](exchange, Node(xml).content)


def _sfdi(exchange: Exchange, text: str) -> Iterator[tuple[str, Judged]]:
    # The length comes first: Python refuses to read a number of thousands of digits.
    good = text.isdecimal() and len(text.lstrip("0")) <= SFDI_DIGITS and sfdi_is_valid(int(text))
    yield "SEC.001", _judged(passed_if(good), "an sFDI whose digits add up to a multiple of 10", text, exchange)


def _lfdi(exchange: Exchange, text: str) -> Iterator[tuple[str, Judged]]:
    yield "SEC.005", _judged(passed_if(is_lfdi(text)), f"an lFDI of {LFDI_DIGITS} hexadecimal digits", text, exchange)


def _mrid(exchange: Exchange, text: str) -> Iterator[tuple[str, Judged]]:
    octets = len(text) // 2
    good = octets > PEN_OCTETS and is_hex(text)
    expected = "a hexadecimal mRID that holds more than the maker's number"
    yield "ID.MRID", _judged(passed_if(good), expected, text or "empty", exchange)
    if good and octets != MRID_OCTETS:
        yield "ID.MRID.LENGTH", _judged(State.FAIL, f"an mRID of {2 * MRID_OCTETS} digits", text, exchange)


def _judged(state: State, expected: str, observed: str, exchange: Exchange) -> Judged:
    return Judged("identifier", state, expected, observed, (exchange.number,))


_JUDGES = {"sFDI": _sfdi, "lFDI": _lfdi, "mRID": _mrid}
