"""并发: 32 clients on the same 50 cases. No update is lost, and each loser is told why."""

from __future__ import annotations

import sys
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import connections

from banshi.contexts.cases import operations, queries
from banshi.contexts.cases.values import Input
from banshi.desks.console.prove import Proof, life
from banshi.desks.console.prove.audit import audit, sound
from banshi.desks.console.prove.ground import Ground
from banshi.directory.calendar import calendar
from banshi.infra import clock, store
from banshi.infra.store import Clash, new_id
from banshi.kernel.actors import SYSTEM, Actor, Post
from banshi.kernel.facts import Refused

CLIENTS, CASES = 32, 50
REGION = "350502"
PATIENCE = 200  # repeats of one command that lost a race


@dataclass(slots=True)
class Tally:
    """计数 of what the clients were told."""

    won: Counter[str] = field(default_factory=Counter)
    answers: dict[str, list[str]] = field(default_factory=dict)
    told: Counter[str] = field(default_factory=Counter)
    unexplained: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)


def prove(city: Ground, n: int, seed: int) -> Proof:
    """Races for one step, then 32 opinions at once on each case, then grant against refusal. `n`: how many cases."""

    calendar()
    at, cases, tally = clock.now(), n or CASES, Tally()
    acknowledged: dict[str, object] = {}
    ids = []
    for _ in range(cases):
        command = new_id()
        ids.append(UUID(life.open_case(REGION, command, at, works=CLIENTS)))
        acknowledged[str(command)] = str(ids[-1])
    proof = Proof("clashes", city.engine)
    for title, race in (("accept", _accept), ("opine", _opine), ("review", _review), ("decide", _decide)):
        _all_at_once(ids, race, tally, at)
        expected = CLIENTS if title == "opine" else 1
        for id in ids:
            if (won := tally.won[f"{title} {id}"]) != expected:
                proof.violations.append(f"{id}: {title} {won} 次成功，应为 / won, should be {expected}")
        print(f"{city.engine} {title}: {dict(tally.told)}", file=sys.stderr)
    store.stop_writer()
    proof.violations += tally.unexplained
    proof.violations += audit(REGION, acknowledged | tally.answers)
    proof.violations += _opinions_kept(ids) + sound()
    proof.figures = {
        "clients": CLIENTS, "cases": cases, "seed": seed, "won": tally.won.total(), "lost": tally.told.total(),
        "told": dict(tally.told),
    }  # fmt: skip
    return proof


type Race = Callable[[int, UUID, int], tuple[str, dict[str, object], Actor, bool, str]]


def _person(client: int, *posts: str) -> Actor:
    return Actor("staff", str(client), tuple(Post(post, life.OFFICE, REGION) for post in posts))


# Each: the command, what is stated, by whom, whether it names the state that was seen, and a text.


def _accept(client: int, id: UUID, seq: int) -> tuple[str, dict[str, object], Actor, bool, str]:
    return "accept", {}, _person(client, "officer"), client % 2 == 0, ""


def _opine(client: int, id: UUID, seq: int) -> tuple[str, dict[str, object], Actor, bool, str]:
    work = "check" if client == 0 else f"check{client + 1}"
    return "opine", {"work": work, "verdict": "agree"}, _person(client, "officer"), False, f"意见 {client}"


def _review(client: int, id: UUID, seq: int) -> tuple[str, dict[str, object], Actor, bool, str]:
    return "review", {"verdict": "pass"}, _person(client, "officer"), client % 2 == 0, ""


def _decide(client: int, id: UUID, seq: int) -> tuple[str, dict[str, object], Actor, bool, str]:
    """Half grant, half refuse; nobody who may have reviewed."""
    verdict, text = ("pass", "") if client % 2 else ("refuse", "不符合条件。")
    return "decide", {"verdict": verdict}, _person(CLIENTS + client, "approver"), False, text


def _all_at_once(ids: list[UUID], race: Race, tally: Tally, at: datetime) -> None:
    """Every client does the same with every case, in the same order, so that they meet."""
    gate = threading.Barrier(CLIENTS)

    def client(number: int) -> None:
        try:
            for id in ids:
                gate.wait()
                _try(number, id, race, tally, at)
        except BaseException:
            gate.abort()
            raise
        finally:
            connections.close_all()

    with ThreadPoolExecutor(CLIENTS) as pool:
        for done in [pool.submit(client, number) for number in range(CLIENTS)]:
            done.result()


def _try(number: int, id: UUID, race: Race, tally: Tally, at: datetime) -> None:
    """Once; where it only lost a race, again until it is done."""
    seen = queries.get_case(REGION, id, SYSTEM).seq
    name, given, actor, names_state, text = race(number, id, seen)
    command = new_id()
    for _ in range(PATIENCE):
        try:
            answer = operations.act(
                name, region=REGION, id=id, actor=actor, at=at, calendar=calendar(), given=Input(**given),  # type: ignore[arg-type]
                text=text, command_id=command, expected_seq=seen if names_state else None,
            ).kinds  # fmt: skip
        except Clash:
            with tally.lock:
                tally.told["clash"] += 1
        except Refused as refused:
            with tally.lock:
                tally.told[refused.rule] += 1
                if not (refused.zh and refused.en):
                    tally.unexplained.append(f"{id}: {name} 没有说明理由 / refused without words")
            return
        except Exception as error:
            with tally.lock:
                tally.unexplained.append(f"{id}: {name} {type(error).__name__}: {error}")
            return
        else:
            with tally.lock:
                tally.won[f"{name} {id}"] += 1
                tally.answers[str(command)] = answer
            return
    with tally.lock:
        tally.unexplained.append(f"{id}: {name} 总是输 / lost every race")


def _opinions_kept(ids: list[UUID]) -> list[str]:
    """Every opinion that was acknowledged stands in the row."""
    found = []
    for id in ids:
        works = queries.get_case(REGION, id, SYSTEM).works
        if missing := [work.key for work in works if work.status != "done" or work.opinion is None]:
            found.append(f"{id}: 意见丢失 / opinions lost: {missing}")
    return found
