"""What passes between the client and whoever looks after it: a log, and instructions left for a running instance."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

KNOWN_INSTRUCTIONS = (
    *("raise_software_error", "raise_alarm", "clear_alarm", "disconnect_der", "reconnect_der", "lose_frequency"),
)


def say(words: str) -> None:
    """Print for whoever looks at the log."""
    print(f"{time.strftime('%H:%M:%S')} {words}", flush=True)


def spool_of(lfdi: str) -> Path:
    """Return the folder in which instructions are left for the instance with an LFDI."""
    return Path(tempfile.gettempdir()) / f"standalone-client-{lfdi.lower()}"


def tell(instruction: str, lfdi: str) -> int:
    """Leave an instruction for a running instance, and wait until it has taken it."""
    left = spool_of(lfdi) / f"{time.time_ns()}.{instruction}"
    if instruction not in KNOWN_INSTRUCTIONS or not left.parent.is_dir():
        print(f"cannot {instruction}")
        return 1
    left.touch()
    for _ in range(50):
        time.sleep(0.1)
        if not left.exists():
            return 0
    left.unlink(missing_ok=True)
    print("nobody took it")
    return 1


def listen(lfdi: str, obey: Callable[[str], None]) -> NoReturn:
    """Take what is left for the instance with an LFDI, in order, and carry it out."""
    spool = spool_of(lfdi)
    spool.mkdir(exist_ok=True)
    while True:
        for left in sorted(spool.iterdir()):
            obey(left.suffix[1:])
            left.unlink()
        time.sleep(0.3)
