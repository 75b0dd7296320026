"""DBOS on PostgreSQL: a workflow of eight steps; each step's outcome is written before the next one starts.

Clients are threads of one executor, as DBOS runs them.
"""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

from dbos import DBOS, DBOSConfig
from race import STEPS, arguments

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
    DBOS.launch()
    with ThreadPoolExecutor(CLIENTS) as pool:
        for _ in pool.map(lambda _: life(), range(CLIENTS)):
            pass
        began = time.perf_counter()
        for _ in pool.map(lambda _: life(), range(LIVES)):
            pass
        print(LIVES / (time.perf_counter() - began))
    DBOS.destroy()
