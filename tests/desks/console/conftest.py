"""Installations for the operator's tests, on the engine that is tested."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from uuid import uuid4

import pytest

from tests.desks.console.command import ENGINE, City, Server, pg

# What has only one engine is tested once.
collect_ignore = [] if ENGINE == "sqlite" else ["test_demo.py", "test_logs.py"]


@pytest.fixture(scope="session")
def databases() -> Iterator[Callable[[], str]]:
    """Names for new PostgreSQL databases, dropped at the end; an empty name for SQLite."""
    names: list[str] = []

    def name() -> str:
        if ENGINE == "sqlite":
            return ""
        names.append(f"city_{os.getpid()}_{uuid4().hex[:8]}")
        return names[-1]

    yield name
    for one in names:
        pg(f'DROP DATABASE IF EXISTS "{one}" WITH (FORCE)')


@pytest.fixture(scope="session")
def _made(tmp_path_factory: pytest.TempPathFactory, databases: Callable[[], str]) -> City:
    return City.make(tmp_path_factory.mktemp("made") / "city", databases())


@pytest.fixture
def city(_made: City, tmp_path: Path, databases: Callable[[], str]) -> City:
    """An installation of the test's own."""
    return _made.copy(tmp_path / "city", databases())


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[[City], Server]]:
    """Starts `./banshi serve` on an installation, and waits until it answers."""
    with ExitStack() as servers:

        def start(city: City) -> Server:
            server = servers.enter_context(Server(tmp_path, "serve", "--config", city.config))
            return server.wait_until_up()

        yield start
