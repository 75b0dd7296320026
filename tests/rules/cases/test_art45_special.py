"""行政许可法第四十五条: eight procedures stop the clock, with a written notice; nothing else does."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from banshi.contexts.cases import events
from banshi.contexts.cases.rules import clocks
from banshi.contexts.cases.rules.commands import COMMANDS
from banshi.contexts.cases.values import Budget, CaseState, Pause, SpecialProcedure, Status
from banshi.kernel.actors import SYSTEM
from banshi.kernel.workdays import end_of
from tests.rules.cases.life import (
    CALENDAR,
    CITY_MARKET,
    LICENCE,
    LIN,
    MARKET,
    OTHER_TYPES,
    SUN,
    TEXT,
    accepted,
    at,
    day,
    do,
    facts,
    received,
    refused,
    work,
)

ARTICLE = "行政许可法第四十五条"
EIGHT = {"hearing", "tender", "auction", "inspection", "testing", "quarantine", "appraisal", "expert_review"}


def paused(case: CaseState, since: str, until: str, kind: str = "testing") -> CaseState:
    stopped = do(case, "start_special", at(since), kind=kind, days=5, text=TEXT)
    assert stopped.status is Status.SUSPENDED
    assert stopped.due_on is None
    return do(stopped, "end_special", at(until))


def test_there_are_eight_and_no_ninth() -> None:
    assert {kind.value for kind in SpecialProcedure} == EIGHT


@pytest.mark.parametrize("kind", sorted(EIGHT - {"hearing"}))
def test_each_but_the_hearing_stops_both_clocks_and_those_of_the_offices(kind: str) -> None:
    case = accepted()
    resumed = paused(case, "2026-03-04", "2026-03-11", kind)
    for before, after in (
        (case.promised_due_on, resumed.promised_due_on),
        (case.statutory_due_on, resumed.statutory_due_on),
        (work(case, "fire").due_on, work(resumed, "fire").due_on),
    ):
        assert before is not None
        assert after == CALENDAR.add(before, 5)


@pytest.mark.parametrize("hearing", ["", "offered", "required"])
def test_a_hearing_stops_the_clock_by_its_own_notice_only(hearing: Any) -> None:
    case = accepted(replace(LICENCE, hearing=hearing))
    error = refused(
        "hearing_by_notice", case, "start_special", at("2026-03-04"), kind="hearing", days=5, text=TEXT
    )
    assert (error.article, error.field) == ("行政许可法第四十八条第一款", "kind")
    asked = next(ask for ask in COMMANDS["start_special"].asks if ask.name == "kind")
    assert {choice.key for choice in asked.choices} == EIGHT - {"hearing"}


@pytest.mark.parametrize(
    ("stated", "rule", "article"),
    [
        pytest.param(
            {"kind": "site_visit", "days": 5, "text": TEXT}, "special_kind", ARTICLE, id="art45 a site visit"
        ),
        pytest.param(
            {"kind": "correction", "days": 5, "text": TEXT}, "special_kind", ARTICLE, id="art45 a correction"
        ),
        pytest.param(
            {"kind": "", "days": 5, "text": TEXT}, "special_kind", ARTICLE, id="art45 nothing named"
        ),
        pytest.param({"kind": "testing", "days": 5}, "words_needed", "", id="art45 without a reason"),
        pytest.param(
            {"kind": "testing", "text": TEXT}, "special_days", "", id="art45 without the time it needs"
        ),
        pytest.param(
            {"kind": "testing", "days": 366, "text": TEXT}, "special_days", "", id="art45 more than a year"
        ),
    ],
)
def test_what_stops_no_clock(stated: dict[str, Any], rule: str, article: str) -> None:
    assert refused(rule, accepted(), "start_special", at("2026-03-04"), **stated).article == article


@pytest.mark.parametrize("kind", OTHER_TYPES)
def test_for_what_is_no_permit_the_eight_are_pledged_without_citing_the_law(kind: str) -> None:
    case = accepted(replace(LICENCE, type=kind))
    error = refused("special_kind", case, "start_special", at("2026-03-04"), kind="site_visit", text=TEXT)
    assert error.article == ""


@pytest.mark.parametrize(
    ("command", "stated"),
    [
        pytest.param("schedule", {"work": "visit", "on": day("2026-03-09")}, id="a site visit is planned"),
        pytest.param("record", {"work": "visit", "people": (SUN.code,), "text": TEXT}, id="it has been done"),
        pytest.param("transfer", {"reference": CITY_MARKET, "text": TEXT}, id="another office takes over"),
        pytest.param("inform_interested", {"text": TEXT}, id="the interested are told"),
        pytest.param("offer_hearing", {}, id="a hearing is offered"),
        pytest.param("hand_over", {"people": (SUN.code,)}, id="another person takes over"),
    ],
)
def test_while_this_happens_the_clock_runs_on(command: str, stated: dict[str, Any]) -> None:
    case = accepted()
    after = do(case, command, at("2026-03-04"), **stated)
    assert after.status is Status.IN_REVIEW
    assert (after.promised_due_on, after.statutory_due_on) == (case.promised_due_on, case.statutory_due_on)
    assert after.due_on == case.due_on


def test_a_work_sent_back_stops_no_clock_either() -> None:
    case = do(accepted(), "opine", at("2026-03-03"), work="fire", verdict="agree")
    again = do(case, "return_work", at("2026-03-04"), work="fire", text=TEXT)
    assert again.due_on == case.due_on


@pytest.mark.parametrize(
    ("accepted_on", "since", "until", "shift"),
    [
        pytest.param("2025-09-24", "2025-09-29", "2025-10-09", 2, id="over the National Day: 30 September, 9 October"),
        pytest.param("2026-09-24", "2026-09-30", "2026-10-10", 3, id="make-up Saturday 10 October counts: 8, 9, 10"),
        pytest.param("2026-03-02", "2026-03-06", "2026-03-07", 0, id="a Saturday costs nothing"),
        pytest.param("2026-03-02", "2026-03-07", "2026-03-08", 0, id="begun and ended at the weekend"),
        pytest.param("2026-03-02", "2026-03-07", "2026-03-09", 1, id="begun at the weekend"),
        pytest.param("2026-03-02", "2026-03-04", "2026-03-04", 0, id="ended on the day it began"),
        pytest.param("2026-02-12", "2026-02-13", "2026-02-24", 2, id="over the Spring Festival: Saturday 14, Tuesday 24"),
    ],
)  # fmt: skip
def test_a_pause_takes_its_working_days_only(accepted_on: str, since: str, until: str, shift: int) -> None:
    case = accepted(on=accepted_on)
    resumed = paused(case, since, until)
    assert case.promised_due_on is not None
    assert resumed.promised_due_on == CALENDAR.add(case.promised_due_on, shift)


@pytest.mark.parametrize(
    ("since", "until", "due_on"),
    [
        pytest.param("2026-03-04", "2026-03-11", "2026-04-08", id="30 days, 7 paused: 8 April"),
        pytest.param(
            "2026-03-06", "2026-03-09", "2026-04-07", id="… 3 paused: 4 April is a holiday, so the 7th"
        ),
    ],
)
def test_natural_days_are_paused_in_natural_days(since: str, until: str, due_on: str) -> None:
    case = paused(accepted(replace(LICENCE, statutory=Budget(30, "day"))), since, until)
    assert case.statutory_due_on == day(due_on)


def test_two_pauses_add_up_and_an_extension_too() -> None:
    case = paused(paused(accepted(), "2026-03-03", "2026-03-05"), "2026-03-09", "2026-03-12", "expert_review")
    longer = do(case, "extend", at("2026-03-13"), by=LIN, days=4, text=TEXT)
    assert longer.statutory_due_on == CALENDAR.add(day("2026-03-30"), 2 + 3 + 4)
    assert longer.pauses == (
        Pause(SpecialProcedure.TESTING, day("2026-03-03"), day("2026-03-05"), day("2026-03-10")),
        Pause(SpecialProcedure.EXPERT_REVIEW, day("2026-03-09"), day("2026-03-12"), day("2026-03-16")),
    )


def test_a_work_opened_after_the_pause_has_its_whole_time() -> None:
    case = paused(accepted(), "2026-03-03", "2026-03-05")
    case = do(case, "opine", at("2026-03-06"), work="visit", verdict="agree", people=(SUN.code,))
    case = do(case, "opine", at("2026-03-06"), work="fire", verdict="agree")
    assert work(case, "sum").due_on == day("2026-03-09")


def test_the_notice_says_how_long_it_takes_and_when_it_will_be_decided() -> None:
    (fact,) = facts(accepted(), "start_special", at("2026-03-04"), kind="testing", days=5, text=TEXT)
    assert fact.kind == events.SPECIAL_STARTED
    said = {key: fact.data[key] for key in ("days", "ends_on", "remaining_days", "due_on", "provisional")}
    assert said == {
        "days": 5,
        "ends_on": "2026-03-11",
        "remaining_days": 5,
        "due_on": "2026-03-18",
        "provisional": False,
    }


def test_begun_before_the_works_were_assigned_they_are_assigned_after_it() -> None:
    undispatched = do(received(), "accept", at("2026-03-02"), dispatch=False)
    case = do(undispatched, "start_special", at("2026-03-03"), kind="tender", days=5, text=TEXT)
    resumed = do(case, "end_special", at("2026-03-10"))
    assert resumed.status is Status.ACCEPTED
    assert do(resumed, "assign", at("2026-03-10")).status is Status.IN_REVIEW


def test_while_it_lasts_the_clocks_are_not_urged_but_the_procedure_is_once_its_notice_is_over() -> None:
    """Art. 45: the written notice says how long it takes."""
    stopped = do(accepted(), "start_special", at("2026-03-04"), kind="testing", days=5, text=TEXT)
    assert [(one.key, one.level) for one in clocks.alarms(stopped, CALENDAR)] == [("end_special", "red")]
    assert clocks.next_check_at(stopped, CALENDAR) == end_of(day("2026-03-11"))
    urged = do(stopped, "urge", at("2026-03-12", 0), by=SYSTEM)
    assert [(one.key, one.level, one.office) for one in urged.urges] == [("end_special", "red", MARKET)]
