"""The operator of the reference client: makes it raise and clear alarms, and arranges sun and loads at its site."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import replace

from conformance.reference.client import ReferenceClient
from conformance.reference.plant import Load, Pulses
from conformance.reference.simulator import Site
from conformance.reference.switch import Switch
from conformance.vocabulary.clock import Clock
from conformance.vocabulary.errors import UsageError, explain

OVER_VOLTAGE, SOFTWARE = 2, 1
GENERAL = 0
PULSE_LOAD = "pulse_load"


class ClientOperator:
    """Arranges one reference client. Call it with an instruction's name and values; it tells what it did."""

    def __init__(self, client: Callable[[], ReferenceClient | None], clock: Clock) -> None:
        self._client = client
        self._clock = clock
        self._plain_load: Load | None = None
        self._acts: Mapping[str, Callable[[ReferenceClient], Awaitable[None]]] = {
            "raise_software_error": lambda peer: peer.log_event(GENERAL, SOFTWARE),
            "run_generating": lambda peer: self._arrange(peer.site, sun=1.0, drawing=False),
            "run_consuming": lambda peer: self._arrange(peer.site, sun=0.0, drawing=True),
            "lose_frequency": lambda peer: self._blind(peer.site, "Hz"),
            "switch_first_der_off": lambda peer: self._switch(peer, peer.site.members[:1]),
            "switch_all_der_off": lambda peer: self._switch(peer, peer.site.members),
            "switch_all_der_on": lambda peer: self._switch(peer, ()),
            "disconnect_der": lambda peer: self._isolate(peer, isolated=True),
            "reconnect_der": lambda peer: self._isolate(peer, isolated=False),
            "stop_source": lambda peer: self._switch(peer, peer.site.members),
            "restore_source": lambda peer: self._switch(peer, ()),
            "raise_alarm": lambda peer: peer.raise_alarm(OVER_VOLTAGE),
            "clear_alarm": lambda peer: peer.clear_alarm(OVER_VOLTAGE),
        }

    async def _arrange(self, site: Site, *, sun: float, drawing: bool) -> None:
        """Let the sun shine with a share of the PV's rating, and have vehicle and battery charge, or not."""
        site.advance(self._clock.now())
        site.charging = drawing
        at_s = (site.at - site.start).total_seconds()
        for course, level in (
            (site.pv.sun if site.pv else None, sun),
            (site.evse.plugged if site.evse else None, float(drawing)),
        ):
            if isinstance(course, Switch):
                course.turn(level, at_s)
        site.rearranged()

    def _pulse(self, site: Site, power_w: float, on_s: float, off_s: float) -> None:
        """Let a load be switched on and off beside what the site draws at this instant."""
        site.advance(self._clock.now())
        self._plain_load = self._plain_load or site.load
        drawn_w = self._plain_load.power_w.value((site.at - site.start).total_seconds())
        pulses = Pulses(drawn_w + power_w, drawn_w, on_s, off_s)
        site.load = replace(self._plain_load, power_w=pulses) if power_w else self._plain_load
        site.rearranged()

    async def _switch(self, peer: ReferenceClient, off: Iterable[str]) -> None:
        """Switch some DER off and all others on; the client tells of it at its next status."""
        peer.site.advance(self._clock.now())
        peer.site.switch(frozenset(off))

    async def _isolate(self, peer: ReferenceClient, *, isolated: bool) -> None:
        """Open or close the switch between all DER and the grid."""
        peer.site.isolated = isolated
        await self._switch(peer, peer.site.members if isolated else ())

    async def _blind(self, site: Site, quantity: str) -> None:
        """Take a sensor away."""
        site.blind.add(quantity)

    def __call__(self, instruction: str, values: Mapping[str, str]) -> Awaitable[str]:
        """Carry out an instruction. Raises ``UsageError`` when it cannot be done."""
        return self._carry_out(instruction, values)

    async def _carry_out(self, instruction: str, values: Mapping[str, str]) -> str:
        peer = self._client()
        if instruction not in (*self._acts, PULSE_LOAD) or peer is None:
            known = ", ".join((*self._acts, PULSE_LOAD))
            seen = instruction if peer else "no client is running"
            raise UsageError(explain("Arranging the reference client.", known, seen, "correct the test case"))
        if instruction == PULSE_LOAD:
            self._pulse(peer.site, *(float(values[name]) for name in ("power_w", "on_s", "off_s")))
        else:
            await self._acts[instruction](peer)
        return f"{instruction} done"
