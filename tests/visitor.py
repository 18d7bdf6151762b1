"""A client in a few lines and a clock that is moved by hand, for the tests of the utility and the reference server."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Protocol

from lxml import etree

from conformance.catalogue.shipped import xsd_folder
from conformance.reference.server import ReferenceServer
from conformance.roles.utility import Utility
from conformance.vocabulary.identity import sfdi_of_lfdi
from conformance.wire.messages import SEP_XML, Answer, Peer, Request, header
from conformance.wire.payload import Node, read

START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
START_S = int(START.timestamp())
LFDI = "A1B2C3D4E5F60718293A4B5C6D7E8F9001122334"
OTHER = "0F1E2D3C4B5A69788796A5B4C3D2E1F001234567"
ORIGIN = "https://server:8443"


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
    return etree.XMLSchema(etree.parse(xsd_folder() / "2030.5-2018.xsd"))


class Core(Protocol):
    """A server without a wire."""

    @property
    def entry_path(self) -> str: ...

    def handle(self, request: Request) -> Answer: ...


class Visitor:
    """A client with an LFDI; it judges nothing by itself."""

    def __init__(self, core: Core, lfdi: str = LFDI) -> None:
        self.core = core
        self.lfdi = lfdi

    def send(
        self, method: str, target: str, body: str | bytes = b"", lfdi: str | None = None, **headers: str
    ) -> Answer:
        given = {"Host": "server:8443", "Accept": SEP_XML, **headers}
        if body:
            given.setdefault("Content-Type", SEP_XML)
        fields = tuple((name.replace("_", "-"), value) for name, value in given.items())
        content = body.encode() if isinstance(body, str) else body
        shown = self.lfdi if lfdi is None else lfdi
        peer = Peer(shown, sfdi_of_lfdi(shown)) if shown else Peer()
        return self.core.handle(Request(method, target.removeprefix(ORIGIN), fields, content, peer))

    def get(self, target: str) -> Node:
        answer = self.send("GET", target)
        assert answer.status == 200, (target, answer.status)
        return read(answer.body)

    def follow(self, *links: str) -> Node:
        """GET DeviceCapability and follow links; ``own``, ``best`` or a number picks an entry of a list."""
        node = self.get(self.core.entry_path)
        for link in links:
            if link == "own":
                node = next((one for one in node.children() if one.text("lFDI") == self.lfdi), node.children()[0])
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

    def answers(self) -> dict[str, Answer]:
        """GET everything that links lead to, once each."""
        found: dict[str, Answer] = {}
        waiting = [self.core.entry_path]
        while waiting:
            path = waiting.pop().removeprefix(ORIGIN)
            if path not in found:
                found[path] = self.send("GET", f"{path}?l=255")
                waiting += _addresses(found[path])
        return found


class UtilityVisitor(Visitor):
    """A client of the utility; every document it gets is checked against the schema."""

    def __init__(self, utility: Utility, lfdi: str = LFDI) -> None:
        super().__init__(utility, lfdi)
        self.utility = utility

    def get(self, target: str) -> Node:
        return _sound(target, self.send("GET", target))

    def own(self) -> Node:
        return next(node for node in self.follow("EndDeviceListLink").children() if node.text("lFDI") == self.lfdi)

    def walk(self) -> dict[str, Node]:
        """Read everything that links lead to."""
        return {path: _sound(path, answer) for path, answer in self.answers().items()}


class ServerVisitor(Visitor):
    """The registered client of a reference server with some flaws, which reads everything once."""

    def __init__(self, *flaws: str, **options: object) -> None:
        self.clock = HandClock()
        self.server = ReferenceServer(self.clock, flaws, lfdis=[LFDI], **options)  # type: ignore[arg-type]
        self._walked: dict[str, Answer] = {}
        super().__init__(self.server)

    def programs(self) -> Node:
        path = ("EndDeviceListLink", "own", "FunctionSetAssignmentsListLink", "0", "DERProgramListLink")
        return self.follow(*path)

    def walk(self) -> dict[str, Answer]:
        """Return what everything that links lead to was answered with at the first walk."""
        self._walked = self._walked or self.answers()
        return self._walked


def _sound(target: str, answer: Answer) -> Node:
    assert answer.status == 200, (target, answer.status)
    assert header(answer.headers, "Content-Type") == SEP_XML
    schema().assertValid(etree.fromstring(answer.body))
    return read(answer.body)


def _addresses(answer: Answer) -> Iterator[str]:
    nodes = etree.fromstring(answer.body).iter("*") if answer.status == 200 else ()
    return (str(address) for node in nodes for name in ("href", "replyTo") if (address := node.get(name)))


def sep(body: str) -> str:
    """Put the namespace into the root element of a document."""
    name = body[1:].replace(">", " ").replace("/", " ").split()[0]
    return body.replace(f"<{name}", f'<{name} xmlns="urn:ieee:std:2030.5:ns"', 1)
