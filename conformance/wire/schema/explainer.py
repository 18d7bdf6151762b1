"""Lists every mistake of a document that the schema rejects, with path, line, what was found and what was expected.

Walks the fact tables' model of an edition. The verdict is not given here: libxml2 gives it, and tests hold that both
agree. Work is bounded: after :data:`MOST_PROBLEMS` problems or :data:`MOST_SECONDS` the rest is not shown.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from lxml import etree

from conformance.wire.schema.element_problems import (
    bad_attribute,
    bad_value,
    element_in_value,
    missing_attribute,
    nil,
    stray_text,
    undefined,
    unknown_attribute,
    unshown,
    untyped,
    wrong_root,
    wrong_type,
)
from conformance.wire.schema.model import IEEE, XS, XSI, Attribute, Child, Model, Particle, Root, namespace
from conformance.wire.schema.report import Problem
from conformance.wire.schema.sequence import Layout, explain_sequence
from conformance.wire.schema.sequence_problems import SequenceProblems
from conformance.wire.schema.simple_values import Check, value_check
from conformance.wire.schema.wording import Children, Spot, shown_name

MOST_PROBLEMS = 500
MOST_ATTRIBUTES = 1_000
MOST_SECONDS = 10.0

_XSI_TYPE = f"{{{XSI}}}type"
_XSI_NIL = f"{{{XSI}}}nil"
_XSI_ALLOWED = {_XSI_TYPE, f"{{{XSI}}}schemaLocation", f"{{{XSI}}}noNamespaceSchemaLocation"}


@dataclass(frozen=True, slots=True)
class _Plan:
    """All that is needed to judge an element of one type. ``anything`` marks content that no schema speaks of."""

    layout: Layout
    attributes: dict[str, Attribute]
    any_attribute: bool
    required: tuple[Attribute, ...] = ()
    value: Check | None = None
    anything: bool = False


@dataclass(frozen=True, slots=True)
class _Task:
    """An element to explain, with its declared type (``None``: none is known) and what its declaration adds."""

    spot: Spot
    type: str | None
    default: str | None = None
    root: Root | None = None


class Explainer:
    """Explains documents against one edition. May be shared by threads.

    A ``strict`` one also lists names that 2030.5-2023 lets through its open places though it does not define them.
    """

    def __init__(self, model: Model, strict: bool = False) -> None:
        self._model = model
        self._strict = strict
        self._plans: dict[str | None, _Plan] = {None: _Plan(Layout.of(()), {}, any_attribute=True, anything=True)}
        self._checks: dict[str, Check] = {}

    def explain(self, root: etree._Element) -> tuple[Problem, ...]:
        """Return every problem of a document, in the order of its lines, at most :data:`MOST_PROBLEMS` and a remark."""
        spot = Spot(root, shown_name(root))
        found = list(islice(self._walk(spot), MOST_PROBLEMS + 1))
        ordered = sorted(found[:MOST_PROBLEMS], key=lambda problem: problem.line)
        if len(found) > MOST_PROBLEMS:
            ordered.append(unshown(spot, f"only the first {MOST_PROBLEMS} problems are shown"))
        return tuple(ordered)

    def _walk(self, spot: Spot) -> Iterator[Problem]:
        if str(spot.element.tag) not in self._model.roots:
            yield wrong_root(spot, self._model)
            return
        tasks, deadline = [self._declared(spot)], time.monotonic() + MOST_SECONDS
        while tasks:
            if time.monotonic() > deadline:
                yield unshown(spot, f"explaining stopped after {MOST_SECONDS:g} s; there may be more problems")
                return
            below: list[_Task] = []
            yield from self._element(tasks.pop(), below)
            tasks.extend(reversed(below))

    def _declared(self, spot: Spot) -> _Task:
        """Judge an element by the root element of its name, or by nothing if there is none (``lax`` content)."""
        root = self._model.roots.get(str(spot.element.tag))
        return _Task(spot, root.type if root else None, root=root)

    def _element(self, task: _Task, below: list[_Task]) -> Iterator[Problem]:
        type_name, fault = self._actual_type(task)
        if fault is not None:
            yield fault
            return
        plan = self._plan(type_name)
        if self._strict and plan.anything and namespace(str(task.spot.element.tag)) == IEEE:
            yield undefined(task.spot, self._model)
            return
        yield from self._attributes(task, plan)
        if plan.anything:
            children = Children(task.spot)
            below.extend(self._declared(children.spot(number)) for number in range(len(children.elements)))
        elif plan.value is not None:
            yield from self._value(task, plan.value)
        else:
            yield from self._content(task, plan, below)

    def _actual_type(self, task: _Task) -> tuple[str | None, Problem | None]:
        """Return the type to judge by: the declared one, or the one that ``xsi:type`` names."""
        written = task.spot.element.get(_XSI_TYPE)
        if written is None:
            return task.type, None
        named = _resolve(str(written), task.spot.element)
        if self._may_stand_for(named, task):
            return named, None
        return task.type, wrong_type(task.spot, task.type, str(written), named, self._model)

    def _may_stand_for(self, named: str, task: _Task) -> bool:
        if named not in self._model.complex and named not in self._model.simple and not named.startswith(f"{{{XS}}}"):
            return False
        anonymous = task.root is not None and bool(task.root.attributes)
        return task.type is None or (not anonymous and self._model.derives(named, task.type))

    def _plan(self, type_name: str | None) -> _Plan:
        plan = self._plans.get(type_name)
        if plan is None:
            plan = self._plans[type_name] = self._make_plan(type_name or "")
        return plan

    def _make_plan(self, type_name: str) -> _Plan:
        attributes = self._model.attributes(type_name)
        return _Plan(
            layout=Layout.of(self._model.particles(type_name)),
            attributes={attribute.name: attribute for attribute in attributes},
            required=tuple(attribute for attribute in attributes if attribute.required),
            any_attribute=self._model.any_attribute(type_name),
            value=value_check(self._model, type_name) if self._model.value_type(type_name) else None,
        )

    def _attributes(self, task: _Task, plan: _Plan) -> Iterator[Problem]:
        spot = task.spot
        if len(spot.element.attrib) > MOST_ATTRIBUTES:
            yield unshown(spot, f"`{spot.name}` has {len(spot.element.attrib)} attributes, which are not explained")
            return
        extra = task.root.attributes if task.root is not None else ()
        known = plan.attributes | {attribute.name: attribute for attribute in extra}
        for raw_name, raw_value in spot.element.attrib.items():
            name, value = str(raw_name), str(raw_value)
            if name in known:
                expected = self._attribute_check(known[name])(value)
                if expected is not None:
                    yield bad_attribute(spot, name, value, expected)
            elif name == _XSI_NIL and not plan.anything:
                yield nil(spot)
            elif name not in _XSI_ALLOWED and name != _XSI_NIL and not self._admits(plan, name):
                yield unknown_attribute(spot, name, tuple(known))
        for attribute in plan.required:
            if attribute.name not in spot.element.attrib:
                yield missing_attribute(spot, attribute)

    def _admits(self, plan: _Plan, name: str) -> bool:
        return plan.any_attribute and (plan.anything or not self._strict or bool(namespace(name)))

    def _attribute_check(self, attribute: Attribute) -> Check:
        check = self._checks.get(attribute.type)
        if check is None:
            check = self._checks[attribute.type] = value_check(self._model, attribute.type)
        return check

    def _value(self, task: _Task, check: Check) -> Iterator[Problem]:
        if len(task.spot.element):
            yield element_in_value(task.spot, shown_name(task.spot.element[0]))
            return
        text = task.spot.element.text or ""
        expected = None if not text and task.default is not None else check(text)
        if expected is not None:
            yield bad_value(task.spot, text, expected)

    def _content(self, task: _Task, plan: _Plan, below: list[_Task]) -> Iterator[Problem]:
        spot, children = task.spot, Children(task.spot)
        text = _stray_text(spot.element, blanks_count=not plan.layout.places)
        if text is not None:
            yield stray_text(spot, text, "elements only" if plan.layout.places else "nothing at all")
        faults = explain_sequence(plan.layout, children.tags, IEEE)
        if faults.unknown and task.type == f"{{{IEEE}}}Resource" and spot.element.get(_XSI_TYPE) is None:
            yield untyped(spot)
            return
        yield from SequenceProblems(spot, children, plan.layout, self._model, faults)
        for number, at in faults.places.items():
            place = plan.layout.places[at]
            if not self._is_plain_value(children.elements[number], place):
                below.append(self._task(children.spot(number), place))

    def _is_plain_value(self, element: etree._Element, place: Particle) -> bool:
        """Tell quickly whether an element is a mere value and right, as most elements are."""
        if not isinstance(place, Child) or place.reference or len(element) or element.keys():
            return False
        plan = self._plan(place.type)
        text = element.text
        return plan.value is not None and not plan.required and text is not None and plan.value(text) is None

    def _task(self, spot: Spot, place: Particle) -> _Task:
        if not isinstance(place, Child):
            return self._declared(spot)
        return _Task(spot, place.type, place.default, self._model.roots.get(place.tag) if place.reference else None)


def _resolve(written: str, element: etree._Element) -> str:
    """Return an ``xsi:type`` in Clark notation; a prefix that is not declared resolves to nothing."""
    prefix, _, name = written.strip().rpartition(":")
    uri = element.nsmap.get(prefix or None)
    return f"{{{uri}}}{name}" if uri else name


def _stray_text(element: etree._Element, blanks_count: bool) -> str | None:
    """Return text that stands where only elements may; an empty type admits not even blanks."""
    texts = (element.text, *(child.tail for child in element))
    return next((text for text in texts if text and (blanks_count or text.strip())), None)
