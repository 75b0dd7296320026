"""行政许可法第六十九、七十条: what was granted wrongly is revoked; what has come to its end is cancelled."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from banshi.contexts.cases import events
from banshi.contexts.cases.rules.commands import COMMANDS
from banshi.contexts.cases.rules.permits import may
from banshi.contexts.cases.values import Status
from banshi.kernel.actors import Actor
from tests.rules.cases.life import (
    CHEN,
    GAO,
    LI,
    LIN,
    OTHER_TYPES,
    PLAIN,
    SONG,
    TEXT,
    WANG,
    at,
    day,
    do,
    facts,
    granted,
    refused,
)


def choices(command: str) -> list[str]:
    ask = next(ask for ask in COMMANDS[command].asks if ask.name == "kind")
    return [choice.key for choice in ask.choices]


@pytest.mark.parametrize("ground", choices("revoke"))
def test_art69_each_ground_revokes_what_was_granted(ground: str) -> None:
    (fact,) = facts(granted(), "revoke", at("2026-05-06"), by=LIN, kind=ground, text=TEXT)
    assert (fact.kind, fact.data["kind"], fact.data["on"]) == (events.REVOKED, ground, "2026-05-06")
    case = do(granted(), "revoke", at("2026-05-06"), by=LIN, kind=ground, text=TEXT)
    assert (case.status, case.reason) == (Status.REVOKED, TEXT)
    assert case.closed_on == day("2026-03-02")  # the decision was then; it is not undone


def test_art69_names_the_five_grounds_and_deceit() -> None:
    assert choices("revoke") == ["abuse", "beyond_power", "procedure", "unqualified", "fraud", "other"]


@pytest.mark.parametrize("ground", choices("cancel"))
def test_art70_each_ground_cancels(ground: str) -> None:
    case = do(granted(), "cancel", at("2026-05-06"), by=LIN, kind=ground, text=TEXT)
    assert (case.status, case.reason) == (Status.CANCELLED, TEXT)


def test_art70_names_the_six_grounds() -> None:
    assert len(choices("cancel")) == 6


@pytest.mark.parametrize(
    ("command", "kind", "stated", "rule", "article"),
    [
        pytest.param("revoke", "01", {}, "words_needed", "行政许可法第六十九条", id="art69 reasons"),
        pytest.param(
            "cancel", "01", {"kind": "expired"}, "words_needed", "行政许可法第七十条", id="art70 basis"
        ),
        pytest.param("cancel", "01", {"text": TEXT}, "cancel_kind", "行政许可法第七十条", id="art70 ground"),
        *(
            pytest.param(command, kind, {}, "words_needed", "", id=f"no permit {kind}, {command}")
            for kind in OTHER_TYPES
            for command in ("revoke", "cancel")
        ),
    ],
)
def test_it_says_why(command: str, kind: str, stated: dict[str, Any], rule: str, article: str) -> None:
    case = granted(replace(PLAIN, type=kind))
    assert refused(rule, case, command, at("2026-05-06"), by=LIN, **stated).article == article


@pytest.mark.parametrize(
    ("command", "actor", "allowed"),
    [
        pytest.param("revoke", LIN, True, id="art69 the office that granted it"),
        pytest.param("revoke", CHEN, False, id="not who handles cases"),
        pytest.param("revoke", SONG, False, id="not another office"),
        pytest.param("revoke", WANG, False, id="not a window"),
        pytest.param("cancel", LIN, True, id="art70 the office that granted it"),
        pytest.param("cancel", GAO, True, id="art70 or its head"),
        pytest.param("cancel", LI, False, id="not the holder"),
    ],
)
def test_who_may(command: str, actor: Actor, allowed: bool) -> None:
    assert may(COMMANDS[command], granted(), actor) is allowed


@pytest.mark.parametrize("command", ["revoke", "cancel"])
def test_only_what_was_granted(command: str) -> None:
    assert Status.PASSED in COMMANDS[command].states
    assert COMMANDS[command].states.isdisjoint(set(Status) - {Status.PASSED, Status.REVOKED})
