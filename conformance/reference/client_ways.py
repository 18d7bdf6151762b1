"""How the reference client finds its server: by address, by DNS-SD, or by an address in the clear that redirects."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from urllib.parse import urlsplit

from conformance.judgement.services import Found
from conformance.reference.silent_recorder import SilentRecorder
from conformance.roles.service_search import Browser
from conformance.running.client_arrangement import ClientPlace
from conformance.vocabulary.clock import Clock
from conformance.vocabulary.contact import Contact
from conformance.wire.clear_text import ask_in_the_clear
from conformance.wire.messages import header
from conformance.wire.multicast import Multicast
from conformance.wire.network import Network

Place = tuple[str, int, str]
"""Host, port and the path of DeviceCapability."""

PATIENCE = timedelta(seconds=1)
PAUSE = timedelta(seconds=30)
DEADLINE = timedelta(seconds=30)
QUESTIONS = (("derp", False), ("derp", True), ("tm", False), ("", False))
"""Subtype and QU bit of the questions that COMM-001 has a client ask, in its order."""
USUAL_ENTRY, ELSEWHERE = "/dcap", "/edev"
MOVED = frozenset({301, 302, 307, 308})


async def find_server(
    network: Network, clock: Clock, place: ClientPlace, host: str, port: int, flaws: Collection[str]
) -> Place:
    """Return where the server is, waiting until it is found."""
    if place.contact is Contact.DISCOVERY and place.groups is not None and "never_discovers" not in flaws:
        return await _discovered(place.groups, clock, flaws)
    if place.contact is Contact.CLEAR_TEXT and place.clear_text is not None:
        return await _redirected(network, clock, place, flaws)
    return host, port, place.entry


async def _discovered(groups: Multicast, clock: Clock, flaws: Collection[str]) -> Place:
    browser = Browser(groups, clock, PATIENCE)
    try:
        while True:
            for subtype, unicast in QUESTIONS:
                found = (await browser.search(subtype, unicast=unicast)).found
            for service in found:
                if (there := _place(service, flaws)) is not None:
                    return there
            await clock.wait(PAUSE)
    finally:
        browser.close()


def _place(service: Found, flaws: Collection[str]) -> Place | None:
    port = service.port if "ignores_https_key" in flaws else service.https_port
    entry = USUAL_ENTRY if "ignores_offered_entry" in flaws else service.entry
    if port is None or entry is None or not service.addresses:
        return None
    return service.addresses[0], port, entry


async def _redirected(network: Network, clock: Clock, place: ClientPlace, flaws: Collection[str]) -> Place:
    assert place.clear_text is not None
    host, port = place.clear_text
    while True:
        answer = await ask_in_the_clear(network, clock, SilentRecorder(), host, port, place.entry, deadline=DEADLINE)
        if "stays_in_the_clear" in flaws:
            await ask_in_the_clear(network, clock, SilentRecorder(), host, port, ELSEWHERE, deadline=DEADLINE)
        location = urlsplit(header(answer.response_headers, "Location") or "")
        followed = answer.status in MOVED and "ignores_redirects" not in flaws
        if followed and location.scheme == "https" and location.hostname:
            return location.hostname, location.port or 443, location.path
        await clock.wait(PAUSE)
