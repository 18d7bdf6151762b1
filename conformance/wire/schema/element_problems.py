"""Puts mistakes of a single element into words: its name, its ``xsi:type``, its attributes, its text."""

from __future__ import annotations

from conformance.wire.schema.editions import XML, name_namespace, title
from conformance.wire.schema.hints import hint, namespace_remark, other_root
from conformance.wire.schema.model import IEEE, XS, XSI, Attribute, Child, Model, local, namespace
from conformance.wire.schema.report import Problem, ProblemKind
from conformance.wire.schema.wording import Spot, short_path, shown_text


def wrong_root(spot: Spot, model: Model) -> Problem:
    """A root element that the edition does not have."""
    tag = str(spot.element.tag)
    uri = namespace(tag)
    if uri not in (IEEE, model.extension):
        message = f"`{spot.name}` is in {namespace_remark(uri, model)}; it must be in {IEEE}"
        return spot.problem(ProblemKind.NAMESPACE, name_namespace(uri), IEEE, message)
    expected = f"a root element of {title(model.edition)}"
    meant = _meant_root(tag, model)
    message = f"`{spot.name}` is not {expected}" + (f"; {meant}" if meant else "")
    return spot.problem(ProblemKind.ROOT, spot.name, expected, message)


def _meant_root(tag: str, model: Model) -> str:
    if tag in model.complex:
        return "it is only a part of other documents"
    roots = [Child(known, root.type, 0, 1) for known, root in model.roots.items()]
    return hint(tag, roots, model, other_root(tag, model))


def wrong_type(spot: Spot, declared: str | None, written: str, named: str, model: Model) -> Problem:
    """An ``xsi:type`` that names no type, or one that may not stand for the declared one."""
    expected = f"{local(declared)} or a type derived from it" if declared else f"a type of {title(model.edition)}"
    why = _why_not(declared, named, model)
    message = f'`{short_path(spot)}` has xsi:type="{written}", {why}; expected {expected}'
    return spot.problem(ProblemKind.TYPE, written, expected, message, "/@xsi:type")


def _why_not(declared: str | None, named: str, model: Model) -> str:
    if declared and (named in model.complex or named in model.simple):
        return f"which is not derived from {local(declared)}"
    if namespace(named) == XS:
        return "a type of XML Schema, not one of 2030.5"
    if not namespace(named) and f"{{{IEEE}}}{named}" in model.complex:
        return "which lacks the prefix of its namespace, the document having no default namespace"
    return f"which {title(model.edition)} does not have"


def untyped(spot: Spot) -> Problem:
    """A ``Resource`` with content, but nothing that says which resource it is."""
    expected = "xsi:type with the name of the resource"
    message = f"`{short_path(spot)}` has content but no xsi:type; expected {expected}"
    return spot.problem(ProblemKind.TYPE, "no xsi:type", expected, message)


def nil(spot: Spot) -> Problem:
    """An ``xsi:nil``: no element of 2030.5 may have it, whatever its value."""
    message = f"`{short_path(spot)}` has xsi:nil; no element of 2030.5 may be nil"
    return spot.problem(ProblemKind.ATTRIBUTE, "xsi:nil", "no xsi:nil", message, "/@xsi:nil")


def unknown_attribute(spot: Spot, name: str, known: tuple[str, ...]) -> Problem:
    """An attribute that the type does not have."""
    uri = namespace(name)
    shown = _attribute_name(spot, name)
    expected = f"one of {', '.join(known)}" if known else "no attribute"
    where = f"; it is in {name_namespace(uri)}" if uri else ""
    message = f"`{spot.name}/@{shown}` does not belong here{where}; expected {expected}"
    kind = ProblemKind.FOREIGN if uri not in ("", XML, XSI, IEEE) else ProblemKind.ATTRIBUTE
    return spot.problem(kind, shown, expected, message, f"/@{shown}")


def _attribute_name(spot: Spot, name: str) -> str:
    uri = namespace(name)
    if not uri:
        return name
    prefix = next((key for key, known in spot.element.nsmap.items() if known == uri and key), "")
    return f"{'xml' if uri == XML else prefix}:{local(name)}"


def missing_attribute(spot: Spot, attribute: Attribute) -> Problem:
    """A required attribute that is not there."""
    message = f"`{spot.name}/@{attribute.name}` is missing"
    return spot.problem(ProblemKind.MISSING, "nothing", f"@{attribute.name}", message, f"/@{attribute.name}")


def bad_attribute(spot: Spot, name: str, value: str, expected: str) -> Problem:
    """An attribute whose value is not of its type."""
    message = f"`{spot.name}/@{name}` is {shown_text(value)}; it must be {expected}"
    return spot.problem(ProblemKind.VALUE, shown_text(value), expected, message, f"/@{name}")


def bad_value(spot: Spot, text: str, expected: str) -> Problem:
    """An element whose text is not of its type."""
    found = shown_text(text) if text.strip() else "empty"
    message = f"`{short_path(spot)}` is {found}; it must be {expected}"
    return spot.problem(ProblemKind.VALUE, found, expected, message)


def element_in_value(spot: Spot, inner: str) -> Problem:
    """An element inside one that holds a value."""
    message = f"`{short_path(spot)}` holds a value and cannot hold the element `{inner}`"
    return spot.problem(ProblemKind.UNKNOWN, inner, "a value without elements", message)


def stray_text(spot: Spot, text: str, expected: str) -> Problem:
    """Text where the type has none."""
    found = shown_text(text.strip()) if text.strip() else "blanks"
    message = f"`{short_path(spot)}` holds text ({found}); expected {expected}"
    return spot.problem(ProblemKind.TEXT, found, expected, message)


def undefined(spot: Spot, model: Model) -> Problem:
    """An element of the base namespace that the edition does not define, in a place open for later additions."""
    expected = f"a name that {title(model.edition)} defines"
    message = f"`{short_path(spot)}` is not defined; expected {expected}"
    return spot.problem(ProblemKind.UNKNOWN, spot.name, expected, message)


def unshown(spot: Spot, message: str) -> Problem:
    """A remark that there is more than is shown."""
    return Problem(spot.path, 0, "", "", message, ProblemKind.UNSHOWN)
