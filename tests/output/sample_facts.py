"""Builders of sample facts for the tests of outputs: events, findings, exchanges, connections."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from conformance.judgement.finding import Finding, LimitUsed, State, Timing
from conformance.running.journal import Event, as_json
from conformance.running.run_record import Row, record_from
from conformance.vocabulary.identity import lfdi_of
from conformance.vocabulary.verdict import Level
from conformance.wire.exchange import Alert, ClientHello, Connection, Exchange, Moment, Side

START = datetime(2026, 7, 3, 14, 3, 7, 120_000, tzinfo=UTC)
HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(2)>\"'&\x1b[31mred\u202egnirts"
SEP = "urn:ieee:std:2030.5:ns"


@dataclass
class Sample:
    """A run as it would be on disk: journal and log."""

    events: list[Event] = field(default_factory=list)
    log: list[Connection | Exchange] = field(default_factory=list)

    @property
    def record(self) -> Row:
        return record_from(self.events)


def moment(seconds: float) -> Moment:
    return Moment(START + timedelta(seconds=seconds), 1000.0 + seconds)


def event(name: str, seconds: float, **facts: object) -> Event:
    row = {"event": name, "at": as_json(START + timedelta(seconds=seconds))}
    return row | {key: as_json(value) for key, value in facts.items()}


def planned(case: str, title: str, *, required: bool = True, steps: tuple[str, ...] = (), **more: object) -> dict:
    subject, _, id = case.partition("/")
    row: dict[str, object] = {
        "case": case,
        "id": id,
        "title": title,
        "subject": subject,
        "required": required,
        "requirements": ["TIME.001"],
        "why": "What is built on this fails without a word.",
        "passes_when": "every reading is valid and in order.",
        "steps": list(steps) or ["Read the resource.", "Judge what came."],
        "expected_duration_s": 4.0,
        "origin": "SunSpec CTP 1.3",
        "aliases": [],
    }
    return row | more


def run_started(plan: list[dict], *, virtual: bool = False, **more: object) -> Event:
    facts: dict[str, object] = {
        "run_id": "20260703-140307-4f2a",
        "time": "virtual" if virtual else "real",
        "tool": {"name": "csip-conformance", "version": "0.1.0"},
        "environment": {
            "python": "3.12.4",
            "openssl": "OpenSSL 3.0.14",
            "platform": "Linux",
            "libraries": {"lxml": "6.1.3", "h11": "0.16.0", "httpx": "0.28.1", "cryptography": "50.0.2"},
        },
        "profile": {
            "id": "csip",
            "title": "CSIP 2.1 on IEEE 2030.5-2018",
            "version": "1",
            "edition": "2030.5-2018",
            "sources": [
                {"name": "Common Smart Inverter Profile 2.1", "note": "clauses 4 to 7"},
                {"name": "IEEE 2030.5-2018", "note": "the schema edition judged by"},
            ],
        },
        "subject": {
            "kind": "server",
            "name": "Grid Head-End",
            "maker": "Nordlicht Utility Software",
            "model": "GridServer",
            "version": "4.2.1",
            "address": "grid.example:8443",
            "lfdi": "3E4F45AB31EDFE5B67E343E5E4562E31984E23E5",
            "started_by": "a command",
        },
        "limits": LIMITS,
        "policies": POLICIES,
        "weakened_by": ["limits overridden: response_deadline", "rules about the plant rest on wire evidence alone"],
        "requirements": REQUIREMENTS,
        "plan": plan,
    }
    return event("run_started", 0.0, **(facts | more))


LIMITS = [
    {
        "name": "server_clock_error",
        "value": 10.0,
        "unit": "s",
        "source": "ours",
        "note": "What a server's clock may be off by.",
        "default": 10.0,
        "overridden": False,
    },
    {
        "name": "response_deadline",
        "value": 60.0,
        "unit": "s",
        "source": "CSIP 2.1, 5.2.5",
        "note": "From the event to the Response.",
        "default": 30.0,
        "overridden": True,
    },
    {
        "name": "poll_tolerance",
        "value": 5.0,
        "unit": "%",
        "source": "ours",
        "note": "",
        "default": 5.0,
        "overridden": False,
    },
]
POLICIES = [
    {
        "name": "late_first_poll",
        "choice": "the first poll may come at any time",
        "source": "CTP 1.3, COMM-004",
        "note": "The procedure is silent on it.",
    }
]
REQUIREMENTS = [
    {
        "id": "TIME.001",
        "text": "A server serves its time as a Time resource that can be reached from DeviceCapability.",
        "level": "MUST",
        "source": "IEEE 2030.5-2018, 11.1",
    },
    {
        "id": "TIME.002",
        "text": "The served time agrees with UTC.",
        "level": "MUST",
        "source": "IEEE 2030.5-2018, 11.1.3",
    },
    {
        "id": "RSP.004",
        "text": "A client answers an event that asks for it with a Response of each status reached.",
        "level": "MUST",
        "source": "CSIP 2.1, 5.2.5",
    },
    {
        "id": "POLL.002",
        "text": "A client polls a resource about as often as its pollRate says.",
        "level": "SHOULD",
        "source": "IEEE 2030.5-2018, 9.1",
    },
    {
        "id": "SEC.011",
        "text": "A peer with a certificate that is not of the PKI is refused.",
        "level": "MUST",
        "source": "IEEE 2030.5-2018, 8.11",
    },
]


@cache
def certificate(name: str = "device") -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(START)
        .not_valid_after(START + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    return made.public_bytes(serialization.Encoding.DER)


def connection(number: int, case: str, at: float, *, ok: bool = True) -> Connection:
    return Connection(
        number=number,
        case=case,
        side=Side.CLIENT,
        remote="192.0.2.7:8443",
        opened=moment(at),
        closed=moment(at + 3),
        client_hello=ClientHello(0x0301, 0x0303, (0xC0AE, 0x00FF), (0,), (10, 11, 13)),
        version="TLSv1.2" if ok else None,
        cipher="ECDHE-ECDSA-AES128-CCM8" if ok else None,
        chain=(certificate("device"), certificate("intermediate")) if ok else (),
        alerts=() if ok else (Alert(sent=False, level=2, code=48, name="unknown_ca"),),
        established=moment(at + 0.05) if ok else None,
        ended_by="us" if ok else None,
        error=None if ok else "the peer refused the certificate",
    )


def exchange(
    number: int,
    case: str,
    at: float,
    target: str = "/tm",
    *,
    method: str = "GET",
    status: int | None = 200,
    body: bytes | None = None,
    sent: bytes = b"",
    connection: int = 1,
    error: str | None = None,
) -> Exchange:
    answer = time_document(at) if body is None else body
    answered = status is not None
    headers = (("Content-Type", "application/sep+xml"), ("Content-Length", str(len(answer))))
    return Exchange(
        number=number,
        case=case,
        connection=connection,
        side=Side.CLIENT,
        method=method,
        target=target,
        request=b"",
        request_headers=(("Host", "grid.example:8443"), ("Accept", "application/sep+xml")),
        request_body=sent,
        request_first=moment(at),
        request_last=moment(at + 0.001),
        status=status,
        reason="OK" if status == 200 else "",
        response_headers=headers if answered else (),
        response_body=answer if answered else b"",
        response_first=moment(at + 0.012) if answered else None,
        response_last=moment(at + 0.014) if answered else None,
        resource="Time",
        peer_lfdi=lfdi_of(certificate()),
        error=error,
    )


def time_document(seconds: float = 0.0) -> bytes:
    now = int((START + timedelta(seconds=seconds)).timestamp())
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><Time xmlns="{SEP}" href="/tm"><currentTime>{now}</currentTime>'
        f"<dstEndTime>0</dstEndTime><dstOffset>0</dstOffset><dstStartTime>0</dstStartTime>"
        f"<quality>7</quality><tzOffset>0</tzOffset></Time>"
    ).encode()


def finding(state: State, expected: str, observed: str, **more: object) -> Finding:
    facts: dict[str, object] = {
        "kind": "close_in_time",
        "requirement": "TIME.002",
        "level": Level.MUST,
        "step": 2,
        "exchanges": (1,),
    }
    return Finding(state=state, expected=expected, observed=observed, **(facts | more))  # type: ignore[arg-type]


def finished(case: str, at: float, verdict: str, reason: str | None = None, **more: object) -> Event:
    facts = {"duration_s": 3.2, "exchanges": [], "connections": [], "lag_s": 0.004} | more
    return event("case_finished", at, case=case, verdict=verdict, reason=reason, **facts)


CLOCK_LIMIT = LimitUsed("server_clock_error", 10.0, "s", "ours")
RESPONSE_LIMIT = LimitUsed("response_deadline", 60.0, "s", "CSIP 2.1, 5.2.5", overridden=True)


def timing(low: float | None, high: float | None, measured: float | None, *, at: float = 0.0, **more: object) -> Timing:
    names = {"start_label": "the event's start", "stop_label": "the Response"} | more
    start = START + timedelta(seconds=at)
    return Timing(start, names["start_label"], names["stop_label"], low, high, measured, 0.02)  # type: ignore[arg-type]
