"""What a DERStatus must tell, by the kind of DER (SunSpec CTP 1.3 BASIC-028; CSIP Table 13, P44).

The procedure prints two lists of elements, one for a generator and one for storage. Those that Table 13 of CSIP has as
well must be there; the others may be missing, since what is not available is not sent (G27).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from conformance.catalogue.pack_values import Value
from conformance.judgement.finding import State
from conformance.judgement.judged import Judged, limit_used, passed_if
from conformance.vocabulary.limits import Limit
from conformance.wire.exchange import Exchange
from conformance.wire.parser import Malformed
from conformance.wire.payload import read

TABLE_13 = frozenset(
    {"readingTime", "operationalModeStatus", "inverterStatus", "genConnectStatus", "stateOfChargeStatus"}
)
GENERATOR = (
    "genConnectStatus",
    "inverterStatus",
    "localControlModeStatus",
    "manufacturerStatus",
    "operationalModeStatus",
    "readingTime",
)
STORAGE = (
    "localControlModeStatus",
    "manufacturerStatus",
    "operationalModeStatus",
    "readingTime",
    "stateOfChargeStatus",
    "storageModeStatus",
    "storConnectStatus",
)
STORAGE_TYPES = frozenset({80, 81, 82})
"""``DERType``: other storage, electric vehicle, charging equipment."""
MIXED_TYPES = frozenset({1, 83})
"""``DERType``: a mixed system, PV combined with storage."""


@dataclass(frozen=True, slots=True)
class StatusElements:
    """The elements of DERStatus that must be there, and those that are printed beside them."""

    must: tuple[str, ...]
    printed: tuple[str, ...]


def status_elements(der_type: int | None) -> StatusElements:
    """Return the elements by the ``type`` of DERCapability; of a type not known, those that both kinds share."""
    if der_type is None:
        wanted = [name for name in GENERATOR if name in STORAGE]
    elif der_type in MIXED_TYPES:
        wanted = [*GENERATOR, *(name for name in STORAGE if name not in GENERATOR)]
    else:
        wanted = list(STORAGE if der_type in STORAGE_TYPES else GENERATOR)
    must = tuple(name for name in wanted if name in TABLE_13)
    return StatusElements(must, tuple(name for name in wanted if name not in TABLE_13))


ANY_OPERATES = "any_operates_all_off"
"""The rule for several DER behind one EndDevice: off only if all are off, operating if any is."""
OFF, OPERATING = 1, 2
"""``operationalModeStatus``."""


def operation_kept(value: Value, status: Exchange | None, on: int, of: int) -> Judged:
    """Judge the operationalModeStatus of several DER of which so many are switched on."""
    if value.figure != ANY_OPERATES:
        return Judged("operation", State.NOTE, f"a status by {value.figure}", "this rule is not known here")
    wanted = OPERATING if on else OFF
    expected = f"operationalModeStatus {wanted} while {on} of {of} DER are on"
    if status is None:
        return Judged("operation", State.INCONCLUSIVE, expected, "no DERStatus came")
    told = _operation(status)
    return Judged("operation", passed_if(told == wanted), expected, str(told), (status.number,))


def read_by_then(puts: Sequence[Exchange], error: Limit) -> Judged:
    """Judge that no readingTime lies beyond the arrival of its DERStatus, but for an error of the clock."""
    early = [it for it in puts if (read_s := reading_time(it)) is not None and read_s > _arrived_s(it) + error.value]
    expected = f"a readingTime at most {error.value:g} s after the arrival"
    told = ", ".join(f"{(reading_time(it) or 0) - _arrived_s(it):+.0f} s" for it in early)
    numbers = tuple(it.number for it in early or puts)
    return Judged("read_by_then", passed_if(not early), expected, told or "so", numbers, limit=limit_used(error))


def read_anew(puts: Sequence[Exchange], oldest: Limit) -> Judged:
    """Judge that the last readingTime is no older than some time when its DERStatus arrives."""
    read_s = reading_time(puts[-1]) if puts else None
    age_s = None if read_s is None else _arrived_s(puts[-1]) - read_s
    expected, seen = (
        f"a last readingTime of at most {oldest.value:g} s ago",
        "none" if age_s is None else f"{age_s:.0f} s",
    )
    state = passed_if(age_s is not None and age_s <= oldest.value)
    return Judged("read_anew", state, expected, seen, tuple(it.number for it in puts[-1:]), limit=limit_used(oldest))


def reading_time(status: Exchange) -> int | None:
    """Return the readingTime of a DERStatus, in seconds since 1970."""
    try:
        return read(status.request_body).integer("readingTime")
    except Malformed:
        return None


def _arrived_s(status: Exchange) -> float:
    return status.request_first.wall.timestamp()


def _operation(status: Exchange) -> int | None:
    try:
        shown = read(status.request_body).child("operationalModeStatus")
    except Malformed:
        return None
    return shown.integer("value") if shown else None
