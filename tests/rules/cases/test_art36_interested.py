"""行政许可法第三十六条: whom a permit concerns directly is told, and heard, before the decision."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from banshi.contexts.cases.rules.permits import offered
from banshi.contexts.cases.values import Status
from tests.rules.cases.life import (
    CHEN,
    LIN,
    OTHER_TYPES,
    PLAIN,
    TEXT,
    accepted,
    at,
    day,
    do,
    refused,
    reviewed,
)

ARTICLE = "行政许可法第三十六条"
NEIGHBOURS = replace(PLAIN, interested=True)


@pytest.mark.parametrize(
    ("told", "heard", "decided_on", "rule"),
    [
        pytest.param(False, False, "2026-03-03", "interested_first", id="art36 nobody was told"),
        pytest.param(True, False, "2026-03-09", "interested_running", id="art36 on the fifth day"),
        pytest.param(True, False, "2026-03-10", "", id="art36 they said nothing in five days"),
        pytest.param(True, True, "2026-03-04", "", id="art36 they have been heard"),
    ],
)
def test_no_decision_before_they_could_speak(told: bool, heard: bool, decided_on: str, rule: str) -> None:
    case = reviewed(NEIGHBOURS)
    if told:
        case = do(case, "inform_interested", at("2026-03-02", 14), text=TEXT)
        assert case.interested_until_on == day("2026-03-09")
    if heard:
        case = do(case, "hear_interested", at("2026-03-03"), text=TEXT)
    if rule:
        assert refused(rule, case, "decide", at(decided_on), by=LIN, verdict="pass").article == ARTICLE
    else:
        assert do(case, "decide", at(decided_on), by=LIN, verdict="pass").status is Status.PASSED


@pytest.mark.parametrize(
    ("command", "stated", "rule"),
    [
        pytest.param("inform_interested", {}, "words_needed", id="art36 who was told what"),
        pytest.param("hear_interested", {"text": TEXT}, "inform_first", id="art36 told before heard"),
    ],
)
def test_what_has_to_be_on_file(command: str, stated: dict[str, Any], rule: str) -> None:
    assert refused(rule, accepted(NEIGHBOURS), command, at("2026-03-03"), **stated).article == ARTICLE


def test_they_are_told_once() -> None:
    told = do(accepted(NEIGHBOURS), "inform_interested", at("2026-03-03"), text=TEXT)
    refused("informed_already", told, "inform_interested", at("2026-03-04"), text=TEXT)


def test_telling_them_stops_no_clock() -> None:
    case = accepted(NEIGHBOURS)
    told = do(case, "inform_interested", at("2026-03-03"), text=TEXT)
    assert (told.promised_due_on, told.statutory_due_on) == (case.promised_due_on, case.statutory_due_on)


def test_who_examines_a_permit_may_find_that_it_concerns_others() -> None:
    assert "inform_interested" in {command.name for command in offered(accepted(PLAIN), CHEN)}


@pytest.mark.parametrize("kind", OTHER_TYPES)
def test_what_is_no_permit_asks_for_it_only_where_its_definition_does(kind: str) -> None:
    plain = reviewed(replace(PLAIN, type=kind))
    assert "inform_interested" not in {command.name for command in offered(plain, CHEN)}
    assert do(plain, "decide", at("2026-03-03"), by=LIN, verdict="pass").status is Status.PASSED
    pledged = reviewed(replace(NEIGHBOURS, type=kind))
    assert "inform_interested" in {command.name for command in offered(pledged, CHEN)}
    error = refused("interested_first", pledged, "decide", at("2026-03-03"), by=LIN, verdict="pass")
    assert error.article == ""
