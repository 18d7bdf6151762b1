"""A schema's model as an independent parser understands it, type by type, to be compared with another's.

Inherited members are written out, so that it does not matter how a schema is cut into files, extensions and
redefinitions: only what each type and each root element comes to.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import xmlschema
from xmlschema.validators import XsdAnyElement, XsdAttribute, XsdComplexType, XsdElement, XsdGroup, XsdType

from conformance.wire.schema.model import IEEE, XS, Attribute, Child, Model, Particle, namespace

UNNAMED = "unnamed"


@dataclass(frozen=True)
class Shape:
    """All there is to a type. Sequences are in the order of the wire; the rest is sorted."""

    ancestry: tuple[str, ...]
    children: tuple[str, ...]
    attributes: tuple[str, ...]
    facets: tuple[str, ...]


Shapes = dict[str, Shape]


@cache
def shapes_of_file(path: Path) -> Shapes:
    """Read a schema with the xmlschema package. Root elements are found under ``element NAME``."""
    maps = xmlschema.XMLSchema10(str(path), allow="local").maps
    types = {name: _shape(each) for name, each in maps.types.items() if namespace(name) not in (XS, "")}
    roots = {f"element {name}": _shape(each.type) for name, each in maps.elements.items() if namespace(name) != XS}
    return {name: shape for name, shape in {**types, **roots}.items() if "www.w3.org" not in name}


def shapes_of_facts(model: Model) -> Shapes:
    """Write the model of the fact tables in the same way."""
    names = [*model.simple, *model.complex]
    types = {name: _from_facts(model, name, model.ancestry(name), ()) for name in names}
    roots = {}
    for root in model.roots.values():
        above = model.ancestry(root.type)
        ancestry = (UNNAMED, *above) if root.attributes else above
        roots[f"element {root.tag}"] = _from_facts(model, root.type, ancestry, root.attributes)
    return {**types, **roots}


def _from_facts(model: Model, name: str, ancestry: tuple[str, ...], more: tuple[Attribute, ...]) -> Shape:
    attributes = [_attribute(one.name, one.type, one.required, one.default) for one in model.attributes(name) + more]
    if model.any_attribute(name):
        attributes.append("any attribute, ##any, lax")
    return Shape(
        ancestry,
        tuple(_particle(place) for place in model.particles(name)),
        tuple(sorted(attributes)),
        tuple(sorted(f"{facet} {value}" for facet, value in model.facets(name).items())),
    )


def _particle(place: Particle) -> str:
    if isinstance(place, Child):
        return _child(place.tag, place.type, place.least, place.most, place.default)
    return f"any {place.namespace}, lax, {place.least}..{place.most}"


def _child(tag: str, type_name: str, least: int, most: int | None, default: str | None) -> str:
    return f"{tag} as {type_name}, {least}..{most}, default {default}"


def _attribute(name: str, type_name: str, required: bool, default: str | None) -> str:
    return f"{name} as {type_name}, {'required' if required else 'optional'}, default {default}"


def _shape(each: XsdType) -> Shape:
    return Shape(_ancestry(each), tuple(_children(each)), tuple(sorted(_attributes(each))), tuple(_facets(each)))


def _ancestry(each: XsdType) -> tuple[str, ...]:
    found: list[str] = []
    step: XsdType | None = each
    while step is not None and step.name not in (f"{{{XS}}}anyType", f"{{{XS}}}anySimpleType"):
        name = step.name or UNNAMED
        if found[-1:] != [name]:  # a redefined type derives from the one of its own name
            found.append(name)
        step = None if namespace(name) == XS else step.base_type
    return tuple(found)


def _children(each: XsdType) -> list[str]:
    if not isinstance(each, XsdComplexType) or not isinstance(each.content, XsdGroup):
        return []
    found = ["mixed"] if each.mixed else []
    for place in _in_sequence(each.content):
        if isinstance(place, XsdAnyElement):
            what = " ".join("##targetNamespace" if name == IEEE else name for name in sorted(place.namespace))
            found.append(f"any {what}, {place.process_contents}, {place.min_occurs}..{place.max_occurs}")
        elif isinstance(place, XsdElement):
            name = place.type.name or UNNAMED
            marks = [word for word in ("nillable", "abstract", "fixed") if getattr(place, word)]
            found.append(_child(place.name, name, place.min_occurs, place.max_occurs, place.default) + " ".join(marks))
    return found


def _in_sequence(group: XsdGroup) -> Iterator[XsdElement | XsdAnyElement]:
    """Yield the places of a content model, which must be nothing but sequences, each of them once."""
    if group.model != "sequence" or (group.min_occurs, group.max_occurs) != (1, 1):
        raise ValueError(f"not a plain sequence: {group}")
    for place in group:
        if isinstance(place, XsdGroup):
            yield from _in_sequence(place)
        else:
            yield place


def _attributes(each: XsdType) -> list[str]:
    if not isinstance(each, XsdComplexType):
        return []
    found = []
    for name, one in each.attributes.items():
        if isinstance(one, XsdAttribute):
            found.append(_attribute(str(name), one.type.name or UNNAMED, one.use == "required", one.default))
        else:
            found.append(f"any attribute, {' '.join(sorted(one.namespace))}, {one.process_contents}")
    return found


def _facets(each: XsdType) -> list[str]:
    found: dict[str, str] = {}
    step: XsdType | None = each
    while step is not None and namespace(step.name or "") != XS:
        value = step.content if isinstance(step, XsdComplexType) else step
        for name, facet in getattr(value, "facets", {}).items():
            if name and namespace(name) == XS and "whiteSpace" not in name:
                text = getattr(facet, "value", None)
                patterns = getattr(facet, "regexps", None)
                found.setdefault(name.rpartition("}")[2], patterns[0] if patterns else str(text))
        step = step.base_type
    return sorted(f"{name} {value}" for name, value in found.items())
