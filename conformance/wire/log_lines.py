"""A file of lines, appended to and read again by place, and the places of the lines of one test case."""

from __future__ import annotations

import os
from array import array
from pathlib import Path
from typing import IO


class Lines:
    """An append-only file of lines, read again by place. The file must be unbuffered."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._end = file.seek(0, os.SEEK_END)
        self._at_end = True

    def append(self, line: bytes) -> int:
        """Write a line through to the system; return where it begins. Raises ``OSError``."""
        begin = self._end
        view = memoryview(line)
        if not self._at_end:
            self._file.seek(begin)
            self._at_end = True
        try:
            while view:
                view = view[self._file.write(view) :]
        except OSError:
            self._at_end = False  # a line that is there in part is written over
            raise
        self._end = begin + len(line)
        return begin

    def read(self, begin: int, length: int) -> bytes:
        """Return the line at a place."""
        self._at_end = False
        self._file.seek(begin)
        return self._file.read(length)

    def close(self) -> None:
        """Close the file."""
        self._file.close()


class Places:
    """Where the records of one case are: eight bytes each for place, length and number."""

    def __init__(self) -> None:
        self.numbers = array("Q")
        self._places = array("Q")
        self._lengths = array("Q")

    def add(self, number: int, place: int, length: int) -> None:
        """Note where a record is."""
        self.numbers.append(number)
        self._places.append(place)
        self._lengths.append(length)

    def __getitem__(self, index: int) -> tuple[int, int]:
        return self._places[index], self._lengths[index]


def mend_last_line(path: Path) -> None:
    """Make the file if need be, and cut off a last line that a crash left incomplete."""
    with path.open("a+b") as file:
        file.seek(0)
        complete = 0
        for line in file:
            complete += len(line) if line.endswith(b"\n") else 0
        file.truncate(complete)
