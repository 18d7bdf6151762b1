"""TLS contexts: explicit, the same in every Python, reused, and clear about files that do not fit."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from wire_rig import files

from conformance.vocabulary.errors import UsageError
from conformance.wire.tls_context import again, client_context, server_context


def test_both_sides_speak_only_tls_1_2_with_ccm8() -> None:
    made = files("client")
    for context in (
        client_context(made.chain, made.key, made.root),
        server_context(made.chain, made.key, made.root),
    ):
        assert context.minimum_version == context.maximum_version == ssl.TLSVersion.TLSv1_2
        offered = {str(cipher["name"]) for cipher in context.get_ciphers() if cipher["protocol"] == "TLSv1.2"}
        assert offered == {"ECDHE-ECDSA-AES128-CCM8"}
        assert context.verify_mode is ssl.CERT_REQUIRED
        assert not context.check_hostname
        assert context.verify_flags == ssl.VerifyFlags.VERIFY_X509_TRUSTED_FIRST
        assert context.options & ssl.OP_NO_TICKET


def test_a_server_may_do_without_client_certificates() -> None:
    made = files("server")
    context = server_context(made.chain, made.key, made.root, client_certificate=False)
    assert context.verify_mode is ssl.CERT_OPTIONAL  # one that is shown is still verified


def test_a_context_is_made_once_and_again_when_a_file_changed(tmp_path: Path) -> None:
    made = files("server")
    root = tmp_path / "root.pem"
    root.write_bytes(made.root.read_bytes())
    first = server_context(made.chain, made.key, root)
    assert server_context(made.chain, made.key, root) is first
    assert server_context(made.chain, made.key, root, client_certificate=False) is not first
    root.write_bytes(made.root.read_bytes())
    assert server_context(made.chain, made.key, root) is first
    root.write_bytes(b"\n" + made.root.read_bytes())
    assert server_context(made.chain, made.key, root) is not first


def explained(chain: Path, key: Path, root: Path) -> str:
    with pytest.raises(UsageError) as raised:
        server_context(chain, key, root)
    text = str(raised.value)
    assert "expected" in text
    assert "do  " in text
    assert "PRIVATE KEY" not in text
    return text


def test_a_key_of_another_certificate_is_explained() -> None:
    text = explained(files("server").chain, files("client").key, files("server").root)
    assert "the key belongs to another certificate" in text
    assert str(files("client").key) in text


def test_missing_files_are_explained(tmp_path: Path) -> None:
    made, gone = files("server"), tmp_path / "gone.pem"
    assert f"root certificates from {gone}" in explained(made.chain, made.key, gone)
    assert "No such file" in explained(gone, made.key, made.root)
    assert "No such file" in explained(made.chain, gone, made.root)


def test_rubbish_is_explained(tmp_path: Path) -> None:
    made, rubbish = files("server"), tmp_path / "rubbish.pem"
    rubbish.write_text("rubbish")
    for chain, key, root in (
        (rubbish, made.key, made.root),
        (made.chain, rubbish, made.root),
        (made.chain, made.key, rubbish),
    ):
        assert "no usable PEM" in explained(chain, key, root)


def test_an_encrypted_key_is_explained_and_nobody_is_asked_for_a_pass_phrase(tmp_path: Path) -> None:
    made, locked = files("server"), tmp_path / "locked.key"
    key = serialization.load_pem_private_key(made.key.read_bytes(), None)
    locked.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(b"secret"),
        )
    )
    assert "the private key is encrypted" in explained(made.chain, locked, made.root)


def test_an_unknown_cipher_is_explained() -> None:
    made = files("server")
    with pytest.raises(UsageError, match="csip doctor"):
        server_context(made.chain, made.key, made.root, ciphers="NO-SUCH-SUITE")


def test_a_context_made_again_is_a_new_one_like_the_old_one(tmp_path: Path) -> None:
    made = files("server")
    root = tmp_path / "root.pem"
    root.write_bytes(made.root.read_bytes())
    first = server_context(made.chain, made.key, root)
    second = again(first)
    assert second is not first
    assert second.get_ciphers() == first.get_ciphers()
    assert again(second) is not second
    root.unlink()
    assert again(first) is first
    foreign = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    assert again(foreign) is foreign
