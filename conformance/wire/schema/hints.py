"""Guesses what somebody meant by a name that does not belong where it stands."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

from conformance.wire.schema.editions import EXTENSION_NAMESPACES, OUTDATED_NAMESPACES, name_namespace, title
from conformance.wire.schema.facts import read_model
from conformance.wire.schema.model import IEEE, Child, Edition, Model, Particle, local, namespace


def is_extension(uri: str) -> bool:
    """Tell whether a namespace is somebody's own, neither missing nor any namespace of the base standard."""
    return bool(uri) and uri != IEEE and uri not in OUTDATED_NAMESPACES


def hint(tag: str, places: Sequence[Particle], model: Model, other: str) -> str:
    """Guess what an element that does not belong was meant to be; empty if there is no good guess.

    ``other`` says which other edition has it: more certain than a name that looks alike, less than the same name.
    """
    named = [place for place in places if isinstance(place, Child)]
    return _same_name(tag, named, model) or other or _close_name(tag, named)


def _same_name(tag: str, places: Sequence[Child], model: Model) -> str:
    name = local(tag)
    same = next((place for place in places if local(place.tag) == name), None)
    if same is not None:
        return f"it must be in {namespace(same.tag)}"
    if (stands_for := _substitutable(tag, places, model)) is not None:
        return f'write it as `{stands_for}` with xsi:type="{name}"'
    other_case = next((local(place.tag) for place in places if local(place.tag).lower() == name.lower()), None)
    return f"the name is written `{other_case}`" if other_case else ""


def _close_name(tag: str, places: Sequence[Child]) -> str:
    close = get_close_matches(local(tag), [local(place.tag) for place in places], 1, 0.8)
    return f"did you mean `{close[0]}`?" if close else ""


def _substitutable(tag: str, places: Sequence[Child], model: Model) -> str | None:
    root = model.roots.get(tag)
    if root is None:
        return None
    return next((local(place.tag) for place in places if model.derives(root.type, place.type)), None)


def namespace_remark(uri: str, model: Model) -> str:
    """Say in which namespace an unexpected element is, and of which edition if it is another one's."""
    checked = f"; the document is checked as {title(model.edition)}" if uri in EXTENSION_NAMESPACES.values() else ""
    return name_namespace(uri) + checked


def other_edition(tag: str, parent_name: str, model: Model) -> str:
    """Tell which other edition has this element in a type called like the parent; empty if none."""
    parent = f"{{{IEEE}}}{parent_name}"
    for edition in _others(model):
        other = read_model(edition)
        if parent in other.complex and any(isinstance(p, Child) and p.tag == tag for p in other.particles(parent)):
            return f"{title(edition)} has it"
    return ""


def other_root(tag: str, model: Model) -> str:
    """Tell which other edition has this root element; empty if none."""
    found = next((edition for edition in _others(model) if tag in read_model(edition).roots), None)
    return f"{title(found)} has it" if found else ""


def _others(model: Model) -> list[Edition]:
    return [edition for edition in Edition if edition is not model.edition]
