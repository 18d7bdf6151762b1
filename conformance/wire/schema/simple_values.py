"""Tells whether a text is a value of a simple type, and if not, what would be.

Follows XML Schema part 2 for the few built-in types that 2030.5 rests on: the sized integers, ``hexBinary``,
``string``, ``boolean`` and ``anyURI``; facets are the greatest length, limits and patterns.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache

from lxml import etree

from conformance.wire.schema.model import XS, Model, local

Expectation = str | None
"""What would have been right, in words; ``None`` if the value is."""

Check = Callable[[str], Expectation]

_BLANKS = " \t\r\n"
_INTEGER = re.compile(r"[+-]?[0-9]+")
_HEX = re.compile(r"([0-9A-Fa-f]{2})*")
_WIDTHS = {"byte": 8, "short": 16, "int": 32, "long": 64}
_INTEGER_LIMITS = {
    **{f"unsigned{name.title()}": (0, 2**bits - 1) for name, bits in _WIDTHS.items()},
    **{name: (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) for name, bits in _WIDTHS.items()},
}


def value_check(model: Model, type_name: str) -> Check:
    """Return a function that says what a text of this type should have been, or ``None`` if it is right."""
    primitive = model.primitive(type_name) or "string"
    facets = model.facets(type_name)
    name = _shown_name(type_name)
    if primitive in _INTEGER_LIMITS:
        return _integer_check(name, primitive, facets)
    return {"hexBinary": _hex_check, "boolean": _boolean_check, "anyURI": _uri_check}.get(primitive, _string_check)(
        name, facets
    )


def _shown_name(type_name: str) -> str:
    return f"xs:{local(type_name)}" if type_name.startswith(f"{{{XS}}}") else local(type_name)


def _integer_check(name: str, primitive: str, facets: Mapping[str, str]) -> Check:
    least, most = _INTEGER_LIMITS[primitive]
    least = max(least, int(facets.get("minInclusive", least)))
    most = min(most, int(facets.get("maxInclusive", most)))
    expected = f"{name}: a whole number from {least} to {most}"

    def check(text: str) -> Expectation:
        text = text.strip(_BLANKS)
        if not _INTEGER.fullmatch(text):
            return expected
        digits = text.lstrip("+-").lstrip("0") or "0"
        if len(digits) > 24:
            return expected
        return None if least <= int(text[0].replace("+", "") + text[1:]) <= most else expected

    return check


def _hex_check(name: str, facets: Mapping[str, str]) -> Check:
    octets = int(facets["maxLength"]) if "maxLength" in facets else None
    most = "" if octets is None else f", at most {2 * octets}"
    expected = f"{name}: an even number of hexadecimal digits{most}"

    def check(text: str) -> Expectation:
        text = text.strip(_BLANKS)
        fits = octets is None or len(text) <= 2 * octets
        return None if fits and _HEX.fullmatch(text) else expected

    return check


def _boolean_check(name: str, facets: Mapping[str, str]) -> Check:
    def check(text: str) -> Expectation:
        return None if text.strip(_BLANKS) in ("true", "false", "1", "0") else f"{name}: true, false, 1 or 0"

    return check


def _string_check(name: str, facets: Mapping[str, str]) -> Check:
    most = int(facets["maxLength"]) if "maxLength" in facets else None
    pattern = re.compile(facets["pattern"]) if "pattern" in facets else None
    wishes = [
        f"at most {most} characters" if most is not None else "",
        f"of the form {pattern.pattern}" if pattern else "",
    ]
    expected = f"{name}: text " + ", ".join(wish for wish in wishes if wish)

    def check(text: str) -> Expectation:
        fits = (most is None or len(text) <= most) and (pattern is None or pattern.fullmatch(text) is not None)
        return None if fits else expected

    return check


def _uri_check(name: str, facets: Mapping[str, str]) -> Check:
    def check(text: str) -> Expectation:
        return None if _is_uri(text) else f"{name}: an address (URI), with odd characters percent-encoded"

    return check


def _is_uri(text: str) -> bool:
    probe = etree.Element("uri")
    probe.text = text
    return bool(_uri_schema().validate(probe))


@cache
def _uri_schema() -> etree.XMLSchema:
    """What counts as a URI is libxml2's to say: engines differ, and the verdict is its own."""
    source = f'<xs:schema xmlns:xs="{XS}"><xs:element name="uri" type="xs:anyURI"/></xs:schema>'
    return etree.XMLSchema(etree.fromstring(source))
