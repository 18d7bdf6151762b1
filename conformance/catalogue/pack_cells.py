"""The statements of a document, one by one, as a pack takes them up: what judges each, or why nothing does."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cell:
    """One statement of a document.

    ``cases`` are the test cases that judge it, by key, such as ``client/STORED-001``; ``values`` the demands of the
    pack that it comes down to, if it does to any; ``not_run`` why those of the cases that are never run are not.
    """

    id: str
    text: str
    cases: tuple[str, ...]
    values: tuple[str, ...] = ()
    not_run: str = ""


def read_cells(rows: Iterable[Mapping[str, object]]) -> tuple[Cell, ...]:
    """Return the statements of a pack as written, their form already proven by the schema."""
    return tuple(
        Cell(str(row["id"]), str(row["text"]), _words(row, "cases"), _words(row, "values"), str(row.get("not_run", "")))
        for row in rows
    )


def misnamed(cells: Iterable[Cell], cases: Collection[str], values: Collection[str]) -> tuple[tuple[Cell, str], ...]:
    """Return what statements name and what there is not, each with its statement; ``values`` are names of demands."""
    return tuple(
        (cell, name)
        for cell in cells
        for names, known in ((cell.cases, cases), (cell.values, values))
        for name in names
        if name not in known
    )


def _words(row: Mapping[str, object], key: str) -> tuple[str, ...]:
    words = row.get(key, [])
    assert isinstance(words, list)
    return tuple(str(word) for word in words)
