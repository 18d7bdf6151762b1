"""Which test cases test which requirement: worked out from the test cases, never written by hand.

Every row of the register is either named by a test case or says why not; a row with both contradicts itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from conformance.catalogue.requirement import Register
from conformance.catalogue.test_case import TestCase


def tested_by(register: Register, cases: Iterable[TestCase]) -> Mapping[str, tuple[TestCase, ...]]:
    """Return, for every row of the register, the test cases that name it."""
    naming: dict[str, list[TestCase]] = {id: [] for id in register}
    for case in cases:
        for id in case.requirements:
            naming.setdefault(id, []).append(case)
    return {id: tuple(named) for id, named in naming.items()}


def contradictions(register: Register, cases: Iterable[TestCase]) -> list[str]:
    """Return, in words, what is wrong: no test case and no reason, both of them, or a name that is not registered."""
    return [
        f"{id}: {wrong}"
        for id, named in tested_by(register, cases).items()
        if (wrong := _wrong(register, id, [case.key for case in named]))
    ]


def _wrong(register: Register, id: str, named: list[str]) -> str:
    if id not in register:
        return f"named by {', '.join(named)}, but not in the register"
    if named and register[id].untested is not None:
        return f"named by {', '.join(named)}, yet it says why it is not tested"
    if not named and register[id].untested is None:
        return "no test case names it, and it does not say why"
    return ""
