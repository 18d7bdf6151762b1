"""Limits: named figures with unit and source, the only place where a test case gets a number from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from conformance.vocabulary.errors import HarnessError, UsageError, explain, meant


@dataclass(frozen=True, slots=True)
class Limit:
    """One figure. ``unit`` is ``s``, ``W``, ``%``, ``1`` (a count) and so on; ``source`` says where it comes from.

    ``default`` is the profile's value; it differs from ``value`` when the configuration overrides it.
    """

    name: str
    value: float
    unit: str
    source: str
    note: str = ""
    default: float | None = None

    @property
    def overridden(self) -> bool:
        """True when the configuration replaced the profile's value."""
        return self.default is not None and self.default != self.value

    @property
    def duration(self) -> timedelta:
        """The value as a duration; raises for a limit whose unit is not seconds."""
        if self.unit != "s":
            raise HarnessError(f"the limit {self.name} is in {self.unit}, not in seconds")
        return timedelta(seconds=self.value)

    @property
    def count(self) -> int:
        """The value as a whole number."""
        return int(self.value)


class Limits(Mapping[str, Limit]):
    """The limits of a run, read as attributes in test cases: ``limits.response_deadline``."""

    def __init__(self, limits: Mapping[str, Limit]) -> None:
        self._limits = dict(limits)

    def __getitem__(self, name: str) -> Limit:
        """Return a limit by name."""
        return self._limits[name]

    def __iter__(self) -> Iterator[str]:
        """Iterate over the names."""
        return iter(self._limits)

    def __len__(self) -> int:
        """Return how many limits there are."""
        return len(self._limits)

    def __getattr__(self, name: str) -> Limit:
        """Return a limit by name; an unknown name is a fault of the test case."""
        if name.startswith("_"):
            raise AttributeError(name)
        try:
            return self._limits[name]
        except KeyError:
            raise HarnessError(f"the profile has no limit named {name!r}; add it to the profile") from None

    def overridden_by(self, values: Mapping[str, float]) -> Limits:
        """Return the limits with some values replaced.

        Raises:
            UsageError: a name that the profile does not have.
        """
        for name in values:
            if name not in self._limits:
                do = meant(name, self._limits, "see profiles/harness.yaml for their names")
                raise UsageError(explain("overriding limits", "the name of a limit", name, do))
        changed = {
            name: replace(self._limits[name], value=float(value), default=self._limits[name].value)
            for name, value in values.items()
        }
        return Limits(self._limits | changed)
