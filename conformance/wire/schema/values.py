"""Texts at the edges of the value types: those a schema must take, and those it must refuse."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from conformance.wire.schema.document import Kind
from conformance.wire.schema.model import Model

INTEGERS = {
    "byte": (-(2**7), 2**7 - 1),
    "short": (-(2**15), 2**15 - 1),
    "int": (-(2**31), 2**31 - 1),
    "long": (-(2**63), 2**63 - 1),
    "unsignedByte": (0, 2**8 - 1),
    "unsignedShort": (0, 2**16 - 1),
    "unsignedInt": (0, 2**32 - 1),
    "unsignedLong": (0, 2**64 - 1),
}
VERSIONS = ("2.1", "2.0", "1.0", "10.10", "999.999")
NOT_VERSIONS = (
    "",
    "2",
    "2.",
    ".1",
    "0.1",
    "2.01",
    "02.1",
    "2.1.0",
    "1000.1",
    "2.1000",
    "2,1",
    "2.1 ",
    "v2.1",
    "2.1-S1",
)
NOT_URIS = ("%%%", "http://[")

Refused = tuple[Kind, str]


@cache
def legal(model: Model, type_name: str) -> tuple[str, ...]:
    """Return texts that a type takes, a plain one first. The type must have a text of its own."""
    primitive, facets = model.primitive(type_name), model.facets(type_name)
    if primitive in INTEGERS:
        least, most = bounds(model, type_name)
        return tuple(dict.fromkeys(["1", str(least), str(most), "0", "-0", "007", "+1", f" {most}\n", f"+{most}"]))
    if primitive == "hexBinary":
        longest = int(facets.get("maxLength", 32))
        return tuple(dict.fromkeys(["0A", "", "AB" * longest, "ab" * longest, " 0a ", "00"]))
    if primitive == "boolean":
        return ("true", "false", "1", "0", " true ")
    if primitive == "anyURI":
        return ("/a/1", "", "http://[::1]:8080/a?b=c#d", "urn:a:b", "https://example.org/%20", " /a ")
    if "pattern" in facets:
        return VERSIONS
    longest = int(facets.get("maxLength", 300))
    return tuple(dict.fromkeys(["a", "", "x" * longest, "é" * longest, " " * longest, "&<>"[:longest]]))


@cache
def illegal(model: Model, type_name: str) -> tuple[Refused, ...]:
    """Return texts that a type must refuse, with what is wrong about them."""
    return tuple(_refused(model, type_name))


def bounds(model: Model, type_name: str) -> tuple[int, int]:
    """Return the least and the greatest value of an integer type, facets included."""
    least, most = INTEGERS[model.primitive(type_name) or ""]
    facets = model.facets(type_name)
    return int(facets.get("minInclusive", least)), int(facets.get("maxInclusive", most))


def _refused(model: Model, type_name: str) -> Iterator[Refused]:
    primitive, facets = model.primitive(type_name), model.facets(type_name)
    if primitive in INTEGERS:
        least, most = bounds(model, type_name)
        yield from ((Kind.OUT_OF_RANGE, str(value)) for value in (least - 1, most + 1, 10**30))
        yield from ((Kind.WRONG_PATTERN, text) for text in ("", "x", "1.0", "1e3", "0x10", "1 2", "--1"))
    elif primitive == "hexBinary":
        yield from ((Kind.WRONG_PATTERN, text) for text in ("0", "ABC", "0G", "0x0A", "0A 0B"))
    elif primitive == "boolean":
        yield from ((Kind.WRONG_PATTERN, text) for text in ("", "TRUE", "yes", "2", "01"))
    elif primitive == "anyURI":
        yield from ((Kind.WRONG_PATTERN, text) for text in NOT_URIS)
    elif "pattern" in facets:
        yield from ((Kind.WRONG_PATTERN, text) for text in NOT_VERSIONS)
    if "maxLength" in facets:
        unit = "AB" if primitive == "hexBinary" else "x"
        yield Kind.TOO_LONG, unit * (int(facets["maxLength"]) + 1)
        if primitive == "string":
            yield Kind.TOO_LONG, " " * (int(facets["maxLength"]) + 1)  # blanks count
