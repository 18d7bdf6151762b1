"""Writes one schema file: the types and root elements of a function set, one fact a line, with their notes."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from conformance.wire.schema.model import (
    IEEE,
    XS,
    Attribute,
    Child,
    ComplexType,
    Edition,
    Model,
    Particle,
    Root,
    SimpleType,
    local,
    namespace,
)

TITLES = {
    Edition.IEEE_2018: "IEEE 2030.5-2018 (schema version 2.1.0)",
    Edition.IEEE_2023: "IEEE 2030.5-2023 (schema version 2.2)",
    Edition.CSIP_AUS_1_2: "CSIP-AUS 1.1a and 1.2, over IEEE 2030.5-2018",
    Edition.CSIP_AUS_1_3_BETA_STORAGE: "CSIP-AUS 1.3-beta with storage, over IEEE 2030.5-2018",
    Edition.CSIP_AUS_1_3: "CSIP-AUS 1.3, over IEEE 2030.5-2018; INFERRED from one public implementation",
}
EXTENSION_MODULE = "csipaus"
WIDTH = 112
END = "</xs:documentation></xs:annotation>"

Lines = Iterator[str]
Notes = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Module:
    """The types and root elements of one function set in one edition."""

    function_set: str
    types: tuple[SimpleType | ComplexType, ...]
    roots: tuple[Root, ...]

    def refers_to(self, extension: str | None) -> bool:
        """Tell whether a type has elements of the extension's namespace."""
        complex_ = (step for step in self.types if isinstance(step, ComplexType))
        children = (place for step in complex_ for place in step.own_particles if isinstance(place, Child))
        return any(namespace(place.tag) == extension for place in children)


