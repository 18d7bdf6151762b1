"""What every resource of one utility shares: the clock, the addresses, the tree, the rates."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from conformance.roles.utility.addresses import Addresses
from conformance.roles.utility.rates import Rates
from conformance.roles.utility.tree import Tree
from conformance.vocabulary.clock import Clock
from conformance.wire.csipaus import NONE, Extension
from conformance.wire.payload import Node


@dataclass(slots=True)
class Context:
    """Shared by all resources of one utility.

    ``rates`` may be replaced while it runs. ``ahead`` moves the utility's own time against the clock: its Time, the
    states of events, every time it writes. ``extension`` is the CSIP-AUS that is spoken, if any,
    and ``subscribable`` whether clients may subscribe.
    """

    clock: Clock
    addresses: Addresses
    rates: Rates
    tree: Tree = field(default_factory=Tree)
    ahead: timedelta = timedelta(0)
    extension: Extension = NONE
    subscribable: bool = False

    def now_s(self) -> int:
        """Return the utility's time as ``TimeType``: whole seconds since 1970."""
        return seconds(self.clock.now() + self.ahead)


@dataclass(frozen=True, slots=True)
class Received:
    """A document as a client sent it: when, by whom, and its root element."""

    at: datetime
    lfdi: str
    node: Node


def seconds(moment: datetime) -> int:
    """Return an aware datetime as ``TimeType``: whole seconds since 1970."""
    return int(moment.timestamp())
