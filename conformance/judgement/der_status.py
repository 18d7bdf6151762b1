"""What a DERStatus must tell, by the kind of DER (SunSpec CTP 1.3 BASIC-028; CSIP Table 13, P44).

The procedure prints two lists of elements, one for a generator and one for storage. Those that Table 13 of CSIP has as
well must be there; the others may be missing, since what is not available is not sent (G27).
"""

from __future__ import annotations

from dataclasses import dataclass

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
