"""A model with one fact wrong, for each fact: to see whether the documents of the proof would notice.

Defaults are left out: they alter what a reader sees, not what is valid. Only the comparison of models guards them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from conformance.wire.schema.model import IEEE, Child, ComplexType, Model, Particle, SimpleType, local

Item = TypeVar("Item")


@dataclass(frozen=True)
class Broken:
    """A model that differs from the sound one in one fact of one type."""

    about: str
    type: str
    model: Model


def broken_models(model: Model) -> Iterator[Broken]:
    """Yield a model for each way of getting one fact wrong."""
    for step in model.complex.values():
        for about, changed in _complex_changes(model, step):
            yield Broken(f"{local(step.name)}: {about}", step.name, _put_complex(model, changed))
    for simple in model.simple.values():
        for about, facets in _facet_changes(simple.facets):
            changed_simple = replace(simple, facets=facets)
            yield Broken(
                f"{local(simple.name)}: {about}",
                simple.name,
                replace(model, simple={**model.simple, simple.name: changed_simple}),
            )
        for about, other in _base_changes(simple):
            yield Broken(
                f"{local(simple.name)}: {about}",
                simple.name,
                replace(model, simple={**model.simple, simple.name: other}),
            )
    for root in model.roots.values():
        rest = {tag: one for tag, one in model.roots.items() if tag != root.tag}
        yield Broken(f"root {local(root.tag)} dropped", root.type, replace(model, roots=rest))


def _complex_changes(model: Model, step: ComplexType) -> Iterator[tuple[str, ComplexType]]:
    own = step.own_particles
    for index, place in enumerate(own):
        yield f"place {index + 1} dropped", replace(step, own_particles=own[:index] + own[index + 1 :])
        if index:
            swapped = (*own[: index - 1], place, own[index - 1], *own[index + 1 :])
            yield f"place {index + 1} before the one above", replace(step, own_particles=swapped)
        for about, changed in _place_changes(model, place):
            yield f"place {index + 1} {about}", replace(step, own_particles=_at(own, index, changed))
    attributes = step.own_attributes
    for index, each in enumerate(attributes):
        rest = attributes[:index] + attributes[index + 1 :]
        yield f"attribute {each.name} dropped", replace(step, own_attributes=rest)
        other = replace(each, required=not each.required, default=None)
        yield f"attribute {each.name} required or not", replace(step, own_attributes=_at(attributes, index, other))
        other = replace(each, type=_other_type(model, each.type), default=None)
        yield f"attribute {each.name} of another type", replace(step, own_attributes=_at(attributes, index, other))
    if step.base is not None and step.base in model.complex:
        yield "base passed over", replace(step, base=model.complex[step.base].base)
    if step.any_attribute and (step.base is None or not model.any_attribute(step.base)):  # or else it is inherited
        yield "closed to attributes", replace(step, any_attribute=False)


def _place_changes(model: Model, place: Particle) -> Iterator[tuple[str, Particle]]:
    yield "optional or not", replace(place, least=0 if place.least else 1)
    yield "once more", replace(place, most=place.most + 1 if place.most else 1)
    if isinstance(place, Child):
        yield "renamed", replace(place, tag=place.tag + "x")
        yield "of another type", replace(place, type=_other_type(model, place.type), default=None)
        yield "in other case", replace(place, tag=f"{{{IEEE}}}{local(place.tag).swapcase()}")


def _other_type(model: Model, name: str) -> str:
    """Return a type as near as possible to another: one step wider or narrower of the same family, or unlike it."""
    value = model.value_type(name)
    if value is None:
        return f"{{{IEEE}}}UInt8"
    return f"{{{IEEE}}}String6" if model.primitive(name) != "string" else f"{{{IEEE}}}UInt8"


def _facet_changes(facets: Mapping[str, str]) -> Iterator[tuple[str, dict[str, str]]]:
    for name, value in facets.items():
        yield f"{name} dropped", {facet: text for facet, text in facets.items() if facet != name}
        if value.lstrip("-").isdigit():
            yield f"{name} one more", {**facets, name: str(int(value) + 1)}
            yield f"{name} one less", {**facets, name: str(int(value) - 1)}


NEIGHBOURS = {
    "byte": "short",
    "short": "int",
    "int": "long",
    "long": "int",
    "unsignedByte": "unsignedShort",
    "unsignedShort": "unsignedInt",
    "unsignedInt": "unsignedLong",
    "unsignedLong": "long",
    "hexBinary": "string",
    "string": "token",
}


def _base_changes(simple: SimpleType) -> Iterator[tuple[str, SimpleType]]:
    home, _, name = simple.base.rpartition("}")
    if name in NEIGHBOURS:
        yield f"{NEIGHBOURS[name]} for {name}", replace(simple, base=f"{home}}}{NEIGHBOURS[name]}")


def _put_complex(model: Model, step: ComplexType) -> Model:
    return replace(model, complex={**model.complex, step.name: step})


def _at(items: tuple[Item, ...], index: int, item: Item) -> tuple[Item, ...]:
    return (*items[:index], item, *items[index + 1 :])
