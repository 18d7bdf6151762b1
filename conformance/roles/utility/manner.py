"""Legal but unusual ways to say the same thing, and how a document leaves the utility.

Nothing here breaks a rule: a subject or a test case that stumbles over any of it has a fault. Hrefs may be absolute,
the namespace may have a prefix, hexadecimal may be lower case, paths may be deep, optional links may be there, and what
is optional may be missing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from posixpath import dirname, relpath

from lxml import etree

from conformance.wire.messages import SEP_XML, Answer, Request, header
from conformance.wire.payload import SEP, XSI, write

HEXADECIMAL = frozenset(
    {
        "alarmStatus",
        "deviceCategory",
        "deviceLFDI",
        "endDeviceLFDI",
        "functionsImplemented",
        "lFDI",
        "mRID",
        "modesEnabled",
        "modesSupported",
        "qualityFlags",
        "roleFlags",
        "subject",
    }
)
"""The elements of type hexBinary in the resources of CSIP."""

ADDRESSES = ("href", "replyTo")
OPTIONAL_ATTRIBUTES = {"pollRate": None, "subscribable": "0"}
"""Attributes that may be left out, with the only value for which that says the same; ``None`` for any."""
OPTIONAL_ELEMENTS = frozenset({"description", "reason", "version"})
"""What a spare server leaves out: a pollRate then means 900 s, and the others say nothing that is judged."""

LIMIT = re.compile(r"(?<=[?&]l=)\d+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How the utility speaks.

    Args:
        entry_path: the path of DeviceCapability.
        path_prefix: what all other paths begin with.
        absolute_hrefs: writes addresses with scheme and host.
        relative_hrefs: writes addresses in what is read relative to where it is read (RFC 3986, 4.2).
        namespace_prefix: writes the standard's namespace with a prefix.
        lower_case_hex: writes hexadecimal in lower case.
        extra_links: links to optional resources too.
        chunked: sends bodies in two chunks (RFC 9112, 7.1).
        longest_page: never shows more entries of a list at once, whatever ``l`` asks for.
        spare: leaves out attributes and elements that are optional.
        indented: writes documents over many lines, with a comment.
        put_status: answers a PUT with 204, 200 or 201.
        reading_status: answers readings that are new with 201 or 204.
        closes_connections: closes every connection after its answer.
        lower_case_headers: writes header names in lower case.
        media_type: the Content-Type of documents; it may have parameters.
    """

    entry_path: str = "/dcap"
    path_prefix: str = ""
    absolute_hrefs: bool = False
    relative_hrefs: bool = False
    namespace_prefix: str | None = None
    lower_case_hex: bool = False
    extra_links: bool = False
    chunked: bool = False
    longest_page: int | None = None
    spare: bool = False
    indented: bool = False
    put_status: int = 204
    reading_status: int = 201
    closes_connections: bool = False
    lower_case_headers: bool = False
    media_type: str = SEP_XML

    def heard(self, request: Request) -> Request:
        """Return a request as this server takes it: with a smaller ``l`` if its pages are short."""
        if self.longest_page is None:
            return request
        most = self.longest_page
        return replace(request, target=LIMIT.sub(lambda found: str(min(int(found[0]), most)), request.target))

    def address(self, path: str, request: Request) -> str:
        """Return a path as the client shall see it; absolute only if the request said which host it asked."""
        if self.relative_hrefs and request.method == "GET" and path.startswith("/"):
            return relpath(path, dirname(request.target.partition("?")[0]))
        host = header(request.headers, "Host")
        return f"https://{host}{path}" if self.absolute_hrefs and host and path.startswith("/") else path

    def speak(self, document: etree._Element, request: Request) -> bytes:
        """Return a document as bytes; the document given is used up."""
        for node in document.iter("*") if self._changes_elements else ():
            for name in ADDRESSES:
                if (path := node.get(name)) is not None:
                    node.set(name, self.address(path, request))
            for name, value in OPTIONAL_ATTRIBUTES.items() if self.spare else ():
                if value in (None, node.get(name)):
                    node.attrib.pop(name, None)
            if self.lower_case_hex and node.text and etree.QName(node).localname in HEXADECIMAL:
                node.text = node.text.lower()
        if self.spare:
            _leave_out(document)
        if self.namespace_prefix:
            document = _prefixed(document, self.namespace_prefix)
        if self.indented:
            etree.indent(document, "    ")
            document.insert(0, etree.Comment(" written by hand "))
        return write(document)

    @property
    def _changes_elements(self) -> bool:
        return self.absolute_hrefs or self.relative_hrefs or self.spare or self.lower_case_hex

    def carry(self, answer: Answer, request: Request) -> Answer:
        """Return an answer as it goes out, in chunks if that is the manner."""
        if request.method == "PUT" and answer.status == 204:
            answer = replace(answer, status=self.put_status)
        extra = (("Connection", "close"),) if self.closes_connections else ()
        headers = ((name, self.media_type if value == SEP_XML else value) for name, value in (*answer.headers, *extra))
        answer = replace(answer, headers=tuple((self._cased(name), value) for name, value in headers))
        return self._in_chunks(answer) if self.chunked and answer.body else answer

    def _cased(self, name: str) -> str:
        return name.lower() if self.lower_case_headers else name

    def _in_chunks(self, answer: Answer) -> Answer:
        half = len(answer.body) // 2 + 1
        chunks = (chunk for chunk in (answer.body[:half], answer.body[half:]) if chunk)
        framed = b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks) + b"0\r\n\r\n"
        return replace(answer, headers=(*answer.headers, ("Transfer-Encoding", "chunked")), body=framed)


def _leave_out(document: etree._Element) -> None:
    for node in [node for node in document.iter("*") if etree.QName(node).localname in OPTIONAL_ELEMENTS]:
        parent = node.getparent()
        if parent is not None:
            parent.remove(node)


def _prefixed(node: etree._Element, prefix: str) -> etree._Element:
    """Copy a document so that the standard's namespace is written with a prefix, also inside ``xsi:type``."""
    copy = etree.Element(node.tag, nsmap={prefix: SEP})
    copy.text = node.text
    for name, value in node.attrib.items():
        names_a_type = name == f"{{{XSI}}}type" and ":" not in value
        copy.set(name, f"{prefix}:{value}" if names_a_type else value)
    copy.extend([_prefixed(child, prefix) for child in node])
    return copy
