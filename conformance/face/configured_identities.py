"""Whose certificates ``csip.toml`` names: those the harness shows, and those of a client under test.

A server is shown a device, or several, so that as many test cases may use it at once. A client has one identity, or one
for each instance that runs beside others. Both are given as files, or made in a test PKI.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT_FILE = "serca.pem"
AUTHORITIES = "authorities"

Table = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Shown:
    """The harness's own certificate chain and key, the roots it trusts, and where the test PKI's authorities are.

    ``pin`` is that of a further device of the harness, where a server registered it with one of its own.
    """

    certificate: Path
    key: Path
    roots: Path
    authorities: Path | None = None
    pin: int | None = None


@dataclass(frozen=True, slots=True)
class Instance:
    """An identity of the client under test: its certificate, or its LFDI; ``pin`` where it differs from the first."""

    certificate: Path | None = None
    key: Path | None = None
    lfdi: str | None = None
    pin: int | None = None


def shown_identities(base: Path, kind: str, identity: Table) -> tuple[Shown, ...]:
    """Return what the harness shows: one identity to a client, one or more devices to a server."""
    if "test_pki" in identity:
        folder = base / str(identity["test_pki"])
        names = device_names(identity) if kind == "server" else ["server"]
        return tuple(
            Shown(folder / f"{name}.pem", folder / f"{name}.key", folder / ROOT_FILE, folder / AUTHORITIES)
            for name in names
        )
    roots, authorities = base / str(identity["roots"]), _path(base, identity, "authorities")
    rows = [identity, *(_tables(identity.get("more", [])) if kind == "server" else [])]
    return tuple(
        Shown(base / str(row["certificate"]), base / str(row["key"]), roots, authorities, _pin(row)) for row in rows
    )


def client_instances(base: Path, subject: Table, identity: Table) -> tuple[Instance, ...]:
    """Return the identities of a client under test, the first one first; as made in the test PKI if none is given."""
    if "test_pki" in identity and not {"certificate", "lfdi"} & set(subject):
        folder = base / str(identity["test_pki"])
        return tuple(Instance(folder / f"{name}.pem", folder / f"{name}.key") for name in device_names(identity))
    first = Instance(_path(base, subject, "certificate"), _path(base, subject, "key"), _text(subject, "lfdi"))
    further = (
        Instance(_path(base, row, "certificate"), _path(base, row, "key"), _text(row, "lfdi"), _pin(row))
        for row in _tables(subject.get("more", []))
    )
    return (first, *further)


def device_names(identity: Table) -> list[str]:
    """Return the names of the devices in a test PKI: device, device-2 and so on."""
    further = range(2, int(str(identity.get("devices", 1))) + 1)
    return ["device", *(f"device-{number}" for number in further)]


def _tables(value: object) -> list[Table]:
    assert isinstance(value, list)
    return value


def _path(base: Path, row: Table, key: str) -> Path | None:
    return base / str(row[key]) if key in row else None


def _text(row: Table, key: str) -> str | None:
    return str(row[key]) if key in row else None


def _pin(row: Table) -> int | None:
    return int(str(row["pin"])) if "pin" in row else None
