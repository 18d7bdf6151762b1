"""The modes of a control: ``DERControlBase``, written from plain Python values (IEEE 2030.5-2018, 10.10).

A mode is given by the element's name and a value: a number, a truth value, a mapping for a structure such as
``{"displacement": 950, "excitation": False, "multiplier": -3}``, or a curve for a mode that links to one. Names of
CSIP-AUS, such as ``opModExpLimW``, are taken into the namespace of the edition spoken. Names of other namespaces are
written ``{namespace}name`` and follow the standard's own, in the order given.
"""

from __future__ import annotations

from collections.abc import Mapping

from lxml import etree

from conformance.roles.utility.der_curve import DERCurve
from conformance.vocabulary.errors import UsageError, explain
from conformance.wire.csipaus import Extension
from conformance.wire.payload import SEP, element

Structure = Mapping[str, int | bool]
ModeValue = int | bool | Structure | DERCurve
Modes = Mapping[str, ModeValue]

CURVE_TYPES: Mapping[str, int] = {
    "opModFreqWatt": 0,
    "opModHFRTMayTrip": 1,
    "opModHFRTMustTrip": 2,
    "opModHVRTMayTrip": 3,
    "opModHVRTMomentaryCessation": 4,
    "opModHVRTMustTrip": 5,
    "opModLFRTMayTrip": 6,
    "opModLFRTMustTrip": 7,
    "opModLVRTMayTrip": 8,
    "opModLVRTMomentaryCessation": 9,
    "opModLVRTMustTrip": 10,
    "opModVoltVar": 11,
    "opModVoltWatt": 12,
    "opModWattPF": 13,
    "opModWattVar": 14,
}
"""The modes that link to a curve, with the ``curveType`` of that curve."""

STRUCTURES: Mapping[str, frozenset[str]] = {
    "opModFixedPFAbsorbW": frozenset({"displacement", "excitation", "multiplier"}),
    "opModFixedPFInjectW": frozenset({"displacement", "excitation", "multiplier"}),
    "opModFixedVar": frozenset({"refType", "value"}),
    "opModFreqDroop": frozenset({"dBOF", "dBUF", "kOF", "kUF", "openLoopTms"}),
    "opModTargetVar": frozenset({"multiplier", "value"}),
    "opModTargetW": frozenset({"multiplier", "value"}),
}
"""The modes that are structures, with the members that each must have."""

PLAIN = frozenset({"opModConnect", "opModEnergize", "opModFixedW", "opModMaxLimW", "rampTms"})
"""The modes that are a number or a truth value."""

DEFAULT_SETTINGS = frozenset(
    {
        "setESDelay",
        "setESHighFreq",
        "setESHighVolt",
        "setESLowFreq",
        "setESLowVolt",
        "setESRampTms",
        "setESRandomDelay",
        "setGradW",
        "setSoftGradW",
    }
)
"""The settings that only a ``DefaultDERControl`` has."""


POWER = frozenset({"multiplier", "value"})
"""The members of ``ActivePower``, which every mode of CSIP-AUS is."""


def in_extension(modes: Modes, extension: Extension) -> Modes:
    """Return modes with the names of CSIP-AUS in its namespace, after the others and in the schema's order.

    Raises:
        UsageError: the value of one of them is no power.
    """
    added = extension.ordered(modes, "DERControlBase")
    for name in added:
        value = modes[name]
        if not isinstance(value, Mapping) or set(value) != POWER:
            wanted = f"a mapping with {', '.join(sorted(POWER))}"
            raise UsageError(explain(f"Offering the mode {name}.", wanted, repr(value), "correct the scenario"))
    kept = {name: value for name, value in modes.items() if name not in added}
    return kept | {f"{{{extension.namespace}}}{name}": modes[name] for name in added}


def check_modes(modes: Modes) -> None:
    """Raise ``UsageError`` for a mode of the 2018 edition that does not exist or has the wrong kind of value."""
    for name, value in modes.items():
        if not name.startswith("{") and (wrong := _wrong(name, value)):
            raise UsageError(explain(f"Offering the mode {name}.", wrong, repr(value), "correct the scenario"))


def _wrong(name: str, value: ModeValue) -> str | None:
    if name in CURVE_TYPES:
        return None if isinstance(value, DERCurve) else "a curve, from program.add_curve(...)"
    if name in STRUCTURES:
        members = STRUCTURES[name]
        right = isinstance(value, Mapping) and set(value) == members
        return None if right else f"a mapping with {', '.join(sorted(members))}"
    if name in PLAIN:
        return None if isinstance(value, int) else "a number or a truth value"
    return f"one of {', '.join(sorted({*CURVE_TYPES, *STRUCTURES, *PLAIN}))}, or {{namespace}}name"


def control_base(modes: Modes) -> etree._Element:
    """Write ``DERControlBase``; the standard's own modes come in the schema's order, which is alphabetical."""
    own = sorted((name for name in modes if not name.startswith("{")), key=str.lower)
    foreign = [name for name in modes if name.startswith("{")]
    return element("DERControlBase", *(_mode(name, modes[name]) for name in (*own, *foreign)))


def _mode(name: str, value: ModeValue) -> etree._Element:
    qualified = etree.QName(name) if name.startswith("{") else etree.QName(SEP, name)
    namespace, local = qualified.namespace or SEP, qualified.localname
    if isinstance(value, DERCurve):
        return element(local, namespace=namespace, href=value.path)
    if isinstance(value, Mapping):
        # the members are of the base type (ActivePower and so on), so they stay in the standard's namespace
        members = sorted(value.items(), key=lambda item: item[0].lower())
        return element(local, *(element(member, number) for member, number in members), namespace=namespace)
    return element(local, value, namespace=namespace)


def default_settings(settings: Mapping[str, int]) -> list[etree._Element]:
    """Write the settings of a ``DefaultDERControl`` in the schema's order. Raises ``UsageError`` for unknown ones."""
    if unknown := set(settings) - DEFAULT_SETTINGS:
        known = ", ".join(sorted(DEFAULT_SETTINGS))
        raise UsageError(explain("Setting a default.", known, ", ".join(sorted(unknown)), "correct the scenario"))
    return [element(name, settings[name]) for name in sorted(settings, key=str.lower)]
