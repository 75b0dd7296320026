"""./banshi prove: the proofs hold, run small; and each of them would notice what it is there to notice."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from banshi.desks.console.prove import durability, life, web
from banshi.desks.console.prove.audit import audit
from banshi.desks.console.prove.crash import _moment
from banshi.infra.store import new_id
from tests.desks.console.command import ENGINE, banshi

REGION = "350001"
NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)


def proof(name: str, n: int) -> dict[str, Any]:
    done = banshi("prove", name, "--engine", ENGINE, "--n", str(n), "--seed", "7", "--json")
    found: dict[str, Any] = json.loads(done.out)
    assert found["holds"] and found["violations"] == []
    return found


def test_nothing_acknowledged_is_lost_half_done_or_doubled_by_a_kill() -> None:
    figures = proof("crash", 4)["figures"]
    assert figures["rounds"] == 4
    assert figures["acknowledged"] > 0
    assert figures["under_way_when_killed"] > 0 < figures["said_again"]


def test_nor_by_a_kill_of_the_server_that_people_use() -> None:
    figures = proof("crash-http", 2)["figures"]
    assert figures["acknowledged"] > 2 * web.CASES  # which were received before the server was started
    assert figures["under_way_when_killed"] > 0 < figures["said_again"]


def test_no_update_is_lost_between_thirty_two_clients() -> None:
    figures = proof("clashes", 3)["figures"]
    # One accepts, all give their opinion, one reviews, one decides.
    assert figures["won"] == 3 * (1 + 32 + 1 + 1)
    assert figures["lost"] == sum(figures["told"].values()) == 3 * 31 * 3


@pytest.mark.skipif(not shutil.which("strace"), reason="strace is not on this machine")
def test_every_answer_comes_after_a_sync_and_mutants_are_caught() -> None:
    figures = proof("durability", 3)["figures"]
    assert figures["answers_1"] == 3 * life.LENGTH
    assert figures["syncs_1"] >= figures["answers_1"]
    assert figures["answers_8"] == 8 * 3 * life.LENGTH
    for mutant in durability.MUTANTS[ENGINE]:
        assert figures[mutant.name].startswith("caught")


def test_a_seed_gives_the_same_moments_again() -> None:
    moments = [_moment(7, n) for n in range(50)]
    assert moments == [_moment(7, n) for n in range(50)]
    assert moments != [_moment(8, n) for n in range(50)]
    assert min(share for share, _ in moments) < 0.1 and max(share for share, _ in moments) > 0.9


# ---- the audit notices ----


def lived(steps: int) -> dict[str, Any]:
    """A life up to so many steps; what was answered to each command."""
    answers: dict[str, Any] = {}
    command: life.Command | None = life.begin(REGION, NOW)
    while command and len(answers) < steps:
        answers[command.id] = life.carry_out(command)
        command = command.following(answers[command.id])
    return answers


@pytest.mark.django_db
def test_a_whole_database_has_nothing_wrong() -> None:
    answers = lived(life.LENGTH) | lived(3) | lived(1)
    assert audit(REGION, answers) == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("damage", "told"),
    [
        ("DELETE FROM infra_receipt", "is gone"),
        ("DELETE FROM infra_receipt", "no receipt"),
        ("DELETE FROM cases_case", "no row"),
        ("DELETE FROM cases_task", "not what waits"),
        ("UPDATE cases_case SET state = replace(state, '\"seq\":3', '\"seq\":2')", "does not give its row"),
        (
            "DELETE FROM infra_outbox WHERE stream_id IN (SELECT max(id) FROM cases_case)",
            "not heard of alike",
        ),
        ("DELETE FROM infra_counterdelta", "counted"),
        ("UPDATE infra_receipt SET result = '[]' WHERE result LIKE '[%%'", "answered otherwise"),
        ("UPDATE infra_receipt SET result = '[]' WHERE result LIKE '[%%'", "not those it answered"),
        (
            "DELETE FROM cases_document WHERE case_id IN (SELECT max(id) FROM cases_case)",
            "different documents",
        ),
        (
            "INSERT INTO infra_fact (region_code, stream_id, seq, kind, at, actor, command_id, data)"
            " SELECT region_code, stream_id, 9, kind, at, actor, command_id, data FROM infra_fact WHERE seq = 3",
            "scattered",
        ),
        (
            "INSERT INTO infra_fact (region_code, stream_id, seq, kind, at, actor, command_id, data)"
            " SELECT region_code, stream_id, 9, kind, at, actor, command_id, data FROM infra_fact WHERE seq = 3",
            "gaps",
        ),
    ],
)
def test_damage_is_noticed(damage: str, told: str) -> None:
    answers = lived(3) | lived(3)
    if connection.vendor == "postgresql":
        damage = damage.replace("max(id)", "max(id::text)::uuid")
    with connection.cursor() as cursor:
        cursor.execute(damage.replace("%%", "%"))
    assert any(told in violation for violation in audit(REGION, answers))


@pytest.mark.django_db
def test_an_answer_that_was_never_written_is_noticed() -> None:
    assert any("is gone" in violation for violation in audit(REGION, {str(new_id()): ["x"]}))


# ---- the trace notices ----

ID = "01a1fcb0-295d-7656-ae0c-dd49f21c7cc4"
TRY, ACK = f'write(1<pipe:[7]>, "try {ID} {{"..., 99)', f'write(1<pipe:[7]>, "ack {ID} \\"x"..., 60)'
SYNC = "fdatasync(5</var/tmp/city/banshi.sqlite3-wal>)"


@pytest.mark.parametrize(
    ("calls", "unsynced"),
    [
        ([(1, f"{TRY} = 99 <0.1>"), (2, f"{SYNC} = 0 <0.5>"), (3, f"{ACK} = 60 <0.1>")], False),
        ([(1, f"{TRY} = 99 <0.1>"), (3, f"{ACK} = 60 <0.1>")], True),
        # failed; before the command; ended after the answer; not the log
        ([(1, f"{TRY} = 99 <0.1>"), (2, f"{SYNC} = -1 EIO (x) <0.5>"), (3, f"{ACK} = 60 <0.1>")], True),
        ([(0, f"{SYNC} = 0 <0.5>"), (1, f"{TRY} = 99 <0.1>"), (3, f"{ACK} = 60 <0.1>")], True),
        ([(1, f"{TRY} = 99 <0.1>"), (2, f"{SYNC} = 0 <1.5>"), (3, f"{ACK} = 60 <0.1>")], True),
        (
            [(1, f"{TRY} = 99 <0.1>"), (2, "fdatasync(9</tmp/other>) = 0 <0.5>"), (3, f"{ACK} = 60 <0.1>")],
            True,
        ),
        # written down in two halves
        (
            [
                (1, f"{TRY} = 99 <0.1>"),
                (2, f"{SYNC[:-1]} <unfinished ...>"),
                (2.5, "<... fdatasync resumed>) = 0 <0.5>"),
                (3, f"{ACK} = 60 <0.1>"),
            ],
            False,
        ),
    ],
)
def test_an_answer_without_a_sync_of_its_own_is_noticed(
    tmp_path: Path, calls: list[tuple[float, str]], unsynced: bool
) -> None:
    path = tmp_path / "trace"
    path.write_text("".join(f"77 {at:.6f} {call}\n" for at, call in calls))
    trace = durability._read([path], durability.LOGS["sqlite"])
    assert (trace.unsynced() == [ID]) is unsynced
