"""Looking for services by DNS-SD over multicast: questions, answers, and what they come to (RFC 6762, 6763)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from conformance.judgement.services import Found
from conformance.roles.service_offers import service_name
from conformance.vocabulary.clock import Clock
from conformance.wire.dns_messages import Kind, Message, Question, Record, pairs_of, query, read_message, same_name
from conformance.wire.multicast import GROUPS, Datagram, Multicast, group_of


@dataclass(frozen=True, slots=True)
class Reply:
    """A response that came while one was awaited."""

    message: Message
    to_group: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class Search:
    """What came of one question: the responses, and the services they name."""

    asked: tuple[Question, ...]
    replies: tuple[Reply, ...] = ()
    found: tuple[Found, ...] = ()

    @property
    def told(self) -> tuple[str, ...]:
        """Question and answers in words, a line each."""
        lines = [f"asked {it.told}" for it in self.asked]
        lines += [f"{'in the group' if it.to_group else 'to me alone'}: {it.message.told}" for it in self.replies]
        return tuple(lines)

    @property
    def alone(self) -> bool:
        """Whether any answer came to the one who asked alone."""
        return any(not reply.to_group for reply in self.replies)


class Browser:
    """Asks for services. What it waits for an answer is ``patience``."""

    def __init__(self, multicast: Multicast, clock: Clock, patience: timedelta) -> None:
        self._clock, self._patience = clock, patience
        self._heard: list[Reply] = []
        self._port = multicast.join(self._on_datagram)

    @property
    def reaches(self) -> str:
        """Which interface and which families of addresses, in words."""
        return self._port.reaches

    def close(self) -> None:
        """Ask no more."""
        self._port.close()

    async def search(self, subtype: str = "", *, unicast: bool = False) -> Search:
        """Ask for the plain service or a subtype, in both domains, and resolve what is found."""
        names = [service_name(group.domain, subtype) for group in GROUPS]
        questions = tuple(Question(name, Kind.PTR, unicast) for name in names)
        replies = await self._ask(questions)
        answers = [record for reply in replies for record in reply.message.records]
        instances = [it.target for it in answers if it.kind == Kind.PTR and any(same_name(it.name, n) for n in names)]
        found = [await self._resolved(instance, answers) for instance in dict.fromkeys(instances)]
        return Search(questions, tuple(replies), tuple(found))

    async def _resolved(self, instance: str, records: list[Record]) -> Found:
        """Put a service together from what came along, and ask for what did not."""
        known = _assembled(instance, records)
        if known.texts is None or known.port is None:
            records += await self._more([Question(instance, Kind.SRV), Question(instance, Kind.TXT)])
            known = _assembled(instance, records)
        if known.host and not known.addresses:
            records += await self._more([Question(known.host, Kind.A), Question(known.host, Kind.AAAA)])
        return _assembled(instance, records)

    async def _more(self, questions: Sequence[Question]) -> list[Record]:
        replies = await self._ask(questions)
        return [record for reply in replies for record in reply.message.records]

    async def _ask(self, questions: Sequence[Question]) -> list[Reply]:
        self._heard = []
        for group in GROUPS:
            mine = [question for question in questions if group_of(question.name) == group]
            if mine:
                self._port.send(query(mine), group)
        await self._clock.wait(self._patience)
        return self._heard

    def _on_datagram(self, datagram: Datagram) -> None:
        message = read_message(datagram.data)
        if message is not None and message.response:
            self._heard.append(Reply(message, datagram.to_group, datagram.at))


def _assembled(instance: str, records: Sequence[Record]) -> Found:
    mine = [record for record in records if same_name(record.name, instance)]
    server = next((record for record in mine if record.kind == Kind.SRV), None)
    text = next((record for record in mine if record.kind == Kind.TXT), None)
    host = server.target if server else ""
    addresses = [it.address for it in records if it.address and same_name(it.name, host)]
    return Found(
        instance,
        host,
        server.port if server else None,
        pairs_of(text.texts) if text else None,
        tuple(dict.fromkeys(addresses)),
    )
