"""Legal but unusual ways in which a client may speak: none of them may ever cost it a verdict."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from lxml import etree

from conformance.wire.messages import SEP_XML, Headers
from conformance.wire.payload import SEP, write

OPTIONAL_ELEMENTS = {"DERControlResponse": ("createdDateTime",), "MirrorUsagePoint": ("description", "version")}
"""What a spare client leaves out: its Responses have no date of their own, and its meters no description."""

DER_DOCUMENTS = ("DERCapability", "DERSettings", "DERStatus", "DERAvailability")


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How a sound client goes about it.

    Args:
        page_size: ``l`` of list requests; ``None`` sends no ``l``, so that the server's one entry a page is followed.
        extra_gets: reads programs and controls one by one as well, at every poll.
        poll_factor: shortens every poll rate but that of Time, 0.5 for twice as often.
        separate_readings: posts each MirrorMeterReading on its own instead of in one list.
        aligned_readings: ends every interval on a UTC multiple of the post rate.
        meters: the meters it mirrors: ``der``, ``site``, ``evse``.
        lower_case_hex: writes LFDIs, mRIDs and bit maps in lower case.
        namespace_prefix: writes the standard's namespace with a prefix.
        responses_twice: posts every Response a second time.
        closes_connections: asks for a new connection for each request.
        header_case: the casing of header names.
        content_type_on_get: sends Content-Type with every request.
        put_order: the order in which the DER documents are put.
        spare: leaves out elements that are optional, such as the createdDateTime of a Response.
        indented: writes documents over many lines, with a comment.
        limit_first: writes ``l`` before ``s`` in the query of a list request.
        accept: the Accept header.
        media_type: the Content-Type of documents; it may have parameters.
        notification_status: what a good notification is answered with: 200, 201 or 204.
        subscribes_widely: subscribes to more resources than CSIP names.
        subscribes_twice: posts every Subscription a second time.
        opts_in: says of every control that its user opts in, where the server wants to hear of users.
        gives_up_vanished: takes a control that is no longer listed for cancelled (IEEE 2030.5-2023).
        answers_14: answers a supersession by another program before the start with 14 instead of 7.
        looks_around: reads the DERList of every EndDevice that it is shown, before its own.
        puts_twice: puts every DER document a second time.
        reading_sets: tells averages within a MirrorReadingSet that has their interval, and their ReadingType again.
        whole_usage_points: posts readings within their whole MirrorUsagePoint, to the list of them.
        absolute_form: writes scheme and host before the path of every request target, as to a proxy.
        rated_w: what its plant is rated for, half of it PV and half a battery.
        reads_more: mirrors the power of one phase and the voltage of the moment as well, beside its averages.
    """

    page_size: int | None = 50
    extra_gets: bool = False
    poll_factor: float = 1.0
    separate_readings: bool = False
    aligned_readings: bool = False
    meters: tuple[str, ...] = ("der",)
    lower_case_hex: bool = False
    namespace_prefix: str | None = None
    responses_twice: bool = False
    closes_connections: bool = False
    header_case: Literal["usual", "lower", "upper"] = "usual"
    content_type_on_get: bool = False
    put_order: tuple[str, ...] = DER_DOCUMENTS
    opts_in: bool = False
    gives_up_vanished: bool = False
    answers_14: bool = False
    notification_status: int = 201
    subscribes_widely: bool = False
    subscribes_twice: bool = False
    looks_around: bool = False
    puts_twice: bool = False
    reading_sets: bool = False
    whole_usage_points: bool = False
    absolute_form: bool = False
    rated_w: float = 10000.0
    reads_more: bool = False
    spare: bool = False
    indented: bool = False
    limit_first: bool = False
    accept: str = SEP_XML
    media_type: str = SEP_XML

    def hexadecimal(self, text: str) -> str:
        """Return hexadecimal text in the chosen case."""
        return text.lower() if self.lower_case_hex else text.upper()

    def page(self, start: int) -> str:
        """Return the query for a page that begins at an ordinal."""
        if self.page_size is None:
            return f"s={start}" if start else ""
        return f"l={self.page_size}&s={start}" if self.limit_first else f"s={start}&l={self.page_size}"

    def target(self, path_and_query: str) -> str:
        """Return a request target."""
        return f"https://server{path_and_query}" if self.absolute_form else path_and_query

    def headers(self, given: Iterable[tuple[str, str]]) -> Headers:
        """Return headers in the chosen casing, with what the manner adds."""
        extra = (("Connection", "close"),) if self.closes_connections else ()
        return tuple((self._recased(name), value) for name, value in (*given, *extra))

    def _recased(self, name: str) -> str:
        if self.header_case == "usual":
            return name
        return name.lower() if self.header_case == "lower" else name.upper()

    def speak(self, document: etree._Element) -> bytes:
        """Return a document as bytes."""
        if self.spare:
            _leave_out(document, OPTIONAL_ELEMENTS.get(etree.QName(document).localname, ()))
        if self.namespace_prefix:
            document = _prefixed(document, self.namespace_prefix)
        if self.indented:
            etree.indent(document, "    ")
            document.insert(0, etree.Comment(" written by hand "))
        return write(document)


def _leave_out(document: etree._Element, names: Iterable[str]) -> None:
    for node in list(document.iter(*(f"{{{SEP}}}{name}" for name in names))) if names else ():
        parent = node.getparent()
        if parent is not None:
            parent.remove(node)


def _prefixed(node: etree._Element, prefix: str) -> etree._Element:
    copy = etree.Element(node.tag, node.attrib, nsmap={prefix: SEP})
    copy.text = node.text
    copy.extend([_prefixed(child, prefix) for child in node])
    return copy
