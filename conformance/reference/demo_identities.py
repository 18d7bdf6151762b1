"""Certificates for the embedded peers: made anew for each demonstration, in a folder that is deleted afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from conformance.vocabulary.errors import UsageError, explain
from conformance.vocabulary.identity import lfdi_of, sfdi_of_lfdi
from conformance.wire.certificate_facts import split_certificates
from conformance.wire.certificates import Identity, Pki
from conformance.wire.test_identities import TestIdentities

LOOPBACK = ("localhost", "127.0.0.1")
AUTHORITIES = "authorities"


@dataclass(frozen=True, slots=True)
class Files:
    """One identity on disk; ``leaf`` holds its certificate without the rest of the path."""

    chain: Path
    leaf: Path
    key: Path
    roots: Path
    lfdi: str
    sfdi: int


@dataclass(frozen=True, slots=True)
class DemoIdentities:
    """A server's and a device's identity under one root, and the folder of the authorities that issued them."""

    server: Files
    device: Files
    authorities: Path

    @property
    def strangers(self) -> TestIdentities:
        """Further identities, issued when first asked for."""
        return TestIdentities(self.authorities, self.authorities.parent / "presented")


def make_identities(folder: Path) -> DemoIdentities:
    """Make a test PKI with both identities in a private folder."""
    pki = Pki.create()
    pki.save(folder / AUTHORITIES)
    return DemoIdentities(
        written(pki.server(LOOPBACK), folder, "server"),
        written(pki.device("device"), folder, "device"),
        folder / AUTHORITIES,
    )


def read_identities(folder: Path) -> DemoIdentities:
    """Read the identities that were made in a folder before. Raises ``UsageError`` when they are not there."""
    return DemoIdentities(read_files(folder, "server"), read_files(folder, "device"), folder / AUTHORITIES)


def device_lfdis(folder: Path) -> list[str]:
    """Return the LFDIs of all devices of a test PKI: device, device-2 and so on."""
    chains = sorted(path for path in folder.glob("device*.pem") if not path.stem.endswith("-leaf"))
    return [lfdi_of(split_certificates(path.read_bytes(), str(path))[0]) for path in chains]


def read_files(folder: Path, stem: str) -> Files:
    """Read one identity of a folder. Raises ``UsageError`` when it is not there."""
    chain = folder / f"{stem}.pem"
    try:
        pem = chain.read_bytes()
    except OSError as error:
        seen = error.strerror or str(error)
        raise UsageError(explain(f"reading {chain}", "a certificate chain", seen, "make one with csip init")) from None
    lfdi = lfdi_of(split_certificates(pem, str(chain))[0])
    leaf = _leaf(folder, stem, pem)
    return Files(chain, leaf, folder / f"{stem}.key", folder / "serca.pem", lfdi, sfdi_of_lfdi(lfdi))


def _leaf(folder: Path, stem: str, pem: bytes) -> Path:
    """Write the first certificate alone."""
    leaf = folder / f"{stem}-leaf.pem"
    end = b"-----END CERTIFICATE-----\n"
    leaf.write_bytes(pem.partition(end)[0] + end)
    return leaf


def written(identity: Identity, folder: Path, stem: str) -> Files:
    """Write one identity to a folder."""
    files = identity.write(folder, stem, overwrite=True)
    leaf = _leaf(folder, stem, identity.chain_pem)
    return Files(files.chain, leaf, files.key, files.root, identity.lfdi, identity.sfdi)
