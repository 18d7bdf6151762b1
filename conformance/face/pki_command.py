"""``csip pki``: test certificates for a subject and for the harness, sound and faulty ones.

Everything lies in one folder: ``serca.pem`` (the root, for a peer to trust), the other authorities, and for each
name ``NAME.pem`` (chain, leaf first) and ``NAME.key`` (mode 0600). No key is ever printed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import click

from conformance.vocabulary.errors import UsageError, explain
from conformance.vocabulary.identity import grouped_lfdi, grouped_sfdi
from conformance.wire.certificate_chain import judge_chain
from conformance.wire.certificate_facts import CertificateFacts, read_certificate, split_certificates
from conformance.wire.certificate_profile import Deviation, Rank, judge_certificate, rank_of
from conformance.wire.certificates import AUTHORITY_NAMES, DEPTHS, TEST_HW_TYPE, Fault, Identity, Pki
from conformance.wire.device_identity import ROOT_FILE, refuse_existing, write_public

_FILE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")

_folder = click.argument("folder", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
_force = click.option("--force", is_flag=True, help="Replace files that exist.")
_hosts = click.option("--host", "hosts", multiple=True, metavar="NAME|IP", help="A name or address of the server.")


@click.group()
def pki() -> None:
    """Make and look at test certificates: SERCA, MCA, MICA, devices, servers, and faulty ones."""


@pki.command()
@_folder
@_force
def init(folder: Path, force: bool) -> None:
    """Make a test PKI in DIR: a SERCA, an MCA and two MICAs, with their keys."""
    Pki.create().save(folder, overwrite=force)
    # A test PKI often lies inside a repository: its keys must not be committed by accident.
    if not (ignored := folder / ".gitignore").exists():
        write_public(ignored, b"*.key\n")
    click.echo(f"Test PKI made in {folder}. Let the subject trust {folder / ROOT_FILE}.")
    click.echo(f"Next: csip pki device {folder} --name NAME, or csip pki server {folder} --host NAME")


@pki.command()
@_folder
@click.option("--name", required=True, help="Name of the files: NAME.pem and NAME.key.")
@click.option("--depth", type=click.Choice([str(depth) for depth in DEPTHS]), default="4", show_default=True)
@click.option("--hw-type", default=TEST_HW_TYPE, show_default=True, metavar="OID", help="Type of the hardware.")
@click.option("--serial", metavar="HEX", help="Serial number of the hardware; random if not given.")
@_force
def device(folder: Path, name: str, depth: str, hw_type: str, serial: str | None, force: bool) -> None:
    """Issue a device certificate; its chain has DEPTH certificates, the SERCA counted."""
    _check_name(name)
    identity = Pki.load(folder).device(name, int(depth), hw_type, _serial(serial))
    _write(folder, {name: identity}, force)


@pki.command()
@_folder
@_hosts
@click.option("--name", default="server", show_default=True, help="Name of the files: NAME.pem and NAME.key.")
@_force
def server(folder: Path, hosts: tuple[str, ...], name: str, force: bool) -> None:
    """Issue a server's certificate, a device certificate that also names its hosts."""
    _check_name(name)
    if not hosts:
        raise click.UsageError("Give at least one --host: the name or address in the URL that clients will use.")
    _write(folder, {name: Pki.load(folder).server(hosts, name)}, force)


# The control character keeps click from wrapping the list of faults into one paragraph.
_FAULTS = "\b\nFaults:\n" + "\n".join(f"  {fault}\n      {fault.description}" for fault in Fault)


@pki.command(epilog=_FAULTS)
@_folder
@click.option(
    "--fault",
    "faults",
    multiple=True,
    type=click.Choice([fault.value for fault in Fault]),
    metavar="FAULT",
    help="One of those below.",
)
@click.option("--all", "every", is_flag=True, help="Every fault.")
@_hosts
@_force
def faulty(folder: Path, faults: tuple[str, ...], every: bool, hosts: tuple[str, ...], force: bool) -> None:
    """Issue certificates that a subject must refuse, as faulty-FAULT.pem. Give --host for a server's role."""
    if every == bool(faults):
        raise click.UsageError("Give either --all or one or more --fault.")
    tree = Pki.load(folder)
    chosen = list(Fault) if every else [Fault(fault) for fault in faults]
    _write(folder, {f"faulty-{fault}": tree.faulty(fault, hosts=hosts) for fault in chosen}, force)


