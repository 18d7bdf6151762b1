"""A client of the reference server in a few lines, and a clock moved by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from lxml import etree

from conformance.reference.server import ReferenceServer
from conformance.vocabulary.identity import sfdi_of_lfdi
from conformance.wire.messages import SEP_XML, Answer, Peer, Request
from conformance.wire.payload import Node, read

START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
LFDI = "A1B2C3D4E5F60718293A4B5C6D7E8F9001122334"


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
    """The registered client of a server with some flaws; it judges nothing by itself."""

    def __init__(self, *flaws: str, **options: object) -> None:
        self.clock = HandClock()
        self._walked: dict[str, Answer] = {}
        self.server = ReferenceServer(self.clock, flaws, lfdis=[LFDI], **options)  # type: ignore[arg-type]

    def send(self, method: str, target: str, body: str = "", lfdi: str = LFDI, **headers: str) -> Answer:
        fields = {"Host": "server:8443", "Accept": SEP_XML, "Content-Type": SEP_XML, **headers}
        peer = Peer(lfdi, sfdi_of_lfdi(lfdi))
        path = target.removeprefix("https://server:8443")
        return self.server.handle(Request(method, path, tuple(fields.items()), body.encode(), peer))

    def get(self, target: str) -> Node:
        answer = self.send("GET", target)
        assert answer.status == 200, (target, answer.status)
        return read(answer.body)

    def follow(self, *links: str) -> Node:
        """GET DeviceCapability and follow links; ``own``, ``best`` or a number picks an entry of a list."""
        node = self.get(self.server.entry_path)
        for link in links:
            if link == "own":
                node = next((one for one in node.children() if one.text("lFDI") == LFDI), node.children()[0])
            elif link == "best":
                node = min(node.children(), key=lambda one: one.integer("primacy") or 0)
            elif link.isdigit():
                node = node.children()[int(link)]
            else:
                href = node.link(link)
                assert href, (node.name, link)
                node = self.get(f"{href}?l=255" if "ListLink" in link else href)
        return node

    def own(self) -> Node:
        return self.follow("EndDeviceListLink", "own")

    def programs(self) -> Node:
        path = ("EndDeviceListLink", "own", "FunctionSetAssignmentsListLink", "0", "DERProgramListLink")
        return self.follow(*path)

    def walk(self) -> dict[str, Answer]:
        """GET everything that links lead to, once."""
        if self._walked:
            return self._walked
        found: dict[str, Answer] = {}
        waiting = [self.server.entry_path]
        while waiting:
            path = waiting.pop().removeprefix("https://server:8443")
            if path not in found:
                found[path] = self.send("GET", f"{path}?l=255")
                waiting += _addresses(found[path])
        self._walked = found
        return found


def _addresses(answer: Answer) -> list[str]:
    if answer.status != 200:
        return []
    nodes = etree.fromstring(answer.body).iter("*")
    return [str(address) for node in nodes for name in ("href", "replyTo") if (address := node.get(name))]


def sep(body: str) -> str:
    """Put the namespace into the root element of a document."""
    name = body[1:].replace(">", " ").replace("/", " ").split()[0]
    return body.replace(f"<{name}", f'<{name} xmlns="urn:ieee:std:2030.5:ns"', 1)
