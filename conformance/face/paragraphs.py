"""Lines fitted to the width of a terminal; where there is none (a pipe, a file, CI), each stays in one piece.

What follows a label or a number hangs below itself, so that columns remain columns.
"""

from __future__ import annotations

import re
import shutil
import sys
import textwrap

LEAST, WIDEST = 60, 120
"""Narrower than this nothing is folded, and no line of prose is longer."""

DEEPEST = 0.6
"""What is folded hangs so far in at most, as a share of the width."""


def echo_width() -> int | None:
    """Return the width to fold at when standard output is a terminal; else nothing."""
    if not sys.stdout.isatty():
        return None
    width = shutil.get_terminal_size().columns
    return None if width < LEAST else min(width, WIDEST)


def fitted(text: str, width: int | None) -> str:
    """Return the text with long lines folded at blanks, or as it is without a width."""
    if width is None:
        return text
    return "\n".join(_folded(line, width) for line in text.splitlines())


def _folded(line: str, width: int) -> str:
    if len(line.rstrip()) <= width:
        return line
    hang = _hang(line, width)
    body = textwrap.wrap(line[hang:], width - hang, break_long_words=False, break_on_hyphens=False)
    return "\n".join([line[:hang] + body[0], *(" " * hang + more for more in body[1:])])


def _hang(line: str, width: int) -> int:
    """Return where the last column begins, or the line's own indentation where that is too far in."""
    own = len(line) - len(line.lstrip())
    ends = [found.end() for found in re.finditer(r"(?<=\S) {2,}(?=\S)|^ *\d+\. ", line)]
    return max((end for end in ends if end <= DEEPEST * width), default=own)
