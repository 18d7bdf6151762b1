"""The client's documents as its profile wants them: elements that are required, forbidden ones, the modes claimed."""

from __future__ import annotations

from lxml import etree

from conformance.judgement.charge import SUMMED
from conformance.reference.client_documents import power_factor, scaled
from conformance.reference.conduct import ClientConduct
from conformance.reference.simulator import Site
from conformance.vocabulary.der_modes import MODE_BITS
from conformance.wire.csipaus import DOE_BITS, VPP_BITS
from conformance.wire.payload import SEP, element

OWN_MODES = {name: bit for bit, name in enumerate(MODE_BITS)}
BIT_MAPS = {
    **dict.fromkeys(("modesSupported", "modesEnabled"), OWN_MODES),
    **dict.fromkeys(("doeModesSupported", "doeModesEnabled"), DOE_BITS),
    **dict.fromkeys(("vppModesSupported", "vppModesEnabled"), VPP_BITS),
}
"""Elements that claim modes, by the bits of the modes."""
DIRECTIONS = ("charge", "discharge")
"""What ``modesSupported`` claims besides modes of control."""

NUMBERS = {
    "rtgAbnormalCategory": 2,
    "rtgNormalCategory": 1,
    "setSoftGradW": 100,
    "availabilityDuration": 3600,
    "maxChargeDuration": 3600,
    "reserveChargePercent": 5000,
    "reservePercent": 5000,
    "extendedData": 0,
    "postRate": 300,
}
"""Elements that are plain numbers."""
TEXTS = {"details": "reference client", "deviceCategory": "00000000", "enabled": "true"}
"""Elements that are written as they stand here."""
LAST = ("enabled", "postRate")
"""What stands after all else in an EndDevice, which extends another type."""
OFF = {"inverterStatus": 1, "operationalModeStatus": 1}
"""How a status shows DER that are off."""
VOLTS, AMPERES = 240.0, 50.0


def shaped(document: etree._Element, conduct: ClientConduct, site: Site) -> etree._Element:
    """Return a document as the conduct wants it: changed in place, its elements in the order of the schema."""
    resource = etree.QName(document).localname
    for child in list(document):
        name = etree.QName(child).localname
        if f"{resource}.{name}" in conduct.without:
            document.remove(child)
        elif name in BIT_MAPS and conduct.reports.modes is not None:
            child.text = _narrowed(child.text or "", BIT_MAPS[name], conduct.reports.modes)
    _unsum(document, conduct.reports.summed, site)
    if resource == "DERStatus" and _all_off(conduct.reports.any_operates, site):
        _show_off(document)
    there = {etree.QName(child).localname for child in document}
    for name in sorted(_wanted(resource, conduct) - there - set(conduct.aus.extension.elements.get(resource, ()))):
        _insert(document, _made(name, site))
    return document


def _unsum(document: etree._Element, summed: frozenset[str] | None, site: Site) -> None:
    """Show the first DER alone where its figure is not summed with those of the others."""
    share = (site.pv.rated_w if site.pv else 0.0) / site.rated_w if site.rated_w else 1.0
    for word, names in SUMMED.items():
        for child in document if summed is not None and word not in summed else ():
            if etree.QName(child).localname in names:
                for number in child.iter(f"{{{SEP}}}value"):
                    number.text = str(round(int(number.text or 0) * share))


def _all_off(any_operates: bool, site: Site) -> bool:
    """Say whether the status is that of DER that are switched off: all of them, or the first one alone."""
    looked_at = site.members if any_operates else site.members[:1]
    return bool(looked_at) and site.off >= set(looked_at)


def _show_off(document: etree._Element) -> None:
    for child in document:
        if etree.QName(child).localname in OFF:
            child[-1].text = str(OFF[etree.QName(child).localname])


def _wanted(resource: str, conduct: ClientConduct) -> set[str]:
    return {name.partition(".")[2] for name in conduct.elements if name.startswith(f"{resource}.")}


def _narrowed(bits: str, places: dict[str, int], claimed: frozenset[str]) -> str:
    """Return a bit map of the same length without the modes that are not claimed."""
    kept = sum(1 << bit for name, bit in places.items() if name in claimed or name in DIRECTIONS)
    return f"{int(bits, 16) & kept:0{len(bits)}X}"


def _made(name: str, site: Site) -> etree._Element:
    """Write an element that the client does not send of its own accord."""
    if name in TEXTS:
        return element(name, TEXTS[name])
    if name in NUMBERS or name.startswith("setES"):
        return element(name, NUMBERS.get(name, 0))
    if "PF" in name:
        return power_factor(name)
    amount = VOLTS if name.endswith(("V", "VNom")) else AMPERES if name.endswith(("A", "Ah")) else site.rated_w
    return scaled(name, -amount if name.endswith("Neg") else amount)


def _insert(document: etree._Element, made: etree._Element) -> None:
    """Put an element of the standard before the first one that comes after it; the schema sorts them by name."""
    name = etree.QName(made).localname.lower()
    for place, child in enumerate(() if etree.QName(made).localname in LAST else document):
        qualified = etree.QName(child)
        if qualified.namespace != SEP or qualified.localname.lower() > name:
            document.insert(place, made)
            return
    document.append(made)
