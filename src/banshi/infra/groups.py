"""成组: whoever comes while nobody works leads: it does its own turn and those of all that wait, and tells each its
answer. Whoever comes meanwhile waits for the next group. So a lone client never changes threads, and many share a sync."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import Any

MOST = 64  # turns to a group


class Turn:
    """一份: what one thread wants done: in the end `result` or `problem` is set."""

    __slots__ = ("_waiting", "done", "problem", "result")

    def __init__(self) -> None:
        self._waiting = threading.Lock()
        self._waiting.acquire()
        self.done = False
        self.result: Any = None
        self.problem: BaseException | None = None

    def wait(self) -> None:
        """Until somebody calls `wake`."""
        self._waiting.acquire()

    def wake(self) -> None:
        with suppress(RuntimeError):  # it is awake
            self._waiting.release()


class Group[T: Turn]:
    """成组: `work(turns)` does them all and notes each one's `result` or `problem`; what it raises is everybody's."""

    def __init__(self, work: Callable[[list[T]], None]) -> None:
        self._work = work
        self._turns: deque[T] = deque()
        self._leading = threading.Lock()
        self._last = 0  # how many shared the last group

    def submit(self, turn: T) -> Any:
        """Its result, once there is one. Raises its problem."""
        self._turns.append(turn)
        while not turn.done:
            if self._leading.acquire(blocking=False):
                try:
                    self._lead()
                finally:
                    self._leading.release()
                    with suppress(IndexError):
                        self._turns[0].wake()
            else:
                turn.wait()
        if turn.problem is not None:
            raise turn.problem
        return turn.result

    def alone(self) -> threading.Lock:
        """Held while nobody may lead."""
        return self._leading

    def _lead(self) -> None:
        self._gather()
        group: list[T] = []
        with suppress(IndexError):
            while len(group) < MOST:
                group.append(self._turns.popleft())
        if not group:
            return
        try:
            self._work(group)
        except BaseException as error:
            for turn in group:
                turn.problem = error
        finally:
            self._last = len(group)
            for turn in group:
                turn.done = True
                turn.wake()

    def _gather(self) -> None:
        """Those who shared the last group come again at once: let them in."""
        waiting = 0
        while waiting < len(self._turns) < self._last:
            waiting = len(self._turns)
            time.sleep(0)
