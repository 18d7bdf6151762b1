"""The form of the certificates that a peer shows: what fails, what is warned of, what is not judged."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import cache

import pytest
from cryptography import x509
from made_evidence import connection

from conformance.judgement.certificate_form import for_tests, form
from conformance.judgement.finding import State
from conformance.judgement.judged import Judged
from conformance.wire.certificate_authority import CertificateAuthority, below, der_of, new_key, self_signed
from conformance.wire.certificate_plan import (
    ANY_POLICY,
    DEVICE_GENERIC,
    POLICY_SERVICE_PROVIDER,
    TEST_POLICIES,
    CertificatePlan,
    common_name,
    device_plan,
)
from conformance.wire.certificates import DEPTHS, TEST_HW_TYPE, Pki
from conformance.wire.hardware_module_name import HardwareModuleName

Chain = tuple[bytes, ...]
Change = Callable[[CertificatePlan], CertificatePlan]
USED = (DEVICE_GENERIC,)
PROVIDER = (DEVICE_GENERIC, POLICY_SERVICE_PROVIDER)


@cache
def pki() -> Pki:
    return Pki.create()


def unchanged(plan: CertificatePlan) -> CertificatePlan:
    return plan


def shown(
    change: Change = unchanged,
    policies: Sequence[str] = USED,
    mica: CertificateAuthority | None = None,
    *,
    named: bool = True,
) -> Chain:
    """Return the chain of a device certificate for use, changed."""
    issuer = mica or pki().mica
    plan = device_plan(HardwareModuleName(TEST_HW_TYPE, secrets.token_bytes(8)), pki().now, (), policies)
    leaf = issuer.issue(change(plan), new_key().public_key(), named=named)
    return tuple(map(der_of, (leaf, *issuer.path)))


def judged(chain: Chain, *, up: bool = True, version: str = "TLSv1.2") -> dict[str, Judged]:
    return dict(form(replace(connection(up=up, version=version), chain=chain)))


def states(chain: Chain, *, up: bool = True, version: str = "TLSv1.2") -> dict[str, State]:
    return {rule: found.state for rule, found in judged(chain, up=up, version=version).items()}


def unsound(chain: Chain) -> dict[str, State]:
    return {rule: state for rule, state in states(chain).items() if state not in (State.PASS, State.NOTE)}


def ending(plan: CertificatePlan) -> CertificatePlan:
    return replace(plan, not_after=plan.not_before + timedelta(days=730))


def without_alternative_name(plan: CertificatePlan) -> CertificatePlan:
    kept = tuple(each for each in plan.extensions if not isinstance(each[0], x509.SubjectAlternativeName))
    return replace(plan, extensions=kept)


def without_usage(plan: CertificatePlan) -> CertificatePlan:
    return replace(plan, extensions=tuple(it for it in plan.extensions if not isinstance(it[0], x509.KeyUsage)))


def with_qualifier(plan: CertificatePlan) -> CertificatePlan:
    policy = x509.PolicyInformation(x509.ObjectIdentifier(DEVICE_GENERIC), ["https://example.invalid/practice"])
    kept = tuple(it for it in plan.extensions if not isinstance(it[0], x509.CertificatePolicies))
    return replace(plan, extensions=(*kept, (x509.CertificatePolicies([policy]), True)))


def as_authority(plan: CertificatePlan) -> CertificatePlan:
    return plan.extended((x509.BasicConstraints(True, None), True))


@pytest.mark.parametrize("depth", DEPTHS)
def test_what_the_test_pki_makes_has_the_form(depth: int) -> None:
    device = pki().device("inverter", depth).chain
    assert not unsound(device)
    assert not unsound((*device, pki().serca.certificate_der))
    assert not unsound(pki().server(["localhost"], depth=depth).chain)


def test_a_device_certificate_for_use_has_the_form() -> None:
    assert set(states(shown()).values()) == {State.PASS}


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        (ending, "SEC.059"),
        (without_alternative_name, "SEC.051"),
        (with_qualifier, "SEC.058"),
        (as_authority, "SEC.050"),
    ],
)
def test_a_device_certificate_for_use_fails_the_rule_that_it_breaks(change: Change, rule: str) -> None:
    assert unsound(shown(change)) == {rule: State.FAIL}


def test_a_rule_that_is_our_reading_is_only_warned_of() -> None:
    assert unsound(shown(without_usage)) == {"SEC.050": State.WARNING}


def test_the_key_identifier_of_the_authority_must_be_there() -> None:
    assert unsound(shown(named=False)) == {"SEC.064": State.FAIL}


@pytest.mark.parametrize("policies", [TEST_POLICIES, PROVIDER, (ANY_POLICY,)])
def test_other_certificates_are_warned_of(policies: Sequence[str]) -> None:
    found = judged(shown(ending, policies))["SEC.059"]
    assert found.state is State.WARNING
    assert found.detail[0].startswith("only warned of")


def test_a_subject_that_is_not_empty_asks_for_no_alternative_name() -> None:
    named = replace(device_plan(HardwareModuleName(TEST_HW_TYPE, b"1"), pki().now), subject=common_name("inverter"))
    chain = shown(lambda plan: replace(without_alternative_name(plan), subject=named.subject))
    assert judged(chain)["SEC.051"].state is State.NOTE


def test_the_end_of_an_authority_is_no_matter() -> None:
    key = new_key()
    plan = ending(CertificatePlan(common_name("MICA"), pki().now, pki().now, _authority_extensions()))
    mica = CertificateAuthority(pki().mca.issue(plan, key.public_key()), key, pki().mca.path)
    assert "SEC.059" not in unsound(shown(mica=mica))


def _authority_extensions() -> tuple[tuple[x509.ExtensionType, bool], ...]:
    found = pki().mica.certificate.extensions
    return tuple((it.value, it.critical) for it in found if not isinstance(it.value, x509.AuthorityKeyIdentifier))


def test_rules_on_authorities_are_not_judged_where_none_is_shown() -> None:
    found = states(shown(mica=pki().serca))
    assert {rule for rule, state in found.items() if state is State.NOTE} == {"SEC.056", "SEC.057", "SEC.060"}


def test_a_key_identifier_of_an_authority_by_another_method_fails() -> None:
    key, mca = new_key(), pki().mca
    longer = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    extensions = ((x509.BasicConstraints(True, 0), True), (longer, False))
    plan = CertificatePlan(common_name("MICA"), pki().now, pki().now + timedelta(days=1), extensions)
    found = unsound(shown(mica=CertificateAuthority(mca.issue(plan, key.public_key()), key, mca.path)))
    assert found["SEC.060"] is State.FAIL


def test_certificates_out_of_order_are_no_path() -> None:
    leaf, mica, mca = shown()
    assert unsound((leaf, mca, mica)) == {"SEC.041": State.FAIL}
    assert states((leaf, mca, mica), version="TLSv1.3")["SEC.041"] is State.WARNING


def test_a_certificate_beside_the_path_fails() -> None:
    stranger = below(pki().serca, "Another", pki().now, 0, TEST_POLICIES).certificate
    assert states((*shown(), der_of(stranger)))["SEC.041"] is State.FAIL


def test_a_path_over_which_there_is_no_session_is_not_proven() -> None:
    assert states(shown()[:1], up=False)["SEC.041"] is State.INCONCLUSIVE


def test_a_signer_of_another_name_fails() -> None:
    leaf, _, mca = shown()
    renamed = CertificatePlan(common_name("Another"), pki().now, pki().now + timedelta(days=1), _authority_extensions())
    other = pki().mca.issue(renamed, pki().mica.key.public_key())
    found = judged((leaf, der_of(other), mca))
    assert (found["SEC.056"].state, found["SEC.041"].state) == (State.FAIL, State.PASS)


def test_a_certificate_that_cannot_be_read_decides_nothing() -> None:
    assert states((b"\x30\x03abc",)) == {"SEC.041": State.INCONCLUSIVE}
    assert states(()) == {"SEC.041": State.INCONCLUSIVE}


def test_a_root_at_the_end_is_left_out() -> None:
    key = new_key()
    root = self_signed(CertificatePlan(common_name("Root"), pki().now, pki().now + timedelta(days=9), ()), key)
    issuer = CertificateAuthority(root, key)
    leaf = issuer.issue(
        device_plan(HardwareModuleName(TEST_HW_TYPE, b"1"), pki().now, (), USED), new_key().public_key()
    )
    found = states((der_of(leaf), der_of(root)))
    assert State.FAIL not in found.values()


def test_a_test_certificate_is_told_from_others() -> None:
    made = pki().device("inverter").chain
    assert [for_tests(replace(connection(), chain=chain)) for chain in (made, shown(), ())] == [True, False, False]
