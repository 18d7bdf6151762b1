"""Showing a subject sound and faulty chains of certificates, and judging whether it refuses the faulty ones.

A refusal proves something only when a sound chain of the same PKI was taken before: then it can have but one reason.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from conformance.catalogue.errata import Errata
from conformance.judgement.check import Check, require
from conformance.roles.arranger import Arranger
from conformance.roles.observed_client import ObservedClient
from conformance.roles.served_reading import Reading
from conformance.roles.test_client import TestClient
from conformance.roles.utility.scenario import registered_last
from conformance.roles.utility.utility import Utility
from conformance.vocabulary.clock import Clock
from conformance.vocabulary.limits import Limits

Step = Callable[[int], AbstractContextManager[None]]

TURNED_AWAY = (401, 403, 404)
"""What nothing is served with: CSIP P18 wants 404, errata 7 of the procedures takes 403."""


class Front(Protocol):
    """The front of the test server."""

    async def show(self, name: str) -> None:
        """Show another identity from now on."""


async def refuses(
    fault: str,
    rules: Sequence[str],
    utility: Utility,
    listener: Front,
    client: ObservedClient,
    step: Step,
    check: Check,
    limits: Limits,
    clock: Clock,
    errata: Errata | None = None,
) -> None:
    """Prove the client alive on a sound chain, then show it a faulty one and judge that it asks for nothing.

    Steps 1, 2 and 3: the sound chain, the faulty one, the watch. Each of ``rules`` is judged by it, and the first of
    them also by the TLS alert that editions without erratum 7 want.
    """
    registered_last(utility, client.lfdi, pin=client.pin)
    await listener.show("chain_of_four")
    with step(1):
        await client.start(within=limits.first_contact)
        alive = await client.seen("GET", ("DeviceCapability",), clock.now() + limits.first_contact.duration)
        require(alive, "the client asks for nothing even over a sound chain, so a refusal would prove nothing")
    with step(2):
        await client.stop()
        await listener.show(fault)
        before = client.connections()[-1].number
        await client.start(within=limits.first_contact)
        await client.first_handshake(within=limits.first_contact, after=before)
    with step(3):
        await clock.wait(limits.refusal_watch.duration)
        shown = [it for it in client.connections() if it.number > before]
        for rule in rules:
            check.distrusted(shown, client.exchanges(), requirement=rule, policy="faulty_chains")
        if errata is not None and 7 not in errata:
            check.alerted(shown, requirement=rules[0], policy=errata.policy)


async def greeted(client: TestClient, arrange: Arranger) -> Reading:
    """GET DeviceCapability as somebody the server may not know yet; if it turns him away, have him registered."""
    reading = await client.entry()
    if reading.exchange.status in TURNED_AWAY:
        await arrange.device(client.lfdi)
        reading = await client.entry()
    return reading


async def turned_down(
    fault: str,
    rules: Sequence[str],
    server: TestClient,
    arrange: Arranger,
    step: Step,
    check: Check,
    errata: Errata | None = None,
) -> None:
    """Show a server a sound chain, and once it has taken that a faulty one, and judge that it serves nothing.

    Steps 1 and 2: the sound chain, the faulty one. Each of ``rules`` is judged by it, and the first of them also by
    the TLS alert that editions without erratum 7 want.
    """
    sound, faulty = server.with_identity("chain-4"), server.with_identity(f"faulty-{fault}")
    with step(1):
        before = await sound.entry()
        dcap = await greeted(sound, arrange)
        require(dcap.exchange.status == 200, "the server does not take a sound chain of the test PKI")
        if before.exchange.status in TURNED_AWAY:
            await arrange.device(faulty.lfdi)
    with step(2):
        connection = await faulty.connect()
        answer = await faulty.entry()
        served = answer.exchange.status is not None and answer.exchange.status not in TURNED_AWAY
        for rule in rules:
            check.refused(connection, served, requirement=rule, policy="refusal_of_certificates")
        if errata is not None and 7 not in errata:
            check.alerted([connection], requirement=rules[0], policy=errata.policy)
    await sound.aclose()
    await faulty.aclose()
