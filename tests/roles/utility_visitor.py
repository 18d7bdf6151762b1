"""A client in a few lines, and a clock that is moved by hand, for the tests of the utility."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from lxml import etree

from conformance.roles.utility import Utility
from conformance.vocabulary.identity import sfdi_of_lfdi
from conformance.wire.messages import SEP_XML, Answer, Peer, Request, header
from conformance.wire.payload import Node, read

START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
START_S = int(START.timestamp())
LFDI = "A1B2C3D4E5F60718293A4B5C6D7E8F9001122334"
OTHER = "0F1E2D3C4B5A69788796A5B4C3D2E1F001234567"


class HandClock:
    """Stands still until moved."""

    virtual = True

    def __init__(self) -> None:
        self._now = START

    def now(self) -> datetime:
        return self._now

    def monotonic(self) -> float:
        return (self._now - START).total_seconds()

    async def wait(self, duration: timedelta) -> None:
        self._now += duration

    async def wait_until(self, moment: datetime) -> None:
        self._now = max(self._now, moment)

    def forward(self, seconds: float) -> None:
        self._now += timedelta(seconds=seconds)


@cache
def schema() -> etree.XMLSchema:
    """The 2018 schema."""
    return etree.XMLSchema(etree.parse(Path(__file__).parents[2] / "xsd" / "2030.5-2018.xsd"))


class Visitor:
    """A client of the utility with an LFDI; every document it gets is checked against the schema."""

    def __init__(self, utility: Utility, lfdi: str = LFDI) -> None:
        self.utility = utility
        self.peer = Peer(lfdi, sfdi_of_lfdi(lfdi)) if lfdi else Peer()

    def send(self, method: str, target: str, body: str | bytes = b"", **headers: str) -> Answer:
        given = {"Host": "server:8443", "Accept": SEP_XML, **headers}
        if body:
            given.setdefault("Content-Type", SEP_XML)
        fields = tuple((name.replace("_", "-"), value) for name, value in given.items())
        content = body.encode() if isinstance(body, str) else body
        return self.utility.handle(Request(method, target, fields, content, self.peer))

    def get(self, target: str) -> Node:
        answer = self.send("GET", target)
        assert answer.status == 200, (target, answer.status)
        assert header(answer.headers, "Content-Type") == SEP_XML
        schema().assertValid(etree.fromstring(answer.body))
        return read(answer.body)

    def follow(self, *links: str) -> Node:
        node = self.get(self.utility.entry_path)
        for link in links:
            if link.isdigit():
                node = node.children()[int(link)]
            else:
                href = node.link(link)
                assert href, (node.name, link)
                node = self.get(f"{href}?l=255" if "ListLink" in link else href)
        return node

    def own(self) -> Node:
        return next(node for node in self.follow("EndDeviceListLink").children() if node.text("lFDI") == self.peer.lfdi)

    def walk(self) -> dict[str, Node]:
        """Read everything that links lead to."""
        found: dict[str, Node] = {}
        waiting = [self.utility.entry_path]
        while waiting:
            path = waiting.pop()
            if path not in found:
                found[path] = self.get(f"{path}?l=255")
                waiting += list(_addresses(found[path]))
        return found


def _addresses(node: Node) -> Iterator[str]:
    for below in node.xml.iter("*"):
        for name in ("href", "replyTo"):
            if address := below.get(name):
                yield str(address).removeprefix("https://server:8443")


def sep(body: str) -> str:
    """Put the namespace into the root element of a document."""
    name = body[1:].replace(">", " ").replace("/", " ").split()[0]
    return body.replace(f"<{name}", f'<{name} xmlns="urn:ieee:std:2030.5:ns"', 1)
