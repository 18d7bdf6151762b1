"""A small IEEE 2030.5 server that shares no code with the harness, with a web hook through which a run arranges it.

It is an example of what the maker of a server writes for unattended runs, and a second opinion on the test cases::

    python server.py --chain server.pem --key server.key --roots serca.pem --port 20405 --hook-port 20406

Python's own library is all it needs. It is no product: it keeps everything in memory, and looks at certificates only as
far as OpenSSL does.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import socket
import ssl
import threading
import urllib.parse
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from xml.etree import ElementTree as ET

from things import NAMESPACE, tag
from utility import Answered, Query, Utility

MEDIA_TYPE = "application/sep+xml"
ACCEPTED = ("*/*", "application/*", MEDIA_TYPE)
LOCK = threading.Lock()
"""Requests and instructions are dealt with one by one."""


class Resources(BaseHTTPRequestHandler):
    """Serves the utility's resources."""

    protocol_version = "HTTP/1.1"

    def __init__(self, utility: Utility, *connection: object) -> None:
        self.utility = utility
        super().__init__(*connection)  # type: ignore[arg-type]

    def log_message(self, *words: object) -> None:
        """Say nothing."""

    def serve(self) -> None:
        """Answer one request."""
        length = int(self.headers.get("Content-Length") or 0)
        self.body = self.rfile.read(length)
        target = urllib.parse.urlsplit(self.path)
        certificate = self.connection.getpeercert(True)  # type: ignore[attr-defined]
        asked = Asked(
            self.command,
            target.path,
            urllib.parse.parse_qs(target.query),
            hashlib.sha256(certificate).hexdigest()[:40].upper(),
            self.headers.get("Content-Type") or "",
            self.body,
        )
        try:
            if "Host" not in self.headers or self.headers.defects:
                raise Answered(400)
            self.answer(200, self.document(asked))
        except Answered as other:
            self.answer(other.status, **other.headers)

    do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = serve  # noqa: N815

    def document(self, asked: Asked) -> ET.Element:
        """Return what is to be served. Raises ``Answered``."""
        if self.utility.moved and asked.path == "/dcap" and asked.method in ("GET", "HEAD"):
            raise Answered(301, Location="/sep/front")
        wanted = (self.headers.get("Accept") or "*/*").lower()
        if asked.method == "GET" and not any(kind in wanted for kind in ACCEPTED):
            raise Answered(406)
        with LOCK:
            return self.utility.answer(asked)

    def answer(self, status: int, document: ET.Element | None = None, **headers: str) -> None:
        """Send an answer; a document with the prefix that ElementTree gives it."""
        body = b"" if document is None else ET.tostring(document, encoding="utf-8", xml_declaration=True)
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if body:
            self.send_header("content-type", f"{MEDIA_TYPE}; charset=utf-8")
        if status != 204:
            self.send_header("content-length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


class Asked:
    """A request, as the utility sees it."""

    def __init__(self, method: str, path: str, query: Query, lfdi: str, media_type: str, body: bytes) -> None:
        self.method, self.path, self.query, self.lfdi = method, path, query, lfdi
        self._media_type, self._body = media_type, body

    def document(self, *roots: str) -> ET.Element:
        """Return the root element of the body, if it is one of those named. Raises ``Answered``."""
        if MEDIA_TYPE not in self._media_type.lower():
            raise Answered(415)
        try:
            root = ET.fromstring(self._body)
        except ET.ParseError:
            raise Answered(400) from None
        if root.tag not in map(tag, roots):
            raise Answered(400)
        return root


class Hook(BaseHTTPRequestHandler):
    """The web hook: an instruction of a run by POST, 200 when it is done, 409 with the reason when it cannot be."""

    def __init__(self, utility: Utility, *connection: object) -> None:
        self.utility = utility
        super().__init__(*connection)  # type: ignore[arg-type]

    def log_message(self, *words: object) -> None:
        """Say nothing."""

    def do_POST(self) -> None:
        """Carry out an instruction."""
        told = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        status, text = 200, "done"
        try:
            with LOCK:
                self.utility.arrange(told["instruction"], told["values"])
        except LookupError as error:
            status, text = 409, str(error)
        self.send_response(status)
        self.send_header("Content-Length", str(len(text.encode())))
        self.end_headers()
        self.wfile.write(text.encode())


class TlsServer(ThreadingHTTPServer):
    """Shakes hands in the thread of each connection."""

    daemon_threads = True
    request_queue_size = 128
    context: ssl.SSLContext

    def finish_request(self, request: socket.socket, address: object) -> None:  # type: ignore[override]
        """Serve one connection; a peer that is refused, or goes away, ends it."""
        try:
            with self.context.wrap_socket(request, server_side=True) as secured:
                self.RequestHandlerClass(secured, address, self)  # type: ignore[arg-type]
                secured.unwrap()
        except (ssl.SSLError, OSError):
            return


def mutual_tls(chain: Path, key: Path, roots: Path) -> ssl.SSLContext:
    """Return TLS 1.2 with the one suite of the standard, asking for a certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers("ECDHE-ECDSA-AES128-CCM8:@SECLEVEL=0")
    context.load_cert_chain(chain, key)
    context.load_verify_locations(roots)
    context.verify_mode = ssl.CERT_REQUIRED
    return context


def main() -> None:
    """Serve until stopped."""
    parser = argparse.ArgumentParser()
    for name in ("--chain", "--key", "--roots"):
        parser.add_argument(name, type=Path, required=True)
    for name in ("--port", "--hook-port"):
        parser.add_argument(name, type=int, required=True)
    given = parser.parse_args()
    ET.register_namespace("sep", NAMESPACE)
    utility = Utility()
    hook = ThreadingHTTPServer(("127.0.0.1", given.hook_port), partial(Hook, utility))
    threading.Thread(target=hook.serve_forever, daemon=True).start()
    server = TlsServer(("127.0.0.1", given.port), partial(Resources, utility))
    server.context = mutual_tls(given.chain, given.key, given.roots)
    server.serve_forever()


if __name__ == "__main__":
    main()
