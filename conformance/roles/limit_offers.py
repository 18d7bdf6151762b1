"""Limits and targets of CSIP-AUS as offers for a server under test, as the national server procedures have them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from conformance.catalogue.inverter_functions import Modes
from conformance.catalogue.offers import ControlOffer, DefaultOffer, ProgramOffer
from conformance.wire.csipaus import DOE_BITS, VPP_BITS

LIMITS = tuple(DOE_BITS)
"""The four limits: export, import, generation, load."""
TARGETS = tuple(VPP_BITS)
FULL_W = 10000
"""The rating that shares are of."""
RAMP_TMS = 3000
"""A ramp of 30 s, in hundredths of a second."""
GRADIENT = 100
"""1 % a second, in hundredths of a percent."""
LARGE = {"multiplier": 2, "value": 1000}
"""100 kW, which takes a power of ten."""


def power(watts: int) -> Mapping[str, int]:
    """Return an ActivePower of a number of watts that fits 16 bits."""
    return {"multiplier": 0, "value": watts}


def half_and_nothing() -> Modes:
    """Return limits of half the rating for the site, and of nothing for generation and loads."""
    site = {"opModExpLimW": power(FULL_W // 2), "opModImpLimW": power(FULL_W // 2)}
    return {**site, "opModGenLimW": power(0), "opModLoadLimW": power(0)}


CONTROLS: Mapping[str, Modes] = {
    "Export": {"opModExpLimW": power(0)},
    "Generation": {"opModGenLimW": power(0)},
    "Import": {"opModImpLimW": power(0)},
    "Load": {"opModLoadLimW": power(0)},
    "Energize": {"opModEnergize": False},
    "Connect": {"opModConnect": False},
    "Combined": {**half_and_nothing(), "opModConnect": False, "opModEnergize": False},
    "Ramp": {"opModExpLimW": power(0), "opModImpLimW": power(0), "rampTms": RAMP_TMS},
    "Scaled": {"opModExpLimW": LARGE},
}
"""The controls of S-ALL-11 to S-ALL-18 and S-ALL-47, by name."""

DEFAULTS: Mapping[str, DefaultOffer] = {
    **{mode.removeprefix("opMod"): DefaultOffer(modes={mode: power(FULL_W * 3 // 10)}) for mode in LIMITS},
    "Gradient": DefaultOffer(modes={"opModExpLimW": power(FULL_W)}, settings={"setGradW": GRADIENT}),
    "Combined": DefaultOffer(modes=half_and_nothing()),
}
"""The defaults of S-ALL-19 to S-ALL-24 and S-ALL-48, by name."""

TARGETED: Mapping[str, Modes] = {
    "Discharge": {"opModStorageTargetW": power(5000), "opModExpLimW": power(FULL_W)},
    "Charge": {"opModStorageTargetW": power(-5000), "opModExpLimW": power(5000)},
    "Idle": {"opModStorageTargetW": power(0), "opModExpLimW": power(0)},
}
"""Storage targets with an export limit beside them: positive discharges, negative charges."""


def programs_for(offers: Mapping[str, object]) -> list[ProgramOffer]:
    """Return a program for each of some offers, the first the best; a default is put into its own."""
    return [
        ProgramOffer(name=name, primacy=place, default=offer if isinstance(offer, DefaultOffer) else None)
        for place, (name, offer) in enumerate(offers.items(), start=1)
    ]


def control_for(name: str, modes: Modes, starts_in: timedelta, duration: timedelta) -> ControlOffer:
    """Return a control with some modes, which asks for all Responses."""
    return ControlOffer(name=name, modes=modes, starts_in=starts_in, duration=duration)
