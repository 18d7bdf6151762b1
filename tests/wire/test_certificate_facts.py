"""Reading certificates as facts, and judging them and their chains against the profile."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID
from hypothesis import given
from hypothesis import strategies as st

from conformance.vocabulary.errors import UsageError
from conformance.vocabulary.identity import lfdi_of, sfdi_of
from conformance.vocabulary.verdict import Level
from conformance.wire import der
from conformance.wire.certificate_chain import judge_chain, signed_by
from conformance.wire.certificate_facts import CertificateFacts, read_certificate, split_certificates
from conformance.wire.certificate_plan import (
    CertificatePlan,
    Extensions,
    common_name,
    device_plan,
    key_identifier,
)
from conformance.wire.certificate_profile import Rank, judge_certificate, rank_of
from conformance.wire.certificates import DEPTHS, CertificateAuthority, Fault, Pki
from conformance.wire.hardware_module_name import HardwareModuleName

NOW = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
MODULE = HardwareModuleName("1.3.6.1.4.1.32473.7", b"\x01\x02")

BASIC, USAGE, POLICIES, ALTERNATIVES = "2.5.29.19", "2.5.29.15", "2.5.29.32", "2.5.29.17"


@pytest.fixture(scope="module")
def pki() -> Pki:
    return Pki.create(NOW)


def _requirements(deviations: object) -> set[str]:
    assert isinstance(deviations, tuple)
    return {deviation.requirement for deviation in deviations}


def _device(pki: Pki, change: Callable[[CertificatePlan], CertificatePlan] = lambda plan: plan) -> CertificateFacts:
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = pki.mica.issue(change(device_plan(MODULE, NOW)), key.public_key())
    return read_certificate(certificate.public_bytes(serialization.Encoding.DER))


def _without(extensions: Extensions, oid: str) -> Extensions:
    return tuple(each for each in extensions if each[0].oid.dotted_string != oid)


def _uncritical(extensions: Extensions, oid: str) -> Extensions:
    return tuple((each, critical and each.oid.dotted_string != oid) for each, critical in extensions)


def test_facts_say_what_the_certificate_was_made_of(pki: Pki) -> None:
    made = pki.device("inverter", hw_type=MODULE.hw_type, serial=MODULE.serial, hosts=["localhost", "::1"])
    facts = read_certificate(made.certificate_der)
    assert facts.unreadable is None
    assert (facts.version, facts.subject, facts.key) == (3, "", "P-256")
    assert facts.hardware_module == MODULE
    assert facts.hosts == ("localhost", "::1")
    assert facts.key_usage == frozenset({"digital_signature", "key_agreement"})
    assert facts.policies == ("1.3.6.1.4.1.40732.1.1", "1.3.6.1.4.1.40732.2.1")
    assert facts.authority_key_id == key_identifier(pki.mica.key.public_key())
    assert (facts.lfdi, facts.sfdi) == (lfdi_of(made.certificate_der), sfdi_of(made.certificate_der))
    assert rank_of(facts) is Rank.DEVICE


def test_authorities_have_key_identifiers_of_eight_octets_that_start_with_0100(pki: Pki) -> None:
    for authority in (pki.serca, pki.mca, pki.mica):
        facts = read_certificate(authority.certificate_der)
        assert facts.subject_key_id is not None
        assert len(facts.subject_key_id) == 8
        assert facts.subject_key_id[0] >> 4 == 0b0100
        assert facts.subject_key_id == facts.own_key_id


@pytest.mark.parametrize("depth", DEPTHS)
def test_sound_chain_has_no_deviation_with_or_without_its_root(pki: Pki, depth: int) -> None:
    device = pki.device("inverter", depth)
    assert judge_chain(device.chain, device.root, NOW) == ()
    assert judge_chain((*device.chain, device.root), device.root, NOW) == ()
    assert judge_chain((*device.chain, device.root), None, NOW) == ()
    assert judge_chain(device.chain) == ()


def test_sound_authorities_have_no_deviation(pki: Pki) -> None:
    for authority in (pki.serca, pki.mca, pki.mica, pki.hierarchy.direct_mica):
        facts = read_certificate(authority.certificate_der)
        assert judge_certificate(facts, rank_of(facts), NOW) == ()
    assert rank_of(read_certificate(pki.serca.certificate_der)) is Rank.ROOT
    assert rank_of(read_certificate(pki.mica.certificate_der)) is Rank.AUTHORITY


FOUND_BY = {
    Fault.EXPIRED: {"SEC.049", "SEC.059"},
    Fault.NOT_YET_VALID: {"SEC.049"},
    Fault.SELF_SIGNED: {"SEC.056", "SEC.098"},
    Fault.OTHER_ROOT: {"SEC.056"},
    Fault.MISSING_INTERMEDIATE: {"SEC.056"},
    Fault.RSA: {"SEC.021"},
    Fault.P384: {"SEC.021"},
    Fault.UNKNOWN_CRITICAL_EXTENSION: {"SEC.069"},
    Fault.MICA_CRITICAL_EXTENDED_KEY_USAGE: {"SEC.102"},
    Fault.MICA_NAME_CONSTRAINTS: {"SEC.101"},
    Fault.MICA_POLICY_MAPPINGS: {"SEC.100"},
    Fault.MCA_CRITICAL_EXTENDED_KEY_USAGE: {"SEC.102"},
    Fault.MCA_NAME_CONSTRAINTS: {"SEC.101"},
    Fault.MCA_POLICY_MAPPINGS: {"SEC.100"},
    Fault.MCA_PATH_LENGTH: {"SEC.049"},
    Fault.MCA_EXPIRED: {"SEC.049", "SEC.059"},
}


@pytest.mark.parametrize("fault", Fault)
def test_each_fault_is_found_and_nothing_else(pki: Pki, fault: Fault) -> None:
    bad = pki.faulty(fault)
    assert _requirements(judge_chain(bad.chain, bad.root, NOW)) == FOUND_BY[fault]
    assert fault.description


CHANGES: dict[str, tuple[Callable[[Extensions], Extensions], set[str]]] = {
    "no policies": (lambda found: _without(found, POLICIES), {"SEC.050"}),
    "policies not critical": (lambda found: _uncritical(found, POLICIES), {"SEC.050"}),
    "no key usage": (lambda found: _without(found, USAGE), {"SEC.050"}),
    "key usage not critical": (lambda found: _uncritical(found, USAGE), {"SEC.050"}),
    "no alternative name": (lambda found: _without(found, ALTERNATIVES), {"SEC.051"}),
    "alternative name not critical": (lambda found: _uncritical(found, ALTERNATIVES), {"SEC.051"}),
    "policy qualifier": (
        lambda found: (
            *_without(found, POLICIES),
            (
                x509.CertificatePolicies(
                    [x509.PolicyInformation(x509.ObjectIdentifier("1.3.6.1.4.1.40732.1.1"), ["https://cps.invalid"])]
                ),
                True,
            ),
        ),
        {"SEC.058"},
    ),
    "an authority's": (lambda found: (*found, (x509.BasicConstraints(True, None), True)), {"SEC.050"}),
    "critical extended key usage": (
        lambda found: (*found, (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), True)),
        {"SEC.102"},
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_each_change_of_a_device_certificate_is_found_and_nothing_else(pki: Pki, name: str) -> None:
    change, expected = CHANGES[name]
    facts = _device(pki, lambda plan: replace(plan, extensions=change(plan.extensions)))
    assert _requirements(judge_certificate(facts, Rank.DEVICE, NOW)) == expected


def test_extensions_that_are_not_critical_are_nobodys_business(pki: Pki) -> None:
    more: Extensions = (
        (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), False),
        (x509.BasicConstraints(False, None), True),
        (x509.UnrecognizedExtension(x509.ObjectIdentifier("1.3.6.1.4.1.32473.5"), b"\x05\x00"), False),
    )
    facts = _device(pki, lambda plan: plan.extended(*more))
    assert judge_certificate(facts, Rank.DEVICE, NOW) == ()
    assert facts.extended_key_usage == ("1.3.6.1.5.5.7.3.2",)


def test_device_with_a_subject_and_without_hardware_name_only_leaves_a_should(pki: Pki) -> None:
    facts = _device(
        pki,
        lambda plan: replace(plan, subject=common_name("x"), extensions=_without(plan.extensions, ALTERNATIVES)),
    )
    found = judge_certificate(facts, Rank.DEVICE, NOW)
    assert [(each.requirement, each.level) for each in found] == [("SEC.051", Level.SHOULD)]


@pytest.mark.parametrize(
    ("at", "count"),
    [(NOW, 0), (NOW - timedelta(days=2), 1), (datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC), 0)],
)
def test_validity_is_judged_for_the_moment_given(pki: Pki, at: datetime, count: int) -> None:
    assert len(judge_certificate(_device(pki), Rank.DEVICE, at)) == count


def test_authority_without_what_makes_it_one_is_found(pki: Pki) -> None:
    found = judge_certificate(_device(pki), Rank.AUTHORITY, NOW)
    assert _requirements(found) == {"SEC.049", "SEC.057", "SEC.060"}
    assert sum(each.requirement == "SEC.049" for each in found) == 2


def test_key_identifier_of_twenty_octets_is_found(pki: Pki) -> None:
    facts = read_certificate(pki.mica.certificate_der)
    by_method_1 = x509.SubjectKeyIdentifier.from_public_key(pki.mica.key.public_key()).digest
    found = judge_certificate(replace(facts, subject_key_id=by_method_1), Rank.AUTHORITY, NOW)
    assert [(each.requirement, each.observed[:9]) for each in found] == [("SEC.060", "20 octets")]


def test_chain_in_the_wrong_order_and_chain_too_long_are_found(pki: Pki) -> None:
    device = pki.device("inverter")
    swapped = (device.chain[0], device.chain[2], device.chain[1])
    assert "SEC.056" in _requirements(judge_chain(swapped, device.root, NOW))
    longer = (*device.chain, device.chain[2])
    assert "SEC.035" in _requirements(judge_chain(longer, device.root, NOW))
    assert _requirements(judge_chain((), device.root, NOW)) == {"SEC.041"}


def test_path_length_is_counted_without_the_device(pki: Pki) -> None:
    device = pki.device("inverter")
    mica = read_certificate(device.chain[1])
    assert mica.path_length == 0
    too_long = (device.chain[0], device.chain[2], device.chain[1], device.chain[2])
    found = judge_chain(too_long, device.root, NOW)
    assert any("authorities below" in each.expected for each in found)


def test_forged_signature_and_forged_key_identifier_are_found(pki: Pki) -> None:
    honest, forger = pki.serca, ec.generate_private_key(ec.SECP256R1())
    named_alike = CertificateAuthority(honest.certificate, forger)
    certificate = named_alike.issue(device_plan(MODULE, NOW), forger.public_key())
    raw = certificate.public_bytes(serialization.Encoding.DER)
    found = judge_chain((raw,), honest.certificate_der, NOW)
    assert [each.requirement for each in found] == ["SEC.049", "SEC.064"]
    assert not signed_by(read_certificate(raw), read_certificate(honest.certificate_der))


def test_root_that_cannot_be_read_proves_nothing_and_is_refused(pki: Pki) -> None:
    with pytest.raises(UsageError, match="trusted root"):
        judge_chain(pki.device("inverter").chain, b"no certificate", NOW)


@given(st.binary(max_size=200))
def test_bytes_that_are_no_certificate_are_a_finding_and_raise_nothing(raw: bytes) -> None:
    facts = read_certificate(raw)
    assert facts.unreadable is not None
    assert [each.requirement for each in judge_certificate(facts, Rank.DEVICE, NOW)] == ["SEC.049"]


@given(st.integers(min_value=0), st.integers(1, 255))
def test_damaged_certificate_is_read_or_said_to_be_unreadable(pki: Pki, position: int, damage: int) -> None:
    raw = bytearray(pki.serca.certificate_der)
    raw[position % len(raw)] ^= damage
    found = judge_chain((bytes(raw),), None, NOW)
    assert all(each.requirement.startswith("SEC.") for each in found)


def test_names_differing_in_case_and_blanks_are_the_same_name(pki: Pki) -> None:
    facts = read_certificate(pki.serca.certificate_der)
    assert replace(facts, issuer=facts.issuer.replace("Test ", "TEST  ")).self_issued
    assert not replace(facts, subject="", issuer="").self_issued


def test_certificates_are_split_from_pem_and_der_and_keys_are_never_echoed(pki: Pki) -> None:
    device = pki.device("inverter")
    both = device.key_pem + b"some text\n" + device.chain_pem
    assert split_certificates(both, "file") == device.chain
    assert split_certificates(device.certificate_der, "file") == (device.certificate_der,)
    with pytest.raises(UsageError, match="a private key") as refused:
        split_certificates(device.key_pem, "inverter.key")
    assert device.key_pem.splitlines()[1].decode("ascii") not in str(refused.value)
    with pytest.raises(UsageError, match="4 other bytes"):
        split_certificates(b"none", "file")


@given(st.lists(st.integers(0, 1 << 40), max_size=8), st.sampled_from([(0, 39), (1, 3), (2, 999)]), st.binary())
def test_hardware_module_name_survives_its_encoding(tail: list[int], head: tuple[int, int], serial: bytes) -> None:
    name = HardwareModuleName(".".join(str(arc) for arc in (*head, *tail)), serial)
    assert HardwareModuleName.decode(name.encode()) == name
    assert der.decode_oid(der.decode(der.encode_oid(name.hw_type), der.OBJECT_IDENTIFIER)[0]) == name.hw_type


@pytest.mark.parametrize(
    "raw", [b"", b"\x30\x00", b"\x30\x05\x06\x01", b"\x30\x03\x06\x01\x80", MODULE.encode() + b"\x00"]
)
def test_what_is_no_hardware_module_name_is_refused(raw: bytes) -> None:
    with pytest.raises(ValueError, match=r"DER|identifier|more than"):
        HardwareModuleName.decode(raw)
