"""Every test run has an installation of its own: configuration, keys and database, gone afterwards.

`./banshi test` names one in BANSHI_CONFIG for each engine. Otherwise one is made here, on the database that
BANSHI_DATABASE names (as `database` in the configuration), else on SQLite.

Tests write in their own thread and are undone (`db`). What is about the writer's thread, real commits or several
threads asks for `real_database`.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import hypothesis
import pytest

# No test is timed. What CI says must not hang on luck; elsewhere every run tries something new.
_CI = bool(os.environ.get("CI"))
hypothesis.settings.register_profile("usual", derandomize=_CI, deadline=None)
hypothesis.settings.register_profile("check", derandomize=_CI, deadline=None, max_examples=20)
# By hand, about ten minutes: pytest -p no:django -m hypothesis --hypothesis-profile=long tests/rules/kernel_rules
hypothesis.settings.register_profile("long", deadline=None, max_examples=10_000)
hypothesis.settings.load_profile("usual")

_FOLDER = tempfile.TemporaryDirectory(prefix="banshi-test-")


def _installation() -> str:
    from banshi.infra.crypto import Keyring

    folder = Path(_FOLDER.name)
    Keyring.new().save(folder / "keys.json")
    database = os.environ.get("BANSHI_DATABASE", "sqlite:///banshi.sqlite3")
    config = f'database = "{database}"\nfolder = "files"\nkeys = "keys.json"\nsecure = false\n'
    (folder / "banshi.toml").write_text(config, "utf-8")
    return str(folder / "banshi.toml")


if not os.environ.get("BANSHI_CONFIG"):
    os.environ["BANSHI_CONFIG"] = _installation()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "banshi.site.settings")


def pytest_configure(config: pytest.Config) -> None:
    """Load the settings now that there is an installation; Django's plugin does the rest. Pure tests go without it."""
    if config.pluginmanager.hasplugin("django"):
        from django.conf import settings

        settings.DATABASES  # noqa: B018


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """`once`: a test with a database of its own, whichever engine the run is on, is run on SQLite's turn alone."""
    if os.environ.get("BANSHI_ENGINE") == "pg":
        again = [item for item in items if item.get_closest_marker("once")]
        config.hook.pytest_deselected(items=again)
        items[:] = [item for item in items if item not in again]


@pytest.fixture(scope="session")
def django_db_modify_db_settings(request: pytest.FixtureRequest) -> Iterator[None]:
    """SQLite tests use a file, as an installation does; every write is made in the test's own thread."""
    from django.conf import settings

    from banshi.directory.passwords import Argon2id
    from banshi.infra import store

    request.getfixturevalue("django_db_modify_db_settings_parallel_suffix")
    database = settings.DATABASES["default"]
    if database["ENGINE"].endswith("sqlite3"):
        database.setdefault("TEST", {})["NAME"] = str(Path(_FOLDER.name) / "test.sqlite3")
    # Slow by intent in an installation; here hundreds of people sign in.
    hashing = Argon2id
    hashing.time_cost, hashing.memory_cost, hashing.parallelism = 1, 64, 1
    with store.inline():
        yield


@pytest.fixture(scope="session")
def django_db_setup(
    request: pytest.FixtureRequest,
    django_test_environment: None,
    django_db_blocker: Any,
    django_db_modify_db_settings: None,
) -> Iterator[None]:
    """The test database, for whoever asks. The plugin's own makes none where no test of the run asks for `db`, and
    `real_database` would copy the installation's."""
    from django.test.utils import setup_databases, teardown_databases

    verbosity = request.config.option.verbose
    with django_db_blocker.unblock():
        made = setup_databases(verbosity=verbosity, interactive=False, serialized_aliases=set())
    yield
    with django_db_blocker.unblock():
        teardown_databases(made, verbosity=verbosity)


@pytest.fixture
def real_database(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """A copy of the empty database, written as in an installation: SQLite's one writer thread, commits that stay."""
    from django.db import connections

    from banshi.infra import store

    request.getfixturevalue("django_db_setup")
    with request.getfixturevalue("django_db_blocker").unblock(), _copied(connections, tmp_path):
        monkeypatch.setattr(store, "_inline", False)
        yield
        store.stop_writer()
        connections.close_all()


@contextmanager
def _copied(connections: Any, folder: Path) -> Iterator[None]:
    database = connections.settings["default"]
    original, copy = database["NAME"], f"banshi_{os.getpid()}_copy"
    connection = connections["default"]
    if connection.vendor == "sqlite":
        copy = str(folder / "copy.sqlite3")
        with connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [copy])
        connections.close_all()
    else:
        connections.close_all()
        with connection._nodb_cursor() as cursor:
            cursor.execute(f'CREATE DATABASE "{copy}" TEMPLATE "{original}"')
    database["NAME"] = connection.settings_dict["NAME"] = copy
    try:
        yield
    finally:
        database["NAME"] = connection.settings_dict["NAME"] = original
        if connection.vendor != "sqlite":
            with connection._nodb_cursor() as cursor:
                cursor.execute(f'DROP DATABASE "{copy}" WITH (FORCE)')


class StoppedClock:
    """A clock that moves when told."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def forward(self, **by: float) -> datetime:
        self.at += timedelta(**by)
        return self.at


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> StoppedClock:
    """The time that the whole house is told: Monday 2 March 2026, 09:00 in China, until moved forward."""
    stopped = StoppedClock(datetime(2026, 3, 2, 1, tzinfo=UTC))
    monkeypatch.setattr("banshi.infra.clock.now", stopped)
    return stopped
