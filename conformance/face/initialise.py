"""``csip init``: a commented ``csip.toml`` and a test PKI to begin with."""

from __future__ import annotations

from pathlib import Path

import click
import jinja2

from conformance.catalogue.shipped import profiles_folder
from conformance.face.configuration import DEFAULT_NAME
from conformance.face.test_pki import make_test_pki
from conformance.vocabulary.errors import UsageError, explain
from conformance.vocabulary.identity import lfdi_of, sfdi_of_lfdi
from conformance.wire.certificate_facts import split_certificates


@click.command("init")
@click.argument("kind", type=click.Choice(["server", "client"]))
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), default=".")
def init_command(kind: str, folder: Path) -> None:
    """Make a csip.toml and test certificates for a server or a client under test."""
    target = folder / DEFAULT_NAME
    pki_folder = folder / "pki"
    for path in (target, pki_folder):
        if path.exists():
            text = explain(f"making {path}", "nothing there", "it exists", "choose another folder, or remove it")
            raise UsageError(text)
    folder.mkdir(parents=True, exist_ok=True)
    make_test_pki(pki_folder)
    lfdi = lfdi_of(split_certificates((pki_folder / "device.pem").read_bytes(), "device.pem")[0])
    template = (profiles_folder() / "csip-toml" / f"{kind}.toml.j2").read_text(encoding="utf-8")
    target.write_text(jinja2.Template(template, keep_trailing_newline=True).render(lfdi=lfdi, sfdi=sfdi_of_lfdi(lfdi)))
    click.echo(f"wrote {target} and test certificates in {pki_folder}")
    click.echo(f"device LFDI {lfdi}, SFDI {sfdi_of_lfdi(lfdi)}")
    click.echo(f"next: edit {target}, then csip doctor --config {target}, then csip run --config {target}")