class ModuleWriter:
    """Writes the modules of one edition."""

    def __init__(self, model: Model, notes: Notes) -> None:
        self._model = model
        self._notes = notes
        self._target = IEEE
        self._type_names = {local(name) for name in model.complex}

    def module(self, module: Module) -> Lines:
        """Yield the lines of a module's file."""
        extends = module.function_set == EXTENSION_MODULE
        self._target = self._model.extension if extends and self._model.extension else IEEE
        subject = "the elements of its own namespace" if extends else module.function_set.replace("-", " ")
        origin = "Written from the fact tables by conformance.wire.schema.writer: change the facts, not this file."
        yield from head(self._model, f"{TITLES[self._model.edition]}: {subject}. {origin}", self._target)
        if extends:
            yield import_of(IEEE)
        elif self._model.extension and module.refers_to(self._model.extension):
            yield import_of(self._model.extension, f"{EXTENSION_MODULE}.xsd")
        for root in module.roots:
            yield from self._root(root)
        for step in module.types:
            yield ""
            yield from self._simple(step) if isinstance(step, SimpleType) else self._complex(step)
        yield "</xs:schema>"

    def _root(self, root: Root) -> Lines:
        name = quoteattr(local(root.tag))
        note = "" if local(root.tag) in self._type_names else local(root.tag)
        if not root.attributes:
            yield from self._element(f"<xs:element name={name} type={self._name(root.type)}", note, "  ")
            return
        content = "simpleContent" if self._model.value_type(root.type) else "complexContent"
        yield f"  <xs:element name={name}>"
        yield "    <xs:complexType>"
        yield from _wrap(content, f"base={self._name(root.type)}", list(self._attributes(root.attributes)), "      ")
        yield "    </xs:complexType>"
        yield "  </xs:element>"

    def _simple(self, step: SimpleType) -> Lines:
        facets = [f"<xs:{facet} value={quoteattr(value)}/>" for facet, value in step.facets.items()]
        yield f"  <xs:simpleType name={quoteattr(local(step.name))}>"
        yield from self._note(local(step.name), "    ")
        yield from _tag(f"xs:restriction base={self._name(step.base)}", facets, "    ")
        yield "  </xs:simpleType>"

    def _complex(self, step: ComplexType) -> Lines:
        name = local(step.name)
        body = [*self._sequence(step), *self._attributes(step.own_attributes)]
        if step.any_attribute:
            body.append('<xs:anyAttribute namespace="##any" processContents="lax"/>')
        inside = [*self._note(name, "    ")]
        if step.base is None:
            inside += (f"    {line}" for line in body)
        else:
            content = "simpleContent" if self._model.value_type(step.name) else "complexContent"
            inside += _wrap(content, f"base={self._name(step.base)}", body, "    ")
        yield from _tag(f"xs:complexType name={quoteattr(name)}", inside, "  ", "")

    def _sequence(self, step: ComplexType) -> Lines:
        if step.own_particles:
            yield "<xs:sequence>"
            for place in step.own_particles:
                yield from self._particle(place, local(step.name))
            yield "</xs:sequence>"

    def _particle(self, place: Particle, owner: str) -> Lines:
        occurs = "" if place.least == 1 else f' minOccurs="{place.least}"'
        occurs += "" if place.most == 1 else f' maxOccurs="{"unbounded" if place.most is None else place.most}"'
        if not isinstance(place, Child):
            yield f'  <xs:any namespace="{place.namespace}" processContents="lax"{occurs}/>'
        elif place.reference:
            yield f"  <xs:element ref={self._name(place.tag)}{occurs}/>"
        else:
            default = "" if place.default is None else f" default={quoteattr(place.default)}"
            name = local(place.tag)
            start = f"<xs:element name={quoteattr(name)} type={self._name(place.type)}{occurs}{default}"
            yield from self._element(start, f"{owner}.{name}", "  ")

    def _element(self, start: str, note: str, indent: str) -> Lines:
        lines = list(self._note(note, f"{indent}  "))
        yield f"{indent}{start}{'>' if lines else '/>'}"
        yield from lines
        if lines:
            yield f"{indent}</xs:element>"

    def _attributes(self, attributes: Iterable[Attribute]) -> Lines:
        for attribute in attributes:
            use = ' use="required"' if attribute.required else ""
            default = "" if attribute.default is None else f" default={quoteattr(attribute.default)}"
            yield f"<xs:attribute name={quoteattr(attribute.name)} type={self._name(attribute.type)}{use}{default}/>"

    def _note(self, key: str, indent: str) -> Lines:
        text = escape(" ".join(self._notes.get(key, "").split()))
        if text and len(line := f"{indent}<xs:annotation><xs:documentation>{text}{END}") <= WIDTH:
            yield line
        elif text:
            yield f"{indent}<xs:annotation><xs:documentation>"
            deeper = f"{indent}  "
            yield from textwrap.wrap(
                text, WIDTH, initial_indent=deeper, subsequent_indent=deeper, break_on_hyphens=False
            )
            yield f"{indent}{END}"

    def _name(self, name: str) -> str:
        home = namespace(name)
        prefix = "" if home == self._target else "xs:" if home == XS else "sep:" if home == IEEE else "csipaus:"
        return quoteattr(f"{prefix}{local(name)}")


def _wrap(content: str, base: str, body: list[str], indent: str) -> Lines:
    yield f"{indent}<xs:{content}>"
    yield from _tag(f"xs:extension {base}", body, f"{indent}  ")
    yield f"{indent}</xs:{content}>"


def _tag(start: str, body: list[str], indent: str, deeper: str | None = None) -> Lines:
    """Write a start tag, the body and the end tag, or one empty tag."""
    if not body:
        yield f"{indent}<{start}/>"
        return
    yield f"{indent}<{start}>"
    yield from (f"{indent + '  ' if deeper is None else deeper}{line}" for line in body)
    yield f"{indent}</{start.split()[0]}>"


def head(model: Model, comment: str, target: str) -> Lines:
    """Yield the lines of a file down to its start tag."""
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield from textwrap.wrap(f"<!-- {comment} -->", WIDTH, subsequent_indent="     ")
    yield f'<xs:schema xmlns:xs="{XS}"'
    yield f'           xmlns="{target}"'
    if target != IEEE:
        yield f'           xmlns:sep="{IEEE}"'
    elif model.extension:
        yield f'           xmlns:csipaus="{model.extension}"'
    yield f'           targetNamespace="{target}"'
    version = f' version="{model.version}"' if target == IEEE else ""
    yield f'           elementFormDefault="qualified"{version}>'


def import_of(name: str, place: str | None = None) -> str:
    """Return the line that imports a namespace."""
    return f'  <xs:import namespace="{name}"' + (f" schemaLocation={quoteattr(place)}" if place else "") + "/>"
