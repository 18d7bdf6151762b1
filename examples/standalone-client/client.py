"""A small IEEE 2030.5 DER client that shares no code with the harness: Python's own library, and threads.

It is a photovoltaic inverter that registers itself, walks from DeviceCapability to the controls of every program, runs
events and defaults on a simulated plant, answers, reports and mirrors, and a second opinion on the test cases::

    python client.py --server https://127.0.0.1:8443 --entry /dcap --certificate device.pem --key device.key
        --roots serca.pem --pin 111115

With ``--contact discovery`` it looks for its server by multicast DNS. ``--tell raise_alarm --lfdi LFDI`` speaks to the
instance that runs with that LFDI. It is no product: it remembers nothing over a restart.

Its modules, from the bottom up: documents, attendance, discovery; wire, plant, metering; agenda, events; reporting;
walking; this one.
"""

from __future__ import annotations

import argparse
import sys
import threading
import time
from pathlib import Path
from typing import NoReturn
from xml.etree import ElementTree as ET

from agenda import Clock
from attendance import listen, tell
from discovery import discover
from documents import NAMESPACE
from plant import Plant
from reporting import Outbox, Reports
from walking import Device, Walk
from wire import Web, mutual_tls


class Client:
    """The device at work: what it has, and a thread for each thing that it does at its own pace."""

    def __init__(self, given: argparse.Namespace) -> None:
        device = Device.of(given.certificate, given.pin)
        web = Web(mutual_tls(given.certificate, given.key, given.roots), {})
        self.lfdi, self.clock, self.plant = device.lfdi, Clock(), Plant()
        self.outbox = Outbox(web, self.clock, device.lfdi)
        self.reports = Reports(web, self.clock, device.lfdi, self.plant)
        entry = given.server + given.entry
        self.walk = Walk(device, entry, web, self.clock, self.plant, self.outbox.answer, self.reports)

    def run(self) -> NoReturn:
        """Work until stopped."""
        reports = self.reports
        for work in (reports.agenda.work, self.outbox.deliver, self.conduct, self.listen, reports.watch_plant):
            threading.Thread(target=work, daemon=True).start()
        self.walk.work()

    def conduct(self) -> NoReturn:
        """Let events begin and end."""
        while True:
            self.walk.events.step(self.clock.now_s())
            time.sleep(0.2)

    def listen(self) -> NoReturn:
        """Obey what is left for this instance by ``--tell``."""
        listen(self.lfdi, self.obey)

    def obey(self, instruction: str) -> None:
        """Carry out an instruction."""
        if instruction == "raise_software_error":
            self.reports.log(0, 1)
        elif instruction in ("raise_alarm", "clear_alarm"):
            self.plant.alarm = instruction == "raise_alarm"
            self.reports.log(11, 2 if self.plant.alarm else 3)
        elif instruction == "lose_frequency":
            self.plant.blind = True
        else:
            self.plant.switched_off = instruction == "disconnect_der"
        self.plant.changed.set()


def main() -> None:
    """Run the client, or tell a running one something."""
    parser = argparse.ArgumentParser()
    for name in ("--certificate", "--key", "--roots"):
        parser.add_argument(name, type=Path)
    for name in ("--server", "--tell", "--lfdi"):
        parser.add_argument(name)
    parser.add_argument("--pin", type=int)
    parser.add_argument("--entry", default="/dcap")
    parser.add_argument("--contact", default="direct")
    parser.add_argument("--interface", default="127.0.0.1")
    parser.add_argument("--dns-port", type=int, default=5353)
    given = parser.parse_args()
    if given.tell:
        sys.exit(tell(given.tell, given.lfdi))
    if given.contact == "discovery":
        given.server, given.entry = discover(given.interface, given.dns_port)
    ET.register_namespace("sep", NAMESPACE)
    Client(given).run()


if __name__ == "__main__":
    main()
