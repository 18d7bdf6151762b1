"""Test cases as the catalogue knows them, and the decorator that declares one.

A test case is one ``async`` function with a docstring of three parts: why it matters, ``Steps`` (numbered) and
``Passes when``. The texts become part of the run record, so that a report shows also what was not reached.
"""

from __future__ import annotations

import importlib.util
import inspect
import re
import sys
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Literal

from conformance.catalogue.errata import EDITIONS, Edition
from conformance.vocabulary.errors import HarnessError

Subject = Literal["server", "client"]
CaseFunction = Callable[..., Awaitable[None]]


@dataclass(frozen=True, slots=True)
class TestCase:
    """One test case.

    ``key`` is unique (``server/COMM-002``); ``needs`` names function sets the declaration must claim for the case to
    apply; ``flaws`` are the named deviations that make it fail; ``serial`` keeps it from running beside others on one
    subject; ``duration`` names the limits that add up to its expected length; ``instructions`` are those the operator
    gets; ``values`` are the demands of the profile it can judge, ``DERSettings.*`` standing for all elements of a
    resource: where none is demanded it does not apply, and where none is known it is not run. ``origin`` is the
    published procedure it comes from, or ``ours``; ``aliases`` are its ids in others, ``editions`` those of the SunSpec
    procedures that have it.
    """

    __test__ = False

    id: str
    title: str
    subject: Subject
    requirements: tuple[str, ...]
    flaws: tuple[str, ...]
    function: CaseFunction
    needs: tuple[str, ...]
    origin: str
    aliases: tuple[str, ...]
    serial: bool
    duration: tuple[str, ...]
    instructions: tuple[str, ...]
    why: str
    steps: tuple[str, ...]
    passes_when: str
    values: tuple[str, ...] = ()
    editions: tuple[Edition, ...] = EDITIONS

    @property
    def names(self) -> tuple[str, ...]:
        """The id, and the ids of the same test in other catalogues."""
        return (self.id, *self.aliases)

    @property
    def key(self) -> str:
        """The subject and the id, unique in the catalogue."""
        return f"{self.subject}/{self.id}"


def test_case(
    *,
    id: str,
    title: str,
    subject: Subject,
    requirements: Iterable[str],
    flaws: Iterable[str],
    needs: Iterable[str] = (),
    origin: str = "SunSpec CSIP CTP 1.3",
    aliases: Iterable[str] = (),
    serial: bool = False,
    duration: Iterable[str] = (),
    instructions: Iterable[str] = (),
    values: Iterable[str] = (),
    editions: Iterable[Edition] = EDITIONS,
) -> Callable[[CaseFunction], CaseFunction]:
    """Declare an ``async`` function to be a test case; see :class:`TestCase` for the meaning of the arguments."""

    def declare(function: CaseFunction) -> CaseFunction:
        why, steps, passes_when = _read_docstring(id, inspect.getdoc(function) or "")
        case = TestCase(
            id=id,
            title=title,
            subject=subject,
            requirements=tuple(requirements),
            flaws=tuple(flaws),
            function=function,
            needs=tuple(needs),
            origin=origin,
            aliases=tuple(aliases),
            serial=serial,
            duration=tuple(duration),
            instructions=tuple(instructions),
            why=why,
            steps=steps,
            passes_when=passes_when,
            values=tuple(values),
            editions=tuple(editions),
        )
        function.test_case = case  # type: ignore[attr-defined]
        return function

    return declare


test_case.__test__ = False  # type: ignore[attr-defined]


def case_of(function: object) -> TestCase | None:
    """Return the test case that a function was declared to be."""
    case = getattr(function, "test_case", None)
    return case if isinstance(case, TestCase) else None


def load_cases(folder: Path) -> tuple[TestCase, ...]:
    """Return the test cases of all modules below a folder, in catalogue order. A double key is an error of ours."""
    cases = [case for path in case_files(folder) for case in cases_in_file(path)]
    keys = [case.key for case in cases]
    if doubled := {key for key in keys if keys.count(key) > 1}:
        raise HarnessError(f"test cases declared twice: {', '.join(sorted(doubled))}")
    return tuple(cases)


def case_files(folder: Path) -> list[Path]:
    """Return the modules that hold test cases, in order."""
    return sorted(path for path in folder.rglob("*.py") if not path.name.startswith("_"))


def cases_in_file(path: Path) -> tuple[TestCase, ...]:
    """Return the test cases of one module, in the order they are declared."""
    cases = (case_of(value) for value in vars(_module(path)).values())
    return tuple(case for case in cases if case is not None)


def declares_cases(path: Path) -> bool:
    """Return whether a Python file declares test cases, without importing it."""
    return "@test_case(" in path.read_text(encoding="utf-8", errors="replace")


def _module(path: Path) -> ModuleType:
    name = f"csip_testcases.{path.parent.name}.{path.stem}"
    if name in sys.modules and sys.modules[name].__file__ == str(path):
        return sys.modules[name]
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise HarnessError(f"{path.name} cannot be loaded as a module of test cases")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]  # half a module must not be taken for a whole one later
        raise
    return module


_PARTS = re.compile(r"^(?P<why>.*?)\n\s*Steps\n(?P<steps>.*?)\n\s*Passes when\n(?P<passes>.*)$", re.DOTALL)
_STEP = re.compile(r"^\s*(\d+)\.\s+", re.MULTILINE)


def _read_docstring(id: str, text: str) -> tuple[str, tuple[str, ...], str]:
    parts = _PARTS.match(text)
    if parts is None:
        raise HarnessError(f"{id}: the docstring must say why, then Steps (numbered), then Passes when")
    numbered = _STEP.split(parts["steps"])[1:]
    numbers, texts = numbered[::2], [_one_line(step) for step in numbered[1::2]]
    if numbers != [str(number) for number in range(1, len(numbers) + 1)] or not texts:
        raise HarnessError(f"{id}: the steps must be numbered 1, 2, 3 and so on")
    return _one_line(parts["why"]), tuple(texts), _one_line(parts["passes"])


def _one_line(text: str) -> str:
    return " ".join(text.split())
