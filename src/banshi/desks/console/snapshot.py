"""快照: a database's whole content as one file and back, and the digests by which two contents are compared."""

from __future__ import annotations

import hashlib
import os
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from banshi.infra.config import Config
from banshi.infra.private_postgres import PostgresMissing, find_programs
from banshi.kernel.facts import Refused


@dataclass(frozen=True, slots=True)
class Table:
    """一张表: how many rows, and the SHA-256 over them in a fixed order."""

    rows: int
    digest: str


@dataclass(frozen=True, slots=True)
class Content:
    """内容: what the tables hold, and the names of the stored files that they speak of."""

    tables: dict[str, Table]
    files: frozenset[str]


class Sqlite:
    """快照（SQLite）: one file, copied by its own online backup while the writer goes on."""

    FILE = "database.sqlite3"

    def __init__(self, given: Config) -> None:
        self.path = Path(given.database.removeprefix("sqlite:///"))

    def save(self, folder: Path) -> Content:
        """Write the snapshot into `folder`; what it holds."""
        with (
            closing(sqlite3.connect(f"{self.path.as_uri()}?mode=ro", uri=True)) as live,
            closing(sqlite3.connect(folder / self.FILE)) as copy,
        ):
            live.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")
            return _sqlite_content(copy)

    def load(self, folder: Path) -> Content:
        """Put the snapshot in place of whatever is there. Raises `Refused` for a damaged one."""
        try:
            with (
                closing(sqlite3.connect(f"{(folder / self.FILE).as_uri()}?mode=ro", uri=True)) as saved,
                closing(sqlite3.connect(self.path)) as live,
            ):
                saved.backup(live)
                return _sqlite_content(live)
        except sqlite3.Error as error:
            raise _damaged(folder / self.FILE, error) from error

    def check(self) -> None:
        """Raises `Refused` when the database itself finds something wrong."""
        with closing(sqlite3.connect(self.path)) as live:
            for name in ("integrity_check", "foreign_key_check"):
                if (answer := live.execute(f"PRAGMA {name}").fetchall()) not in ([("ok",)], []):
                    raise Refused("unsound", f"{name}：{answer[:3]}。", f"{name}: {answer[:3]}.")

    def is_empty(self) -> bool:
        return not self.path.exists()

    def clear(self) -> None:
        for name in (self.path, Path(f"{self.path}-wal"), Path(f"{self.path}-shm")):
            name.unlink(missing_ok=True)


