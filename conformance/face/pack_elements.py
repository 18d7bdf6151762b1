"""Whether the elements that a pack demands exist: looked up in the fact tables of its schema edition."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from conformance.catalogue.demands import DEMANDS, ELEMENT
from conformance.catalogue.pack_lint import Remark, Weight
from conformance.catalogue.pack_values import Value
from conformance.catalogue.profile import Profile
from conformance.wire.schema.facts import read_model
from conformance.wire.schema.model import Child, Edition, Model, local

MODES_OF = "DERControlBase"
"""The resource whose elements are the modes that a condition may name."""


def misspelt_elements(profile: Profile) -> Iterator[Remark]:
    """Remark on each element that the edition does not have; a demand for it could never be met."""
    model = read_model(Edition(profile.edition))
    for value in profile.values.values():
        found = None if value.name in DEMANDS else ELEMENT.match(value.name)
        if found is None or value.waived:
            continue
        for resource, element in _named(value, found["resource"], found["element"]):
            known = elements_of(model, resource)
            if element not in known:
                yield Remark("element", Weight.ERROR, value.key, _unknown(profile, resource, element, known))


def elements_of(model: Model, resource: str) -> frozenset[str]:
    """Return the local names of all elements and attributes of a resource or type; none if there is no such."""
    types = {root.type for tag, root in model.roots.items() if local(tag) == resource}
    types |= {name for name in model.complex if local(name) == resource}
    places = (place for name in types for place in model.particles(name))
    attributes = {attribute.name for name in types for attribute in model.attributes(name)}
    return frozenset({local(place.tag) for place in places if isinstance(place, Child)} | attributes)


def _named(value: Value, resource: str, element: str) -> Iterator[tuple[str, str]]:
    """Yield the element, and those that its condition names, each with its resource."""
    yield resource, element
    if value.when is not None and value.when.element:
        yield resource, value.when.element
    if value.when is not None and value.when.mode:
        yield MODES_OF, value.when.mode


def _unknown(profile: Profile, resource: str, element: str, known: frozenset[str]) -> str:
    if not known:
        return f"{profile.edition} has no {resource}"
    near = difflib.get_close_matches(element, known, n=3, cutoff=0.5)
    perhaps = f"; perhaps {' or '.join(near)} is meant" if near else ""
    return f"{resource} has no {element} in {profile.edition}{perhaps}"
