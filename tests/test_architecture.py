"""The structure that must hold: layers of the package, the style of test cases, their names, what is committed."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from conformance.catalogue.demands import ELEMENTS_OF, demand_of
from conformance.catalogue.instructions import INSTRUCTIONS
from conformance.catalogue.profile import load_profile, profile_names
from conformance.catalogue.test_case import TestCase, case_files, load_cases
from conformance.judgement.requirements import whole_register
from conformance.reference.flaws import FLAWS
from conformance.vocabulary.verdict import Level

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "conformance"
CASES = ROOT / "testcases"
LAYERS = ("vocabulary", "catalogue", "wire", "judgement", "roles", "running", "output", "reference", "face")
LONGEST_BODY = 45
"""Lines of a test case without its docstring."""


def layer_of(module: str) -> int:
    """Return the place of a module of the package; the plug-in and the package itself belong to the last layer."""
    name = module.split(".")[1] if "." in module else ""
    return LAYERS.index(name) if name in LAYERS else len(LAYERS) - 1


def imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def modules() -> list[Path]:
    return sorted(path for path in PACKAGE.rglob("*.py") if "_bundled" not in path.parts)


def test_every_folder_of_the_package_is_a_layer() -> None:
    folders = {path.name for path in PACKAGE.iterdir() if path.is_dir() and (path / "__init__.py").exists()}
    assert folders == set(LAYERS)


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_imports_from_its_own_layer_and_earlier_ones_only(path: Path) -> None:
    own = layer_of(".".join(path.relative_to(ROOT).with_suffix("").parts))
    ours = [name for name in imported(ast.parse(path.read_text(encoding="utf-8"))) if name.startswith("conformance.")]
    later = [name for name in ours if layer_of(name) > own and name.split(".")[1] != "__version__"]
    assert later == []


@cache
def functions() -> tuple[tuple[str, ast.AsyncFunctionDef], ...]:
    """All functions of the test cases, shared steps included, with the name of their file."""
    found = []
    for path in case_files(CASES):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        found += [(path.name, node) for node in tree.body if isinstance(node, ast.AsyncFunctionDef)]
    return tuple(found)


def each_function() -> pytest.MarkDecorator:
    return pytest.mark.parametrize(
        "node",
        [node for _, node in functions() if node.decorator_list],
        ids=[f"{file}:{node.name}" for file, node in functions() if node.decorator_list],
    )


@each_function()
def test_a_test_case_is_short(node: ast.AsyncFunctionDef) -> None:
    lines = (node.end_lineno or 0) - node.body[0].end_lineno if node.body[0].end_lineno else 0
    assert lines <= LONGEST_BODY


FORBIDDEN = (ast.ClassDef, ast.Try, ast.Assert, ast.Raise, ast.Global, ast.Nonlocal)


@pytest.mark.parametrize("path", case_files(CASES), ids=lambda path: str(path.relative_to(CASES)))
def test_test_cases_read_as_the_house_style_wants(path: Path) -> None:
    """No class, try, raise or assert; no regular expression, sleep, print or file; only the authoring vocabulary."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert [type(node).__name__ for node in ast.walk(tree) if isinstance(node, FORBIDDEN)] == []
    allowed = ("conformance.face.authoring.", "datetime.", "collections.abc.")
    assert [name for name in imported(tree) if not name.startswith(allowed)] == []
    called = {node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
    assert called & {"print", "open", "eval", "exec", "sleep", "input", "getattr", "setattr", "timedelta"} == set()


@each_function()
def test_a_test_case_has_no_seconds_of_its_own(node: ast.AsyncFunctionDef) -> None:
    """What is waited for, and every window, comes from a limit."""
    waits = [it for it in ast.walk(node) if isinstance(it, ast.Call) and isinstance(it.func, ast.Attribute)]
    timed = [it for it in waits if it.func.attr in ("wait", "wait_until", "sleep")]  # type: ignore[attr-defined]
    numbers = [it.value for call in timed for it in _constants(call) if _number(it.value)]
    keywords = [
        it.arg
        for call in waits
        for it in call.keywords
        if it.arg in ("within", "starts_in", "duration", "until") and isinstance(it.value, ast.Constant)
        if _number(it.value.value)
    ]
    assert (numbers, keywords) == ([], [])


def _constants(node: ast.AST) -> Iterator[ast.Constant]:
    """Yield the constants below a node; the index of a sequence is no figure."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Constant):
            yield child
        elif isinstance(child, ast.Subscript):
            yield from _constants(child.value)
        else:
            yield from _constants(child)


def _number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


@each_function()
def test_the_steps_of_the_body_are_numbered_as_in_the_docstring(node: ast.AsyncFunctionDef) -> None:
    docstring = ast.get_docstring(node) or ""
    declared = {int(number) for number in re.findall(r"^\s+(\d+)\. ", docstring, re.MULTILINE)}
    used = {
        call.args[0].value
        for call in ast.walk(node)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "step"
        if call.args and isinstance(call.args[0], ast.Constant)
    }
    assert used <= declared


@cache
def cases() -> tuple[TestCase, ...]:
    return load_cases(CASES)


@cache
def register() -> frozenset[str]:
    return frozenset(whole_register())


def test_every_requirement_that_a_test_case_names_is_registered() -> None:
    assert {name for case in cases() for name in case.requirements} - register() == set()


def test_every_requirement_that_a_body_argues_from_is_registered() -> None:
    argued = {
        keyword.value.value
        for _, node in functions()
        for call in ast.walk(node)
        if isinstance(call, ast.Call)
        for keyword in call.keywords
        if keyword.arg == "requirement" and isinstance(keyword.value, ast.Constant)
    }
    assert argued - register() == set()


def test_every_test_case_is_hunted_by_flaws_of_its_own_side_or_judges_values_that_a_departure_breaks() -> None:
    for case in cases():
        assert case.flaws or case.values, case.key
        unknown = [name for name in case.flaws if name not in FLAWS or FLAWS[name].side != case.subject]
        assert unknown == [], case.key


def test_every_flaw_breaks_a_registered_requirement() -> None:
    assert {flaw.breaks for flaw in FLAWS.values()} - register() == set()


def test_every_value_that_a_test_case_judges_is_in_the_vocabulary() -> None:
    for case in cases():
        for name in case.values:
            resource, family, _ = name.partition(".*")
            known = resource in ELEMENTS_OF if family else demand_of(name.partition("@")[0]) is not None
            assert known, f"{case.key} {name}"


def test_every_instruction_that_a_test_case_names_exists() -> None:
    assert {name for case in cases() for name in case.instructions} - set(INSTRUCTIONS) == set()


@pytest.mark.parametrize("name", profile_names())
def test_every_limit_and_policy_that_a_test_case_reads_is_in_the_pack(name: str) -> None:
    profile = load_profile(name)
    text = "".join(path.read_text(encoding="utf-8") for path in case_files(CASES))
    assert set(re.findall(r"\blimits\.(\w+)", text)) - set(profile.limits) == set()
    assert {limit for case in cases() for limit in case.duration} - set(profile.limits) == set()
    assert set(re.findall(r"\bpolicies\[\"(\w+)\"\]", text)) - set(profile.policies) == set()


@pytest.mark.parametrize("name", profile_names())
def test_a_pack_promotes_what_is_registered_and_below_must(name: str) -> None:
    rows = whole_register(load_profile(name))
    for promoted in load_profile(name).promotions:
        assert promoted in rows
        assert rows[promoted].level is not Level.MUST, promoted


@cache
def tracked() -> tuple[Path, ...]:
    """The files under version control; outside a checkout there is nothing to look at."""
    if not (ROOT / ".git").exists():
        pytest.skip("not a checkout")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    return tuple(ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file())


TOLD_APART = "test_architecture.py"
ABSOLUTE = re.compile(r"(?<![\w.:/])/(?:home|Users|root|work|tmp|var/folders)/\w")
HOSTS = re.compile(r"\b(?:files\.pythonhosted\.org|pypi\.org/simple|test\.pypi\.org|artifactory|nexus|devpi)\b")


@pytest.mark.parametrize(("pattern", "what"), [(ABSOLUTE, "an absolute path"), (HOSTS, "a registry host")])
def test_no_tracked_file_names_a_machine(pattern: re.Pattern[str], what: str) -> None:
    found = []
    for path in tracked():
        if path.name == TOLD_APART:
            continue
        text = path.read_bytes().decode("utf-8", errors="replace")
        found += [f"{path.relative_to(ROOT)}: {match.group()}" for match in pattern.finditer(text)]
    assert found == [], what


def test_no_key_or_certificate_is_tracked() -> None:
    assert [path.name for path in tracked() if path.suffix in (".key", ".pem", ".p12", ".pfx", ".der", ".crt")] == []
    private = ["BEGIN " + kind for kind in ("PRIVATE KEY", "EC PRIVATE KEY", "RSA PRIVATE KEY")]
    for path in tracked():
        if path.suffix in (".py", ".md", ".toml", ".yaml", ".json"):
            text = path.read_text(encoding="utf-8", errors="replace")
            assert not any(f"{mark}-----\n" in text for mark in private), path
