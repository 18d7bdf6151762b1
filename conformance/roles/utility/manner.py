"""Legal but unusual ways to say the same thing, and how a document leaves the utility.

Nothing here breaks a rule: a subject or a test case that stumbles over any of it has a fault. Hrefs may be absolute,
the namespace may have a prefix, hexadecimal may be lower case, paths may be deep, optional links may be there.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from lxml import etree

from conformance.wire.messages import Answer, Request, header
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How the utility speaks. ``chunked`` sends bodies in two chunks (RFC 9112, 7.1)."""

    entry_path: str = "/dcap"
    path_prefix: str = ""
    absolute_hrefs: bool = False
    namespace_prefix: str | None = None
    lower_case_hex: bool = False
    extra_links: bool = False
    chunked: bool = False

    def address(self, path: str, request: Request) -> str:
        """Return a path as the client shall see it; absolute only if the request said which host it asked."""
        host = header(request.headers, "Host")
        return f"https://{host}{path}" if self.absolute_hrefs and host and path.startswith("/") else path

    def speak(self, document: etree._Element, request: Request) -> bytes:
        """Return a document as bytes; the document given is used up."""
        for node in document.iter("*"):
            for name in ADDRESSES:
                if (path := node.get(name)) is not None:
                    node.set(name, self.address(path, request))
            if self.lower_case_hex and node.text and etree.QName(node).localname in HEXADECIMAL:
                node.text = node.text.lower()
        return write(_prefixed(document, self.namespace_prefix) if self.namespace_prefix else document)

    def carry(self, answer: Answer) -> Answer:
        """Return an answer as it goes out, in chunks if that is the manner."""
        if not self.chunked or not answer.body:
            return answer
        half = len(answer.body) // 2 + 1
        chunks = (chunk for chunk in (answer.body[:half], answer.body[half:]) if chunk)
        framed = b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks) + b"0\r\n\r\n"
        return replace(answer, headers=(*answer.headers, ("Transfer-Encoding", "chunked")), body=framed)


def _prefixed(node: etree._Element, prefix: str) -> etree._Element:
    """Copy a document so that the standard's namespace is written with a prefix, also inside ``xsi:type``."""
    copy = etree.Element(node.tag, nsmap={prefix: SEP})
    copy.text = node.text
    for name, value in node.attrib.items():
        names_a_type = name == f"{{{XSI}}}type" and ":" not in value
        copy.set(name, f"{prefix}:{value}" if names_a_type else value)
    copy.extend([_prefixed(child, prefix) for child in node])
    return copy
