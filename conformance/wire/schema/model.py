"""The wire format as a model: types, elements and attributes of one edition of IEEE 2030.5 or CSIP-AUS.

The model holds what a schema says and nothing of how it is written. Names of elements and types are in Clark notation,
``{namespace}name``, as lxml gives tags; attributes have no namespace. The structure is very regular, which keeps it
small: content is one sequence, complex types derive by extension only, simple types by restriction only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

XS = "http://www.w3.org/2001/XMLSchema"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
IEEE = "urn:ieee:std:2030.5:ns"


class Edition(StrEnum):
    """The editions of the wire format; the value names the entry file in ``xsd/`` and the fact table."""

    IEEE_2018 = "2030.5-2018"
    IEEE_2023 = "2030.5-2023"
    CSIP_AUS_1_2 = "csip-aus-1.2"
    CSIP_AUS_1_3_BETA_STORAGE = "csip-aus-1.3-beta-storage"
    CSIP_AUS_1_3 = "csip-aus-1.3"


@dataclass(frozen=True, slots=True)
class Child:
    """A place for an element in a sequence. ``most`` is None where the number is not bounded."""

    tag: str
    type: str
    least: int
    most: int | None
    default: str | None = None
    reference: bool = False  # names a root element, here one of another namespace


@dataclass(frozen=True, slots=True)
class Wildcard:
    """A place for elements the schema does not name; ``namespace`` is ``##other`` or ``##targetNamespace``."""

    namespace: str
    least: int
    most: int | None


Particle = Child | Wildcard


@dataclass(frozen=True, slots=True)
class Attribute:
    """An attribute of a type or of a root element."""

    name: str
    type: str
    required: bool
    default: str | None = None


@dataclass(frozen=True, slots=True)
class SimpleType:
    """A restriction of ``base``, an XML Schema type or another simple type; facets are kept as text."""

    name: str
    base: str
    function_set: str
    facets: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ComplexType:
    """A type with its *own* members; what it inherits is found through :class:`Model`."""

    name: str
    base: str | None
    function_set: str
    own_particles: tuple[Particle, ...] = ()
    own_attributes: tuple[Attribute, ...] = ()
    any_attribute: bool = False


@dataclass(frozen=True, slots=True)
class Root:
    """An element that may be a document.

    Where it has attributes of its own (2023), its type is an unnamed extension of ``type``, so that no ``xsi:type`` can
    stand on it.
    """

    tag: str
    type: str
    function_set: str
    attributes: tuple[Attribute, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """One edition. ``extension`` is the namespace of CSIP-AUS, None in the base editions."""

    edition: Edition
    version: str | None
    extension: str | None
    simple: Mapping[str, SimpleType]
    complex: Mapping[str, ComplexType]
    roots: Mapping[str, Root]

    def ancestry(self, type_name: str) -> tuple[str, ...]:
        """Return the type and those it derives from, nearest first, down to the XML Schema type if it has one."""
        found = [type_name]
        while (base := self._base(found[-1])) is not None:
            found.append(base)
        return tuple(found)

    def particles(self, type_name: str) -> tuple[Particle, ...]:
        """Return all places for elements of a type: inherited ones first, in the order of the wire."""
        chain = [self.complex[name] for name in reversed(self.ancestry(type_name)) if name in self.complex]
        return tuple(particle for step in chain for particle in step.own_particles)

    def attributes(self, type_name: str) -> tuple[Attribute, ...]:
        """Return all attributes of a type, inherited ones first."""
        chain = [self.complex[name] for name in reversed(self.ancestry(type_name)) if name in self.complex]
        return tuple(attribute for step in chain for attribute in step.own_attributes)

    def any_attribute(self, type_name: str) -> bool:
        """Tell whether attributes that the schema does not name are let through."""
        return any(self.complex[name].any_attribute for name in self.ancestry(type_name) if name in self.complex)

    def value_type(self, type_name: str) -> str | None:
        """Return the simple type of a type's text, or None where the content is elements or nothing."""
        return next((name for name in self.ancestry(type_name) if name not in self.complex), None)

    def primitive(self, type_name: str) -> str | None:
        """Return the local name of the XML Schema type below a type's text: ``unsignedInt``, ``hexBinary``..."""
        last = self.ancestry(type_name)[-1]
        return local(last) if namespace(last) == XS else None

    def facets(self, type_name: str) -> dict[str, str]:
        """Return the facets on a type's text, the nearest ones winning."""
        chain = [self.simple[name] for name in reversed(self.ancestry(type_name)) if name in self.simple]
        return {facet: value for step in chain for facet, value in step.facets.items()}

    def derives(self, type_name: str, base: str) -> bool:
        """Tell whether a type is ``base`` or derives from it."""
        return base in self.ancestry(type_name)

    def _base(self, type_name: str) -> str | None:
        if type_name in self.complex:
            return self.complex[type_name].base
        return self.simple[type_name].base if type_name in self.simple else None


def local(name: str) -> str:
    """Return the local part of a name in Clark notation."""
    return name.rpartition("}")[2]


def namespace(name: str) -> str:
    """Return the namespace of a name in Clark notation; empty where it has none."""
    return name[1:].partition("}")[0] if name.startswith("{") else ""
