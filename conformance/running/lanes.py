"""Lanes: what a test case has for itself while it runs, such as an identity or an instance of the client under test."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from typing import Generic, TypeVar

from conformance.vocabulary.errors import HarnessError

Item = TypeVar("Item")


class Lanes(Generic[Item]):
    """A few things, each used by one test case at a time. The runner never runs more cases than there are lanes."""

    def __init__(self, items: Sequence[Item]) -> None:
        if not items:
            raise HarnessError("a subject without a lane runs no test case")
        self.items = tuple(items)
        self._free = list(range(len(items)))

    def __len__(self) -> int:
        """Return how many test cases may run side by side."""
        return len(self.items)

    @contextlib.contextmanager
    def one(self) -> Iterator[Item]:
        """Take the first thing that nobody uses, and give it back afterwards."""
        if not self._free:
            raise HarnessError(f"more test cases run at once than there are lanes ({len(self)})")
        number = min(self._free)
        self._free.remove(number)
        try:
            yield self.items[number]
        finally:
            self._free.append(number)