class Postgresql:
    """快照（PostgreSQL）: pg_dump and the digests see one exported snapshot; a load is one transaction."""

    FILE = "database.dump"

    def __init__(self, given: Config) -> None:
        from psycopg.conninfo import conninfo_to_dict, make_conninfo

        parts = conninfo_to_dict(given.database)
        # Not on a command line, which everybody on the machine can read.
        self._environment = {"PGPASSWORD": str(parts.pop("password"))} if "password" in parts else {}
        self._address = make_conninfo("", **parts)
        self._full_address, self._scratch = given.database, given.folder

    def save(self, folder: Path) -> Content:
        with self._connected() as connection:
            connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            snapshot = connection.execute("SELECT pg_export_snapshot()").fetchone()[0]
            self._run(
                *("pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}"),
                *(f"--file={folder / self.FILE}", f"--dbname={self._address}"),
            )
            return _postgresql_content(connection)

    def load(self, folder: Path) -> Content:
        with tempfile.TemporaryDirectory(prefix="banshi-load-", dir=self._scratch) as name:
            script = Path(name) / "database.sql"
            try:
                self._run("pg_restore", f"--file={script}", str(folder / self.FILE))
            except Refused as error:
                if error.rule != "pg_restore":
                    raise
                raise _damaged(folder / self.FILE, error.en.rstrip(".")) from error
            self._psql(f"--command={_CLEAR}", f"--file={script}")
        with self._connected() as connection:
            return _postgresql_content(connection)

    def check(self) -> None:
        with self._connected() as connection:
            unsound = connection.execute(
                "SELECT conname FROM pg_constraint WHERE NOT convalidated"
                " UNION ALL SELECT indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid"
            ).fetchall()
        if unsound:
            raise Refused("unsound", f"约束或索引无效：{unsound[:3]}。", f"Invalid: {unsound[:3]}.")

    def is_empty(self) -> bool:
        with self._connected() as connection:
            row = connection.execute(
                "SELECT count(*) FROM pg_class WHERE relnamespace = current_schema()::regnamespace"
            ).fetchone()
        return bool(row[0] == 0)

    def clear(self) -> None:
        self._psql(f"--command={_CLEAR}")

    @contextmanager
    def _connected(self) -> Iterator[Any]:
        import psycopg

        # The digests are of text, which must not depend on a server's settings.
        options = "-c timezone=UTC -c datestyle=ISO -c bytea_output=hex -c extra_float_digits=1"
        try:
            with psycopg.connect(self._full_address, options=options) as connection:
                yield connection
        except psycopg.OperationalError as error:
            reason = str(error).strip().splitlines()[0]
            raise Refused(
                "unreachable", f"连不上数据库：{reason}", f"Cannot reach the database: {reason}"
            ) from error

    def _psql(self, *arguments: str) -> None:
        self._run(
            *("psql", "--no-psqlrc", "--quiet", "--output=/dev/null", "--single-transaction"),
            *("--set=ON_ERROR_STOP=1", f"--dbname={self._address}", *arguments),
        )

    def _run(self, program: str, *arguments: str) -> None:
        try:
            path = find_programs("pg_dump", "pg_restore", "psql") / program
        except PostgresMissing as error:
            raise Refused("no_programs", *str(error).split("\n", 1)) from error
        done = subprocess.run(
            [path, *arguments],
            env=os.environ | self._environment,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
        if done.returncode:
            reason = (done.stderr.strip().splitlines() or ["?"])[-1]
            raise Refused(program, f"{program} 没有成功：{reason}", f"{program} failed: {reason}")


def database_of(given: Config) -> Sqlite | Postgresql:
    """The installation's database."""
    return Sqlite(given) if given.engine == "sqlite" else Postgresql(given)


# Everything that is the installation's own, but not the schema itself, which belongs to the database's owner.
_CLEAR = """
DO $$ DECLARE one record; BEGIN
  FOR one IN SELECT relname AS name, CASE relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' ELSE 'TABLE' END
    AS kind FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p', 'v', 'm')
  LOOP EXECUTE format('DROP %s IF EXISTS %I CASCADE', one.kind, one.name); END LOOP;
  FOR one IN SELECT relname AS name FROM pg_class
    WHERE relnamespace = current_schema()::regnamespace AND relkind = 'S'
  LOOP EXECUTE format('DROP SEQUENCE IF EXISTS %I CASCADE', one.name); END LOOP;
  FOR one IN SELECT oid::regprocedure AS name FROM pg_proc p WHERE pronamespace = current_schema()::regnamespace
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
  LOOP EXECUTE format('DROP ROUTINE IF EXISTS %s CASCADE', one.name); END LOOP;
END $$
"""


def _sqlite_content(connection: sqlite3.Connection) -> Content:
    listing = "SELECT name FROM sqlite_master WHERE type = 'table' AND substr(name, 1, 7) <> 'sqlite_' ORDER BY name"
    tables: dict[str, Table] = {}
    for (name,) in connection.execute(listing).fetchall():
        columns = len(connection.execute(f'PRAGMA table_info("{name}")').fetchall())
        order = ", ".join(str(n + 1) for n in range(columns))
        rows = connection.execute(f'SELECT * FROM "{name}" ORDER BY {order}')  # noqa: S608 (a table's own name)
        tables[name] = _table(map(repr, rows))
    return Content(tables, _files(connection, tables))


def _postgresql_content(connection: Any) -> Content:
    listing = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY 1"
    tables: dict[str, Table] = {}
    for (name,) in connection.execute(listing).fetchall():
        with connection.cursor(name="rows") as cursor:  # named: a table need not fit into memory
            cursor.itersize = 10_000
            cursor.execute(f'SELECT t::text COLLATE "C" FROM "{name}" t ORDER BY 1')  # noqa: S608
            tables[name] = _table(row[0] for row in cursor)
    return Content(tables, _files(connection, tables))


def _table(rows: Iterable[str]) -> Table:
    digest, count = hashlib.sha256(), 0
    for row in rows:
        digest.update(row.encode() + b"\n")
        count += 1
    return Table(count, digest.hexdigest())


def _files(connection: Any, tables: dict[str, Table]) -> frozenset[str]:
    if "infra_file" not in tables:
        return frozenset()
    return frozenset(row[0] for row in connection.execute("SELECT digest FROM infra_file"))


def _damaged(file: Path, error: object) -> Refused:
    return Refused(
        "backup_damaged",
        f"备份里的 {file.name} 已损坏：{error}。",
        f"{file.name} of the backup is damaged: {error}.",
    )
