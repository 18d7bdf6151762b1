"""How flaws bend what the reference client obeys of CSIP-AUS."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

from lxml import etree

from conformance.reference.client_reading import LIMITS
from conformance.reference.schedule_facts import ModeValue
from conformance.reference.setpoints import PowerFactor
from conformance.wire.payload import Node

IGNORED = {
    "ignores_export_limit": "opModExpLimW",
    "ignores_import_limit": "opModImpLimW",
    "ignores_generation_limit": "opModGenLimW",
    "ignores_load_limit": "opModLoadLimW",
}
"""The limit that each flaw leaves unheeded."""


def bent(modes: Mapping[str, ModeValue], flaws: frozenset[str]) -> dict[str, ModeValue]:
    """Return the modes that a client with these flaws asks its plant for."""
    dropped = {mode for flaw, mode in IGNORED.items() if flaw in flaws}
    if "target_over_limit" in flaws and "opModStorageTargetW" in modes:
        dropped.add("opModExpLimW")
    kept = {name: value for name, value in modes.items() if name not in dropped}
    if "never_disconnects" in flaws:
        kept |= {name: True for name in ("opModEnergize", "opModConnect") if name in kept}
    if "ignores_excitation" in flaws:
        factors = {name: value for name, value in kept.items() if isinstance(value, PowerFactor)}
        kept |= {name: replace(value, absorbing=False) for name, value in factors.items()}
    return kept


def haste(flaws: frozenset[str]) -> float:
    """Return how much faster than asked a client with these flaws has its plant move."""
    if "ignores_ramp" in flaws:
        return math.inf
    return 2.0 if "ramps_too_fast" in flaws else 1.0


def without_multipliers(control: Node) -> None:
    """Take the multiplier of every limit for zero."""
    for node in control.xml.iter("{*}multiplier"):
        parent = node.getparent()
        if parent is not None and etree.QName(parent).localname in LIMITS:
            node.text = "0"


def bent_document(document: etree._Element, flaws: frozenset[str]) -> etree._Element:
    """Return a document of the DER as a client with these flaws writes it; the one given is changed."""
    for node in list(document):
        name = etree.QName(node).localname
        if "swaps_doe_bits" in flaws and name.startswith("doeModes"):
            node.text = ONLY_EXPORT_SWAPPED
        if "rates_above_va" in flaws and name in RATED_RATES:
            node[0].text, node[1].text = BEYOND_ANY_RATING
        if "no_storage_ratings" in flaws and name in STORAGE_RATINGS:
            document.remove(node)
        if "status_always_on" in flaws and name in ALWAYS_ON:
            node[-1].text = ALWAYS_ON[name]
    return document


ALWAYS_ON = {"genConnectStatus": "07", "operationalModeStatus": "2", "storConnectStatus": "07"}
"""What ``status_always_on`` tells."""


ONLY_EXPORT_SWAPPED = "06"
"""What a device that has export and generation limits claims when it takes bit 1 for the export limit."""
RATED_RATES = frozenset({"rtgMaxChargeRateW", "rtgMaxDischargeRateW"})
BEYOND_ANY_RATING = ("3", "30000")
"""Multiplier and value that ``rates_above_va`` tells for a rate."""
STORAGE_RATINGS = frozenset(
    f"{prefix}{what}" for prefix in ("rtg", "set") for what in ("MaxChargeRateW", "MaxDischargeRateW", "MaxWh")
)
"""What ``no_storage_ratings`` leaves out."""
