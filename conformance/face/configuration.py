"""``csip.toml``: what is under test, how to reach it, who arranges it, which limits differ.

Read once, judged as a whole, and turned into immutable facts. Paths are relative to the file. Whatever is wrong is a
:class:`~conformance.vocabulary.errors.UsageError` that names the key.
"""

from __future__ import annotations

import json
import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import jsonschema

from conformance.catalogue.pack_values import Phase, SourceGrade
from conformance.catalogue.shipped import profiles_folder
from conformance.catalogue.values_in_force import Whom
from conformance.face.configured_identities import (
    Instance,
    Shown,
    Table,
    client_instances,
    device_names,
    shown_identities,
)
from conformance.face.configured_site import configured_site
from conformance.roles.southbound import SouthboundSite
from conformance.roles.subject_process import PREPARE_DEADLINE_S, StartCommand, as_words
from conformance.running.applies import CLEAR_TEXT, DNS_SD
from conformance.vocabulary.errors import UsageError, explain
from conformance.wire.multicast_sockets import MDNS_PORT

Kind = Literal["server", "client"]
DEFAULT_NAME = "csip.toml"
ANY_PORT = ("127.0.0.1", 0)
LARGEST_PORT = 65535
LOOPBACK = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Product:
    """What the product is, for the report."""

    name: str = "unnamed"
    maker: str = ""
    model: str = ""
    version: str = ""


@dataclass(frozen=True, slots=True)
class Arranger:
    """How the operator is reached: ``prompt``, ``command``, ``hook`` or ``plugin``; a command starts in ``base``."""

    way: str = "prompt"
    command: tuple[str, ...] = ()
    base: Path | None = None
    url: str = ""
    plugin: str = ""


@dataclass(frozen=True, slots=True)
class Configuration:
    """One ``csip.toml``.

    ``address`` is host and port of a server under test; ``listen`` those of the test server for a client under test.
    ``shown`` are the harness's identities: one for a client under test, one or more devices for a server.
    ``own`` are those of a client under test, one for each instance that shall have its own; its key is only named to a
    client that is started. ``southbound`` is the simulated site behind each instance of a client. ``test_pki`` is a
    folder in which certificates for both sides are made when missing, ``devices`` so many of them for devices.
    ``lanes`` is the most test cases that may use a server at once. ``clear_text`` is host and port without TLS,
    ``discovery`` interface and port of multicast DNS, each only where it is to be tried. ``declared`` is what the
    product is: its role, its kinds of DER, its maker's number.
    """

    path: Path
    kind: Kind
    profile: str
    product: Product
    shown: tuple[Shown, ...]
    entry: str
    pin: int
    test_pki: Path | None = None
    address: tuple[str, int] | None = None
    listen: tuple[str, int] = ANY_PORT
    own: tuple[Instance, ...] = ()
    registered: bool = True
    supports: frozenset[str] | None = None
    declared: Whom = field(default_factory=Whom)
    fail_from: SourceGrade | None = None
    start: StartCommand | None = None
    southbound: SouthboundSite | None = None
    instances: int = 1
    lanes: int | None = None
    devices: int = 1
    operator: Arranger = field(default_factory=Arranger)
    limits: Mapping[str, float] = field(default_factory=dict)
    out: Path | None = None
    clear_text: tuple[str, int] | None = None
    discovery: tuple[str, int] | None = None

    @property
    def ways_lacking(self) -> frozenset[str]:
        """The optional ways into a server that the declaration does not name."""
        declared = {CLEAR_TEXT: self.clear_text, DNS_SD: self.discovery}
        return frozenset(name for name, where in declared.items() if where is None)


def read_configuration(path: Path) -> Configuration:
    """Read a configuration.

    Raises:
        UsageError: not there, not TOML, or not of the published form; names the key.
    """
    attempted = f"reading the configuration {path}"
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        do = "name the file with --config, or make one with csip init"
        raise UsageError(explain(attempted, "a readable file", error.strerror or str(error), do)) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(explain(attempted, "TOML", str(error), "correct that line")) from None
    _must_fit_schema(attempted, document)
    return _configuration(path, document)


def _must_fit_schema(attempted: str, document: object) -> None:
    schema = json.loads((profiles_folder() / "csip-toml.schema.json").read_text(encoding="utf-8"))
    errors = list(jsonschema.Draft202012Validator(schema).iter_errors(document))
    if errors:
        seen = "; ".join(
            f"{'.'.join(map(str, error.absolute_path)) or 'the file'}: {error.message}" for error in errors
        )
        raise UsageError(explain(attempted, "the form of csip-toml.schema.json", seen, "correct these keys"))


