"""What the national procedures of Australia judge of the documents of a client, and more strictly than they do.

Bits of ``doeModesSupported`` and its kin go by the names of the elements. The words of both published schemas have the
bits of export and import the other way round, so a device that claims just one of the two may mean the other: that is
told as a question of interoperability.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from conformance.catalogue.pack_values import Value
from conformance.judgement.finding import State
from conformance.judgement.judged import Judged, passed_if
from conformance.judgement.readings import Series
from conformance.vocabulary.identity import LFDI_DIGITS, same_lfdi
from conformance.wire.csipaus import DOE_BITS, VPP_BITS
from conformance.wire.exchange import Exchange
from conformance.wire.payload import SEP, Node, quantity

UPPER_HEX = frozenset("0123456789ABCDEF")
MIRROR_AT_SITE, MIRROR_AT_DER = 0x03, 0x49
"""``roleFlags``: a mirror of the premises' connection point; a mirror of a DER behind a submeter."""
WATT, VAR, VOLT, WATT_HOUR = 38, 63, 29, 72
KINDS: dict[str, tuple[int, frozenset[int]]] = {
    "site W": (WATT, frozenset({MIRROR_AT_SITE})),
    "site var": (VAR, frozenset({MIRROR_AT_SITE})),
    "DER W": (WATT, frozenset({MIRROR_AT_DER})),
    "DER var": (VAR, frozenset({MIRROR_AT_DER})),
    "V": (VOLT, frozenset({MIRROR_AT_SITE, MIRROR_AT_DER})),
    "stored Wh": (WATT_HOUR, frozenset({MIRROR_AT_DER})),
}
"""The readings that are wanted: their uom, and the roles under which they may come."""
POSITIVE = ("rtgMaxChargeRateW", "rtgMaxDischargeRateW", "rtgMaxWh", "setMaxChargeRateW", "setMaxDischargeRateW")
"""What is above zero for any storage."""


def well_formed_lfdi(exchange: Exchange, told: str | None, own: str) -> Judged:
    """Judge an LFDI as written: 40 upper-case hexadecimal digits, those of the client's certificate."""
    text = told or ""
    right = len(text) == LFDI_DIGITS and set(text) <= UPPER_HEX and same_lfdi(text, own)
    return Judged("lfdi", passed_if(right), f"{own}, in upper case", text or "none", (exchange.number,))


def enough_readings(kind: str, seen: Iterable[Series], wanted: int) -> Judged:
    """Judge how many readings of one kind came under the exact roles, in the series that has most; more is as good."""
    uom, roles = KINDS[kind]
    of_unit = [one for one in seen if one.uom == uom and one.values]
    found = [one for one in of_unit if one.role_flags in roles]
    best = max((len(one.values) for one in found), default=0)
    wrong = sorted({f"{one.role_flags or 0:04X}" for one in of_unit if one.role_flags not in roles})
    other = f"; others under the roles {', '.join(wrong)}" if wrong else ""
    expected = f"{wanted} readings of {kind} under the role {' or '.join(f'{role:04X}' for role in sorted(roles))}"
    numbers = tuple(came.exchange for one in found for came in one.values[-1:])
    return Judged("enough_readings", passed_if(best >= wanted), expected, f"{best}{other}", numbers)


def claims_modes(value: Value, supported: str | None, exchange: Exchange) -> Judged:
    """Judge the bits of ``doeModesSupported`` against the limits that the profile demands."""
    return _bits("doeModesSupported", value, supported, DOE_BITS, exchange)


def claims_storage(value: Value, supported: str | None, exchange: Exchange) -> Judged:
    """Judge the bits of ``vppModesSupported`` against the storage modes that the profile demands."""
    return _bits("vppModesSupported", value, supported, VPP_BITS, exchange)


def claims_mode(value: Value, told: str | None, bits: Mapping[str, int], exchange: Exchange) -> Judged:
    """Judge the bit of one mode, of an element ``DERControlBase.opMod...`` that is required or forbidden."""
    mode = value.name.rpartition(".")[2]
    is_set = bool((_number(told) or 0) >> bits[mode] & 1)
    right = is_set if value.figure == "required" else not is_set or value.figure != "forbidden"
    expected, observed = f"{mode} {value.figure}, so its bit", f"{told or 'none'}"
    return Judged("claims_mode", passed_if(right), expected, observed, (exchange.number,))


