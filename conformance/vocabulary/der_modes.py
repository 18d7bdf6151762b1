"""The modes of a DERControl by the bits that claim them: ``DERControlType`` of IEEE 2030.5-2018, 10.10."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

MODE_BITS = (
    "charge",
    "discharge",
    "opModConnect",
    "opModEnergize",
    "opModFixedPFAbsorbW",
    "opModFixedPFInjectW",
    "opModFixedVar",
    "opModFixedW",
    "opModFreqDroop",
    "opModFreqWatt",
    "opModHFRTMayTrip",
    "opModHFRTMustTrip",
    "opModHVRTMayTrip",
    "opModHVRTMomentaryCessation",
    "opModHVRTMustTrip",
    "opModLFRTMayTrip",
    "opModLFRTMustTrip",
    "opModLVRTMayTrip",
    "opModLVRTMomentaryCessation",
    "opModLVRTMustTrip",
    "opModMaxLimW",
    "opModTargetVar",
    "opModTargetW",
    "opModVoltVar",
    "opModVoltWatt",
    "opModWattPF",
    "opModWattVar",
)
"""The bits of ``DERControlType`` (``modesSupported``), bit 0 first."""

DER_TYPES: Mapping[str, frozenset[int]] = {
    "pv": frozenset({4, 83}),
    "storage": frozenset({80, 83}),
    "evse": frozenset({81, 82}),
    "load": frozenset(),
}
"""Kinds of DER as packs name them, by the values of ``DERCapability.type`` that say so."""
MIXED = frozenset({0, 1})
"""``type`` of a DER that may be of any kind, or several: not applicable, virtual or mixed."""


def claimed(bits: str | None, names: Sequence[str] = MODE_BITS) -> frozenset[str]:
    """Return the names of the bits that are set in a hexadecimal bit map; nothing for what is no bit map."""
    try:
        number = int(bits or "0", 16)
    except ValueError:
        return frozenset()
    return frozenset(name for place, name in enumerate(names) if number >> place & 1)


def is_a(der_type: int | None, kind: str) -> bool | None:
    """Say whether a DER of a ``type`` is of a kind; ``None`` where its type leaves that open."""
    if der_type is None or der_type in MIXED:
        return None
    return der_type in DER_TYPES.get(kind, frozenset())
