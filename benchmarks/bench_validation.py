"""What validating costs over a bare lxml parse and ``XMLSchema.validate``, as ratios measured in one run.

Run ``python benchmarks/bench_validation.py [FOLDER]``; FOLDER holds the official schemas, to be used for the bare side.
Without it the bare side uses our own schema files. Exit code 1 if a ratio is above its target.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from lxml import etree

from conformance.wire.schema import Edition, Validator
from conformance.wire.schema.schema_source import compile_source

TARGET_RATIO = 1.15
TARGET_START_S = 0.2
NS = 'xmlns="urn:ieee:std:2030.5:ns"'
EDITION = Edition.IEEE_2018

TIME = f"""<?xml version="1.0" encoding="UTF-8"?>
<Time {NS} href="/tm" pollRate="900"><currentTime>1700000000</currentTime><dstEndTime>1699000000</dstEndTime>
<dstOffset>3600</dstOffset><dstStartTime>1690000000</dstStartTime><localTime>1700000000</localTime>
<quality>7</quality><tzOffset>0</tzOffset></Time>"""
CONTROL = """<DERControl href="/derp/1/derc/{n}" replyTo="/rsp" responseRequired="03"><mRID>{n:032X}</mRID>
<description>control {n}</description><version>1</version><creationTime>1700000000</creationTime>
<EventStatus><currentStatus>0</currentStatus><dateTime>1700000000</dateTime>
<potentiallySuperseded>false</potentiallySuperseded></EventStatus>
<interval><duration>300</duration><start>{n}</start></interval><randomizeDuration>0</randomizeDuration>
<DERControlBase><opModEnergize>true</opModEnergize><opModFixedW>5000</opModFixedW><opModMaxLimW>9000</opModMaxLimW>
</DERControlBase></DERControl>"""
DEVICE = """<EndDevice href="/edev/{n}" subscribable="0"><ConfigurationLink href="/edev/{n}/cfg"/>
<DERListLink all="1" href="/edev/{n}/der"/><deviceCategory>00</deviceCategory>
<DeviceInformationLink href="/edev/{n}/di"/><lFDI>{n:040X}</lFDI><LogEventListLink all="0" href="/edev/{n}/lel"/>
<sFDI>{n}</sFDI><changedTime>1700000000</changedTime><enabled>true</enabled>
<FunctionSetAssignmentsListLink all="1" href="/edev/{n}/fsa"/><RegistrationLink href="/edev/{n}/rg"/></EndDevice>"""


def listing(name: str, entry: str, count: int) -> bytes:
    """Make a list with so many entries."""
    entries = "".join(entry.format(n=number) for number in range(1, count + 1))
    return f'<{name} {NS} href="/l" all="{count}" results="{count}">{entries}</{name}>'.encode()


DOCUMENTS = {
    "Time": (TIME.encode(), 3000),
    "DERControlList of 20": (listing("DERControlList", CONTROL, 20), 300),
    "EndDeviceList of 1,000": (listing("EndDeviceList", DEVICE, 1000), 10),
    "EndDeviceList of 10,000": (listing("EndDeviceList", DEVICE, 10_000), 1),
}
"""Each document with how often it is validated within one measurement."""


def ratio(bare: Callable[[], object], ours: Callable[[], object], times: int, rounds: int = 15) -> tuple[float, float]:
    """Measure both in turn, so that the machine's moods hit both; return the least CPU seconds of each."""
    best = [float("inf"), float("inf")]
    for _ in range(rounds):
        for which, work in enumerate((bare, ours)):
            start = time.process_time()
            for _ in range(times):
                work()
            best[which] = min(best[which], (time.process_time() - start) / times)
    return best[0], best[1]


def bench_valid(schema: etree.XMLSchema) -> bool:
    validator = Validator(EDITION)
    good = True
    for name, (body, times) in DOCUMENTS.items():
        if not validator.validate(body).valid:
            raise SystemExit(f"{name} ought to be valid: {validator.validate(body).problems[0]}")
        bare, ours = ratio(
            lambda body=body: schema.validate(etree.fromstring(body)), lambda body=body: validator.validate(body), times
        )
        good &= ours / bare <= TARGET_RATIO
        print(
            f"{name:24} {len(body):>9,} bytes  bare {bare * 1e3:8.3f} ms  ours {ours * 1e3:8.3f} ms  x{ours / bare:.2f}"
        )
    return good


def bench_start() -> bool:
    """Start-up in a fresh interpreter: import, compile, first document; the interpreter's own start is taken off."""
    code = (
        "from conformance.wire.schema import Edition, Validator;"
        f"assert Validator(Edition.IEEE_2018).validate({TIME.encode()!r}).valid"
    )
    full, empty = min(_run(code) for _ in range(7)), min(_run("pass") for _ in range(7))
    print(f"start-up {full - empty:.3f} s")
    return full - empty <= TARGET_START_S


def _run(code: str) -> float:
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True)
    return time.perf_counter() - start


def bench_invalid() -> None:
    """State what explaining costs: a fault in the last entry makes the explainer walk the whole document."""
    validator = Validator(EDITION)
    validator.validate(b"<x/>")
    for name, (body, _) in DOCUMENTS.items():
        closing = body.rindex(b"</")
        broken = body[:closing] + b"<oops/>" + body[closing:]
        start = time.process_time()
        problems = validator.validate(broken).problems
        print(f"{name:24} explained in {(time.process_time() - start) * 1e3:8.1f} ms, {len(problems)} problems")


def bench_stall() -> None:
    """State how long the event loop waits while a body is validated off the loop."""
    for name, (body, _) in DOCUMENTS.items():
        print(f"{name:24} stalls the loop for {asyncio.run(_stall(body)) * 1e3:6.1f} ms at most")


async def _stall(body: bytes) -> float:
    validator = Validator(EDITION)
    task = asyncio.create_task(validator.validate_off_loop(body))
    worst, last = 0.0, time.perf_counter()
    while not task.done():
        await asyncio.sleep(0)
        now = time.perf_counter()
        worst, last = max(worst, now - last), now
    return worst


def main() -> int:
    official = Path(sys.argv[1]) if len(sys.argv) > 1 else None
    print(f"bare side: {'official schemas' if official else 'our schemas'}; target x{TARGET_RATIO}, {TARGET_START_S} s")
    good = bench_valid(compile_source(EDITION, official))
    good &= bench_start()
    bench_invalid()
    bench_stall()
    return 0 if good else 1


if __name__ == "__main__":
    raise SystemExit(main())
