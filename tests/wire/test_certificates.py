"""The test PKI: real handshakes, OpenSSL's own verification, files and their modes."""

import os
import shutil
import ssl
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509

from conformance.vocabulary.errors import UsageError
from conformance.wire.certificates import AUTHORITY_NAMES, DEPTHS, Fault, Identity, Pki

needs_modes = pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX")
needs_openssl = pytest.mark.skipif(shutil.which("openssl") is None, reason="the openssl command is not there")

# What Python's TLS alone cannot tell: these stay for the harness's own judgement (measured with OpenSSL 3).
TLS_ACCEPTS = {
    Fault.RSA,
    Fault.P384,
    Fault.MICA_NAME_CONSTRAINTS,
    Fault.MICA_POLICY_MAPPINGS,
    Fault.MCA_NAME_CONSTRAINTS,
    Fault.MCA_POLICY_MAPPINGS,
}


@pytest.fixture(scope="module")
def pki() -> Pki:
    return Pki.create()


def _context(role: int, identity: Identity, cipher: str = "ECDHE-ECDSA-AES128-CCM8:@SECLEVEL=0") -> ssl.SSLContext:
    context = ssl.SSLContext(role)
    context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(cipher)
    context.load_verify_locations(cadata=identity.root_pem.decode("ascii"))
    context.verify_mode = ssl.CERT_REQUIRED
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    identity.load_into(context)
    return context


def _shake_hands(server: Identity, client: Identity, host: str = "localhost") -> tuple[bytes | None, str]:
    """Return the client's certificate as the server saw it, and the suite; raises what either side raises."""
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    at_server = _context(ssl.PROTOCOL_TLS_SERVER, server).wrap_bio(to_server, to_client, server_side=True)
    at_client = _context(ssl.PROTOCOL_TLS_CLIENT, client).wrap_bio(to_client, to_server, server_hostname=host)
    waiting = [at_client, at_server]
    for _ in range(10):
        for side in list(waiting):
            try:
                side.do_handshake()
                waiting.remove(side)
            except ssl.SSLWantReadError:
                continue
    assert not waiting, "the handshake did not end"
    cipher = at_server.cipher()
    assert cipher is not None
    return at_server.getpeercert(binary_form=True), cipher[0]


@pytest.mark.parametrize("depth", DEPTHS)
@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "::1"])
def test_chains_of_every_depth_pass_a_strict_mutual_handshake_with_the_mandatory_suite(
    pki: Pki, depth: int, host: str
) -> None:
    device = pki.device("inverter", depth)
    server = pki.server(["localhost", "127.0.0.1", "::1"], depth=depth)
    assert len(device.chain) == depth - 1
    assert _shake_hands(server, device, host) == (device.certificate_der, "ECDHE-ECDSA-AES128-CCM8")


def test_server_certificate_does_not_match_another_host(pki: Pki) -> None:
    with pytest.raises(ssl.SSLCertVerificationError, match="Hostname mismatch"):
        _shake_hands(pki.server(["localhost"]), pki.device("inverter"), "elsewhere.invalid")


@pytest.mark.parametrize("fault", [fault for fault in Fault if fault not in TLS_ACCEPTS])
def test_faulty_client_is_refused_by_plain_tls(pki: Pki, fault: Fault) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        _shake_hands(pki.server(["localhost"]), pki.faulty(fault))


@pytest.mark.parametrize("fault", sorted(TLS_ACCEPTS))
def test_fault_that_plain_tls_misses_still_shakes_hands(pki: Pki, fault: Fault) -> None:
    bad = pki.faulty(fault)
    assert _shake_hands(pki.server(["localhost"]), bad)[0] == bad.certificate_der


@pytest.mark.parametrize("fault", [Fault.EXPIRED, Fault.SELF_SIGNED, Fault.OTHER_ROOT, Fault.MISSING_INTERMEDIATE])
def test_faulty_server_is_refused_by_plain_tls(pki: Pki, fault: Fault) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        _shake_hands(pki.faulty(fault, hosts=["localhost"]), pki.device("inverter"))


@needs_openssl
@pytest.mark.parametrize("purpose", ["sslclient", "sslserver"])
def test_openssl_verifies_the_chain_strictly_and_finds_the_test_policy(pki: Pki, tmp_path: Path, purpose: str) -> None:
    files = pki.server(["localhost"]).write(tmp_path, "server")
    command = ["openssl", "verify", "-x509_strict", "-purpose", purpose, "-policy_check", "-explicit_policy"]
    command += ["-policy", "1.3.6.1.4.1.40732.2.1", "-CAfile", str(files.root), "-untrusted", str(files.chain)]
    done = subprocess.run([*command, str(files.chain)], capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_device_certificate_has_the_extensions_of_the_profile_and_no_others(pki: Pki) -> None:
    certificate = x509.load_der_x509_certificate(pki.device("inverter").certificate_der)
    found = {extension.oid.dotted_string: extension.critical for extension in certificate.extensions}
    assert found == {"2.5.29.15": True, "2.5.29.32": True, "2.5.29.17": True, "2.5.29.35": False}
    assert len(certificate.subject) == 0
    assert certificate.not_valid_after_utc == datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)


