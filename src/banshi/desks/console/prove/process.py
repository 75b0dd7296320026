"""受试的进程 as its parent sees it: its lines are collected while it works, and it is killed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any, cast

from banshi.desks.console.prove.client import Job

SECONDS = 120  # until the first answer


@dataclass(slots=True)
class Heard:
    """所闻: what the client said until it ended. `tried` without an answer was under way when it was killed."""

    settings: dict[str, str] = field(default_factory=dict)
    tried: dict[str, dict[str, Any]] = field(default_factory=dict)
    acknowledged: dict[str, Any] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    lost: dict[str, str] = field(default_factory=dict)  # the database was gone
    bad: dict[str, str] = field(default_factory=dict)  # an error that should not be

    def under_way(self) -> list[dict[str, Any]]:
        return [
            one for id, one in self.tried.items() if id not in self.acknowledged and id not in self.refused
        ]


class Client:
    """受试的进程, started ahead: it loads its program and waits for its job."""

    def __init__(self, config: Path, before: Sequence[str] = (), **environment: str) -> None:
        self.heard = Heard()
        self._first = threading.Event()
        self._process = subprocess.Popen(
            [*before, sys.executable, "-P", "-m", "banshi.desks.console.prove.client", str(config)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=os.environ | environment,
            text=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def go(self, job: Job) -> None:
        """Hand it the job and wait for its first answer. Raises `RuntimeError` when there is none."""
        job_pipe = cast(IO[str], self._process.stdin)
        job_pipe.write(json.dumps(asdict(job)) + "\n")
        job_pipe.flush()
        self._first.wait(SECONDS)
        if not self.heard.acknowledged:
            self._process.kill()
            raise RuntimeError(
                f"受试的进程没有回答 / the client did not answer: {self.heard.bad or self.heard.lost}"
            )

    def kill(self) -> Heard:
        """kill -9; what it had said by then."""
        self._process.kill()
        return self.end()

    def end(self) -> Heard:
        """Wait until it ends by itself; what it said."""
        self._reader.join(SECONDS)
        self._process.wait(SECONDS)
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                pipe.close()
        return self.heard

    def _read(self) -> None:
        for line in cast(IO[str], self._process.stdout):
            if not line.endswith("\n"):
                break
            word, _, rest = line.strip().partition(" ")
            id, _, said = rest.partition(" ")
            match word:
                case "set":
                    self.heard.settings = json.loads(rest)
                case "try":
                    self.heard.tried[id] = json.loads(said)
                case "ack":
                    self.heard.acknowledged[id] = json.loads(said)
                    self._first.set()
                case "no":
                    self.heard.refused[id] = said
                case "lost":
                    self.heard.lost[id] = said
                case "bad":
                    self.heard.bad[id] = said
        self._first.set()
