"""Throughput of the test server over mutual TLS, recording and validating, against a bare TLS and h11 loop.

    python benchmarks/bench_server.py [--rounds 3] [--seconds 3] [--connections 1 16 64]

Both servers run in processes of their own, take the same requests (a PUT of a DERStatus) and give the same answer
(2 KB of XML). The bare one only parses and answers. Ours records every exchange on disk and validates every request
body against the schema. Rounds are interleaved, so that other work on the machine hurts both alike; what counts is
the ratio of one run: the median over its rounds. Processor time per request is printed where the system tells it.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import os
import ssl
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import h11

from conformance.vocabulary.clock import RealClock
from conformance.wire.certificates import Pki
from conformance.wire.exchange_log import RunLog
from conformance.wire.http_server import Listener
from conformance.wire.messages import SEP_XML, Answer, Request
from conformance.wire.schema.model import Edition
from conformance.wire.schema.validator import Validator
from conformance.wire.sockets import SocketNetwork
from conformance.wire.tls_context import client_context, server_context

KINDS = ("bare", "recording and validating")
AIM = 0.6
ENTRY = b"<DERProgram><mRID>0123456789ABCDEF0123456789ABCDEF</mRID><description>A program</description></DERProgram>"
BODY = b'<DERProgramList xmlns="urn:ieee:std:2030.5:ns" all="18" results="18">' + ENTRY * 18 + b"</DERProgramList>"
STATUS = (
    b'<DERStatus xmlns="urn:ieee:std:2030.5:ns"><genConnectStatus><dateTime>1900000000</dateTime><value>07</value>'
    b"</genConnectStatus><inverterStatus><dateTime>1900000000</dateTime><value>3</value></inverterStatus>"
    b"<readingTime>1900000000</readingTime></DERStatus>"
)
REQUEST = (
    b"PUT /edev/3/der/1/ders HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: application/sep+xml\r\n"
    b"Content-Type: application/sep+xml\r\nUser-Agent: bench\r\nContent-Length: %d\r\n\r\n%b" % (len(STATUS), STATUS)
)
HEADERS = (("Content-Type", SEP_XML),)


async def serve_bare(folder: Path) -> int:
    """Parse with h11 and answer; nothing else."""
    context = _server_context(folder)

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = h11.Connection(h11.SERVER)
        headers = [("Date", "Wed, 01 May 2030 12:00:00 GMT"), *HEADERS, ("Content-Length", str(len(BODY)))]
        while True:
            event = connection.next_event()
            if event is h11.NEED_DATA:
                connection.receive_data(await reader.read(65536))
            elif isinstance(event, h11.EndOfMessage):
                parts = (h11.Response(status_code=200, headers=headers, reason=b"OK"), h11.Data(data=BODY))
                writer.write(b"".join(connection.send(part) or b"" for part in (*parts, h11.EndOfMessage())))
                await writer.drain()
                connection.start_next_cycle()
            elif isinstance(event, h11.ConnectionClosed):
                return writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0, ssl=context)
    await server.start_serving()
    return int(server.sockets[0].getsockname()[1])


async def serve_recording(folder: Path) -> int:
    """Answer as the test server does."""
    clock, validator = RealClock(), Validator(Edition.IEEE_2018)
    if not validator.quick(STATUS):
        raise SystemExit(f"the benchmark's own request is not valid: {validator.validate(STATUS)}")

    async def handle(request: Request) -> Answer:
        status = 200 if validator.validate(request.body).valid else 400
        return Answer(status, HEADERS, BODY, "DERStatus")

    log = RunLog(folder / f"exchanges-{os.getpid()}.jsonl")
    listener = await Listener.start(SocketNetwork(clock), clock, _server_context(folder), handle, log.for_case("BENCH"))
    return listener.port


def _server_context(folder: Path) -> ssl.SSLContext:
    return server_context(folder / "server.pem", folder / "server.key", folder / "serca.pem")


async def serve(kind: str, folder: Path) -> None:
    """Print the port, then serve until killed."""
    port = await (serve_bare if kind == KINDS[0] else serve_recording)(folder)
    gc.freeze()  # what was made at the start stays: do not look through it again and again
    print(port, flush=True)
    await asyncio.Event().wait()


async def load(port: int, connections: int, seconds: float, context: ssl.SSLContext) -> float:
    """Send requests one after the other on each connection; return requests a second."""
    streams = [await asyncio.open_connection("127.0.0.1", port, ssl=context) for _ in range(connections)]
    counts = [0] * connections
    until = time.perf_counter() + seconds

    async def ask(index: int) -> None:
        reader, writer = streams[index]
        while time.perf_counter() < until:
            writer.write(REQUEST)
            head = await reader.readuntil(b"\r\n\r\n")
            if not head.startswith(b"HTTP/1.1 200"):
                raise SystemExit(f"unexpected answer: {head!r}")
            await reader.readexactly(len(BODY))
            counts[index] += 1

    began = time.perf_counter()
    await asyncio.gather(*(ask(index) for index in range(connections)))
    took = time.perf_counter() - began
    for _, writer in streams:
        writer.close()
    return sum(counts) / took


@dataclass
class Seen:
    """What the rounds gave for one server and one number of connections."""

    rate: list[float] = field(default_factory=list)
    cpu_us: list[float] = field(default_factory=list)


def cpu_seconds(pid: int) -> float | None:
    """Return the processor time of a process so far, where the system tells it."""
    stat = Path(f"/proc/{pid}/stat")
    if not stat.exists():
        return None
    fields = stat.read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def measure(
    servers: dict[str, tuple[int, int]], connections: int, seconds: float, folder: Path, seen: dict[str, Seen]
) -> None:
    """Load each server once."""
    context = client_context(folder / "client.pem", folder / "client.key", folder / "serca.pem")
    turn = len(seen[KINDS[0]].rate) % 2  # take turns in going first
    for kind, (pid, port) in sorted(servers.items(), reverse=bool(turn)):
        before = cpu_seconds(pid)
        rate = asyncio.run(load(port, connections, seconds, context))
        after = cpu_seconds(pid)
        seen[kind].rate.append(rate)
        if before is not None and after is not None:
            seen[kind].cpu_us.append((after - before) / (rate * seconds) * 1e6)


def report(connections: int, seen: dict[str, Seen]) -> float:
    """Print what one number of connections gave; return the ratio."""
    bare, ours = (seen[kind] for kind in KINDS)
    ratio = statistics.median(one / other for one, other in zip(ours.rate, bare.rate, strict=True))
    for kind in KINDS:
        rates, cpu = seen[kind].rate, seen[kind].cpu_us
        told = f", {statistics.median(cpu):.0f} us of processor time each" if cpu else ""
        spread = f"{min(rates):.0f} to {max(rates):.0f}"
        print(f"  {kind:<26}{statistics.median(rates):>8.0f} requests/s ({spread}){told}")
    verdict = "met" if ratio >= AIM else "missed"
    print(f"  ratio at {connections} connections: {ratio:.2f} (aim at least {AIM}: {verdict})\n")
    return ratio


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--connections", type=int, nargs="+", default=[1, 16, 64])
    parser.add_argument("--serve", nargs=2, metavar=("KIND", "FOLDER"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.serve:
        return asyncio.run(serve(given.serve[0], Path(given.serve[1])))
    with tempfile.TemporaryDirectory() as name:
        bench(Path(name), given.rounds, given.seconds, given.connections)
    return None


def bench(folder: Path, rounds: int, seconds: float, all_connections: list[int]) -> None:
    """Run both servers and print the ratios."""
    pki = Pki.create()
    pki.server(["127.0.0.1"]).write(folder, "server")
    pki.device("client").write(folder, "client")
    command = [sys.executable, str(Path(__file__).resolve()), "--serve"]
    processes = {
        kind: subprocess.Popen([*command, kind, str(folder)], stdout=subprocess.PIPE, text=True) for kind in KINDS
    }
    try:
        servers = {kind: (process.pid, _port(process)) for kind, process in processes.items()}
        print(
            f"PUT of {len(STATUS)} bytes, answer of {len(BODY)} bytes, {rounds} rounds of {seconds:g} s, interleaved\n"
        )
        for connections in all_connections:
            seen = {kind: Seen() for kind in KINDS}
            for _ in range(rounds):
                measure(servers, connections, seconds, folder, seen)
            report(connections, seen)
    finally:
        for process in processes.values():
            process.kill()
            process.communicate()


def _port(process: subprocess.Popen[str]) -> int:
    line = process.stdout.readline() if process.stdout else ""
    if not line.strip().isdigit():
        raise SystemExit("a server did not start")
    return int(line)


if __name__ == "__main__":
    main()
