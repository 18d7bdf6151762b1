"""A folder of test certificates for both sides: authorities, a device and a server on the loopback."""

from __future__ import annotations

from pathlib import Path

from conformance.wire.certificates import Pki

LOOPBACK = ("localhost", "127.0.0.1")


def make_test_pki(folder: Path) -> None:
    """Make authorities, ``device.pem`` and ``server.pem`` with their keys; a folder that is there is left as it is."""
    if folder.exists():
        return
    folder.mkdir(parents=True)
    pki = Pki.create()
    pki.save(folder / "authorities")
    pki.device("device").write(folder, "device")
    pki.server(LOOPBACK).write(folder, "server", overwrite=True)
