"""演示城市: the whole of 泉州 in one SQLite file; its people and cases are invented and marked 演示."""

from __future__ import annotations

import os
import shutil
import socket
import sys
import webbrowser
from datetime import timedelta
from pathlib import Path
from threading import Timer

from banshi.desks.console import installation
from banshi.infra.config import DATA, load


def run(folder: Path, *, port: int, fresh: bool, serve: bool) -> int:
    """Make the demo city where there is none yet, print the sign-ins, and serve on loopback."""
    config, sign_ins = folder / "banshi.toml", folder / "sign-ins.txt"
    half_made = config.exists() and not sign_ins.exists()
    if config.exists() and (fresh or half_made):
        if not load(config).demo:
            print(f"{folder} 里不是演示城市，没有动它。 / {folder} is no demo; left alone.", file=sys.stderr)
            return 1
        shutil.rmtree(folder)
    port = _free_port(port)
    address = f"http://127.0.0.1:{port}"
    if not sign_ins.exists():
        text = make(folder, address)
        sign_ins.touch(mode=0o600)
        sign_ins.write_text(text, "utf-8")
    print(f"\n  {address}/\n\n{sign_ins.read_text('utf-8')}", flush=True)
    if not serve:
        return 0
    from banshi.desks.console.serve import granian

    os.environ["BANSHI_CONFIG"], os.environ["DJANGO_SETTINGS_MODULE"] = (
        str(config.resolve()),
        "banshi.site.settings",
    )
    if os.environ.get("DISPLAY") or sys.platform == "darwin":
        Timer(1.5, webbrowser.open, [address]).start()
    granian(load(config), host="127.0.0.1", port=port)
    return 0


def make(folder: Path, address: str) -> str:
    """Regions, city, catalogue, people, and some cases on their way; the text that lists the sign-ins."""
    config = installation.create(folder, secure=False, demo=True, address=address)
    installation.start(config)
    from banshi.desks.console import content
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
    return people


def cases() -> None:
    """Some cases in every state, made through the operations that everybody uses."""
    from banshi.desks.console import walk
    from banshi.infra import clock

    for name, days_ago, acts in (
        ("newborn", 9, 99),
        ("restaurant", 12, 14),
        ("enterprise-change", 3, 5),
        ("newborn", 1, 2),
    ):
        walk.populate(name, clock.now() - timedelta(days=days_ago), acts)


def _say(text: str) -> None:
    print(f"… {text}", file=sys.stderr, flush=True)


def _free_port(wanted: int) -> int:
    """The port asked for, else the next that is free."""
    for port in range(wanted, wanted + 50):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                return port
    raise SystemExit(
        f"{wanted} 起的 50 个端口都被占用，请用 --port 另选。 / Ports from {wanted} on are taken; use --port."
    )
