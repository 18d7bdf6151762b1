"""Services by DNS-SD: offered and found in memory, over the loopback, and over IPv6 where a namespace can be made."""

from __future__ import annotations

import asyncio
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from conformance.roles.service_offers import Offer, Responder
from conformance.roles.service_search import Browser, Search
from conformance.vocabulary.clock import Clock, RealClock, VirtualClock, VirtualTimeLoop
from conformance.wire.dns_messages import Kind, Question, query, read_message
from conformance.wire.multicast import GROUPS, Datagram, Multicast, PipeMulticast
from conformance.wire.multicast_sockets import SocketMulticast

TEXTS = (("txtvers", "1"), ("dcap", "/dcap"), ("https", "8443"), ("level", "-S1"))
OFFERS = (
    Offer("csip", "host", ("127.0.0.1",), 80, TEXTS),
    Offer("csip-derp", "host", ("127.0.0.1",), 80, (*TEXTS, ("path", "/derp")), "derp"),
)
QUICKLY = timedelta(seconds=0.5)


def in_memory(body: Callable[[Clock, Multicast], object]) -> None:
    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        clock = VirtualClock(datetime(2026, 1, 1, tzinfo=UTC), runner.get_loop())
        runner.run(body(clock, PipeMulticast(clock)))  # type: ignore[arg-type]


def on_the_loopback(body: Callable[[Clock, Multicast], object]) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    clock = RealClock()
    asyncio.run(body(clock, SocketMulticast(clock, "127.0.0.1", port)))  # type: ignore[arg-type]


everywhere = pytest.mark.parametrize("run", [in_memory, on_the_loopback])


@everywhere
def test_services_and_subtypes_are_found_in_both_domains(run: Callable[..., None]) -> None:
    async def body(clock: Clock, groups: Multicast) -> None:
        responder, browser = Responder(groups, OFFERS), Browser(groups, clock, QUICKLY)
        plain, derp, unknown = [await browser.search(name) for name in ("", "derp", "nosuch")]
        responder.close()
        browser.close()
        assert {found.instance.rpartition(".")[2] for found in plain.found} == {"local", "site"}
        assert len(plain.found) == 4
        assert {found.place for found in plain.found} == {("127.0.0.1", 8443, "/dcap")}
        assert [(found.texts or {})["path"] for found in derp.found] == ["/derp", "/derp"]
        assert unknown == Search(unknown.asked)
        assert [it.subtype for it in responder.asked] == ["", "", "derp", "derp", "nosuch", "nosuch"]
        assert all(it.in_group for it in responder.asked)

    run(body)


@everywhere
def test_with_the_qu_bit_the_answer_comes_to_one_alone(run: Callable[..., None]) -> None:
    async def body(clock: Clock, groups: Multicast) -> None:
        responder, browser = Responder(groups, OFFERS), Browser(groups, clock, QUICKLY)
        alone, together = await browser.search(unicast=True), await browser.search()
        responder.close()
        browser.close()
        assert alone.found == together.found
        assert (alone.alone, together.alone) == (True, False)

    run(body)


def test_one_who_is_in_no_group_is_answered_alone_with_its_question_and_number() -> None:
    """Asking from another port than that of multicast DNS, without the QU bit, is legal (RFC 6762 5.1, 6.7)."""

    async def body(clock: Clock, groups: Multicast) -> None:
        responder = Responder(groups, OFFERS)
        port = groups._port  # type: ignore[attr-defined]
        question = Question("_derp._sub._smartenergy._tcp.site", Kind.PTR)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as alone:
            alone.bind(("127.0.0.1", 0))
            alone.setblocking(False)
            alone.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton("127.0.0.1"))
            alone.sendto(b"\x12\x34" + query([question])[2:], (GROUPS[1].ipv4, port))
            data = await asyncio.wait_for(asyncio.get_running_loop().sock_recv(alone, 9000), 10)
        responder.close()
        message = read_message(data)
        assert message is not None
        assert (message.number, message.questions) == (0x1234, (question,))
        assert {it.kind for it in message.records} == {Kind.PTR, Kind.SRV, Kind.TXT, Kind.A}

    on_the_loopback(body)


def test_what_did_not_come_along_is_asked_for() -> None:
    """Responders need not add SRV, TXT and addresses to a PTR (RFC 6763, 12)."""

    async def body(clock: Clock, groups: Multicast) -> None:
        responder = Responder(groups, OFFERS)
        responder._additional = lambda domain, answers: []  # type: ignore[method-assign]
        browser = Browser(groups, clock, QUICKLY)
        found = (await browser.search("derp")).found
        assert {it.place for it in found} == {("127.0.0.1", 8443, "/dcap")}

    in_memory(body)


def test_other_questions_and_noise_are_left_alone() -> None:
    async def body(clock: Clock, groups: Multicast) -> None:
        heard: list[Datagram] = []
        responder, port = Responder(groups, OFFERS), groups.join(heard.append)
        port.send(b"noise", GROUPS[0])
        port.send(query([Question("_http._tcp.local", Kind.PTR)]), GROUPS[0])
        port.send(query([Question("_smartenergy._tcp.example", Kind.PTR)]), GROUPS[0])
        await clock.wait(QUICKLY)
        assert heard == []
        assert [it.subtype for it in responder.asked] == [None, None]

    in_memory(body)


IN_A_NAMESPACE = """
ip link add v0 type veth peer name v1 && ip link set v0 up && ip link set v1 up && sleep 2.5
exec {python} -c '
import asyncio, sys
sys.path.insert(0, "{here}")
from test_service_discovery import over_ipv6
asyncio.run(over_ipv6())
'
"""


async def over_ipv6() -> None:
    """Run within the namespace: the two ends of a pair of interfaces that have IPv6 only."""
    clock = RealClock()
    responder = Responder(SocketMulticast(clock, "v0"), OFFERS)
    browser = Browser(SocketMulticast(clock, "v1"), clock, QUICKLY)
    found, alone = (await browser.search()).found, await browser.search("derp", unicast=True)
    assert browser.reaches.startswith("IPv6 on v1; IPv4 is not tried")
    assert {it.instance.rpartition(".")[2] for it in found} == {"local", "site"}
    assert alone.alone
    responder.close()
    browser.close()


def test_over_ipv6_and_in_site_where_a_network_namespace_can_be_made() -> None:
    unshare = [shutil.which("unshare") or "", "-rn"]
    if not unshare[0] or not shutil.which("ip"):
        pytest.skip("no network namespace: the commands unshare and ip are not there")
    made = subprocess.run([*unshare, "true"], capture_output=True, text=True, check=False)
    if made.returncode:
        pytest.skip(f"no network namespace: {made.stderr.strip()}")
    script = IN_A_NAMESPACE.format(python=sys.executable, here=Path(__file__).parent)
    root = Path(__file__).parents[2]
    ran = subprocess.run([*unshare, "sh", "-c", script], capture_output=True, text=True, check=False, cwd=root)
    assert ran.returncode == 0, ran.stderr
