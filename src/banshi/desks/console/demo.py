"""演示城市: the whole of 泉州 in one SQLite file; its people and cases are invented and marked 演示."""

from __future__ import annotations

import os
import shutil
import socket
import sys
import threading
import time
import webbrowser
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from banshi.desks.console import installation
from banshi.infra.config import DATA, load
from banshi.kernel.facts import Refused

SIGN_INS = "sign-ins.txt"  # written last: a demo without it was cut short


def run(folder: Path, *, port: int, fresh: bool, serve: bool) -> int:
    """Make the demo city where there is none yet, print the sign-ins, and serve on loopback.

    Raises `Refused` for a folder that holds anything else, and while the demo is open already.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    config, sign_ins = folder / installation.CONFIG, folder / SIGN_INS
    if {path.name for path in folder.iterdir()} - {"keys"} and not (config.exists() and load(config).demo):
        raise Refused(
            "no_demo", f"{folder} 里不是演示城市，没有动它。", f"{folder} holds something else; left alone."
        )
    port = _free_port(port) if serve else port
    address = f"http://127.0.0.1:{port}"
    with installation.alone(folder):
        if fresh or not sign_ins.exists():
            if config.exists():
                _clear(folder)
            installation.write_private(sign_ins, make(folder, address))
        else:
            installation.write_config(config, replace(installation.relative(load(config)), address=address))
            installation.start(config)
            if installation.outdated():
                installation.migrate()
        print(f"\n  {address}/\n\n{sign_ins.read_text('utf-8')}", flush=True)
        if serve:
            from banshi.desks.console.serve import granian

            if os.environ.get("DISPLAY") or sys.platform == "darwin":
                threading.Thread(target=_open_when_up, args=(address, port), daemon=True).start()
            granian(load(config), host="127.0.0.1", port=port)
    return 0


def make(folder: Path, address: str) -> str:
    """Regions, city, catalogue, people, and some cases on their way; the text that lists the sign-ins."""
    config = installation.create(folder, secure=False, demo=True, address=address)
    installation.start(config)
    from banshi.desks.console import content, policies
    from banshi.infra import clock, store

    _say("建数据库 / tables")
    installation.migrate()
    before = clock.now() - timedelta(days=30)
    with store.inline():
        _say("装入行政区划 / regions")
        content.load_regions(before)
        _say("建部门、大厅和人员 / offices, halls, people")
        people = content.load_city(DATA / "demo" / "quanzhou.yaml", before)
        _say("发布事项目录 / catalogue")
        content.load(None, before, quiet=True)
        _say("办几件事 / some cases")
        cases()
        _say("政策找人 / policies")
        policies.known(DATA / "demo" / "known.yaml", clock.now())
        policies.match(None, [], clock.now(), quiet=True)
    return people


def cases() -> None:
    """Some cases in every state, made through the operations that everybody uses."""
    from banshi.desks.console import walk
    from banshi.infra import clock

    for name, days_ago, acts in (
        ("newborn", 9, 99),
        ("restaurant", 5, 16),
        ("enterprise-change", 1, 5),
        ("newborn", 1, 2),
    ):
        walk.populate(name, clock.now() - timedelta(days=days_ago), acts)


def _clear(folder: Path) -> None:
    """The configuration, which says that it is a demo, goes last: cut short, this can be done again."""
    for path in sorted(folder.iterdir(), key=lambda path: path.name == installation.CONFIG):
        shutil.rmtree(path) if path.is_dir() else path.unlink()


def _say(text: str) -> None:
    print(f"… {text}", file=sys.stderr, flush=True)


def _free_port(wanted: int) -> int:
    """The port asked for, else the next that is free."""
    for port in range(wanted, wanted + 50):
        if not _answers(port):
            return port
    raise Refused(
        "no_port",
        f"{wanted} 起的 50 个端口都被占用，请用 --port 另选。",
        f"Ports from {wanted} on are taken; use --port.",
    )


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _open_when_up(address: str, port: int) -> None:
    for _ in range(120):
        if _answers(port):
            webbrowser.open(address)
            return
        time.sleep(0.5)