def _configuration(path: Path, document: Mapping[str, Mapping[str, object]]) -> Configuration:
    subject, identity = document["subject"], document["identity"]
    base = path.resolve().parent
    kind: Kind = "server" if subject["kind"] == "server" else "client"
    return Configuration(
        path=path,
        kind=kind,
        profile=_profile(base, str(document["profile"])),
        product=Product(**{key: str(subject[key]) for key in ("name", "maker", "model", "version") if key in subject}),
        shown=shown_identities(base, kind, identity),
        test_pki=base / str(identity["test_pki"]) if "test_pki" in identity else None,
        entry=str(subject.get("entry", "/dcap")),
        pin=int(str(subject["pin"])),
        address=_host_and_port(subject, "address", path) if "address" in subject else None,
        listen=_host_and_port(subject, "listen", path) if "listen" in subject else ANY_PORT,
        own=client_instances(base, subject, identity) if kind == "client" else (),
        registered=bool(subject.get("registered", True)),
        supports=frozenset(_strings(subject["supports"])) if "supports" in subject else None,
        declared=_declared(kind, subject),
        fail_from=SourceGrade(str(document["fail_from"])) if "fail_from" in document else None,
        start=_start(path, subject),
        southbound=_southbound(path, subject),
        instances=int(str(subject.get("instances", 1))),
        lanes=int(str(subject["lanes"])) if "lanes" in subject else None,
        devices=len(device_names(identity)),
        operator=_operator(path, document.get("operator", {})),
        limits=_limits(path, document.get("limits", {})),
        out=base / str(document["run"]["out"]) if "out" in document.get("run", {}) else None,
        clear_text=_host_and_port(subject, "clear_text", path) if "clear_text" in subject else None,
        discovery=_discovery(document["discovery"]) if "discovery" in document else None,
    )


def _declared(kind: Kind, subject: Table) -> Whom:
    role = "server" if kind == "server" else str(subject.get("role", "device"))
    pen = int(str(subject["pen"])) if "pen" in subject else None
    phase = Phase(str(subject.get("phase", Phase.NORMAL)))
    return Whom(role=role, types=tuple(_strings(subject.get("der", ()))), phase=phase, pen=pen)


def _profile(base: Path, name: str) -> str:
    """Return a pack's name, or the path of a pack file beside the configuration."""
    return str(base / name) if name.endswith((".yaml", ".yml")) else name


def _host_and_port(table: Table, key: str, path: Path, section: str = "subject") -> tuple[str, int]:
    host, _, port = str(table[key]).rpartition(":")
    try:
        host.strip("[]").encode("idna")
    except UnicodeError as error:
        raise _wrong(path, f"{section}.{key}", "the name of a host", f"{host!r}: {error}") from None
    if int(port) > LARGEST_PORT:
        raise _wrong(path, f"{section}.{key}", f"a port up to {LARGEST_PORT}", port)
    return host.strip("[]"), int(port)


def _discovery(table: Table) -> tuple[str, int]:
    return str(table.get("interface", LOOPBACK)), int(str(table.get("port", MDNS_PORT)))


def _wrong(path: Path, key: str, expected: str, seen: str) -> UsageError:
    return UsageError(explain(f"reading {key} in {path}", expected, seen, f"correct {key}"))


def _start(path: Path, subject: Table) -> StartCommand | None:
    if "start" not in subject:
        return None
    base = path.resolve().parent
    files = subject.get("files", {})
    assert isinstance(files, dict)
    words, before = (_words(path, subject, "subject", key) for key in ("start", "prepare"))
    templates = {name: base / template for name, template in files.items()}
    deadline_s = float(str(subject.get("prepare_deadline_s", PREPARE_DEADLINE_S)))
    return StartCommand(words, before, templates, base, deadline_s)


def _southbound(path: Path, subject: Table) -> SouthboundSite | None:
    if "southbound" not in subject:
        return None
    table = subject["southbound"]
    assert isinstance(table, dict)
    host, port = _host_and_port(table, "listen", path, "subject.southbound") if "listen" in table else ANY_PORT
    if port and int(str(subject.get("instances", 1))) > 1:
        raise _wrong(path, "subject.southbound.listen", "port 0, since several instances run at once", str(port))
    return configured_site(table, (host, port))


def _words(path: Path, table: Table, section: str, key: str) -> tuple[str, ...]:
    """Return the words of a command; none when there is no such key."""
    if key not in table:
        return ()
    command = table[key]
    try:
        words = as_words(command if isinstance(command, str) else _strings(command))
    except ValueError as error:
        raise _wrong(path, f"{section}.{key}", "a command", f"{command!r}: {error}") from None
    if not words:
        raise _wrong(path, f"{section}.{key}", "a command", "nothing")
    return words


def _limits(path: Path, table: Table) -> dict[str, float]:
    values = {key: float(str(value)) for key, value in table.items()}
    for key, value in values.items():
        if not (math.isfinite(value) and value >= 0):
            raise _wrong(path, f"limits.{key}", "a number from 0 upwards", f"{value:g}")
    return values


def _operator(path: Path, table: Table) -> Arranger:
    return Arranger(
        way=str(table.get("way", "prompt")),
        command=_words(path, table, "operator", "command"),
        base=path.resolve().parent,
        url=str(table.get("url", "")),
        plugin=str(table.get("plugin", "")),
    )


def _strings(value: object) -> list[str]:
    assert isinstance(value, list | tuple)
    return [str(item) for item in value]
