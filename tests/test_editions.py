"""Each erratum that is switched has a peer whose verdict differs between the editions of the procedures."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Collection, Sequence
from contextlib import ExitStack
from pathlib import Path

import pytest
from lxml import etree

from conformance.catalogue.errata import EDITIONS, SWITCHED
from conformance.face.wiring import DEFAULT_PROFILE, Choice, demonstration
from conformance.reference import client_documents, client_polls, embedded_client
from conformance.reference.client_metering import Mirror
from conformance.reference.client_polls import Watch
from conformance.reference.client_session import Fetched
from conformance.reference.client_trust import trusting
from conformance.reference.conduct import ClientConduct
from conformance.reference.demo_identities import Files
from conformance.reference.flaws import flaw_sides
from conformance.running.session import Session
from conformance.vocabulary.der_modes import MODE_BITS
from conformance.wire.certificate_chain import judge_chain
from conformance.wire.client_pool import Vet
from conformance.wire.exchange import Connection, Side
from conformance.wire.payload import SEP, element
from conformance.wire.tls import TlsStream

PROFILES = dict(zip(EDITIONS, ("csip-2.1-ctp-1.2", DEFAULT_PROFILE), strict=True))
RARELY_S = 3600.0
Prepare = Callable[[pytest.MonkeyPatch], None]


def refuses_without_alert(patch: pytest.MonkeyPatch) -> None:
    """Leave certificates to nobody but the client itself, which closes once the handshake is done."""

    def lenient(device: Files, flaws: Collection[str], conduct: ClientConduct) -> ssl.SSLContext:
        return trusting(device, {*flaws, "accepts_any_server"}, conduct)

    def vet_with(flaws: Collection[str]) -> Vet:
        def vet(connection: Connection) -> str | None:
            return next((found.requirement for found in judge_chain(connection.chain)), None)

        return vet

    patch.setattr(embedded_client, "trusting", lenient)
    patch.setattr(embedded_client, "vet_with", vet_with)


def closes_without_alert(patch: pytest.MonkeyPatch) -> None:
    """Have the server close where its TLS library wants to say why it refuses."""
    usual = TlsStream._fail

    async def fail(self: TlsStream, words: str, cause: Exception | None = None) -> None:
        if self.side is Side.SERVER:
            self._out.read()
        await usual(self, words, cause)

    patch.setattr(TlsStream, "_fail", fail)


def polls_assignments_rarely(patch: pytest.MonkeyPatch) -> None:
    usual = client_polls.Polls._rate

    def rate(self: client_polls.Polls, watch: Watch, fetched: Fetched) -> float:
        return RARELY_S if watch.resource == "FunctionSetAssignmentsList" else usual(self, watch, fetched)

    patch.setattr(client_polls.Polls, "_rate", rate)


def defines_with_readings(patch: pytest.MonkeyPatch) -> None:
    usual = Mirror._definition

    def definition(self: Mirror) -> etree._Element:
        point = usual(self)
        for reading_type in list(point.iter(f"{{{SEP}}}ReadingType")):
            reading_type.addprevious(element("lastUpdateTime", round(self._time.now_s())))
            reading_type.addprevious(element("Reading", element("value", 0)))
        return point

    patch.setattr(Mirror, "_definition", definition)


def claims_no_limit(patch: pytest.MonkeyPatch) -> None:
    bit = 1 << MODE_BITS.index("opModFixedPFInjectW")
    patch.setattr(client_documents, "_mode_bits", lambda site: f"{bit:08X}")


def nothing(patch: pytest.MonkeyPatch) -> None:
    """The peer is sound."""


PEERS: Sequence[tuple[int, str, str, Prepare, tuple[str, str]]] = (
    (7, "client/COMM-004D", "", refuses_without_alert, ("fail", "pass")),
    (7, "client/COMM-004G", "", refuses_without_alert, ("fail", "pass")),
    (7, "server/COMM-004D", "", closes_without_alert, ("fail", "pass")),
    (7, "server/COMM-004G", "", closes_without_alert, ("fail", "pass")),
    (9, "client/BASIC-002", "", polls_assignments_rarely, ("fail", "pass")),
    (20, "server/CORE-013", "lists_seven_programs", nothing, ("pass", "fail")),
    (23, "server/CORE-014", "forgets_put", nothing, ("pass", "fail")),
    (29, "server/CORE-004", "ignores_after", nothing, ("pass", "fail")),
    (33, "client/CORE-023", "", nothing, ("not_applicable", "pass")),
    (33, "server/CORE-023", "", nothing, ("not_applicable", "pass")),
    (36, "client/BASIC-029", "", defines_with_readings, ("fail", "pass")),
    (39, "client/CORE-014", "", claims_no_limit, ("fail", "pass")),
)
"""Erratum, test case, flaw of the peer if it has one, how it is made otherwise, verdicts by 1.2 and by 1.3."""


def run(folder: Path, profile: str, case: str, flaw: str) -> dict[str, object]:
    with ExitStack() as keep:
        flaws = flaw_sides([flaw]) if flaw else {case.partition("/")[0]: ()}
        session = Session(demonstration(Choice(profile=profile, only=(case,)), folder, keep, flaws))
        session.start()
        tests = session.finish()["tests"]
    assert isinstance(tests, list)
    return next(row for row in tests if row["case"] == case)


@pytest.mark.parametrize(("erratum", "case", "flaw", "prepare", "expected"), PEERS)
def test_the_edition_decides_the_verdict_of_a_peer_that_an_erratum_is_about(
    erratum: int,
    case: str,
    flaw: str,
    prepare: Prepare,
    expected: tuple[str, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    prepare(monkeypatch)
    rows = {edition: run(tmp_path / edition, profile, case, flaw) for edition, profile in PROFILES.items()}
    assert tuple(str(row["verdict"]) for row in rows.values()) == expected
    failed = [finding for row in rows.values() for finding in row["findings"] if finding["state"] == "fail"]  # type: ignore[attr-defined]
    if expected[0] == "fail":
        assert {finding["policy"] for finding in failed} == {"ctp_edition"}


def test_every_erratum_that_is_switched_has_such_a_peer() -> None:
    assert {erratum for erratum, *_ in PEERS} == set(SWITCHED)
