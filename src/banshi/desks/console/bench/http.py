"""`bench http`: eight durable commands a case over HTTP, against a real `./banshi serve`.

Cases are received beforehand. Then 受理、派发、意见 of three works、审查、决定、送达, each a POST to the API by who may,
with the token of a sign-in: session, permission, JSON, command, answer. 制证 is the platform's own act, not asked for.
"""

from __future__ import annotations

import contextlib
import json
import queue
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any
from uuid import uuid4

from banshi.desks.console import installation
from banshi.desks.console.bench import Figure, child, disk_folder, show
from banshi.desks.console.bench.life import OFFICE, REGION
from banshi.infra.private_postgres import PostgresMissing, private_postgres
from banshi.kernel.actors import SYSTEM

CLIENTS = 8
WORKS = ("paper", "plan", "hygiene")
STEPS: tuple[tuple[str, str, dict[str, object]], ...] = (
    ("officer", "accept", {"dispatch": False}),
    ("officer", "assign", {}),
    *[("officer", "opine", dict[str, object](work=work, verdict="agree")) for work in WORKS],
    ("officer", "review", {"verdict": "pass"}),
    ("approver", "decide", {"verdict": "pass"}),
    ("officer", "deliver", {"how": "window"}),
)


def http(quick: bool, cases: int | None) -> Iterator[Figure]:
    """SQLite, then PostgreSQL, each with its own server."""
    n = cases or (40 if quick else 600)
    with disk_folder() as folder:
        yield from child("http", "sqlite", folder / "city", n)
        try:
            with private_postgres(folder.parent) as server:
                yield from child("http", "pg", folder / "town", n, server.url)
        except PostgresMissing as error:
            print(error, file=sys.stderr)


def measure(
    engine: str, folder: Path, n: int, url: str = f"sqlite:///{installation.SQLITE}"
) -> Iterator[Figure]:
    """`n` cases by 8 clients who are signed in: cases/s, and p95 of a command in ms."""
    config = installation.create(folder, database=url, secure=False, demo=False)
    installation.start(config)
    installation.migrate()
    password = secrets.token_urlsafe(12)
    waiting = _prepare(n + CLIENTS, password)
    with _served(config) as port, ThreadPoolExecutor(CLIENTS) as pool:
        clients = [Client(port, password) for _ in range(CLIENTS)]
        list(pool.map(lambda client: client.live(waiting.get()), clients))  # compiled, connected, prepared
        began = time.perf_counter()
        took = [ms for found in pool.map(lambda client: client.work(waiting), clients) for ms in found]
        seconds = time.perf_counter() - began
    took.sort()
    yield Figure("http", f"http.{engine}", n / seconds, "cases/s")
    yield Figure("http", f"http.{engine}.p95", took[len(took) * 95 // 100], "ms")


def _prepare(n: int, password: str) -> queue.SimpleQueue[str]:
    """An office with an officer and an approver, and `n` cases received there."""
    from banshi.contexts.cases import operations as cases
    from banshi.contexts.cases.values import Budget, Plan, WorkPlan
    from banshi.directory import operations
    from banshi.directory.calendar import calendar
    from banshi.directory.operations.staff import insert_staff
    from banshi.directory.passwords import hashed
    from banshi.directory.values import PostKind
    from banshi.infra import store

    at, waiting = datetime.now(UTC), queue.SimpleQueue[str]()
    plan = Plan(
        item="food-licence", version=1, name="食品经营许可", type="01", instant=False, statutory=Budget(20),
        promised=Budget(7), works=tuple(WorkPlan(key, key, "review", OFFICE, Budget(3)) for key in WORKS),
    )  # fmt: skip
    subject = cases.Subject("李演示", "person", "", {"shop_name": "演示小吃店"}, ())
    with store.inline():
        operations.load_regions(actor=SYSTEM, at=at)
        operations.create_office(
            code=OFFICE, name="市场监督管理局", department="market", region_code=REGION, actor=SYSTEM, at=at
        )
        for kind in (PostKind.OFFICER, PostKind.APPROVER):
            id = insert_staff(
                username=kind.value, name="演示员", region_code=REGION,
                password_hash=hashed(password), must_change_password=False, actor=SYSTEM, at=at,
            )  # fmt: skip
            operations.grant_post(
                staff=id, kind=kind, office=OFFICE, region_code=REGION, from_on=at.date(), actor=SYSTEM, at=at
            )
        for _ in range(n):
            waiting.put(
                cases.open_case(
                    region=REGION, application=store.new_id(), party=store.new_id(), plan=plan, office=OFFICE, hall="",
                    channel="online", subject=subject, actor=SYSTEM, at=at, calendar=calendar(),
                )
            )  # fmt: skip
        store.write(lambda tx: tx.run("DELETE FROM infra_outbox"), at=at, actor="system")
    from django.db import connections

    connections.close_all()
    return waiting


@contextmanager
def _served(config: Path) -> Iterator[int]:
    """The server, until it answers; its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    command = [sys.executable, "-P", "-m", "banshi", "serve", "--config", str(config), "--port", str(port)]
    server = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and server.poll() is None:
            with contextlib.suppress(OSError, HTTPException):
                asked = HTTPConnection("127.0.0.1", port, timeout=5)
                asked.request("GET", "/healthz")
                if asked.getresponse().status == 200:
                    break
            time.sleep(0.1)
        else:
            raise RuntimeError("服务没有启动 / the server did not start")
        yield port
    finally:
        server.terminate()
        server.wait(30)


class Client:
    """一个使用者: one connection, and the tokens of an officer and an approver."""

    def __init__(self, port: int, password: str) -> None:
        self._connection = HTTPConnection("127.0.0.1", port, timeout=60)
        self._tokens = {}
        for account in ("officer", "approver"):
            signed = self._post("session", {"realm": "staff", "account": account, "password": password})
            self._tokens[account] = signed["token"]

    def work(self, waiting: queue.SimpleQueue[str]) -> list[float]:
        """Cases until none is left; how long each command took, in ms."""
        took: list[float] = []
        with contextlib.suppress(queue.Empty):
            while True:
                took += self.live(waiting.get_nowait())
        return took

    def live(self, case: str) -> list[float]:
        took, seen = [], 1
        for who, name, given in STEPS:
            began = time.perf_counter()
            asked = {**given, "expected_seq": seen}  # as the interface's document asks of a careful client
            seen = self._post(f"cases/{REGION}/{case}/commands/{name}", asked, self._tokens[who])["seq"]
            took.append((time.perf_counter() - began) * 1000)
        return took

    def _post(self, path: str, body: dict[str, object], bearer: str = "") -> Any:
        headers = {"Content-Type": "application/json", "Idempotency-Key": str(uuid4())}
        if bearer:
            headers["Authorization"] = f"Bearer {bearer}"
        self._connection.request("POST", f"/api/v1/{path}", json.dumps(body), headers)
        answer = self._connection.getresponse()
        content = answer.read()
        if answer.status >= 300:
            raise RuntimeError(f"{path}: {answer.status} {content.decode()[:300]}")
        return json.loads(content)


if __name__ == "__main__":
    engine, place, count, *more = sys.argv[1:]
    for figure in measure(engine, Path(place), int(count), *more):
        show(figure, as_json=True)
