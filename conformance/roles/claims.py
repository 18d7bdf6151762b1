"""What a client claims of CSIP-AUS in its DERCapability and DERSettings."""

from __future__ import annotations

from conformance.catalogue.values_in_force import Values
from conformance.judgement.aus import (
    above_zero,
    claims_mode,
    claims_modes,
    claims_storage,
    enabled_within,
    one_sided,
    speaks,
    speaks_at_all,
    within_apparent,
)
from conformance.judgement.check import Check, require
from conformance.roles.observed_client import response_in
from conformance.vocabulary.errors import DoesNotApply
from conformance.wire.csipaus import VPP_BITS
from conformance.wire.exchange import Exchange
from conformance.wire.payload import Node


def in_band(values: Values) -> None:
    """Go on only where the profile lets devices register themselves. Raises ``DoesNotApply``."""
    way = values.find("EndDevice.registration")
    if way is not None and not way.waived and way.figure is not None and "in_band" not in way.words:
        raise DoesNotApply(f"{way.pack} registers devices {' or '.join(way.words)} only ({way.cited})")


def redirections(values: Values) -> None:
    """Go on only where a server may redirect. Raises ``DoesNotApply``."""
    way = values.find("HTTP.redirects")
    if way is not None and not way.waived and way.figure == "forbidden":
        raise DoesNotApply(f"{way.pack} forbids redirections ({way.cited})")


def told_modes(check: Check, capability: Exchange, settings: Exchange) -> None:
    """Judge the limits that a client claims: those the profile wants, none on that it does not have."""
    supported = _document(capability).text("doeModesSupported")
    enabled = _document(settings).text("doeModesEnabled")
    check.demands("csipaus", lambda value: speaks_at_all(value, _document(capability), capability))
    check.demands("DERControlBase.modes", lambda value: claims_modes(value, supported, capability))
    check.judged("AUS.ALL-09", enabled_within("doeModes", enabled, supported, settings))
    for exchange, name in ((capability, "doeModesSupported"), (settings, "doeModesEnabled")):
        _namespace(check, exchange, name)
    if (remark := one_sided(supported, capability)) is not None:
        check.judged("AUS.DOE-BITS", remark)


def storage_claims(check: Check, capability: Exchange, settings: Exchange) -> None:
    """Judge what a client with storage claims: the storage target, rates within its power, energies above zero."""
    supported = _document(capability).text("vppModesSupported")
    enabled = _document(settings).text("vppModesEnabled")
    check.demands("DERControlBase.modes", lambda value: claims_storage(value, supported, capability))
    element = "DERControlBase.opModStorageTargetW"
    check.demands(element, lambda value: claims_mode(value, supported, VPP_BITS, capability))
    check.judged("AUS.STO-02", enabled_within("vppModes", enabled, supported, settings))
    check.judged("AUS.STO-03", within_apparent(_document(capability), capability))
    for exchange in (capability, settings):
        check.judged("AUS.STO-02", above_zero(_document(exchange), exchange))


def _document(exchange: Exchange) -> Node:
    return require(response_in(exchange), "what was put is no document")


def _namespace(check: Check, exchange: Exchange, name: str) -> None:
    check.demands("csipaus.namespace", lambda value: speaks(value, _document(exchange), name, exchange))
