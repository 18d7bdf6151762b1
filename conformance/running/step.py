"""Declared steps: entering one is an event, and findings belong to the step under way."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator

from conformance.vocabulary.errors import HarnessError


class Steps:
    """The steps of one test case; used as ``with step(2):``."""

    def __init__(self, texts: tuple[str, ...], entered: Callable[[int], None]) -> None:
        self._texts = texts
        self._entered = entered
        self.current: int | None = None

    @contextlib.contextmanager
    def __call__(self, number: int) -> Iterator[None]:
        """Enter a step by its number in the docstring."""
        if not 1 <= number <= len(self._texts):
            raise HarnessError(f"step {number} is not declared; the docstring has {len(self._texts)}")
        self.current = number
        self._entered(number)
        yield
        self.current = None
