"""行政许可法第四十六至四十八条: asked for in 5 days, held within 20, notified 7 before, by who did not examine it."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from banshi.contexts.cases.rules.commands import COMMANDS
from banshi.contexts.cases.rules.permits import may, offered
from banshi.contexts.cases.rules.state import tasks
from banshi.contexts.cases.values import CaseState, Plan, SpecialProcedure, Status
from banshi.kernel.actors import Actor
from tests.rules.cases.life import (
    CALENDAR,
    CHEN,
    LI,
    LICENCE,
    LIN,
    OTHER_TYPES,
    PLAIN,
    STRANGER,
    SUN,
    TEXT,
    WU,
    accepted,
    at,
    day,
    do,
    opined,
    refused,
    reviewed,
)

PRESIDER = "staff:70"
OFFERED = replace(PLAIN, hearing="offered")
REQUIRED = replace(PLAIN, hearing="required")
REQUIRE, RIGHT, CONDUCT, RECORD = (
    "行政许可法第四十六条",
    "行政许可法第四十七条第一款",
    "行政许可法第四十八条第一款",
    "行政许可法第四十八条第二款",
)


def asked(on: str = "2026-03-03", plan: Plan = OFFERED) -> CaseState:
    """Reviewed and told on Monday 2 March; asked for on this day."""
    told = do(reviewed(plan), "offer_hearing", at("2026-03-02", 14), text=TEXT)
    return do(told, "request_hearing", at(on), by=LI)


def notified(case: CaseState, on: str = "2026-03-17", when: str = "2026-03-04") -> CaseState:
    return do(case, "schedule_hearing", at(when), on=day(on), people=(PRESIDER,), text=TEXT)


class TestAskingForIt:
    @pytest.mark.parametrize(
        ("told_on", "asked_on", "in_time"),
        [
            pytest.param("2026-03-02", "2026-03-09", True, id="art47-1 on the fifth working day"),
            pytest.param("2026-03-02", "2026-03-10", False, id="art47-1 on the sixth"),
            pytest.param("2026-09-29", "2026-10-12", True, id="art47-1 over the National Day"),
            pytest.param("2026-09-29", "2026-10-13", False, id="art47-1 a day after that"),
        ],
    )
    def test_within_five_days_of_being_told(self, told_on: str, asked_on: str, in_time: bool) -> None:
        told = do(accepted(OFFERED, told_on), "offer_hearing", at(told_on, 15), text=TEXT)
        if in_time:
            case = do(told, "request_hearing", at(asked_on, 23), by=LI)
            assert case.hearing is not None
            assert case.hearing.hold_by == CALENDAR.add(day(asked_on), 20)
        else:
            assert (
                refused("hearing_request_late", told, "request_hearing", at(asked_on), by=LI).article == RIGHT
            )

    @pytest.mark.parametrize(
        ("actor", "allowed"), [(LI, True), (CHEN, True), (STRANGER, False), (LIN, False), (WU, False)]
    )
    def test_by_whom_it_concerns_or_noted_by_the_office(self, actor: Actor, allowed: bool) -> None:
        assert may(COMMANDS["request_hearing"], accepted(OFFERED), actor) is allowed

    def test_only_after_being_told_and_once(self) -> None:
        error = refused("hearing_not_offered", accepted(OFFERED), "request_hearing", at("2026-03-03"), by=LI)
        assert error.article == RIGHT
        refused("requested_already", asked(), "request_hearing", at("2026-03-04"), by=LI)

    def test_they_are_told_once(self) -> None:
        refused("offered_already", asked(), "offer_hearing", at("2026-03-04"), text=TEXT)

    def test_the_office_is_shown_until_when_it_must_be_held(self) -> None:
        hearing = next(task for task in tasks(asked("2026-03-03")) if task.key == "hearing")
        assert hearing.due_on == day("2026-03-31")


class TestTheNotice:
    @pytest.mark.parametrize(
        ("held_on", "rule", "article"),
        [
            pytest.param("2026-03-13", "", "", id="art48-1-1 seven days before"),
            pytest.param("2026-03-12", "hearing_notice", CONDUCT, id="art48-1-1 six days before"),
            pytest.param("2026-03-31", "", "", id="art47-1 on the twentieth day"),
            pytest.param("2026-04-01", "hearing_late", RIGHT, id="art47-1 on the twenty-first"),
        ],
    )
    def test_comes_seven_days_before_and_the_hearing_within_twenty(
        self, held_on: str, rule: str, article: str
    ) -> None:
        stated: dict[str, Any] = {"on": day(held_on), "people": (PRESIDER,), "text": TEXT}
        if rule:
            error = refused(rule, asked(), "schedule_hearing", at("2026-03-04"), **stated)
            assert (error.article, error.field) == (article, "on")
        else:
            case = do(asked(), "schedule_hearing", at("2026-03-04"), **stated)
            assert case.hearing is not None
            assert case.hearing.held_on == day(held_on)

    def test_an_office_that_let_the_twenty_days_pass_must_still_hold_it_at_once(self) -> None:
        case = asked("2026-03-03")  # to be held by 31 March
        stated: dict[str, Any] = {"people": (PRESIDER,), "text": TEXT}
        refused("hearing_late", case, "schedule_hearing", at("2026-04-01"), on=day("2026-04-20"), **stated)
        assert notified(case, "2026-04-13", "2026-04-01").status is Status.SUSPENDED

    @pytest.mark.parametrize(
        ("stated", "rule"),
        [
            pytest.param({"text": TEXT}, "presider_needed", id="art48-1-3 nobody presides"),
            pytest.param({"text": TEXT, "people": ("a", "b")}, "presider_needed", id="art48-1-3 two do"),
            pytest.param(
                {"text": TEXT, "people": (CHEN.code,)}, "presider_examined", id="art48-1-3 who reviewed it"
            ),
            pytest.param({"people": (PRESIDER,)}, "words_needed", id="art48-1-1 time and place"),
        ],
    )
    def test_names_time_place_and_presider(self, stated: dict[str, Any], rule: str) -> None:
        error = refused(
            rule, asked(), "schedule_hearing", at("2026-03-04"), by=SUN, on=day("2026-03-17"), **stated
        )
        assert error.article == CONDUCT

    @pytest.mark.parametrize(
        "hand",
        [
            pytest.param(CHEN.code, id="art48-1-3 who was on the visit and summed up"),
            pytest.param(SUN.code, id="art48-1-3 who went with them"),
            pytest.param(WU.code, id="art48-1-3 who gave a consulted opinion"),
            pytest.param("staff:60", id="art48-1-3 who holds the case"),
            pytest.param("staff:61", id="art48-1-3 who held one of its works"),
        ],
    )
    def test_whoever_had_a_hand_in_it_does_not_preside(self, hand: str) -> None:
        case = accepted(replace(LICENCE, hearing="required"))
        case = do(case, "hand_over", at("2026-03-02", 12), by=WU, work="fire", people=("staff:61",))
        case = do(opined(case, "2026-03-04"), "hand_over", at("2026-03-04"), people=("staff:60",))
        refused(
            "presider_examined",
            case,
            "schedule_hearing",
            at("2026-03-05"),
            by=LIN,
            on=day("2026-03-18"),
            people=(hand,),
            text=TEXT,
        )

    def test_who_presided_does_not_examine_it_afterwards(self) -> None:
        case = notified(accepted(REQUIRED))
        case = do(case, "hold_hearing", at("2026-03-17"), text=TEXT)
        presider = Actor("staff", "70", CHEN.held)
        error = refused("presider_examined", case, "review", at("2026-03-18"), by=presider, verdict="pass")
        assert error.article == CONDUCT
        assert "review" not in {command.name for command in offered(case, presider)}
        assert do(case, "review", at("2026-03-18"), verdict="pass").review_verdict == "pass"

    def test_nobody_is_summoned_unasked_unless_the_law_requires_it(self) -> None:
        stated: dict[str, Any] = {"on": day("2026-03-17"), "people": (PRESIDER,), "text": TEXT}
        refused("hearing_not_asked", reviewed(OFFERED), "schedule_hearing", at("2026-03-04"), **stated)
        assert do(reviewed(REQUIRED), "schedule_hearing", at("2026-03-04"), **stated).hearing

    def test_art46_the_office_itself_may_find_one_needed_and_says_that_it_announced_it(self) -> None:
        stated: dict[str, Any] = {"on": day("2026-03-17"), "people": (PRESIDER,), "text": TEXT}
        case = reviewed(PLAIN)
        error = refused("hearing_not_asked", case, "schedule_hearing", at("2026-03-04"), **stated)
        assert "第四十六条" in error.article
        called = do(case, "schedule_hearing", at("2026-03-04"), confirmed=True, **stated)
        assert called.hearing and called.hearing.held_on == day("2026-03-17")
        other = reviewed(replace(PLAIN, type="05"))
        refused("hearing_not_asked", other, "schedule_hearing", at("2026-03-04"), confirmed=True, **stated)


class TestTheHearing:
    def test_art45_stops_the_clock_from_the_notice_until_it_was_held(self) -> None:
        case = asked()
        stopped = notified(case, "2026-03-17", "2026-03-04")
        assert stopped.status is Status.SUSPENDED
        assert stopped.pauses[-1].kind is SpecialProcedure.HEARING
        held = do(stopped, "hold_hearing", at("2026-03-17"), text=TEXT)
        assert held.status is Status.IN_REVIEW
        assert case.statutory_due_on is not None
        assert held.statutory_due_on == CALENDAR.add(case.statutory_due_on, 9)

    def test_takes_place_on_its_day_and_has_minutes(self) -> None:
        stopped = notified(asked())
        refused("hearing_not_yet", stopped, "hold_hearing", at("2026-03-16"), text=TEXT)
        assert refused("minutes_first", stopped, "hold_hearing", at("2026-03-17")).article == RECORD
        held = do(stopped, "hold_hearing", at("2026-03-17"), text=TEXT)
        assert held.hearing is not None
        assert held.hearing.minutes == TEXT
        refused("hearing_held_already", held, "schedule_hearing", at("2026-03-18"), text=TEXT)

    def test_is_not_held_without_its_notice(self) -> None:
        other = do(asked(), "start_special", at("2026-03-04"), kind="testing", days=5, text=TEXT)
        refused("hearing_not_scheduled", other, "hold_hearing", at("2026-03-17"), text=TEXT)
        assert "hold_hearing" not in {command.name for command in offered(other, CHEN)}

    def test_broken_off_it_has_to_be_notified_again(self) -> None:
        broken = do(notified(asked()), "end_special", at("2026-03-10"))
        assert "hearing" in {task.key for task in tasks(broken)}
        refused("hearing_pending", broken, "decide", at("2026-03-11"), by=LIN, verdict="pass")
        assert notified(broken, "2026-03-23", "2026-03-11").status is Status.SUSPENDED


@pytest.mark.parametrize(
    ("case", "when", "rule", "article"),
    [
        pytest.param(reviewed(REQUIRED), "2026-03-03", "hearing_required", REQUIRE, id="art46 none was held"),
        pytest.param(
            reviewed(OFFERED), "2026-03-03", "hearing_offer_first", RIGHT, id="art47-1 nobody was told"
        ),
        pytest.param(
            do(reviewed(OFFERED), "offer_hearing", at("2026-03-02", 14)),
            "2026-03-09",
            "hearing_offer_running",
            RIGHT,
            id="art47-1 they may still ask",
        ),
        pytest.param(asked(), "2026-03-20", "hearing_pending", RIGHT, id="art47-1 asked for and not held"),
        pytest.param(
            do(do(accepted(PLAIN), "offer_hearing", at("2026-03-02")), "request_hearing", at("2026-03-03")),
            "2026-03-20",
            "hearing_pending",
            RIGHT,
            id="art47-1 offered though the definition did not ask for it",
        ),
    ],
)
def test_no_decision_before_the_hearing(case: CaseState, when: str, rule: str, article: str) -> None:
    case = case if case.review_verdict else do(case, "review", at("2026-03-04"), verdict="pass")
    assert refused(rule, case, "decide", at(when), by=LIN, verdict="pass").article == article


def test_nobody_asked_so_it_is_decided_after_the_five_days() -> None:
    told = do(reviewed(OFFERED), "offer_hearing", at("2026-03-02", 14))
    assert do(told, "decide", at("2026-03-10"), by=LIN, verdict="pass").status is Status.PASSED


def test_art48_2_after_the_hearing_it_is_decided() -> None:
    held = do(notified(asked()), "hold_hearing", at("2026-03-17"), text=TEXT)
    assert do(held, "decide", at("2026-03-18"), by=LIN, verdict="pass").status is Status.PASSED


@pytest.mark.parametrize("kind", OTHER_TYPES)
def test_what_is_no_permit_has_hearings_only_where_its_definition_says_so(kind: str) -> None:
    plain = accepted(replace(PLAIN, type=kind))
    assert "offer_hearing" not in {command.name for command in offered(plain, CHEN)}
    pledged = reviewed(replace(OFFERED, type=kind))
    assert "offer_hearing" in {command.name for command in offered(pledged, CHEN)}
    error = refused("hearing_offer_first", pledged, "decide", at("2026-03-03"), by=LIN, verdict="pass")
    assert error.article == ""
