"""网上的受试者: staff who work on cases through the API of `./banshi serve`, which is killed."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import queue
import signal
import socket
import subprocess
import sys
import threading
import time
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID, uuid5

from banshi.desks.console.prove import life
from banshi.desks.console.prove.client import Job
from banshi.desks.console.prove.ground import Ground, forget_connections
from banshi.desks.console.prove.process import Heard
from banshi.directory import operations
from banshi.directory.operations.staff import insert_staff
from banshi.directory.values import PostKind
from banshi.infra import clock, store
from banshi.infra.sessions import ACCOUNT, SessionStore
from banshi.kernel.actors import SYSTEM

CASES = 150  # more than a round can finish
SECONDS = 60
PATIENCE_SECONDS = 5  # for a killed server to be gone
UNUSABLE = "!"  # nobody signs in with one
# Certificate and delivery are the platform's own acts; these five are what staff ask for.
STEPS = tuple(step for step in life.STEPS if step[0] not in ("certify", "deliver"))


@dataclass(frozen=True, slots=True)
class Town:
    """试验小城: an office with an officer and an approver; `tokens` by the id that the life's actors have."""

    ground: Ground
    tokens: dict[str, str]


def settle(city: Ground) -> Town:
    """Set the office up, and sessions for its staff."""
    at, tokens = clock.now(), {}
    with store.inline():
        operations.load_regions(actor=SYSTEM, at=at)
        operations.create_office(
            code=life.OFFICE, name="试验局", department="proof", region_code="350502", actor=SYSTEM, at=at
        )
        for actor, kind in ((life.OFFICER, PostKind.OFFICER), (life.APPROVER, PostKind.APPROVER)):
            id = insert_staff(
                username=f"proof{actor.id}", name="试验员", region_code="350502", password_hash=UNUSABLE,
                must_change_password=False, actor=SYSTEM, at=at,
            )  # fmt: skip
            operations.grant_post(
                staff=id, kind=kind, office=life.OFFICE, region_code="350502", from_on=at.date(), actor=SYSTEM, at=at
            )  # fmt: skip
            session = SessionStore()
            session[ACCOUNT] = f"staff:{id}"
            session.create()
            tokens[actor.id] = f"{id}/{session.session_key}"
    forget_connections()
    return Town(city, tokens)


@dataclass(frozen=True, slots=True)
class Asked:
    """请求: one command over HTTP; `key` is its Idempotency-Key, `id` the command's id that the server makes of it."""

    id: str
    key: str
    region: str
    case: str
    step: int


class WebClient:
    """网上的受试者: a server and those who use it, for one round."""

    def __init__(self, town: Town) -> None:
        self.town, self.heard = town, Heard()
        self._cases: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._first, self._over = threading.Event(), threading.Event()
        self._threads: list[threading.Thread] = []
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self._port: int = probe.getsockname()[1]

    def go(self, job: Job) -> None:
        """Receive the cases, start the server, and wait for its first answer. Raises `RuntimeError`."""
        self._receive(job.region)
        self._server = subprocess.Popen(
            [
                *(sys.executable, "-P", "-m", "banshi", "serve"),
                *("--config", str(self.town.ground.config), "--port", str(self._port)),
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self._await_up()
        again = [Asked(**one) for one in job.again]
        for number in range(job.clients):
            own = again[number :: job.clients]
            self._threads.append(threading.Thread(target=self._work, args=(job.region, own), daemon=True))
            self._threads[-1].start()
        if not self._first.wait(SECONDS):
            self.end()
            raise RuntimeError(
                f"服务没有答复 / the server did not answer: {self.heard.bad or self.heard.lost}"
            )

    def kill(self) -> Heard:
        """kill -9, the server with all its processes at once; what it had answered by then."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._server.pid, signal.SIGKILL)
        self._server.wait(SECONDS)
        return self._gathered()

    def end(self) -> Heard:
        """As `kill`: a server without its database goes nowhere."""
        return self.kill()

    def _gathered(self) -> Heard:
        self._over.set()
        for thread in self._threads:
            thread.join(SECONDS)
        return self.heard

    def _receive(self, region: str) -> None:
        """接件 happens in this process, before the server has the database."""
        with store.inline():
            for _ in range(CASES):
                command = store.new_id()
                case = life.open_case(region, command, clock.now(), certificate="", channel="window")
                self.heard.tried[str(command)] = {"region": region}
                self.heard.acknowledged[str(command)] = case
                self._cases.put(case)
        forget_connections()

    def _await_up(self) -> None:
        deadline = time.monotonic() + SECONDS
        while time.monotonic() < deadline and self._server.poll() is None:
            with contextlib.suppress(OSError, http.client.HTTPException):
                connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=5)
                connection.request("GET", "/healthz")
                if connection.getresponse().status == 200:
                    return
            time.sleep(0.05)
        raise RuntimeError("服务没有启动 / the server did not start")

    def _work(self, region: str, again: list[Asked]) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=SECONDS)
        for asked in again:
            if not self._live(connection, asked):
                return
        while not self._over.is_set():
            try:
                case = self._cases.get_nowait()
            except queue.Empty:
                return
            if not self._live(connection, self._asked(region, case, 0)):
                return

    def _asked(self, region: str, case: str, step: int) -> Asked:
        key, staff = store.new_id(), self.town.tokens[STEPS[step][1].id].partition("/")[0]
        id = uuid5(key, f"staff:{staff} POST {_path(region, case, step)}")
        return Asked(str(id), str(key), region, case, step)

    def _live(self, connection: http.client.HTTPConnection, asked: Asked) -> bool:
        """Ask, and then for what follows; whether the server is still there."""
        while True:
            self.heard.tried[asked.id] = asdict(asked)
            try:
                status, answer = self._ask(connection, asked)
            except (OSError, http.client.HTTPException, ValueError) as error:
                self._lost(asked, type(error).__name__)
                return False
            if status >= 500:
                self._lost(asked, str(status))
                return False
            if status != 200:
                self.heard.refused[asked.id] = answer.get("rule", str(status))
                return True
            self.heard.acknowledged[asked.id] = answer["facts"]
            self._first.set()
            if asked.step + 1 == len(STEPS):
                return True
            asked = self._asked(asked.region, asked.case, asked.step + 1)

    def _lost(self, asked: Asked, error: str) -> None:
        """A connection that breaks because the server is being killed is no error of the server's."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._server.wait(PATIENCE_SECONDS)
            return
        self.heard.lost[asked.id] = error

    def _ask(self, connection: http.client.HTTPConnection, asked: Asked) -> tuple[int, dict[str, Any]]:
        _, actor, given, text = STEPS[asked.step]
        headers = {
            "Authorization": f"Bearer {self.town.tokens[actor.id].partition('/')[2]}",
            "Content-Type": "application/json",
            "Idempotency-Key": asked.key,
        }
        body = json.dumps(given | ({"text": text} if text else {}))
        connection.request("POST", _path(asked.region, asked.case, asked.step), body, headers)
        response = connection.getresponse()
        content = response.read()
        return response.status, json.loads(content) if response.status < 500 else {}


def _path(region: str, case: str, step: int) -> str:
    return f"/api/v1/cases/{region}/{UUID(case)}/commands/{STEPS[step][0]}"
