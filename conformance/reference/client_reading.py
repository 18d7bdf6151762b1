"""From documents to facts: programs, controls, defaults and their modes (IEEE 2030.5-2018 10.10, CSIP-AUS limits)."""

from __future__ import annotations

from conformance.reference.schedule_facts import KnownControl, KnownDefault, ModeValue
from conformance.reference.setpoints import PowerFactor, Setpoints
from conformance.reference.simulator import Site
from conformance.vocabulary.der_modes import MODE_BITS
from conformance.wire.csipaus import NONE, Extension
from conformance.wire.payload import SEP, Node

SWITCHES = ("opModConnect", "opModEnergize")
FACTORS = ("opModFixedPFAbsorbW", "opModFixedPFInjectW")
PERCENTAGES = ("opModFixedW", "opModMaxLimW")
POWERS = ("opModTargetVar", "opModTargetW")
LIMITS = ("opModImpLimW", "opModExpLimW", "opModGenLimW", "opModLoadLimW", "opModStorageTargetW")
SETTINGS = ("setGradW", "setSoftGradW")
FASTEST = 10_000
"""``setGradW`` of the whole rating in one second."""


def supported_modes(site: Site) -> frozenset[str]:
    """Return the modes and settings that the site's equipment can obey."""
    storage = () if site.battery is None else ("opModStorageTargetW",)
    limits = tuple(name for name in LIMITS if name != "opModStorageTargetW")
    return frozenset((*MODE_BITS[2:], *limits, *storage, *SETTINGS))


def known_control(node: Node, extension: Extension = NONE) -> KnownControl | None:
    """Return the facts of a DERControl; ``None`` when it lacks what makes it one."""
    interval = node.child("interval")
    mrid = node.hexadecimal("mRID")
    start_s = interval.integer("start") if interval else None
    duration_s = interval.integer("duration") if interval else None
    base = node.child("DERControlBase")
    if mrid is None or start_s is None or duration_s is None or base is None:
        return None
    status = node.child("EventStatus")
    return KnownControl(
        mrid=mrid,
        start_s=start_s,
        duration_s=duration_s,
        modes=modes(base, extension),
        creation_s=node.integer("creationTime") or 0,
        current_status=(status.integer("currentStatus") if status else None) or 0,
        randomize_start_s=node.integer("randomizeStart") or 0,
        randomize_duration_s=node.integer("randomizeDuration") or 0,
        response_required=_hex_number(node.attribute("responseRequired")),
        reply_to=node.attribute("replyTo"),
        href=node.href,
        ramp_s=_ramp_s(base),
    )


def known_default(node: Node, extension: Extension = NONE) -> KnownDefault:
    """Return the facts of a DefaultDERControl."""
    base = node.child("DERControlBase")
    settings = {name: value for name in SETTINGS if (value := node.integer(name)) is not None}
    return KnownDefault({**(modes(base, extension) if base else {}), **settings})


def modes(base: Node, extension: Extension = NONE) -> dict[str, ModeValue]:
    """Return the modes of a DERControlBase by name; what cannot be read is left out.

    A client of CSIP-AUS does not know the elements of other editions.
    """
    strange = {child.namespace for child in base.children()} - {SEP, extension.namespace} if extension else set()
    known = (child for child in base.children() if child.name.startswith("opMod") and child.namespace not in strange)
    found = ((child.name, _value(child)) for child in known)
    return {name: value for name, value in found if value is not None}


def curve_addresses(values: dict[str, ModeValue]) -> dict[str, str]:
    """Return the modes that link to a curve, with its address."""
    return {name: value for name, value in values.items() if isinstance(value, str)}


def _value(node: Node) -> ModeValue | None:
    if node.name in SWITCHES:
        return {"true": True, "1": True, "false": False, "0": False}.get(node.content)
    if node.name in FACTORS:
        displacement, multiplier = node.integer("displacement"), node.integer("multiplier")
        if displacement is None:
            return None
        return PowerFactor(displacement * 10.0 ** (multiplier or 0), bool(node.boolean("excitation")))
    if node.name == "opModFixedVar":
        return node.integer("value")
    if node.name == "opModFreqDroop":
        return " ".join(f"{child.name}={child.content}" for child in node.children())
    if node.name in (*POWERS, *LIMITS):
        value = node.integer("value")
        return None if value is None else value * 10.0 ** (node.integer("multiplier") or 0)
    if node.name in PERCENTAGES:
        return int(node.content) if node.content.lstrip("+-").isdigit() else None
    return node.href


def _ramp_s(base: Node) -> float | None:
    hundredths = base.integer("rampTms")
    return None if hundredths is None else hundredths / 100


def _hex_number(text: str | None) -> int:
    try:
        return int(text or "0", 16)
    except ValueError:
        return 0


def setpoints(
    values: dict[str, ModeValue], site: Site, own_grad_w: int = FASTEST, ramp_s: float | None = None
) -> Setpoints:
    """Turn the modes in force into set-points; percentages are of the site's ratings, in hundredths.

    ``own_grad_w`` is the ramp rate of a device that was told none, ``ramp_s`` that of the controls in force.
    """

    def number(name: str) -> float | None:
        value = values.get(name)
        return float(value) if isinstance(value, int | float) else None

    factor = values.get("opModFixedPFInjectW")
    limit_pct, fixed_var_pct = number("opModMaxLimW"), number("opModFixedVar")
    grad = number("setGradW")
    return Setpoints(
        energize=values.get("opModEnergize") is not False,
        connect=values.get("opModConnect") is not False,
        max_w=None if limit_pct is None else limit_pct / 10000 * site.rated_w,
        fixed_w=_fixed_w(number("opModFixedW"), number("opModTargetW"), site),
        storage_target_w=number("opModStorageTargetW"),
        import_limit_w=number("opModImpLimW"),
        export_limit_w=number("opModExpLimW"),
        generation_limit_w=number("opModGenLimW"),
        load_limit_w=number("opModLoadLimW"),
        power_factor=factor if isinstance(factor, PowerFactor) else None,
        fixed_var=number("opModTargetVar") if fixed_var_pct is None else fixed_var_pct / 10000 * site.rated_w,
        grad_w=own_grad_w if grad is None else int(grad),
        ramp_s=ramp_s,
        curves=tuple(sorted((name, value) for name, value in values.items() if isinstance(value, str))),
        modes=dict(values),
    )


def _fixed_w(percent: float | None, target_w: float | None, site: Site) -> float | None:
    if percent is None:
        return target_w
    return percent / 10000 * (site.rated_w if percent >= 0 else site.rated_charge_w)
