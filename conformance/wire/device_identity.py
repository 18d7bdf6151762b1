"""What a peer proves itself with: a certificate chain and its private key, and how they reach a disk.

The private key appears in no text form of these classes. Key files are made with mode 0600 from their first byte.
"""

from __future__ import annotations

import os
import ssl
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from conformance.vocabulary.errors import UsageError, explain
from conformance.vocabulary.identity import lfdi_of, sfdi_of

ROOT_FILE = "serca.pem"


@dataclass(frozen=True, slots=True)
class IdentityFiles:
    """Where an identity was written: chain (leaf first, no root), private key, and the root."""

    chain: Path
    key: Path
    root: Path


@dataclass(frozen=True, slots=True)
class Identity:
    """A certificate with its chain and key.

    ``chain`` is DER, leaf first, without the root. ``root`` (DER) is the SERCA of the test PKI, which the other
    side is told to trust, also when a faulty chain does not lead there. ``key_pem`` is PKCS #8, not encrypted.
    """

    name: str
    chain: tuple[bytes, ...] = field(repr=False)
    root: bytes = field(repr=False)
    key_pem: bytes = field(repr=False, compare=False)

    @property
    def certificate_der(self) -> bytes:
        """The certificate of the device itself."""
        return self.chain[0]

    @property
    def chain_pem(self) -> bytes:
        """The chain in PEM, leaf first, without the root."""
        return b"".join(pem_of(certificate) for certificate in self.chain)

    @property
    def root_pem(self) -> bytes:
        """The root in PEM."""
        return pem_of(self.root)

    @property
    def lfdi(self) -> str:
        """The LFDI: 40 upper-case hexadecimal digits."""
        return lfdi_of(self.certificate_der)

    @property
    def sfdi(self) -> int:
        """The SFDI with its check digit."""
        return sfdi_of(self.certificate_der)

    def write(self, folder: Path, stem: str, *, overwrite: bool = False) -> IdentityFiles:
        """Write ``stem.pem``, ``stem.key`` and the root's ``serca.pem``.

        Raises ``UsageError`` when chain or key exist already, or another root does, unless ``overwrite``.
        """
        files = IdentityFiles(folder / f"{stem}.pem", folder / f"{stem}.key", folder / ROOT_FILE)
        if not overwrite:
            refuse_existing(files.chain, files.key, *self._other_root(files.root))
        write_private(files.key, self.key_pem)
        write_public(files.chain, self.chain_pem)
        write_public(files.root, self.root_pem)
        return files

    def _other_root(self, root: Path) -> list[Path]:
        return [root] if root.exists() and root.read_bytes() != self.root_pem else []

    def load_into(self, context: ssl.SSLContext) -> None:
        """Make a TLS context present this identity; the key touches the disk only for that moment."""
        with tempfile.TemporaryDirectory() as folder:
            files = self.write(Path(folder), "identity")
            context.load_cert_chain(files.chain, files.key)


def pem_of(certificate_der: bytes) -> bytes:
    """Return a DER certificate in PEM."""
    return ssl.DER_cert_to_PEM_cert(certificate_der).encode("ascii")


def refuse_existing(*paths: Path) -> None:
    """Raise ``UsageError`` when one of the files exists."""
    if existing := [path for path in paths if path.exists()]:
        more = f" and {len(existing) - 1} more" if len(existing) > 1 else ""
        raise UsageError(
            explain(
                "Writing certificates and keys.",
                "files that do not exist yet",
                f"{existing[0]}{more} already there",
                "choose another name or folder, or give --force to replace them",
            )
        )


def write_private(path: Path, content: bytes) -> None:
    """Write a file that only its owner may read, replacing an older one in a single step."""
    _replace(path, content, 0o600)


def write_public(path: Path, content: bytes) -> None:
    """Write a file that everybody may read, replacing an older one in a single step."""
    _replace(path, content, 0o644)


def _replace(path: Path, content: bytes, mode: int) -> None:
    try:
        _replace_or_raise(path, content, mode)
    except OSError as error:
        raise UsageError(
            explain(f"Writing {path}.", "a folder that can be written to", str(error), "choose another folder")
        ) from error


def _replace_or_raise(path: Path, content: bytes, mode: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    # mkstemp creates exclusively and with mode 0600, whatever the umask; systems without modes ignore them.
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        if mode != 0o600:
            Path(name).chmod(mode)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
