"""断电: kill -9 at random moments under load, again and again; then look at what is there.

A killed process loses what it had not handed to the system: this shows atomicity. That what was handed over also reached
the disk is `durability`'s to show.
"""

from __future__ import annotations

import hashlib
import sys
import time
from collections.abc import Callable
from typing import Any

from banshi.desks.console.prove import Proof, web
from banshi.desks.console.prove.audit import audit, sound, written
from banshi.desks.console.prove.client import Job
from banshi.desks.console.prove.ground import Ground, forget_connections
from banshi.desks.console.prove.process import Client, Heard

ROUNDS, ROUNDS_OVER_HTTP = 200, 50
CLIENTS = 4
LONGEST_SECONDS = 1.0
FIRST_REGION = 350_000  # a region a round: what a round left is looked up by itself


def prove(city: Ground, n: int, seed: int) -> Proof:
    """`n` rounds; the same seed gives the same moments and victims."""
    standby = [Client(city.config)]

    def ready() -> Client:
        # The next one loads its program while this one works.
        standby.append(Client(city.config))
        return standby.pop(0)

    proof = _rounds(city, Proof("crash", city.engine), n or ROUNDS, seed, ready)
    standby[0].kill()
    return proof


def prove_over_http(city: Ground, n: int, seed: int) -> Proof:
    """The same with the server that people use: killed with all its processes, its scheduler among them."""
    town = web.settle(city)
    proof = Proof("crash-http", city.engine)
    return _rounds(city, proof, n or ROUNDS_OVER_HTTP, seed, lambda: web.WebClient(town))


def _rounds(
    city: Ground, proof: Proof, rounds: int, seed: int, ready: Callable[[], Client | web.WebClient]
) -> Proof:
    acknowledged: dict[str, dict[str, Any]] = {}  # by region, then command
    again: tuple[dict[str, Any], ...] = ()
    under_way = had_been_written = repeated = killed_postgres = 0
    began = time.monotonic()
    for number in range(rounds):
        region = str(FIRST_REGION + number)
        client = ready()
        client.go(Job(region, CLIENTS, again=again))
        share, victim = _moment(seed, number)
        time.sleep(share * LONGEST_SECONDS)
        heard, killed = _kill(city, client, victim)
        killed_postgres += killed
        _note(acknowledged, heard, proof, [one["id"] for one in again], killed)
        repeated += len(again)
        again = tuple(heard.under_way())
        under_way += len(again)
        for one in sorted({region, *(one["region"] for one in again), str(FIRST_REGION + number - 1)}):
            proof.violations += audit(one, acknowledged.get(one, {}))
        had_been_written += sum(written(one["region"], [one["id"]]) for one in again)
        forget_connections()
        if (number + 1) % 10 == 0 or number + 1 == rounds:
            _tell(number + 1, rounds, acknowledged, proof, time.monotonic() - began)
    for region, answers in acknowledged.items():
        proof.violations += audit(region, answers)
    proof.violations = list(dict.fromkeys([*proof.violations, *sound()]))
    proof.figures = {
        "rounds": rounds,
        "seed": seed,
        "kills_of_postgres": killed_postgres,
        "acknowledged": sum(map(len, acknowledged.values())),
        "under_way_when_killed": under_way,
        "of_these_written": had_been_written,
        "said_again": repeated,
        "seconds": round(time.monotonic() - began),
    }
    return proof


def _moment(seed: int, number: int) -> tuple[float, int]:
    """A share of the longest time to wait, and a number that chooses the victim."""
    digest = hashlib.sha256(f"{seed}/{number}".encode()).digest()
    return int.from_bytes(digest[:4]) / 2**32, digest[4]


def _kill(city: Ground, client: Client | web.WebClient, victim: int) -> tuple[Heard, bool]:
    """SQLite: the process that writes. PostgreSQL: the server, the process that writes, or both."""
    if city.postgres is None or victim % 4 == 0:
        return client.kill(), False
    city.postgres.kill()
    heard = client.kill() if victim % 4 == 1 else client.end()
    city.postgres.start()
    return heard, True


def _note(
    acknowledged: dict[str, dict[str, Any]],
    heard: Heard,
    proof: Proof,
    again: list[str],
    killed_postgres: bool,
) -> None:
    for id, answer in heard.acknowledged.items():
        acknowledged.setdefault(heard.tried[id]["region"], {})[id] = answer
    for id, rule in heard.refused.items():
        what = "再说一次 said again" if id in again else "第一次 said first"
        proof.violations.append(f"{id} 被拒绝 was refused ({what}): {rule}")
    # Without a killed PostgreSQL the database is always there.
    for id, error in (heard.bad | ({} if killed_postgres else heard.lost)).items():
        proof.violations.append(f"{id}: {error}")


def _tell(
    done: int, rounds: int, acknowledged: dict[str, dict[str, Any]], proof: Proof, seconds: float
) -> None:
    answers = sum(map(len, acknowledged.values()))
    print(
        f"{proof.engine} {done}/{rounds} 轮 rounds, {answers} 个答复 answers, {len(proof.violations)} 处违背 violations,"
        f" {seconds:.0f} s",
        file=sys.stderr,
    )
