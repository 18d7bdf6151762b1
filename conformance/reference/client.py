"""The reference client: a sound CSIP device client as a protocol core, with named flaws.

It discovers everything by following links from DeviceCapability, polls each resource at its own rate, keeps the event
schedule to the instant, moves the simulated site, answers controls, and reports its DER and its readings. It needs a
sender, a clock and nothing else, so it runs on real sockets and in virtual time alike.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterable, Sequence
from datetime import timedelta
from functools import partial

from conformance.reference import client_flaws
from conformance.reference.aus_flaws import haste
from conformance.reference.client_der import DerReporter
from conformance.reference.client_device import ClientIdentity, OwnDevice, WrongPin
from conformance.reference.client_entry import find_entry
from conformance.reference.client_events import EventKeeper
from conformance.reference.client_manner import Manner
from conformance.reference.client_metering import Mirror
from conformance.reference.client_notices import Notices
from conformance.reference.client_polls import Polls, Watch
from conformance.reference.client_programs import ProgramReader
from conformance.reference.client_responses import Responses
from conformance.reference.client_session import Fetched, NotServed, Session
from conformance.reference.client_subscriptions import Subscriber
from conformance.reference.client_time import ServerTime
from conformance.reference.conduct import CSIP_CLIENT, ClientConduct
from conformance.reference.mirrored_quantities import meters_of
from conformance.reference.schedule_facts import KnownControl, KnownProgram, ModeValue
from conformance.reference.simulator import Site
from conformance.vocabulary.clock import Clock
from conformance.wire.messages import Sender
from conformance.wire.payload import SEP

BUILT_IN_ENTRY = "/dcap"
HARD_CODED = {"TimeLink": "/tm", "EndDeviceListLink": "/edev", "MirrorUsagePointListLink": "/mup"}


def _static_limit(export_w: float | None) -> dict[str, ModeValue]:
    """Return the mode that keeps the export of a site within a fixed limit, if there is one."""
    return {} if export_w is None else {"opModExpLimW": export_w}


def _go_on() -> None:
    """Do nothing: what is known stands while the server cannot be reached (CSIP G12)."""


class ReferenceClient:
    """One device with one site.

    Args:
        sender: carries requests to the server.
        clock: the client's own clock; it follows the server's from the first reading of Time.
        identity: who it is.
        site: the plant it controls.
        entry: the path of DeviceCapability.
        flaws: names from :data:`~conformance.reference.client_flaws.CLIENT_FLAWS`.
        manner: legal but unusual ways to speak.
        seed: makes the randomization of events repeatable.
        conduct: what it does where profiles differ.
    """

    def __init__(
        self,
        sender: Sender,
        clock: Clock,
        identity: ClientIdentity,
        site: Site,
        entry: str = "/dcap",
        flaws: Iterable[str] = (),
        manner: Manner | None = None,
        seed: str = "",
        conduct: ClientConduct = CSIP_CLIENT,
    ) -> None:
        self.identity = identity
        self.site = site
        self.flaws = client_flaws.known_flaws(flaws)
        self.manner = conduct.reports.spoken(manner or Manner())
        self.conduct = conduct
        self._shown_lfdi = conduct.reports.lfdi_of(identity.lfdi, identity.pen)
        self.time = ServerTime(clock, conduct.pace.drift_s)
        self._clock = clock
        self._entry = BUILT_IN_ENTRY if conduct.reports.built_in_entry else entry
        known = frozenset({SEP, conduct.aus.extension.namespace} if conduct.refuses_unknown else ())
        self._session = Session(sender, clock, self.manner, self.flaws, known, follows=conduct.follows_redirects)
        self._programs = ProgramReader(self._session, self.manner, self.flaws, conduct.aus.extension, conduct.room)
        self._device = OwnDevice(
            self._session, clock, self.time, identity, self._shown_lfdi, site, self.flaws, self.manner, conduct
        )
        self._group: asyncio.TaskGroup | None = None
        self._first_assignments: list[Watch] = []
        self._unhurried = False
        self._responses = Responses(
            self._session, clock, self.manner, self._shown_lfdi, self.flaws, conduct.reports.statuses
        )
        self._events = EventKeeper(
            clock,
            self.time,
            site,
            self.flaws,
            seed=f"{seed}:{identity.lfdi}",
            answers_14=self.manner.answers_14 or conduct.reports.answers_14,
            gives_up_vanished=self.manner.gives_up_vanished,
            owe=self._responses.owe,
            check=self._check_control,
            room=conduct.pace.stored_events,
            most_programs=conduct.room.programs,
            fallback=_static_limit(conduct.pace.static_export_w),
            own_grad_w=conduct.aus.own_gradient,
        )
        self._own_lag_s = site.lag_s
        site.haste, site.places = haste(self.flaws), conduct.aus.places
        self._notices = Notices(self._programs, self._events)
        self.subscriber = Subscriber(self._session, clock, self.manner, self.flaws, conduct, self._take)
        self._session.on_read = self.subscriber.read
        self.der = DerReporter(
            self._session, clock, self.time, site, self.manner, self.flaws, identity.pen, self.conduct
        )
        meters = meters_of(conduct.reports, self.manner.meters)
        self._mirrors = [self._mirror(meter) for meter in meters]

    @property
    def tls_ciphers(self) -> str:
        """The cipher suites to offer, in OpenSSL's words."""
        return client_flaws.tls_ciphers(self.flaws)

    @property
    def sends_full_chain(self) -> bool:
        """Whether to show the whole certificate path."""
        return client_flaws.sends_full_chain(self.flaws)

    async def run(self) -> None:
        """Live until cancelled; after a wrong registration PIN in complete silence."""
        try:
            async with asyncio.TaskGroup() as group:
                self._group = group
                self.der.spawn = group.create_task
                factor, pace = self.manner.poll_factor, self.conduct.pace
                polls = Polls(group, self._session, self._clock, factor, self.flaws, pace)
                entry = await self._find_entry()
                self._notices.polls = polls
                await polls.follow(Watch("DeviceCapability", entry, self._capability_seen))
                mirrors = (mirror.run for mirror in self._mirrors)
                for part in (self._events.run, self._responses.run, self.subscriber.run, *mirrors):
                    group.create_task(part())
        except* WrongPin:
            self._group = None
        while True:
            await self._clock.wait(timedelta(days=1))

    async def _find_entry(self) -> str:
        aus = self.conduct.aus
        if not aus.discovers or "ignores_discovery" in self.flaws:
            return self._entry
        return await find_entry(self._session, self._clock, aus.extension.namespace) or self._entry

    async def raise_alarm(self, code: int) -> None:
        """Raise an alarm by the even code of CSIP Table 14: DERStatus and a LogEvent tell of it at once."""
        await self.der.raise_alarm(code)

    async def clear_alarm(self, code: int) -> None:
        """Clear an alarm by its even code."""
        await self.der.clear_alarm(code)

    async def log_event(self, function_set: int, code: int) -> None:
        """Post a log event of any function set, such as 0 and 0 for an error of the software (BASIC-027)."""
        await self.der.log(function_set, code)

    # What is done with each resource that has been read

    async def _capability_seen(self, capability: Fetched) -> Sequence[Watch]:
        links = {name: self._link(capability, name) for name in HARD_CODED}
        watches = [self._watch_time(links["TimeLink"])]
        if (target := links["EndDeviceListLink"]) is not None:
            watches.append(Watch("EndDeviceList", target, self._devices_seen, "EndDevice"))
        if (target := links["MirrorUsagePointListLink"]) is not None:
            watches.append(Watch("MirrorUsagePointList", target, self._mirrors_seen, "MirrorUsagePoint"))
        return [watch for watch in watches if watch is not None]

    def _link(self, capability: Fetched, name: str) -> str | None:
        return HARD_CODED[name] if "hard_coded_paths" in self.flaws else capability.link(name)

    def _watch_time(self, target: str | None) -> Watch | None:
        if target is None or "ignores_server_time" in self.flaws:
            return None
        return Watch("Time", target, self._time_seen)

    async def _time_seen(self, read: Fetched) -> Sequence[Watch]:
        current_s = read.root.integer("localTime" if "takes_local_time" in self.flaws else "currentTime")
        if current_s is not None and "keeps_own_clock" not in self.flaws:
            self.time.read(current_s, read.asked_s, read.answered_s)
        return ()

    async def _devices_seen(self, devices: Fetched) -> Sequence[Watch]:
        own = await self._device.settled(devices)
        if own is None:
            return ()
        reported = next(iter(devices.entries), own) if "reports_for_neighbour" in self.flaws else own
        self.der.log_target = devices.resolved(reported.link("LogEventListLink"))
        self.subscriber.found(devices.resolved(own.link("SubscriptionListLink")))
        await self._device.look_around(devices)
        await self._device.post_members(devices.target)
        for mirror in self._mirrors:
            mirror.device_rate_s = own.integer("postRate")
        watches = (
            (own, "FunctionSetAssignmentsList", "FunctionSetAssignments", self._assignments_seen),
            (reported, "DERList", "DER", self._ders_seen),
        )
        targets = ((devices.resolved(of.link(f"{name}Link")), name, entry, seen) for of, name, entry, seen in watches)
        return [Watch(name, target, seen, entry) for target, name, entry, seen in targets if target is not None]

    async def _ders_seen(self, ders: Fetched) -> Sequence[Watch]:
        await self.der.report(ders)
        return ()

    async def _assignments_seen(self, assignments: Fetched) -> Sequence[Watch]:
        watches: list[Watch] = []
        kept = assignments.entries[: self.conduct.room.assignments]
        for entry in sorted(kept, key=lambda node: node.hexadecimal("mRID") or "", reverse=True):
            time = self._watch_time(assignments.resolved(entry.link("TimeLink")))
            programs = assignments.resolved(entry.link("DERProgramListLink"))
            watches += [time] if time is not None else []
            if programs is not None:
                dropped = partial(self._events.forget, programs)
                drops = "drops_events_offline" in self.flaws or not self.conduct.pace.finishes_offline
                cut_off = dropped if drops else _go_on
                watches.append(Watch("DERProgramList", programs, self._programs_seen, "DERProgram", dropped, cut_off))
        if "keeps_first_assignments" in self.flaws:
            self._first_assignments = watches = self._first_assignments or watches
        return watches

    async def _programs_seen(self, programs: Fetched) -> Sequence[Watch]:
        pace = self.conduct.pace
        self._programs.apart = pace.read_apart if programs.poll_rate_s is None else frozenset()
        known = await self._programs.read_all(programs)
        self._unhurried = unhurried = programs.poll_rate_s is None
        self.site.lag_s = max(self._own_lag_s, pace.lag_s) if unhurried else self._own_lag_s
        self._responses.takes_s = pace.answer_s if unhurried else 0.0
        hold_s = self._hold_s(control for program in known for control in program.controls) if unhurried else 0.0
        if hold_s and self._group is not None:
            self._group.create_task(self._learn_later(programs.target, known, timedelta(seconds=hold_s)))
        else:
            self._events.learn(programs.target, known)
        left, entries = self._programs.left.items(), {"DERControlList": "DERControl"}
        return [Watch(resource, target, self._seen_apart, entries.get(resource)) for target, resource in left]

    async def _seen_apart(self, read: Fetched) -> Sequence[Watch]:
        """Take controls or a default that were read at their own rate."""
        self._programs.keep(read)
        if self._group is not None:
            self._group.create_task(self._take_apart(read))
        return ()

    async def _take_apart(self, read: Fetched) -> None:
        controls = self._programs.controls_in(read) if read.root.name == "DERControlList" else ()
        await self._clock.wait(timedelta(seconds=self._hold_s(controls)))
        await self._notices.take(read.root.name, read.target, read)

    def _hold_s(self, controls: Iterable[KnownControl]) -> float:
        """Return how long controls that were read are kept from the device."""
        pace, now_s = self.conduct.pace, self.time.now_s()
        begun = any(control.start_s <= now_s for control in controls)
        return max(pace.hold_s, pace.test_hold_s if begun else 0.0)

    async def _learn_later(self, target: str, known: tuple[KnownProgram, ...], delay: timedelta) -> None:
        await self._clock.wait(delay)
        self._events.learn(target, known)

    def _take(self, resource: str, target: str, fetched: Fetched | None) -> None:
        """Go by what a notification says, while the answer to it is on its way."""
        if self._group is not None:
            self._group.create_task(self._take_later(resource, target, fetched))

    async def _take_later(self, resource: str, target: str, fetched: Fetched | None) -> None:
        if self._unhurried and (hold_s := self.conduct.pace.told_hold_s):
            await self._clock.wait(timedelta(seconds=hold_s))
        await self._notices.take(resource, target, fetched)

    def _check_control(self, control: KnownControl) -> None:
        if self._group is not None and control.href is not None:
            self._group.create_task(self._read_control(control.href))

    async def _read_control(self, target: str) -> None:
        """Read a control again before it starts; if that fails, what is known of it stands."""
        with contextlib.suppress(NotServed):
            if (control := await self._programs.read_control(target)) is not None:
                self._events.refresh(control)

    async def _mirrors_seen(self, listed: Fetched) -> Sequence[Watch]:
        for mirror in self._mirrors:
            found = next((node for node in listed.entries if node.hexadecimal("mRID") == mirror.mrid.upper()), None)
            target = listed.resolved(found.href) if found is not None else None
            if found is not None and target is not None:
                mirror.found(target, found.integer("postRate"))
            else:
                await mirror.define(listed.target)
        return ()

    def _mirror(self, meter: str) -> Mirror:
        return Mirror(
            meter,
            self._session,
            self._clock,
            self.time,
            self.site,
            self.manner,
            self.flaws,
            lfdi=self._shown_lfdi,
            pen=self.identity.pen,
            reports=self.conduct.reports,
            pace=self.conduct.pace,
        )
