"""How requests travel: TLS and the look at a certificate chain, HTTP, redirects, Retry-After, lists page by page."""

from __future__ import annotations

import http.client
import itertools
import socket
import ssl
import threading
import urllib.parse
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

from documents import tag

MEDIA_TYPE = "application/sep+xml"
PAGE = 7
REQUESTS_A_CONNECTION = 25
PATIENCE_S = 20


class Refused(Exception):
    """An answer that is no success: ``status``, and after how many seconds to ask again, if the server says so."""

    def __init__(self, status: int, after_s: float | None = None) -> None:
        super().__init__(f"answered {status}")
        self.status, self.after_s = status, after_s


UNWANTED = {bytes.fromhex(it): it for it in ("551d1e", "551d21")}
"""nameConstraints and policyMappings: no certificate of a chain may have them."""
KNOWN_WHEN_CRITICAL = {bytes.fromhex(it) for it in ("551d0f", "551d11", "551d13", "551d20", "551d23")}


def values(der: bytes) -> Iterator[tuple[int, bytes]]:
    """Take DER apart, one level: tag and content."""
    at = 0
    while at < len(der):
        kind, size, at = der[at], der[at + 1], at + 2
        if size & 0x80:
            count = size & 0x7F
            size, at = int.from_bytes(der[at : at + count]), at + count
        yield kind, der[at : at + size]
        at += size


def extensions(certificate: bytes) -> Iterator[tuple[bytes, bool]]:
    """Yield identifier and criticality of each extension of a certificate."""
    body = next(values(next(values(certificate))[1]))[1]
    for kind, content in values(body):
        if kind == 0xA3:
            for _, one in values(next(values(content))[1]):
                (_, identifier), *rest = values(one)
                yield identifier, any(it == (1, b"\xff") for it in rest)


def check_chain(chain: Iterable[bytes]) -> None:
    """Refuse a chain with an extension that is not wanted, or that is critical and not known."""
    for identifier, critical in itertools.chain.from_iterable(map(extensions, chain)):
        if identifier in UNWANTED or (critical and identifier not in KNOWN_WHEN_CRITICAL):
            raise ssl.SSLError(f"the certificate extension {identifier.hex()} is not accepted")


class Secured(http.client.HTTPSConnection):
    """A connection that looks at the whole chain before a byte of HTTP is sent, and takes up the last session."""

    def __init__(self, place: str, context: ssl.SSLContext, sessions: dict[str, ssl.SSLSession]) -> None:
        super().__init__(place, timeout=PATIENCE_S, context=context)
        self._place, self._tls, self._sessions = place, context, sessions

    def connect(self) -> None:
        """Shake hands."""
        plain = socket.create_connection((self.host, self.port), PATIENCE_S)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sock = secured = self._tls.wrap_socket(plain, session=self._sessions.get(self._place))
        if not secured.session_reused:
            chain = secured._sslobj.get_verified_chain()  # type: ignore[attr-defined]  # public from Python 3.13 on
            check_chain(it if isinstance(it, bytes) else ssl.PEM_cert_to_DER_cert(it.public_bytes()) for it in chain)

    def close(self) -> None:
        """Keep the session for the next connection."""
        if isinstance(self.sock, ssl.SSLSocket) and self.sock.session is not None:
            self._sessions[self._place] = self.sock.session
        super().close()


@dataclass
class Line:
    """A connection, and how many requests it has carried."""

    connection: http.client.HTTPConnection
    carried: int = 0


Came = tuple[http.client.HTTPResponse, bytes]


class Web(threading.local):
    """Requests, one at a time: each thread has connections of its own, and opens new ones now and then."""

    def __init__(self, context: ssl.SSLContext, sessions: dict[str, ssl.SSLSession]) -> None:
        self._context, self._sessions = context, sessions
        self._lines: dict[tuple[str, str], Line] = {}

    def get(self, address: str) -> tuple[ET.Element, str]:
        """Return a document and the address it came from in the end."""
        (_, body), address = self._ask("GET", address)
        return ET.fromstring(body), address

    def send(self, method: str, address: str, document: ET.Element) -> str | None:
        """Post or put a document; return the address of what it made."""
        (answer, _), address = self._ask(method, address, document)
        location = answer.getheader("Location")
        return urllib.parse.urljoin(address, location) if location else None

    def whole_list(self, address: str, entry: str) -> tuple[ET.Element, list[tuple[ET.Element, str]]]:
        """Read a list to its end, page by page; each entry comes with its own address."""
        entries: list[tuple[ET.Element, str]] = []
        while True:
            query = f"s={len(entries)}&l={PAGE}" if entries else f"l={PAGE}"
            page, base = self.get(f"{address}{'&' if '?' in address else '?'}{query}")
            here = [(it, urllib.parse.urljoin(base, it.get("href", ""))) for it in page.findall(tag(entry))]
            entries += here
            if not here or len(entries) >= int(page.get("all", "0")):
                return page, entries

    def _ask(self, method: str, address: str, document: ET.Element | None = None) -> tuple[Came, str]:
        """Send a request and follow where it leads; return what came, and the last address."""
        body = None if document is None else ET.tostring(document, encoding="utf-8", xml_declaration=True)
        headers = {"accept": f"{MEDIA_TYPE};level=-S1"}
        if body is not None:
            headers["content-type"] = f"{MEDIA_TYPE}; charset=UTF-8"
        for _ in range(5):
            answer, received = self._exchange(method, urllib.parse.urlsplit(address), body, headers)
            if answer.status in (301, 302, 307, 308) and (location := answer.getheader("location")):
                address = urllib.parse.urljoin(address, location)
            elif answer.status // 100 == 2:
                return (answer, received), address
            else:
                after = answer.getheader("retry-after", "")
                raise Refused(answer.status, float(after) if after.isdecimal() else None)
        raise Refused(310)

    def _exchange(self, method: str, at: urllib.parse.SplitResult, body: bytes | None, headers: dict[str, str]) -> Came:
        while True:
            line = self._line(at.scheme, at.netloc)
            line.carried += 1
            try:
                line.connection.request(method, at.path + (f"?{at.query}" if at.query else ""), body, headers)
                answer = line.connection.getresponse()
                return answer, answer.read()
            except (OSError, http.client.HTTPException):
                self._close(at.scheme, at.netloc)
                if line.carried == 1:  # on a used one it may be that the server closed it for idleness
                    raise

    def _line(self, scheme: str, place: str) -> Line:
        line = self._lines.get((scheme, place))
        if line is None or line.carried >= REQUESTS_A_CONNECTION:
            self._close(scheme, place)
            plain = http.client.HTTPConnection(place, timeout=PATIENCE_S)
            line = Line(Secured(place, self._context, self._sessions) if scheme == "https" else plain)
            self._lines[scheme, place] = line
        return line

    def _close(self, scheme: str, place: str) -> None:
        if line := self._lines.pop((scheme, place), None):
            line.connection.close()

    def close(self) -> None:
        """Close the connections of this thread."""
        for scheme, place in tuple(self._lines):
            self._close(scheme, place)


def mutual_tls(chain: Path, key: Path, roots: Path) -> ssl.SSLContext:
    """Return TLS 1.2 with the one suite of the standard; a device's certificate names no host."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers("ECDHE-ECDSA-AES128-CCM8:@SECLEVEL=0")
    context.load_cert_chain(chain, key)
    context.load_verify_locations(roots)
    return context
