"""The bare verdict of a compiled schema, in bounded time.

libxml2 notes the path of every error in a tree by counting siblings, which takes minutes for a long list of faulty
entries. A large body is therefore judged as a tree only if its shape keeps that small; any other is validated while it
is read, a third slower, and given up at the first chunk with an error.
"""

from __future__ import annotations

from collections.abc import Iterable

from lxml import etree

from conformance.wire.parser import hardened_parser

SMALL_BYTES = 64 * 1024
"""Bodies up to this are always judged as a tree; it is also the length of a chunk."""

MOST_ENTRIES = 12_000
MOST_ENTRY_BYTES = 32 * 1024
MOST_MARKS = 600_000
"""Tags and attributes in a body judged as a tree; a list of 10,000 devices has some 450,000."""


def accepts(schema: etree.XMLSchema, root: etree._Element, body: bytes) -> bool:
    """Tell whether the schema accepts a body, whose parsed root is given."""
    if len(body) <= SMALL_BYTES or _is_even_list(root, body):
        return schema.validate(root)
    return _streams(schema, body)


def judge_tree(schema: etree.XMLSchema, root: etree._Element) -> tuple[bool, Iterable[etree._LogEntry]]:
    """Judge a tree; return the verdict with libxml2's errors, which are left out if there may be very many."""
    body = etree.tostring(root)
    if len(body) <= SMALL_BYTES:
        return bool(schema.validate(root)), schema.error_log
    return _streams(schema, body), ()


def _is_even_list(root: etree._Element, body: bytes) -> bool:
    """Tell whether a body is a list of not too many entries, none of them large, so that no error lies far to count."""
    if not 0 < len(root) <= MOST_ENTRIES:
        return False
    entry = root[0]
    name = etree.QName(entry).localname
    parts = body.split(f"</{entry.prefix}:{name}>".encode() if entry.prefix else f"</{name}>".encode())
    return (
        len(parts) == len(root) + 1
        and max(map(len, parts)) <= MOST_ENTRY_BYTES
        and (len(body) <= MOST_MARKS or body.count(b"<") + body.count(b"=") <= MOST_MARKS)
    )


def _streams(schema: etree.XMLSchema, body: bytes) -> bool:
    parser = hardened_parser(schema)
    try:
        for start in range(0, len(body), SMALL_BYTES):
            parser.feed(body[start : start + SMALL_BYTES])
            if len(parser.feed_error_log):
                return False
        parser.close()
    except etree.XMLSyntaxError:
        return False
    return True
