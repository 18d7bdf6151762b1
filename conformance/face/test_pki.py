"""A folder of test certificates for both sides: authorities, a device and a server on the loopback."""

from __future__ import annotations

from pathlib import Path

from conformance.running.way_in import LABEL
from conformance.wire.certificates import Pki
from conformance.wire.multicast import GROUPS

AUTHORITIES = "authorities"
LOOPBACK = ("localhost", "127.0.0.1")
DISCOVERED = tuple(f"{LABEL}.{group.domain}" for group in GROUPS)
"""The names under which the test server is offered by DNS-SD."""


def make_test_pki(folder: Path, devices: int = 1) -> None:
    """Make authorities, ``device.pem`` and ``server.pem`` with their keys; what is there is left as it is.

    ``devices`` above 1 adds ``device-2.pem`` and so on, issued by the folder's authorities.
    """
    if not folder.exists():
        folder.mkdir(parents=True)
        pki = Pki.create()
        pki.save(folder / AUTHORITIES)
        pki.device("device").write(folder, "device")
        pki.server((*LOOPBACK, *DISCOVERED)).write(folder, "server", overwrite=True)
    for name in (f"device-{number}" for number in range(2, devices + 1)):
        if not (folder / f"{name}.pem").exists():
            Pki.load(folder / AUTHORITIES).device(name).write(folder, name, overwrite=True)
