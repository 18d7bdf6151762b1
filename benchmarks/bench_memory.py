"""Memory over a long run: the process's size while exchanges go through, are recorded, and are read again.

    python benchmarks/bench_memory.py [--count 100000] [--new-connections]

A client and a test server of the harness talk over pipes, mutual TLS included, and both record every exchange in one
run's log. What counts is the growth from the first tenth, when everything is warm, to the end. With
``--new-connections`` each request has a connection of its own, as some clients do.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from conformance.vocabulary.clock import RealClock
from conformance.wire.certificates import Pki
from conformance.wire.exchange_log import CaseLog, RunLog
from conformance.wire.http_client import HttpClient
from conformance.wire.http_server import Listener
from conformance.wire.messages import SEP_XML, Answer, Request
from conformance.wire.pipes import PipeNetwork
from conformance.wire.tls_context import client_context, server_context

BODY = (
    b'<DERProgramList xmlns="urn:ieee:std:2030.5:ns" all="0" results="0">'
    + b"<!-- 2 KB -->" * 150
    + b"</DERProgramList>"
)
DEADLINE = timedelta(seconds=60)
AIM_MIB = 20


@dataclass(frozen=True)
class Sample:
    """The size of the process after so many exchanges."""

    done: int
    mib: float


def resident_mib() -> float:
    """Return the resident size of this process."""
    status = Path("/proc/self/status")
    if not status.exists():
        raise SystemExit("this benchmark reads /proc, which this system does not have")
    line = next(line for line in status.read_text().splitlines() if line.startswith("VmRSS:"))
    return int(line.split()[1]) / 1024


async def answer(request: Request) -> Answer:
    return Answer(200, (("Content-Type", SEP_XML),), BODY, "DERProgramList")


async def drive(folder: Path, count: int, new_connections: bool) -> list[Sample]:
    """Send the requests one after the other; return a sample for each tenth, and one after reading all again."""
    clock = RealClock()
    network, run = PipeNetwork(clock), RunLog(folder / "exchanges.jsonl")
    served, asked = run.for_case("SERVER"), run.for_case("CLIENT")
    context = server_context(folder / "server.pem", folder / "server.key", folder / "serca.pem")
    listener = await Listener.start(network, clock, context, answer, served)
    context = client_context(folder / "client.pem", folder / "client.key", folder / "serca.pem")
    samples = [sampled(0)]
    async with HttpClient(network, clock, context, listener.host, listener.port, asked) as client:
        for done in range(1, count + 1):
            exchange = await client.exchange("GET", "/derp?s=0&l=10", deadline=DEADLINE)
            if exchange.status != 200:
                raise SystemExit(f"exchange {done} failed: {exchange.error}")
            if new_connections:
                await client.fresh()
            if done % max(1, count // 10) == 0:
                samples.append(sampled(done))
    await listener.close()
    read_again = sum(1 for log in (served, asked) for _ in bodies(log))
    samples.append(sampled(read_again))
    print(f"log on disk: {run.path.stat().st_size / 2**20:.0f} MiB, {read_again} exchanges read again")
    run.close()
    return samples


def bodies(log: CaseLog) -> Iterator[bytes]:
    """Read every exchange once, as a check over a whole test case does."""
    return (exchange.response_body for exchange in log)


def sampled(done: int) -> Sample:
    """Take a sample and print it."""
    gc.collect()
    sample = Sample(done, resident_mib())
    print(f"{sample.done:>8} exchanges  {sample.mib:7.1f} MiB", flush=True)
    return sample


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--new-connections", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder, pki = Path(name), Pki.create()
        pki.server(["127.0.0.1"]).write(folder, "server")
        pki.device("client").write(folder, "client")
        began = time.perf_counter()
        samples = asyncio.run(drive(folder, given.count, given.new_connections))
    took = time.perf_counter() - began
    before, after = samples[1].mib, samples[-1].mib
    grown = after - before
    print(f"{given.count} exchanges in {took:.0f} s, recorded on both sides")
    print(f"from the first tenth to the end: {before:.1f} -> {after:.1f} MiB, ratio {after / before:.2f}")
    print(f"growth {grown:.1f} MiB (aim at most {AIM_MIB}: {'met' if grown <= AIM_MIB else 'missed'})")


if __name__ == "__main__":
    main()
