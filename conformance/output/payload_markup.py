"""Bodies as HTML: XML indented, its values marked, anything else as text or as bytes; everything escaped.

Indentation is for reading only. The exact bytes are in ``exchanges.jsonl``.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

from lxml import etree
from markupsafe import Markup, escape
from pygments.lexers import XmlLexer
from pygments.token import Comment, Literal, Name, Text

from conformance.output.wording import visible

VALUE, REMARK = "b", "em"
"""Which element of HTML marks a value, that is a text or an attribute's value, and a comment or an instruction."""
VALUES = (Text, Literal.String, Name.Entity)

BYTES_SHOWN = 256
INDENTED_UP_TO = 1_000_000


@dataclass(frozen=True, slots=True)
class BodyMarkup:
    """A body to show. ``form`` says what it is if not XML, ``left_out`` what was cut off, if anything."""

    markup: Markup
    form: str
    size: int
    left_out: str


@lru_cache(maxsize=2048)
def body_markup(body: bytes, bound: int) -> BodyMarkup:
    """Return a body as HTML, cut at about ``bound`` characters."""
    indented = _indented(body)
    if indented is not None:
        shown, left_out = _cut(visible(indented), bound)
        return BodyMarkup(_marked(shown), "", len(body), left_out)
    text = _text(body)
    if text is None:
        left_out = _rest(len(body), BYTES_SHOWN, "bytes")
        return BodyMarkup(_escaped(_dump(body)), "not text, shown in hexadecimal", len(body), left_out)
    shown, left_out = _cut(visible(text), bound)
    return BodyMarkup(_escaped(shown), "text, as sent" if shown else "", len(body), left_out)


def _indented(body: bytes) -> str | None:
    """Return the document indented, or nothing when it is no plain, well-formed XML."""
    if not body.lstrip().startswith(b"<") or len(body) > INDENTED_UP_TO:
        return None
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_blank_text=True)
    try:
        tree = etree.ElementTree(etree.fromstring(body, parser))
    except (etree.XMLSyntaxError, ValueError):
        return None
    if tree.docinfo.doctype:
        return None
    etree.indent(tree, space="  ")
    return etree.tostring(tree, encoding="unicode")


def _marked(text: str) -> Markup:
    """Return the text with an element around each value and remark; short ones, since a report has very many."""
    parts: list[str] = []
    for element, run in groupby(XmlLexer(stripnl=False).get_tokens(text.rstrip("\n")), lambda token: _element(*token)):
        piece = _escaped("".join(value for _, value in run))
        parts.append(f"<{element}>{piece}</{element}>" if element else piece)
    return Markup("".join(parts).rstrip("\n"))


def _escaped(text: str) -> Markup:
    """Escape what stands between tags, where quotation marks need none, nor does a bracket that closes."""
    return Markup(str(escape(text)).replace("&#34;", '"').replace("&#39;", "'").replace("&gt;", ">"))


def _element(kind: tuple[str, ...], text: str) -> str:
    if kind[: len(Comment)] == Comment:
        return REMARK
    return VALUE if kind in VALUES and not text.isspace() else ""


def _text(body: bytes) -> str | None:
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return None if "\x00" in text else text


def _cut(text: str, bound: int) -> tuple[str, str]:
    if len(text) <= bound:
        return text, ""
    end = text.rfind("\n", bound // 2, bound)
    end = bound if end < 0 else end
    return text[:end], _rest(len(text), end)


def _rest(whole: int, shown: int, units: str = "characters") -> str:
    return f"Cut off here: {whole - shown:,} of {whole:,} {units} are left out." if whole > shown else ""


def _dump(body: bytes) -> str:
    rows = (body[at : at + 16] for at in range(0, min(len(body), BYTES_SHOWN), 16))
    return "\n".join(f"{row.hex(' '):<47}  {_printable(row)}" for row in rows)


def _printable(row: bytes) -> str:
    return "".join(chr(byte) if 32 <= byte < 127 else "." for byte in row)
