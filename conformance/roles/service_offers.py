"""Services on offer by DNS-SD over multicast (RFC 6763, with the subtypes and TXT keys of IEEE 2030.5).

A service is offered as ``_smartenergy._tcp`` and, for a function set, below a subtype such as ``_derp._sub``. Its TXT
record says where DeviceCapability is (``dcap``), where the function set is (``path``), by which port HTTPS is spoken
(``https``), and which level of the schema (``level``).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from conformance.wire.dns_messages import (
    Kind,
    Question,
    Record,
    one_shot_response,
    read_message,
    response,
    same_name,
    texts_of,
)
from conformance.wire.multicast import Datagram, Multicast, Port, group_of

SERVICE = "_smartenergy._tcp"


def service_name(domain: str, subtype: str = "") -> str:
    """Return the name to ask for: ``_derp._sub._smartenergy._tcp.local``."""
    return f"_{subtype}._sub.{SERVICE}.{domain}" if subtype else f"{SERVICE}.{domain}"


@dataclass(frozen=True, slots=True)
class Offer:
    """A service on offer: the label of its instance, where it is, what its TXT record says, below which subtype."""

    label: str
    host: str
    addresses: tuple[str, ...]
    port: int
    texts: tuple[tuple[str, str], ...]
    subtype: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that came: what, from whom, when, and whether it was asked in a group."""

    question: Question
    source: tuple[str, int]
    at: datetime
    in_group: bool

    @property
    def told(self) -> str:
        """The question in words."""
        return f"{self.question.told} from {self.source[0]}"

    @property
    def subtype(self) -> str | None:
        """The subtype asked for, empty for the plain service; ``None`` when it is no question for such a service."""
        group = group_of(self.question.name)
        if group is None or self.question.kind not in (Kind.PTR, Kind.ANY):
            return None
        name = self.question.name.lower().rstrip(".")
        base = service_name(group.domain)
        if name == base:
            return ""
        below = name.removesuffix(f"._sub.{base}")
        return below.removeprefix("_") if below != name and below.startswith("_") else None


class Responder:
    """Answers questions for services on offer, until closed: in the group, or to whoever sets the QU bit."""

    def __init__(self, multicast: Multicast, offers: Iterable[Offer]) -> None:
        self.offers = tuple(offers)
        self.asked: list[Asked] = []
        self._port: Port = multicast.join(self._on_datagram)

    @property
    def reaches(self) -> str:
        """Which interface and which families of addresses, in words."""
        return self._port.reaches

    def close(self) -> None:
        """Answer no more."""
        self._port.close()

    def _on_datagram(self, datagram: Datagram) -> None:
        message = read_message(datagram.data)
        if message is None or message.response:
            return
        for question in message.questions:
            self.asked.append(Asked(question, datagram.source, datagram.at, datagram.to_group))
            self._answer(question, datagram, message.number)

    def _answer(self, question: Question, datagram: Datagram, number: int) -> None:
        group = group_of(question.name)
        answers = [record for offer in self.offers for record in answers_to(question, offer)]
        if group is None or not answers:
            return
        more = [it for it in self._additional(group.domain, answers) if it not in answers]
        if datagram.one_shot:
            self._port.reply(one_shot_response(number, question, answers, more), datagram.source)
        elif question.unicast:
            self._port.reply(response(answers, more), datagram.source)
        if not question.unicast:
            self._port.send(response(answers, more), group)

    def _additional(self, domain: str, answers: Sequence[Record]) -> list[Record]:
        named = {record.target for record in answers if record.kind == Kind.PTR}
        found = (record for offer in self.offers for record in _records(offer, domain) if record.kind != Kind.PTR)
        hosts = {offer.host for offer in self.offers if _instance(offer, domain) in named}
        wanted = {*named, *(f"{host}.{domain}" for host in hosts)}
        return [record for record in dict.fromkeys(found) if record.name in wanted]


def answers_to(question: Question, offer: Offer) -> list[Record]:
    """Return the records of an offer that answer a question."""
    group = group_of(question.name)
    if group is None:
        return []
    kinds = set(Kind) if question.kind == Kind.ANY else {question.kind}
    records = _records(offer, group.domain)
    return [record for record in records if record.kind in kinds and same_name(record.name, question.name)]


def _records(offer: Offer, domain: str) -> list[Record]:
    instance, host = _instance(offer, domain), f"{offer.host}.{domain}"
    names = [service_name(domain), *([service_name(domain, offer.subtype)] if offer.subtype else [])]
    return [
        *(Record(name, Kind.PTR, target=instance) for name in names),
        Record(instance, Kind.SRV, target=host, port=offer.port),
        Record(instance, Kind.TXT, texts=texts_of(offer.texts)),
        *(Record(host, Kind.AAAA if ":" in it else Kind.A, address=it) for it in offer.addresses),
    ]


def _instance(offer: Offer, domain: str) -> str:
    return f"{offer.label}.{SERVICE}.{domain}"
