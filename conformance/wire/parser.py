"""The one XML parser for anything that comes from a peer.

No entities, no network, no DTD; depth and text size limited by libxml2, the body by us. Comments and processing
instructions are dropped, so that ``1<!-- -->2`` reads as the schema sees it. A body that is not acceptable raises
:class:`Malformed`, which becomes a finding, never a traceback.
"""

from __future__ import annotations

from lxml import etree

MAX_BODY_BYTES = 16 * 1024 * 1024


class Malformed(Exception):
    """The body is not one well-formed, harmless XML document; the text says why, with the line."""

    def __init__(self, reason: str, line: int | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.line = line


def parse(body: bytes) -> etree._Element:
    """Return the root element of a body.

    Raises:
        Malformed: not well-formed, empty, too large, or with a document type declaration.
    """
    if not body:
        raise Malformed("the body is empty")
    if len(body) > MAX_BODY_BYTES:
        raise Malformed(f"the body has {len(body)} bytes; at most {MAX_BODY_BYTES} are read")
    try:
        root = etree.fromstring(body, _parser())
    except etree.XMLSyntaxError as error:
        raise Malformed(error.msg or "not well-formed XML", error.lineno) from None
    if root.getroottree().docinfo.doctype:
        raise Malformed("the document has a document type declaration", 1)
    return root


def _parser() -> etree.XMLParser:
    return etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
