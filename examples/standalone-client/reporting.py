"""What the client tells its server: Responses, the state of the DER, readings and log events."""

from __future__ import annotations

import http.client
import itertools
import queue
import time
import urllib.parse
from functools import partial
from typing import NoReturn
from xml.etree import ElementTree as ET

from agenda import RETRY_S, Agenda, Clock
from attendance import say
from documents import PEN, linked, made, number, rate, tag, text
from events import RECEIVED, Event
from metering import HERTZ, METERS, Meter
from plant import Plant, availability, capability, settings, status
from wire import Refused, Web

USUAL_POST_RATE_S = 300


class Outbox:
    """Responses to events, delivered one by one."""

    def __init__(self, web: Web, clock: Clock, lfdi: str) -> None:
        self._web, self._clock, self._lfdi = web, clock, lfdi
        self._waiting: queue.Queue[tuple[str, ET.Element]] = queue.Queue()

    def answer(self, event: Event, how: int) -> None:
        """Put a Response into the outbox, if it is asked for."""
        say(f"event {event.mrid}: {how}")
        wanted = int(event.node.get("responseRequired", "0"), 16) & (1 if how == RECEIVED else 2)
        if wanted and (reply_to := event.node.get("replyTo")):
            response = made(
                "DERControlResponse",
                ("createdDateTime", int(self._clock.now_s())),
                ("endDeviceLFDI", self._lfdi),
                ("status", how),
                ("subject", event.mrid),
            )
            self._waiting.put((urllib.parse.urljoin(event.address, reply_to), response))

    def deliver(self) -> NoReturn:
        """Deliver Responses in order, each until it is taken or refused for good."""
        while True:
            address, response = self._waiting.get()
            while (again_s := self._delivered(address, response)) is not None:
                time.sleep(again_s)

    def _delivered(self, address: str, response: ET.Element) -> float | None:
        """Post a Response; return after how many seconds to try again."""
        try:
            self._web.send("POST", address, response)
        except Refused as answer:
            say(f"a Response is {answer}")
            return (answer.after_s or RETRY_S) if answer.status in (429, 500, 502, 503, 504) else None
        except (OSError, http.client.HTTPException):
            return RETRY_S
        return None


class Reports:
    """State, readings and log events; ``mirrors`` and ``log_list`` say where the last two go, as far as is known."""

    def __init__(self, web: Web, clock: Clock, lfdi: str, plant: Plant) -> None:
        self._web, self._clock, self._lfdi, self._plant = web, clock, lfdi, plant
        self.agenda = Agenda("reports")
        self.mirrors: str | None = None
        self.log_list: str | None = None
        self._logged = itertools.count(1)
        self._told: dict[str, bytes] = {}
        self._status_address: str | None = None
        self._meters = {name: Meter(quantities) for name, quantities in METERS.items()}

    def begin_to_mirror(self) -> None:
        """Have each usage point mirrored that is not yet, if there is a place for it."""
        for name, meter in self._meters.items():
            if self.mirrors and name not in self.agenda:
                self.agenda.put(name, partial(self._mirror, name, meter), 0)

    def watch_plant(self) -> NoReturn:
        """Sample the power, and put DERStatus when it changes."""
        while True:
            watts = self._plant.watts()
            for meter in self._meters.values():
                meter.samples.append(watts)
            if self._plant.changed.wait(1):
                self._plant.changed.clear()
                self.agenda.put("status", self._put_status, 0.3)

    def poll_ders(self, address: str) -> float:
        """Tell the state of the DER, and what is new of the rest."""
        page, entries = self._web.whole_list(address, "DER")
        now_s = int(self._clock.now_s())
        for node, base in entries[:1]:
            self._status_address = linked(node, base, "DERStatusLink")
            self._put_status()
            self._put(linked(node, base, "DERAvailabilityLink"), availability(now_s))
            self._put_once(linked(node, base, "DERSettingsLink"), settings(now_s, self._plant.gradient))
            self._put_once(linked(node, base, "DERCapabilityLink"), capability())
        return rate(page)

    def _put(self, address: str | None, document: ET.Element) -> None:
        """Put a document where a link leads."""
        if address:
            self._web.send("PUT", address, document)

    def _put_once(self, address: str | None, document: ET.Element) -> None:
        """Put a document that is new but for its date."""
        told = b"".join(ET.tostring(it) for it in document if it.tag != tag("updatedTime"))
        if address and self._told.get(address) != told:
            self._put(address, document)
            self._told[address] = told

    def _put_status(self) -> None:
        """Put DERStatus."""
        self._put(self._status_address, status(int(self._clock.now_s()), self._plant))

    def _mirror(self, name: str, meter: Meter) -> float:
        """Make a usage point, or post its readings, each on its own; return its postRate."""
        if self.mirrors is None:
            return RETRY_S
        try:
            if meter.address is None:
                meter.address = self._web.send("POST", self.mirrors, meter.usage_point(name, self._lfdi))
                meter.since_s, meter.samples = int(self._clock.now_s()), []
            else:
                for document in meter.readings(int(self._clock.now_s()), HERTZ if self._plant.blind else None):
                    self._web.send("POST", meter.address, document)
            page, _ = self._web.get(meter.address or self.mirrors)
        except Refused as answer:
            if answer.status != 404:
                raise
            meter.address = None
            return RETRY_S
        return number(page, "postRate") or USUAL_POST_RATE_S

    def log(self, function_set: int, code: int) -> None:
        """Post a LogEvent."""
        event = made(
            "LogEvent",
            ("createdDateTime", int(self._clock.now_s())),
            ("functionSet", function_set),
            ("logEventCode", code),
            ("logEventID", next(self._logged)),
            ("logEventPEN", PEN),
            ("profileID", 2),
        )

        def post() -> float | None:
            if self.log_list is None:
                return RETRY_S
            self._web.send("POST", self.log_list, event)
            return None

        self.agenda.put(f"log {text(event, 'logEventID')}", post, 0)
