import hashlib
from dataclasses import replace

from conformance.output.peer_certificates import certificates_in, client_lfdis
from conformance.vocabulary.identity import lfdi_of
from tests.output.sample_facts import connection, exchange

CASE = "server/COMM-002"


def test_a_certificate_is_told_once_however_many_connections_showed_it():
    shown = certificates_in([connection(number, CASE, 0.0) for number in (1, 2, 3)])
    assert [(one.number, one.leaf, one.count) for one in shown] == [(1, True, 3), (2, False, 3)]
    assert "CN=device" in shown[0].subject


def test_a_certificate_has_the_identities_that_follow_from_its_fingerprint():
    leaf = certificates_in([connection(1, CASE, 0.0)])[0]
    assert leaf.sha256 == hashlib.sha256(leaf.der).hexdigest().upper()
    assert leaf.lfdi == lfdi_of(leaf.der) == leaf.sha256[:40]
    assert leaf.valid.count("UTC") == 2


def test_what_cannot_be_read_is_told_by_its_fingerprint_all_the_same():
    odd = certificates_in([replace(connection(1, CASE, 0.0), chain=(b"no certificate",))])[0]
    assert odd.subject.startswith("not readable: ")
    assert odd.sha256 == hashlib.sha256(b"no certificate").hexdigest().upper()
    assert odd.valid == ""


def test_a_connection_without_a_certificate_tells_none():
    assert certificates_in([]) == ()


def test_the_client_of_a_connection_is_known_from_its_exchanges():
    told = client_lfdis([exchange(1, CASE, 0.0)])
    assert set(told) <= {1}
