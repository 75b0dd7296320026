"""谁办、谁定、按哪一版: handing over, transfer, who decides, and moving to another version."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from banshi.contexts.cases import events
from banshi.contexts.cases.rules import clocks
from banshi.contexts.cases.rules.commands import COMMANDS
from banshi.contexts.cases.rules.permits import may, offered, permit
from banshi.contexts.cases.rules.state import decider, evolve, tasks
from banshi.contexts.cases.rules.watch import migrate
from banshi.contexts.cases.values import Budget, CaseState, Input, Plan, Status, WorkPlan
from banshi.kernel.actors import Actor
from banshi.kernel.facts import Refused
from tests.rules.cases.life import (
    CALENDAR,
    CHEN,
    CITY,
    CITY_MARKET,
    FIRE,
    GAO,
    HEALTH,
    INSTANT,
    LICENCE,
    LIN,
    MARKET,
    PLAIN,
    SONG,
    SUN,
    TEXT,
    WU,
    accepted,
    at,
    day,
    do,
    facts,
    received,
    refused,
    reviewed,
    work,
)


def names(case: CaseState, actor: Actor) -> set[str]:
    return {command.name for command in offered(case, actor)}


class TestWhoHoldsIt:
    """移交、收回、改派: it is known at any time who has it."""

    def test_what_nobody_holds_anybody_of_the_office_hands_on(self) -> None:
        case = do(accepted(), "hand_over", at("2026-03-02", 12), by=CHEN, people=(SUN.code,))
        assert (case.holder, case.handed_by) == (SUN.code, CHEN.code)
        refused("not_holder", case, "hand_over", at("2026-03-03"), by=CHEN, people=("staff:50",))
        on = do(case, "hand_over", at("2026-03-03"), by=SUN, people=("staff:50",))
        assert (on.holder, on.handed_by) == ("staff:50", SUN.code)

    def test_who_handed_it_over_may_take_it_back_once(self) -> None:
        case = do(accepted(), "hand_over", at("2026-03-02", 12), by=CHEN, people=(SUN.code,))
        refused("not_handed", case, "take_back", at("2026-03-03"), by=LIN)
        assert "take_back" in names(case, CHEN)
        assert "take_back" not in names(case, SUN)
        back = do(case, "take_back", at("2026-03-03"), by=CHEN)
        assert (back.holder, back.handed_by) == (CHEN.code, "")
        refused("not_handed", back, "take_back", at("2026-03-03"), by=CHEN)

    def test_a_work_has_a_holder_of_its_own(self) -> None:
        case = do(accepted(), "hand_over", at("2026-03-03"), by=WU, work="fire", people=("staff:60",))
        assert (case.holder, work(case, "fire").holder) == ("", "staff:60")
        assert next(task for task in tasks(case) if task.key == "work:fire").holder == "staff:60"
        assert clocks.holder_of(case, "work:fire") == (FIRE, "staff:60")
        back = do(case, "take_back", at("2026-03-04"), by=WU, work="fire")
        assert work(back, "fire").holder == WU.code

    def test_once_the_work_is_done_there_is_nothing_to_take_back(self) -> None:
        case = do(accepted(), "hand_over", at("2026-03-03"), by=WU, work="fire", people=("staff:60",))
        case = do(case, "opine", at("2026-03-04"), by=WU, work="fire", verdict="agree")
        assert not names(case, WU) & {"take_back", "hand_over"}

    def test_the_head_reassigns_whoever_holds_it(self) -> None:
        case = do(accepted(), "hand_over", at("2026-03-02", 12), by=CHEN, people=(SUN.code,))
        moved = do(case, "reassign", at("2026-03-03"), by=LIN, people=("staff:50",))
        assert (moved.holder, moved.handed_by) == ("staff:50", LIN.code)

    @pytest.mark.parametrize("people", [(), ("a", "b"), (SUN.code,)])
    def test_to_one_other_person(self, people: tuple[str, ...]) -> None:
        case = do(accepted(), "hand_over", at("2026-03-02", 12), by=CHEN, people=(SUN.code,))
        refused("holder", case, "reassign", at("2026-03-03"), by=LIN, people=people)

    @pytest.mark.parametrize(
        ("command", "actor", "key", "allowed"),
        [
            pytest.param("hand_over", CHEN, "", True, id="the lead hands the case over"),
            pytest.param("hand_over", WU, "fire", True, id="a consulted office its work"),
            pytest.param("hand_over", WU, "", False, id="… but not the case"),
            pytest.param("hand_over", CHEN, "fire", False, id="the lead not another office's work"),
            pytest.param("reassign", LIN, "", True, id="the lead's approver the case"),
            pytest.param("reassign", GAO, "visit", True, id="its head a work of the office"),
            pytest.param("reassign", SONG, "fire", True, id="a consulted office's approver its work"),
            pytest.param("reassign", SONG, "", False, id="… but not the case"),
            pytest.param("reassign", CHEN, "", False, id="no officer reassigns"),
        ],
    )
    def test_who_may(self, command: str, actor: Actor, key: str, allowed: bool) -> None:
        given = Input(work=key, people=("staff:50",))
        if allowed:
            permit(COMMANDS[command], accepted(), actor, given)
        else:
            with pytest.raises(Refused) as caught:
                permit(COMMANDS[command], accepted(), actor, given)
            assert caught.value.rule == "not_your_post"


class TestTransfer:
    """转办: to the level above or below; the clock runs on, and who had it first follows it to the end."""

    def moved(self) -> CaseState:
        case = do(accepted(), "opine", at("2026-03-03"), work="visit", verdict="agree", people=(SUN.code,))
        case = do(case, "hand_over", at("2026-03-03"), people=(SUN.code,))
        return do(case, "transfer", at("2026-03-03"), reference=CITY_MARKET, text=TEXT)

    def test_takes_what_is_not_done_along(self) -> None:
        case = self.moved()
        assert (case.office, case.first_office) == (CITY_MARKET, MARKET)
        assert [plan.office for plan in case.plan.works] == [MARKET, FIRE, CITY_MARKET]
        assert may(COMMANDS["start_special"], case, CITY)
        assert not may(COMMANDS["start_special"], case, CHEN)

    def test_leaves_nobody_of_the_former_office_holding_it(self) -> None:
        case = self.moved()
        assert (case.holder, case.handed_by) == ("", "")
        assert do(case, "hand_over", at("2026-03-04"), by=CITY, people=("staff:70",)).holder == "staff:70"

    def test_and_back(self) -> None:
        back = do(self.moved(), "transfer", at("2026-03-04"), reference=MARKET, text=TEXT)
        assert (back.office, back.first_office) == (MARKET, MARKET)

    @pytest.mark.parametrize(
        ("stated", "rule"),
        [({"text": TEXT}, "transfer_to"), ({"reference": CITY_MARKET}, "words_needed")],
    )
    def test_says_where_and_why(self, stated: dict[str, Any], rule: str) -> None:
        refused(rule, accepted(), "transfer", at("2026-03-03"), **stated)


class TestDiscretion:
    """自由裁量: the class of the case says who decides."""

    @pytest.mark.parametrize(
        ("kind", "post", "may_decide"),
        [
            pytest.param("", "approver", {LIN, GAO}, id="ordinary: the approver"),
            pytest.param("encouraged", "officer", {SUN, CHEN, LIN, GAO}, id="鼓励类: an officer"),
            pytest.param("restricted", "approver", {LIN, GAO}, id="限制类: the approver"),
            pytest.param("prohibited", "leader", {GAO}, id="禁止类: the head of the office"),
        ],
    )
    def test_who_decides(self, kind: Any, post: str, may_decide: set[Actor]) -> None:
        case = reviewed(replace(PLAIN, discretion=kind))
        assert decider(case) == post
        assert next(task for task in tasks(case) if task.key == "decide").post == post
        everybody = {SUN, CHEN, LIN, GAO, WU}
        assert {actor for actor in everybody if may(COMMANDS["decide"], case, actor)} == may_decide

    def test_at_once_means_by_the_officer(self) -> None:
        assert decider(accepted(replace(INSTANT))) == "officer"

    def test_taken_to_the_head_it_is_the_heads(self) -> None:
        case = reviewed(replace(PLAIN, discretion="encouraged"))
        (fact,) = facts(case, "escalate", at("2026-03-03"), text=TEXT)
        assert (fact.kind, fact.data["class"]) == (events.ESCALATED, "encouraged")
        escalated = do(case, "escalate", at("2026-03-03"), text=TEXT)
        assert not may(COMMANDS["decide"], escalated, LIN)
        assert may(COMMANDS["decide"], escalated, GAO)
        assert do(escalated, "decide", at("2026-03-04"), by=GAO, verdict="pass").status is Status.PASSED

    def test_the_head_is_not_asked_twice_nor_before_the_review_nor_without_a_reason(self) -> None:
        case = reviewed()
        refused("words_needed", case, "escalate", at("2026-03-03"))
        refused("review_first", accepted(PLAIN), "escalate", at("2026-03-03"), text=TEXT)
        escalated = do(case, "escalate", at("2026-03-03"), text=TEXT)
        refused("escalated_already", escalated, "escalate", at("2026-03-03"), text=TEXT)
        assert "escalate" not in names(escalated, CHEN)


class TestAnotherVersion:
    """改按新版办理: a running case moves to another version; what is done stays done."""

    NEW = replace(
        LICENCE,
        version=2,
        promised=Budget(5),
        works=(
            replace(LICENCE.works[0], limit=Budget(4)),
            WorkPlan("health", "卫生意见", "consult", HEALTH, Budget(2)),
            replace(LICENCE.works[2], after=("visit", "health")),
        ),
    )

    def migrated(self, case: CaseState, plan: Plan, when: str = "2026-03-04") -> CaseState:

        for fact in migrate(case, plan, at(when), CALENDAR):
            case = evolve(case, fact)
        return case

    def test_opens_what_is_new_and_keeps_what_is_done(self) -> None:
        case = do(accepted(), "opine", at("2026-03-03"), work="visit", verdict="agree", people=(SUN.code,))
        moved = self.migrated(case, self.NEW)
        assert [(one.key, one.status) for one in moved.works] == [
            ("visit", "done"),
            ("health", "open"),
            ("sum", "waiting"),
        ]
        assert (work(moved, "health").opened_on, work(moved, "health").due_on) == (
            day("2026-03-04"),
            day("2026-03-06"),
        )
        assert (moved.plan.version, moved.promised_due_on) == (2, day("2026-03-09"))

    def test_a_version_with_works_opens_them_in_a_case_that_had_none(self) -> None:
        moved = self.migrated(accepted(PLAIN), self.NEW)
        assert {task.key for task in tasks(moved)} == {"work:visit", "work:health"}

    def test_what_was_concluded_before_the_new_works_is_concluded_anew(self) -> None:
        moved = self.migrated(reviewed(PLAIN), self.NEW)
        assert (moved.review_verdict, moved.reviewed_by) == ("", "")
        without = self.migrated(reviewed(PLAIN), replace(PLAIN, version=2, promised=Budget(5)))
        assert (without.review_verdict, without.reviewed_by) == ("pass", CHEN.code)

    def test_before_acceptance_only_the_plan_changes(self) -> None:
        moved = self.migrated(received(), self.NEW)
        assert (moved.works, moved.promised_due_on, moved.status) == ((), None, Status.RECEIVED)
        assert {task.key for task in tasks(do(moved, "accept", at("2026-03-04")))} == {
            "work:visit",
            "work:health",
        }

    def test_before_the_works_were_assigned_none_opens(self) -> None:
        case = do(received(), "accept", at("2026-03-02"), dispatch=False)
        moved = self.migrated(case, self.NEW)
        assert {one.status for one in moved.works} == {"waiting"}
        stopped = do(case, "start_special", at("2026-03-03"), kind="testing", days=5, text=TEXT)
        resumed = do(self.migrated(stopped, self.NEW), "end_special", at("2026-03-05"))
        assert resumed.status is Status.ACCEPTED

    def test_works_opened_while_the_clock_stands_still_are_paused_from_that_day(self) -> None:
        case = do(accepted(), "start_special", at("2026-03-03"), kind="testing", days=9, text=TEXT)
        moved = self.migrated(case, self.NEW, "2026-03-09")
        assert work(moved, "health").due_on == day("2026-03-11")
        resumed = do(moved, "end_special", at("2026-03-12"))
        assert work(resumed, "health").due_on == day("2026-03-16")

    def test_a_case_that_went_to_the_city_stays_there(self) -> None:
        case = do(accepted(), "transfer", at("2026-03-03"), reference=CITY_MARKET, text=TEXT)
        moved = self.migrated(case, self.NEW)
        assert [plan.office for plan in moved.plan.works] == [CITY_MARKET, HEALTH, CITY_MARKET]

    def test_what_a_renewal_renews_is_the_cases_own(self) -> None:
        renewing = replace(LICENCE, renews="1.2.156", expires_on=day("2026-05-31"))
        moved = self.migrated(accepted(renewing), self.NEW)
        assert (moved.plan.renews, moved.plan.expires_on) == ("1.2.156", day("2026-05-31"))

    @pytest.mark.parametrize(
        ("case", "plan", "rule"),
        [
            pytest.param(accepted(), LICENCE, "same_version", id="the same version"),
            pytest.param(accepted(), replace(NEW, item="other"), "other_item", id="another item"),
            pytest.param(
                do(accepted(), "withdraw", at("2026-03-03")),
                NEW,
                "closed",
                id="what is closed stays as it was",
            ),
        ],
    )
    def test_what_is_not_moved(self, case: CaseState, plan: Plan, rule: str) -> None:
        with pytest.raises(Refused) as caught:
            self.migrated(case, plan)
        assert caught.value.rule == rule
