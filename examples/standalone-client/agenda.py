"""When things are done: the server's clock, and what a thread has to do and do again."""

from __future__ import annotations

import heapq
import http.client
import itertools
import threading
import time
from collections.abc import Callable
from typing import NoReturn
from xml.etree import ElementTree as ET

from attendance import say
from wire import Refused

RETRY_S = 6


class Clock:
    """The server's time: that of this machine, and how far the server's is ahead of it."""

    def __init__(self) -> None:
        self._ahead_s = 0.0

    def now_s(self) -> float:
        """Return the server's time."""
        return time.time() + self._ahead_s

    def set(self, server_s: int) -> None:
        """Set the clock by what the server says, if it is off by more than a second."""
        ahead_s = server_s + 0.5 - time.time()
        self._ahead_s = ahead_s if abs(ahead_s) > 1 else 0.0


Job = Callable[[], float | None]
"""Does something over the network; returns after how many seconds to do it again."""


class Agenda:
    """What a thread has to do, by name and time; what goes wrong is tried again, what is gone is dropped."""

    def __init__(self, name: str) -> None:
        self._due: list[tuple[float, int, str]] = []
        self._jobs: dict[str, Job] = {}
        self._turns: dict[str, int] = {}
        self._count = itertools.count()
        self._bell = threading.Condition()
        self._name = name

    def __contains__(self, name: str) -> bool:
        return name in self._jobs

    def put(self, name: str, job: Job, in_s: float) -> None:
        """Put a job on the agenda, or move it."""
        with self._bell:
            self._jobs[name], turn = job, next(self._count)
            self._turns[name] = turn
            heapq.heappush(self._due, (time.monotonic() + in_s, turn, name))
            self._bell.notify()

    def drop(self, name: str) -> None:
        """Take a job off the agenda."""
        self._jobs.pop(name, None)
        self._turns.pop(name, None)

    def clear(self) -> None:
        """Drop all."""
        self._jobs.clear()
        self._turns.clear()

    def do(self, name: str, job: Job) -> None:
        """Do a job now, and put it on the agenda again."""
        self._jobs[name] = job
        self._turns[name] = -1
        again: float | None
        try:
            again = job()
        except Refused as answer:
            say(f"{self._name}: {name} {answer}")
            again = None if answer.status == 404 else (answer.after_s or RETRY_S) + 1
        except (OSError, http.client.HTTPException, ET.ParseError) as error:
            say(f"{self._name}: {name} {error!r}")
            again = RETRY_S
        if self._turns.get(name) != -1:
            return
        if again is None:
            self.drop(name)
        else:
            self.put(name, job, again)

    def work(self) -> NoReturn:
        """Do what is due, for ever."""
        while True:
            with self._bell:
                while not self._due or self._due[0][0] > time.monotonic():
                    self._bell.wait(self._due[0][0] - time.monotonic() if self._due else None)
                _, turn, name = heapq.heappop(self._due)
            if self._turns.get(name) == turn:
                self.do(name, self._jobs[name])
