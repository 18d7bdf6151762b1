"""The bare verdict of a compiled schema, in bounded time.

libxml2 notes the path of every error in a tree by counting siblings, which takes minutes for a long list of faulty
entries. Large bodies are therefore validated while they are read, and given up at the first chunk with an error.
"""

from __future__ import annotations

from collections.abc import Iterable

from lxml import etree

from conformance.wire.parser import hardened_parser, parse, refuse_doctype, refuse_size

STREAMED_BYTES = 64 * 1024
"""Bodies larger than this are streamed; it is also the length of a chunk."""


def valid_root(schema: etree.XMLSchema, body: bytes) -> etree._Element | None:
    """Parse a body; return its root if the schema accepts it, or else ``None``.

    Raises:
        Malformed: the body is not acceptable XML. A large body that is rejected early is not read to its end, so that
            faults further down remain unseen.
    """
    if len(body) <= STREAMED_BYTES:
        root = parse(body)
        return root if schema.validate(root) else None
    refuse_size(body)
    streamed, _ = _stream(schema, body)
    if streamed is not None:
        refuse_doctype(streamed)
    return streamed


def judge_tree(schema: etree.XMLSchema, root: etree._Element) -> tuple[bool, Iterable[etree._LogEntry]]:
    """Judge a tree; return the verdict with libxml2's errors, which lack path and line if the tree is large."""
    body = etree.tostring(root)
    if len(body) <= STREAMED_BYTES:
        return bool(schema.validate(root)), schema.error_log
    streamed, log = _stream(schema, body)
    return streamed is not None, log


def _stream(schema: etree.XMLSchema, body: bytes) -> tuple[etree._Element | None, Iterable[etree._LogEntry]]:
    parser = hardened_parser(schema)
    try:
        for start in range(0, len(body), STREAMED_BYTES):
            parser.feed(body[start : start + STREAMED_BYTES])
            if len(parser.feed_error_log):
                return None, parser.feed_error_log
        return parser.close(), ()
    except etree.XMLSyntaxError:
        return None, parser.feed_error_log
