"""DBOS on PostgreSQL: a workflow of eight steps; each step's outcome is written before the next one starts.

Clients are threads of one executor: several need its makers' Conductor to recover one another's work.
"""

from __future__ import annotations

from dbos import DBOS, DBOSConfig
from race import STEPS, arguments, race

_, DATABASE, CLIENTS, LIVES = arguments()
CONFIG: DBOSConfig = {
    "name": "peers",
    "system_database_url": DATABASE,
    "sys_db_pool_size": CLIENTS + 4,
    "log_level": "ERROR",
}
DBOS(config=CONFIG)


@DBOS.step()
def step(n: int) -> int:
    return n + 1


@DBOS.workflow()
def life() -> int:
    n = 0
    for _ in range(STEPS):
        n = step(n)
    return n


if __name__ == "__main__":
    print(race(lambda: life, 1, CLIENTS, LIVES, opened=DBOS.launch))
