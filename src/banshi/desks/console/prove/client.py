"""受试的进程: runs operations from several threads, says what it is about to do and what was answered, and is killed.

    python -m banshi.desks.console.prove.client CONFIG       (one line of JSON on its input: a `Job`)

Lines on its output, each written at once: `set JSON` the database's settings as read back, `try ID JSON` before a
command, `ack ID JSON` after its answer, `no ID RULE` where it was refused, `lost ID ERROR` where the database was gone,
`bad ID ERROR` for anything else.
"""

from __future__ import annotations

import json
import os
import sqlite3
import sys
import threading
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Job:
    """任务: `again` are commands whose answers were lost; `lives` 0 goes on until killed; `synchronous` (OFF, NORMAL) makes
    a mutant of SQLite."""

    region: str
    clients: int
    lives: int = 0
    again: tuple[dict[str, Any], ...] = ()
    synchronous: str = ""


def main(config: str) -> int:
    os.environ["BANSHI_CONFIG"], os.environ["DJANGO_SETTINGS_MODULE"] = config, "banshi.site.settings"
    import django

    django.setup()
    from banshi.desks.console.prove import life
    from banshi.directory.calendar import calendar

    calendar()
    line = sys.stdin.readline()
    if not line:
        return 0
    job = Job(**json.loads(line))
    threading.Thread(target=_end_with_parent, daemon=True).start()
    if job.synchronous:
        _cripple(job.synchronous)
    _say("set", json.dumps(_settings()))
    waiting = [life.Command(**one) for one in job.again]
    threads = [
        threading.Thread(target=_work, args=(job, waiting[n :: job.clients])) for n in range(job.clients)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    from banshi.infra import store

    store.stop_writer()
    return 0


def _work(job: Job, again: list[Any]) -> None:
    from banshi.desks.console.prove import life
    from banshi.infra import clock

    for command in again:
        if not _live(command):
            return
    lives = 0
    while not job.lives or lives < job.lives:
        if not _live(life.begin(job.region, clock.now())):
            return
        lives += 1


def _live(command: Any) -> bool:
    """Carry out the command and what follows it; whether the database is still there."""
    import django.db
    import psycopg

    from banshi.desks.console.prove import life
    from banshi.kernel.facts import Refused

    following: life.Command | None = command
    while following:
        _say("try", following.id, json.dumps(asdict(following)))
        try:
            answer = life.carry_out(following)
        except Refused as refused:
            _say("no", following.id, refused.rule)
            return True
        except (django.db.Error, psycopg.Error, sqlite3.Error) as error:
            _say("lost", following.id, type(error).__name__, str(error).replace("\n", " "))
            return False
        except Exception as error:
            _say("bad", following.id, type(error).__name__, str(error).replace("\n", " "))
            return False
        _say("ack", following.id, json.dumps(answer))
        following = following.following(answer)
    return True


def _say(*words: str) -> None:
    """One write a line: whoever reads sees whole lines, in the order they were written."""
    os.write(1, (" ".join(words) + "\n").encode())


def _settings() -> dict[str, str]:
    """What the connection that writes says of itself."""
    from banshi.infra import clock, store

    def read(tx: store.Tx) -> dict[str, str]:
        if tx.sqlite:
            rows = {
                "journal_mode": tx.one("PRAGMA journal_mode"),
                "synchronous": tx.one("PRAGMA synchronous"),
            }
        else:
            rows = {
                "fsync": tx.one("SHOW fsync"),
                "full_page_writes": tx.one("SHOW full_page_writes"),
                "synchronous_commit": tx.one("SHOW synchronous_commit"),
            }
        return {name: str(row[0]) for name, row in rows.items() if row}

    return store.write(read, at=clock.now(), actor="system")


def _cripple(synchronous: str) -> None:
    """A mutant: every connection of this process is opened with the setting that must not be."""
    from django.db.backends.signals import connection_created

    def spoil(sender: object, connection: Any, **kwargs: object) -> None:
        if synchronous == "OFF":
            connection.connection.execute("PRAGMA synchronous=OFF")
        else:
            connection.connection.execute("PRAGMA synchronous=NORMAL")

    connection_created.connect(spoil, weak=False)


def _end_with_parent() -> None:
    sys.stdin.read()
    os._exit(1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
