"""Identities for a subject to accept or refuse: sound chains of each length, and faulty ones, issued when first asked.

They stay in their folder, so that a subject that was told their LFDIs knows them in the next run too.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from conformance.vocabulary.errors import HarnessError
from conformance.vocabulary.identity import lfdi_of, sfdi_of
from conformance.wire.certificate_facts import split_certificates
from conformance.wire.certificates import DEPTHS, Fault, Identity, Pki
from conformance.wire.device_identity import ROOT_FILE, IdentityFiles

NEWCOMER = "newcomer-"
"""How the names of devices begin that no server was told of; any word may follow."""
CHAINS = {f"chain-{depth}": depth for depth in DEPTHS}
FAULTS = {f"faulty-{fault}": fault for fault in Fault}


@dataclass(frozen=True, slots=True)
class Made:
    """An identity on disk."""

    files: IdentityFiles
    lfdi: str
    sfdi: int


class TestIdentities:
    """The identities below a folder, issued by the authorities in another."""

    __test__ = False

    def __init__(self, authorities: Path, folder: Path) -> None:
        self._authorities = authorities
        self._folder = folder

    def made(self, name: str) -> Made:
        """Return an identity by name: ``chain-2`` to ``chain-4``, ``newcomer-`` and a word, or ``faulty-`` and a fault.

        Raises ``UsageError`` when the authorities cannot be read, or the folder not written to.
        """
        files = IdentityFiles(self._folder / f"{name}.pem", self._folder / f"{name}.key", self._folder / ROOT_FILE)
        if not (files.chain.is_file() and files.key.is_file()):
            files = self._issued(name).write(self._folder, name, overwrite=True)
        leaf = split_certificates(files.chain.read_bytes(), str(files.chain))[0]
        return Made(files, lfdi_of(leaf), sfdi_of(leaf))

    def _issued(self, name: str) -> Identity:
        pki = Pki.load(self._authorities)
        if name.startswith(NEWCOMER):
            return pki.device(name)
        if name in CHAINS:
            return pki.device(name, CHAINS[name])
        if name in FAULTS:
            return pki.faulty(FAULTS[name])
        known = ", ".join([*CHAINS, *FAULTS, f"{NEWCOMER}*"])
        raise HarnessError(f"there is no identity named {name!r}; there are {known}")
