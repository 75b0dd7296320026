"""先人后事: people who wait for an answer come first; what may be done a moment later gives way."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

SHARE = 0.1  # of the time that is left to other work while people wait
LONGEST = 0.2  # seconds

_answering: set[int] = set()


@contextmanager
def answering() -> Iterator[None]:
    """Around a request: this thread has somebody waiting."""
    me = threading.get_ident()
    _answering.add(me)
    try:
        yield
    finally:
        _answering.discard(me)


def give_way(took: float) -> None:
    """After a piece of other work that took so many seconds: pause, if somebody waits in this process."""
    if _answering:
        time.sleep(min(LONGEST, took * (1 / SHARE - 1)))