@pki.command()
@click.argument("certificate", metavar="CERT", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--root", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="The SERCA to lead to.")
def show(certificate: Path, root: Path | None) -> None:
    """Show LFDI, SFDI and facts of a certificate or chain, and how it leaves the IEEE 2030.5 profile."""
    chain = split_certificates(certificate.read_bytes(), str(certificate))
    trusted = None if root is None else split_certificates(root.read_bytes(), str(root))[0]
    facts = [read_certificate(each) for each in chain]
    for number, each in enumerate(facts):
        click.echo(f"certificate {number}: " + "\n".join(_lines(each)) + "\n")
    _show_deviations(_judge(chain, facts, trusted))
    if trusted is None and rank_of(facts[0]) is Rank.DEVICE:
        click.echo("Not judged whether the chain leads to a trusted root: give --root.")


def _check_name(name: str) -> None:
    if _FILE_NAME.fullmatch(name) is None or name in AUTHORITY_NAMES:
        raise UsageError(
            explain(
                "Naming the files of a certificate.",
                f"letters, digits, dots and hyphens, and none of {', '.join(AUTHORITY_NAMES)}",
                repr(name),
                "choose another --name",
            )
        )


def _serial(text: str | None) -> bytes | None:
    try:
        return None if text is None else bytes.fromhex(text)
    except ValueError as error:
        raise UsageError(
            explain("Reading --serial.", "an even number of hexadecimal digits", repr(text), "write it as 0A1B2C")
        ) from error


def _write(folder: Path, identities: dict[str, Identity], force: bool) -> None:
    if not force:
        refuse_existing(*(folder / f"{stem}{end}" for stem in identities for end in (".pem", ".key")))
    for stem, identity in identities.items():
        files = identity.write(folder, stem, overwrite=force)
        click.echo(f"{files.chain}  LFDI {identity.lfdi}  SFDI {identity.sfdi}")


def _lines(facts: CertificateFacts) -> list[str]:
    if facts.unreadable is not None:
        return [f"not readable: {facts.unreadable}", f"  LFDI      {grouped_lfdi(facts.lfdi)}"]
    rows = {
        "subject": facts.subject or "empty",
        "issuer": facts.issuer,
        "valid": f"{facts.not_before:%Y-%m-%d %H:%M:%S} to {facts.not_after:%Y-%m-%d %H:%M:%S} UTC",
        "key": facts.key,
        "usage": ", ".join(sorted(facts.key_usage or ())),
        "policies": ", ".join(facts.policies or ()),
        "hosts": ", ".join(facts.hosts),
        "hardware": _hardware(facts),
    }
    rank = rank_of(facts)
    if rank is Rank.DEVICE:
        rows = {"LFDI": grouped_lfdi(facts.lfdi), "SFDI": f"{grouped_sfdi(facts.sfdi)} ({facts.sfdi})", **rows}
    return [rank.value, *(f"  {name:<10}{value}" for name, value in rows.items() if value)]


def _hardware(facts: CertificateFacts) -> str:
    module = facts.hardware_module
    return "" if module is None else f"type {module.hw_type}, serial {module.serial.hex().upper()}"


def _judge(chain: Sequence[bytes], facts: Sequence[CertificateFacts], root: bytes | None) -> tuple[Deviation, ...]:
    now = datetime.now(UTC)
    if rank_of(facts[0]) is Rank.DEVICE:
        return judge_chain(chain, root, now)
    return tuple(deviation for each in facts for deviation in judge_certificate(each, rank_of(each), now))


def _show_deviations(deviations: Sequence[Deviation]) -> None:
    if not deviations:
        click.echo("No deviation from the IEEE 2030.5 certificate profile found.")
    for deviation in deviations:
        click.echo(f"{deviation.requirement}  {deviation.level}  {deviation.where}")
        click.echo(f"  expected  {deviation.expected}\n  seen      {deviation.observed}")
