"""The reference peers as programs of their own, on real sockets::

    python -m conformance.reference server --pki .pki --port 8443 [--flaw NAME]
    python -m conformance.reference client --pki .pki --host 127.0.0.1 --port 8443 [--flaw NAME] [--modbus-port 1502]
    python -m conformance.reference site --modbus-port 1502 [--lag SECONDS]

The site is what a gateway has south of it: SunSpec Modbus TCP devices, whose writes are printed. With ``--modbus-port``
the client is such a gateway. ``--pki`` is a folder made by ``csip init`` or named by ``identity.test_pki``. They run
until they are stopped.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Coroutine, Sequence
from pathlib import Path

import click

from conformance.reference.client_flaws import known_flaws
from conformance.reference.demo_identities import DemoIdentities, device_lfdis, read_identities
from conformance.reference.embedded_client import demonstration_site, run_client
from conformance.reference.embedded_server import serve
from conformance.reference.operator_hook import serve_hook
from conformance.reference.server import ReferenceServer
from conformance.reference.server_notifier import notifying
from conformance.reference.server_operator import ServerOperator
from conformance.reference.simulator import Site
from conformance.roles.southbound import SouthboundSite
from conformance.vocabulary.clock import RealClock
from conformance.vocabulary.errors import HarnessError
from conformance.wire.sockets import SocketNetwork

PKI = click.option(
    "--pki", type=click.Path(path_type=Path, file_okay=False), required=True, help="Folder of certificates."
)
HOST = click.option("--host", default="127.0.0.1", show_default=True)
PORT = click.option("--port", type=int, required=True)
FLAW = click.option("--flaw", "flaws", multiple=True, metavar="NAME", help="A flaw to have; may be repeated.")


@click.group()
def peers() -> None:
    """Run a reference peer until it is stopped."""


@peers.command()
@PKI
@HOST
@PORT
@FLAW
@click.option("--operator-port", type=int, help="Take instructions for the operator by POST at this port.")
def server(pki: Path, host: str, port: int, flaws: tuple[str, ...], operator_port: int | None) -> None:
    """Serve the reference server, with the PKI's devices registered."""
    identities = read_identities(pki)
    asyncio.run(_serve(identities, device_lfdis(pki), host, port, flaws, operator_port))


@peers.command()
@PKI
@HOST
@PORT
@FLAW
@click.option("--entry", default="/dcap", show_default=True)
@click.option("--modbus-host", default="127.0.0.1", show_default=True)
@click.option("--modbus-port", type=int, help="Be a gateway: write to a SunSpec device here.")
@click.option("--modbus-unit", type=int, default=1, show_default=True)
def client(
    pki: Path,
    host: str,
    port: int,
    flaws: tuple[str, ...],
    entry: str,
    modbus_host: str,
    modbus_port: int | None,
    modbus_unit: int,
) -> None:
    """Run the reference client with its simulated site."""
    clock = RealClock()
    site = demonstration_site(clock)
    network, device = SocketNetwork(clock), read_identities(pki).device
    running = run_client(network, clock, device, host, port, entry=entry, flaws=known_flaws(flaws), site=site)
    asyncio.run(running if modbus_port is None else _gateway(running, site, modbus_host, modbus_port, modbus_unit))


async def _gateway(running: Coroutine[object, object, None], site: Site, host: str, port: int, unit: int) -> None:
    from conformance.reference.sunspec.gateway import Gateway  # needs pymodbus, which is an optional extra

    async with asyncio.TaskGroup() as both:
        both.create_task(Gateway(site, host, port, unit).run())
        both.create_task(running)


@peers.command()
@HOST
@click.option("--modbus-port", type=int, required=True)
@click.option("--unit", type=int, default=1, show_default=True, help="Modbus unit of the inverter with its storage.")
@click.option("--meter-unit", type=int, default=240, show_default=True, help="Modbus unit of the site meter.")
@click.option("--lag", "lag_s", type=float, default=0.0, show_default=True, help="Seconds until the plant follows.")
def site(host: str, modbus_port: int, unit: int, meter_unit: int, lag_s: float) -> None:
    """Serve a simulated site as SunSpec Modbus TCP devices; tell what is written to it."""
    asyncio.run(_site(SouthboundSite(host, modbus_port, unit, meter_unit, lag_s)))


async def _site(wanted: SouthboundSite) -> None:
    from conformance.reference.sunspec.site_server import SiteServer  # needs pymodbus, which is an optional extra

    server = SiteServer(wanted, RealClock(), lambda it: click.echo(f"{it.at:%H:%M:%S.%f} unit {it.unit}  {it.told}"))
    await server.open()
    click.echo(f"serving SunSpec Modbus TCP at {server.values['modbus_host']}:{server.values['modbus_port']}")
    await asyncio.Event().wait()


async def _serve(
    identities: DemoIdentities,
    lfdis: Sequence[str],
    host: str,
    port: int,
    flaws: tuple[str, ...],
    operator_port: int | None,
) -> None:
    clock = RealClock()
    peer = ReferenceServer(clock, flaws, lfdis=lfdis)
    listener = await serve(SocketNetwork(clock), clock, peer, identities.server, host, port)
    if operator_port is not None:
        hook = await serve_hook(ServerOperator(peer), operator_port)
        click.echo(f"instructions at http://127.0.0.1:{hook.sockets[0].getsockname()[1]}/")
    click.echo(f"serving https://{listener.host}:{listener.port}{peer.entry_path}")
    async with notifying(SocketNetwork(clock), clock, peer, identities.server):
        await asyncio.Event().wait()


def main() -> None:
    """Run the command line; what a person can mend is told in words."""
    try:
        peers.main(prog_name="python -m conformance.reference")
    except HarnessError as error:
        click.echo(str(error), err=True)
        sys.exit(error.exit_code)


if __name__ == "__main__":
    main()