def speaks(value: Value, document: Node, name: str, exchange: Exchange) -> Judged:
    """Judge the namespace of an element of CSIP-AUS; without the element nothing is decided."""
    node = document if document.name == name else document.child(name)
    expected = f"{name} in the namespace {' or '.join(value.words)}"
    if node is None:
        return Judged("speaks", State.INCONCLUSIVE, expected, f"no {name}", (exchange.number,))
    state = passed_if(node.namespace in value.words)
    return Judged("speaks", state, expected, node.namespace or "none", (exchange.number,))


def speaks_at_all(value: Value, document: Node, exchange: Exchange) -> Judged:
    """Judge whether CSIP-AUS is spoken: elements beside those of the standard in a document that always has some."""
    others = sorted({child.namespace for child in document.children()} - {SEP})
    kept = {"required": bool(others), "forbidden": not others}.get(str(value.figure), True)
    return Judged("speaks", passed_if(kept), value.sentence, ", ".join(others) or "none", (exchange.number,))


def enabled_within(name: str, enabled: str | None, supported: str | None, exchange: Exchange) -> Judged:
    """Judge that no mode is switched on that the DER does not have."""
    extra = (_number(enabled) or 0) & ~(_number(supported) or 0)
    expected = f"{name}Enabled within {name}Supported"
    return Judged("enabled_within", passed_if(not extra), expected, f"{enabled} of {supported}", (exchange.number,))


def one_sided(supported: str | None, exchange: Exchange) -> Judged | None:
    """Return a remark on a device that claims just one of the export and the import limit; ``None`` for others."""
    bits = _number(supported) or 0
    claimed = [mode for mode, bit in DOE_BITS.items() if bit < PAIR and bits >> bit & 1]
    if len(claimed) != 1:
        return None
    expected = "bit 0 for the export limit and bit 1 for the import limit, by the names of the elements"
    observed = (
        f"only {claimed[0]} is claimed; check that this is what is meant: the words of both public schemas have the two"
        " bits the other way round (INTEROP)"
    )
    return Judged("one_sided", State.NOTE, expected, observed, (exchange.number,))


PAIR = 2
"""Bits below this one are the export and the import limit."""


def above_zero(document: Node, exchange: Exchange) -> Judged:
    """Judge that rates and energies of storage that a document tells are above zero."""
    told = {name: quantity(document.child(name)) for name in POSITIVE if document.child(name) is not None}
    wrong = [f"{name} {figure}" for name, figure in told.items() if figure is None or figure <= 0]
    observed = ", ".join(wrong) or ", ".join(f"{name} {figure}" for name, figure in told.items()) or "none told"
    return Judged("above_zero", passed_if(not wrong), "rates and energies above zero", observed, (exchange.number,))


def within_apparent(capability: Node, exchange: Exchange) -> Judged:
    """Judge that the rates of storage that are told are at most its rated apparent power; undecided without any."""
    apparent = quantity(capability.child("rtgMaxVA"))
    rates = {name: quantity(capability.child(name)) for name in RATES}
    expected = f"{' and '.join(RATES)} at most rtgMaxVA, {apparent}"
    told = ", ".join(f"{name} {rate}" for name, rate in rates.items())
    told_rates = [rate for rate in rates.values() if rate is not None]
    if apparent is None or not told_rates:
        return Judged("within_apparent", State.INCONCLUSIVE, expected, told, (exchange.number,))
    state = State.FAIL if max(told_rates) > apparent else State.PASS
    return Judged("within_apparent", state, expected, told, (exchange.number,))


RATES = ("rtgMaxChargeRateW", "rtgMaxDischargeRateW")
"""The rates of storage that its apparent power bounds."""


def _bits(name: str, value: Value, told: str | None, bits: dict[str, int], exchange: Exchange) -> Judged:
    wanted = [mode for mode in value.words if mode in bits]
    number = _number(told)
    missing: Sequence[str] = wanted if number is None else [mode for mode in wanted if not number >> bits[mode] & 1]
    expected = f"{name} with the bits of {', '.join(wanted) or 'nothing in particular'}"
    lacking = f": no {', '.join(missing)}" if missing else ""
    observed = f"{told or 'none'}{lacking}"
    return Judged("claims_modes", passed_if(not missing), expected, observed, (exchange.number,))


def _number(text: str | None) -> int | None:
    try:
        return None if text is None else int(text, 16)
    except ValueError:
        return None
