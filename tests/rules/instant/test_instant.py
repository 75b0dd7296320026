"""秒批的抽查和停用: what is drawn, who oversees, and what must be said."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest

from banshi.contexts.instant import rules
from banshi.contexts.instant.values import Decided, Finding, Switch
from banshi.kernel.actors import SYSTEM, Actor, Post
from banshi.kernel.facts import NotFound, Refused

AT = datetime(2026, 3, 2, 1, tzinfo=UTC)
LICHENG, MARKET = "350502", "350502-market"
LIN = Actor("staff", "1", (Post("approver", MARKET, LICHENG),))
GAO = Actor("staff", "2", (Post("leader", MARKET, LICHENG),))
CHEN = Actor("staff", "3", (Post("officer", MARKET, LICHENG),))
DU = Actor("staff", "4", (Post("supervisor", "", "350500"),))
ZHAO = Actor("staff", "5", (Post("supervisor", "", "350503"),))
LI = Actor("citizen", "li")
ONE = Decided(LICHENG, UUID(int=1), UUID(int=2), "note", 1, MARKET, AT, True)


def test_the_first_ten_are_all_drawn_and_then_one_in_ten_or_so() -> None:
    assert all(rules.drawn(before, "ffffffff") for before in range(rules.ALL_OF_FIRST))
    lots = [f"{number:08x}" for number in range(1000)]
    assert sum(rules.drawn(50, lot) for lot in lots) == 100


def test_the_lot_is_of_the_case_and_not_of_the_hour() -> None:
    assert len({rules.drawn(50, "0000abcd") for _ in range(5)}) == 1


@pytest.mark.parametrize("actor", [LIN, GAO, DU])
def test_the_office_that_answers_and_the_supervision_above_it_oversee(actor: Actor) -> None:
    rules.require_overseer(actor, LICHENG, MARKET)


@pytest.mark.parametrize("actor", [CHEN, ZHAO, LI, SYSTEM])
def test_for_everybody_else_it_is_as_if_it_were_not_there(actor: Actor) -> None:
    with pytest.raises(NotFound):
        rules.require_overseer(actor, LICHENG, MARKET)


def test_a_check_is_made_once() -> None:
    assert rules.check(ONE, "right") is Finding.RIGHT
    done = Decided(LICHENG, UUID(int=1), UUID(int=2), "note", 1, MARKET, AT, True, Finding.RIGHT)
    with pytest.raises(Refused, match="已经抽查过"):
        rules.check(done, "wrong")


@pytest.mark.parametrize("finding", ["", "maybe", "RIGHT"])
def test_a_check_finds_right_or_wrong(finding: str) -> None:
    with pytest.raises(Refused):
        rules.check(ONE, finding)


def test_what_is_stopped_is_not_stopped_again_and_what_runs_is_not_allowed_again() -> None:
    stopped = Switch(LICHENG, "note", MARKET, True, "staff:1", AT, None, 1)
    allowed = Switch(LICHENG, "note", MARKET, False, "staff:1", AT, None, 2)
    for now, stop in ((None, True), (allowed, True), (stopped, False)):
        rules.turn(now, stop)
    for now, stop in ((None, False), (allowed, False), (stopped, True)):
        with pytest.raises(Refused):
            rules.turn(now, stop)


@pytest.mark.parametrize("words", ["", "字" * (rules.MAX_WORDS + 1)])
def test_a_reason_is_given_and_not_a_book(words: str) -> None:
    with pytest.raises(Refused) as told:
        rules.require_words(words, "理由", "the reason")
    assert told.value.field == "text"
