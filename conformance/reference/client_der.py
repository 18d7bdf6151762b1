"""The client tells of its DER: nameplate, settings, status, availability, alarms (CSIP 4.9, P43 to P45)."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from datetime import timedelta

from lxml import etree

from conformance.reference import client_documents as documents
from conformance.reference.aus_flaws import bent_document
from conformance.reference.client_manner import DER_DOCUMENTS, Manner
from conformance.reference.client_session import Fetched, NotServed, Session
from conformance.reference.client_shape import shaped
from conformance.reference.client_time import ServerTime
from conformance.reference.conduct import CSIP_CLIENT, ClientConduct
from conformance.reference.simulator import Site
from conformance.vocabulary.clock import Clock

REPEATED = ("DERStatus", "DERAvailability")
DER_FUNCTION_SET = 11
ABOVE_RATING = 1.1
A_DAY_S = 86400
SAME_TICK_S = 1.0


class DerReporter:
    """Puts the four DER documents, and posts alarms as log events.

    Capability and settings go out once and whenever they change; status and availability at each poll of the DERList.
    """

    def __init__(
        self,
        session: Session,
        clock: Clock,
        time: ServerTime,
        site: Site,
        manner: Manner,
        flaws: frozenset[str],
        pen: int,
        conduct: ClientConduct = CSIP_CLIENT,
    ) -> None:
        self._session, self._clock, self._time, self._site = session, clock, time, site
        self._manner, self._flaws, self._pen = manner, flaws, pen
        self._conduct = conduct
        self._targets: dict[str, str] = {}
        self._sent: dict[str, tuple[object, ...]] = {}
        self._alarms = 0
        self._first_charge: str | None = None
        self._events = 0
        self._put_at: dict[str, float] = {}
        self.spawn: Callable[[Coroutine[None, None, None]], object] | None = None
        self.log_target: str | None = None
        self.grad_w = documents.DEFAULT_GRAD_W

    async def report(self, ders: Fetched) -> None:
        """Put what is new, and the status, to the first DER of the list. Raises ``NotServed``."""
        if not ders.entries or "never_puts_der" in self._flaws:
            return
        links = ((name, ders.resolved(ders.entries[0].link(f"{name}Link"))) for name in DER_DOCUMENTS)
        self._targets = {name: target for name, target in links if target is not None}
        for name in self._manner.put_order:
            if ders.poll_rate_s is not None or self._due(name):
                for _ in range(2 if self._manner.puts_twice else 1):
                    await self._put(name)

    def _due(self, name: str) -> bool:
        """Say whether a document is to be put at the client's own pace."""
        every_s, last = self._conduct.pace.put_intervals_s.get(name, 0.0), self._put_at.get(name)
        return last is None or self._clock.monotonic() - last >= every_s - SAME_TICK_S

    async def put_status(self) -> None:
        """Put the status now, because something changed; what fails goes out with the next poll."""
        try:
            await self._put("DERStatus")
        except NotServed:
            return

    async def raise_alarm(self, code: int) -> None:
        """Raise an alarm of Table 14: an even code of function set 11. Raises ``NotServed``."""
        self._alarms |= 1 << code // 2
        await self._tell(code)

    async def clear_alarm(self, code: int) -> None:
        """Return to normal: the odd code that follows the alarm's even one. Raises ``NotServed``."""
        self._alarms &= ~(1 << code // 2)
        if "no_return_to_normal" not in self._flaws:
            await self._tell(code + 1)

    async def log(self, function_set: int, code: int) -> None:
        """Post one log event. Raises ``NotServed``."""
        if self.log_target is None or ("logs_once" in self._flaws and self._events):
            return
        if "logs_wrong_function_set" in self._flaws and function_set != DER_FUNCTION_SET:
            function_set = DER_FUNCTION_SET
        if not self._conduct.reports.logs:
            return
        now_s = int(self._clock.monotonic()) if "logs_without_clock" in self._flaws else self._now_s()
        event = documents.log_event(now_s, function_set, code, self._events, self._pen)
        event = shaped(event, self._conduct, self._site)
        self._events += 1
        await self._session.post(self.log_target, event, "LogEventList")

    async def _tell(self, code: int) -> None:
        delay = timedelta(seconds=self._conduct.pace.alarm_delay_s)
        if delay and self.spawn is not None:
            self.spawn(self._put_status_after(delay))
        else:
            await self.put_status()
        if "reports_no_alarms" not in self._flaws:
            await self.log(DER_FUNCTION_SET, code)

    async def _put_status_after(self, delay: timedelta) -> None:
        await self._clock.wait(delay)
        await self.put_status()

    async def _put(self, name: str) -> None:
        target = self._targets.get(name)
        left_out = {"DERSettings": "skips_settings", "DERStatus": "skips_status"}.get(name)
        if target is None or left_out in self._flaws:
            return
        if name == "DERAvailability" and not self._conduct.reports.availability:
            return
        if self._conduct.aus.echoes_ramp and "keeps_own_ramp" not in self._flaws:
            self.grad_w = self._site.setpoints.grad_w
        said = (target, self.grad_w, self._site.rated_w)
        if name not in REPEATED and self._sent.get(name) == said:
            return
        self._site.advance(self._clock.now())
        document = shaped(self._documents()[name](), self._conduct, self._site)
        await self._session.put(target, bent_document(document, self._flaws), name)
        self._sent[name], self._put_at[name] = said, self._clock.monotonic()

    def _documents(self) -> dict[str, Callable[[], etree._Element]]:
        site, now_s = self._site, self._now_s()
        return {
            "DERCapability": lambda: documents.der_capability(site, self._conduct.aus.extension),
            "DERSettings": lambda: self._settings(now_s),
            "DERStatus": lambda: self._status(now_s),
            "DERAvailability": lambda: documents.der_availability(site, now_s),
        }

    def _status(self, now_s: int) -> etree._Element:
        now_s += A_DAY_S if "status_of_tomorrow" in self._flaws else 0
        document = documents.der_status(self._site, now_s, self._alarms)
        if "freezes_charge" in self._flaws:
            self._freeze_charge(document)
        if "status_without_connection" in self._flaws:
            connection = [node for node in document if etree.QName(node).localname == "genConnectStatus"]
            for node in connection:
                document.remove(node)
        return document

    def _freeze_charge(self, document: etree._Element) -> None:
        """Show the state of charge that was shown first."""
        for node in document:
            if etree.QName(node).localname == "stateOfChargeStatus":
                self._first_charge = self._first_charge or node[-1].text
                node[-1].text = self._first_charge

    def _settings(self, now_s: int) -> etree._Element:
        max_w = self._site.rated_w * (ABOVE_RATING if "settings_above_rating" in self._flaws else 1.0)
        document = documents.der_settings(self._site, now_s, self.grad_w, max_w, self._conduct.aus.extension)
        if "invalid_settings" in self._flaws:
            document.append(document[0])
        return document

    def _now_s(self) -> int:
        return int(self._time.now_s())
