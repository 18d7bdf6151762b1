"""Checks on the form of the certificates that a subject shows (IEEE 2030.5-2018 6.11, by the register's SEC rows).

The rules are those of one PKI, and which PKI is used the utility chooses. So a departure fails only where the leaf says
that it is a device certificate of IEEE 2030.5 and no test certificate; of any other it is warned of
(policy ``certificate_form``). What binds nothing in a chain, such as a rule on authorities where none is shown, is a
note.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from conformance.judgement.finding import State
from conformance.judgement.judged import Judged, passed_if
from conformance.vocabulary.verdict import Level
from conformance.wire.certificate_chain import signed_by, without_root
from conformance.wire.certificate_facts import CertificateFacts, read_certificate, same_name
from conformance.wire.certificate_plan import POLICY_SELF_SIGNED, POLICY_SERVICE_PROVIDER, POLICY_TEST
from conformance.wire.certificate_profile import Deviation, Rank, judge_certificate
from conformance.wire.exchange import Connection

PATH = "SEC.041"
NAMES = "SEC.056"
KEY_NAMED = "SEC.064"
OF_DEVICES = {
    "SEC.050": "a device certificate by IEEE 802.1AR",
    "SEC.051": "with an empty subject a critical alternative name with a HardwareModuleName",
    "SEC.059": "a device certificate without end of validity",
}
"""Rules on the leaf alone."""
OF_AUTHORITIES = {
    "SEC.057": "authorities with a subject",
    "SEC.060": "authorities with a key identifier by method 2, in eight octets",
}
"""Rules on the authorities shown, the root left out."""
OF_ALL = {
    "SEC.049": "certificates by RFC 5280",
    "SEC.058": "no policy qualifiers",
    KEY_NAMED: "the key identifier of the authority in every certificate",
}
"""Rules on every certificate shown, the root left out."""

_DEVICE_TYPES = "1.3.6.1.4.1.40732.1."
_ONLY_WARNED = frozenset({POLICY_TEST, POLICY_SELF_SIGNED, POLICY_SERVICE_PROVIDER})
_WHY_WARNED = (
    "only warned of: the certificate does not say that it is a device's by IEEE 2030.5, or is a test certificate"
)


def form(connection: Connection) -> tuple[tuple[str, Judged], ...]:
    """Return what each rule says of the chain that a peer showed: requirement and judgement."""
    chain = [read_certificate(der) for der in connection.chain]
    unread = next((facts.unreadable for facts in chain if facts.unreadable is not None), None)
    if not chain or unread is not None:
        seen = f"a certificate that cannot be read: {unread}" if chain else "no certificate travelled"
        return ((PATH, _judged(State.INCONCLUSIVE, "one whole certificate path", seen, connection)),)
    path = [read_certificate(der) for der in without_root(connection.chain, None)]
    found = [(PATH, _path(chain, connection)), (NAMES, _names(chain, connection))]
    rules = {**OF_ALL, **OF_DEVICES, **OF_AUTHORITIES}
    return (*found, *((rule, _rule(rule, told, path, connection)) for rule, told in rules.items()))


def for_tests(connection: Connection) -> bool:
    """Say whether a peer showed a test certificate, whose form need not be that of the product's own."""
    return bool(connection.chain) and POLICY_TEST in (read_certificate(connection.chain[0]).policies or ())


def binding(leaf: CertificateFacts) -> bool:
    """Say whether a certificate says that it is a device's by IEEE 2030.5, for use and not for tests."""
    policies = leaf.policies or ()
    return any(each.startswith(_DEVICE_TYPES) for each in policies) and _ONLY_WARNED.isdisjoint(policies)


def _path(chain: Sequence[CertificateFacts], connection: Connection) -> Judged:
    """Judge that each certificate is issued by the next; that the last leads to a root is shown by the session."""
    expected = "one whole certificate path, leaf first"
    links = [(same_name(below.issuer, above.subject), signed_by(below, above)) for below, above in pairwise(chain)]
    stray = [number for number, (named, signed) in enumerate(links, 1) if not named and not signed]
    if stray:
        seen = f"certificate {stray[0]} of {len(chain)} is not issued by the one after it"
        # TLS 1.3 lets a peer send more than the path.
        grave = binding(chain[0]) and connection.version != "TLSv1.3"
        return _judged(State.FAIL if grave else State.WARNING, expected, seen, connection)
    proven = connection.handshake_completed and all(signed for _, signed in links)
    seen = "one after the other" if proven else "not proven: no session over it, or a signature that was not verified"
    state = State.PASS if proven else State.INCONCLUSIVE
    return _judged(state, expected, f"{len(chain)} certificates, {seen}", connection)


def _names(chain: Sequence[CertificateFacts], connection: Connection) -> Judged:
    expected = "the issuer's name is the subject of who signed"
    signed = [(below, above) for below, above in pairwise(chain) if signed_by(below, above)]
    wrong = [
        Deviation(NAMES, expected, f"issuer {below.issuer}, signed by {above.subject}")
        for below, above in signed
        if not same_name(below.issuer, above.subject)
    ]
    if not signed:
        return _judged(State.NOTE, expected, "no signer is shown", connection)
    return _weighed(wrong, chain[0], expected, f"{len(signed)} names", connection)


def _rule(rule: str, expected: str, path: Sequence[CertificateFacts], connection: Connection) -> Judged:
    leaf, *above = path
    if rule in OF_AUTHORITIES and not above:
        return _judged(State.NOTE, expected, "no authority is shown", connection)
    if rule == "SEC.051" and leaf.subject:
        return _judged(State.NOTE, expected, f"subject {leaf.subject}", connection)
    wrong = [each for each in _departures(rule, path) if each.requirement == rule]
    return _weighed(wrong, leaf, expected, "so it is", connection)


def _departures(rule: str, path: Sequence[CertificateFacts]) -> Iterator[Deviation]:
    leaf, *above = path
    if rule not in OF_AUTHORITIES:
        yield from judge_certificate(leaf, Rank.DEVICE)
    for number, authority in enumerate(above if rule not in OF_DEVICES else (), 1):
        yield from judge_certificate(authority, Rank.AUTHORITY, where=f"authority {number} above the device")
    for below, issuer in pairwise(path if rule == KEY_NAMED else ()):
        named, own = below.authority_key_id, issuer.subject_key_id
        if named is not None and own is not None and named != own and signed_by(below, issuer):
            yield Deviation(KEY_NAMED, own.hex().upper(), named.hex().upper(), where="key identifier of the issuer")


def _weighed(
    wrong: Sequence[Deviation], leaf: CertificateFacts, expected: str, good: str, connection: Connection
) -> Judged:
    """Return a pass, a failure, or a warning where the leaf does not bind itself or the rule is our own reading."""
    seen = "; ".join(f"{each.where}: {each.observed}, not {each.expected}".removeprefix(": ") for each in wrong) or good
    if not wrong or binding(leaf):
        grave = any(each.level is Level.MUST for each in wrong)
        return _judged(State.WARNING if wrong and not grave else passed_if(not wrong), expected, seen, connection)
    return replace(_judged(State.WARNING, expected, seen, connection), detail=(_WHY_WARNED,))


def _judged(state: State, expected: str, observed: str, connection: Connection) -> Judged:
    return Judged("certificate_form", state, expected, observed, connections=(connection.number,))
