"""A demo city served as people start it, and real Chromium in front of it."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
ARGUMENTS = (
    "--disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync"
).split()


@dataclass(frozen=True)
class City:
    """演示城市: its address, the password of all its people."""

    address: str
    password: str


@pytest.fixture(scope="session")
def city() -> Iterator[City]:
    """`./banshi demo` in an empty folder, on loopback, stopped at the end."""
    folder = Path(tempfile.mkdtemp(prefix="banshi-browser-"))
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    for name in ("BANSHI_CONFIG", "DJANGO_SETTINGS_MODULE", "DISPLAY"):
        environment.pop(name, None)
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    port = str(18200 + 20 * worker)  # each process of the tests has a city of its own
    command = [sys.executable, "-m", "banshi", "demo", "--folder", str(folder / "city"), "--port", port]
    server = subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    try:
        yield _ready(server)
    finally:
        server.send_signal(signal.SIGINT)
        try:
            server.wait(15)
        except subprocess.TimeoutExpired:
            server.kill()
        shutil.rmtree(folder, ignore_errors=True)


def _ready(server: subprocess.Popen[str]) -> City:
    assert server.stdout is not None
    address = password = ""
    for line in server.stdout:
        if found := re.search(r"http://127\.0\.0\.1:\d+", line):
            address = found[0]
        if line.startswith("wang "):
            password = line.split()[1]
            break
    for _ in range(100):
        try:
            with urllib.request.urlopen(f"{address}/healthz", timeout=5):
                return City(address, password)
        except OSError:
            time.sleep(0.2)
    raise AssertionError("the demo did not come up")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    program = os.environ.get("BANSHI_CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=[*ARGUMENTS, *sandbox])
        yield browser
        browser.close()
