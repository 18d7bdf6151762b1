"""Messages of multicast DNS as facts: read from datagrams, and written (RFC 1035, 6762, 6763).

The grammar is zeroconf's; the rest of the harness sees these immutable facts only. Names end without a dot.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum

from zeroconf import (
    DNSAddress,
    DNSIncoming,
    DNSOutgoing,
    DNSPointer,
    DNSQuestion,
    DNSRecord,
    DNSService,
    DNSText,
)

RESPONSE = 0x8400
"""Header flags of an answer: a response, authoritative."""
CLASS_IN, FLUSH = 1, 0x8000
TTL_S, ONE_SHOT_TTL_S = 120, 10


class Kind(IntEnum):
    """Types of records."""

    A = 1
    PTR = 12
    TXT = 16
    AAAA = 28
    SRV = 33
    ANY = 255


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked; ``unicast`` is the QU bit: answer me alone."""

    name: str
    kind: int
    unicast: bool = False

    @property
    def told(self) -> str:
        """The question in words."""
        return f"{'QU ' if self.unicast else ''}{_kind(self.kind)} {self.name}"


@dataclass(frozen=True, slots=True)
class Record:
    """One record; of ``target``, ``port``, ``texts`` and ``address`` those that its kind has."""

    name: str
    kind: int
    target: str = ""
    port: int = 0
    texts: tuple[bytes, ...] = ()
    address: str = ""

    @property
    def told(self) -> str:
        """The record in words."""
        texts = " ".join(text.decode("utf-8", "replace") for text in self.texts)
        place = f"{self.target}:{self.port}" if self.kind == Kind.SRV else self.target
        return f"{_kind(self.kind)} {self.name} {place or self.address or texts}"


@dataclass(frozen=True, slots=True)
class Message:
    """A query or a response, with the number that an answer to one alone repeats."""

    response: bool
    questions: tuple[Question, ...] = ()
    records: tuple[Record, ...] = ()
    number: int = 0

    @property
    def told(self) -> str:
        """The message in words."""
        parts = [*(question.told for question in self.questions), *(record.told for record in self.records)]
        return "; ".join(parts) or "nothing"


def same_name(one: str, other: str) -> bool:
    """Compare two names of the DNS, whose letters have no case."""
    return one.rstrip(".").lower() == other.rstrip(".").lower()


def read_message(data: bytes) -> Message | None:
    """Read a datagram; ``None`` when it is no well-formed message."""
    found = DNSIncoming(data)
    if not found.valid:
        return None
    questions = tuple(Question(_bare(it.name), it.type, it.unicast) for it in found.questions)
    records = [record for answer in found.answers() if (record := _record(answer)) is not None]
    return Message(found.is_response(), questions, tuple(records), found.id)


def query(questions: Iterable[Question]) -> bytes:
    """Write a query."""
    message = DNSOutgoing(0, multicast=True)
    for question in questions:
        asked = DNSQuestion(f"{question.name}.", question.kind, CLASS_IN)
        asked.unicast = question.unicast
        message.add_question(asked)
    return message.packets()[0]


def response(answers: Iterable[Record], additional: Iterable[Record] = ()) -> bytes:
    """Write a response to a group, or to one who listens in it."""
    return _response(DNSOutgoing(RESPONSE, multicast=True), answers, additional, TTL_S)


def one_shot_response(
    number: int, question: Question, answers: Iterable[Record], additional: Iterable[Record] = ()
) -> bytes:
    """Write a response to one who is in no group: with question and number, to be kept for a moment (RFC 6762 6.7)."""
    message = DNSOutgoing(RESPONSE, multicast=False, id_=number)
    message.add_question(DNSQuestion(f"{question.name}.", question.kind, CLASS_IN))
    return _response(message, answers, additional, ONE_SHOT_TTL_S)


def _response(message: DNSOutgoing, answers: Iterable[Record], additional: Iterable[Record], ttl_s: int) -> bytes:
    for record in answers:
        message.add_answer_at_time(_written(record, ttl_s), 0)
    for record in additional:
        message.add_additional_answer(_written(record, ttl_s))
    return message.packets()[0]


def texts_of(pairs: Sequence[tuple[str, str]]) -> tuple[bytes, ...]:
    """Return key-value pairs as the strings of a TXT record."""
    return tuple(f"{key}={value}".encode() for key, value in pairs)


def pairs_of(texts: Iterable[bytes]) -> dict[str, str]:
    """Return the strings of a TXT record by key, in lower case; of a repeated key the first (RFC 6763, 6.4)."""
    pairs: dict[str, str] = {}
    for text in texts:
        key, _, value = text.decode("utf-8", "replace").partition("=")
        if key:
            pairs.setdefault(key.lower(), value)
    return pairs


def _record(answer: DNSRecord) -> Record | None:
    name = _bare(answer.name)
    if isinstance(answer, DNSPointer):
        return Record(name, Kind.PTR, target=_bare(answer.alias)) if answer.type == Kind.PTR else None
    if isinstance(answer, DNSService):
        return Record(name, Kind.SRV, target=_bare(answer.server), port=answer.port)
    if isinstance(answer, DNSText):
        return Record(name, Kind.TXT, texts=_strings(answer.text))
    if isinstance(answer, DNSAddress):
        return Record(name, answer.type, address=str(ipaddress.ip_address(answer.address)))
    return None


def _written(record: Record, ttl_s: int) -> DNSRecord:
    name = f"{record.name}."
    match record.kind:
        case Kind.PTR:  # shared by all who offer the service, so nothing is flushed
            return DNSPointer(name, Kind.PTR, CLASS_IN, ttl_s, f"{record.target}.")
        case Kind.SRV:
            return DNSService(name, Kind.SRV, CLASS_IN | FLUSH, ttl_s, 0, 0, record.port, f"{record.target}.")
        case Kind.TXT:
            packed = b"".join(bytes([len(text)]) + text for text in record.texts) or b"\0"
            return DNSText(name, Kind.TXT, CLASS_IN | FLUSH, ttl_s, packed)
    packed = ipaddress.ip_address(record.address).packed
    return DNSAddress(name, record.kind, CLASS_IN | FLUSH, ttl_s, packed)


def _strings(data: bytes) -> tuple[bytes, ...]:
    found, at = [], 0
    while at < len(data):
        length = data[at]
        found.append(data[at + 1 : at + 1 + length])
        at += 1 + length
    return tuple(text for text in found if text)


def _bare(name: str) -> str:
    return name.rstrip(".")


def _kind(kind: int) -> str:
    return Kind(kind).name if kind in set(Kind) else f"type {kind}"
