"""Certificates for the embedded peers: made anew for each demonstration, in a folder that is deleted afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from conformance.wire.certificates import Identity, Pki

LOOPBACK = ("localhost", "127.0.0.1")


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
    """A server's and a device's identity under one root."""

    server: Files
    device: Files


def make_identities(folder: Path) -> DemoIdentities:
    """Make a test PKI with both identities in a private folder."""
    pki = Pki.create()
    return DemoIdentities(
        _written(pki.server(LOOPBACK), folder, "server"),
        _written(pki.device("device"), folder, "device"),
    )


def _written(identity: Identity, folder: Path, stem: str) -> Files:
    files = identity.write(folder, stem, overwrite=True)
    leaf = folder / f"{stem}-leaf.pem"
    end = b"-----END CERTIFICATE-----\n"
    leaf.write_bytes(identity.chain_pem.partition(end)[0] + end)
    return Files(files.chain, leaf, files.key, files.root, identity.lfdi, identity.sfdi)