@needs_modes
def test_key_files_are_for_their_owner_alone_whatever_the_umask(pki: Pki, tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        files = pki.device("inverter").write(tmp_path / "new" / "folder", "inverter")
        pki.save(tmp_path)
    finally:
        os.umask(before)
    keys = [files.key, *(tmp_path / f"{name}.key" for name in AUTHORITY_NAMES)]
    assert {key.stat().st_mode & 0o777 for key in keys} == {0o600}


@needs_modes
def test_replacing_a_key_file_that_all_could_read_takes_that_right_away(pki: Pki, tmp_path: Path) -> None:
    (tmp_path / "inverter.key").write_bytes(b"old")
    (tmp_path / "inverter.key").chmod(0o644)
    files = pki.device("inverter").write(tmp_path, "inverter", overwrite=True)
    assert files.key.stat().st_mode & 0o777 == 0o600
    assert sorted(path.name for path in tmp_path.iterdir()) == ["inverter.key", "inverter.pem", "serca.pem"]


def test_written_files_are_what_python_tls_loads(pki: Pki, tmp_path: Path) -> None:
    device = pki.device("inverter")
    files = device.write(tmp_path, "inverter")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_cert_chain(files.chain, files.key)
    assert files.chain.read_bytes() == device.chain_pem
    assert files.root.read_bytes() == pki.root_pem == device.root_pem


def test_existing_files_and_a_foreign_root_are_not_replaced(pki: Pki, tmp_path: Path) -> None:
    first = pki.device("inverter").write(tmp_path, "inverter")
    kept = first.key.read_bytes()
    with pytest.raises(UsageError, match=r"inverter\.pem and 1 more already there"):
        pki.device("inverter").write(tmp_path, "inverter")
    with pytest.raises(UsageError, match=r"serca\.pem already there"):
        Pki.create().device("other").write(tmp_path, "other")
    assert first.key.read_bytes() == kept
    assert not (tmp_path / "other.key").exists()


def test_saved_tree_is_loaded_and_issues_below_the_same_root(pki: Pki, tmp_path: Path) -> None:
    pki.save(tmp_path)
    loaded = Pki.load(tmp_path)
    assert loaded.root_pem == pki.root_pem
    for depth in DEPTHS:
        device = loaded.device("late", depth)
        assert _shake_hands(pki.server(["localhost"]), device)[0] == device.certificate_der


def test_loading_says_what_is_missing_or_does_not_fit(pki: Pki, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"serca\.pem or its key: FileNotFoundError"):
        Pki.load(tmp_path)
    pki.save(tmp_path)
    shutil.copy(tmp_path / "mca.key", tmp_path / "mica.key")
    with pytest.raises(UsageError, match=r"mica\.key is not the key of mica\.pem"):
        Pki.load(tmp_path)
    Pki.create().save(tmp_path / "other")
    shutil.copy(tmp_path / "other" / "mca.pem", tmp_path / "mca.pem")
    with pytest.raises(UsageError, match=r"mca\.pem or its key"):
        Pki.load(tmp_path)


def test_no_text_form_shows_a_private_key(pki: Pki) -> None:
    device = pki.device("inverter")
    body = device.key_pem.decode("ascii").splitlines()[1]
    for text in (repr(device), str(device), repr(pki), f"{device}", repr(pki.serca)):
        assert body not in text
        assert "PRIVATE KEY" not in text
        assert "EllipticCurvePrivateKey" not in text


def test_every_device_has_another_identity(pki: Pki) -> None:
    assert len({pki.device("inverter").lfdi for _ in range(20)}) == 20


@pytest.mark.parametrize("depth", [1, 5])
def test_chain_of_another_depth_is_refused(pki: Pki, depth: int) -> None:
    with pytest.raises(UsageError, match="a chain of 2, 3 or 4"):
        pki.device("inverter", depth)


@pytest.mark.parametrize("hw_type", ["", "1", "3.1.2", "1.40.1", "1.2.x", "PEN", "1..2", "-1.2"])
def test_hardware_type_that_is_no_object_identifier_is_refused(pki: Pki, hw_type: str) -> None:
    with pytest.raises(UsageError, match="is not an object identifier"):
        pki.device("inverter", hw_type=hw_type)


@pytest.mark.parametrize("host", ["", "https://host", "host:443", "two words", "bücher.example", "user@host"])
def test_host_that_is_neither_name_nor_address_is_refused(pki: Pki, host: str) -> None:
    with pytest.raises(UsageError, match="DNS name"):
        pki.server([host])


def test_folder_that_cannot_be_written_to_is_named(pki: Pki, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(UsageError, match="a folder that can be written to"):
        pki.device("inverter").write(tmp_path / "file", "inverter")


def test_certificates_are_made_for_the_moment_asked_for() -> None:
    moment = datetime(2031, 5, 6, 7, 8, 9, tzinfo=UTC)
    device = Pki.create(moment).device("inverter")
    made = x509.load_der_x509_certificate(device.certificate_der).not_valid_before_utc
    assert made < moment
    assert (moment - made).days == 1


def test_loading_into_a_context_leaves_no_key_behind(pki: Pki, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    pki.device("inverter").load_into(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))
    assert list(tmp_path.iterdir()) == []
