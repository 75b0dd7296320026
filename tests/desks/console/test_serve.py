"""./banshi serve: refuses what is unsafe, answers behind a proxy, and ends without losing anything."""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from banshi.desks.console import installation
from tests.desks.console.command import (
    ENGINE,
    HOST,
    City,
    Server,
    banshi,
    free_port,
    inside,
    proxied,
    running,
)

type Serve = Callable[[City], Server]


def test_a_new_installation_has_no_users(city: City) -> None:
    people = city.ask(
        "from banshi.directory.models import Account, Staff\n"
        "print(json.dumps([Staff.objects.count(), Account.objects.count()]))"
    )
    assert people == [0, 0]


def test_it_answers_behind_the_proxy_with_every_protective_header(city: City, serve: Serve) -> None:
    server = serve(city)
    health = json.loads(server.get("/healthz").body)
    assert (health["ok"], health["database"]) == (True, True)
    portal = server.get("/", **proxied())
    assert portal.status == 200
    assert "max-age=31536000" in portal.headers["strict-transport-security"]
    assert "default-src 'none'" in portal.headers["content-security-policy"]
    assert "frame-ancestors 'none'" in portal.headers["content-security-policy"]
    assert portal.headers["x-frame-options"] == "DENY"
    assert portal.headers["x-content-type-options"] == "nosniff"
    assert portal.headers["set-cookie"].startswith("__Host-")
    assert server.get("/", Host="elsewhere.example", X_Forwarded_Proto="https").status == 400
    plain = server.get("/", Host=HOST)
    assert (plain.status, plain.headers["location"]) == (301, f"https://{HOST}/")
    assert server.stop() == 0


def test_every_log_line_is_json_and_carries_the_number_that_the_visitor_was_given(
    city: City, serve: Serve
) -> None:
    server = serve(city)
    number = server.get("/", **proxied()).headers["x-request-id"]
    assert server.stop() == 0
    lines = [line for line in server.log() if line.get("request_id") == number]
    assert [(line["message"], line["status"], line["method"]) for line in lines] == [
        ("request", "200", "GET")
    ]


@pytest.mark.parametrize(
    ("wrong", "options", "words"),
    [
        ({"DEBUG": "1"}, (), "DEBUG"),
        ({"demo": True}, (), "./banshi demo"),
        ({"hosts": ["*"]}, (), "hosts"),
        ({"secure": "false"}, (), "“secure”的写法不对"),
        ({"secure": False}, ("--host", "0.0.0.0"), "secure = false"),
        ({"keys": "example.json"}, (), "示例密钥"),
        ({"keys": "open.json"}, (), "chmod 600"),
        ({"keys": "none.json"}, (), "./banshi keys new"),
    ],
)
def test_it_refuses_what_is_unsafe(
    city: City, wrong: dict[str, object], options: tuple[str, ...], words: str
) -> None:
    ring = json.loads(city.keys.read_text())
    (city.folder / "open.json").write_text(json.dumps(ring))
    ring["data"]["k1"] = "MDEyMwEyMzAxMjMwMTIzMDEyMzAxMjMwMTIzMDEyMzA="
    (city.folder / "example.json").write_text(json.dumps(ring))
    environment = {name: str(value) for name, value in wrong.items() if name.isupper()}
    city.configure(**{name: value for name, value in wrong.items() if name.islower()})
    done = banshi(
        "serve", "--config", city.config, "--port", str(free_port()), *options, status=1, **environment
    )
    assert words in done.err
    assert " / " in done.err or len(done.err.splitlines()) == 2
    assert "Traceback" not in done.err


def test_it_refuses_a_database_of_another_version(city: City) -> None:
    inside(
        city.config,
        "from django.db import connection\n"
        "with installation_writable() as cursor:\n"
        "    cursor.execute(\"INSERT INTO django_migrations (app, name, applied) VALUES ('infra', '9999_x', CURRENT_TIMESTAMP)\")\n".replace(
            "installation_writable()",
            "__import__('banshi.infra.store').infra.store.inline(), connection.cursor()",
        ),
    )
    done = banshi("serve", "--config", city.config, status=1)
    assert "比程序新" in done.err
    assert "newer than the program (infra.9999_x)" in done.err


def test_it_refuses_tables_that_are_missing(city: City, databases: Callable[[], str], tmp_path: Path) -> None:
    from tests.desks.console.command import pg, pg_address

    name = databases()
    if name:
        pg(f'CREATE DATABASE "{name}"')
    city.configure(database=pg_address(name) if name else "sqlite:///empty.sqlite3")
    done = banshi("serve", "--config", city.config, status=1)
    assert "请先运行 ./banshi upgrade" in done.err


def test_it_names_a_database_that_does_not_answer(city: City) -> None:
    city.configure(
        database="postgresql:///nowhere?host=/nowhere" if ENGINE == "pg" else "sqlite:///no/where.sqlite3"
    )
    done = banshi("serve", "--config", city.config, status=1)
    assert "连不上数据库" in done.err
    assert "Traceback" not in done.err


def test_an_installation_is_served_once(city: City, serve: Serve) -> None:
    first = serve(city)
    again = banshi("serve", "--config", city.config, "--port", str(free_port()), status=1)
    assert "正在使用" in again.err
    with installation.alone(city.config.parent / "keys"):
        other = banshi("serve", "--config", city.config, "--port", str(first.port), status=1)
    assert "in use" in other.err
    assert first.stop() == 0
    with installation.alone(city.folder):
        pass  # given back


def test_a_taken_port_is_said_so(city: City, serve: Serve, tmp_path: Path) -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = banshi("serve", "--config", city.config, "--port", str(port), status=1)
    assert f"不能使用 127.0.0.1:{port}" in done.err


def test_a_stop_loses_nothing_that_was_answered(city: City, serve: Serve) -> None:
    server = serve(city)
    answered: list[str] = []
    enough = threading.Event()

    def visitor(number: int) -> None:
        for n in range(1000):
            try:
                answer = server.guess(f"visitor-{number}-{n}")
            except OSError:
                return
            if answer.status == 401:
                answered.append(answer.headers["x-request-id"])
            if len(answered) >= 20:
                enough.set()

    visitors = [threading.Thread(target=visitor, args=(n,)) for n in range(4)]
    for one in visitors:
        one.start()
    assert enough.wait(60)
    began = time.monotonic()
    assert server.stop() == 0
    assert time.monotonic() - began < 20
    for one in visitors:
        one.join()
    kept = city.ask(
        "from banshi.infra.models import Audit\n"
        "print(json.dumps(list(Audit.objects.values_list('request_id', flat=True))))"
    )
    assert set(answered) <= set(kept)
    assert [line for line in server.log() if line["level"] == "error"] == []


def test_a_process_that_dies_is_replaced_with_writer_and_scheduler(city: City, serve: Serve) -> None:
    server = serve(city)
    workers = server.workers()
    assert len(workers) == (1 if ENGINE == "sqlite" else 2)
    inside(
        city.config,
        "from banshi.infra import clock, store\n"
        "with store.inline():\n"
        "    store.write(lambda tx: tx.count('350502', 'visits', 'all', 3), at=clock.now(), actor='system')\n",
    )
    for worker in workers:
        os.kill(worker, signal.SIGKILL)
    deadline = time.monotonic() + 60
    # All of them: one that is still dying may yet be handed a connection.
    while (
        len(new := set(server.workers()) - set(workers)) < len(workers) or new != set(server.workers())
    ) and time.monotonic() < deadline:
        time.sleep(0.1)
    server.wait_until_up()
    assert server.guess("visitor").status == 401  # written by the new process
    # The scheduler folds counters as soon as it starts.
    folded = None
    while folded != [["visits", 3]] and time.monotonic() < deadline:
        folded = city.ask(
            "from banshi.infra.models import Counter\n"
            "print(json.dumps([list(row) for row in Counter.objects.filter(name='visits').values_list('name', 'value')]))"
        )
    assert folded == [["visits", 3]]
    assert server.stop() == 0


def test_no_process_outlives_the_one_that_was_started(city: City, serve: Serve) -> None:
    server = serve(city)
    workers = server.workers()
    server.process.kill()
    server.process.wait()
    deadline = time.monotonic() + 30
    while any(map(running, workers)) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not any(map(running, workers))
